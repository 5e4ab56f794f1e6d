#pragma once

#include <array>
#include <vector>

#include "exchange/order_store.hpp"

namespace plumb::exchange {

/// Stops of one market that wait for their price. A price wakes the nearest level first, and of one level the
/// oldest order.
class TriggerShelf {
 public:
    /// A trailing stop's level (record.trail_stop) must be set, or zero when no price was seen yet.
    void add(StoredOrder& order);
    void remove(StoredOrder& order);
    /// Trailing stops follow, then those that this price wakes are taken off the shelf and appended to
    /// `woken`.
    void see(TriggerPrice source, Price price, Price tick, OrderStore& store, std::vector<SlotIndex>& woken);
    bool empty() const { return count_ == 0; }

    /// Whether an order of this side wakes when the price rises to its level (else when it falls to it).
    static bool wakes_on_rise(const OrderSpec& spec) { return (spec.side == Side::buy) != spec.takes_profit; }
    /// Where a trailing stop stands after `price`: it only ever comes closer.
    static Price follow(const OrderSpec& spec, Price level, Price price, Price tick);

 private:
    struct Entry {
        Price level;
        OrderNumber number = 0;
        SlotIndex slot = kNoSlot;
    };
    struct Source {
        std::vector<Entry> rising;   // next to wake last: highest level first
        std::vector<Entry> falling;  // next to wake last: lowest level first
        std::vector<Entry> trailing;
    };
    static bool wakes_later(const Entry& a, const Entry& b, bool rising);
    void see_trailing(Source& source, Price price, Price tick, OrderStore& store,
                      std::vector<SlotIndex>& woken);

    std::array<Source, 3> sources_;
    std::size_t count_ = 0;
};

}  // namespace plumb::exchange
