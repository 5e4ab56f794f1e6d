#include "bars/bar_spec.hpp"

#include <algorithm>
#include <string>

#include "base/check.hpp"

namespace plumb::bars {
namespace {

constexpr Duration kWeek = std::chrono::weeks{1};
constexpr Duration kFirstMonday = std::chrono::days{4};  // 1970-01-05: the epoch began on a Thursday

}  // namespace

bool is_granularity(Duration length) {
    return std::ranges::any_of(kGranularities, [length](Seconds each) { return each == length; });
}

Result<Duration> parse_granularity(std::string_view text) {
    const Result<Duration> length = parse_duration(text);
    if (length && is_granularity(*length)) return length;
    return fail(length ? Errc::unsupported : Errc::parse,
                "expected a granularity of " + granularity_list() + ", found \"" + std::string{text} + "\"");
}

std::string granularity_list() {
    std::string list;
    for (const Seconds each : kGranularities) list += (list.empty() ? "" : " ") + granularity_name(each);
    return list;
}

Timestamp slot_open(Timestamp at, Duration length) {
    PLUMB_CHECK(length > Duration{});
    const Duration origin = length % kWeek == Duration{} ? kFirstMonday : Duration{};
    const Duration since = at.time_since_epoch() - origin;
    Duration into = since % length;
    if (into < Duration{}) into += length;
    return at - into;
}

}  // namespace plumb::bars
