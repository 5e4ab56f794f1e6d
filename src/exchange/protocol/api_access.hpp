#pragma once

#include <optional>
#include <string>

#include "base/time.hpp"
#include "exchange/words.hpp"

namespace plumb::exchange {

/// A key of one account at this exchange. It guards simulated money only and is printed at start-up, so it is
/// a plain text.
struct ApiAccess {
    AccountId account;
    std::string key;
    std::string secret;  // in the venue's form: shared secret, base64, PEM
    bool may_trade = true;
    bool may_withdraw = false;
    std::optional<Timestamp> expires_at;
};

}  // namespace plumb::exchange
