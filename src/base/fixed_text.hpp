#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <string_view>

#include "base/check.hpp"

namespace plumb {

/// A short text held in place, so that events carry venue identifiers without allocating. Longer text is a
/// bug at the edge that built it: use fits() first where a stranger chose the text.
template <std::size_t Capacity>
class FixedText {
 public:
    constexpr FixedText() = default;
    constexpr FixedText(std::string_view text)
        : size_{static_cast<unsigned char>(text.size())} {  // NOLINT: a text
        PLUMB_CHECK(fits(text));
        std::copy(text.begin(), text.end(), bytes_.begin());
    }
    static constexpr bool fits(std::string_view text) { return text.size() <= Capacity; }

    constexpr std::string_view view() const { return {bytes_.data(), size_}; }
    constexpr bool empty() const { return size_ == 0; }
    friend constexpr bool operator==(const FixedText& a, const FixedText& b) { return a.view() == b.view(); }
    friend constexpr auto operator<=>(const FixedText& a, const FixedText& b) {
        return a.view() <=> b.view();
    }

 private:
    static_assert(Capacity < 256);
    std::array<char, Capacity> bytes_{};
    unsigned char size_ = 0;
};

}  // namespace plumb
