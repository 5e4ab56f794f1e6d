#include "base/decimal.hpp"

#include <array>
#include <cmath>

#include "base/check.hpp"

namespace plumb {
namespace {

__extension__ typedef unsigned __int128 Uint128;
constexpr Uint128 kUnitsMax = (static_cast<Uint128>(1) << 127) - 1;
constexpr std::int64_t kOne = Decimal::kOne;

constexpr std::array<std::int64_t, 19> kPowers = [] {
    std::array<std::int64_t, 19> powers{};
    std::int64_t power = 1;
    for (auto& entry : powers) {
        entry = power;
        if (power <= kOne / 10) power *= 10;
    }
    return powers;
}();

Uint128 magnitude(Int128 value) {
    return value < 0 ? -static_cast<Uint128>(value) : static_cast<Uint128>(value);
}

struct Wide {  // 256 bits
    Uint128 high;
    Uint128 low;
};

Wide multiply_wide(Uint128 a, Uint128 b) {
    const std::uint64_t a0 = static_cast<std::uint64_t>(a), a1 = static_cast<std::uint64_t>(a >> 64);
    const std::uint64_t b0 = static_cast<std::uint64_t>(b), b1 = static_cast<std::uint64_t>(b >> 64);
    const Uint128 p00 = static_cast<Uint128>(a0) * b0, p01 = static_cast<Uint128>(a0) * b1;
    const Uint128 p10 = static_cast<Uint128>(a1) * b0, p11 = static_cast<Uint128>(a1) * b1;
    const Uint128 middle = (p00 >> 64) + static_cast<std::uint64_t>(p01) + static_cast<std::uint64_t>(p10);
    return {p11 + (p01 >> 64) + (p10 >> 64) + (middle >> 64),
            (middle << 64) | static_cast<std::uint64_t>(p00)};
}

/// Divides 256 bits by 64, limb by limb from the top. The quotient must fit 128 bits, else `fits` is false.
struct Division {
    Uint128 quotient;
    std::uint64_t remainder;
    bool fits;
};

Division divide_wide(Wide value, std::uint64_t divisor) {
    if (value.high == 0) {
        return {value.low / divisor, static_cast<std::uint64_t>(value.low % divisor), true};
    }
    if (value.high >= divisor) return {0, 0, false};
    Uint128 rest = (value.high << 64) | static_cast<std::uint64_t>(value.low >> 64);
    const Uint128 upper = rest / divisor;
    rest = ((rest % divisor) << 64) | static_cast<std::uint64_t>(value.low);
    const Uint128 lower = rest / divisor;
    return {(upper << 64) | lower, static_cast<std::uint64_t>(rest % divisor), (upper >> 64) == 0};
}

Result<Decimal> signed_units(Uint128 units, bool negative) {
    if (units > kUnitsMax) return fail(Errc::overflow, "expected a number within +-1.7e20");
    const auto value = static_cast<Int128>(units);
    return Decimal::from_units(negative ? -value : value);
}

enum class Excess : unsigned char { refuse, round };

/// The digits of a number as one integer times 10^exponent, with what was cut off beyond 128 bits.
struct Digits {
    Uint128 value = 0;
    int exponent = 0;
    bool negative = false;
    unsigned next = 0;    // the first digit that was cut off
    bool sticky = false;  // a non-zero digit was cut off after that one
};

/// With one more digit this still fits 128 bits; all 39 digits of the largest value are read.
constexpr Uint128 kDigitsMax = (~static_cast<Uint128>(0) - 9) / 10;

Result<Digits> read_digits(std::string_view text) {
    Digits digits;
    std::size_t i = 0;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) digits.negative = text[i++] == '-';
    bool any = false, point = false, cut = false;
    for (; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '.') {
            if (point) return fail(Errc::parse, "expected a decimal number, found a second point");
            point = true;
            continue;
        }
        if (c < '0' || c > '9') break;
        any = true;
        if (!cut && digits.value <= kDigitsMax) {
            digits.value = digits.value * 10 + static_cast<unsigned>(c - '0');
            if (point) --digits.exponent;
        } else {
            if (cut) {
                digits.sticky |= c != '0';
            } else {
                digits.next = static_cast<unsigned>(c - '0');
            }
            cut = true;
            if (!point) ++digits.exponent;
        }
    }
    if (!any) return fail(Errc::parse, "expected a decimal number, found no digit");
    if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
        ++i;
        bool negative = false;
        if (i < text.size() && (text[i] == '-' || text[i] == '+')) negative = text[i++] == '-';
        int exponent = 0;
        if (i == text.size()) return fail(Errc::parse, "expected digits after the exponent sign");
        for (; i < text.size(); ++i) {
            if (text[i] < '0' || text[i] > '9') return fail(Errc::parse, "expected digits in the exponent");
            if (exponent < 10'000) exponent = exponent * 10 + (text[i] - '0');
        }
        digits.exponent += negative ? -exponent : exponent;
    }
    if (i != text.size()) return fail(Errc::parse, "expected a decimal number, found other characters");
    return digits;
}

