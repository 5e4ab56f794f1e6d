#pragma once

#include <optional>
#include <string_view>

#include "base/time.hpp"
#include "core/ids.hpp"
#include "core/units.hpp"

namespace plumb {

enum class Side : unsigned char { buy, sell };
enum class OrderType : unsigned char { market, limit, stop, stop_limit, trailing_stop };
enum class TimeInForce : unsigned char { day, good_till_canceled, immediate_or_cancel, fill_or_kill };

/// What the order is for: entries pass the whole risk gate, orders that reduce risk the short one (E33).
enum class OrderPurpose : unsigned char { entry, exit, emergency, complete_leg, unwind_leg };

/// Where an order stands. UNKNOWN ends by evidence of the venue only (FAULTS rule 1).
enum class OrderState : unsigned char {
    intended,          // on disk, not sent
    unknown,           // sent, no evidence yet
    working,           // the venue has it
    partially_filled,  //
    filled,            // end
    canceled,          // end
    rejected,          // end: refused by the venue
};

constexpr Side opposite(Side side) { return side == Side::buy ? Side::sell : Side::buy; }
constexpr int sign_of(Side side) { return side == Side::buy ? 1 : -1; }
constexpr bool is_final(OrderState state) {
    return state == OrderState::filled || state == OrderState::canceled || state == OrderState::rejected;
}
constexpr bool reduces_risk(OrderPurpose purpose) {
    return purpose == OrderPurpose::exit || purpose == OrderPurpose::emergency ||
           purpose == OrderPurpose::unwind_leg;
}

std::string_view to_string(Side side);
std::string_view to_string(OrderType type);
std::string_view to_string(TimeInForce time_in_force);
std::string_view to_string(OrderPurpose purpose);
std::string_view to_string(OrderState state);
Result<Side> parse_side(std::string_view text);
Result<OrderPurpose> parse_order_purpose(std::string_view text);
Result<OrderState> parse_order_state(std::string_view text);

/// Our wish. `quantity` is above zero; `limit` and `stop` only where the type has one.
struct OrderRequest {
    ClientOrderId id;
    InstrumentId instrument;
    std::optional<PairId> pair;  // who owns what it fills
    unsigned char leg = 0;       // 0 or 1 within the pair
    Side side = Side::buy;
    OrderType type = OrderType::market;
    TimeInForce time_in_force = TimeInForce::good_till_canceled;
    OrderPurpose purpose = OrderPurpose::entry;
    Quantity quantity;
    Price limit;
    Price stop;
    Price reference;  // the price the decision was made at: for slippage, bands and limits
    Timestamp decided_at;
};

/// What happened. The set of fills, keyed by execution id, is what positions and cash are computed from
/// (FAULTS rule 3).
struct Fill {
    ExecutionId execution;
    ClientOrderId order;
    InstrumentId instrument;
    std::optional<PairId> pair;
    unsigned char leg = 0;
    Side side = Side::buy;
    Price price;
    Quantity quantity;  // above zero
    Money fee;          // in the quote currency; negative for a rebate
    bool maker = false;
    Timestamp venue_time;
    Timestamp received_at;

    Quantity signed_quantity() const { return side == Side::buy ? quantity : -quantity; }
};

/// What a venue says of an order, fills apart.
struct OrderReport {
    ClientOrderId order;
    VenueOrderId venue_order;
    OrderState state = OrderState::working;
    FixedText<96> reason;  // the venue's words where it refused
    Timestamp venue_time;
    Timestamp received_at;
};

}  // namespace plumb
