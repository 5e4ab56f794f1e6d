#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "base/decimal.hpp"

namespace plumb {

/// The double nearest to the value: what a correct reader of its text gives. About 100 ns.
double nearest_double(Decimal value);

/// Many decimals in little memory, exactly: whole counts of one common power of ten, in the narrowest of 32,
/// 64 or 128 bits that holds them all. A month of minute closes takes four bytes each where a Decimal takes
/// sixteen.
class DecimalColumn {
 public:
    /// Always exact. Amortized O(1): a value with more decimals, or wider, rewrites the column, at most 20
    /// times ever.
    void push_back(Decimal value);
    void reserve(std::size_t count);
    void shrink_to_fit();

    std::size_t size() const;
    Decimal operator[](std::size_t at) const { return Decimal::from_units(count_at(at) * unit_); }
    /// The nearest double, as nearest_double; a few ns while the count is below 2^53.
    double to_double(std::size_t at) const;
    std::size_t bytes() const;

 private:
    Int128 count_at(std::size_t at) const;
    void refine(Decimal value);
    void append(Int128 count);

    std::variant<std::vector<std::int32_t>, std::vector<std::int64_t>, std::vector<Int128>> counts_;
    std::int64_t unit_ = Decimal::kOne;  // what one count is worth, in 1e-18
};

}  // namespace plumb
