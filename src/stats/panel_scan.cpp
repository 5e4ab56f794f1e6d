#include "stats/panel_scan.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/check.hpp"
#include "stats/engle_granger.hpp"
#include "stats/least_squares.hpp"
#include "stats/mackinnon.hpp"
#include "stats/panel_kernel.hpp"
#include "stats/panel_moments.hpp"
#include "stats/prepared_panel.hpp"

namespace plumb::stats {
namespace {

// A tile's moments (21 lags x 64 x 64 doubles = 0.7 MB) stay in the second-level cache.
constexpr std::size_t kTileMax = 64;
constexpr std::size_t kAlignment = 64;

struct PairIndex {
    std::uint32_t row;  // within the tile
    std::uint32_t column;
};

struct AlignedDelete {
    void operator()(double* p) const { ::operator delete[](p, std::align_val_t{kAlignment}); }
};
using AlignedDoubles = std::unique_ptr<double[], AlignedDelete>;

AlignedDoubles aligned_doubles(std::size_t count) {
    auto* p = static_cast<double*>(::operator new[](count * sizeof(double), std::align_val_t{kAlignment}));
    std::fill_n(p, count, 0.0);
    return AlignedDoubles{p};
}

/// Room for the moments of a batch of `width` residuals.
struct Batch {
    Batch(std::size_t lags, std::size_t width) : storage{aligned_doubles((5 * lags + 5) * width)} {
        double* at = storage.get();
        const auto take = [&](std::size_t items) {
            double* taken = at;
            at += items * width;
            return taken;
        };
        moments.products = take(lags + 1);
        moments.first_level = take(lags + 1);
        moments.last_level = take(lags + 1);
        moments.first_difference = take(lags);
        moments.last_difference = take(lags);
        moments.sum_squares = take(1);
    }
    AlignedDoubles storage;
    ResidualMoments moments{};
};

class Scanner {
 public:
    Scanner(const PanelView& view, const PreparedPanel& panel, const ScanOptions& options, ScanReport& report)
        : view_{view},
          panel_{panel},
          options_{options},
          report_{report},
          kernel_{best_kernel()},
          tile_{panel.lags, std::min(kTileMax, panel.series_count), panel.differences},
          batch_{panel.lags, kernel_.width},
          workspace_{aligned_doubles(kernel_.workspace(panel.lags))},
          buckets_(panel.lags + 1) {
        const double rows = static_cast<double>(panel.differences - panel.lags);
        for (std::size_t p = 0; p <= panel.lags; ++p) {
            const double share = (static_cast<double>(p) + 1) / rows;
            penalty_.push_back(options.lag_choice == LagChoice::bic ? std::pow(rows, share)
                                                                    : std::exp(2 * share));
        }
        plan_ = {options.lag_choice, penalty_.data()};
        for (auto* lanes : {&slope_, &share_, &lag_}) lanes->resize(kTileMax * kTileMax + kernel_.width);
    }

    void run() {
        const std::size_t count = panel_.series_count;
        const std::size_t tiles = (count + kTileMax - 1) / kTileMax;
        const auto range = [&](std::size_t i) {  // equal tiles rather than a thin last one
            return TileRange{i * count / tiles, (i + 1) * count / tiles - i * count / tiles};
        };
        for (std::size_t a = 0; a < tiles; ++a) {
            for (std::size_t b = a; b < tiles; ++b) {
                tile_.compute(panel_, range(a), range(b));
                solve_tile(range(a), range(b));
                if (a == b) continue;
                tile_.transpose();
                solve_tile(range(b), range(a));
            }
        }
    }

 private:
    PairTest& pair(std::size_t y, std::size_t x) {
        return report_.pairs[y * (panel_.series_count - 1) + (x < y ? x : x - 1)];
    }

    /// All pairs with y in `rows`, x in `columns`, once tile_ holds their moments.
    void solve_tile(TileRange rows, TileRange columns) {
        for (auto& bucket : buckets_) bucket.clear();
        explicit_.clear();
        const std::size_t stride = tile_.stride();
        for (std::size_t i = 0; i < rows.count; ++i) {
            const std::size_t y = rows.first + i;
            if (!panel_.usable[y]) continue;
            const std::size_t at = i * stride;
            const SearchRow row{&panel_,
                                y,
                                columns.first,
                                columns.count,
                                tile_.cross(i),
                                tile_.lag_stride(),
                                tile_.products(i),
                                slope_.data() + at,
                                share_.data() + at,
                                lag_.data() + at};
            kernel_.search_row(row, plan_, workspace_.get());
            for (std::size_t j = 0; j < columns.count; ++j) {
                const std::size_t x = columns.first + j;
                if (x == y || !panel_.usable[x]) continue;
                const double lag = lag_[at + j];
                const double total_share = share_[at + j] * panel_.sum_squares[y] / panel_.total[y];
                const bool clear =
                    lag >= 0 && total_share > kCollinearShare * (1 + 1e-4) && panel_.trend != Trend::none;
                const PairIndex index{static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j)};
                if (clear)
                    buckets_[static_cast<std::size_t>(lag)].push_back(index);
                else
                    explicit_.push_back(index);
            }
        }
        for (std::size_t lag = 0; lag < buckets_.size(); ++lag) fit_bucket(rows, columns, lag);
        for (const PairIndex& index : explicit_)
            solve_explicitly(rows.first + index.row, columns.first + index.column);
    }

