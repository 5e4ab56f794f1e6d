#include "exchange/alpaca/timeframe.hpp"

#include <algorithm>

#include "exchange/alpaca/calendar.hpp"
#include "exchange/alpaca/text.hpp"

namespace plumb::exchange::alpaca {
namespace {

using namespace std::chrono;

constexpr std::size_t kAll = 1'000'000;  // more than a simulated past has of any length

bool is_word(std::string_view text, std::string_view word) { return upper_case(text) == upper_case(word); }

std::optional<Timeframe::Unit> unit_of(std::string_view text) {
    using Unit = Timeframe::Unit;
    if (text == "M" || is_word(text, "Month")) return Unit::month;
    if (is_word(text, "Min") || is_word(text, "T")) return Unit::minute;
    if (is_word(text, "Hour") || is_word(text, "H")) return Unit::hour;
    if (is_word(text, "Day") || is_word(text, "D")) return Unit::day;
    if (is_word(text, "Week") || is_word(text, "W")) return Unit::week;
    return std::nullopt;
}

bool is_count(Timeframe::Unit unit, std::int64_t count) {
    switch (unit) {
        case Timeframe::Unit::minute: return 1 <= count && count <= 59;
        case Timeframe::Unit::hour: return 1 <= count && count <= 23;
        case Timeframe::Unit::day:
        case Timeframe::Unit::week: return count == 1;
        case Timeframe::Unit::month:
            return count == 1 || count == 2 || count == 3 || count == 4 || count == 6 || count == 12;
    }
    return false;
}

/// Where the bar begins that `time` lies in.
Timestamp begin_of(const Asset& asset, Timeframe frame, Timestamp time) {
    const sys_days date = asset.is_crypto ? floor<days>(time) : new_york_date(time);
    const auto at = [&](sys_days day) { return asset.is_crypto ? Timestamp{day} : new_york_midnight(day); };
    switch (frame.unit) {
        case Timeframe::Unit::minute:
        case Timeframe::Unit::hour: {
            const Duration length = frame.unit == Timeframe::Unit::minute ? Duration{minutes{frame.count}}
                                                                          : Duration{hours{frame.count}};
            return time - time.time_since_epoch() % length;
        }
        case Timeframe::Unit::day: return at(date);
        case Timeframe::Unit::week: return at(date - (weekday{date} - Monday));
        case Timeframe::Unit::month: {
            const year_month_day day{date};
            const unsigned step = static_cast<unsigned>(frame.count);
            const unsigned first = (static_cast<unsigned>(day.month()) - 1) / step * step + 1;
            return at(sys_days{day.year() / month{first} / 1});
        }
    }
    return time;
}

/// The length of the bars that these are made of: as long as they are, or hours and days to be joined.
Duration part_length(const Asset& asset, Timeframe frame) {
    switch (frame.unit) {
        case Timeframe::Unit::minute: return minutes{frame.count};
        case Timeframe::Unit::hour: return hours{frame.count};
        case Timeframe::Unit::day: return asset.is_crypto ? Duration{days{1}} : Duration{hours{1}};
        case Timeframe::Unit::week:
        case Timeframe::Unit::month: return asset.is_crypto ? Duration{days{1}} : Duration{hours{1}};
    }
    return minutes{1};
}

/// A bar while its parts are put together.
struct Sum {
    Timestamp at;
    Ohlcv values;
    BarDetail detail;
};

void join(std::vector<Sum>& bars, const Sum& part) {
    if (bars.empty() || bars.back().at != part.at) {
        bars.push_back(part);
        return;
    }
    Sum& whole = bars.back();
    whole.values.high = std::max(whole.values.high, part.values.high);
    whole.values.low = std::min(whole.values.low, part.values.low);
    whole.values.close = part.values.close;
    whole.values.volume += part.values.volume;
    whole.detail.value += part.detail.value;
    whole.detail.trades += part.detail.trades;
}

DataBar shown(const Sum& sum) {
    DataBar bar{.at = sum.at, .values = sum.values, .trades = 0, .average = {}};
    if (sum.values.volume.is_zero()) return bar;
    bar.trades = static_cast<std::int64_t>(sum.detail.trades);
    bar.average =
        (sum.detail.value / sum.values.volume).value.quantized(Decimal::power_of_ten(-9), Rounding::nearest);
    return bar;
}

}  // namespace

std::optional<Timeframe> Timeframe::parse(std::string_view text) {
    std::size_t digits = 0;
    while (digits < text.size() && '0' <= text[digits] && text[digits] <= '9') ++digits;
    if (digits == 0 || 2 < digits) return std::nullopt;
    const auto unit = unit_of(text.substr(digits));
    const auto count = parse_integer(text.substr(0, digits));
    if (!unit || !count || !is_count(*unit, *count)) return std::nullopt;
    return Timeframe{*unit, static_cast<int>(*count)};
}

std::vector<DataBar> bars_of(const Desk& desk, const Asset& asset, Timeframe frame, Timestamp from,
                             Timestamp to, Timestamp now) {
    to = std::min(to, now);
    from = std::max(from, desk.past().begins_at() - days{366});
    if (to < from) return {};
    const Duration length = part_length(asset, frame);
    std::vector<Sum> sums;
    const auto take = [&](const auto& part) {
        const Timestamp begin = begin_of(asset, frame, part.bar.open_time);
        if (from <= begin && begin <= to) join(sums, {begin, part.bar.values, part.detail});
    };
    // A joined bar is shown whole: parts go on to the end of the last one.
    const Timestamp parts_to = frame.unit >= Timeframe::Unit::day ? now : to;
    for (const DetailedBar& part :
         desk.past().detailed_bars(asset.instrument, length, from, parts_to + Duration{1}, kAll, now)) {
        take(part);
    }
    if (const auto open = desk.past().detailed_open_bar(asset.instrument, length, now)) take(*open);
    std::vector<DataBar> bars;
    for (const Sum& sum : sums) bars.push_back(shown(sum));
    return bars;
}

std::optional<DataBar> latest_bar(const Desk& desk, const Asset& asset, Timeframe frame, Timestamp now) {
    const Duration back = frame.unit == Timeframe::Unit::minute ? Duration{minutes{60}} : Duration{days{4}};
    const auto bars = bars_of(desk, asset, frame, now - back, now, now);
    if (bars.empty()) return std::nullopt;
    return bars.back();
}

DataBar closed_minute(const DetailedBar& bar) {
    return shown({bar.bar.open_time, bar.bar.values, bar.detail});
}

std::optional<DataBar> running_day(const Desk& desk, const Asset& asset, Timestamp now) {
    constexpr Timeframe kDay{Timeframe::Unit::day, 1};
    const auto bars = bars_of(desk, asset, kDay, begin_of(asset, kDay, now), now, now);
    if (bars.empty()) return std::nullopt;
    return bars.back();
}

}  // namespace plumb::exchange::alpaca
