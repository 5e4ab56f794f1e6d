#include "app/trading_plan.hpp"

#include <algorithm>
#include <cmath>

#include "app/instrument_grid.hpp"
#include "app/live_plan.hpp"
#include "app/tape_source.hpp"
#include "base/check.hpp"
#include "risk/staleness.hpp"
#include "venues/demo/demo_feed.hpp"
#include "venues/replay/bar_feed.hpp"

namespace plumb::app {
namespace {

Duration seconds_of(const Settings& settings, KeyOf<Type::number> key) {
    return from_seconds(settings.number(key));
}
Duration minutes_of(const Settings& settings, KeyOf<Type::number> key) {
    return from_seconds(60 * settings.number(key));
}

/// The source's name for a benchmark's asset ("BTC", "BTC/USD"), if it has one.
std::optional<std::string> name_in(const std::vector<std::string>& names, const std::string& asset) {
    const auto symbol = parse_symbol(asset);
    if (!symbol) return std::nullopt;
    if (const auto at = std::ranges::find(names, symbol->base + "/" + symbol->quote); at != names.end())
        return *at;
    const auto same_base = [&](const std::string& name) {
        return name.substr(0, name.find('/')) == symbol->base;
    };
    const auto at = std::ranges::find_if(names, same_base);
    if (at == names.end()) return std::nullopt;
    return *at;
}

struct WantedPair {
    PairModel model;
    std::array<std::string, 2> names;
    bool close_only = false;
    bool held = false;  // the record has a position of it
};

std::vector<WantedPair> pairs_of(const store::Benchmarks& benchmarks, const std::vector<std::string>& names,
                                 std::vector<std::string>& notes) {
    std::vector<WantedPair> wanted;
    for (const store::BenchmarkGroup& group : benchmarks.groups) {
        WantedPair pair;
        pair.model.name = group.id;
        for (std::size_t leg = 0; leg < 2; ++leg) {
            const auto name = name_in(names, group.assets[leg]);
            if (!name) notes.push_back(group.id + " left out: the source has no " + group.assets[leg]);
            pair.names[leg] = name.value_or("");
        }
        if (pair.names[0].empty() || pair.names[1].empty()) continue;
        if (!(group.spread_std > 0)) {
            notes.push_back(group.id + " left out: its spread has no deviation");
            continue;
        }
        pair.model.weights = group.weights;
        pair.model.spread_mean = group.spread_mean;
        pair.model.spread_std = group.spread_std;
        pair.model.half_life = group.half_life.value_or(0);
        const auto& selection = benchmarks.selection;
        pair.model.fitted_until =
            selection && selection->data_end ? *selection->data_end : benchmarks.computed_at;
        wanted.push_back(std::move(pair));
    }
    return wanted;
}

void keep_held(std::vector<WantedPair>& wanted, const std::vector<RecordedPair>& held,
               std::vector<std::string>& notes) {
    for (const RecordedPair& record : held) {
        if (record.status.phase == PairPhase::flat) continue;
        const auto at =
            std::ranges::find_if(wanted, [&](const WantedPair& w) { return w.model.name == record.pair; });
        if (at != wanted.end()) {
            // What is held was sized by the recorded weights, so the pair goes on with its own model until it
            // is flat.
            at->model = record.model;
            at->model.name = record.pair;
            at->names = record.legs;
            at->held = true;
            continue;
        }
        WantedPair pair;
        pair.model = record.model;
        pair.model.name = record.pair;
        pair.names = record.legs;
        pair.close_only = true;
        pair.held = true;
        notes.push_back(record.pair + " is no longer in the benchmarks: kept until what it holds is closed");
        wanted.push_back(std::move(pair));
    }
}

strategies::PairStaleness staleness_of(const Settings& settings, const Instrument& a, const Instrument& b,
                                       Duration bar_length) {
    risk::StalenessOverrides overrides;
    if (settings.chosen("entry-staleness")) overrides.entry = seconds_of(settings, "entry-staleness");
    if (settings.chosen("exit-staleness")) overrides.exit = seconds_of(settings, "exit-staleness");
    if (settings.chosen("emergency-staleness"))
        overrides.emergency = seconds_of(settings, "emergency-staleness");
    const risk::StalenessLimits limits = risk::pair_staleness(a.base, b.base, overrides);
    // Between bars a price cannot be younger than a bar: an emergency is three bars missed, not one late
    // second.
    return {limits.entry, limits.exit, std::max(limits.emergency, 3 * bar_length)};
}

/// The grid of a source without a venue is guessed from its prices. What is held lies on the grid it was
/// bought on, so that grid stays until it is closed: a coarser lot would leave a part that no order can
/// close.
void keep_grid(Instrument& instrument, const HeldPairs& held) {
    for (const RecordedPair& pair : held.pairs) {
        const bool owns = pair.status.phase != PairPhase::flat &&
                          (pair.legs[0] == instrument.name() || pair.legs[1] == instrument.name());
        const auto at = std::ranges::find_if(held.instruments,
                                             [&](const auto& i) { return i.name() == instrument.name(); });
        if (!owns || at == held.instruments.end()) continue;
        instrument = *at;
        return;
    }
}

Status load_legs(TradingPlan& plan, HistorySource& source, const HeldPairs& held,
                 std::vector<WantedPair>& wanted, const std::vector<Instrument>& taped, Duration length,
                 std::optional<Timestamp> from, std::optional<Timestamp> to) {
    for (WantedPair& pair : wanted) {
        for (std::size_t leg = 0; leg < 2; ++leg) {
            const std::string& name = pair.names[leg];
            auto id = plan.instruments.find(name);
            if (!id) {
                BarHistory history{name, length};
                if (plan.bars) {
                    auto loaded = source.bars(name, length, from.value_or(Timestamp::min()),
                                              to.value_or(Timestamp::max()));
                    if (!loaded) return fail(loaded.error());
                    history = std::move(*loaded);
                }
                const auto on_tape = std::ranges::find(taped, name, &Instrument::name);
                Instrument instrument =
                    on_tape != taped.end() ? *on_tape : instrument_for(plan.demo, history);
                if (on_tape == taped.end()) keep_grid(instrument, held);
                const auto added = plan.instruments.add(instrument);
                if (!added) return fail(added.error());
                id = *added;
                plan.histories.push_back(std::move(history));
            }
            pair.model.legs[leg] = *id;
        }
    }
    return {};
}

std::vector<PairLegs> legs_of(const std::vector<WantedPair>& wanted) {
    std::vector<PairLegs> pairs;
    for (const WantedPair& pair : wanted) pairs.push_back({pair.model.name, pair.names});
    return pairs;
}

/// Leaves out the last pairs whose legs would be more instruments than may be streamed. What is held stays.
void keep_to_stream(std::vector<WantedPair>& wanted, std::size_t most, std::vector<std::string>& notes) {
    std::vector<std::string> streamed;
    std::vector<WantedPair> kept;
    std::ranges::stable_partition(wanted, [](const WantedPair& pair) { return pair.held; });
    for (WantedPair& pair : wanted) {
        std::vector<std::string> with = streamed;
        for (const std::string& leg : pair.names) {
            if (std::ranges::find(with, leg) == with.end()) with.push_back(leg);
        }
        if (with.size() > most && !pair.held) {
            notes.push_back(pair.model.name + " left out: --max-stream-symbols " + std::to_string(most));
            continue;
        }
        streamed = std::move(with);
        kept.push_back(std::move(pair));
    }
    wanted = std::move(kept);
}

/// The live instruments in the order of the session's ids.
std::vector<LiveInstrument> in_order(const std::vector<LiveInstrument>& live,
                                     const InstrumentTable& instruments) {
    std::vector<LiveInstrument> ordered;
    for (const Instrument& instrument : instruments.all()) {
        const auto at = std::ranges::find_if(
            live, [&](const LiveInstrument& each) { return each.instrument.name() == instrument.name(); });
        PLUMB_CHECK(at != live.end());
        ordered.push_back({instrument, at->symbol, at->status});
    }
    return ordered;
}

Duration bar_length_for(const Settings& settings, const store::Benchmarks& benchmarks) {
    if (settings.has("granularity") && settings.chosen("granularity"))
        return settings.granularity("granularity");
    if (benchmarks.selection) {
        if (const auto length = parse_duration(benchmarks.selection->granularity)) return *length;
    }
    return settings.has("time-scale") ? settings.granularity("time-scale") : Duration{std::chrono::hours{1}};
}

}  // namespace

Result<TradingPlan> plan_trading(const Settings& settings, HistorySource& source,
                                 const store::Benchmarks& benchmarks, const HeldPairs& held, bool bars_only) {
    TradingPlan plan;
    plan.data_source = settings.text("data-source");
    // Read for the 4-hour strategy of a later version. Whoever sets them must not believe that they size or
    // time anything yet.
    if (settings.chosen("risk-per-trade")) {
        plan.notes.push_back("risk-per-trade is not used by the pairs strategy: --pair-gross sizes a pair");
    }
    if (settings.chosen("zscore-window")) {
        plan.notes.push_back(
            "zscore-window is not used by the pairs strategy: --lookback-bars is its memory");
    }
    if (plan.data_source == "demo")
        plan.demo = demo_market(static_cast<std::uint64_t>(settings.integer("seed")));
    const auto on_offer = source.names();
    if (!on_offer) return fail(on_offer.error());
    const auto names = chosen_names(settings, *on_offer);
    if (!names) return fail(names.error());
    std::vector<WantedPair> wanted = pairs_of(benchmarks, *names, plan.notes);
    keep_held(wanted, held.pairs, plan.notes);
    if (wanted.empty()) {
        return fail(Errc::not_found,
                    "the benchmarks hold no pair that this source can price: run plumb compute-benchmarks "
                    "with the same --data-source first, or raise --p-threshold or --days there");
    }
    std::vector<Instrument> taped;
    bool quotes_on_tape = false;
    if (plan.data_source == "replay") {
        auto description = describe_tape(settings.path("tape"));
        if (!description) return fail(description.error());
        taped = std::move(description->instruments);
        quotes_on_tape = !description->bars;
    }
    plan.live = !bars_only && is_venue(plan.data_source);
    plan.bars = !plan.live && (bars_only || (!plan.demo && !quotes_on_tape));
    plan.bar_length = plan.bars ? bar_length_for(settings, benchmarks) : Duration{};
    const auto& selection = benchmarks.selection;
    const bool same_source = selection && selection->data_source == plan.data_source;
    if (plan.bars && same_source && selection->data_end) plan.trade_from = *selection->data_end;
    if (settings.has("from")) {
        const Timestamp from = settings.date("from");
        if (plan.trade_from && from < *plan.trade_from) {
            plan.notes.push_back("trading from " + to_text(from) +
                                 ", on data that chose the pairs: the result is no evidence");
        }
        plan.trade_from = from;
    }
    if (settings.has("to")) plan.trade_to = settings.date("to");
    const auto lookback = static_cast<std::int64_t>(settings.integer("lookback-bars"));
    std::optional<Timestamp> from;
    // Twice the lookback, since a market that sleeps at night and on weekends has fewer bars than hours.
    if (plan.trade_from) {
        // No further back than data goes, and than nanoseconds can say.
        const double wanted_back = 2 * to_seconds(plan.bar_length) * static_cast<double>(lookback);
        from = *plan.trade_from - from_seconds(std::min(wanted_back, 100.0 * 365 * 86'400));
    }
    std::vector<LiveInstrument> live;
    if (plan.live) {
        keep_to_stream(wanted, static_cast<std::size_t>(settings.integer("max-stream-symbols")), plan.notes);
        auto planned = plan_live(settings, legs_of(wanted));
        if (!planned) return fail(planned.error());
        std::ranges::move(planned->notes, std::back_inserter(plan.notes));
        live = std::move(planned->instruments);
        for (LiveInstrument& each : live) {
            each.instrument.can_short = true;  // paper sells short what the venue would not: a note says so
            taped.push_back(each.instrument);
        }
    }
    if (const Status loaded =
            load_legs(plan, source, held, wanted, taped, plan.bar_length, from, plan.trade_to);
        !loaded) {
        return fail(loaded.error());
    }
    if (quotes_on_tape) {
        auto feed = open_tape_feed(settings.path("tape"), plan.instruments);
        if (!feed) return fail(feed.error());
        plan.feed = *std::move(feed);
    }
    if (plan.live) {
        plan.feed_diary = std::make_shared<LateFeedDiary>();
        auto feed = open_live_feed(settings, source, in_order(live, plan.instruments),
                                   plan.trade_from.emplace(), plan.notes, plan.feed_diary);
        if (!feed) return fail(feed.error());
        plan.feed = *std::move(feed);
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        wanted[i].model.id = PairId{static_cast<std::uint32_t>(i)};
        plan.models.push_back(wanted[i].model);
        plan.close_only.push_back(wanted[i].close_only);
        plan.staleness.push_back(staleness_of(settings, plan.instruments[wanted[i].model.legs[0]],
                                              plan.instruments[wanted[i].model.legs[1]], plan.bar_length));
    }
    return plan;
}

strategies::PairsParams pairs_params(const Settings& settings) {
    strategies::PairsParams params;
    params.entry_z = settings.number("entry-zscore");
    params.exit_z = settings.number("exit-zscore");
    if (settings.has("stop-zscore")) params.stop_z = settings.number("stop-zscore");
    params.lookback = static_cast<std::size_t>(settings.integer("lookback-bars"));
    params.recalibrate_observations_min = static_cast<std::size_t>(settings.integer("recalibrate-min-obs"));
    params.recalibrate_interval = minutes_of(settings, "recalibrate-interval");
    return params;
}

venues::paper::PaperCosts paper_costs(const Settings& settings) {
    venues::paper::PaperCosts costs;
    costs.taker_fee_bps = settings.number("taker-fee-bps");
    costs.maker_fee_bps = settings.number("maker-fee-bps");
    if (settings.chosen("commission")) {
        costs.taker_fee_bps = costs.maker_fee_bps = settings.money("commission").to_double() * 1e4;
    }
    costs.half_spread_bps = settings.number("half-spread-bps");
    costs.slippage_bps = settings.number("slippage-bps");
    costs.impact_bps = settings.number("impact-bps");
    costs.participation_max = settings.number("participation-max");
    costs.latency = from_seconds(settings.number("latency-ms") * 1e-3);
    return costs;
}

engine::EngineConfig engine_config(const Settings& settings, const TradingPlan& plan, Money capital) {
    engine::EngineConfig config;
    config.capital = capital;
    config.pair_gross = settings.number("pair-gross");
    const auto use = [](const std::string& price) {
        return price == "mark" ? engine::PriceUse::mark : engine::PriceUse::last;
    };
    config.valuation = use(settings.text("valuation-price"));
    config.triggers = use(settings.text("trigger-price"));
    config.cycle_interval = seconds_of(settings, "cycle-interval");
    config.bar_length = plan.bar_length;
    config.limits.open_pairs_max = static_cast<int>(settings.integer("max-positions"));
    config.limits.gross_exposure_max = settings.number("gross-exposure-max");
    config.limits.drawdown_max = settings.number("drawdown-max");
    config.limits.pair_gross_max = std::min(1.0, 1.5 * config.pair_gross);
    config.limits.order_notional_max = config.limits.pair_gross_max;
    config.execution.completion_deadline =
        std::max(seconds_of(settings, "completion-deadline"), 2 * plan.bar_length);
    return config;
}

std::unique_ptr<strategies::PairsZscore> make_strategy(const Settings& settings, const TradingPlan& plan) {
    auto strategy =
        std::make_unique<strategies::PairsZscore>(pairs_params(settings), plan.models, plan.staleness);
    for (const PairModel& model : plan.models) {
        if (plan.close_only[model.id.value]) strategy->close_only(model.id);
    }
    return strategy;
}

std::unique_ptr<MarketDataFeed> open_feed(TradingPlan& plan) {
    if (plan.feed) return std::move(plan.feed);
    if (plan.bars) {
        std::vector<replay::BarFeed::Input> inputs;
        for (const Instrument& instrument : plan.instruments.all()) {
            inputs.push_back({instrument.id, std::move(plan.histories[instrument.id.value])});
        }
        return std::make_unique<replay::BarFeed>(std::move(inputs));
    }
    venues::demo::DemoSpec spec = *plan.demo;
    if (plan.trade_to) spec.end = plan.trade_to;
    return std::make_unique<venues::demo::DemoFeed>(spec, plan.instruments);
}

}  // namespace plumb::app
