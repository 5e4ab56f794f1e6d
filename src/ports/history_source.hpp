#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/bar_history.hpp"

namespace plumb {

/// A door to the past: files, archives, venues' history.
class HistorySource {
 public:
    virtual ~HistorySource() = default;

    /// The names on offer ("BTC/USDT"), sorted.
    virtual Result<std::vector<std::string>> names() = 0;
    /// Says which bars will be asked for, so that a source far away can fetch them together. Nothing need be
    /// done; errors are those of bars().
    virtual Status prepare(std::span<const std::string> /*names*/, Duration /*length*/, Timestamp /*from*/,
                           Timestamp /*to*/) {
        return {};
    }
    /// Bars of `length` that open in [from, to). The length asked may be a multiple of the stored one; zero
    /// asks for the stored one. Errc::not_found for a name not on offer, Errc::unsupported for a length that
    /// cannot be made.
    virtual Result<BarHistory> bars(const std::string& name, Duration length, Timestamp from,
                                    Timestamp to) = 0;
};

}  // namespace plumb
