#include "exchange/market/queue_tracker.hpp"

#include <algorithm>

namespace plumb::exchange::market {

void QueueTracker::see(Resting& order, const Touch& touch, bool joins) {
    const bool is_buy = order.side == Side::buy;
    const Price best = is_buy ? touch.bid : touch.ask;
    const Quantity displayed = is_buy ? touch.bid_quantity : touch.ask_quantity;
    if (best.is_zero()) return;
    if (best == order.price) {
        if (joins || !order.ahead || displayed < *order.ahead) order.ahead = displayed;
    } else if (is_buy ? best < order.price : order.price < best) {
        order.ahead = Quantity{};  // nobody else is as good
    }
}

void QueueTracker::on_order(const OrderHappened& happened, const Touch& touch) {
    const OrderRecord& record = happened.record;
    if (record.spec.account.value == 0) return;
    const bool rests = is_open(record.status) && record.status != OrderStatus::waiting &&
                       0 < record.spec.limit.sign() && 0 < record.leaves().sign();
    const auto found = std::ranges::find(resting_, record.number, &Resting::order);
    if (!rests) {
        if (found != resting_.end()) resting_.erase(found);
        return;
    }
    // More than before, or another price: to the end of the queue.
    if (found != resting_.end() && found->price == record.spec.limit && record.leaves() <= found->leaves) {
        found->leaves = record.leaves();
        return;
    }
    if (found != resting_.end()) resting_.erase(found);
    resting_.push_back({record.number, record.spec.side, record.spec.limit, record.leaves(), std::nullopt});
    see(resting_.back(), touch, true);
}

void QueueTracker::on_touch(const Touch& touch) {
    for (Resting& order : resting_) see(order, touch, false);
}

std::vector<QueueTracker::Fill> QueueTracker::on_print(Side aggressor, Price price, Quantity quantity) {
    std::vector<Fill> fills;
    Quantity taken;  // of this print, by our clients at its price
    for (Resting& order : resting_) {
        if (order.side == aggressor) continue;
        const bool is_through = order.side == Side::buy ? price < order.price : order.price < price;
        if (is_through) {
            fills.push_back({order.order, order.price, order.leaves});
        } else if (order.price == price && order.ahead) {
            const Quantity reaches = *order.ahead < quantity ? quantity - *order.ahead : Quantity{};
            order.ahead = *order.ahead < quantity ? Quantity{} : *order.ahead - quantity;
            const Quantity free = taken < reaches ? reaches - taken : Quantity{};
            const Quantity gets = std::min(free, order.leaves);
            if (gets.is_zero()) continue;
            taken += gets;
            fills.push_back({order.order, order.price, gets});
        }
    }
    return fills;
}

void QueueTracker::filled(OrderNumber number, Quantity quantity) {
    const auto found = std::ranges::find(resting_, number, &Resting::order);
    if (found == resting_.end()) return;
    found->leaves -= quantity;
    if (found->leaves.sign() <= 0) resting_.erase(found);
}

}  // namespace plumb::exchange::market