Result<Decimal> parse_decimal(std::string_view text, Excess excess) {
    const Result<Digits> read = read_digits(text);
    if (!read) return fail(read.error());
    Digits digits = *read;
    int shift = digits.exponent + Decimal::kDecimals;
    if (digits.value == 0) return Decimal{};
    for (; shift > 0; --shift) {
        if (digits.value > kUnitsMax / 10) return fail(Errc::overflow, "expected a number within +-1.7e20");
        digits.value *= 10;
    }
    unsigned last = digits.next;  // the digit just beyond the eighteenth decimal
    for (; shift < 0 && digits.value != 0; ++shift) {
        digits.sticky |= last != 0;
        last = static_cast<unsigned>(digits.value % 10);
        digits.value /= 10;
    }
    if (shift < 0) {
        digits.sticky |= last != 0;
        last = 0;
    }
    if (last != 0 || digits.sticky) {
        if (excess == Excess::refuse) return fail(Errc::inexact, "expected at most 18 decimals");
        if (last > 5 || (last == 5 && (digits.sticky || (digits.value & 1) != 0))) ++digits.value;
    }
    return signed_units(digits.value, digits.negative);
}

}  // namespace

Decimal Decimal::power_of_ten(int exponent) {
    PLUMB_CHECK(exponent >= -kDecimals && exponent <= 20);
    Int128 units = 1;
    for (int i = -kDecimals; i < exponent; ++i) units *= 10;
    return from_units(units);
}

Result<Decimal> Decimal::parse(std::string_view text) { return parse_decimal(text, Excess::refuse); }

Result<Decimal> Decimal::parse_rounded(std::string_view text) { return parse_decimal(text, Excess::round); }

Result<Decimal> Decimal::from_double(double value, int decimals) {
    if (!std::isfinite(value)) return fail(Errc::not_finite, "expected a finite number");
    if (std::abs(value) > 1.7e20) return fail(Errc::overflow, "expected a number within +-1.7e20");
    PLUMB_CHECK(decimals >= 0 && decimals <= kDecimals);
    const std::int64_t scale = kPowers[static_cast<std::size_t>(decimals)];
    const double whole = std::trunc(value);
    // The fraction of a double is exact after subtracting its integer part; only its product with the scale
    // rounds.
    const double fraction = std::nearbyint((value - whole) * static_cast<double>(scale));
    const Int128 rest =
        static_cast<Int128>(fraction) * kPowers[static_cast<std::size_t>(kDecimals - decimals)];
    return from_units(static_cast<Int128>(whole) * kOne + rest);
}

double Decimal::to_double() const {
    // With both sides exact doubles IEEE division rounds once, to the nearest. Trailing zeros are cut off to
    // get there: venues write few decimals, so one of the first two powers nearly always does.
    static constexpr std::int64_t kExactMax = std::int64_t{1} << 53;
    for (const std::size_t zeros : {std::size_t{10}, std::size_t{16}, std::size_t{6}, std::size_t{0}}) {
        const std::int64_t cut = kPowers[zeros];
        const Int128 count = units_ / cut;
        if (count * cut != units_ || count > kExactMax || count < -kExactMax) continue;
        return static_cast<double>(static_cast<std::int64_t>(count)) / static_cast<double>(kOne / cut);
    }
    return static_cast<double>(units_) / static_cast<double>(kOne);
}

char* Decimal::print(char* out) const {
    Uint128 units = magnitude(units_);
    if (units_ < 0) *out++ = '-';
    auto whole = units / static_cast<Uint128>(kOne);
    auto fraction = static_cast<std::uint64_t>(units % static_cast<Uint128>(kOne));
    char buffer[24];
    int count = 0;
    do {
        buffer[count++] = static_cast<char>('0' + static_cast<int>(whole % 10));
        whole /= 10;
    } while (whole != 0);
    while (count > 0) *out++ = buffer[--count];
    if (fraction == 0) return out;
    *out++ = '.';
    for (std::int64_t place = kOne / 10; fraction != 0; place /= 10) {
        *out++ = static_cast<char>('0' + static_cast<int>(fraction / static_cast<std::uint64_t>(place)));
        fraction %= static_cast<std::uint64_t>(place);
    }
    return out;
}

