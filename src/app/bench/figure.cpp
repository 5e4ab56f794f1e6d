#include "app/bench/figure.hpp"

namespace plumb::app::bench {

std::optional<double> Figure::ratio() const {
    const std::optional<double> other = peer ? peer : limit;
    if (!other || *other == 0 || ours == 0) return std::nullopt;
    return better == Better::more ? ours / *other : *other / ours;
}

std::optional<bool> Figure::met() const {
    if (!target) return std::nullopt;
    if (peer && target_is_ratio) return ratio() >= *target;
    return better == Better::more ? ours >= *target : ours <= *target;
}

}  // namespace plumb::app::bench
