#pragma once

#include <array>
#include <list>
#include <vector>

#include "exchange/market/price_path.hpp"
#include "venues/demo/demo_flow.hpp"
#include "venues/demo/demo_path.hpp"

namespace plumb::exchange::market {

/// How fine the simulated price moves.
inline constexpr Duration kMoveInterval = std::chrono::milliseconds{250};

/// Minutes that lie too far back to be kept: walked again when asked for, and kept for the few names that
/// were asked for last. 72 bytes a minute; a month of one name takes 3 MB and 30 ms.
class FarPast {
 public:
    explicit FarPast(const venues::demo::DemoSpec& spec) : spec_{spec} {}
    /// The minutes of a name from the spec's start up to `end` at least, and up to `walked` if they must be
    /// made anew; valid until the next call.
    const MinuteRows& rows(std::size_t index, MinuteNumber end, MinuteNumber walked);

 private:
    static constexpr std::size_t kBytesMax = 32u << 20;
    struct Entry {
        std::size_t index = 0;
        MinuteNumber end = 0;
        MinuteRows rows;
    };
    const venues::demo::DemoSpec& spec_;
    std::list<Entry> entries_;  // newest use first
};

/// The mid price of one name, for all venues of a process: the demo market's path, which has a point each few
/// seconds, with moves in between drawn as a bridge; and the minutes it has walked.
///
class PriceWalk : public PricePath {
 public:
    /// `spec` and `far_past` outlive it. Walks to the spec's live start: 0.3 us a minute.
    PriceWalk(const venues::demo::DemoSpec& spec, std::size_t index, FarPast& far_past);

    /// The price at `time`, at or after the spec's live start. 30 ns, or 1 us for each minute not walked yet.
    double mid(Timestamp time) override;
    /// Minutes before `time` can be visited from here on.
    void walk_to(Timestamp time) override;
    bool visit(MinuteNumber from, MinuteNumber to, MinuteVisitor& visitor) const override;

    Manner manner() const override { return {name().price, name().spread_bps, trade_size_, trade_rate_}; }

 private:
    static constexpr std::int64_t kMinutesKept = 16;
    static constexpr std::size_t kMovesMax = 20;  // 250 ms in the demo market's 5 s

    const venues::demo::NameSpec& name() const { return spec_->names[index_]; }
    void walk_minute();
    double point(std::int64_t number) const;
    void draw_moves(std::int64_t number);
    double move_size(std::int64_t number) const;

    const venues::demo::DemoSpec* spec_;
    std::size_t index_;
    FarPast* far_past_;
    venues::demo::NamePath path_;
    venues::demo::NameFlow flow_;
    Rng moves_root_;
    std::int64_t points_per_minute_;
    MinuteNumber first_minute_;
    double trade_size_ = 0;
    double trade_rate_ = 0;
    std::vector<double> points_;  // a ring of the newest minutes
    std::vector<double> scratch_;
    std::vector<venues::demo::Print> prints_;
    MinuteRows rows_;
    std::int64_t moves_of_ = -1;  // the point whose moves are in hand
    std::array<double, kMovesMax> moves_{};
};

}  // namespace plumb::exchange::market
