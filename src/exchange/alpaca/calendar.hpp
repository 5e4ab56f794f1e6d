#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace plumb::exchange::alpaca {

/// One trading day of the New York Stock Exchange, in UTC.
struct Session {
    std::chrono::sys_days date;
    Timestamp open;   // 09:30 in New York
    Timestamp close;  // 16:00, or 13:00 on a short day
    bool is_short = false;
};

/// Hours that New York is behind UTC at `time`: 4 in summer, 5 in winter. The rule since 2007: from the
/// second Sunday of March, 02:00, to the first of November, 02:00 (15 U.S.C. 260a).
int new_york_offset(Timestamp time);
/// "2022-12-16T02:28:51.673531798-05:00".
std::string new_york_text(Timestamp time);
std::chrono::sys_days new_york_date(Timestamp time);
/// Midnight in New York at the start of this day.
Timestamp new_york_midnight(std::chrono::sys_days date);

/// nullopt on weekends and holidays. Holidays and short days by the rules of NYSE Rule 7.2 as they stand
/// since 2022; days of mourning and other closings that no rule foretells are not in it.
std::optional<Session> session_of(std::chrono::sys_days date);
/// The first session that closes after `time`.
Session next_close_after(Timestamp time);
Session next_open_after(Timestamp time);
/// Sessions of [first, last], at most `count`.
std::vector<Session> sessions(std::chrono::sys_days first, std::chrono::sys_days last, std::size_t count);

}  // namespace plumb::exchange::alpaca
