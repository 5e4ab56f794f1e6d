#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace plumb {

__extension__ typedef __int128 Int128;

enum class Rounding : unsigned char { down, up, nearest };  // toward zero, away from zero, half to even

/// An exact decimal number: a 128-bit count of 1e-18.
///
/// Range +-1.7e20 with eighteen decimals, so a day of SHIB volume (1e13) and a price of 0.00000800 both fit,
/// and a price times a quantity keeps every digit a venue writes. Sums are exact or stop the program
/// (PLUMB_CHECK: an overflow is a bug, values from outside are held inside bands at decode); products round
/// half to even at 1e-18.
class Decimal {
 public:
    static constexpr int kDecimals = 18;
    static constexpr std::int64_t kOne = 1'000'000'000'000'000'000;
    static constexpr std::size_t kTextMax = 42;  // sign, 21 digits, point, 18 digits, spare

    constexpr Decimal() = default;
    constexpr explicit Decimal(std::int64_t whole) : units_{static_cast<Int128>(whole) * kOne} {}

    static constexpr Decimal from_units(Int128 units) {
        Decimal value;
        value.units_ = units;
        return value;
    }
    /// 10^exponent, exponent in [-18, 20].
    static Decimal power_of_ten(int exponent);

    /// Reads "-12.5", "0.00000800", "1e-05". Errc::parse on anything else, Errc::overflow outside the range,
    /// Errc::inexact when a non-zero digit lies beyond the eighteenth decimal. No allocation.
    static Result<Decimal> parse(std::string_view text);
    /// As parse, but rounds half to even at the eighteenth decimal instead of refusing.
    static Result<Decimal> parse_rounded(std::string_view text);
    /// The border from statistics to money: nearest multiple of 10^-decimals. Errc::not_finite,
    /// Errc::overflow.
    static Result<Decimal> from_double(double value, int decimals = kDecimals);

    /// The border from money to statistics: the nearest double for up to 15 significant digits, else within
    /// one unit in the last place.
    double to_double() const;
    /// Shortest exact text: no exponent, no trailing zeros, "-0" never. Writes at most kTextMax bytes,
    /// returns the end.
    char* print(char* out) const;
    std::string to_string() const;

    constexpr Int128 units() const { return units_; }
    constexpr bool is_zero() const { return units_ == 0; }
    constexpr int sign() const { return units_ > 0 ? 1 : units_ < 0 ? -1 : 0; }
    constexpr Decimal abs() const { return from_units(units_ < 0 ? -units_ : units_); }

    friend constexpr auto operator<=>(Decimal, Decimal) = default;
    friend constexpr bool operator==(Decimal, Decimal) = default;
    friend Decimal operator+(Decimal a, Decimal b);
    friend Decimal operator-(Decimal a, Decimal b);
    friend Decimal operator*(Decimal a, Decimal b);
    friend Decimal operator/(Decimal a, Decimal b);
    friend constexpr Decimal operator-(Decimal a) { return from_units(-a.units_); }
    Decimal& operator+=(Decimal b) { return *this = *this + b; }
    Decimal& operator-=(Decimal b) { return *this = *this - b; }

    /// Product or quotient of values that a stranger chose: Errc::overflow instead of stopping.
    static Result<Decimal> multiply(Decimal a, Decimal b);
    static Result<Decimal> divide(Decimal a, Decimal b);

    /// The multiple of `step` (> 0) next to this value in the direction asked.
    Decimal quantized(Decimal step, Rounding rounding) const;
    bool is_multiple_of(Decimal step) const;
    /// Number of decimals needed to write this value exactly.
    int decimals() const;

 private:
    Int128 units_ = 0;
};

}  // namespace plumb
