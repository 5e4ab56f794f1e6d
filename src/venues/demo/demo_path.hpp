#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/rng.hpp"
#include "venues/demo/demo_spec.hpp"

namespace plumb::venues::demo {

/// Independent random streams of one name or market.
enum class Stream : std::uint64_t { base_price, minutes, bridge, residual, residual_bridge, flow, sizes };
std::uint64_t stream_of(std::string_view name, Stream stream);

/// Variance of log returns per year that is neither the market factor's nor the jumps'.
double own_variance_per_year(const NameSpec& name);

/// The mid-price path of one name, a minute at a time.
///
/// Two levels. A minute's log return is market_beta times the factor, plus an own Student-t(5) part, plus
/// rarely a jump; drawn in sequence. Inside the minute the prices run along a Brownian bridge whose random
/// numbers are seeded by the minute itself, so a minute can be skipped without drawing it and ticks and bars
/// of all lengths see one path. A follower is intercept + hedge_ratio * leader + residual, the residual
/// stepping exactly as an OU process per minute. Cost per minute: about 0.5 us and 25 ns per tick. Results
/// are doubles before rounding to ticks: exp and log of the C library decide the last bit, which the rounding
/// hides.
class NamePath {
 public:
    NamePath(const DemoSpec& spec, std::size_t index);

    /// The minute the next call gives, counted from spec.start.
    std::int64_t minute() const { return minute_; }
    /// Prices at the minute's open, open + tick, ...; `points` has one place per tick. Always above zero.
    void next_minute(std::span<double> points);
    void skip_minute();

 private:
    struct Step {
        double from = 0, to = 0;  // without the jump
        double jump = 0;
        double jump_at = 0;  // fraction of the minute
    };

    Step walk();
    Step mean_revert();
    void bridge(const Step& step, double deviation, Stream stream, std::span<double> points) const;

    NameSpec name_;
    std::optional<PairTruth> pair_;  // where this name is the follower
    std::unique_ptr<NamePath> leader_;
    Rng root_;
    Rng minutes_;
    Rng market_;
    std::int64_t minute_ = 0;
    std::int64_t break_minute_ = 0;
    std::uint64_t bridge_stream_ = 0;
    std::uint64_t residual_stream_ = 0;
    double own_deviation_ = 0;     // per minute
    double market_deviation_ = 0;  // per minute, of the factor times beta
    double drift_ = 0;             // per minute
    double jump_probability_ = 0;  // per minute
    double level_ = 0;             // log price of a walk, residual of a follower, log deviation of a peg
    double persistence_ = 0;       // of the residual, per minute
    double price_min_ = 0;
    std::vector<double> scratch_;
};

}  // namespace plumb::venues::demo
