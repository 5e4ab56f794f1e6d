// Any bytes are a time, a duration or refused; what is read prints and reads back as the same value.
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "base/time.hpp"

using namespace plumb;

namespace {

void check_timestamp(Timestamp time) {
    const std::string text = to_iso(time);
    const Result<Timestamp> again = parse_timestamp(text);
    PLUMB_CHECK(again.has_value());
    PLUMB_CHECK(*again == time);
    PLUMB_CHECK(timestamp_from_ns(to_ns(time)) == time);
    const IsoWeek week = iso_week(time);
    PLUMB_CHECK(1 <= week.week && week.week <= 53);
}

void check_duration(Duration duration) {
    PLUMB_CHECK(!to_text(duration).empty());
    const Result<Duration> again = parse_duration(granularity_name(duration));
    if (again) PLUMB_CHECK(*again == duration);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (const Result<Timestamp> time = parse_timestamp(text)) check_timestamp(*time);
    if (const Result<Duration> duration = parse_duration(text)) check_duration(*duration);
    return 0;
}
