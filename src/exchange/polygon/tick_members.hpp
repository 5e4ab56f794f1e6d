#pragma once

#include "exchange/polygon/tickers.hpp"
#include "exchange/protocol/json_out.hpp"
#include "exchange/protocol/past_market.hpp"

namespace plumb::exchange::polygon {

// Where everything happens, in the venue's numbers.
inline constexpr int kStockExchange = 4;   // FINRA
inline constexpr int kAskExchange = 12;    // Nasdaq
inline constexpr int kCryptoExchange = 1;  // Coinbase
inline constexpr int kTape = 3;            // Nasdaq listed

/// A stock's odd lots are condition 37; a crypto trade says which side took: 1 sold, 2 bought.
inline void append_conditions(JsonOut& out, std::string_view key, const Ticker& ticker, Side aggressor,
                              Quantity quantity) {
    out.begin_array(key);
    if (!ticker.is_stock)
        out.element(aggressor == Side::sell ? 1 : 2);
    else if (quantity.value < Decimal{100})
        out.element(37);
    out.end_array();
}
inline void append_conditions(JsonOut& out, std::string_view key, const Ticker& ticker,
                              const PastTrade& trade) {
    append_conditions(out, key, ticker, trade.aggressor, trade.quantity);
}

/// Sizes of stock quotes are in hundreds of shares.
inline std::int64_t round_lots(Quantity quantity) {
    return static_cast<std::int64_t>(quantity.value.units() / Decimal{100}.units());
}

}  // namespace plumb::exchange::polygon
