#pragma once

#include "venues/binance/rules.hpp"
#include "venues/binance/sign.hpp"

namespace plumb::venues::binance {

/// What encoding needs to know of the venue.
struct EncodeContext {
    Market market = Market::spot;
    const wire::SymbolMap& symbols;
    const RuleBook& rules;
    const Result<Signer>& signer;  // an error where there is no usable key
    bool tells_permissions = true;
    Timestamp now;  // the venue's clock, as well as we know it
};

/// A question in the venue's words. Errors as wire::Venue::ask.
Result<wire::WireRequest> encode(const wire::Question& question, const EncodeContext& context);

// Pages. Bars: "t:N", the next start in milliseconds. Trades and fills: "id:N", the next id, or "t:N", the
// next start. Open orders of USD-M: "algo", the conditional ones.
struct Page {
    enum class Kind : unsigned char { first, id, time, algo, bad };
    Kind kind = Kind::first;
    std::int64_t number = 0;
};
Page parse_page(std::string_view text);

inline constexpr std::int64_t kRowsMax = 1000;  // of every list that has pages

/// How long a span of fills may be asked for by time.
constexpr Duration fills_window(Market market) {
    return market == Market::spot ? std::chrono::hours{24} : std::chrono::hours{7 * 24};
}

}  // namespace plumb::venues::binance
