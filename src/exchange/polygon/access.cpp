#include "exchange/polygon/access.hpp"

namespace plumb::exchange::polygon {
namespace {

constexpr std::string_view kFree = "-free";

}  // namespace

Plan Access::plan_of(std::string_view key, Timestamp now) const {
    const bool is_free = key.ends_with(kFree);
    const std::string_view name = is_free ? key.substr(0, key.size() - kFree.size()) : key;
    for (const ApiAccess& one : keys_) {
        if (one.key == name && (!one.expires_at || now < *one.expires_at))
            return is_free ? Plan::free : Plan::paid;
    }
    return Plan::none;
}

bool Access::count(std::string_view key, Timestamp now) {
    Minute& minute = minutes_[std::string{key}];
    const Timestamp begin = std::chrono::floor<std::chrono::minutes>(now);
    if (minute.begin != begin) minute = {begin, 0};
    return ++minute.requests <= kFreeRequestsPerMinute;
}

}  // namespace plumb::exchange::polygon
