#pragma once

#include <optional>
#include <span>

#include "base/result.hpp"

namespace plumb::stats {

/// dX = theta (mu - X) dt + sigma dW, estimated through its exact discretisation x[t+1] = c + phi x[t] + e.
struct OrnsteinUhlenbeck {
    double phi = 0;
    double c = 0;
    double innovation_variance = 0;  ///< ssr / n, the conditional maximum-likelihood estimate
    double log_likelihood = 0;       ///< conditional on the first value

    struct Process {
        double theta;                 ///< -ln(phi) / dt
        double mu;                    ///< c / (1 - phi)
        double sigma;                 ///< sqrt(2 theta v / (1 - phi^2))
        double half_life;             ///< ln 2 / theta, in units of dt
        double stationary_deviation;  ///< sqrt(v / (1 - phi^2))
    };
    std::optional<Process> process;  ///< absent unless 0 < phi < 1
};

/// @param dt  length of a bar in the unit wanted for theta, > 0
/// @return    empty · not_finite · too_short (fewer than 13 values) · constant_series · invalid_argument ·
/// singular (exact fit) Source: Tang and Chen (2009), "Parameter estimation for diffusion processes",
/// section 2. Cost: O(n). Checked against testdata/stats/meanrev.json.
Result<OrnsteinUhlenbeck> fit_ornstein_uhlenbeck(std::span<const double> series, double dt);

}  // namespace plumb::stats
