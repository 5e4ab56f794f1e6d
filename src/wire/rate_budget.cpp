#include "wire/rate_budget.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace plumb::wire {
namespace {

std::int64_t whole(double number) {
    constexpr double kMost = 1e9;
    return static_cast<std::int64_t>(std::clamp(std::floor(number), 0.0, kMost));
}

}  // namespace

RateBudget::Bucket RateBudget::make_bucket(const RateLimit& limit, Timestamp now) {
    const std::int64_t capacity = whole(limit.capacity);
    PLUMB_CHECK(1 <= capacity && Duration::zero() < limit.per);
    const std::int64_t reserve = std::min(whole(limit.reserve), capacity - 1);
    if (limit.fixed_window) {
        PLUMB_CHECK(2 * kWindowEdge < limit.per);
        Window window{.capacity = capacity, .reserve = reserve, .per = limit.per};
        window.index = (now.time_since_epoch() - kWindowEdge) / limit.per;
        return window;
    }
    if (capacity < 2) return io::TokenBucket{{.capacity = 1, .refill = 1, .per = limit.per}, now};
    // A quarter bursts and the rest refills: what bursts and what refills can fall into one window of the
    // venue, and their sum is its limit.
    const std::int64_t burst = std::clamp<std::int64_t>(
        capacity / 4, std::min<std::int64_t>(reserve + 1, capacity - 1), capacity - 1);
    return io::TokenBucket{{.capacity = burst,
                            .refill = capacity - burst,
                            .per = limit.per,
                            .cancel_reserve = std::min(reserve, burst - 1)},
                           now};
}

RateBudget::RateBudget(std::span<const RateLimit> limits, Timestamp now) {
    constexpr RateLimit kNone{.name = "none", .capacity = 1e6, .per = std::chrono::seconds{1}};
    if (limits.empty()) limits = {&kNone, 1};
    for (const RateLimit& limit : limits) {
        buckets_.push_back(make_bucket(limit, now));
        capacities_.push_back(whole(limit.capacity));
    }
}

Timestamp RateBudget::Window::refilled_at() const { return Timestamp{per * (index + 1)} + kWindowEdge; }

void RateBudget::Window::turn(Timestamp now) {
    const std::int64_t present = (now.time_since_epoch() - kWindowEdge) / per;
    if (present <= index) return;
    spent = present == index + 1 ? spent_now : 0;
    spent_now = 0;
    index = present;
}

Timestamp RateBudget::when(Window& window, const RequestCost& cost, Timestamp now) {
    window.turn(now);
    const std::int64_t allowed = window.capacity - (cost.uses_reserve ? 0 : window.reserve);
    const auto weight = static_cast<std::int64_t>(cost.weight);
    if (allowed < weight) return Timestamp::max();
    Timestamp due = now;
    if (allowed < window.spent + weight) {
        due = window.refilled_at();
        // What was sent on the edge counts in the window to come, too.
        if (allowed < window.spent_now + weight) due += window.per;
    }
    return std::max(due, window.held_until);
}

Timestamp RateBudget::when(const RequestCost& cost, Timestamp now) {
    PLUMB_CHECK(cost.bucket < buckets_.size());
    Bucket& bucket = buckets_[cost.bucket];
    if (auto* window = std::get_if<Window>(&bucket)) return when(*window, cost, now);
    return std::get<io::TokenBucket>(bucket).when(
        cost.weight, cost.uses_reserve ? io::Priority::cancel : io::Priority::normal, now);
}

bool RateBudget::take(const RequestCost& cost, Timestamp now) {
    if (when(cost, now) != now) return false;
    Bucket& bucket = buckets_[cost.bucket];
    auto* window = std::get_if<Window>(&bucket);
    if (window == nullptr) {
        return std::get<io::TokenBucket>(bucket).take(
            cost.weight, cost.uses_reserve ? io::Priority::cancel : io::Priority::normal, now);
    }
    window->spent += cost.weight;
    if (window->refilled_at() - 2 * kWindowEdge <= now) window->spent_now += cost.weight;
    return true;
}

void RateBudget::observe(const RateObservation& seen, Timestamp now) {
    if (buckets_.size() <= seen.bucket) return;
    if (seen.hold_until) hold(seen.bucket, *seen.hold_until);
    const std::int64_t capacity = seen.capacity ? whole(*seen.capacity) : capacities_[seen.bucket];
    std::int64_t used = 0;
    if (seen.used)
        used = whole(*seen.used);
    else if (seen.remaining)
        used = capacity - std::min(capacity, whole(*seen.remaining));
    else
        return;
    if (auto* window = std::get_if<Window>(&buckets_[seen.bucket])) {
        window->turn(now);
        // A count of a larger limit than ours leaves what it leaves.
        window->spent =
            std::max(window->spent, window->capacity - std::max<std::int64_t>(0, capacity - used));
        return;
    }
    std::get<io::TokenBucket>(buckets_[seen.bucket]).observe(used, capacity, now);
}

void RateBudget::hold(unsigned char bucket, Timestamp until) {
    PLUMB_CHECK(bucket < buckets_.size());
    if (auto* window = std::get_if<Window>(&buckets_[bucket]))
        window->held_until = std::max(window->held_until, until);
    else
        std::get<io::TokenBucket>(buckets_[bucket]).hold_until(until);
}

void RateBudget::hold_all(Timestamp until) {
    for (std::size_t i = 0; i < buckets_.size(); ++i) hold(static_cast<unsigned char>(i), until);
}

}  // namespace plumb::wire
