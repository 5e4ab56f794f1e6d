#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "exchange/alpaca/desk.hpp"

namespace plumb::exchange::alpaca {

/// "5Min", "1H", "3Month".
struct Timeframe {
    enum class Unit : unsigned char { minute, hour, day, week, month };
    Unit unit = Unit::minute;
    int count = 1;

    /// Any case of Min, T, Hour, H, Day, D, Week, W, Month, but a bare M is a month: 1-59 minutes, 1-23
    /// hours, one day, one week, 1, 2, 3, 4, 6 or 12 months.
    static std::optional<Timeframe> parse(std::string_view text);
};

/// A bar as the venue shows it.
struct DataBar {
    Timestamp at;  // its beginning
    Ohlcv values;
    std::int64_t trades = 0;
    Decimal average;  // by volume; zero when nothing was traded
};

/// Bars that began in [from, to], the running one too, oldest first. Days of stocks begin at midnight in New
/// York, everything else at multiples since 1970, weeks on Monday.
std::vector<DataBar> bars_of(const Desk& desk, const Asset& asset, Timeframe frame, Timestamp from,
                             Timestamp to, Timestamp now);
/// The newest bar of a frame, the running one if something was traded in it.
std::optional<DataBar> latest_bar(const Desk& desk, const Asset& asset, Timeframe frame, Timestamp now);
/// What a bar of one minute says as it closes.
DataBar closed_minute(const DetailedBar& bar);
/// The running bar of the day.
std::optional<DataBar> running_day(const Desk& desk, const Asset& asset, Timestamp now);

}  // namespace plumb::exchange::alpaca
