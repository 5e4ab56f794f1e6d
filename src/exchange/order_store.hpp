#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "exchange/number_map.hpp"
#include "exchange/order_record.hpp"

namespace plumb::exchange {

using SlotIndex = std::uint32_t;
constexpr SlotIndex kNoSlot = ~SlotIndex{0};

/// One order as the model keeps it: its record, what it reserves, and the lists it hangs in.
struct StoredOrder {
    struct Links {
        SlotIndex previous = kNoSlot;
        SlotIndex next = kNoSlot;
    };

    OrderRecord record;
    Decimal reserve;    // cash markets: of an asset; on margin: the value it adds to what may be held
    Quantity reserved;  // quantity behind the reserve
    SlotIndex slot = kNoSlot;
    Links queue;  // its level in the book
    Links open;   // open orders of the account in the market
    bool in_book = false;
    bool on_shelf = false;
    bool liquidation = false;  // an order of the venue that closes a position

    bool is_house() const { return record.spec.account.value == 0; }
};

/// The ends of a list of orders.
struct OrderList {
    SlotIndex first = kNoSlot;
    SlotIndex last = kNoSlot;
    std::uint32_t count = 0;
};

/// Where orders live. Addresses are stable; a slot is used again after its order is forgotten.
class OrderStore {
 public:
    StoredOrder& add(OrderNumber number);
    void forget(StoredOrder& order);

    StoredOrder& operator[](SlotIndex slot) { return chunks_[slot / kChunk][slot % kChunk]; }
    const StoredOrder& operator[](SlotIndex slot) const { return chunks_[slot / kChunk][slot % kChunk]; }
    StoredOrder* find(OrderNumber number);
    const StoredOrder* find(OrderNumber number) const;
    std::size_t size() const { return by_number_.size(); }

    void append(OrderList& list, StoredOrder& order, StoredOrder::Links StoredOrder::* links);
    void remove(OrderList& list, StoredOrder& order, StoredOrder::Links StoredOrder::* links);

 private:
    static constexpr std::size_t kChunk = 256;

    std::vector<std::unique_ptr<StoredOrder[]>> chunks_;
    std::vector<SlotIndex> free_;
    NumberMap by_number_;
};

}  // namespace plumb::exchange
