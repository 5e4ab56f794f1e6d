#include "risk/sizing.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "base/rng.hpp"

using namespace plumb;

namespace {

Instrument on_grid(const char* base, const char* tick, const char* lot, const char* smallest_value) {
    Instrument instrument;
    instrument.base = base;
    instrument.quote = "USD";
    instrument.tick = *Price::parse(tick);
    instrument.lot = *Quantity::parse(lot);
    instrument.quantity_min = instrument.lot;
    instrument.notional_min = *Money::parse(smallest_value);
    return instrument;
}

PairModel model_of(double a, double b) {
    PairModel model;
    model.legs = {InstrumentId{0}, InstrumentId{1}};
    model.weights = {a, b};
    return model;
}

InstrumentTable table_of(const Instrument& a, const Instrument& b) {
    InstrumentTable table;
    REQUIRE(table.add(a).has_value());
    REQUIRE(table.add(b).has_value());
    return table;
}

constexpr const char* kLots[] = {"1", "0.1", "0.01", "0.001", "0.0001", "0.00001", "1000"};

}  // namespace

TEST_CASE("sizing by hand: BTC against ETH, long and short the spread") {
    const InstrumentTable table =
        table_of(on_grid("BTC", "0.01", "0.0001", "10"), on_grid("ETH", "0.01", "0.001", "10"));
    const std::array<Price, 2> prices = {*Price::parse("60000"), *Price::parse("3000")};
    // one unit of the spread: 60 000 + 15 * 3 000 = 105 000; 21 000 buys a fifth of it: 0.2 BTC against 3 ETH
    const auto size =
        risk::size_pair(model_of(1, -15), SpreadSide::long_spread, *Money::parse("21000"), prices, table);
    REQUIRE(size.has_value());
    CHECK(size->target[0].to_string() == "0.2");
    CHECK(size->target[1].to_string() == "-3");
    CHECK(size->gross.to_string() == "21000");
    CHECK(size->residual[0].is_zero());
    CHECK(size->residual[1].is_zero());
    const auto opposite =
        risk::size_pair(model_of(1, -15), SpreadSide::short_spread, *Money::parse("21000"), prices, table);
    REQUIRE(opposite.has_value());
    CHECK(opposite->target[0] == -size->target[0]);
    CHECK(opposite->target[1] == -size->target[1]);
}

TEST_CASE(
    "fault_E13_legs_on_different_grids: both on their lots, in proportion to half a finer lot, within the "
    "budget") {
    Rng rng{2024};
    int sized = 0;
    for (int i = 0; i < 100'000; ++i) {
        const char* lots[2] = {kLots[rng.below(7)], kLots[rng.below(7)]};
        const InstrumentTable table =
            table_of(on_grid("A", "0.00000001", lots[0], "5"), on_grid("B", "0.00000001", lots[1], "5"));
        const std::array<Price, 2> prices = {*Price::from_double(std::pow(10.0, -5 + 10 * rng.uniform()), 8),
                                             *Price::from_double(std::pow(10.0, -5 + 10 * rng.uniform()), 8)};
        const double ratio =
            prices[0].to_double() / prices[1].to_double() * std::pow(10.0, -1 + 2 * rng.uniform());
        const PairModel model = model_of(1, rng.below(2) == 0 ? -ratio : ratio);
        const Money budget = *Money::from_double(std::pow(10.0, 1 + 5 * rng.uniform()), 2);
        const SpreadSide side = rng.below(2) == 0 ? SpreadSide::long_spread : SpreadSide::short_spread;
        const auto size = risk::size_pair(model, side, budget, prices, table);
        if (!size) {
            REQUIRE(size.error().code() == Errc::out_of_range);
            continue;
        }
        ++sized;
        CAPTURE(i);
        const std::array<double, 2> lot_value = {table.all()[0].lot.to_double() * prices[0].to_double(),
                                                 table.all()[1].lot.to_double() * prices[1].to_double()};
        const std::size_t fine = lot_value[0] >= lot_value[1] ? 1 : 0, coarse = 1 - fine;
        Money value;
        for (std::size_t leg = 0; leg < 2; ++leg) {
            const Instrument& instrument = table.all()[leg];
            REQUIRE(size->target[leg].value.is_multiple_of(instrument.lot.value));
            REQUIRE(size->target[leg].abs() >= instrument.quantity_min);
            REQUIRE(prices[leg] * size->target[leg].abs() >= instrument.notional_min);
            const int direction = (model.weights[leg] > 0 ? 1 : -1) * static_cast<int>(side);
            REQUIRE(size->target[leg].sign() == direction);
            value += prices[leg] * size->target[leg].abs();
        }
        REQUIRE(size->gross == value);
        REQUIRE(value <= budget);
        REQUIRE(size->residual[coarse].is_zero());
        const double lot = table.all()[fine].lot.to_double();
        REQUIRE(size->residual[fine].abs().to_double() <= lot / 2 * (1 + 1e-9));
        const double exact = size->target[coarse].to_double() * model.weights[fine] / model.weights[coarse];
        REQUIRE(std::abs(size->target[fine].to_double() - exact) <=
                lot / 2 * (1 + 1e-6) + std::abs(exact) * 1e-12);
    }
    CHECK(sized > 50'000);
}

TEST_CASE("fault_E15_below_the_smallest_order: refused with the leg's name and a budget that would do") {
    const InstrumentTable table =
        table_of(on_grid("BTC", "0.01", "0.001", "10"), on_grid("ETH", "0.01", "0.001", "10"));
    const std::array<Price, 2> prices = {*Price::parse("60000"), *Price::parse("3000")};
    const auto refused =
        risk::size_pair(model_of(1, -15), SpreadSide::long_spread, *Money::parse("50"), prices, table);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code() == Errc::out_of_range);
    CHECK(refused.error().message().find("BTC/USD") != std::string::npos);
    CHECK(refused.error().message().find("105") !=
          std::string::npos);  // a lot of BTC is 60, and 105/60 of it both legs
    CHECK(risk::size_pair(model_of(1, -15), SpreadSide::long_spread, *Money::parse("106"), prices, table)
              .has_value());
    CHECK_FALSE(
        risk::size_pair(model_of(1, -15), SpreadSide::long_spread, *Money::parse("104"), prices, table)
            .has_value());
}

