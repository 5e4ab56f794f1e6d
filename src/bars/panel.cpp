#include "bars/panel.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace plumb::bars {
namespace {

bool counts(const BarHistory& history, std::size_t at, Presence presence) {
    return presence == Presence::any || history.origin(at) != BarOrigin::filled;
}

std::vector<Timestamp> times_of(const BarHistory& history, Presence presence) {
    std::vector<Timestamp> times;
    times.reserve(history.size());
    for (std::size_t i = 0; i < history.size(); ++i) {
        if (counts(history, i, presence)) times.push_back(history.open_time(i));
    }
    return times;
}

Status check_lengths(std::span<const BarHistory> histories) {
    if (histories.empty()) return fail(Errc::empty, "expected at least one instrument to align, found none");
    for (const BarHistory& history : histories) {
        if (history.length() == histories[0].length()) continue;
        return fail(Errc::length_mismatch, histories[0].name() + " has bars of " +
                                               granularity_name(histories[0].length()) + ", " +
                                               history.name() + " of " + granularity_name(history.length()) +
                                               ": ask for one granularity");
    }
    return {};
}

std::string span_text(const BarHistory& history) {
    if (history.empty()) return history.name() + " (no bars)";
    return history.name() + " (" + to_text(history.open_time(0)) + " to " +
           to_text(history.open_time(history.size() - 1)) + ")";
}

std::vector<Timestamp> common_of(const std::vector<Timestamp>& a, const std::vector<Timestamp>& b) {
    std::vector<Timestamp> both;
    std::ranges::set_intersection(a, b, std::back_inserter(both));
    return both;
}

/// Names the instrument before `last` that shares no time with it, or all that do not meet together.
Error nothing_common(std::span<const BarHistory> histories, std::size_t last, Presence presence) {
    const std::vector<Timestamp> times = times_of(histories[last], presence);
    std::size_t other = last == 0 ? 0 : last - 1;
    for (std::size_t i = 0; i < last; ++i) {
        if (common_of(times_of(histories[i], presence), times).empty()) {
            other = i;
            break;
        }
    }
    return Error{Errc::empty, "expected bars at common times, found none of " + span_text(histories[other]) +
                                  " and " + span_text(histories[last]) +
                                  "; choose other dates or leave one out"};
}

Panel filled_panel(std::span<const BarHistory> histories, std::vector<Timestamp> times, Presence presence) {
    Panel panel;
    panel.length = histories[0].length();
    panel.times = std::move(times);
    const std::size_t columns = panel.times.size();
    panel.closes.assign(histories.size() * columns, std::numeric_limits<double>::quiet_NaN());
    panel.present.assign(histories.size() * columns, 0);
    for (std::size_t row = 0; row < histories.size(); ++row) {
        const BarHistory& history = histories[row];
        panel.names.push_back(history.name());
        std::size_t column = 0;
        for (std::size_t i = 0; i < history.size() && column < columns; ++i) {
            if (!counts(history, i, presence)) continue;
            const Timestamp at = history.open_time(i);
            while (column < columns && panel.times[column] < at) ++column;
            if (column == columns || panel.times[column] != at) continue;
            panel.closes[row * columns + column] = history.close_as_double(i);
            panel.present[row * columns + column] = 1;
        }
    }
    return panel;
}

}  // namespace

std::size_t Panel::count_missing(std::size_t row) const {
    const auto part = std::span{present}.subspan(row * columns(), columns());
    return static_cast<std::size_t>(std::ranges::count(part, 0));
}

Result<Panel> align_common(std::span<const BarHistory> histories, Presence presence) {
    if (const Status same = check_lengths(histories); !same) return fail(same.error());
    std::vector<Timestamp> times = times_of(histories[0], presence);
    if (times.empty()) return fail(nothing_common(histories, 0, presence));
    for (std::size_t i = 1; i < histories.size(); ++i) {
        times = common_of(times, times_of(histories[i], presence));
        if (times.empty()) return fail(nothing_common(histories, i, presence));
    }
    return filled_panel(histories, std::move(times), presence);
}

Result<Panel> align_all(std::span<const BarHistory> histories, Presence presence) {
    if (const Status same = check_lengths(histories); !same) return fail(same.error());
    std::vector<Timestamp> times;
    for (const BarHistory& history : histories) {
        std::vector<Timestamp> merged;
        std::ranges::set_union(times, times_of(history, presence), std::back_inserter(merged));
        times = std::move(merged);
    }
    return filled_panel(histories, std::move(times), presence);
}

}  // namespace plumb::bars