    void fit_bucket(TileRange rows, TileRange columns, std::size_t lag) {
        const std::vector<PairIndex>& bucket = buckets_[lag];
        for (std::size_t start = 0; start < bucket.size(); start += kernel_.width) {
            const std::size_t count = std::min(kernel_.width, bucket.size() - start);
            for (std::size_t lane = 0; lane < kernel_.width; ++lane) {
                gather(rows, columns, bucket[start + std::min(lane, count - 1)], lag, lane);
            }
            double statistic[8];
            double valid[8];
            kernel_.fit(batch_.moments, panel_.differences, lag, workspace_.get(), statistic, valid);
            for (std::size_t lane = 0; lane < count; ++lane) {
                const PairIndex& index = bucket[start + lane];
                const std::size_t y = rows.first + index.row;
                const std::size_t x = columns.first + index.column;
                if (valid[lane] > 0)
                    finish(y, x, slope_[index.row * tile_.stride() + index.column], statistic[lane], lag);
                else
                    explicit_.push_back(index);
            }
        }
    }

    /// Moments of one pair's residual into a lane of the batch, for a fit with `lag` lags.
    void gather(TileRange rows, TileRange columns, PairIndex index, std::size_t lag, std::size_t lane) {
        const std::size_t y = rows.first + index.row;
        const std::size_t x = columns.first + index.column;
        const std::size_t stride = panel_.stride;
        const std::size_t width = kernel_.width;
        const std::size_t at = index.row * tile_.stride() + index.column;
        const double slope = slope_[at];
        const double* cross = tile_.cross(index.row) + index.column;
        const ResidualMoments& r = batch_.moments;
        for (std::size_t h = 0; h <= lag; ++h) {
            const double* own = panel_.own_products.data() + h * stride;
            const double* first = panel_.first_level.data() + h * stride;
            const double* last = panel_.last_level.data() + h * stride;
            r.products[h * width + lane] = own[y] - slope * (cross[h * tile_.lag_stride()] - slope * own[x]);
            r.first_level[h * width + lane] = first[y] - slope * first[x];
            r.last_level[h * width + lane] = last[y] - slope * last[x];
        }
        for (std::size_t k = 0; k < lag; ++k) {
            const double* first = panel_.first_difference.data() + k * stride;
            const double* last = panel_.last_difference.data() + k * stride;
            r.first_difference[k * width + lane] = first[y] - slope * first[x];
            r.last_difference[k * width + lane] = last[y] - slope * last[x];
        }
        r.sum_squares[lane] = share_[at] * panel_.sum_squares[y];
    }

    /// Where moments lose digits: the residual itself, its slope refined once.
    void solve_explicitly(std::size_t y, std::size_t x) {
        ++report_.explicit_residuals;
        const std::size_t n = panel_.observations;
        const std::span<const double> zy{panel_.level_of(y), n};
        const std::span<const double> zx{panel_.level_of(x), n};
        residual_.resize(n);
        double slope = dot(zy, zx) / panel_.sum_squares[x];
        for (std::size_t t = 0; t < n; ++t) residual_[t] = zy[t] - slope * zx[t];
        const double correction = dot(residual_, zx) / panel_.sum_squares[x];
        slope += correction;
        for (std::size_t t = 0; t < n; ++t) residual_[t] -= correction * zx[t];
        const double ssr = dot(residual_, residual_);
        if (ssr <= kCollinearShare * panel_.total[y]) return close(y, x, slope, PairOutcome::collinear);

        fill_from_residual(slope, y, x, ssr);
        double lags[8];
        double statistic[8];
        double valid[8];
        std::fill_n(lags, 8, static_cast<double>(panel_.lags));
        if (options_.lag_choice != LagChoice::fixed) {
            kernel_.search(batch_.moments, panel_.differences, panel_.lags, plan_, workspace_.get(), lags);
        }
        if (lags[0] < 0) return solve_alone(y, x);
        const std::size_t lag = static_cast<std::size_t>(lags[0]);
        kernel_.fit(batch_.moments, panel_.differences, lag, workspace_.get(), statistic, valid);
        if (!(valid[0] > 0)) return solve_alone(y, x);
        finish(y, x, slope, statistic[0], lag);
    }

