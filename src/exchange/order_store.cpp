#include "exchange/order_store.hpp"

#include "base/check.hpp"

namespace plumb::exchange {

StoredOrder& OrderStore::add(OrderNumber number) {
    if (free_.empty()) {
        const auto first = static_cast<SlotIndex>(chunks_.size() * kChunk);
        chunks_.push_back(std::make_unique<StoredOrder[]>(kChunk));
        for (std::size_t i = kChunk; i > 0; --i) free_.push_back(first + static_cast<SlotIndex>(i - 1));
    }
    const SlotIndex slot = free_.back();
    free_.pop_back();
    StoredOrder& order = (*this)[slot];
    order.slot = slot;
    order.record.number = number;
    by_number_.put(number, slot);
    return order;
}

void OrderStore::forget(StoredOrder& order) {
    PLUMB_CHECK(!order.in_book && !order.on_shelf && !is_open(order.record.status));
    by_number_.erase(order.record.number);
    const SlotIndex slot = order.slot;
    order = {};
    free_.push_back(slot);
}

StoredOrder* OrderStore::find(OrderNumber number) {
    const auto slot = by_number_.find(number);
    return slot ? &(*this)[*slot] : nullptr;
}

const StoredOrder* OrderStore::find(OrderNumber number) const {
    const auto slot = by_number_.find(number);
    return slot ? &(*this)[*slot] : nullptr;
}

void OrderStore::append(OrderList& list, StoredOrder& order, StoredOrder::Links StoredOrder::* links) {
    order.*links = {list.last, kNoSlot};
    if (list.last == kNoSlot) {
        list.first = order.slot;
    } else {
        ((*this)[list.last].*links).next = order.slot;
    }
    list.last = order.slot;
    ++list.count;
}

void OrderStore::remove(OrderList& list, StoredOrder& order, StoredOrder::Links StoredOrder::* links) {
    PLUMB_CHECK(list.count > 0);
    const StoredOrder::Links at = order.*links;
    (at.previous == kNoSlot ? list.first : ((*this)[at.previous].*links).next) = at.next;
    (at.next == kNoSlot ? list.last : ((*this)[at.next].*links).previous) = at.previous;
    order.*links = {};
    --list.count;
}

}  // namespace plumb::exchange
