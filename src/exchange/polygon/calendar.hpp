#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace plumb::exchange::polygon {

/// Where days begin: stocks live in New York, crypto in UTC.
enum class Zone : unsigned char { utc, new_york };

/// What is added to UTC: daylight saving from the second Sunday of March, 2:00, to the first of November.
std::chrono::hours offset(Zone zone, Timestamp time);
using Day = std::chrono::sys_days;  // a date, whatever the zone
Day day_of(Zone zone, Timestamp time);
Timestamp begin_of(Zone zone, Day day);
/// "2024-01-15"; nothing for other texts and for dates that are none.
std::optional<Day> parse_day(std::string_view text);
std::string day_text(Day day);
/// "2020-11-10T17:37:37-05:00".
std::string rfc3339(Zone zone, Timestamp time);

/// The length of one aggregate.
enum class Timespan : unsigned char { second, minute, hour, day, week, month, quarter, year };
std::optional<Timespan> parse_timespan(std::string_view text);

/// Start of the window of `multiplier` timespans that `time` lies in. Seconds to hours count from 1970, weeks
/// from a Sunday, the longer ones from the year 1970.
Timestamp window_of(Zone zone, Timespan timespan, int multiplier, Timestamp time);

}  // namespace plumb::exchange::polygon
