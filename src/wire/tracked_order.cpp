#include "wire/tracked_order.hpp"

#include <algorithm>

namespace plumb::wire {
namespace {

int rank_of(OrderState end) {
    switch (end) {
        case OrderState::rejected: return 1;
        case OrderState::canceled: return 2;
        case OrderState::filled: return 3;
        case OrderState::intended:
        case OrderState::unknown:
        case OrderState::working:
        case OrderState::partially_filled: return 0;
    }
    return 0;
}

}  // namespace

const OrderEvidence::Known* OrderEvidence::find(const ExecutionId& execution) const {
    const auto at = std::ranges::find(fills_, execution, &Known::execution);
    return at == fills_.end() ? nullptr : &*at;
}

void OrderEvidence::know(const ExecutionId& execution, Price price, Quantity quantity) {
    if (find(execution) != nullptr) return;
    fills_.push_back({execution, price, quantity});
    filled_ += quantity;
    exists_ = true;
}

bool OrderEvidence::take_existence() {
    const bool first = !exists_;
    exists_ = true;
    return first;
}

void OrderEvidence::take_refusal(std::string_view words) {
    refused_ = true;
    if (!exists_) reason_ = FixedText<96>{words.substr(0, 96)};
}

void OrderEvidence::take_absence(std::string_view words) {
    absent_ = true;
    if (!exists_) reason_ = FixedText<96>{words.substr(0, 96)};
}

void OrderEvidence::count_end() { end_counted_ = true; }

OrderEvidence::News OrderEvidence::take(const OrderUpdate& update, Quantity ordered) {
    News news;
    news.first_sight = take_existence();
    // A conditional order gets another name when it triggers: the newest is the one to cancel by. The order
    // of telling does not matter, since the venue's own time decides.
    if (!update.venue_order.empty() &&
        (venue_.empty() || std::pair{named_at_, venue_} < std::pair{update.venue_time, update.venue_order})) {
        if (venue_ != update.venue_order) former_venue_ = venue_;
        venue_ = update.venue_order;
        named_at_ = update.venue_time;
    }
    venue_time_ = std::max(venue_time_, update.venue_time);
    if (update.filled) filled_told_ = std::max(filled_told_, *update.filled);
    if (is_final(update.state)) {
        if (!ended_ || rank_of(*ended_) < rank_of(update.state)) ended_ = update.state;
        end_counted_ |= update.filled.has_value() || update.state != OrderState::canceled;
        if (update.state == OrderState::filled) {
            const Quantity all = update.filled.value_or(update.quantity.value_or(whole(ordered)));
            filled_told_ = std::max(filled_told_, all);
        }
        if (!update.reason.empty()) reason_ = std::max(reason_, update.reason);
    }
    if (update.fill) {
        const VenueFill& fill = *update.fill;
        if (const Known* known = find(fill.execution)) {
            news.fill_differs = known->quantity != fill.quantity || known->price != fill.price;
        } else {
            know(fill.execution, fill.price, fill.quantity);
            news.new_fill = true;
        }
    }
    news.overfilled = whole(ordered) < filled_;
    return news;
}

bool OrderEvidence::end_is_counted() const { return end_counted_; }

OrderState OrderEvidence::state(Quantity ordered) const {
    if (!exists_) return refused_ || absent_ ? OrderState::rejected : OrderState::unknown;
    if (whole(ordered) <= filled_) return OrderState::filled;
    if (ended_ && end_counted_ && !fills_missing()) {
        // "filled" of less than we asked for is what an order amounts to that the venue cut to its grid.
        return *ended_ == OrderState::filled ? OrderState::canceled : *ended_;
    }
    return filled_.is_zero() ? OrderState::working : OrderState::partially_filled;
}

}  // namespace plumb::wire
