#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace plumb::selection {

/// A cell of a panel without a close.
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// A half-open range of panel rows.
struct Rows {
    std::size_t begin = 0;
    std::size_t end = 0;

    std::size_t count() const { return end - begin; }
};

/// Closes of several series on one time axis, the union of their times; a series without a bar at a time has
/// kMissing there.
struct Panel {
    std::vector<std::string> names;  ///< "BTC" or "BTC/USDT", distinct
    std::vector<Timestamp> times;    ///< bar open times, strictly ascending
    std::vector<double>
        closes;  ///< series-major: closes[series * rows() + row]; > 0 or kMissing; quote currency
    double bar_seconds = 3600;  ///< length of a bar

    std::size_t series_count() const { return names.size(); }
    std::size_t rows() const { return times.size(); }
    std::span<const double> series(std::size_t index) const;
    std::span<const double> series(std::size_t index, Rows rows) const;
};

/// What find_pairs asks of a panel: sizes that fit, distinct names, ascending times, prices finite and above
/// zero or missing.
Status check_panel(const Panel& panel);

/// The rows where both series have a close, oldest first. Gaps close up: rows are taken as consecutive.
struct CommonRows {
    std::vector<std::size_t> rows;  ///< panel rows
    std::vector<double> first;
    std::vector<double> second;

    std::size_t count() const { return rows.size(); }
};
CommonRows common_rows(const Panel& panel, std::size_t first, std::size_t second, Rows within);

}  // namespace plumb::selection
