#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/protocol/api_access.hpp"

namespace plumb::exchange::polygon {

enum class Plan : unsigned char { none, paid, free };

/// Which keys there are, and how often those of the free plan may ask.
class Access {
 public:
    static constexpr int kFreeRequestsPerMinute = 5;

    explicit Access(std::vector<ApiAccess> keys) : keys_{std::move(keys)} {}

    /// none for a key that is unknown or over. KEY is on the paid plan, KEY-free on the free one.
    Plan plan_of(std::string_view key, Timestamp now) const;
    /// Counts a request of a free key; false when the minute's are used up.
    bool count(std::string_view key, Timestamp now);

 private:
    struct Minute {
        Timestamp begin;
        int requests = 0;
    };
    std::vector<ApiAccess> keys_;
    std::map<std::string, Minute, std::less<>> minutes_;  // of known keys only
};

}  // namespace plumb::exchange::polygon
