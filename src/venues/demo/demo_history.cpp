#include "venues/demo/demo_history.hpp"

#include <algorithm>

#include "venues/demo/demo_flow.hpp"
#include "venues/demo/demo_path.hpp"

namespace plumb::venues::demo {

Result<std::vector<std::string>> DemoHistory::names() {
    std::vector<std::string> all;
    for (const NameSpec& name : spec_.names) all.push_back(name.instrument.name());
    std::sort(all.begin(), all.end());
    return all;
}

Result<BarHistory> DemoHistory::bars(const std::string& name, Duration length, Timestamp from, Timestamp to) {
    const auto index = find_name(spec_, name);
    if (!index)
        return fail(Errc::not_found, "the demo market has no " + name + "; see `plumb config` for its names");
    if (length == Duration{}) length = spec_.bar_length;
    if (length < spec_.tick || length % spec_.tick != Duration{})
        return fail(Errc::unsupported, "the demo market ticks every " + granularity_name(spec_.tick) +
                                           ": bars of " + granularity_name(length) + " cannot be made");
    BarHistory history{name, length};
    Status appended;
    const Timestamp first = std::max(
        spec_.start,
        Timestamp{std::chrono::floor<std::chrono::minutes>(bar_open(std::max(from, spec_.start), length))});
    // A bar counts when it opened at or after both `from` and the start, and before `to`, and is over at
    // live_start.
    const Timestamp last =
        spec_.live_start <= to ? spec_.live_start : std::min(spec_.live_start, to + length);
    NamePath path{spec_, *index};
    const NameFlow flow{spec_, *index};
    BarTally tally{length};
    std::vector<double> points(static_cast<std::size_t>(std::chrono::minutes{1} / spec_.tick));
    std::vector<Print> prints;
    const auto keep = [&](Timestamp now) {
        std::optional<ClosedBar> bar = tally.take(now, flow);
        if (!bar || bar->open_time < from || bar->open_time < spec_.start || to <= bar->open_time) return;
        if (appended) appended = history.append(bar->open_time, bar->values, bar->origin);
    };
    while (spec_.start + path.minute() * std::chrono::minutes{1} < first) path.skip_minute();
    for (Timestamp minute = first; minute < last; minute += std::chrono::minutes{1}) {
        flow.trades(path.minute(), prints);
        path.next_minute(points);
        auto print = prints.begin();
        for (std::size_t k = 0; k < points.size(); ++k) {
            const Timestamp time = minute + static_cast<std::int64_t>(k) * spec_.tick;
            keep(time);
            tally.add(time, flow.mid_ticks(points[k]));
            for (; print != prints.end() && print->tick == k; ++print) tally.add_volume(print->lots);
        }
    }
    keep(last);
    if (!appended) return fail(appended.error().at(name));
    return history;
}

}  // namespace plumb::venues::demo
