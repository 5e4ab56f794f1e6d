#pragma once

#include <string>
#include <vector>

#include "core/bar.hpp"
#include "core/decimal_column.hpp"

namespace plumb {

/// Closed bars of one instrument, oldest first, strictly ascending open times. Missing intervals are simply
/// absent.
///
/// Held by column: a minute bar takes about 30 bytes where a ClosedBar takes 112, so that twenty instruments
/// of a month of minutes stay below 30 MB. Values come out exactly as they went in.
class BarHistory {
 public:
    BarHistory() = default;
    /// `name` is "BTC/USDT"; `length` is above zero.
    BarHistory(std::string name, Duration length) : name_{std::move(name)}, length_{length} {}

    /// Errc::unsorted or Errc::duplicate unless `open_time` is after the last; Errc::out_of_range for a time
    /// that is not on a whole second or more than 136 years after the first. Prices are the caller's to check
    /// (check_bar).
    Status append(Timestamp open_time, const Ohlcv& values, BarOrigin origin);

    const std::string& name() const { return name_; }
    Duration length() const { return length_; }
    std::size_t size() const { return seconds_.size(); }
    bool empty() const { return seconds_.empty(); }

    Timestamp open_time(std::size_t at) const { return first_ + std::chrono::seconds{seconds_[at]}; }
    Timestamp close_time(std::size_t at) const { return open_time(at) + length_; }
    BarOrigin origin(std::size_t at) const { return origins_[at]; }
    Ohlcv values(std::size_t at) const;
    Price close(std::size_t at) const { return Price{close_[at]}; }
    double close_as_double(std::size_t at) const { return close_.to_double(at); }
    ClosedBar bar(std::size_t at, InstrumentId instrument) const;

    /// Index of the first bar that opens at or after `time`; size() when there is none.
    std::size_t first_at_or_after(Timestamp time) const;
    /// The bars that open in [from, to).
    BarHistory slice(Timestamp from, Timestamp to) const;
    /// All closes as doubles, oldest first: the border to statistics.
    std::vector<double> closes() const;

    void rename(std::string name) { name_ = std::move(name); }
    /// For readers of files, who learn the length from the open times.
    void set_length(Duration length) { length_ = length; }
    void reserve(std::size_t count);
    /// Gives back spare memory once all bars are in.
    void shrink_to_fit();
    /// Memory held by the columns.
    std::size_t bytes() const;

 private:
    std::string name_;
    Duration length_{};
    Timestamp first_;
    std::vector<std::uint32_t> seconds_;  // after first_
    std::vector<BarOrigin> origins_;
    DecimalColumn open_, high_, low_, close_, volume_;
};

}  // namespace plumb
