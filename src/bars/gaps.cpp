#include "bars/gaps.hpp"

namespace plumb::bars {

std::vector<Gap> gaps(const BarHistory& history) {
    std::vector<Gap> found;
    for (std::size_t i = 1; i < history.size(); ++i) {
        const Timestamp expected = history.close_time(i - 1), next = history.open_time(i);
        if (next > expected) found.push_back({expected, next, (next - expected) / history.length()});
    }
    return found;
}

}  // namespace plumb::bars
