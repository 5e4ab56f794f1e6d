#include "exchange/alpaca/calendar.hpp"

#include <fmt/format.h>

namespace plumb::exchange::alpaca {
namespace {

using namespace std::chrono;

sys_days nth_weekday(year y, month m, weekday day, unsigned n) { return sys_days{y / m / day[n]}; }

/// Anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8).
sys_days easter(year y) {
    const int year_number = static_cast<int>(y);
    const int a = year_number % 19;
    const int b = year_number / 100;
    const int c = year_number % 100;
    const int d = b / 4;
    const int e = b % 4;
    const int f = (b + 8) / 25;
    const int g = (b - f + 1) / 3;
    const int h = (19 * a + b - d - g + 15) % 30;
    const int i = c / 4;
    const int k = c % 4;
    const int l = (32 + 2 * e + 2 * i - h - k) % 7;
    const int m = (a + 11 * h + 22 * l) / 451;
    const int month_number = (h + l - 7 * m + 114) / 31;
    const int day_number = (h + l - 7 * m + 114) % 31 + 1;
    return sys_days{y / month{static_cast<unsigned>(month_number)} / day{static_cast<unsigned>(day_number)}};
}

/// A fixed date is kept on Friday when it falls on Saturday, on Monday when on Sunday.
sys_days observed(sys_days date) {
    const weekday day{date};
    if (day == Saturday) return date - days{1};
    if (day == Sunday) return date + days{1};
    return date;
}

bool is_holiday(sys_days date) {
    const year y = year_month_day{date}.year();
    const sys_days new_year{y / January / 1};
    // New Year's Day on a Saturday is not kept on the Friday before, which ends a year.
    if (weekday{new_year} != Saturday && date == observed(new_year)) return true;
    return date == nth_weekday(y, January, Monday, 3) || date == nth_weekday(y, February, Monday, 3) ||
           date == easter(y) - days{2} || date == sys_days{y / May / Monday[last]} ||
           (year{2022} <= y && date == observed(sys_days{y / June / 19})) ||
           date == observed(sys_days{y / July / 4}) || date == nth_weekday(y, September, Monday, 1) ||
           date == nth_weekday(y, November, Thursday, 4) || date == observed(sys_days{y / December / 25});
}

/// Closing at 13:00: the day after Thanksgiving, and July 3rd and December 24th where they are trading days.
bool is_short_day(sys_days date) {
    const year y = year_month_day{date}.year();
    return date == nth_weekday(y, November, Thursday, 4) + days{1} || date == sys_days{y / July / 3} ||
           date == sys_days{y / December / 24};
}

}  // namespace

int new_york_offset(Timestamp time) {
    const year y = year_month_day{floor<days>(time)}.year();
    const Timestamp begin{nth_weekday(y, March, Sunday, 2) + hours{7}};
    const Timestamp end{nth_weekday(y, November, Sunday, 1) + hours{6}};
    return begin <= time && time < end ? 4 : 5;
}

std::string new_york_text(Timestamp time) {
    const int offset = new_york_offset(time);
    std::string text = to_iso(time - hours{offset});
    text.pop_back();  // the Z
    return fmt::format("{}-{:02}:00", text, offset);
}

sys_days new_york_date(Timestamp time) { return floor<days>(time - hours{new_york_offset(time)}); }

Timestamp new_york_midnight(sys_days date) {
    const Timestamp noon{date + hours{17}};  // the clock is changed before noon, never after
    const Timestamp winter{date + hours{5}};
    const Timestamp summer{date + hours{4}};
    return new_york_offset(noon) == 4 && new_york_offset(summer) == 4 ? summer : winter;
}

std::optional<Session> session_of(sys_days date) {
    const weekday day{date};
    if (day == Saturday || day == Sunday || is_holiday(date)) return std::nullopt;
    const int offset = new_york_offset(Timestamp{date + hours{17}});
    const bool is_short = is_short_day(date);
    return Session{.date = date,
                   .open = Timestamp{date + hours{9 + offset} + minutes{30}},
                   .close = Timestamp{date + hours{(is_short ? 13 : 16) + offset}},
                   .is_short = is_short};
}

Session next_close_after(Timestamp time) {
    for (sys_days date = new_york_date(time);; date += days{1}) {
        if (const auto session = session_of(date); session && time < session->close) return *session;
    }
}

Session next_open_after(Timestamp time) {
    for (sys_days date = new_york_date(time);; date += days{1}) {
        if (const auto session = session_of(date); session && time < session->open) return *session;
    }
}

std::vector<Session> sessions(sys_days first, sys_days last_day, std::size_t count) {
    std::vector<Session> found;
    for (sys_days date = first; date <= last_day && found.size() < count; date += days{1}) {
        if (const auto session = session_of(date)) found.push_back(*session);
    }
    return found;
}

}  // namespace plumb::exchange::alpaca
