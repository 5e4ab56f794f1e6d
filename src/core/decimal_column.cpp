#include "core/decimal_column.hpp"

#include <charconv>
#include <limits>
#include <type_traits>

#include "base/check.hpp"

namespace plumb {
namespace {

template <class Count>
bool holds(Int128 value) {
    if constexpr (std::is_same_v<Count, Int128>) {
        return true;
    } else {
        return value >= std::numeric_limits<Count>::min() && value <= std::numeric_limits<Count>::max();
    }
}

template <class To, class From>
std::vector<To> widened(const std::vector<From>& counts) {
    std::vector<To> wide;
    wide.reserve(counts.capacity());
    for (const From count : counts) wide.push_back(static_cast<To>(count));
    return wide;
}

}  // namespace

double nearest_double(Decimal value) {
    char text[Decimal::kTextMax];
    double nearest = 0;
    std::from_chars(text, value.print(text), nearest);
    return nearest;
}

void DecimalColumn::push_back(Decimal value) {
    if (value.units() % unit_ != 0) refine(value);
    append(value.units() / unit_);
}

void DecimalColumn::append(Int128 count) {
    if (auto* narrow = std::get_if<0>(&counts_)) {
        if (holds<std::int32_t>(count)) return narrow->push_back(static_cast<std::int32_t>(count));
        counts_ = widened<std::int64_t>(*narrow);
    }
    if (auto* middle = std::get_if<1>(&counts_)) {
        if (holds<std::int64_t>(count)) return middle->push_back(static_cast<std::int64_t>(count));
        counts_ = widened<Int128>(*middle);
    }
    std::get<2>(counts_).push_back(count);
}

/// Makes the unit small enough for `value` and rewrites what is there.
void DecimalColumn::refine(Decimal value) {
    std::int64_t factor = 1;
    while (value.units() % (unit_ / factor) != 0) factor *= 10;
    DecimalColumn finer;
    finer.unit_ = unit_ / factor;
    std::visit([&](const auto& counts) { finer.reserve(counts.capacity()); }, counts_);
    for (std::size_t i = 0; i < size(); ++i) finer.append(count_at(i) * factor);
    *this = std::move(finer);
}

void DecimalColumn::reserve(std::size_t count) {
    std::visit([count](auto& counts) { counts.reserve(count); }, counts_);
}

void DecimalColumn::shrink_to_fit() {
    std::visit([](auto& counts) { counts.shrink_to_fit(); }, counts_);
}

std::size_t DecimalColumn::size() const {
    return std::visit([](const auto& counts) { return counts.size(); }, counts_);
}

std::size_t DecimalColumn::bytes() const {
    return std::visit([](const auto& counts) { return counts.capacity() * sizeof(counts[0]); }, counts_);
}

Int128 DecimalColumn::count_at(std::size_t at) const {
    // By hand: a visit for the size and one for the value are ten indirect calls for a bar of five columns.
    const auto held = [at](const auto& counts) -> Int128 {
        PLUMB_CHECK(at < counts.size());
        return counts[at];
    };
    if (const auto* narrow = std::get_if<0>(&counts_)) return held(*narrow);
    if (const auto* middle = std::get_if<1>(&counts_)) return held(*middle);
    return held(*std::get_if<2>(&counts_));
}

double DecimalColumn::to_double(std::size_t at) const {
    // Both sides of the division are exact doubles, so IEEE division rounds once: the nearest double.
    static constexpr std::int64_t kExactMax = std::int64_t{1} << 53;
    const Int128 count = count_at(at);
    if (count > kExactMax || count < -kExactMax) return nearest_double((*this)[at]);
    return static_cast<double>(static_cast<std::int64_t>(count)) / static_cast<double>(Decimal::kOne / unit_);
}

}  // namespace plumb
