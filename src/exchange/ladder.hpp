#pragma once

#include <span>
#include <vector>

#include "core/market_event.hpp"
#include "exchange/order_store.hpp"

namespace plumb::exchange {

/// One price of one side: its orders, oldest first, and the sum of what they still want.
struct LadderLevel {
    Price price;
    Quantity quantity;
    OrderList orders;
};

/// One side of one book. Levels lie in one array, the best last, so that what happens at the touch moves
/// nothing.
class Ladder {
 public:
    explicit Ladder(Side side) : side_{side} {}

    bool empty() const { return levels_.empty(); }
    LadderLevel& best() { return levels_.back(); }
    const LadderLevel& best() const { return levels_.back(); }
    /// Worst first.
    std::span<const LadderLevel> levels() const { return levels_; }

    /// Queues the order behind those of its price. Returns what the level holds then. Cost: O(log levels),
    /// and a move of the better levels when the price is new.
    Quantity add(OrderStore& store, StoredOrder& order);
    /// Takes it out, wherever it is in its queue.
    Quantity remove(OrderStore& store, StoredOrder& order);
    /// The order wants this much less; it keeps its place.
    Quantity shrink(Price price, Quantity less);

    /// Is `price` of this side met by an order of the other side with this limit?
    bool meets(Price price, Price limit) const {
        return side_ == Side::buy ? limit <= price : price <= limit;
    }
    Side side() const { return side_; }

 private:
    bool worse(Price a, Price b) const { return side_ == Side::buy ? a < b : b < a; }
    std::size_t find(Price price) const;

    Side side_;
    std::vector<LadderLevel> levels_;
};

}  // namespace plumb::exchange
