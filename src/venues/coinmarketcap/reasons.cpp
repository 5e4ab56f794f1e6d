#include "venues/coinmarketcap/reasons.hpp"

#include "venues/coinmarketcap/credits.hpp"

namespace plumb::venues::coinmarketcap {
namespace {

using wire::Verdict;

Judgement unauthorized(const char* words) { return {Verdict::unauthorized, words, {}}; }
Judgement limited(const char* words, Timestamp until) { return {Verdict::rate_limited, words, until}; }

}  // namespace

Judgement judgement_of(int http, std::int64_t code, Timestamp now) {
    const Timestamp next_minute = std::chrono::floor<std::chrono::minutes>(now) + std::chrono::minutes{1};
    switch (code) {
        case 1001:
            return unauthorized(
                "CoinMarketCap does not know this API key: copy it anew from pro.coinmarketcap.com");
        case 1002:
        case 1005:
            return unauthorized("CoinMarketCap wants an API key: make a free one at pro.coinmarketcap.com");
        case 1003:
            return unauthorized(
                "the API key of CoinMarketCap must be activated at pro.coinmarketcap.com first");
        case 1004: return unauthorized("the plan of this CoinMarketCap key has expired");
        case 1007: return unauthorized("CoinMarketCap has disabled this API key");
        case 1006:
            return {Verdict::refused,
                    "the plan of this CoinMarketCap key does not include that: candles need a paid "
                    "plan, polled prices do not",
                    {}};
        case 1008: return limited("CoinMarketCap's requests of this minute are used up", next_minute);
        case 1011:
        case 1022: return limited("CoinMarketCap limits this address", next_minute);
        case 1009:
            return limited("CoinMarketCap's credits of today are used up", CreditBudget::next_day(now));
        case 1010:
            return limited("CoinMarketCap's credits of this month are used up",
                           CreditBudget::next_month(now));
        default: break;
    }
    if (500 <= http || code == 500) return {};
    if (http == 429) return limited("CoinMarketCap asks for a pause", next_minute);
    if (http == 401) return unauthorized("CoinMarketCap does not accept the API key");
    if (http == 402) return {Verdict::refused, "CoinMarketCap wants a paid plan for that", {}};
    // A body of theirs with a code: the question was understood and turned away. Nothing here changes
    // anything.
    if (code != 0 && (http == 200 || (400 <= http && http < 500))) return {Verdict::refused, {}, {}};
    return {};
}

}  // namespace plumb::venues::coinmarketcap
