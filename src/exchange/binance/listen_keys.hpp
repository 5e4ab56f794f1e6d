#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.hpp"
#include "exchange/words.hpp"

namespace plumb::exchange::binance {

/// The keys of user data streams (futures): one per account, valid for an hour after the last sign of life.
class ListenKeys {
 public:
    static constexpr Duration kValid = std::chrono::minutes{60};

    /// The account's key, made when it has none; its hour begins anew.
    const std::string& open(AccountId account, Rng& rng, Timestamp now);
    /// Nothing when there is none to renew.
    std::optional<std::string> renew(AccountId account, Timestamp now);
    bool close(AccountId account);
    std::optional<AccountId> find(std::string_view key) const;

    struct Expired {
        AccountId account;
        std::string key;
    };
    std::vector<Expired> expire(Timestamp now);
    std::vector<Expired> expire_all();

 private:
    struct Key {
        std::string text;
        Timestamp until;
    };
    std::map<AccountId, Key> keys_;
};

}  // namespace plumb::exchange::binance
