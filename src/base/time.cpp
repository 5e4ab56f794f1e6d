#include "base/time.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

#include "base/check.hpp"

namespace plumb {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

struct Civil {
    year_month_day date;
    int hour, minute, second;
    int nanosecond;
};

Civil civil(Timestamp time) {
    const auto day = std::chrono::floor<days>(time);
    const std::int64_t rest = (time - day).count();
    const std::int64_t seconds = rest / 1'000'000'000;
    return {year_month_day{day}, static_cast<int>(seconds / 3600), static_cast<int>(seconds / 60 % 60),
            static_cast<int>(seconds % 60), static_cast<int>(rest % 1'000'000'000)};
}

std::string date_text(const year_month_day& date) {
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

/// Reads exactly `width` digits at the front of `text` and drops them.
bool take_digits(std::string_view& text, std::size_t width, int& out) {
    if (text.size() < width) return false;
    const auto [end, error] = std::from_chars(text.data(), text.data() + width, out);
    if (error != std::errc{} || end != text.data() + width || text[0] == '-') return false;
    text.remove_prefix(width);
    return true;
}

bool take_char(std::string_view& text, char c) {
    if (text.empty() || text[0] != c) return false;
    text.remove_prefix(1);
    return true;
}

bool take_fraction(std::string_view& text, std::int64_t& ns) {
    std::int64_t place = 100'000'000;
    bool any = false;
    while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
        ns += (text[0] - '0') * place;  // beyond nanoseconds the place is zero: truncated
        place /= 10;
        any = true;
        text.remove_prefix(1);
    }
    return any;
}

bool take_zone(std::string_view& text, std::int64_t& offset_seconds) {
    if (text.empty() || take_char(text, 'Z') || take_char(text, 'z')) return true;
    const int sign = text[0] == '-' ? -1 : text[0] == '+' ? 1 : 0;
    if (sign == 0) return false;
    text.remove_prefix(1);
    int hours = 0, minutes = 0;
    if (!take_digits(text, 2, hours)) return false;
    take_char(text, ':');
    if (!text.empty() && !take_digits(text, 2, minutes)) return false;
    offset_seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

}  // namespace

Duration from_seconds(double seconds) {
    PLUMB_CHECK(std::isfinite(seconds) && std::abs(seconds) < 9.2e9);
    return Duration{static_cast<std::int64_t>(std::llround(seconds * 1e9))};
}

std::string to_iso(Timestamp time) {
    const Civil at = civil(time);
    return fmt::format("{}T{:02}:{:02}:{:02}.{:09}Z", date_text(at.date), at.hour, at.minute, at.second,
                       at.nanosecond);
}

std::string to_text(Timestamp time) {
    const Civil at = civil(time);
    return fmt::format("{} {:02}:{:02}:{:02}", date_text(at.date), at.hour, at.minute, at.second);
}

std::string to_date(Timestamp time) { return date_text(civil(time).date); }

std::string to_text(Duration duration) {
    const bool negative = duration.count() < 0;
    const double seconds = std::abs(to_seconds(duration));
    const char* sign = negative ? "-" : "";
    if (seconds < 1e-3) return fmt::format("{}{:.0f} us", sign, seconds * 1e6);
    if (seconds < 1) return fmt::format("{}{:.0f} ms", sign, seconds * 1e3);
    const auto whole = static_cast<std::int64_t>(seconds);
    if (whole < 60) return fmt::format("{}{}s", sign, whole);
    if (whole < 3600) return fmt::format("{}{}m {:02}s", sign, whole / 60, whole % 60);
    if (whole < 86400)
        return fmt::format("{}{}h {:02}m {:02}s", sign, whole / 3600, whole / 60 % 60, whole % 60);
    return fmt::format("{}{}d {:02}h {:02}m", sign, whole / 86400, whole / 3600 % 24, whole / 60 % 60);
}

Result<Timestamp> parse_timestamp(std::string_view text) {
    const auto refuse = [] { return fail(Errc::parse, "expected a time such as 2024-08-08T23:54:15Z"); };
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    std::int64_t ns = 0, offset = 0;
    if (!take_digits(text, 4, year) || !take_char(text, '-') || !take_digits(text, 2, month) ||
        !take_char(text, '-') || !take_digits(text, 2, day)) {
        return refuse();
    }
    if (!text.empty()) {
        if (!take_char(text, 'T') && !take_char(text, ' ')) return refuse();
        if (!take_digits(text, 2, hour) || !take_char(text, ':') || !take_digits(text, 2, minute))
            return refuse();
        if (take_char(text, ':') && !take_digits(text, 2, second)) return refuse();
        if (take_char(text, '.') && !take_fraction(text, ns)) return refuse();
        if (!take_zone(text, offset) || !text.empty()) return refuse();
    }
    const year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                              std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok() || hour > 23 || minute > 59 || second > 60) return refuse();
    if (year < 1678 || year > 2261) return fail(Errc::out_of_range, "expected a year from 1678 to 2261");
    const std::int64_t seconds = hour * 3600 + minute * 60 + second - offset;
    return Timestamp{sys_days{date}} + std::chrono::seconds{seconds} + Duration{ns};
}

Result<Duration> parse_duration(std::string_view text) {
    const auto refuse = [] {
        return fail(Errc::parse, "expected a duration such as 30s, 5m, 1h, 4h, 1d or 1w");
    };
    int count = 1;
    const bool has_count = !text.empty() && text[0] >= '0' && text[0] <= '9';
    if (has_count) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
        if (error != std::errc{} || count <= 0 || count > 1'000'000) return refuse();
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    }
    struct Unit {
        std::string_view name;
        std::int64_t seconds;
    };
    static constexpr std::array<Unit, 20> kUnits = {
        {{"s", 1},        {"sec", 1},     {"second", 1},    {"seconds", 1},    {"m", 60},
         {"min", 60},     {"minute", 60}, {"minutes", 60},  {"h", 3600},       {"hour", 3600},
         {"hours", 3600}, {"H", 3600},    {"d", 86400},     {"day", 86400},    {"days", 86400},
         {"D", 86400},    {"w", 604800},  {"week", 604800}, {"weeks", 604800}, {"W", 604800}}};
    for (const Unit& unit : kUnits) {
        if (unit.name != text) continue;
        const std::chrono::seconds duration{unit.seconds * count};
        if (duration > std::chrono::floor<std::chrono::seconds>(Duration::max())) {
            return fail(Errc::out_of_range, "expected a duration of at most 292 years");
        }
        return duration;
    }
    return refuse();
}

std::string granularity_name(Duration duration) {
    const std::int64_t ns = duration.count();
    if (ns % 1'000'000'000 != 0 || ns <= 0) return fmt::format("{}ns", ns);
    const std::int64_t seconds = ns / 1'000'000'000;
    if (seconds % 604800 == 0) return fmt::format("{}w", seconds / 604800);
    if (seconds % 86400 == 0) return fmt::format("{}d", seconds / 86400);
    if (seconds % 3600 == 0) return fmt::format("{}h", seconds / 3600);
    if (seconds % 60 == 0) return fmt::format("{}m", seconds / 60);
    return fmt::format("{}s", seconds);
}

IsoWeek iso_week(Timestamp time) {
    // The week belongs to the year of its Thursday.
    const auto day = std::chrono::floor<days>(time);
    const unsigned iso_day = std::chrono::weekday{day}.iso_encoding();
    const auto thursday = day + days{4 - static_cast<int>(iso_day)};
    const auto year = year_month_day{thursday}.year();
    const auto first = sys_days{year / std::chrono::January / 1};
    return {static_cast<int>(year), static_cast<int>((thursday - first).count() / 7) + 1};
}

}  // namespace plumb
