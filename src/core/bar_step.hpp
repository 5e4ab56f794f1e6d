#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

namespace plumb {

/// Learns the length of a file's bars from their open times: the smallest step, of which all others must be
/// multiples.
class BarStep {
 public:
    /// The next open time; times must ascend.
    void see(Timestamp open_time);

    /// `asked` where that is not zero and no step is shorter, else the smallest step. Errc::too_short below
    /// two times, Errc::unsorted for steps that share no length.
    Result<Duration> length(Duration asked = {}) const;

 private:
    std::size_t count_ = 0;
    Timestamp last_;
    Duration smallest_{};
    Duration common_{};
};

}  // namespace plumb
