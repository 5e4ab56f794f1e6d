#pragma once

#include <optional>
#include <string>
#include <vector>

#include "strategies/pairs/spread_history.hpp"
#include "strategy/strategy.hpp"

namespace plumb::strategies {

/// How old the legs of a pair may be; the shortest tier of both (F15).
struct PairStaleness {
    Duration entry{};
    Duration exit{};
    Duration emergency{};
};

struct PairsParams {
    double entry_z = 2.0;
    double exit_z = 0.5;
    std::optional<double>
        stop_z;                  // |z| at or beyond it closes the pair, which then waits for |z| below entry
    std::size_t lookback = 500;  // observations kept for recalibration
    std::size_t recalibrate_observations_min = 50;
    Duration recalibrate_interval = std::chrono::minutes{10};  // zero: never
};

/// The pairs strategy of the first seed: z = (spread - mean) / deviation of a cointegrated spread, entered at
/// |z| >= entry, left at |z| <= exit, on overshoot to the other side, at the stop, or when a leg's price is
/// critically old.
class PairsZscore : public strategy::Strategy {
 public:
    PairsZscore(PairsParams params, std::vector<PairModel> models, std::vector<PairStaleness> staleness);

    void on_cycle(const strategy::Context& context) override;
    std::span<const PairModel> models() const override { return models_; }
    /// No new entries in this pair: it is kept only to look after what it holds.
    void close_only(PairId pair) { entries_allowed_[pair.value] = false; }

    /// The rule for one pair, by itself so that it can be tested as a table: what to do given z and ages.
    struct Input {
        double z = 0;
        bool has_prices = true;
        Duration age_max{};
        SpreadSide side = SpreadSide::flat;
        bool cooling_down = false;
        bool entries_allowed = true;
    };
    struct Decision {
        SignalType type = SignalType::hold;
        Reason reason = Reason::none;
        double confidence = 0;
    };
    static Decision decide(const Input& input, const PairsParams& params, const PairStaleness& staleness);

 private:
    void remember(const strategy::MarketView& market);
    void recalibrate(const strategy::Context& context);

    PairsParams params_;
    std::vector<PairModel> models_;
    std::vector<PairStaleness> staleness_;
    std::vector<SpreadHistory> histories_;
    std::vector<char> entries_allowed_;
    std::optional<Timestamp> recalibrated_at_;
};

}  // namespace plumb::strategies
