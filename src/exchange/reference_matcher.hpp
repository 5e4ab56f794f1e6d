#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "exchange/words.hpp"

namespace plumb::exchange {

/// Price-time priority as one would write it on a napkin: one list of orders, looked through from end to end
/// for the best one each time. Whole numbers of ticks and lots. For tests of the model, which shares nothing
/// with it.
class ReferenceMatcher {
 public:
    struct Order {
        std::uint64_t number = 0;
        int account = 0;
        bool buys = true;
        std::int64_t price = 0;  // a market order: as far as there is
        std::int64_t left = 0;
        SelfTrade rule = SelfTrade::allow;
        std::uint64_t arrival = 0;
    };
    struct Fill {
        std::uint64_t maker = 0;
        std::uint64_t taker = 0;
        std::int64_t price = 0;
        std::int64_t quantity = 0;
        bool operator==(const Fill&) const = default;
    };
    enum class Rest : unsigned char { stays, goes, all_or_nothing };

    bool would_take(const Order& order) const { return best_for(order).has_value(); }

    void submit(Order order, Rest rest) {
        order.arrival = ++arrivals_;
        if (rest == Rest::all_or_nothing) {
            ReferenceMatcher tried = *this;
            if (tried.take(order) != 0) return;
            *this = std::move(tried);
            return;
        }
        order.left = take(order);
        if (order.left > 0 && rest == Rest::stays) resting.push_back(order);
    }

    bool cancel(std::uint64_t number) {
        return std::erase_if(resting, [&](const Order& each) { return each.number == number; }) > 0;
    }

    std::int64_t quantity_at(bool buys, std::int64_t price) const {
        std::int64_t sum = 0;
        for (const Order& each : resting) {
            if (each.buys == buys && each.price == price) sum += each.left;
        }
        return sum;
    }

    std::vector<Order> resting;
    std::vector<Fill> fills;

 private:
    std::optional<std::size_t> best_for(const Order& taker) const {
        std::optional<std::size_t> best;
        for (std::size_t i = 0; i < resting.size(); ++i) {
            const Order& each = resting[i];
            if (each.buys == taker.buys) continue;
            if (taker.buys ? each.price > taker.price : each.price < taker.price) continue;
            if (!best) {
                best = i;
                continue;
            }
            const Order& other = resting[*best];
            const bool cheaper = taker.buys ? each.price < other.price : each.price > other.price;
            if (cheaper || (each.price == other.price && each.arrival < other.arrival)) best = i;
        }
        return best;
    }

    /// What is left of it; below zero when the rule ended it.
    std::int64_t take(const Order& taker) {
        std::int64_t left = taker.left;
        while (left > 0) {
            const auto at = best_for(taker);
            if (!at) return left;
            Order& maker = resting[*at];
            if (maker.account == taker.account && taker.rule != SelfTrade::allow) {
                if (taker.rule != SelfTrade::cancel_taker) {
                    resting.erase(resting.begin() + static_cast<std::ptrdiff_t>(*at));
                }
                if (taker.rule == SelfTrade::cancel_maker) continue;
                return -left;
            }
            const std::int64_t quantity = std::min(left, maker.left);
            fills.push_back({maker.number, taker.number, maker.price, quantity});
            left -= quantity;
            maker.left -= quantity;
            if (maker.left == 0) resting.erase(resting.begin() + static_cast<std::ptrdiff_t>(*at));
        }
        return left;
    }

    std::uint64_t arrivals_ = 0;
};

}  // namespace plumb::exchange
