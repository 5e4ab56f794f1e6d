#include "core/bar_history.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

#include "base/rng.hpp"

using namespace plumb;

namespace {

Ohlcv flat(std::string_view price, std::string_view volume = "0") {
    const Price value = *Price::parse(price);
    return {value, value, value, value, *Quantity::parse(volume)};
}

Timestamp minute(std::int64_t n) {
    return timestamp_from_ms(1'600'000'000'000 / 60'000 * 60'000 + n * 60'000);
}

}  // namespace

TEST_CASE("decimal column: what goes in comes out, whatever came before it") {
    Rng rng{7};
    for (int round = 0; round < 50; ++round) {
        DecimalColumn column;
        std::vector<Decimal> expected;
        for (int i = 0; i < 200; ++i) {
            const int zeros = static_cast<int>(rng.below(19));
            Int128 units = static_cast<Int128>(rng.next() >> rng.below(63)) * (rng.below(2) == 0 ? 1 : -1);
            for (int k = 0; k < zeros; ++k) units *= 10;
            expected.push_back(Decimal::from_units(units));
            column.push_back(expected.back());
        }
        REQUIRE(column.size() == expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) CHECK(column[i] == expected[i]);
    }
}

TEST_CASE("decimal column: doubles are those a correct reader of the text gives") {
    DecimalColumn column;
    const char* texts[] = {"0.1",       "0.00000800",   "61837.63",       "9e-05",
                           "46.490002", "0.7188469768", "123456789012.12"};
    for (const char* text : texts) column.push_back(*Decimal::parse(text));
    for (std::size_t i = 0; i < column.size(); ++i)
        CHECK(column.to_double(i) == std::strtod(texts[i], nullptr));
}

TEST_CASE("decimal column: prices of one tick take four bytes, a day of SHIB volume sixteen") {
    DecimalColumn column;
    for (int i = 0; i < 1000; ++i) column.push_back(*Decimal::parse("61837.63"));
    column.shrink_to_fit();
    CHECK(column.bytes() == 4000);
    column.push_back(*Decimal::parse("12345678901234.123456789012345678"));
    CHECK(column[0] == *Decimal::parse("61837.63"));
    CHECK(column[1000] == *Decimal::parse("12345678901234.123456789012345678"));
}

TEST_CASE("bar history: keeps order and refuses to break it") {
    BarHistory history{"BTC/USDT", std::chrono::minutes{1}};
    CHECK(history.first_at_or_after(minute(0)) == 0);
    REQUIRE(history.append(minute(0), flat("10", "1.5"), BarOrigin::traded).has_value());
    REQUIRE(history.append(minute(3), flat("11.25"), BarOrigin::filled).has_value());
    CHECK(history.append(minute(3), flat("12"), BarOrigin::traded).error().code() == Errc::duplicate);
    CHECK(history.append(minute(2), flat("12"), BarOrigin::traded).error().code() == Errc::unsorted);
    CHECK(history.append(minute(4) + Duration{1}, flat("12"), BarOrigin::traded).error().code() ==
          Errc::out_of_range);
    REQUIRE(history.size() == 2);
    const ClosedBar expected{InstrumentId{4}, BarOrigin::filled, minute(3), std::chrono::minutes{1},
                             flat("11.25")};
    CHECK(history.bar(1, InstrumentId{4}) == expected);
    CHECK(history.close_time(1) == minute(4));
    CHECK(history.first_at_or_after(minute(0)) == 0);
    CHECK(history.first_at_or_after(minute(0) + Duration{1}) == 1);
    CHECK(history.first_at_or_after(minute(4)) == 2);
}

TEST_CASE("bar history: a slice holds what opens in [from, to)") {
    BarHistory history{"A/USD", std::chrono::minutes{1}};
    for (int i = 0; i < 10; ++i)
        REQUIRE(history.append(minute(i), flat(std::to_string(i + 1)), BarOrigin::traded));
    const BarHistory part = history.slice(minute(2), minute(5));
    REQUIRE(part.size() == 3);
    CHECK(part.open_time(0) == minute(2));
    CHECK(part.closes() == std::vector<double>{3, 4, 5});
    CHECK(part.name() == "A/USD");
    CHECK(history.slice(minute(20), minute(30)).empty());
    CHECK(history.slice(minute(5), minute(2)).empty());
}
