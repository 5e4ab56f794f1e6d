#pragma once

#include <algorithm>
#include <array>

#include "base/time.hpp"
#include "wire/wire_event.hpp"

namespace plumb::wire {

/// Between which silence means trouble. Both zero: silence says nothing (order updates, trading status).
struct SilenceLimits {
    Duration floor{};
    Duration ceiling{};

    bool watched() const { return Duration::zero() < ceiling; }
};

/// How long a silence is too long: a few times the longest that was usual lately, within limits. A liquid
/// name is missed after the floor; a coin that trades every few minutes is not taken for dead, and yet found
/// out after the ceiling. Until it has learned, the ceiling holds. A few words, no allocation.
class SilenceWatch {
 public:
    static constexpr int kLearn = 16;   // gaps before the ceiling gives way
    static constexpr int kTimes = 4;    // the longest usual gap counts this often
    static constexpr int kForget = 64;  // a long gap is half forgotten after about 44 shorter ones

    SilenceWatch() = default;
    explicit SilenceWatch(SilenceLimits limits) : limits_{limits} {}

    /// Data are expected from now on; what was learned stays.
    void start(Timestamp now) {
        since_ = now;
        heard_ = false;
    }
    void data(Timestamp now) {
        if (heard_) {
            const Duration gap = std::max(Duration::zero(), now - since_);
            usual_ = std::max(gap, usual_ - usual_ / kForget);
            gaps_ = std::min(gaps_ + 1, kLearn);
        }
        since_ = now;
        heard_ = true;
    }

    /// The silence in force. Before the first data it is the ceiling, whatever was learned: right after a
    /// connection nobody knows whether the market is only asleep.
    Duration threshold() const {
        if (!heard_ || gaps_ < kLearn) return limits_.ceiling;
        return std::clamp(usual_ * kTimes, limits_.floor, limits_.ceiling);
    }
    Timestamp due() const { return since_ + threshold(); }
    bool silent(Timestamp now) const { return limits_.watched() && due() <= now; }
    Timestamp since() const { return since_; }  // the last data, or start()
    bool heard() const { return heard_; }       // data since start()
    bool watched() const { return limits_.watched(); }
    const SilenceLimits& limits() const { return limits_; }
    void set_limits(SilenceLimits limits) { limits_ = limits; }

 private:
    SilenceLimits limits_;
    Timestamp since_;  // the last data, or the start
    Duration usual_{};
    int gaps_ = 0;
    bool heard_ = false;
};

/// The limits of each kind of data; rows are told apart by kind and by instrument through what each learned.
struct KindLimits {
    SilenceLimits trade{std::chrono::seconds{30}, std::chrono::minutes{30}};
    SilenceLimits quote{std::chrono::seconds{5}, std::chrono::minutes{2}};
    SilenceLimits book{std::chrono::seconds{5}, std::chrono::minutes{2}};
    SilenceLimits mark_price{std::chrono::seconds{10}, std::chrono::minutes{1}};
    SilenceLimits bar{std::chrono::seconds{10}, std::chrono::minutes{5}};  // ceiling at least 3 bar lengths

    SilenceLimits of(DataKind kind, Duration bar_length) const {
        switch (kind) {
            case DataKind::trade: return trade;
            case DataKind::quote: return quote;
            case DataKind::book: return book;
            case DataKind::mark_price: return mark_price;
            case DataKind::bar: return {bar.floor, std::max(bar.ceiling, 3 * bar_length)};
            case DataKind::status:
            case DataKind::orders: return {};
        }
        return {};
    }
};

}  // namespace plumb::wire
