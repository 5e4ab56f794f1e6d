#include "store/python_time.hpp"

#include <fmt/format.h>

#include <chrono>

namespace plumb::store {

std::string to_python_iso(Timestamp time) {
    const auto micros = std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count();
    constexpr std::int64_t kMicrosPerSecond = 1'000'000;
    const std::int64_t fraction = ((micros % kMicrosPerSecond) + kMicrosPerSecond) % kMicrosPerSecond;
    const std::string seconds = to_iso(time).substr(0, std::string_view{"2026-01-08T20:22:32"}.size());
    return fraction == 0 ? seconds + "+00:00" : fmt::format("{}.{:06}+00:00", seconds, fraction);
}

bool has_utc_offset(std::string_view time) {
    constexpr std::size_t kDateLength = 10;  // the dashes of the date are no offset
    return time.size() > kDateLength && time.find_first_of("Zz+-", kDateLength) != std::string_view::npos;
}

}  // namespace plumb::store
