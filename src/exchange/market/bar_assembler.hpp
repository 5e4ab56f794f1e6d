#pragma once

#include <optional>
#include <vector>

#include "core/bar.hpp"
#include "exchange/market/minute_rows.hpp"
#include "exchange/protocol/past_market.hpp"

namespace plumb::exchange::market {

/// The slot of `length` that `time` lies in: multiples of the length since 1970, weeks from Monday.
Timestamp slot_of(Timestamp time, Duration length);

/// Which bars are asked for (PastMarket::bars).
struct BarsAsked {
    InstrumentId instrument;
    Duration length{};
    Timestamp from, to;
    std::size_t count = 0;
    Timestamp now;
};

/// Makes bars of minutes. Slots without a minute give no bar; a slot counts when it opened in [from, to) and
/// is over at `now`.
class BarAssembler : public MinuteVisitor {
 public:
    /// `begins_at`: there is nothing before.
    BarAssembler(const BarsAsked& asked, Timestamp begins_at);

    /// The minutes to be shown: [first, end). Nothing need be shown when they are not in order.
    MinuteNumber first() const { return first_; }
    MinuteNumber end() const { return end_; }
    bool take(const MinuteBar& bar) override;
    std::vector<DetailedBar> finish();

 private:
    void close();

    BarsAsked asked_;
    MinuteNumber first_ = 0, end_ = 0;
    std::optional<DetailedBar> open_;
    std::vector<DetailedBar> bars_;
};

/// One bar of all minutes shown.
class BarTotal : public MinuteVisitor {
 public:
    bool take(const MinuteBar& bar) override;

    bool empty() const { return minutes_ == 0; }
    const Ohlcv& values() const { return values_; }
    BarOrigin origin() const { return origin_; }
    const BarDetail& detail() const { return detail_; }

 private:
    std::size_t minutes_ = 0;
    Ohlcv values_;
    BarOrigin origin_ = BarOrigin::traded;
    BarDetail detail_;
};

}  // namespace plumb::exchange::market
