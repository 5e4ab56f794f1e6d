#include "exchange/kraken/contracts.hpp"

#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "exchange/kraken/text.hpp"

namespace plumb::exchange::kraken {

namespace {

struct Grid {
    const char* base;
    const char* tick;
    int lot_decimals;
};

// Ticks and trade precisions of the venue's instruments list.
constexpr auto kGrids = std::to_array<Grid>({
    {"BTC", "1", 4},         {"ETH", "0.1", 3},           {"LTC", "0.01", 2},    {"BCH", "0.1", 2},
    {"LINK", "0.001", 1},    {"DOT", "0.001", 1},         {"AVAX", "0.001", 1},  {"ADA", "0.00001", 0},
    {"SOL", "0.01", 2},      {"UNI", "0.001", 1},         {"XLM", "0.00001", 0}, {"XRP", "0.00001", 0},
    {"DOGE", "0.000001", 0}, {"SHIB", "0.000000001", -3}, {"ATOM", "0.001", 1},  {"NEAR", "0.001", 1},
    {"FIL", "0.001", 1},     {"AAVE", "0.01", 2},         {"ALGO", "0.0001", 0},
});

int lot_decimals_of(Quantity lot) {
    int decimals = lot.value.decimals();
    if (decimals == 0) {
        while (-12 < decimals && lot.value.is_multiple_of(Decimal::power_of_ten(1 - decimals))) --decimals;
    }
    return decimals;
}

MarketSpec contract_of(const Instrument& listed) {
    MarketSpec spec;
    spec.instrument = listed;
    spec.kind = MarketKind::perpetual;
    spec.path = listed.name();
    int lot_decimals = lot_decimals_of(listed.lot);
    for (const Grid& grid : kGrids) {
        if (listed.base != grid.base) continue;
        spec.instrument.tick = Price{*Decimal::parse(grid.tick)};
        lot_decimals = grid.lot_decimals;
    }
    spec.instrument.lot = Quantity{Decimal::power_of_ten(-lot_decimals)};
    spec.instrument.quantity_min = spec.instrument.lot;
    spec.instrument.notional_min = Money{};
    spec.instrument.can_short = true;
    spec.quantity_max = Quantity{spec.instrument.lot.value * Decimal{1'000'000'000}};
    spec.fees.maker = *Decimal::parse("0.0002");
    spec.fees.taker = *Decimal::parse("0.0005");
    spec.leverage_max = Decimal{50};
    spec.maintenance_margin = *Decimal::parse("0.01");
    spec.funding_interval = std::chrono::hours{1};
    return spec;
}

}  // namespace

Contracts::Contracts(const VenueModel& model) {
    for (std::uint32_t i = 0; i < model.market_count(); ++i) {
        const Instrument& instrument = model.market(InstrumentId{i}).instrument;
        const std::string base = instrument.base == "BTC" ? "XBT" : instrument.base;
        Contract contract;
        contract.id = InstrumentId{i};
        contract.symbol = "PF_" + base + instrument.quote;
        contract.base = instrument.base;
        contract.rest_pair = instrument.base + ":" + instrument.quote;
        contract.feed_pair = base + ":" + instrument.quote;
        contract.lot_decimals = lot_decimals_of(instrument.lot);
        index_.push_back(contracts_.size());
        by_symbol_.emplace(lower_case(contract.symbol), contracts_.size());
        contracts_.push_back(std::move(contract));
    }
}

const Contract* Contracts::find(std::string_view symbol) const {
    const auto found = by_symbol_.find(lower_case(symbol));
    return found == by_symbol_.end() ? nullptr : &contracts_[found->second];
}

std::vector<MarketSpec> list_markets(std::span<const ListedName> names) {
    std::vector<MarketSpec> markets;
    for (const ListedName& name : names) {
        if (!name.is_stock) markets.push_back(contract_of(name.instrument));
    }
    return markets;
}

}  // namespace plumb::exchange::kraken
