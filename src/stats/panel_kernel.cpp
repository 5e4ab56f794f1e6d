#include "stats/panel_kernel.hpp"

#include <cmath>
#include <cstring>

#include "stats/prepared_panel.hpp"

#define PLUMB_INLINE inline __attribute__((always_inline))

namespace plumb::stats {
namespace {

// Below these shares moments lose the digits that 1e-9 needs; the caller then forms the residual itself.
constexpr double kResidualShareMin = 1e-4;
constexpr double kPivotShareMin = 1e-10;
constexpr double kLagSignificance = 1.6448536269514722;

template <int W>
struct Lanes;
template <>
struct Lanes<8> {
    typedef double Vector __attribute__((vector_size(64)));
};
template <>
struct Lanes<4> {
    typedef double Vector __attribute__((vector_size(32)));
};

template <int W>
using Vec = typename Lanes<W>::Vector;

template <int W>
PLUMB_INLINE Vec<W> load(const double* from) {
    Vec<W> v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

template <int W>
PLUMB_INLINE void store(double* to, const Vec<W>& v) {
    std::memcpy(to, &v, sizeof v);
}

template <int W>
PLUMB_INLINE Vec<W> all(double value) {
    Vec<W> v = {};
    return v + value;
}

/// The normal equations of one regression: upper triangle by rows, right-hand side, and the diagonal as it
/// was.
template <int W>
struct Normal {
    double* matrix;
    double* rhs;
    double* diagonal;
    std::size_t size;

    PLUMB_INLINE double* entry(std::size_t row, std::size_t column) const {
        return matrix + (row * size - row * (row + 1) / 2 + column) * W;
    }
};

PLUMB_INLINE std::size_t normal_doubles(std::size_t lags, std::size_t width) {
    const std::size_t q = lags + 1;
    return (q * (q + 1) / 2 + 2 * q) * width;
}

template <int W>
PLUMB_INLINE Normal<W> carve_normal(double* workspace, std::size_t lags) {
    const std::size_t q = lags + 1;
    double* rhs = workspace + q * (q + 1) / 2 * W;
    return {workspace, rhs, rhs + q * W, q};
}

/// Fills the normal equations of d_t on (d_t-1 .. d_t-p, e_t) over t = p..m-1 from sums over the whole sample
/// and the edges. Lag k goes to index first + k - 1, the level to index `level_at`. Returns G_00, the sum of
/// squares of the target.
///
/// G_jk = sum d_t-j d_t-k walks down its diagonals: G_j+1,k+1 = G_jk + d_p-1-j d_p-1-k - d_m-1-j d_m-1-k.
/// Sums with the level telescope: l_k = sum e_t d_t-k = (e_m-k^2 - e_p-k^2 - G_kk) / 2 + sum_{j=1..k} G_jk.
template <int W>
PLUMB_INLINE Vec<W> fill_normal(const ResidualMoments& r, std::size_t p, std::size_t first,
                                std::size_t level_at, const Normal<W>& out) {
    using V = Vec<W>;
    const V half = all<W>(0.5);
    // Sums with the level are gathered where they will be needed: at the level's row or column.
    V target = all<W>(0);
    V level_squares = load<W>(r.sum_squares);
    const V last = load<W>(r.last_level);
    level_squares -= last * last;
    for (std::size_t t = 0; t < p; ++t) {
        const V e = load<W>(r.first_level + t * W);
        level_squares -= e * e;
    }
    for (std::size_t offset = 0; offset <= p; ++offset) {
        V g = load<W>(r.products + offset * W);
        for (std::size_t t = offset; t < p; ++t) {
            g -= load<W>(r.first_difference + t * W) * load<W>(r.first_difference + (t - offset) * W);
        }
        if (offset == 0)
            target = g;
        else
            store<W>(out.rhs + (first + offset - 1) * W, g);
        for (std::size_t j = 0; j + offset < p; ++j) {
            const std::size_t k = j + offset;
            g +=
                load<W>(r.first_difference + (p - 1 - j) * W) * load<W>(r.first_difference + (p - 1 - k) * W);
            g -= load<W>(r.last_difference + j * W) * load<W>(r.last_difference + k * W);
            store<W>(out.entry(first + j, first + k), g);
        }
    }
    for (std::size_t k = 0; k <= p; ++k) {
        const V head = load<W>(r.first_level + (p - k) * W);
        const V tail = load<W>(r.last_level + k * W);
        V l = (tail * tail - head * head) * half;
        if (k == 0) {
            store<W>(out.rhs + level_at * W, l - half * target);
            continue;
        }
        for (std::size_t j = 1; j < k; ++j) l += load<W>(out.entry(first + j - 1, first + k - 1));
        l += half * load<W>(out.entry(first + k - 1, first + k - 1));
        const std::size_t lag_at = first + k - 1;
        store<W>(lag_at < level_at ? out.entry(lag_at, level_at) : out.entry(level_at, lag_at), l);
    }
    store<W>(out.entry(level_at, level_at), level_squares);
    for (std::size_t i = 0; i < out.size; ++i) store<W>(out.diagonal + i * W, load<W>(out.entry(i, i)));
    return target;
}

/// One step of LDL': eliminates index i from what follows. Returns the reciprocal of the pivot.
template <int W>
PLUMB_INLINE Vec<W> eliminate(const Normal<W>& a, std::size_t i) {
    using V = Vec<W>;
    const double* pivot_row = a.entry(i, i);
    const V reciprocal = 1.0 / load<W>(pivot_row);
    const V b = load<W>(a.rhs + i * W);
    const std::size_t rest = a.size - i;
    for (std::size_t j = 1; j < rest; ++j) {
        const V factor = load<W>(pivot_row + j * W) * reciprocal;
        double* row = a.entry(i + j, i + j);
        double* rhs = a.rhs + (i + j) * W;
        store<W>(rhs, load<W>(rhs) - factor * b);
        for (std::size_t k = j; k < rest; ++k) {
            double* to = row + (k - j) * W;
            store<W>(to, load<W>(to) - factor * load<W>(pivot_row + k * W));
        }
    }
    return reciprocal;
}

/// The lag with the smallest criterion; -1 in lanes where a pivot or the residual is too small for moments.
template <int W>
PLUMB_INLINE Vec<W> search_lanes(const ResidualMoments& r, std::size_t m, std::size_t lags,
                                 const SearchPlan& plan, double* workspace) {
    using V = Vec<W>;
    const Normal<W> a = carve_normal<W>(workspace, lags);
    const V target = fill_normal<W>(r, lags, 1, 0, a);
    const V zero = all<W>(0);
    V residual = target;
    V best = zero;
    V lag = zero;
    V exact = all<W>(1);
    for (std::size_t i = 0; i < a.size; ++i) {
        const V pivot = load<W>(a.entry(i, i));
        exact = pivot > kPivotShareMin * load<W>(a.diagonal + i * W) ? exact : zero;
        const V b = load<W>(a.rhs + i * W);
        const V reciprocal = eliminate<W>(a, i);
        const V gain = b * b * reciprocal;
        residual -= gain;
        const V number = all<W>(static_cast<double>(i));
        if (plan.lag_choice == LagChoice::t_stat) {
            const double freedom = static_cast<double>(m - lags) - static_cast<double>(i) - 1;
            if (i > 0)
                lag = gain * freedom >= (kLagSignificance * kLagSignificance) * residual ? number : lag;
        } else {
            const V criterion = residual * plan.penalty[i];
            lag = (i == 0) ? zero : (criterion < best ? number : lag);
            best = (i == 0) ? criterion : (criterion < best ? criterion : best);
        }
    }
    exact = residual > kResidualShareMin * target ? exact : zero;
    return exact > zero ? lag : zero - 1.0;
}

template <int W>
PLUMB_INLINE void search_row(const SearchRow& row, const SearchPlan& plan, double* workspace) {
    using V = Vec<W>;
    const PreparedPanel& panel = *row.panel;
    const std::size_t lags = panel.lags;
    const std::size_t stride = panel.stride;
    double* space = workspace + normal_doubles(lags, W);
    ResidualMoments r;
    r.products = space;
    r.first_difference = r.products + (lags + 1) * W;
    r.last_difference = r.first_difference + lags * W;
    r.first_level = r.last_difference + lags * W;
    r.last_level = r.first_level + (lags + 1) * W;
    r.sum_squares = r.last_level + (lags + 1) * W;
    for (std::size_t lane = 0; lane < row.x_count; lane += W) {
        const std::size_t x = row.x_first + lane;
        const V sxy = load<W>(row.products + lane);
        const V slope = sxy / load<W>(panel.sum_squares.data() + x);
        const double syy = panel.sum_squares[row.y];
        const V ssr = syy - slope * sxy;
        V scale = all<W>(0);
        for (std::size_t h = 0; h <= lags; ++h) {
            const V xx = load<W>(panel.own_products.data() + h * stride + x);
            const double yy = panel.own_products[h * stride + row.y];
            store<W>(r.products + h * W,
                     yy - slope * (load<W>(row.cross + h * row.cross_stride + lane) - slope * xx));
            if (h == 0) scale = yy + slope * slope * xx;
            const double* first = panel.first_level.data() + h * stride;
            const double* last = panel.last_level.data() + h * stride;
            store<W>(r.first_level + h * W, first[row.y] - slope * load<W>(first + x));
            store<W>(r.last_level + h * W, last[row.y] - slope * load<W>(last + x));
            if (h == lags) break;
            const double* first_d = panel.first_difference.data() + h * stride;
            const double* last_d = panel.last_difference.data() + h * stride;
            store<W>(r.first_difference + h * W, first_d[row.y] - slope * load<W>(first_d + x));
            store<W>(r.last_difference + h * W, last_d[row.y] - slope * load<W>(last_d + x));
        }
        store<W>(r.sum_squares, ssr);
        const V share = ssr / syy;
        const V zero = all<W>(0);
        V lag = all<W>(static_cast<double>(lags));
        if (plan.lag_choice != LagChoice::fixed)
            lag = search_lanes<W>(r, panel.differences, lags, plan, workspace);
        lag = share > kResidualShareMin ? lag : zero - 1.0;
        lag = load<W>(r.products) > kResidualShareMin * scale ? lag : zero - 1.0;
        store<W>(row.slope + lane, slope);
        store<W>(row.share + lane, share);
        store<W>(row.lag + lane, lag);
    }
}

template <int W>
PLUMB_INLINE void fit_lanes(const ResidualMoments& r, std::size_t m, std::size_t p, double* workspace,
                            double* statistic, double* valid) {
    using V = Vec<W>;
    const Normal<W> a = carve_normal<W>(workspace, p);
    const V target = fill_normal<W>(r, p, 0, p, a);
    const V zero = all<W>(0);
    V residual = target;
    V exact = all<W>(1);
    V pivot = zero;
    for (std::size_t i = 0; i < a.size; ++i) {
        pivot = load<W>(a.entry(i, i));
        exact = pivot > kPivotShareMin * load<W>(a.diagonal + i * W) ? exact : zero;
        const V b = load<W>(a.rhs + i * W);
        residual -= b * b * eliminate<W>(a, i);
    }
    exact = residual > kResidualShareMin * target ? exact : zero;
    const double freedom = static_cast<double>(m) - 2 * static_cast<double>(p) - 1;
    const V b = load<W>(a.rhs + p * W);
    const V variance = pivot * residual / freedom;
    for (int i = 0; i < W; ++i) {
        valid[i] = exact[i];
        statistic[i] = exact[i] > 0 ? b[i] / std::sqrt(variance[i]) : 0.0;
    }
}

template <int W>
std::size_t workspace_doubles(std::size_t lags) {
    return normal_doubles(lags, W) + (5 * lags + 5) * W;
}

#define PLUMB_DEFINE_KERNEL(NAME, WIDTH, ATTRIBUTE)                                                      \
    ATTRIBUTE void NAME##_search_row(const SearchRow& row, const SearchPlan& plan, double* workspace) {  \
        search_row<WIDTH>(row, plan, workspace);                                                         \
    }                                                                                                    \
    ATTRIBUTE void NAME##_search(const ResidualMoments& r, std::size_t m, std::size_t lags,              \
                                 const SearchPlan& plan, double* workspace, double* lag) {               \
        store<WIDTH>(lag, search_lanes<WIDTH>(r, m, lags, plan, workspace));                             \
    }                                                                                                    \
    ATTRIBUTE void NAME##_fit(const ResidualMoments& r, std::size_t m, std::size_t p, double* workspace, \
                              double* statistic, double* valid) {                                        \
        fit_lanes<WIDTH>(r, m, p, workspace, statistic, valid);                                          \
    }                                                                                                    \
    constexpr PanelKernel NAME##_kernel{WIDTH, &workspace_doubles<WIDTH>, &NAME##_search_row,            \
                                        &NAME##_search, &NAME##_fit};

PLUMB_DEFINE_KERNEL(baseline, 4, )
#if defined(__x86_64__)
PLUMB_DEFINE_KERNEL(avx2, 4, __attribute__((target("avx2,fma"))))
PLUMB_DEFINE_KERNEL(avx512, 8, __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma"))))
#endif

#undef PLUMB_DEFINE_KERNEL

}  // namespace

std::span<const PanelKernel* const> usable_kernels() {
#if defined(__x86_64__)
    static constexpr const PanelKernel* kAll[] = {&baseline_kernel, &avx2_kernel, &avx512_kernel};
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
    return std::span{kAll}.first(avx512 ? 3 : (avx2 ? 2 : 1));
#else
    static constexpr const PanelKernel* kAll[] = {&baseline_kernel};
    return kAll;
#endif
}

const PanelKernel& best_kernel() { return *usable_kernels().back(); }

}  // namespace plumb::stats
