#include "exchange/ladder.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace plumb::exchange {

std::size_t Ladder::find(Price price) const {
    // Most of what happens, happens at the best prices.
    std::size_t end = levels_.size();
    for (int i = 0; i < 4 && end > 0; ++i, --end) {
        if (!worse(price, levels_[end - 1].price)) {
            return levels_[end - 1].price == price ? end - 1 : end;
        }
    }
    const auto last = levels_.begin() + static_cast<std::ptrdiff_t>(end);
    const auto at = std::partition_point(levels_.begin(), last,
                                         [&](const LadderLevel& level) { return worse(level.price, price); });
    return static_cast<std::size_t>(at - levels_.begin());
}

Quantity Ladder::add(OrderStore& store, StoredOrder& order) {
    const Price price = order.record.spec.limit;
    const std::size_t at = find(price);
    if (at == levels_.size() || levels_[at].price != price) {
        levels_.insert(levels_.begin() + static_cast<std::ptrdiff_t>(at), LadderLevel{price, {}, {}});
    }
    LadderLevel& level = levels_[at];
    store.append(level.orders, order, &StoredOrder::queue);
    level.quantity += order.record.leaves();
    order.in_book = true;
    return level.quantity;
}

Quantity Ladder::remove(OrderStore& store, StoredOrder& order) {
    const std::size_t at = find(order.record.spec.limit);
    PLUMB_CHECK(order.in_book && at < levels_.size() && levels_[at].price == order.record.spec.limit);
    LadderLevel& level = levels_[at];
    store.remove(level.orders, order, &StoredOrder::queue);
    level.quantity -= order.record.spec.quantity - order.record.filled;
    order.in_book = false;
    const Quantity left = level.quantity;
    // The level is the sum of its orders, always: what was filled came out of it.
    PLUMB_CHECK((level.orders.count == 0) == left.is_zero() && left.sign() >= 0);
    if (level.orders.count == 0) levels_.erase(levels_.begin() + static_cast<std::ptrdiff_t>(at));
    return left;
}

Quantity Ladder::shrink(Price price, Quantity less) {
    const std::size_t at = find(price);
    PLUMB_CHECK(at < levels_.size() && levels_[at].price == price && less <= levels_[at].quantity);
    levels_[at].quantity -= less;
    return levels_[at].quantity;
}

}  // namespace plumb::exchange
