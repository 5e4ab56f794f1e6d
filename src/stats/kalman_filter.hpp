#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace plumb::stats {

struct KalmanOptions {
    double delta = 1e-4;                    ///< state noise: Q = delta / (1 - delta) I, 0 <= delta < 1
    double observation_variance = 1e-3;     ///< r, > 0, in squared units of y
    double initial_variance = 0;            ///< P of the first bar = this times I
    std::array<double, 2> initial_state{};  ///< hedge ratio, intercept
};

/// One bar of the filter; hedge ratio and intercept are those after the update.
struct KalmanStep {
    double hedge_ratio = 0;
    double intercept = 0;
    double innovation = 0;           ///< y minus its prediction from the bars before
    double innovation_variance = 0;  ///< of that prediction
};

/// A hedge ratio that drifts: y = beta x + alpha + v, (beta, alpha) a random walk. Predicts from the second
/// bar on; Joseph's form of the update keeps the covariance positive. delta and r have units: rescale prices
/// and they must follow.
///
/// Source: Montana, Triantafyllopoulos and Tsagaris (2009); Chan, Algorithmic Trading (2013), section 3.
/// Cost: some 60 flops a bar, no allocation. Checked against testdata/stats/kalman.json.
class KalmanHedge {
 public:
    using Covariance = std::array<std::array<double, 2>, 2>;

    /// @return  invalid_argument for options outside their ranges
    static Result<KalmanHedge> make(const KalmanOptions& options);

    /// @return  not_finite; then the state is as before
    Result<KalmanStep> update(double y, double x);

    const Covariance& covariance() const { return covariance_; }
    /// Sum over all bars of -0.5 (ln(2 pi var) + innovation^2 / var).
    double log_likelihood() const { return log_likelihood_; }

 private:
    explicit KalmanHedge(const KalmanOptions& options);

    double state_noise_;
    double observation_variance_;
    std::array<double, 2> state_;
    Covariance covariance_;
    double log_likelihood_ = 0;
    bool started_ = false;
};

struct KalmanPath {
    std::vector<KalmanStep> steps;
    KalmanHedge::Covariance covariance_last{};
    double log_likelihood = 0;
};

/// @return  empty · length_mismatch · not_finite (with the index) · invalid_argument
Result<KalmanPath> filter_hedge_ratio(std::span<const double> y, std::span<const double> x,
                                      const KalmanOptions& options);

}  // namespace plumb::stats
