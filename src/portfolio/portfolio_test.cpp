#include "portfolio/portfolio.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/rng.hpp"

using namespace plumb;
using portfolio::Portfolio;
using portfolio::Position;

namespace {

Price price(std::string_view text) { return *Price::parse(text); }
Quantity quantity(std::string_view text) { return *Quantity::parse(text); }
Money money(std::string_view text) { return *Money::parse(text); }

Fill random_fill(Rng& rng, int number, std::uint32_t instruments, std::uint32_t pairs) {
    Fill fill;
    fill.execution = ExecutionId{"x-" + std::to_string(number)};
    fill.pair = PairId{static_cast<std::uint32_t>(rng.below(pairs))};
    fill.leg = static_cast<unsigned char>(rng.below(2));
    fill.instrument = InstrumentId{(fill.pair->value + fill.leg) % instruments};
    fill.side = rng.below(2) == 0 ? Side::buy : Side::sell;
    fill.price =
        Price{Decimal::from_units(static_cast<Int128>(1 + rng.below(900'000)) * (Decimal::kOne / 100))};
    fill.quantity =
        Quantity{Decimal::from_units(static_cast<Int128>(1 + rng.below(5'000)) * (Decimal::kOne / 1000))};
    fill.fee = fill.price * fill.quantity * Decimal::from_units(Decimal::kOne / 1000);
    return fill;
}

}  // namespace

TEST_CASE("position: average cost, realized and unrealized profit by hand") {
    Position position;
    position.apply(quantity("2"), price("100"), money("0.2"));
    position.apply(quantity("1"), price("130"), money("0.1"));
    CHECK(position.average_price() == price("110"));
    position.apply(quantity("-1"), price("120"), money("0.1"));
    CHECK(position.realized() == money("10"));
    CHECK(position.unrealized(price("115")) == money("10"));
    position.apply(quantity("-3"), price("90"),
                   money("0"));  // closes two at a loss of 40, sells one short at 90
    CHECK(position.realized() == money("-30"));
    CHECK(position.quantity() == quantity("-1"));
    CHECK(position.average_price() == price("90"));
    CHECK(position.unrealized(price("80")) == money("10"));
    CHECK(position.fees() == money("0.4"));
}

TEST_CASE("portfolio: equity is capital plus realized plus unrealized less fees, to the last digit") {
    Rng rng{11};
    Portfolio book{money("100000"), 4, 3};
    for (int i = 0; i < 3000; ++i) {
        const Fill fill = random_fill(rng, i, 4, 3);
        CHECK(book.apply(fill));
        book.mark(fill.instrument, fill.price);
        const EquityPoint point = book.snapshot({});
        CHECK(point.equity == book.capital() + point.realized + point.unrealized - point.fees);
    }
}

TEST_CASE(
    "fault_E08_replayed_and_reordered_fills: any order and repetition gives the same positions and cash") {
    Rng rng{12};
    std::vector<Fill> fills;
    for (int i = 0; i < 400; ++i) fills.push_back(random_fill(rng, i, 3, 2));
    Portfolio reference{money("50000"), 3, 2};
    for (const Fill& fill : fills) reference.apply(fill);
    for (int round = 0; round < 20; ++round) {
        std::vector<Fill> shuffled = fills;
        for (std::size_t i = shuffled.size(); i > 1; --i) std::swap(shuffled[i - 1], shuffled[rng.below(i)]);
        Portfolio other{money("50000"), 3, 2};
        for (const Fill& fill : shuffled) {
            CHECK(other.apply(fill));
            CHECK_FALSE(other.apply(fill));
        }
        CHECK(other.cash() == reference.cash());
        for (std::uint32_t i = 0; i < 3; ++i) {
            CHECK(other.net(InstrumentId{i}).quantity() == reference.net(InstrumentId{i}).quantity());
        }
        for (std::uint32_t pair = 0; pair < 2; ++pair) {
            for (std::size_t leg = 0; leg < 2; ++leg) {
                CHECK(other.leg(PairId{pair}, leg).quantity() == reference.leg(PairId{pair}, leg).quantity());
            }
        }
    }
}

TEST_CASE("portfolio: what the pairs own adds up to what the account holds") {
    Rng rng{13};
    Portfolio book{money("1000"), 3, 2};
    std::vector<Quantity> sums(3);
    for (int i = 0; i < 500; ++i) {
        const Fill fill = random_fill(rng, i, 3, 2);
        book.apply(fill);
        sums[fill.instrument.value] += fill.signed_quantity();
    }
    for (std::uint32_t i = 0; i < 3; ++i) CHECK(book.net(InstrumentId{i}).quantity() == sums[i]);
    // pair p's leg l trades instrument (p + l) mod 3
    CHECK(book.leg(PairId{0}, 1).quantity() + book.leg(PairId{1}, 0).quantity() == sums[1]);
}
