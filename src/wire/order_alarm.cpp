#include "wire/order_alarm.hpp"

namespace plumb::wire {

std::string_view to_string(OrderAlarm::Kind kind) {
    using Kind = OrderAlarm::Kind;
    switch (kind) {
        case Kind::external_order: return "external_order";
        case Kind::external_fill: return "external_fill";
        case Kind::unrecorded_order: return "unrecorded_order";
        case Kind::conservation_violated: return "conservation_violated";
        case Kind::contradiction: return "contradiction";
        case Kind::duplicate_id: return "duplicate_id";
        case Kind::late_fill: return "late_fill";
        case Kind::fills_missing: return "fills_missing";
        case Kind::unknown_for_long: return "unknown_for_long";
        case Kind::fee_unknown: return "fee_unknown";
        case Kind::fee_in_base: return "fee_in_base";
        case Kind::position_differs: return "position_differs";
        case Kind::unauthorized: return "unauthorized";
        case Kind::never_arrived: return "never_arrived";
    }
    return "";
}

}  // namespace plumb::wire
