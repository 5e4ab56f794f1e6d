#include "exchange/polygon/calendar.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace plumb::exchange::polygon {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 8> kTimespans = {"second", "minute", "hour",    "day",
                                                        "week",   "month",  "quarter", "year"};

/// The `n`th Sunday of a month, at `hour` UTC.
Timestamp sunday(year in, month of, unsigned n, hours hour) {
    return Timestamp{sys_days{in / of / Sunday[n]}} + hour;
}

Day month_start(std::int64_t number) {  // counted from January 1970
    return Day{year_month_day{year{1970} / January / 1} + months{static_cast<int>(number)}};
}

std::int64_t floor_to(std::int64_t value, std::int64_t step) {
    const std::int64_t inside = value % step;
    return value - (inside < 0 ? inside + step : inside);
}

}  // namespace

hours offset(Zone zone, Timestamp time) {
    if (zone == Zone::utc) return hours{0};
    const year in = year_month_day{floor<days>(time)}.year();
    const bool summer = sunday(in, March, 2, hours{7}) <= time && time < sunday(in, November, 1, hours{6});
    return summer ? hours{-4} : hours{-5};
}

Day day_of(Zone zone, Timestamp time) { return floor<days>(time + offset(zone, time)); }

Timestamp begin_of(Zone zone, Day day) {
    const Timestamp midnight{day};
    if (zone == Zone::utc) return midnight;
    // The clocks change at 2:00, so midnight has the offset of the hours before it.
    return midnight - offset(zone, midnight + hours{4});
}

std::optional<Day> parse_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto number = [&](std::size_t at, std::size_t count) {
        int value = 0;
        for (const char c : text.substr(at, count)) {
            if (c < '0' || '9' < c) return -1;
            value = value * 10 + (c - '0');
        }
        return value;
    };
    const int y = number(0, 4), m = number(5, 2), d = number(8, 2);
    if (y < 1970 || 2200 < y || m < 1 || d < 1) return std::nullopt;
    const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
    if (!date.ok()) return std::nullopt;
    return sys_days{date};
}

std::string day_text(Day day) {
    const year_month_day date{day};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string rfc3339(Zone zone, Timestamp time) {
    const hours shift = offset(zone, time);
    const Timestamp local = time + shift;
    const Day day = floor<days>(local);
    const hh_mm_ss clock{floor<seconds>(local - day)};
    return fmt::format("{}T{:02}:{:02}:{:02}{}{:02}:00", day_text(day), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count(), shift.count() < 0 ? '-' : '+',
                       std::abs(shift.count()));
}

std::optional<Timespan> parse_timespan(std::string_view text) {
    const auto found = std::ranges::find(kTimespans, text);
    if (found == kTimespans.end()) return std::nullopt;
    return static_cast<Timespan>(found - kTimespans.begin());
}

Timestamp window_of(Zone zone, Timespan timespan, int multiplier, Timestamp time) {
    const auto clock = [&](Duration unit) {
        return Timestamp{Duration{floor_to(to_ns(time), unit.count() * multiplier)}};
    };
    switch (timespan) {
        case Timespan::second: return clock(seconds{1});
        case Timespan::minute: return clock(minutes{1});
        case Timespan::hour: return clock(hours{1});
        default: break;
    }
    const Day day = day_of(zone, time);
    const std::int64_t number = day.time_since_epoch().count();
    if (timespan == Timespan::day) return begin_of(zone, Day{days{floor_to(number, multiplier)}});
    constexpr std::int64_t kFirstSunday = 3;  // 1970-01-04
    if (timespan == Timespan::week)
        return begin_of(
            zone, Day{days{floor_to(number - kFirstSunday, std::int64_t{7} * multiplier) + kFirstSunday}});
    const year_month_day date{day};
    const std::int64_t month = (static_cast<int>(date.year()) - 1970) * 12 +
                               static_cast<int>(static_cast<unsigned>(date.month())) - 1;
    const int length = timespan == Timespan::month ? 1 : timespan == Timespan::quarter ? 3 : 12;
    return begin_of(zone, month_start(floor_to(month, std::int64_t{length} * multiplier)));
}

}  // namespace plumb::exchange::polygon
