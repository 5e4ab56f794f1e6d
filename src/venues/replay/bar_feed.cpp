#include "venues/replay/bar_feed.hpp"

#include <algorithm>

namespace plumb::replay {

BarFeed::BarFeed(std::vector<Input> inputs) {
    std::ranges::stable_sort(inputs, {}, &Input::instrument);
    cursors_.reserve(inputs.size());
    for (Input& input : inputs) {
        if (input.history.empty()) continue;
        remaining_ += input.history.size();
        const Timestamp due = input.history.close_time(0);
        cursors_.push_back({input.instrument, std::move(input.history), 0, due});
    }
    group_.reserve(cursors_.size());
}

/// Collects the cursors that close next. Each event but the first of a group then costs a pop.
void BarFeed::gather() {
    Timestamp due = kNever;
    for (const Cursor& cursor : cursors_) due = std::min(due, cursor.due);
    if (due == kNever) return;
    for (std::size_t i = cursors_.size(); i-- > 0;) {
        if (cursors_[i].due == due) group_.push_back(i);
    }
}

Result<std::optional<MarketEvent>> BarFeed::next() {
    if (group_.empty()) gather();
    if (group_.empty()) return std::nullopt;
    Cursor& cursor = cursors_[group_.back()];
    group_.pop_back();
    const ClosedBar bar = cursor.history.bar(cursor.at, cursor.instrument);
    ++cursor.at;
    cursor.due = cursor.at < cursor.history.size() ? cursor.history.close_time(cursor.at) : kNever;
    --remaining_;
    return MarketEvent{bar};
}

}  // namespace plumb::replay
