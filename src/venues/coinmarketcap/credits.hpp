#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace plumb::venues::coinmarketcap {

/// What /v1/key/info says of the plan. Missing where it says nothing.
struct PlanFacts {
    std::optional<std::int64_t> minute_limit;
    std::optional<std::int64_t> month_limit, month_left, day_left;
    std::optional<Timestamp> month_reset;
};

/// The credits of a key: how many are left, and how far apart polls must be so that they last. Every answer
/// says what it cost. Pure.
class CreditBudget {
 public:
    static constexpr std::int64_t kMonthDefault = 10'000;  // the lowest of what the documents say of Basic
    static constexpr Duration kPollMin = std::chrono::seconds{60};  // the venue's own cache

    /// Credits of one poll of the latest quotes.
    static constexpr std::int64_t cost_of_quotes(std::size_t coins, std::size_t currencies) {
        const auto hundreds = static_cast<std::int64_t>((coins + 99) / 100);
        return hundreds + (currencies > 1 ? static_cast<std::int64_t>(currencies) - 1 : 0);
    }

    void learn(const PlanFacts& facts) { facts_ = facts, spent_ = 0; }
    void spend(std::int64_t credits);
    /// Until when nothing may be asked that costs credits; nothing while there are some. Without a word of
    /// the venue the month is taken to end on the first, UTC.
    std::optional<Timestamp> exhausted_until(Timestamp now) const;
    /// Between polls of `cost` credits so that what is left lasts to the end of the month (and the day, where
    /// the plan has a daily limit).
    Duration poll_interval(std::int64_t cost, Timestamp now) const;
    /// The first of the next month and the next midnight, UTC.
    static Timestamp next_month(Timestamp now);
    static Timestamp next_day(Timestamp now);

 private:
    std::int64_t month_left() const;

    PlanFacts facts_;
    std::int64_t spent_ = 0;  // since the venue last said what is left
};

}  // namespace plumb::venues::coinmarketcap
