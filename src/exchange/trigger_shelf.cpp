#include "exchange/trigger_shelf.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace plumb::exchange {

bool TriggerShelf::wakes_later(const Entry& a, const Entry& b, bool rising) {
    if (a.level != b.level) return rising ? b.level < a.level : a.level < b.level;
    return a.number > b.number;
}

void TriggerShelf::add(StoredOrder& order) {
    const OrderSpec& spec = order.record.spec;
    Source& source = sources_[static_cast<std::size_t>(spec.trigger)];
    const Entry entry{spec.stop, order.record.number, order.slot};
    if (spec.type == OrderType::trailing_stop) {
        source.trailing.push_back(entry);
    } else {
        const bool rising = wakes_on_rise(spec);
        std::vector<Entry>& entries = rising ? source.rising : source.falling;
        const auto at = std::ranges::upper_bound(
            entries, entry, [&](const Entry& a, const Entry& b) { return wakes_later(a, b, rising); });
        entries.insert(at, entry);
    }
    order.on_shelf = true;
    ++count_;
}

void TriggerShelf::remove(StoredOrder& order) {
    const OrderSpec& spec = order.record.spec;
    Source& source = sources_[static_cast<std::size_t>(spec.trigger)];
    std::vector<Entry>& entries = spec.type == OrderType::trailing_stop ? source.trailing
                                  : wakes_on_rise(spec)                 ? source.rising
                                                                        : source.falling;
    const auto at = std::ranges::find(entries, order.record.number, &Entry::number);
    PLUMB_CHECK(order.on_shelf && at != entries.end());
    entries.erase(at);
    order.on_shelf = false;
    --count_;
}

Price TriggerShelf::follow(const OrderSpec& spec, Price level, Price price, Price tick) {
    const Decimal distance =
        0 < spec.trail.distance.sign() ? spec.trail.distance.value : price.value * spec.trail.fraction;
    if (spec.side == Side::sell) {
        const Price wanted = Price{price.value - distance}.quantized(tick, Rounding::down);
        return level.is_zero() || level < wanted ? wanted : level;
    }
    const Price wanted = Price{price.value + distance}.quantized(tick, Rounding::up);
    return level.is_zero() || wanted < level ? wanted : level;
}

void TriggerShelf::see_trailing(Source& source, Price price, Price tick, OrderStore& store,
                                std::vector<SlotIndex>& woken) {
    std::erase_if(source.trailing, [&](const Entry& entry) {
        StoredOrder& order = store[entry.slot];
        OrderRecord& record = order.record;
        record.trail_stop = follow(record.spec, record.trail_stop, price, tick);
        const bool wakes =
            record.spec.side == Side::buy ? record.trail_stop <= price : price <= record.trail_stop;
        if (!wakes) return false;
        order.on_shelf = false;
        --count_;
        woken.push_back(entry.slot);
        return true;
    });
}

void TriggerShelf::see(TriggerPrice which, Price price, Price tick, OrderStore& store,
                       std::vector<SlotIndex>& woken) {
    if (count_ == 0 || price.is_zero()) return;
    Source& source = sources_[static_cast<std::size_t>(which)];
    const auto wake = [&](std::vector<Entry>& entries) {
        StoredOrder& order = store[entries.back().slot];
        order.on_shelf = false;
        --count_;
        woken.push_back(order.slot);
        entries.pop_back();
    };
    while (!source.rising.empty() && source.rising.back().level <= price) wake(source.rising);
    while (!source.falling.empty() && price <= source.falling.back().level) wake(source.falling);
    if (!source.trailing.empty()) see_trailing(source, price, tick, store, woken);
}

}  // namespace plumb::exchange
