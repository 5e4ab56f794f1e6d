#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/rng.hpp"
#include "wire/capabilities.hpp"
#include "wire/question.hpp"

namespace plumb::wire::testing {

/// What goes wrong, as probabilities of one event and longest times.
struct Faults {
    double lost_before = 0;  // the request never arrives
    double lost_after = 0;   // it arrives, the answer does not (cut, 5xx, unreadable)
    double refused = 0;      // orders refused for good
    double busy = 0;         // 429: certainly not executed
    double stream_lost = 0;  // one update of the private stream never sent
    double stream_twice = 0;
    Duration stream_lag{};  // each update up to this late, so they overtake one another
    Duration order_lag{};   // an order is "not found" up to this long after acceptance
    Duration fills_lag{};   // fills and positions are behind by up to this
    Duration transit_max = std::chrono::milliseconds{200};  // one way
    Duration answer_after_max = std::chrono::seconds{10};   // a lost answer is given up after up to this
    bool market_fills = true;                               // false: the test fills
    double fills_at_once = 0.5;
    bool stream_tells_fills = true;  // false: cumulative quantities only (Coinbase)
    bool cumulative = true;          // updates carry the sum
};

/// One account of a venue with stateful orders: what is true, apart from what anybody was told.
class ModelVenue {
 public:
    struct Execution {
        ExecutionId id;
        Price price;
        Quantity quantity;
        Timestamp at;
        Timestamp visible_at;
    };
    struct Order {
        OrderRequest request;
        std::string client;
        VenueOrderId venue;
        OrderState state = OrderState::working;
        Quantity filled;
        Timestamp accepted_at;
        std::vector<Timestamp> visible_at;  // by endpoint
        std::vector<Execution> executions;
    };
    struct Answer {
        Reply reply;
        std::vector<WireEvent> events;
    };

    ModelVenue(IdClass id_class, unsigned char endpoints, Faults faults, std::uint64_t seed);

    /// Executes the question, now. Updates for the stream are left in `told`.
    Answer execute(const Question& question, Timestamp now);
    /// The market fills a part of this order, when it is working.
    void fill(std::size_t order, Quantity quantity, Timestamp now);
    /// A person trades by hand in the same account (E26).
    std::size_t place_by_hand(const OrderRequest& request, Timestamp now);

    const std::vector<Order>& orders() const { return orders_; }
    std::vector<const Order*> orders_of(const ClientOrderId& id) const;
    std::vector<OrderUpdate> told;  // for the stream, in order; the world takes them
    /// Orders accepted by place questions since the world last looked: indices.
    std::vector<std::size_t> accepted;

 private:
    Answer place(const OrderRequest& request, Timestamp now);
    Answer cancel(const OrderKey& key, Timestamp now);
    Answer replace(const AskReplace& question, Timestamp now);
    Answer find_order(const AskOrder& question, Timestamp now) const;
    Answer open_orders(Timestamp now) const;
    Answer fills(const AskFills& question, Timestamp now) const;
    Answer positions(Timestamp now) const;
    Order* find(const OrderKey& key);
    std::size_t accept(const OrderRequest& request, std::string client, Timestamp now);
    void tell(const Order& order, const Execution* execution, Timestamp now);
    static OrderUpdate update_of(const Order& order, Timestamp now);
    static VenueFill fill_of(const Execution& execution);
    Duration up_to(Duration most);

    IdClass id_class_;
    unsigned char endpoints_;
    Faults faults_;
    Rng rng_;
    std::vector<Order> orders_;
    std::map<std::string, std::vector<std::size_t>> by_client_;
    std::uint64_t last_execution_ = 0;
};

}  // namespace plumb::wire::testing
