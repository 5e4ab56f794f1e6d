#include "core/bar.hpp"

namespace plumb {

std::string_view to_string(BarOrigin origin) {
    switch (origin) {
        case BarOrigin::traded: return "traded";
        case BarOrigin::quoted: return "quoted";
        case BarOrigin::filled: return "filled";
        case BarOrigin::simulated: return "simulated";
    }
    return "unknown";
}

Result<BarOrigin> parse_bar_origin(std::string_view text) {
    for (const BarOrigin origin :
         {BarOrigin::traded, BarOrigin::quoted, BarOrigin::filled, BarOrigin::simulated}) {
        if (to_string(origin) == text) return origin;
    }
    return fail(Errc::parse, "expected a bar origin: traded, quoted, filled or simulated");
}

Result<ClosedBar> OpenBar::closed(Timestamp now) const {
    if (now < open_time + length) return fail(Errc::stale, "the bar's interval is not over");
    return ClosedBar{instrument, origin, open_time, length, values};
}

Status check_bar(const Ohlcv& values) {
    if (values.low.sign() <= 0) return fail(Errc::out_of_range, "expected prices above zero");
    if (values.low > values.open || values.low > values.close || values.open > values.high ||
        values.close > values.high) {
        return fail(Errc::out_of_range, "expected low <= open, close <= high");
    }
    if (values.volume.sign() < 0) return fail(Errc::out_of_range, "expected a volume of zero or more");
    return {};
}

}  // namespace plumb