std::string Decimal::to_string() const {
    char buffer[kTextMax];
    return {buffer, print(buffer)};
}

Decimal operator+(Decimal a, Decimal b) {
    Int128 sum = 0;
    PLUMB_CHECK(!__builtin_add_overflow(a.units_, b.units_, &sum));
    return Decimal::from_units(sum);
}

Decimal operator-(Decimal a, Decimal b) {
    Int128 difference = 0;
    PLUMB_CHECK(!__builtin_sub_overflow(a.units_, b.units_, &difference));
    return Decimal::from_units(difference);
}

Result<Decimal> Decimal::multiply(Decimal a, Decimal b) {
    const Division division = divide_wide(multiply_wide(magnitude(a.units_), magnitude(b.units_)),
                                          static_cast<std::uint64_t>(kOne));
    if (!division.fits) return fail(Errc::overflow, "expected a product within +-1.7e20");
    const std::uint64_t half = static_cast<std::uint64_t>(kOne) / 2;
    const bool up = division.remainder > half || (division.remainder == half && (division.quotient & 1) != 0);
    return signed_units(division.quotient + (up ? 1 : 0), (a.units_ < 0) != (b.units_ < 0));
}

Result<Decimal> Decimal::divide(Decimal a, Decimal b) {
    if (b.is_zero()) return fail(Errc::out_of_range, "expected a divisor other than zero");
    // Long division in base 1e18: the integer part, then eighteen decimals one at a time.
    const Uint128 divisor = magnitude(b.units_);
    Uint128 rest = magnitude(a.units_);
    Uint128 quotient = rest / divisor;
    rest %= divisor;
    for (int i = 0; i < kDecimals; ++i) {
        unsigned digit = 0;
        if (rest > kUnitsMax / 5) {  // times ten would leave 128 bits
            Uint128 part = 0;        // ten times rest, reduced by the divisor as soon as it can be
            for (int step = 0; step < 10; ++step) {
                if (part >= divisor - rest) {
                    part -= divisor - rest;
                    ++digit;
                } else {
                    part += rest;
                }
            }
            rest = part;
        } else {
            rest *= 10;
            digit = static_cast<unsigned>(rest / divisor);
            rest %= divisor;
        }
        if (quotient > kUnitsMax / 10) return fail(Errc::overflow, "expected a quotient within +-1.7e20");
        quotient = quotient * 10 + digit;
    }
    const Uint128 other = divisor - rest;
    if (rest > other || (rest == other && (quotient & 1) != 0)) ++quotient;
    return signed_units(quotient, (a.units_ < 0) != (b.units_ < 0));
}

Decimal operator*(Decimal a, Decimal b) {
    const Result<Decimal> product = Decimal::multiply(a, b);
    PLUMB_CHECK(product.has_value());
    return *product;
}

Decimal operator/(Decimal a, Decimal b) {
    const Result<Decimal> quotient = Decimal::divide(a, b);
    PLUMB_CHECK(quotient.has_value());
    return *quotient;
}

Decimal Decimal::quantized(Decimal step, Rounding rounding) const {
    PLUMB_CHECK(step.units_ > 0);
    const Int128 rest = units_ % step.units_;  // has the sign of units_
    if (rest == 0) return *this;
    const Int128 toward_zero = units_ - rest;
    const Int128 away = toward_zero + (units_ < 0 ? -step.units_ : step.units_);
    switch (rounding) {
        case Rounding::down: return from_units(toward_zero);
        case Rounding::up: return from_units(away);
        case Rounding::nearest: break;
    }
    const Int128 distance = rest < 0 ? -rest : rest;
    const Int128 other = step.units_ - distance;
    if (distance != other) return from_units(distance < other ? toward_zero : away);
    return from_units((toward_zero / step.units_) % 2 == 0 ? toward_zero : away);
}

bool Decimal::is_multiple_of(Decimal step) const {
    PLUMB_CHECK(step.units_ > 0);
    return units_ % step.units_ == 0;
}

int Decimal::decimals() const {
    int count = kDecimals;
    Int128 rest = units_ % kOne;
    if (rest == 0) return 0;
    for (; rest % 10 == 0; rest /= 10) --count;
    return count;
}

}  // namespace plumb
