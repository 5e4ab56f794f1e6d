#include "stats/false_discovery.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>

#include "stats/series_check.hpp"

namespace plumb::stats {

Result<std::vector<double>> adjust_p_values(std::span<const double> p_values, DiscoveryRule rule) {
    if (Status ok = check_finite(p_values, 1); !ok) return fail(std::move(ok.error()).at("p-values"));
    for (std::size_t i = 0; i < p_values.size(); ++i) {
        if (p_values[i] < 0 || p_values[i] > 1) {
            return fail(Errc::out_of_range, fmt::format("p-value {} is {}, outside [0, 1]", i, p_values[i]));
        }
    }
    const std::size_t m = p_values.size();
    double factor = static_cast<double>(m);
    if (rule == DiscoveryRule::benjamini_yekutieli) {
        double harmonic = 0;
        for (std::size_t i = 1; i <= m; ++i) harmonic += 1 / static_cast<double>(i);
        factor *= harmonic;
    }
    std::vector<std::size_t> order(m);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return p_values[i]; });
    std::vector<double> adjusted(m);
    double smallest = 1;
    for (std::size_t rank = m; rank-- > 0;) {
        smallest = std::min(smallest, p_values[order[rank]] * factor / static_cast<double>(rank + 1));
        adjusted[order[rank]] = smallest;
    }
    return adjusted;
}

}  // namespace plumb::stats
