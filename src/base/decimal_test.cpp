#include "base/decimal.hpp"

#include <doctest/doctest.h>

#include "base/rng.hpp"

using namespace plumb;

namespace {

Decimal dec(std::string_view text) {
    const auto value = Decimal::parse(text);
    REQUIRE_MESSAGE(value.has_value(), text);
    return *value;
}

/// A decimal text with up to `whole` and `fraction` digits, drawn from `rng`, in the shortest form.
std::string random_text(Rng& rng, int whole, int fraction) {
    std::string text = rng.below(2) == 0 ? "" : "-";
    text += std::to_string(1 + rng.below(9));
    for (std::uint64_t i = rng.below(static_cast<std::uint64_t>(whole)); i > 0; --i) {
        text += static_cast<char>('0' + rng.below(10));
    }
    const std::uint64_t decimals = rng.below(static_cast<std::uint64_t>(fraction) + 1);
    if (decimals > 0) {
        text += '.';
        for (std::uint64_t i = 1; i < decimals; ++i) text += static_cast<char>('0' + rng.below(10));
        text += static_cast<char>('1' + rng.below(9));
    }
    return text;
}

}  // namespace

TEST_CASE("decimal: venue spellings are read exactly and printed in their shortest form") {
    CHECK(dec("0.00000800").to_string() == "0.000008");
    CHECK(dec("13123456789012.5").to_string() == "13123456789012.5");
    CHECK(dec("61837.63000000").to_string() == "61837.63");
    CHECK(dec("-0").to_string() == "0");
    CHECK(dec("+1.50").to_string() == "1.5");
    CHECK(dec("1e-05").to_string() == "0.00001");
    CHECK(dec("2.5E3").to_string() == "2500");
    CHECK(dec(".5").to_string() == "0.5");
    CHECK(dec("5.").to_string() == "5");
    CHECK(dec("0.000000000000000001").units() == 1);
    CHECK(dec("170000000000000000000").to_string() == "170000000000000000000");
}

TEST_CASE("decimal: what is not a number, does not fit or is too fine is refused by kind") {
    for (const char* text :
         {"", "-", ".", "abc", "1.2.3", "1,5", " 1", "1 ", "0x10", "1e", "1e+", "nan", "inf", "--1"}) {
        CAPTURE(text);
        REQUIRE_FALSE(Decimal::parse(text).has_value());
        CHECK(Decimal::parse(text).error().code() == Errc::parse);
    }
    for (const char* text :
         {"171000000000000000000", "1e21", "1e9999", "99999999999999999999999999999999999999999"}) {
        CAPTURE(text);
        REQUIRE_FALSE(Decimal::parse(text).has_value());
        CHECK(Decimal::parse(text).error().code() == Errc::overflow);
    }
    CHECK(Decimal::parse("0.0000000000000000001").error().code() == Errc::inexact);
    CHECK(Decimal::parse("1e-9999").error().code() == Errc::inexact);
    CHECK(Decimal::parse("0e-9999")->is_zero());
}

TEST_CASE("decimal: parse_rounded rounds half to even at the eighteenth decimal") {
    CHECK(Decimal::parse_rounded("0.0000000000000000005")->units() == 0);
    CHECK(Decimal::parse_rounded("0.00000000000000000050001")->units() == 1);
    CHECK(Decimal::parse_rounded("0.0000000000000000015")->units() == 2);
    CHECK(Decimal::parse_rounded("-0.0000000000000000015")->units() == -2);
    CHECK(Decimal::parse_rounded("1.2345678901234567e-05")->to_string() == "0.000012345678901235");
}

TEST_CASE("decimal: print after parse is the identity on ten thousand random texts") {
    Rng rng{20260101};
    for (int i = 0; i < 10'000; ++i) {
        const std::string text = random_text(rng, 18, 18);
        CAPTURE(text);
        CHECK(dec(text).to_string() == text);
    }
}

TEST_CASE("decimal: sums and products obey the laws of arithmetic on random values") {
    Rng rng{7};
    for (int i = 0; i < 5'000; ++i) {
        const Decimal a = dec(random_text(rng, 8, 6)), b = dec(random_text(rng, 8, 6)),
                      c = dec(random_text(rng, 4, 3));
        CHECK(a + b - b == a);
        CHECK(a * b == b * a);
        CHECK((a + b) * c == a * c + b * c);  // six and three decimals: no product rounds
        CHECK((a * b) / b == a);
        CHECK((-a) * b == -(a * b));
    }
}

