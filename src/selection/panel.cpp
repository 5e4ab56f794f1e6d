#include "selection/panel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace plumb::selection {

namespace {

Status check_times(std::string_view name, std::span<const Timestamp> times) {
    for (std::size_t row = 1; row < times.size(); ++row) {
        if (times[row - 1] < times[row]) continue;
        if (times[row] == times[row - 1]) {
            return fail(Errc::duplicate, fmt::format("{}: time {} comes twice", name, to_text(times[row])));
        }
        return fail(Errc::unsorted, fmt::format("{}: {} follows {}; times must ascend", name,
                                                to_text(times[row]), to_text(times[row - 1])));
    }
    return {};
}

Status check_price(std::string_view name, Timestamp time, double price) {
    if (std::isinf(price))
        return fail(Errc::not_finite, fmt::format("{}: infinite close at {}", name, to_text(time)));
    if (price <= 0) {
        return fail(Errc::non_positive,
                    fmt::format("{}: close {} at {}; a price is above zero", name, price, to_text(time)));
    }
    return {};
}

Status check_names(std::vector<std::string> names) {
    std::ranges::sort(names);
    const auto twice = std::ranges::adjacent_find(names);
    if (twice != names.end()) return fail(Errc::duplicate, fmt::format("series {} comes twice", *twice));
    return {};
}

}  // namespace

std::span<const double> Panel::series(std::size_t index) const { return series(index, {0, rows()}); }

std::span<const double> Panel::series(std::size_t index, Rows within) const {
    PLUMB_CHECK(index < names.size() && within.begin <= within.end && within.end <= rows());
    return std::span{closes}.subspan(index * rows() + within.begin, within.count());
}

Status check_panel(const Panel& panel) {
    if (panel.closes.size() != panel.names.size() * panel.rows()) {
        return fail(Errc::length_mismatch,
                    fmt::format("panel: {} series of {} rows need {} closes, found {}", panel.names.size(),
                                panel.rows(), panel.names.size() * panel.rows(), panel.closes.size()));
    }
    if (!(panel.bar_seconds > 0))
        return fail(Errc::invalid_argument, "panel: the bar length must be above zero");
    if (const Status distinct = check_names(panel.names); !distinct) return distinct;
    if (const Status ascending = check_times("panel", panel.times); !ascending) return ascending;
    for (std::size_t index = 0; index < panel.series_count(); ++index) {
        const std::span<const double> closes = panel.series(index);
        for (std::size_t row = 0; row < closes.size(); ++row) {
            const Status sound = check_price(panel.names[index], panel.times[row], closes[row]);
            if (!sound) return sound;
        }
    }
    return {};
}

CommonRows common_rows(const Panel& panel, std::size_t first, std::size_t second, Rows within) {
    const std::span<const double> a = panel.series(first);
    const std::span<const double> b = panel.series(second);
    CommonRows common;
    common.rows.reserve(within.count());
    common.first.reserve(within.count());
    common.second.reserve(within.count());
    for (std::size_t row = within.begin; row < within.end; ++row) {
        if (std::isnan(a[row]) || std::isnan(b[row])) continue;
        common.rows.push_back(row);
        common.first.push_back(a[row]);
        common.second.push_back(b[row]);
    }
    return common;
}

}  // namespace plumb::selection
