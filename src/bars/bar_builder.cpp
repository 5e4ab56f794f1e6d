#include "bars/bar_builder.hpp"

#include <algorithm>

#include "bars/bar_spec.hpp"
#include "base/check.hpp"

namespace plumb::bars {

BarBuilder::BarBuilder(InstrumentId instrument, BarBuildRule rule) : instrument_{instrument}, rule_{rule} {
    PLUMB_CHECK(rule.length > Duration{});
}

BarBuilder::Slot& BarBuilder::slot_at(Timestamp open_time) {
    auto at = slots_.end();
    while (at != slots_.begin() && std::prev(at)->open_time >= open_time)
        --at;  // new trades belong near the end
    if (at != slots_.end() && at->open_time == open_time) return *at;
    Slot slot;
    slot.open_time = open_time;
    if (!spares_.empty()) {
        slot.ids = std::move(spares_.back());
        spares_.pop_back();
    }
    return *slots_.insert(at, std::move(slot));
}

Status BarBuilder::add(const Trade& trade) {
    if (trade.price.sign() <= 0 || trade.quantity.sign() <= 0) {
        ++counts_.refused;
        return fail(Errc::out_of_range, "expected a trade with price and quantity above zero");
    }
    const Timestamp open_time = slot_open(trade.venue_time, rule_.length);
    if (open_time < closed_until_) {
        ++counts_.late;
        return fail(Errc::stale, "the trade's bar is closed already");
    }
    Slot& slot = slot_at(open_time);
    if (trade.trade_id != 0) {
        auto at = slot.ids.end();
        if (!slot.ids.empty() && slot.ids.back() >= trade.trade_id)
            at = std::ranges::lower_bound(slot.ids, trade.trade_id);
        if (at != slot.ids.end() && *at == trade.trade_id) {
            ++counts_.repeated;
            return {};
        }
        if (slot.ids.size() >= kTradesPerBarMax) {
            ++counts_.refused;
            return fail(Errc::out_of_range,
                        "more trades in one bar than can be told apart: build shorter bars");
        }
        slot.ids.insert(at, trade.trade_id);
    }
    const Rank rank{trade.venue_time, trade.trade_id, trade.price, trade.quantity};
    const bool fresh = slot.volume.is_zero();
    if (fresh || rank < slot.first) slot.first = rank;
    if (fresh || slot.last < rank) slot.last = rank;
    slot.high = fresh ? trade.price : std::max(slot.high, trade.price);
    slot.low = fresh ? trade.price : std::min(slot.low, trade.price);
    slot.volume += trade.quantity;
    ++counts_.trades;
    return {};
}

void BarBuilder::fill_quiet_until(Timestamp open_time, std::vector<ClosedBar>& out) {
    if (!any_ || !rule_.fill_quiet) return;
    const auto missing = (open_time - filled_until_) / rule_.length;
    if (missing > static_cast<std::int64_t>(kFilledMax)) return;
    for (; filled_until_ < open_time; filled_until_ += rule_.length) {
        const Ohlcv flat{last_close_, last_close_, last_close_, last_close_, {}};
        out.push_back({instrument_, BarOrigin::filled, filled_until_, rule_.length, flat});
    }
}

void BarBuilder::close_until(Timestamp now, std::vector<ClosedBar>& out) {
    const Timestamp over = slot_open(now, rule_.length);  // intervals that open before this are over
    if (over <= closed_until_) return;
    auto end = slots_.begin();
    for (; end != slots_.end() && end->open_time < over; ++end) {
        fill_quiet_until(end->open_time, out);
        const Ohlcv values{end->first.price, end->high, end->low, end->last.price, end->volume};
        out.push_back({instrument_, BarOrigin::traded, end->open_time, rule_.length, values});
        last_close_ = values.close;
        any_ = true;
        filled_until_ = end->open_time + rule_.length;
        end->ids.clear();
        if (spares_.size() < 4) spares_.push_back(std::move(end->ids));
    }
    slots_.erase(slots_.begin(), end);
    fill_quiet_until(over, out);
    closed_until_ = over;
}

Result<BarHistory> build_bars(std::span<const Trade> trades, BarBuildRule rule, std::string name) {
    BarBuilder builder{InstrumentId{}, rule};
    Timestamp last = Timestamp::min();
    for (const Trade& trade : trades) {
        if (const Status added = builder.add(trade); !added) {
            return fail(Error{added.error()}.at(name + " trade of " + to_iso(trade.venue_time)));
        }
        last = std::max(last, trade.venue_time);
    }
    BarHistory history{std::move(name), rule.length};
    if (trades.empty()) return history;
    std::vector<ClosedBar> bars;
    builder.close_until(slot_open(last, rule.length) + rule.length, bars);
    history.reserve(bars.size());
    for (const ClosedBar& bar : bars) {
        if (const Status appended = history.append(bar.open_time, bar.values, bar.origin); !appended) {
            return fail(appended.error());
        }
    }
    return history;
}

}  // namespace plumb::bars
