#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace plumb::strategies {

struct MeanAndDeviation {
    double mean;
    double deviation;  // ddof 1
};

/// The last `capacity` spreads of one pair, in a ring. Mean and deviation are computed from the values
/// themselves, never from running sums, which lose all digits for a coin at 60 000.
class SpreadHistory {
 public:
    explicit SpreadHistory(std::size_t capacity) : values_(capacity) {}

    void push(double spread);
    std::size_t size() const { return size_; }
    void clear() { size_ = 0, next_ = 0; }
    /// Over all values held; needs two. O(size), no allocation.
    MeanAndDeviation summary() const;

 private:
    std::vector<double> values_;
    std::size_t size_ = 0;
    std::size_t next_ = 0;
};

}  // namespace plumb::strategies
