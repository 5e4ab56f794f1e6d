#include "stats/rolling.hpp"

#include <fmt/core.h>

#include <cmath>

#include "base/check.hpp"
#include "stats/series_check.hpp"

namespace plumb::stats {
namespace {

struct Sums {
    double mean;
    double squares;  // around the mean
};

/// `at(i)`, i = 0..n-1; relative to the first value, so that equal values give exactly zero.
template <class At>
Sums sums_of(std::size_t n, const At& at) {
    const double origin = at(0);
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += at(i) - origin;
    const double offset = sum / static_cast<double>(n);
    double squares = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const double d = (at(i) - origin) - offset;
        squares += d * d;
    }
    return {origin + offset, squares};
}

std::optional<RollingFit> fit_window(std::span<const double> y, std::span<const double> x) {
    const std::size_t n = y.size();
    const Sums sx = sums_of(n, [&](std::size_t i) { return x[i]; });
    const Sums sy = sums_of(n, [&](std::size_t i) { return y[i]; });
    if (!(sx.squares > 0)) return std::nullopt;
    double sxy = 0;
    for (std::size_t i = 0; i < n; ++i) sxy += (x[i] - sx.mean) * (y[i] - sy.mean);
    RollingFit fit;
    fit.slope = sxy / sx.squares;
    fit.intercept = sy.mean - fit.slope * sx.mean;
    const auto residual = [&](std::size_t i) { return (y[i] - sy.mean) - fit.slope * (x[i] - sx.mean); };
    const double deviation = std::sqrt(sums_of(n, residual).squares / static_cast<double>(n - 1));
    if (deviation > 0) fit.zscore = residual(n - 1) / deviation;
    return fit;
}

}  // namespace

RollingWindow::RollingWindow(std::size_t capacity) : values_(capacity) { PLUMB_CHECK(capacity > 0); }

void RollingWindow::push(double value) {
    values_[next_] = value;
    next_ = (next_ + 1) % values_.size();
    if (size_ < values_.size()) ++size_;
}

std::optional<RollingWindow::Level> RollingWindow::level(int ddof) const {
    if (size_ == 0 || size_ <= static_cast<std::size_t>(ddof)) return std::nullopt;
    const std::size_t oldest = full() ? next_ : 0;
    const auto at = [&](std::size_t i) {
        const std::size_t index = oldest + i;
        return values_[index < values_.size() ? index : index - values_.size()];
    };
    const Sums sums = sums_of(size_, at);
    return Level{sums.mean,
                 std::sqrt(sums.squares / static_cast<double>(size_ - static_cast<std::size_t>(ddof)))};
}

std::optional<double> RollingWindow::zscore(int ddof) const {
    if (!full()) return std::nullopt;
    const std::optional<Level> now = level(ddof);
    if (!now || !(now->deviation > 0)) return std::nullopt;
    const double latest = values_[(next_ + values_.size() - 1) % values_.size()];
    return (latest - now->mean) / now->deviation;
}

Result<std::vector<std::optional<double>>> rolling_zscore(std::span<const double> series, std::size_t window,
                                                          int ddof) {
    if (window < 2 || ddof < 0 || ddof > 1) {
        return fail(Errc::invalid_argument,
                    fmt::format("expected window >= 2 and ddof 0 or 1, found {} and {}", window, ddof));
    }
    if (Status ok = check_finite(series, 1); !ok) return fail(std::move(ok.error()));
    std::vector<std::optional<double>> out;
    out.reserve(series.size());
    RollingWindow rolling{window};
    for (const double value : series) {
        rolling.push(value);
        out.push_back(rolling.zscore(ddof));
    }
    return out;
}

Result<std::vector<std::optional<RollingFit>>> rolling_ols(std::span<const double> y,
                                                           std::span<const double> x, std::size_t window) {
    if (window < 3)
        return fail(Errc::invalid_argument, fmt::format("expected a window of at least 3, found {}", window));
    if (y.size() != x.size()) {
        return fail(Errc::length_mismatch, fmt::format("y has {} values, x has {}", y.size(), x.size()));
    }
    if (Status ok = check_finite(y, 1); !ok) return fail(std::move(ok.error()).at("y"));
    if (Status ok = check_finite(x, 1); !ok) return fail(std::move(ok.error()).at("x"));
    std::vector<std::optional<RollingFit>> out(y.size());
    for (std::size_t end = window; end <= y.size(); ++end) {
        out[end - 1] = fit_window(y.subspan(end - window, window), x.subspan(end - window, window));
    }
    return out;
}

Result<std::vector<WalkForwardTest>> walk_forward_engle_granger(std::span<const double> y,
                                                                std::span<const double> x,
                                                                const WalkForwardOptions& options) {
    if (y.size() != x.size()) {
        return fail(Errc::length_mismatch, fmt::format("y has {} values, x has {}", y.size(), x.size()));
    }
    if (options.window == 0 || options.step == 0)
        return fail(Errc::invalid_argument, "window and step must be positive");
    if (y.size() < options.window) {
        return fail(Errc::too_short,
                    fmt::format("expected at least {} values, found {}", options.window, y.size()));
    }
    std::vector<WalkForwardTest> out;
    for (std::size_t start = 0; start + options.window <= y.size(); start += options.step) {
        out.push_back({start, engle_granger(y.subspan(start, options.window),
                                            x.subspan(start, options.window), options.test)});
    }
    return out;
}

}  // namespace plumb::stats
