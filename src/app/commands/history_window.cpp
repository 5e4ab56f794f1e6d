#include "app/commands/history_window.hpp"

#include <algorithm>

namespace plumb::app {

HistoryWindow history_window(const Settings& settings, Duration length) {
    HistoryWindow window;
    window.length = length;
    if (settings.has("from"))
        window.from = settings.date("from");
    else
        window.back = from_seconds(settings.number("days") * 86400);
    if (settings.has("to")) window.to = settings.date("to");
    return window;
}

Result<std::vector<BarHistory>> load_window(const Settings& settings, HistorySource& source,
                                            const HistoryWindow& window) {
    const auto names = chosen_names(settings, source);
    if (!names) return fail(names.error());
    auto histories = load_histories(source, *names, window.length, window.from, window.to);
    if (!histories) return fail(histories.error());
    const auto is_empty = [](const BarHistory& history) { return history.empty(); };
    std::erase_if(*histories, is_empty);
    if (window.back) {
        Timestamp latest = Timestamp::min();
        for (const BarHistory& history : *histories)
            latest = std::max(latest, history.close_time(history.size() - 1));
        for (BarHistory& history : *histories)
            history = history.slice(latest - *window.back, Timestamp::max());
        std::erase_if(*histories, is_empty);
    }
    if (histories->empty()) return fail(Errc::empty, "expected bars, found none in the time asked for");
    return histories;
}

}  // namespace plumb::app