TEST_CASE("decimal: products that round go half to even, whatever the width of the factors") {
    CHECK((Decimal::from_units(1) * dec("0.5")).units() == 0);
    CHECK((Decimal::from_units(3) * dec("0.5")).units() == 2);
    CHECK((dec("13123456789012.5") * dec("0.000008")).to_string() == "104987654.3121");
    CHECK((dec("12345678901234567") * dec("9999.999999999999999999")).to_string() ==
          "123456789012345669999.987654321098765433");
    CHECK(Decimal::multiply(dec("100000000000"), dec("100000000000")).error().code() == Errc::overflow);
    CHECK((dec("1") / dec("3")).to_string() == "0.333333333333333333");
    CHECK((dec("2") / dec("3")).to_string() == "0.666666666666666667");
    CHECK((dec("160000000000000000000") / dec("160000000000000000000")).to_string() == "1");
    CHECK((dec("100000000000000000000") / dec("170000000000000000000")).to_string() ==
          "0.588235294117647059");
    CHECK(Decimal::divide(dec("1"), Decimal{}).error().code() == Errc::out_of_range);
    CHECK(Decimal::divide(dec("1000"), dec("0.000000000000000001")).error().code() == Errc::overflow);
}

TEST_CASE("decimal: quantized lands on the grid, never beyond one step away") {
    CHECK(dec("0.1234").quantized(dec("0.01"), Rounding::down) == dec("0.12"));
    CHECK(dec("0.1234").quantized(dec("0.01"), Rounding::up) == dec("0.13"));
    CHECK(dec("-0.1234").quantized(dec("0.01"), Rounding::down) == dec("-0.12"));
    CHECK(dec("0.125").quantized(dec("0.01"), Rounding::nearest) == dec("0.12"));
    CHECK(dec("0.135").quantized(dec("0.01"), Rounding::nearest) == dec("0.14"));
    Rng rng{99};
    for (int i = 0; i < 5'000; ++i) {
        const Decimal value = dec(random_text(rng, 6, 9));
        const Decimal step = dec(random_text(rng, 2, 4)).abs();
        for (const Rounding rounding : {Rounding::down, Rounding::up, Rounding::nearest}) {
            const Decimal on_grid = value.quantized(step, rounding);
            CHECK(on_grid.is_multiple_of(step));
            CHECK((on_grid - value).abs() < step);
        }
        CHECK(value.quantized(step, Rounding::down).abs() <= value.abs());
        CHECK(value.quantized(step, Rounding::up).abs() >= value.abs());
    }
}

TEST_CASE("decimal: the border to double and back keeps what a double can hold") {
    CHECK(dec("0.000008").to_double() == doctest::Approx(8e-6).epsilon(1e-15));
    CHECK(dec("61837.63").to_double() == 61837.63);
    CHECK(Decimal::from_double(61837.63, 2)->to_string() == "61837.63");
    CHECK(Decimal::from_double(-0.000008, 8)->to_string() == "-0.000008");
    CHECK(Decimal::from_double(1e300).error().code() == Errc::overflow);
    CHECK(Decimal::from_double(0.0 / 0.0).error().code() == Errc::not_finite);
    Rng rng{5};
    for (int i = 0; i < 5'000; ++i) {
        const Decimal value = dec(random_text(rng, 6, 8));
        CHECK(*Decimal::from_double(value.to_double(), 8) == value);
    }
}

TEST_CASE("decimal: all 39 digits of the largest values are read (found by fuzzing)") {
    for (const char* text :
         {"170141183460469231731.687303715884105727", "-170141183460469231731.687303715884105727",
          "17014118346046923173.168730371588410572", "99999999999999999999.999999999999999999"}) {
        CHECK(dec(text).to_string() == text);
    }
    CHECK_FALSE(Decimal::parse("170141183460469231731.687303715884105728").has_value());
    CHECK(Decimal::parse("170141183460469231731.6873037158841057271").error().code() == Errc::inexact);
    const auto rounded = [](const char* text) { return Decimal::parse_rounded(text)->to_string(); };
    CHECK(rounded("40000000000000000000.0000000000000000019") == "40000000000000000000.000000000000000002");
    CHECK(rounded("40000000000000000000.00000000000000000150") == "40000000000000000000.000000000000000002");
    CHECK(rounded("40000000000000000000.00000000000000000250") == "40000000000000000000.000000000000000002");
    CHECK(rounded("40000000000000000000.00000000000000000251") == "40000000000000000000.000000000000000003");
}
