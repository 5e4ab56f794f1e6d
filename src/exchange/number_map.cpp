#include "exchange/number_map.hpp"

#include <utility>

#include "base/check.hpp"

namespace plumb::exchange {
namespace {

constexpr int kFirstBits = 10;

}  // namespace

NumberMap::NumberMap() : cells_(std::size_t{1} << kFirstBits), shift_{64 - (kFirstBits - 3)} {}

void NumberMap::put(std::uint64_t number, std::uint32_t place) {
    PLUMB_CHECK(number != 0);
    if ((size_ + 1) * 2 > cells_.size()) grow();
    std::size_t at = home(number);
    while (cells_[at].number != 0 && cells_[at].number != number) at = after(at);
    if (cells_[at].number == 0) ++size_;
    cells_[at] = {number, place};
}

std::optional<std::uint32_t> NumberMap::find(std::uint64_t number) const {
    if (number == 0) return std::nullopt;
    for (std::size_t at = home(number); cells_[at].number != 0; at = after(at)) {
        if (cells_[at].number == number) return cells_[at].place;
    }
    return std::nullopt;
}

void NumberMap::erase(std::uint64_t number) {
    std::size_t at = home(number);
    while (cells_[at].number != number) {
        if (cells_[at].number == 0) return;
        at = after(at);
    }
    --size_;
    // Close the gap: whoever probed past it moves back, unless that is before its home.
    for (std::size_t next = after(at);; next = after(next)) {
        if (cells_[next].number == 0) break;
        const std::size_t wanted = home(cells_[next].number);
        const bool between = at <= next ? (at < wanted && wanted <= next) : (at < wanted || wanted <= next);
        if (between) continue;
        cells_[at] = cells_[next];
        at = next;
    }
    cells_[at] = {};
}

void NumberMap::grow() {
    std::vector<Cell> old(cells_.size() * 2);
    std::swap(old, cells_);
    --shift_;
    size_ = 0;
    for (const Cell& cell : old) {
        if (cell.number != 0) put(cell.number, cell.place);
    }
}

}  // namespace plumb::exchange
