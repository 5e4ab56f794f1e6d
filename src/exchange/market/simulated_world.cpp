#include "exchange/market/simulated_world.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/check.hpp"
#include "exchange/market/simulated_market.hpp"

namespace plumb::exchange::market {
namespace {

using std::chrono::minutes;
using venues::demo::DemoSpec;
using venues::demo::Market;
using venues::demo::NameSpec;

/// A name typed without a quote currency is a stock ("SPY"), one with it is not ("PEPE/USDT"); either is
/// quoted in USD, as the whole universe is.
Status add_symbol(DemoSpec& spec, std::string_view symbol) {
    const Result<SymbolName> in_dollars = parse_symbol(symbol);
    if (!in_dollars) return fail(in_dollars.error());
    const bool is_stock = !parse_symbol(symbol, "").has_value();
    const std::size_t before = spec.names.size();
    if (Status added = venues::demo::add_name(spec, in_dollars->base + "/USD"); !added) return added;
    if (spec.names.size() == before || !is_stock) return {};
    NameSpec& name = spec.names.back();
    name.market = Market::stock;
    name.volatility = 0.3;
    name.instrument.lot = name.instrument.quantity_min = Quantity{Decimal{1}};
    name.day_volume = 1e8;
    return {};
}

}  // namespace

SimulatedWorld::SimulatedWorld(DemoSpec spec, Timestamp start)
    : spec_{std::move(spec)}, start_{start}, far_past_{spec_} {
    for (const NameSpec& name : spec_.names)
        names_.push_back({name.instrument, name.market == Market::stock});
    walks_.resize(spec_.names.size());
}

Result<std::unique_ptr<World>> SimulatedWorld::make(const WorldOptions& options) {
    if (options.past < minutes{1})
        return fail(Errc::invalid_argument, "the past of the market must be at least a minute long");
    const Timestamp live = std::chrono::floor<minutes>(options.start);
    DemoSpec spec = venues::demo::demo_spec(options.seed,
                                            std::chrono::floor<minutes>(options.start - options.past), live);
    for (const std::string& symbol : options.symbols) {
        if (Status added = add_symbol(spec, symbol); !added) return fail(added.error());
    }
    for (std::size_t i = 1; spec.names.size() < options.names; ++i) {
        if (Status added = venues::demo::add_name(spec, fmt::format("N{:03}/USD", i)); !added)
            return fail(added.error());
    }
    if (Status sound = venues::demo::check(spec); !sound) return fail(sound.error());
    return std::unique_ptr<World>{new SimulatedWorld{std::move(spec), options.start}};
}

PriceWalk* SimulatedWorld::walk(std::string_view name) {
    const auto index = venues::demo::find_name(spec_, name);
    if (!index) return nullptr;
    std::unique_ptr<PriceWalk>& walk = walks_[*index];
    if (walk == nullptr) walk = std::make_unique<PriceWalk>(spec_, *index, far_past_);
    return walk.get();
}

std::unique_ptr<VenueMarket> SimulatedWorld::open_venue(VenueModel& model, std::uint64_t seed) {
    std::vector<PricePath*> paths;
    for (std::uint32_t i = 0; i < model.market_count(); ++i)
        paths.push_back(walk(model.market(InstrumentId{i}).path));
    return std::make_unique<SimulatedMarket>(model, seed, start_, spec_.start, paths);
}

}  // namespace plumb::exchange::market
