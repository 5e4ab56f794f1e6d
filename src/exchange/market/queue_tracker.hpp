#pragma once

#include <optional>
#include <vector>

#include "exchange/venue_model.hpp"

namespace plumb::exchange::market {

/// Where clients' resting orders stand in a recorded queue.
///
/// An order joins behind what is displayed at its price when it arrives. Nobody passes it, so what is ahead
/// only shrinks: by prints at its price, and when less is displayed there than was ahead. A price whose
/// display is not recorded (deeper than the touch, or no quotes at all) hides an unknown number, taken as
/// without end, until the touch comes to it; an order better than the touch is first.
class QueueTracker {
 public:
    struct Fill {
        OrderNumber order = 0;
        Price price;
        Quantity quantity;
    };
    struct Touch {
        Price bid, ask;  // zero: not recorded
        Quantity bid_quantity, ask_quantity;
    };

    /// Follows the orders of everybody but the house.
    void on_order(const OrderHappened& happened, const Touch& touch);
    void on_touch(const Touch& touch);
    /// What a recorded print fills: orders it went through whole, at their own price; orders at its price
    /// with what it leaves after those ahead. The caller makes the fills and says so with `filled`.
    std::vector<Fill> on_print(Side aggressor, Price price, Quantity quantity);
    void filled(OrderNumber order, Quantity quantity);
    std::size_t size() const { return resting_.size(); }

 private:
    struct Resting {
        OrderNumber order = 0;
        Side side = Side::buy;
        Price price;
        Quantity leaves;
        std::optional<Quantity> ahead;  // nothing: unknown, without end
    };
    static void see(Resting& order, const Touch& touch, bool joins);

    std::vector<Resting> resting_;  // by arrival
};

}  // namespace plumb::exchange::market
