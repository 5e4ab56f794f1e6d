#pragma once

#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "io/token_bucket.hpp"
#include "wire/venue.hpp"

namespace plumb::wire {

/// What one request takes from the budgets: as WireRequest says it.
struct RequestCost {
    unsigned char bucket = 0;
    unsigned weight = 1;
    bool uses_reserve = false;
};

/// All request budgets of one venue, counted before asking (E20). Never more than the venue allows in any of
/// its windows, a part kept for cancels and exits, and no request at all inside a penalty. Pure: the time
/// comes in; a step back of the clock adds nothing.
class RateBudget {
 public:
    /// A venue without limits gets one bucket that is always full. Limits below one request are a bug.
    RateBudget(std::span<const RateLimit> limits, Timestamp now);

    /// The earliest time at which take() succeeds if nothing else is taken: `now` when it would now,
    /// Timestamp::max() when it never can.
    Timestamp when(const RequestCost& cost, Timestamp now);
    /// Takes the cost, or nothing and false. A bucket that the venue does not have is a bug.
    [[nodiscard]] bool take(const RequestCost& cost, Timestamp now);

    /// What an answer's headers say. Only ever lowers what is left, and only ever lengthens a hold. Unknown
    /// buckets are left out: a stranger's bytes are no bug.
    void observe(const RateObservation& seen, Timestamp now);
    /// A request of this bucket was refused for its rate: nothing of the bucket before `until`, cancels
    /// neither.
    void hold(unsigned char bucket, Timestamp until);
    /// A ban: nothing at all before `until`.
    void hold_all(Timestamp until);

    std::size_t size() const { return buckets_.size(); }

    /// Requests near the edge of a fixed window count in both, since the venue's clock may say the other.
    static constexpr Duration kWindowEdge = std::chrono::milliseconds{500};

 private:
    /// Filled all at once, on the UTC multiple of `per` and kWindowEdge after it.
    struct Window {
        std::int64_t capacity, reserve;
        Duration per;
        std::int64_t spent = 0;      // in this window and on the edge before it
        std::int64_t spent_now = 0;  // on the edge at its end, or at the beginning of the next
        std::int64_t index = 0;      // which multiple of `per`
        Timestamp held_until = Timestamp::min();

        void turn(Timestamp now);
        Timestamp refilled_at() const;
    };
    using Bucket = std::variant<io::TokenBucket, Window>;

    static Bucket make_bucket(const RateLimit& limit, Timestamp now);
    static Timestamp when(Window& window, const RequestCost& cost, Timestamp now);

    std::vector<Bucket> buckets_;
    std::vector<std::int64_t> capacities_;
};

}  // namespace plumb::wire
