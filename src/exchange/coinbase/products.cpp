#include "exchange/coinbase/products.hpp"

#include <array>

namespace plumb::exchange::coinbase {

namespace {

struct Grid {
    const char* base;
    const char* tick;
    const char* lot;
    const char* name;
};

// Increments of the venue's product list.
constexpr auto kGrids = std::to_array<Grid>({
    {"BTC", "0.01", "0.00000001", "Bitcoin"},
    {"ETH", "0.01", "0.00000001", "Ethereum"},
    {"LTC", "0.01", "0.00000001", "Litecoin"},
    {"BCH", "0.01", "0.00000001", "Bitcoin Cash"},
    {"LINK", "0.001", "0.01", "Chainlink"},
    {"DOT", "0.001", "0.00000001", "Polkadot"},
    {"AVAX", "0.01", "0.00000001", "Avalanche"},
    {"ADA", "0.0001", "0.00000001", "Cardano"},
    {"SOL", "0.01", "0.00000001", "Solana"},
    {"UNI", "0.001", "0.000001", "Uniswap"},
    {"XLM", "0.000001", "0.00000001", "Stellar Lumens"},
    {"XRP", "0.0001", "0.000001", "XRP"},
    {"DOGE", "0.00001", "0.1", "Dogecoin"},
    {"SHIB", "0.00000001", "1", "Shiba Inu"},
    {"ATOM", "0.001", "0.01", "Cosmos"},
    {"NEAR", "0.001", "0.001", "NEAR Protocol"},
    {"FIL", "0.001", "0.001", "Filecoin"},
    {"AAVE", "0.01", "0.001", "Aave"},
    {"ALGO", "0.0001", "1", "Algorand"},
    {"USDT", "0.00001", "0.01", "Tether"},
});

MarketSpec product_of(const Instrument& listed) {
    MarketSpec spec;
    spec.instrument = listed;
    spec.kind = MarketKind::spot;
    spec.path = listed.name();
    for (const Grid& grid : kGrids) {
        if (listed.base != grid.base) continue;
        spec.instrument.tick = Price{*Decimal::parse(grid.tick)};
        spec.instrument.lot = Quantity{*Decimal::parse(grid.lot)};
    }
    spec.instrument.quantity_min = spec.instrument.lot;
    spec.instrument.notional_min = Money{Decimal{1}};
    spec.instrument.can_short = false;
    spec.notional_max = Money{Decimal{150'000'000}};
    spec.orders_open_max = 500;
    spec.fees.maker = *Decimal::parse("0.006");
    spec.fees.taker = *Decimal::parse("0.012");
    return spec;
}

}  // namespace

std::string currency_name(std::string_view code) {
    if (code == "USD") return "US Dollar";
    for (const Grid& grid : kGrids) {
        if (code == grid.base) return grid.name;
    }
    return std::string{code};
}

Products::Products(const VenueModel& model) {
    for (std::uint32_t i = 0; i < model.market_count(); ++i) {
        const Instrument& instrument = model.market(InstrumentId{i}).instrument;
        products_.push_back({InstrumentId{i}, instrument.base + "-" + instrument.quote, instrument.base,
                             instrument.quote, currency_name(instrument.base)});
        by_name_.emplace(products_.back().name, i);
    }
}

const Product* Products::find(std::string_view name) const {
    const auto found = by_name_.find(std::string{name});
    return found == by_name_.end() ? nullptr : &products_[found->second];
}

std::vector<MarketSpec> list_markets(std::span<const ListedName> names) {
    std::vector<MarketSpec> markets;
    for (const ListedName& name : names) {
        if (!name.is_stock && name.instrument.base != "USDC") markets.push_back(product_of(name.instrument));
    }
    return markets;
}

}  // namespace plumb::exchange::coinbase
