#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/order.hpp"
#include "wire/wire_event.hpp"

namespace plumb::wire {

/// What the venue has said of one order, as a fold: the same words in any order and any number give the same
/// result (E08). Existence beats absence, more filled beats less, an end beats what comes before it.
class OrderEvidence {
 public:
    /// What changed with one update.
    struct News {
        bool first_sight = false;   // until now nothing proved the order exists
        bool new_fill = false;      // `update.fill` was not known
        bool fill_differs = false;  // a known execution was told with another price or quantity
        bool overfilled = false;    // the fills are more than the order
    };
    /// An update of this order, of a stream or an answer. `ordered`: the quantity we asked for.
    News take(const OrderUpdate& update, Quantity ordered);
    /// A fill known from before a restart.
    void know(const ExecutionId& execution, Price price, Quantity quantity);
    /// Proof of existence that says nothing else: an id taken, an order accepted.
    bool take_existence();
    /// The venue refused it for good. Weaker than any sight of the order (E03).
    void take_refusal(std::string_view words);
    /// Orders and fills, settled, show nothing. Weaker than any sight of the order.
    void take_absence(std::string_view words);
    /// The end was told without a count, and all fills were read after it.
    void count_end();
    /// The quantity was changed at the venue, by us.
    void change_quantity(Quantity quantity) { quantity_ = quantity; }

    bool exists() const { return exists_; }
    bool refused() const { return !exists_ && refused_; }
    bool absent() const { return !exists_ && !refused_ && absent_; }
    /// Ended at the venue, fills apart.
    bool ended() const { return ended_.has_value(); }
    /// The end was told together with how much had filled, or the fills are all there can be.
    bool end_is_counted() const;
    Quantity filled() const { return filled_; }
    Quantity filled_told() const { return filled_told_; }
    /// Fills are missing: the venue counted more than it showed.
    bool fills_missing() const { return filled_ < filled_told_; }
    const VenueOrderId& venue() const { return venue_; }
    /// Its name before the venue gave it another; empty where it did not.
    const VenueOrderId& former_venue() const { return former_venue_; }
    const FixedText<96>& reason() const { return reason_; }
    Timestamp venue_time() const { return venue_time_; }

    /// Where the order stands by this evidence; UNKNOWN without any. An end counts only once all fills are
    /// there, since whoever hears of it decides by what was filled.
    OrderState state(Quantity ordered) const;

 private:
    struct Known {
        ExecutionId execution;
        Price price;
        Quantity quantity;
    };
    const Known* find(const ExecutionId& execution) const;
    Quantity whole(Quantity ordered) const { return quantity_.value_or(ordered); }

    bool exists_ = false;
    bool refused_ = false;
    bool absent_ = false;
    bool end_counted_ = false;
    std::optional<OrderState> ended_;  // rejected < canceled < filled
    std::optional<Quantity> quantity_;
    Quantity filled_;
    Quantity filled_told_;
    VenueOrderId venue_, former_venue_;
    FixedText<96> reason_;
    Timestamp venue_time_;
    Timestamp named_at_;  // when `venue_` was said
    std::vector<Known> fills_;
};

}  // namespace plumb::wire
