#pragma once

#include "exchange/binance/desk.hpp"

namespace plumb::exchange::binance {

constexpr int kIcebergPartsMax = 100;
constexpr int kTrailingDeltaMin = 10, kTrailingDeltaMax = 2000;
constexpr int kSpotAlgoOrdersMax = 5;
constexpr int kFuturesAlgoOrdersMax = 100;
constexpr Decimal kNotionalMax{9'000'000};
// How far a limit may be from the average price (spot) or from mark (futures).
constexpr Decimal kSpotBandUp{5};
constexpr Decimal kSpotBandDown = Decimal::from_units(Decimal::kOne / 5);
constexpr Decimal kFuturesBandUp = Decimal::from_units(Decimal::kOne + Decimal::kOne / 20);
constexpr Decimal kFuturesBandDown = Decimal::from_units(Decimal::kOne - Decimal::kOne / 20);

/// The rules of one symbol, as exchangeInfo tells them and as orders are held to them.
struct SymbolFilters {
    Price price_min, price_max, tick;
    Quantity quantity_min, quantity_max, market_quantity_max, lot;
    Money notional_min;
    int orders_max = 200;
};
SymbolFilters filters_of(const Desk& desk, const Symbol& symbol);

/// "TRADING", or why not.
std::string_view status_word(const Desk& desk, InstrumentId instrument);

/// What a new order asks, as far as filters look at it. Unset: not asked.
struct FilterQuestion {
    const Symbol& symbol;
    Side side = Side::buy;
    AccountId account{};
    std::optional<Price> price{};
    std::optional<Price> stop{};
    std::optional<Quantity> quantity{};
    Money notional{};  // of quoteOrderQty
    Quantity iceberg{};
    bool is_market = false;  // also what a stop becomes
    bool is_algo = false;
    bool reduces = false;  // futures: no smallest value
};
/// -1013 by the filter's name (spot).
Checked<bool> check_spot_filters(Desk& desk, const FilterQuestion& question, Timestamp now);
/// -1111, -4001…-4024, -4164 (futures).
Checked<bool> check_futures_filters(Desk& desk, const FilterQuestion& question, Timestamp now);

}  // namespace plumb::exchange::binance
