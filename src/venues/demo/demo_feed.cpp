#include "venues/demo/demo_feed.hpp"

#include <algorithm>

namespace plumb::venues::demo {

using std::chrono::minutes;

DemoFeed::DemoFeed(const DemoSpec& spec, const InstrumentTable& table)
    : spec_{spec}, ticks_per_minute_{static_cast<std::size_t>(minutes{1} / spec.tick)} {
    for (const Instrument& instrument : table.all()) {
        const auto index = find_name(spec_, instrument.name());
        if (!index) continue;
        names_.push_back({.id = instrument.id,
                          .path = NamePath{spec_, *index},
                          .flow = NameFlow{spec_, *index},
                          .tally = BarTally{spec_.bar_length},
                          .sizes = Rng{0},
                          .points = std::vector<double>(ticks_per_minute_),
                          .prints = {}});
        names_.back().prints.reserve(ticks_per_minute_);
    }
    ready_.reserve(3 * names_.size());
    start_at(spec_.live_start);
}

/// The bars around `time` must be whole, so ticks begin where the bar does and stay unseen until `time`.
void DemoFeed::start_at(Timestamp time) {
    visible_from_ = std::max(time, spec_.start);
    minute_ = std::max(spec_.start,
                       Timestamp{std::chrono::floor<minutes>(bar_open(visible_from_, spec_.bar_length))});
}

void DemoFeed::fast_forward(Timestamp time) {
    if (!begun_) return start_at(time);
    if (time <= now_) return;
    visible_from_ = time;
    ready_.clear();
    taken_ = 0;
    const Timestamp target = std::chrono::floor<minutes>(bar_open(time, spec_.bar_length));
    if (target <= minute_) return;  // within the bars in hand: their ticks pass unseen
    minute_ = target;
    tick_ = 0;
    for (Name& name : names_) name.tally = BarTally{spec_.bar_length};
}

void DemoFeed::begin_minute() {
    begun_ = true;
    const std::int64_t number = (minute_ - spec_.start) / minutes{1};
    for (Name& name : names_) {
        while (name.path.minute() < number) name.path.skip_minute();
        name.path.next_minute(name.points);
        name.flow.trades(number, name.prints);
        name.sizes = name.flow.sizes(number);
        name.next_print = 0;
        const std::uint64_t before = static_cast<std::uint64_t>(number) * ticks_per_minute_;
        name.sequence = name.trade_id =
            before;  // counted from the start, so that they never depend on the seeing
    }
}

void DemoFeed::make_tick(Name& name) {
    const double price = name.points[tick_];
    name.tally.add(now_, name.flow.mid_ticks(price));
    Quote quote = name.flow.quote(price, name.sizes);
    quote.instrument = name.id;
    quote.sequence = ++name.sequence;
    quote.venue_time = quote.received_at = now_;
    const bool seen = visible_from_ <= now_;
    if (seen) ready_.push_back(quote);
    for (; name.next_print < name.prints.size() && name.prints[name.next_print].tick == tick_;
         ++name.next_print) {
        const Print& print = name.prints[name.next_print];
        name.tally.add_volume(print.lots);
        ++name.trade_id;
        if (!seen) continue;
        ready_.push_back(Trade{.instrument = name.id,
                               .aggressor = print.aggressor,
                               .price = print.aggressor == Side::buy ? quote.ask : quote.bid,
                               .quantity = name.flow.quantity_of(print.lots),
                               .trade_id = name.trade_id,
                               .venue_time = now_,
                               .received_at = now_});
    }
}

void DemoFeed::make_tick() {
    ready_.clear();
    taken_ = 0;
    if (tick_ == 0) begin_minute();
    now_ = minute_ + static_cast<std::int64_t>(tick_) * spec_.tick;
    for (Name& name : names_) {
        std::optional<ClosedBar> bar = name.tally.take(now_, name.flow);
        if (!bar || now_ < visible_from_ || bar->open_time < spec_.start) continue;
        bar->instrument = name.id;
        ready_.push_back(*bar);
    }
    if (spec_.end && *spec_.end <= now_) return;  // bars that close at the end are still told
    for (Name& name : names_) make_tick(name);
    if (++tick_ == ticks_per_minute_) {
        tick_ = 0;
        minute_ += minutes{1};
    }
}

Result<std::optional<MarketEvent>> DemoFeed::next() {
    while (taken_ == ready_.size()) {
        const bool over = begun_ && spec_.end && *spec_.end <= now_;
        if (names_.empty() || over || (spec_.end && *spec_.end < visible_from_)) return std::nullopt;
        make_tick();
    }
    return std::optional<MarketEvent>{ready_[taken_++]};
}

}  // namespace plumb::venues::demo
