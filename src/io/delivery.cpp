#include "io/delivery.hpp"

#include <algorithm>
#include <utility>

namespace plumb::io {

DeliveryPlan::DeliveryPlan(AnswerBytes answer, const Delivery& delivery)
    : answer_{std::move(answer)}, delivery_{delivery} {
    limit_ = answer_.header.size() + answer_.body.size();
    if (delivery_.cut_at)
        limit_ =
            std::min(limit_, *delivery_.cut_at + (delivery_.cut_counts_body ? answer_.header.size() : 0));
}

std::optional<DeliveryPlan::Piece> DeliveryPlan::next() {
    if (!began_) {
        began_ = true;
        if (limit_ == 0) return Piece{.before = delivery_.before_head, .bytes = {}};
        return part_of(answer_.header, 0, delivery_.before_head, delivery_.between_head_bytes);
    }
    if (limit_ <= at_) return std::nullopt;
    const std::size_t head = answer_.header.size();
    if (at_ < head)
        return part_of(answer_.header, at_, delivery_.between_head_bytes, delivery_.between_head_bytes);
    const bool is_first = at_ == head;
    return part_of(answer_.body, at_ - head, is_first ? delivery_.before_body : delivery_.between_body_bytes,
                   delivery_.between_body_bytes);
}

/// One byte where bytes are to be apart, else all there is.
std::optional<DeliveryPlan::Piece> DeliveryPlan::part_of(std::string_view all, std::size_t offset,
                                                         Duration before, Duration between) {
    std::size_t count = Duration{} < between ? 1 : all.size() - offset;
    count = std::min(count, limit_ - at_);
    at_ += count;
    return Piece{.before = before, .bytes = all.substr(offset, count)};
}

}  // namespace plumb::io
