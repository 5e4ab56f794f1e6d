#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/protocol/api_access.hpp"

namespace plumb::exchange::coinmarketcap {

struct Plan {
    std::string_view name;
    int requests_per_minute = 0;
    std::int64_t credits_per_month = 0;
    bool has_ohlcv = false;
};

/// Keys, their plans, and what they used.
class Usage {
 public:
    struct Counts {
        Timestamp minute, day, month;  // begins of the spans counted
        std::int64_t requests_of_minute = 0;
        std::int64_t credits_of_day = 0, credits_of_month = 0;
    };

    explicit Usage(std::vector<ApiAccess> keys) : keys_{std::move(keys)} {}

    /// Null for a key that is unknown or over. KEY is Professional, KEY-free is Basic.
    const Plan* plan_of(std::string_view key, Timestamp now) const;
    /// Of a known key, up to `now`.
    Counts& counts(std::string_view key, Timestamp now);

 private:
    std::vector<ApiAccess> keys_;
    std::map<std::string, Counts, std::less<>> counts_;
};

/// The first of the next month, 00:00 UTC.
Timestamp next_month(Timestamp now);

}  // namespace plumb::exchange::coinmarketcap
