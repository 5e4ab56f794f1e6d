#pragma once

#include <string>
#include <vector>

#include "core/bar.hpp"
#include "core/instrument.hpp"

namespace plumb {

/// Closed bars of one instrument, oldest first, strictly ascending open times. Missing intervals are simply absent.
struct BarHistory {
    std::string name;  // "BTC/USDT"
    Duration length{};
    std::vector<ClosedBar> bars;
};

/// A door to the past: files, archives, venues' history.
class HistorySource {
 public:
    virtual ~HistorySource() = default;

    /// The names on offer, sorted.
    virtual Result<std::vector<std::string>> names() = 0;
    /// Bars of `length` with open_time in [from, to). The length asked may be a multiple of the stored one.
    virtual Result<BarHistory> bars(const std::string& name, Duration length, Timestamp from, Timestamp to) = 0;
};

}  // namespace plumb
