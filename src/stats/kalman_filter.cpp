#include "stats/kalman_filter.hpp"

#include <fmt/core.h>

#include <cmath>
#include <numbers>

#include "stats/series_check.hpp"

namespace plumb::stats {

Result<KalmanHedge> KalmanHedge::make(const KalmanOptions& options) {
    if (!(options.delta >= 0 && options.delta < 1)) {
        return fail(Errc::invalid_argument, fmt::format("delta must be in [0, 1), found {}", options.delta));
    }
    if (!(options.observation_variance > 0) || !std::isfinite(options.observation_variance)) {
        return fail(Errc::invalid_argument,
                    fmt::format("r must be positive, found {}", options.observation_variance));
    }
    if (!(options.initial_variance >= 0) || !std::isfinite(options.initial_variance)) {
        return fail(Errc::invalid_argument,
                    fmt::format("p0 must not be negative, found {}", options.initial_variance));
    }
    if (!std::isfinite(options.initial_state[0]) || !std::isfinite(options.initial_state[1])) {
        return fail(Errc::invalid_argument, "the initial state must be finite");
    }
    return KalmanHedge{options};
}

KalmanHedge::KalmanHedge(const KalmanOptions& options)
    : state_noise_{options.delta / (1 - options.delta)},
      observation_variance_{options.observation_variance},
      state_{options.initial_state},
      covariance_{{{options.initial_variance, 0}, {0, options.initial_variance}}} {}

Result<KalmanStep> KalmanHedge::update(double y, double x) {
    if (!std::isfinite(y) || !std::isfinite(x)) return fail(Errc::not_finite, "a price is not finite");
    Covariance p = covariance_;
    if (started_) {
        p[0][0] += state_noise_;
        p[1][1] += state_noise_;
    }
    const double r = observation_variance_;
    const double innovation = y - (x * state_[0] + state_[1]);
    const double px0 = p[0][0] * x + p[0][1];
    const double px1 = p[1][0] * x + p[1][1];
    const double variance = (x * px0 + px1) + r;
    if (!std::isfinite(variance) || !std::isfinite(innovation))
        return fail(Errc::not_finite, "the prediction overflows");
    const double k0 = px0 / variance;
    const double k1 = px1 / variance;
    state_ = {state_[0] + k0 * innovation, state_[1] + k1 * innovation};

    // Joseph: (I - K F) P (I - K F)' + K K' r, F = (x, 1).
    const double a00 = 1 - k0 * x;
    const double a01 = -k0;
    const double a10 = -k1 * x;
    const double a11 = 1 - k1;
    const double b00 = a00 * p[0][0] + a01 * p[1][0];
    const double b01 = a00 * p[0][1] + a01 * p[1][1];
    const double b10 = a10 * p[0][0] + a11 * p[1][0];
    const double b11 = a10 * p[0][1] + a11 * p[1][1];
    const double off_diagonal =
        (b00 * a10 + b01 * a11 + k0 * k1 * r + b10 * a00 + b11 * a01 + k1 * k0 * r) / 2;
    covariance_ = {{{b00 * a00 + b01 * a01 + k0 * k0 * r, off_diagonal},
                    {off_diagonal, b10 * a10 + b11 * a11 + k1 * k1 * r}}};
    log_likelihood_ +=
        -0.5 * (std::log(2 * std::numbers::pi * variance) + innovation * innovation / variance);
    started_ = true;
    return KalmanStep{state_[0], state_[1], innovation, variance};
}

Result<KalmanPath> filter_hedge_ratio(std::span<const double> y, std::span<const double> x,
                                      const KalmanOptions& options) {
    if (y.size() != x.size()) {
        return fail(Errc::length_mismatch, fmt::format("y has {} values, x has {}", y.size(), x.size()));
    }
    if (Status ok = check_finite(y, 1); !ok) return fail(std::move(ok.error()).at("y"));
    if (Status ok = check_finite(x, 1); !ok) return fail(std::move(ok.error()).at("x"));
    Result<KalmanHedge> filter = KalmanHedge::make(options);
    if (!filter) return fail(std::move(filter.error()));
    KalmanPath path;
    path.steps.reserve(y.size());
    for (std::size_t t = 0; t < y.size(); ++t) {
        const Result<KalmanStep> step = filter->update(y[t], x[t]);
        if (!step) return fail(step.error().at(fmt::format("value {}", t)));
        path.steps.push_back(*step);
    }
    path.covariance_last = filter->covariance();
    path.log_likelihood = filter->log_likelihood();
    return path;
}

}  // namespace plumb::stats
