#include "bars/resample.hpp"

#include <algorithm>

#include "bars/bar_spec.hpp"

namespace plumb::bars {
namespace {

int rank(BarOrigin origin) {
    switch (origin) {
        case BarOrigin::traded: return 3;
        case BarOrigin::quoted: return 2;
        case BarOrigin::simulated: return 1;
        case BarOrigin::filled: return 0;
    }
    return 0;
}

/// A slot as it grows.
struct Slot {
    Timestamp open_time;
    Ohlcv values;
    BarOrigin origin = BarOrigin::filled;

    void add(const Ohlcv& next, BarOrigin from) {
        values.volume += next.volume;
        if (from == BarOrigin::filled) {
            if (origin == BarOrigin::filled) set_prices(next);
            return;
        }
        if (origin == BarOrigin::filled) {
            set_prices(next);
        } else {
            values.high = std::max(values.high, next.high);
            values.low = std::min(values.low, next.low);
            values.close = next.close;
        }
        if (rank(from) > rank(origin)) origin = from;
    }

    void set_prices(const Ohlcv& from) {
        const Quantity volume = values.volume;
        values = from;
        values.volume = volume;
    }
};

}  // namespace

Result<BarHistory> resample(const BarHistory& history, Duration length) {
    if (length == history.length()) return history;
    if (length < history.length() || length % history.length() != Duration{}) {
        return fail(Errc::unsupported, history.name() + ": bars of " + granularity_name(length) +
                                           " cannot be made from bars of " +
                                           granularity_name(history.length()));
    }
    BarHistory longer{history.name(), length};
    if (history.empty()) return longer;
    Slot slot{slot_open(history.open_time(0), length), {}, BarOrigin::filled};
    const auto finish = [&] { return longer.append(slot.open_time, slot.values, slot.origin); };
    for (std::size_t i = 0; i < history.size(); ++i) {
        const Timestamp open_time = slot_open(history.open_time(i), length);
        if (history.close_time(i) > open_time + length) {
            return fail(Errc::unsupported, history.name() + ": the bar of " + to_text(history.open_time(i)) +
                                               " lies in two bars of " + granularity_name(length) +
                                               "; ask for a shorter granularity");
        }
        if (open_time != slot.open_time) {
            if (const Status appended = finish(); !appended) return fail(appended.error());
            slot = {open_time, {}, BarOrigin::filled};
        }
        slot.add(history.values(i), history.origin(i));
    }
    if (history.close_time(history.size() - 1) == slot.open_time + length) {
        if (const Status appended = finish(); !appended) return fail(appended.error());
    }
    longer.shrink_to_fit();
    return longer;
}

}  // namespace plumb::bars
