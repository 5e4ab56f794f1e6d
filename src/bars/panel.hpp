#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/bar_history.hpp"

namespace plumb::bars {

/// Closes of many instruments on one time axis, as statistics want them.
///
/// `closes` is row-major with one row per instrument: row i holds names[i] at all times, oldest first, so
/// that a row is a contiguous series. A missing close is NaN and has a zero in `present`, which has the same
/// shape.
struct Panel {
    Duration length{};
    std::vector<std::string> names;
    std::vector<Timestamp> times;  // open times, ascending
    std::vector<double> closes;
    std::vector<unsigned char> present;

    std::size_t rows() const { return names.size(); }
    std::size_t columns() const { return times.size(); }
    std::span<const double> series(std::size_t row) const {
        return std::span{closes}.subspan(row * columns(), columns());
    }
    bool has(std::size_t row, std::size_t column) const { return present[row * columns() + column] != 0; }
    std::size_t count_missing(std::size_t row) const;
};

/// Which bars count as being there.
enum class Presence : unsigned char {
    any,         // filled bars too: the last price, known to be old
    not_filled,  // only bars that something made
};

/// All instruments on the open times that all of them have; nothing is missing in it.
/// @return Errc::empty without histories; Errc::length_mismatch when bar lengths differ; Errc::empty naming
/// two
///         instruments when there is no common time. O(total bars).
Result<Panel> align_common(std::span<const BarHistory> histories, Presence presence = Presence::any);

/// All instruments on all open times that any of them has; what is missing is marked. Errors as align_common,
/// but disjoint times are none.
Result<Panel> align_all(std::span<const BarHistory> histories, Presence presence = Presence::any);

}  // namespace plumb::bars
