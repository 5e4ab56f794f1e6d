#include "venues/coinmarketcap/quoted_bars.hpp"

#include <algorithm>

namespace plumb::venues::coinmarketcap {

QuotedBars::News QuotedBars::take(InstrumentId instrument, Price price, Timestamp priced_at) {
    if (slots_.size() <= instrument.value) slots_.resize(instrument.value + 1);
    Slot& slot = slots_[instrument.value];
    if (slot.known && priced_at <= slot.priced_at) return {};
    const Timestamp open_time{priced_at.time_since_epoch() / length_ * length_};
    News news;
    if (slot.known && slot.bar.open_time < open_time) {
        const OpenBar& bar = slot.bar;
        news.closed = ClosedBar{bar.instrument, bar.origin, bar.open_time, bar.length, bar.values};
        slot.known = false;
    }
    if (!slot.known) {
        slot.bar = OpenBar{
            instrument, BarOrigin::quoted, open_time, length_, {price, price, price, price, Quantity{}}};
        slot.known = true;
    } else {
        slot.bar.values.high = std::max(slot.bar.values.high, price);
        slot.bar.values.low = std::min(slot.bar.values.low, price);
        slot.bar.values.close = price;
    }
    slot.priced_at = priced_at;
    news.open = slot.bar;
    return news;
}

}  // namespace plumb::venues::coinmarketcap
