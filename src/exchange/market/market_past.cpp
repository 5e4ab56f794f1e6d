#include "exchange/market/market_past.hpp"

#include <algorithm>

namespace plumb::exchange::market {
namespace {

constexpr std::size_t kGapsMax = 1000;
constexpr MinuteNumber kDayMinutes = 24 * 60;

}  // namespace

MarketPast::MarketPast(const Options& options, const MinuteSource* path)
    : options_{options},
      path_{path},
      rows_{options.tick, options.lot, options.minutes_max},
      trades_{options.tick, options.lot} {}

void MarketPast::on_trade(const TradeHappened& trade, Timestamp at) {
    trades_.push({trade.number, trade.aggressor, trade.price, trade.quantity, at});
    const MinuteNumber minute = minute_of(at);
    if (current_ && current_->minute != minute) {
        rows_.push(*current_);
        current_.reset();
    }
    add_trade(current_, minute, trade.aggressor, trade.price, trade.quantity);
}

void MarketPast::skip(MinuteNumber from, MinuteNumber to) {
    if (to <= from) return;
    if (gaps_.size() == kGapsMax) gaps_.erase(gaps_.begin());
    gaps_.push_back({from, to});
}

bool MarketPast::visit_live(MinuteNumber from, MinuteNumber to, MinuteVisitor& visitor) const {
    if (!rows_.visit(from, to, visitor)) return false;
    if (current_ && from <= current_->minute && current_->minute < to) return visitor.take(*current_);
    return true;
}

bool MarketPast::visit(MinuteNumber from, MinuteNumber to, MinuteVisitor& visitor) const {
    if (path_ == nullptr) return visit_live(from, to, visitor);
    const auto walk = [&](MinuteNumber until, bool live) {
        const MinuteNumber end = std::min(until, to);
        if (end <= from) return true;
        const bool more = live ? visit_live(from, end, visitor) : path_->visit(from, end, visitor);
        from = end;
        return more;
    };
    // Traded minutes that were forgotten are the path's again.
    const MinuteNumber live_from = rows_.size() < options_.minutes_max || rows_.empty()
                                       ? options_.live_from
                                       : std::max(options_.live_from, rows_.first());
    if (!walk(live_from, false)) return false;
    for (const Gap& gap : gaps_) {
        if (!walk(gap.from, true) || !walk(gap.to, false)) return false;
    }
    return walk(to, true);
}

std::vector<DetailedBar> MarketPast::bars(Duration length, Timestamp from, Timestamp to, std::size_t count,
                                          Timestamp now) const {
    BarAssembler assembler{{options_.instrument, length, from, to, count, now}, options_.begins_at};
    if (assembler.first() < assembler.end()) visit(assembler.first(), assembler.end(), assembler);
    return assembler.finish();
}

std::optional<DetailedOpenBar> MarketPast::open_bar(Duration length, Timestamp now) const {
    const Timestamp slot = slot_of(now, length);
    BarTotal total;
    // Minutes of the path that are not over are nobody's business yet.
    visit(minute_of(slot), minute_of(now), total);
    visit_live(minute_of(now), minute_of(now) + 1, total);
    if (total.empty()) return std::nullopt;
    return DetailedOpenBar{{options_.instrument, total.origin(), slot, length, total.values()},
                           total.detail()};
}

DaySummary MarketPast::day(Timestamp now) const {
    const MinuteNumber minute = minute_of(now);
    if (day_minute_ != minute) {
        day_ = BarTotal{};
        visit(std::max(minute - kDayMinutes, minute_of(options_.begins_at)), minute, day_);
        day_minute_ = minute;
    }
    BarTotal total = day_;
    visit_live(minute, minute + 1, total);
    DaySummary day;
    if (total.empty()) return day;
    day.open = total.values().open;
    day.high = total.values().high;
    day.low = total.values().low;
    day.last = total.values().close;
    day.volume = total.values().volume;
    day.value = total.detail().value;
    day.trades = total.detail().trades;
    return day;
}

}  // namespace plumb::exchange::market
