#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "stats/adf.hpp"
#include "stats/trend.hpp"

namespace plumb::stats {

/// N series of equal length, oldest first, evenly spaced; prices or log prices. Borrowed: it must outlive the
/// scan.
struct PanelView {
    std::span<const std::span<const double>> series;
};

struct ScanOptions {
    Trend trend =
        Trend::constant;  ///< of the hedge regression; Trend::none is slow and of little use for prices
    LagChoice lag_choice = LagChoice::aic;
    std::optional<int> lags_max{};
};

enum class PairOutcome : std::uint8_t {
    tested,
    degenerate,  ///< one of the series is constant, not finite, or nothing but trend
    collinear,   ///< 1 - R^2 <= kCollinearShare: wrapped tokens, share classes; hedge ratio and intercept are
                 ///< valid
    singular,    ///< the test has no answer (an exact fit)
};

/// The Engle-Granger test of one ordered pair. Where `outcome` is not `tested`, statistic is 0 and p_value 1.
struct PairTest {
    std::uint32_t y = 0;
    std::uint32_t x = 0;
    double hedge_ratio = 0;  ///< of y on (x, trend), in the series' own units
    double intercept = 0;    ///< 0 for Trend::none; with a trend, its value at t = 0 where t = 1..n
    double statistic = 0;
    double p_value = 1;
    std::int16_t used_lag = 0;
    PairOutcome outcome = PairOutcome::degenerate;
};

/// Why a series takes no part in the scan.
struct SeriesFault {
    std::size_t series;
    Error error;
};

struct ScanReport {
    std::vector<PairTest> pairs;  ///< all N (N - 1) ordered pairs: y ascending, for each y x ascending
    std::vector<SeriesFault> faults;
    std::size_t observations = 0;
    int lags_max = 0;
    std::size_t tested = 0;
    std::size_t degenerate = 0;
    std::size_t collinear = 0;
    std::size_t singular = 0;
    std::size_t explicit_residuals = 0;  ///< pairs for which the moments were not exact enough

    const PairTest& at(std::size_t y, std::size_t x) const;
    std::size_t series_count = 0;
};

/// Engle-Granger of every ordered pair of a panel, with the same decisions as engle_granger() pair by pair:
/// the used lag is equal, the statistic within 1e-9.
///
/// A pair whose series is degenerate is skipped and counted; the scan as a whole fails only with
/// @return  empty (fewer than two series) · length_mismatch (names the series) · too_short (n < 4 (lags_max +
/// deterministics + 2)) ·
///          invalid_argument (lags_max negative or above n/2 - 1)
///
/// How: everything but the edges of the sample follows from the hedge ratio and N x N moment matrices of
/// lagged differences, which are matrix products; the lag search of eight pairs at a time is one LDL'
/// factorisation. Invariant to the units of price; results do not depend on threads (BLAS is told to use
/// one). Cost: about n (L + 1) + (L + 1)^3 / 3 flops a pair; memory does not grow with N beyond the panel and
/// the report.
Result<ScanReport> scan_panel(const PanelView& panel, const ScanOptions& options = {});

}  // namespace plumb::stats
