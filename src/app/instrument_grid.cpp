#include "app/instrument_grid.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace plumb::app {
namespace {

// Bases that are coins whatever they are quoted in; files of other names quoted in dollars are taken for
// stocks.
constexpr auto kCoins = std::to_array<std::string_view>(
    {"AAVE", "ADA",   "ALGO", "ATOM", "AVAX", "BAT",  "BCH",  "BNB", "BTC",   "CRV", "DAI",  "DOGE",
     "DOT",  "EOS",   "ETC",  "ETH",  "FIL",  "GRT",  "LINK", "LTC", "MATIC", "MKR", "NEAR", "SHIB",
     "SOL",  "SUSHI", "TRX",  "UNI",  "USDC", "USDT", "WBTC", "XLM", "XMR",   "XRP", "XTZ",  "YFI"});

bool is_coin(const SymbolName& symbol) {
    return symbol.quote != "USD" || std::ranges::find(kCoins, symbol.base) != kCoins.end();
}

Price finest_tick(const BarHistory& history) {
    int decimals = 0;
    const std::size_t looked_at = std::min<std::size_t>(history.size(), 2000);
    for (std::size_t i = history.size() - looked_at; i < history.size(); ++i) {
        decimals = std::max(decimals, history.close(i).value.decimals());
    }
    return Price{Decimal::power_of_ten(-std::min(decimals, 12))};
}

Quantity lot_worth_a_cent(double price) {
    const int exponent = static_cast<int>(std::floor(std::log10(0.01 / price)));
    return Quantity{Decimal::power_of_ten(std::clamp(exponent, -8, 0))};
}

}  // namespace

Instrument instrument_for(const std::optional<venues::demo::DemoSpec>& demo, const BarHistory& history) {
    if (demo) {
        if (const auto at = venues::demo::find_name(*demo, history.name()))
            return demo->names[*at].instrument;
    }
    const auto symbol = parse_symbol(history.name());
    Instrument instrument;
    instrument.base = symbol ? symbol->base : history.name();
    instrument.quote = symbol ? symbol->quote : "USD";
    instrument.tick = finest_tick(history);
    const double price = history.empty() ? 1 : history.close_as_double(history.size() - 1);
    const bool coin = symbol && is_coin(*symbol);
    instrument.lot = coin ? lot_worth_a_cent(price) : Quantity{Decimal{1}};
    instrument.quantity_min = instrument.lot;
    instrument.notional_min = Money{Decimal{coin ? 5 : 1}};
    return instrument;
}

}  // namespace plumb::app
