#include "exchange/protocol/window_meter.hpp"

#include <algorithm>

namespace plumb::exchange {

WindowMeter::Spent& WindowMeter::settle(std::string_view name, Timestamp now) {
    auto found = spent_.find(name);
    if (found == spent_.end()) {
        if (spent_.size() == kNamesMax) spent_.clear();
        found = spent_.emplace(std::string{name}, Spent{}).first;
    }
    Spent& spent = found->second;
    while (!spent.entries.empty() && spent.entries.front().first + window_ <= now) {
        spent.sum -= spent.entries.front().second;
        spent.entries.pop_front();
    }
    return spent;
}

bool WindowMeter::spend(std::string_view name, std::size_t cost, Timestamp now) {
    cost = std::max<std::size_t>(cost, 1);
    Spent& spent = settle(name, now);
    if (budget_ < spent.sum + cost) return false;
    spent.sum += cost;
    spent.entries.emplace_back(now, cost);
    return true;
}

std::size_t WindowMeter::left(std::string_view name, Timestamp now) {
    return budget_ - settle(name, now).sum;
}

Timestamp WindowMeter::refills_at(std::string_view name, Timestamp now) {
    const Spent& spent = settle(name, now);
    return spent.entries.empty() ? now : spent.entries.front().first + window_;
}

}  // namespace plumb::exchange
