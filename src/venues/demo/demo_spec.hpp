#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/instrument.hpp"

namespace plumb::venues::demo {

/// What moves a name. Names of one market share a factor, so that they are correlated without being
/// cointegrated.
enum class Market : unsigned char { crypto, stock, pegged };

/// One name of the simulated market. The year has 365 days of 24 hours for all names.
struct NameSpec {
    Instrument instrument;  // the id is ignored
    Market market = Market::crypto;
    double price = 0;       // quote currency, at DemoSpec::start
    double volatility = 0;  // of log returns per year, jumps and market factor included; followers take
                            // theirs from their leader; a peg's is the deviation from its price as a fraction
    double market_beta = 0;     // exposure to the market factor
    double spread_bps = 0;      // ask minus bid over mid, before rounding outward to ticks
    double jumps_per_year = 0;  // expected number
    double jump_size = 0;       // standard deviation of a jump's log return
    double day_volume = 0;      // quote currency traded in a day, expected
};

/// A relation the market was built with: y = intercept + hedge_ratio * x + residual, in prices. The residual
/// is an Ornstein-Uhlenbeck process; from `breaks_at` on it is a random walk that drifts away for some days.
struct PairTruth {
    std::string y;  // the follower
    std::string x;  // the leader, a walk
    double hedge_ratio = 0;
    double intercept = 0;  // quote currency
    Duration half_life{};
    double residual_std = 0;  // quote currency
    std::optional<Timestamp> breaks_at;
};

/// Everything the market is a function of: the same spec gives the same events, byte for byte. A name's path
/// depends on the seed, the start, the tick and its own rows only, not on which other names are there or
/// asked for.
struct DemoSpec {
    std::uint64_t seed = 1;
    Timestamp start;       // the first bar opens here; a whole minute
    Timestamp live_start;  // the past ends and the feed begins here; a whole minute, at or after start
    std::optional<Timestamp> end;                   // the feed ends here; endless without
    Duration tick = std::chrono::seconds{5};        // between quotes; divides a minute
    Duration bar_length = std::chrono::minutes{1};  // of the feed's bars; a multiple of tick
    std::vector<NameSpec> names;
    std::vector<PairTruth> pairs;
};

/// The standard universe: 22 crypto names (SHIB at 0.00001 and two stable coins among them) and 7 stocks.
/// Seven pairs are cointegrated with half-lives from 25 minutes to 20 hours; of these ADA-AVAX breaks after
/// 60 % of the history (a hold-out must refuse it) and UNI-SOL one day after `live_start` (a stop must end
/// it).
DemoSpec demo_spec(std::uint64_t seed, Timestamp start, Timestamp live_start);

/// Adds a name that the universe does not have, priced 50..500 from the seed and the name. `symbol` is any
/// spelling of parse_symbol. Nothing happens when it is there. Errc::parse.
Status add_name(DemoSpec& spec, std::string_view symbol);

/// Errc::invalid_argument with the first thing wrong in a spec made by hand.
Status check(const DemoSpec& spec);

/// In the order of the spec, for InstrumentTable::add.
std::vector<Instrument> instruments(const DemoSpec& spec);

/// What is true, for judging what a scan finds.
inline const std::vector<PairTruth>& truth(const DemoSpec& spec) { return spec.pairs; }

/// Index into spec.names by "BTC/USD".
std::optional<std::size_t> find_name(const DemoSpec& spec, std::string_view name);

}  // namespace plumb::venues::demo
