#include "venues/coinmarketcap/credits.hpp"

#include <algorithm>

namespace plumb::venues::coinmarketcap {

void CreditBudget::spend(std::int64_t credits) {
    constexpr std::int64_t kMost = 1'000'000'000;  // a stranger's number
    spent_ = std::min(kMost, spent_ + std::clamp<std::int64_t>(credits, 0, kMost));
}

std::int64_t CreditBudget::month_left() const {
    return facts_.month_left.value_or(facts_.month_limit.value_or(kMonthDefault)) - spent_;
}

Timestamp CreditBudget::next_day(Timestamp now) {
    return std::chrono::floor<std::chrono::days>(now) + std::chrono::days{1};
}

Timestamp CreditBudget::next_month(Timestamp now) {
    const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(now)};
    const auto first = (today.year() / today.month() + std::chrono::months{1}) / std::chrono::day{1};
    return Timestamp{std::chrono::sys_days{first}};
}

std::optional<Timestamp> CreditBudget::exhausted_until(Timestamp now) const {
    const Timestamp reset = facts_.month_reset.value_or(next_month(now));
    if (month_left() <= 0 && now < reset) return reset;
    if (facts_.day_left && *facts_.day_left - spent_ <= 0) return next_day(now);
    return std::nullopt;
}

Duration CreditBudget::poll_interval(std::int64_t cost, Timestamp now) const {
    const auto spread = [&](std::int64_t left, Timestamp until) {
        const std::int64_t polls = left / std::max<std::int64_t>(cost, 1);
        if (polls <= 0) return std::max<Duration>(until - now, kPollMin);
        return std::max<Duration>((until - now) / polls, kPollMin);
    };
    Timestamp reset = facts_.month_reset.value_or(next_month(now));
    if (reset <= now) reset = next_month(now);
    Duration interval = spread(month_left(), reset);
    if (facts_.day_left) interval = std::max(interval, spread(*facts_.day_left - spent_, next_day(now)));
    return interval;
}

}  // namespace plumb::venues::coinmarketcap