TEST_CASE("sizing: a coin at 0.00001 against one at 60 000") {
    const InstrumentTable table =
        table_of(on_grid("SHIB", "0.00000001", "1", "5"), on_grid("BTC", "0.01", "0.00001", "5"));
    const std::array<Price, 2> prices = {*Price::parse("0.00001234"), *Price::parse("60000")};
    const auto size =
        risk::size_pair(model_of(1, -1e-10), SpreadSide::long_spread, *Money::parse("20000"), prices, table);
    REQUIRE(size.has_value());
    CHECK(size->gross <= *Money::parse("20000"));
    CHECK(size->gross > *Money::parse("19999"));
    CHECK(size->target[0] > *Quantity::parse("1000000000"));
}

TEST_CASE(
    "sizing: prices, weights and budgets that are none are refused, and absurd ones do not stop the "
    "program") {
    const InstrumentTable table =
        table_of(on_grid("A", "0.01", "0.01", "5"), on_grid("B", "0.01", "0.01", "5"));
    const auto size = [&](double weight, const char* a, const char* b, const char* budget) {
        return risk::size_pair(model_of(1, weight), SpreadSide::long_spread, *Money::parse(budget),
                               {*Price::parse(a), *Price::parse(b)}, table);
    };
    CHECK_FALSE(size(-1, "0", "1", "1000").has_value());
    CHECK_FALSE(size(0, "1", "1", "1000").has_value());
    CHECK_FALSE(size(NAN, "1", "1", "1000").has_value());
    CHECK_FALSE(size(INFINITY, "1", "1", "1000").has_value());
    CHECK_FALSE(size(-1, "1", "1", "-1000").has_value());
    CHECK_FALSE(size(-1, "1", "1", "0").has_value());
    Rng rng{7};
    for (int i = 0; i < 20'000; ++i) {
        const auto wild = [&] { return std::pow(10.0, -18 + 38 * rng.uniform()); };
        const auto a = Price::from_double(wild()), b = Price::from_double(wild());
        const auto budget = Money::from_double(wild());
        if (!a || !b || !budget || a->sign() <= 0 || b->sign() <= 0) continue;
        const auto any =
            risk::size_pair(model_of(1, -wild()), SpreadSide::long_spread, *budget, {*a, *b}, table);
        if (any) CHECK(any->gross <= *budget);
    }
}
