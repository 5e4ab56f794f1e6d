#pragma once

#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/ids.hpp"
#include "core/units.hpp"

namespace plumb {

/// Where a bar's prices come from. Statistics and strategies may refuse what was not traded.
enum class BarOrigin : unsigned char {
    traded,     // trades happened in the interval
    quoted,     // made from quotes or polled prices, nobody need have traded
    filled,     // no trade: the previous close carried forward
    simulated,  // made by the demo market or a test
};

std::string_view to_string(BarOrigin origin);
Result<BarOrigin> parse_bar_origin(std::string_view text);

struct Ohlcv {
    Price open, high, low, close;
    Quantity volume;

    friend bool operator==(const Ohlcv&, const Ohlcv&) = default;
};

/// A bar that is over: [open_time, open_time + length). The only bar a statistic or a strategy may see (F13).
struct ClosedBar {
    InstrumentId instrument;
    BarOrigin origin = BarOrigin::traded;
    Timestamp open_time;
    Duration length{};
    Ohlcv values;

    Timestamp close_time() const { return open_time + length; }
    friend bool operator==(const ClosedBar&, const ClosedBar&) = default;
};

/// A bar still being built. It shares no base with ClosedBar, so none can be taken for the other.
struct OpenBar {
    InstrumentId instrument;
    BarOrigin origin = BarOrigin::traded;
    Timestamp open_time;
    Duration length{};
    Ohlcv values;

    /// Errc::stale unless the interval is over at `now`.
    Result<ClosedBar> closed(Timestamp now) const;
};

/// Errc::out_of_range unless 0 < low <= open, close <= high and volume >= 0.
Status check_bar(const Ohlcv& values);

}  // namespace plumb
