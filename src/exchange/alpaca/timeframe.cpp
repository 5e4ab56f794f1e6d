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

Decimal typical_price(const Ohlcv& bar) {
    const Decimal sum = bar.open.value + bar.high.value + bar.low.value + bar.close.value;
    return (sum * Decimal::from_units(Decimal::kOne / 4))
        .quantized(Decimal::power_of_ten(-9), Rounding::nearest);
}

void count_trades(const Tape& tape, InstrumentId instrument, Timestamp end, DataBar& bar) {
    if (bar.values.volume.is_zero()) return;
    const auto traded = tape.traded(instrument, bar.at, end);
    if (traded && 0 < traded->trades) {
        bar.trades = traded->trades;
        bar.average =
            (traded->value / traded->volume).value.quantized(Decimal::power_of_ten(-9), Rounding::nearest);
        return;
    }
    bar.trades = 1;
    bar.average = typical_price(bar.values);
}

struct Part {
    Timestamp at;
    Ohlcv values;
};

void join(std::vector<DataBar>& bars, Timestamp begin, const Part& part) {
    if (bars.empty() || bars.back().at != begin) {
        bars.push_back({.at = begin, .values = part.values, .trades = 0, .average = {}});
        return;
    }
    Ohlcv& whole = bars.back().values;
    whole.high = std::max(whole.high, part.values.high);
    whole.low = std::min(whole.low, part.values.low);
    whole.close = part.values.close;
    whole.volume += part.values.volume;
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

std::vector<DataBar> bars_of(const Desk& desk, const Tape& tape, const Asset& asset, Timeframe frame,
                             Timestamp from, Timestamp to, Timestamp now) {
    std::vector<DataBar> bars;
    to = std::min(to, now);
    from = std::max(from, desk.past().begins_at() - days{366});
    if (to < from) return bars;
    const Duration length = part_length(asset, frame);
    // A joined bar is shown whole or not at all: parts go on to the end of the last one.
    const bool is_joined = frame.unit >= Timeframe::Unit::day;
    const Timestamp parts_to = is_joined ? now : to;
    for (const ClosedBar& part :
         desk.past().bars(asset.instrument, length, from, parts_to + Duration{1}, kAll, now)) {
        const Timestamp begin = begin_of(asset, frame, part.open_time);
        if (from <= begin && begin <= to) join(bars, begin, {part.open_time, part.values});
    }
    if (const auto open = desk.past().open_bar(asset.instrument, length, now)) {
        const Timestamp begin = begin_of(asset, frame, open->open_time);
        if (from <= begin && begin <= to) join(bars, begin, {open->open_time, open->values});
    }
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const Timestamp end =
            is_joined ? (i + 1 < bars.size() ? bars[i + 1].at : now + minutes{1}) : bars[i].at + length;
        count_trades(tape, asset.instrument, end, bars[i]);
    }
    return bars;
}

std::optional<DataBar> latest_bar(const Desk& desk, const Tape& tape, const Asset& asset, Timeframe frame,
                                  Timestamp now) {
    const Duration back = frame.unit == Timeframe::Unit::minute ? Duration{minutes{60}} : Duration{days{4}};
    const auto bars = bars_of(desk, tape, asset, frame, now - back, now, now);
    if (bars.empty()) return std::nullopt;
    return bars.back();
}

DataBar closed_minute(const Tape& tape, const ClosedBar& bar) {
    DataBar shown{.at = bar.open_time, .values = bar.values, .trades = 0, .average = {}};
    count_trades(tape, bar.instrument, bar.close_time(), shown);
    return shown;
}

std::optional<DataBar> running_day(const Desk& desk, const Tape& tape, const Asset& asset, Timestamp now) {
    constexpr Timeframe kDay{Timeframe::Unit::day, 1};
    const auto bars = bars_of(desk, tape, asset, kDay, begin_of(asset, kDay, now), now, now);
    if (bars.empty()) return std::nullopt;
    return bars.back();
}

}  // namespace plumb::exchange::alpaca