    void fill_from_residual(double slope, std::size_t y, std::size_t x, double ssr) {
        const std::size_t m = panel_.differences;
        const double* dy = panel_.difference_of(y);
        const double* dx = panel_.difference_of(x);
        difference_.resize(m);
        for (std::size_t t = 0; t < m; ++t) difference_[t] = dy[t] - slope * dx[t];
        const std::span<const double> d{difference_};
        const auto put = [&](double* item, std::size_t k, double value) {
            std::fill_n(item + k * kernel_.width, kernel_.width, value);
        };
        const ResidualMoments& r = batch_.moments;
        for (std::size_t h = 0; h <= panel_.lags; ++h) {
            put(r.products, h, dot(d.subspan(h), d.first(m - h)));
            put(r.first_level, h, residual_[h]);
            put(r.last_level, h, residual_[m - h]);
            if (h == panel_.lags) break;
            put(r.first_difference, h, d[h]);
            put(r.last_difference, h, d[m - 1 - h]);
        }
        put(r.sum_squares, 0, ssr);
    }

    /// The last resort: QR on the regression matrix itself.
    void solve_alone(std::size_t y, std::size_t x) {
        const EngleGrangerOptions options{options_.trend, options_.lag_choice, options_.lags_max};
        const Result<EngleGrangerResult> test = engle_granger(view_.series[y], view_.series[x], options);
        if (test) {
            const double slope = test->hedge.parameters[0] * panel_.unit[x] / panel_.unit[y];
            return finish(y, x, slope, test->statistic, static_cast<std::size_t>(test->used_lag));
        }
        close(y, x, 0,
              test.error().code() == Errc::collinear ? PairOutcome::collinear : PairOutcome::singular);
    }

    void close(std::size_t y, std::size_t x, double slope, PairOutcome outcome) {
        PairTest& out = pair(y, x);
        out.hedge_ratio = slope * panel_.unit[y] / panel_.unit[x];
        out.intercept =
            panel_.trend == Trend::none ? 0 : panel_.intercept[y] - out.hedge_ratio * panel_.intercept[x];
        out.outcome = outcome;
    }

    void finish(std::size_t y, std::size_t x, double slope, double statistic, std::size_t lag) {
        close(y, x, slope, PairOutcome::tested);
        PairTest& out = pair(y, x);
        out.statistic = statistic;
        out.used_lag = static_cast<std::int16_t>(lag);
        out.p_value = mackinnon_p_value(statistic, panel_.trend, 2).value();
    }

    const PanelView& view_;
    const PreparedPanel& panel_;
    const ScanOptions& options_;
    ScanReport& report_;
    const PanelKernel& kernel_;
    TileMoments tile_;
    Batch batch_;
    AlignedDoubles workspace_;
    std::vector<double> penalty_;
    SearchPlan plan_{};
    std::vector<double> slope_;  // by row of the tile, then lane
    std::vector<double> share_;
    std::vector<double> lag_;
    std::vector<std::vector<PairIndex>> buckets_;  // by chosen lag
    std::vector<PairIndex> explicit_;
    std::vector<double> residual_;
    std::vector<double> difference_;
};

void count_outcomes(ScanReport& report) {
    for (const PairTest& pair : report.pairs) {
        switch (pair.outcome) {
            case PairOutcome::tested: ++report.tested; break;
            case PairOutcome::degenerate: ++report.degenerate; break;
            case PairOutcome::collinear: ++report.collinear; break;
            case PairOutcome::singular: ++report.singular; break;
        }
    }
}

}  // namespace

const PairTest& ScanReport::at(std::size_t y, std::size_t x) const {
    PLUMB_CHECK(y < series_count && x < series_count && y != x);
    return pairs[y * (series_count - 1) + (x < y ? x : x - 1)];
}

Result<ScanReport> scan_panel(const PanelView& view, const ScanOptions& options) {
    Result<PreparedPanel> panel = prepare_panel(view, options);
    if (!panel) return fail(std::move(panel.error()));
    ScanReport report;
    report.series_count = panel->series_count;
    report.observations = panel->observations;
    report.lags_max = static_cast<int>(panel->lags);
    report.faults = std::move(panel->faults);
    report.pairs.resize(panel->series_count * (panel->series_count - 1));
    std::size_t at = 0;
    for (std::size_t y = 0; y < panel->series_count; ++y) {
        for (std::size_t x = 0; x < panel->series_count; ++x) {
            if (x == y) continue;
            report.pairs[at].y = static_cast<std::uint32_t>(y);
            report.pairs[at++].x = static_cast<std::uint32_t>(x);
        }
    }
    Scanner{view, *panel, options, report}.run();
    count_outcomes(report);
    return report;
}

}  // namespace plumb::stats
