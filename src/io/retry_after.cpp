#include "io/retry_after.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace plumb::io {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::year;

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                   "Friday", "Saturday", "Sunday"};

/// Reads a text from the left; the first thing that does not fit makes all that follows fail.
class Cursor {
 public:
    explicit Cursor(std::string_view text) : rest_{text} {}

    void literal(std::string_view expected) {
        if (!rest_.starts_with(expected)) return refuse();
        rest_.remove_prefix(expected.size());
    }

    int digits(std::size_t count) {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (rest_.empty() || rest_.front() < '0' || '9' < rest_.front()) return refuse(), 0;
            value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        return value;
    }

    /// asctime pads the day with a blank.
    int day_padded() {
        if (!rest_.starts_with(' ')) return digits(2);
        rest_.remove_prefix(1);
        return digits(1);
    }

    unsigned month_name() {
        for (unsigned i = 0; i < kMonths.size(); ++i) {
            if (!rest_.starts_with(kMonths[i])) continue;
            rest_.remove_prefix(3);
            return i + 1;
        }
        return refuse(), 0;
    }

    bool day_name(bool in_full) {
        for (const std::string_view name : kDays) {
            const std::string_view expected = in_full ? name : name.substr(0, 3);
            if (!rest_.starts_with(expected)) continue;
            rest_.remove_prefix(expected.size());
            return true;
        }
        return false;
    }

    bool starts_with(std::string_view text) const { return rest_.starts_with(text); }
    bool finished() const { return good_ && rest_.empty(); }

 private:
    void refuse() {
        good_ = false;
        rest_ = {};
    }

    std::string_view rest_;
    bool good_ = true;
};

struct Civil {
    int year = 0;
    unsigned month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
};

void read_clock(Cursor& cursor, Civil& civil) {
    civil.hour = cursor.digits(2);
    cursor.literal(":");
    civil.minute = cursor.digits(2);
    cursor.literal(":");
    civil.second = cursor.digits(2);
}

/// 60 is a leap second; it is read as the first of the next minute, which is never early.
std::optional<Timestamp> time_of(const Civil& civil) {
    const std::chrono::year_month_day date{year{civil.year}, month{civil.month},
                                           day{static_cast<unsigned>(civil.day)}};
    if (!date.ok() || civil.hour > 23 || civil.minute > 59 || civil.second > 60) return std::nullopt;
    if (civil.year < 1900 || 2200 < civil.year) return std::nullopt;
    return Timestamp{std::chrono::sys_days{date}} + std::chrono::hours{civil.hour} +
           std::chrono::minutes{civil.minute} + std::chrono::seconds{civil.second};
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<Timestamp> parse_fixdate(std::string_view text) {
    Cursor cursor{text};
    Civil civil;
    if (!cursor.day_name(false)) return std::nullopt;
    cursor.literal(", ");
    civil.day = cursor.digits(2);
    cursor.literal(" ");
    civil.month = cursor.month_name();
    cursor.literal(" ");
    civil.year = cursor.digits(4);
    cursor.literal(" ");
    read_clock(cursor, civil);
    cursor.literal(" GMT");
    return cursor.finished() ? time_of(civil) : std::nullopt;
}

/// "Sun Nov  6 08:49:37 1994"
std::optional<Timestamp> parse_asctime(std::string_view text) {
    Cursor cursor{text};
    Civil civil;
    if (!cursor.day_name(false)) return std::nullopt;
    cursor.literal(" ");
    civil.month = cursor.month_name();
    cursor.literal(" ");
    civil.day = cursor.day_padded();
    cursor.literal(" ");
    read_clock(cursor, civil);
    cursor.literal(" ");
    civil.year = cursor.digits(4);
    return cursor.finished() ? time_of(civil) : std::nullopt;
}

/// "Sunday, 06-Nov-94 08:49:37 GMT"; a year that would lie more than 50 years ahead is the last one that
/// ended in the same digits.
std::optional<Timestamp> parse_rfc850(std::string_view text, Timestamp now) {
    Cursor cursor{text};
    Civil civil;
    if (!cursor.day_name(true)) return std::nullopt;
    cursor.literal(", ");
    civil.day = cursor.digits(2);
    cursor.literal("-");
    civil.month = cursor.month_name();
    cursor.literal("-");
    const int two_digits = cursor.digits(2);
    cursor.literal(" ");
    read_clock(cursor, civil);
    cursor.literal(" GMT");
    if (!cursor.finished()) return std::nullopt;
    const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(now)};
    const int this_year = static_cast<int>(today.year());
    civil.year = this_year / 100 * 100 + two_digits;
    if (civil.year > this_year + 50) civil.year -= 100;
    if (civil.year < this_year - 50) civil.year += 100;
    return time_of(civil);
}

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return '0' <= c && c <= '9'; });
}

std::string_view trimmed(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

}  // namespace

Result<Timestamp> parse_http_date(std::string_view text, Timestamp now) {
    if (const auto time = parse_fixdate(text)) return *time;
    if (const auto time = parse_rfc850(text, now)) return *time;
    if (const auto time = parse_asctime(text)) return *time;
    return fail(Errc::parse, "expected an HTTP date such as \"Sun, 06 Nov 1994 08:49:37 GMT\"");
}

Result<Timestamp> parse_retry_after(std::string_view text, Timestamp received_at) {
    text = trimmed(text);
    Timestamp until;
    if (all_digits(text)) {
        std::int64_t seconds = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
        const auto most = std::chrono::duration_cast<std::chrono::seconds>(kRetryAfterMax).count();
        if (error != std::errc{} || most < seconds)
            return fail(Errc::out_of_range,
                        "Retry-After is above a year; look at the venue before asking it again");
        until = received_at + std::chrono::seconds{seconds};
    } else {
        const Result<Timestamp> date = parse_http_date(text, received_at);
        if (!date) return fail(Errc::parse, "expected Retry-After as whole seconds or an HTTP date");
        until = *date;
    }
    if (received_at + kRetryAfterMax < until)
        return fail(Errc::out_of_range,
                    "Retry-After is above a year; look at the venue before asking it again");
    return until;
}

std::optional<Timestamp> retry_at(const HttpResponse& response, Timestamp received_at) {
    const std::string* text = response.find("Retry-After");
    if (!text) return std::nullopt;
    const Result<Timestamp> until = parse_retry_after(*text, received_at);
    if (!until) return std::nullopt;
    if (all_digits(trimmed(*text))) return *until;
    const std::string* date = response.find("Date");
    if (!date) return *until;
    const Result<Timestamp> venue_now = parse_http_date(trimmed(*date), received_at);
    if (!venue_now) return *until;
    // The Date header is cut to whole seconds, so the wait counted from it is never too short.
    return received_at + std::max(*until - *venue_now, Duration::zero());
}

}  // namespace plumb::io
