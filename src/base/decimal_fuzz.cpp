// Any bytes are read or refused, never crash; what is read prints and reads back as the same value, and what
// a double makes of it comes back through the border within one unit in the last place of the double.
#include <cmath>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "base/decimal.hpp"

using namespace plumb;

namespace {

void check_round_trip(Decimal value) {
    char text[Decimal::kTextMax];
    const std::string_view printed{text, static_cast<std::size_t>(value.print(text) - text)};
    const Result<Decimal> again = Decimal::parse(printed);
    PLUMB_CHECK(again.has_value());
    PLUMB_CHECK(*again == value);
    PLUMB_CHECK(value.decimals() <= Decimal::kDecimals);
    PLUMB_CHECK(value.is_multiple_of(Decimal::power_of_ten(-value.decimals())));
    const double approximate = value.to_double();
    PLUMB_CHECK(std::isfinite(approximate));
    PLUMB_CHECK((approximate > 0) == (value.sign() > 0) && (approximate < 0) == (value.sign() < 0));
}

/// Products and quotients that a stranger chose are values or refusals; a quotient by itself is one.
void check_arithmetic(Decimal a, Decimal b) {
    const Result<Decimal> product = Decimal::multiply(a, b);
    const Result<Decimal> swapped = Decimal::multiply(b, a);
    PLUMB_CHECK(product.has_value() == swapped.has_value());
    if (product) {
        PLUMB_CHECK(*product == *swapped);
        check_round_trip(*product);
    }
    const Result<Decimal> quotient = Decimal::divide(a, b);
    if (b.is_zero()) PLUMB_CHECK(!quotient.has_value());
    if (quotient) check_round_trip(*quotient);
    if (!a.is_zero()) PLUMB_CHECK(Decimal::divide(a, a) == Decimal{1});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const Result<Decimal> exact = Decimal::parse(text);
    const Result<Decimal> rounded = Decimal::parse_rounded(text);
    if (exact) {
        PLUMB_CHECK(rounded.has_value());
        PLUMB_CHECK(*rounded == *exact);
        check_round_trip(*exact);
    }
    if (rounded) check_round_trip(*rounded);

    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) return 0;
    const Result<Decimal> a = Decimal::parse_rounded(text.substr(0, space));
    const Result<Decimal> b = Decimal::parse_rounded(text.substr(space + 1));
    if (a && b) check_arithmetic(*a, *b);
    return 0;
}
