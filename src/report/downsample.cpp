#include "report/downsample.hpp"

#include <algorithm>
#include <numeric>

#include "base/check.hpp"

namespace plumb::report {

std::vector<std::size_t> keep_extremes(std::initializer_list<std::span<const double>> columns,
                                       std::size_t points_max) {
    const std::size_t per_bucket = 2 * columns.size();
    PLUMB_CHECK(columns.size() > 0 && 2 + per_bucket <= points_max);
    const std::size_t rows = columns.begin()->size();
    std::vector<std::size_t> kept;
    if (rows <= points_max) {
        kept.resize(rows);
        std::iota(kept.begin(), kept.end(), std::size_t{0});
        return kept;
    }
    const std::size_t buckets = (points_max - 2) / per_bucket;
    kept.push_back(0);
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        const std::size_t begin = bucket * rows / buckets;
        const std::size_t end = (bucket + 1) * rows / buckets;
        for (const std::span<const double> column : columns) {
            const auto first = column.begin();
            const auto [low, high] = std::minmax_element(first + begin, first + end);
            kept.push_back(static_cast<std::size_t>(low - first));
            kept.push_back(static_cast<std::size_t>(high - first));
        }
    }
    kept.push_back(rows - 1);
    std::ranges::sort(kept);
    const auto twice = std::ranges::unique(kept);
    kept.erase(twice.begin(), twice.end());
    return kept;
}

}  // namespace plumb::report
