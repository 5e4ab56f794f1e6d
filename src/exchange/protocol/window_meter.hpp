#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace plumb::exchange {

/// At most `budget` points within any `window`, for each name on its own (a key, an address).
class WindowMeter {
 public:
    WindowMeter(std::size_t budget, Duration window) : budget_{budget}, window_{window} {}

    /// Whether `cost` points (at least one) are left for `name`; they are spent when they are. What is over
    /// budget by itself is never let through.
    bool spend(std::string_view name, std::size_t cost, Timestamp now);
    std::size_t left(std::string_view name, Timestamp now);
    std::size_t budget() const { return budget_; }
    /// When the oldest points come back; `now` when nothing is spent.
    Timestamp refills_at(std::string_view name, Timestamp now);

    static constexpr std::size_t kNamesMax = 10'000;  // the names of strangers are forgotten all at once

 private:
    struct Spent {
        std::deque<std::pair<Timestamp, std::size_t>> entries;
        std::size_t sum = 0;
    };

    Spent& settle(std::string_view name, Timestamp now);

    std::size_t budget_;
    Duration window_;
    std::map<std::string, Spent, std::less<>> spent_;
};

}  // namespace plumb::exchange
