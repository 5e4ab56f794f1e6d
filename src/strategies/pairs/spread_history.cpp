#include "strategies/pairs/spread_history.hpp"

#include <cmath>

#include "base/check.hpp"

namespace plumb::strategies {

void SpreadHistory::push(double spread) {
    values_[next_] = spread;
    next_ = next_ + 1 == values_.size() ? 0 : next_ + 1;
    if (size_ < values_.size()) ++size_;
}

MeanAndDeviation SpreadHistory::summary() const {
    PLUMB_CHECK(size_ >= 2);
    // Four sums side by side let the compiler use vector registers while the order of additions stays fixed.
    double sums[4] = {};
    std::size_t i = 0;
    for (; i + 4 <= size_; i += 4) {
        for (std::size_t lane = 0; lane < 4; ++lane) sums[lane] += values_[i + lane];
    }
    for (; i < size_; ++i) sums[0] += values_[i];
    const double mean = (sums[0] + sums[1] + sums[2] + sums[3]) / static_cast<double>(size_);
    double squares[4] = {};
    for (i = 0; i + 4 <= size_; i += 4) {
        for (std::size_t lane = 0; lane < 4; ++lane) {
            const double d = values_[i + lane] - mean;
            squares[lane] += d * d;
        }
    }
    for (; i < size_; ++i) squares[0] += (values_[i] - mean) * (values_[i] - mean);
    const double total = squares[0] + squares[1] + squares[2] + squares[3];
    return {mean, std::sqrt(total / static_cast<double>(size_ - 1))};
}

}  // namespace plumb::strategies
