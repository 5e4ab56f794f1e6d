#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace plumb::exchange {

/// From an order's number to its place in the store: open addressing, linear probing, no tombstones. Never
/// iterated, so its order reaches no output. Numbers are above zero.
class NumberMap {
 public:
    NumberMap();

    void put(std::uint64_t number, std::uint32_t place);
    std::optional<std::uint32_t> find(std::uint64_t number) const;
    void erase(std::uint64_t number);
    std::size_t size() const { return size_; }

 private:
    struct Cell {
        std::uint64_t number = 0;  // zero: empty
        std::uint32_t place = 0;
    };
    /// Eight numbers that follow each other share two cache lines; such groups are scattered, so that what is
    /// old and lives long is in nobody's way.
    std::size_t home(std::uint64_t number) const {
        return (((number >> 3) * 0x9E3779B97F4A7C15U) >> shift_) << 3 | (number & 7);
    }
    std::size_t after(std::size_t at) const { return (at + 1) & (cells_.size() - 1); }
    void grow();

    std::vector<Cell> cells_;
    std::size_t size_ = 0;
    int shift_;  // 64 less the bits of a group's number
};

}  // namespace plumb::exchange
