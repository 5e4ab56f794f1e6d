#pragma once

#include <string>
#include <string_view>

#include "core/order.hpp"
#include "wire/wire_event.hpp"

namespace plumb::wire {

/// What a person must know of. None is ever silent, and none stops exits or cancels.
struct OrderAlarm {
    enum class Kind : unsigned char {
        external_order,         // an order that is not ours (E26)
        external_fill,          //
        unrecorded_order,       // named like ours, and not in our record
        conservation_violated,  // more filled than ordered, or one execution told in two ways
        contradiction,          // refused or proven absent, and alive after all (E03, E05)
        duplicate_id,           // our first sending of an id was answered as a duplicate (E22)
        late_fill,              // of an order that had ended
        fills_missing,          // the venue counts more than it shows
        unknown_for_long,       // no evidence yet
        fee_unknown,            // the fill carries no fee, or one in a third asset: its cost is missing (E17)
        fee_in_base,            // the position is smaller than the fills say (E17)
        position_differs,       // the account holds what no fill explains (E26)
        unauthorized,           // the key was refused
        never_arrived,          // orders and fills prove that it is not there
    };
    Kind kind = Kind::external_order;
    ClientOrderId order;  // ours, where one is meant
    VenueOrderId venue_order;
    std::string words;  // one line: what was found, what it means
    Timestamp at;
};
std::string_view to_string(OrderAlarm::Kind kind);

}  // namespace plumb::wire
