#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace plumb {

using Duration = std::chrono::nanoseconds;
/// Nanoseconds since 1970-01-01 UTC. No time zone and no clock below the edges: *now* is the time of the
/// event in hand.
using Timestamp = std::chrono::sys_time<Duration>;

constexpr Timestamp timestamp_from_ns(std::int64_t ns) { return Timestamp{Duration{ns}}; }
constexpr Timestamp timestamp_from_ms(std::int64_t ms) { return Timestamp{std::chrono::milliseconds{ms}}; }
constexpr std::int64_t to_ns(Timestamp time) { return time.time_since_epoch().count(); }
constexpr std::int64_t to_ms(Timestamp time) {
    return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}
constexpr double to_seconds(Duration duration) { return static_cast<double>(duration.count()) * 1e-9; }
/// Nearest nanosecond; `seconds` must be finite and within +-292 years.
Duration from_seconds(double seconds);

/// "2024-08-08T23:54:15.342000000Z": always nine decimals, always UTC.
std::string to_iso(Timestamp time);
/// "2024-08-08 23:54:15": for people.
std::string to_text(Timestamp time);
std::string to_date(Timestamp time);
/// "1h 02m 03s", "350 ms": for people.
std::string to_text(Duration duration);

/// Reads "2024-08-08", "2024-08-08T23:54[:15[.fraction]]", with a blank for T, with Z, +00:00, -05:30 or
/// nothing (nothing means UTC). Errc::parse names what was expected.
Result<Timestamp> parse_timestamp(std::string_view text);

/// "30s", "5m", "1h", "4h", "1d", "1w", and the earlier programs' words (min, minute, hour, day, week).
Result<Duration> parse_duration(std::string_view text);
/// The granularity's short name: 1m, 4h, 1d; nanoseconds where nothing fits.
std::string granularity_name(Duration duration);

/// ISO 8601 week, as in file names: {2025, 52}.
struct IsoWeek {
    int year;
    int week;
};
IsoWeek iso_week(Timestamp time);

}  // namespace plumb
