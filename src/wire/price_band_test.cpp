#include "wire/price_band.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "base/rng.hpp"

using namespace plumb;
using namespace plumb::wire;
using namespace std::chrono_literals;

namespace {

const Timestamp kStart = timestamp_from_ms(1'700'000'000'000);

Trade trade(double price, Timestamp at, std::int64_t quantity = 1) {
    return {
        InstrumentId{0}, Side::buy, *Price::from_double(price, 8), Quantity{Decimal{quantity}}, 1, at, at};
}
Quote quote(double bid, double ask, Timestamp at) {
    return {InstrumentId{0},
            *Price::from_double(bid, 8),
            *Price::from_double(ask, 8),
            Quantity{Decimal{1}},
            Quantity{Decimal{1}},
            1,
            at,
            at};
}

}  // namespace

TEST_CASE("fault_F12_absurd_price: not one poisoned print passes, in any place of a random walk") {
    std::uint64_t poisoned = 0, passed_poison = 0, held_good = 0, good = 0;
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        Rng rng{seed};
        PriceBand band{1, {}};
        band.seed(InstrumentId{0}, Price{Decimal{100}});
        double price = 100;
        Timestamp now = kStart;
        bool alone = true;  // two in a row that agree are a market
        for (int i = 0; i < 1000; ++i, now += 1s) {
            price *= std::exp(rng.student_t(4) * 0.005);
            if (alone && rng.below(50) == 0) {
                alone = false;
                // A print alone: zero, negative, a slipped digit, an overflow of somebody's.
                const double wrong[] = {0, -price, price * 10, price / 10, price * 1e6, price * 1.6};
                ++poisoned;
                passed_poison += band.check(trade(wrong[rng.below(6)], now)) == Poison::none;
                continue;
            }
            ++good;
            alone = true;
            held_good += band.check(trade(price, now)) != Poison::none;
        }
    }
    MESSAGE(poisoned, " poisoned prints, ", passed_poison, " passed; ", held_good, " of ", good,
            " good ones held");
    CHECK(passed_poison == 0);
    CHECK(held_good == 0);
    CHECK(5000 < poisoned);
}

TEST_CASE("a crash is followed by its second print, and a lonely print is forgotten") {
    PriceBand band{1, {}};
    CHECK(band.check(trade(100, kStart)) == Poison::none);
    CHECK(band.check(trade(40, kStart + 1s)) == Poison::out_of_band);
    CHECK(band.check(trade(41, kStart + 2s)) == Poison::none);
    CHECK(band.check(trade(100, kStart + 3s)) == Poison::out_of_band);
    CHECK(band.check(trade(41, kStart + 4s)) == Poison::none);  // so that of 100 counted for nothing
    CHECK(band.check(trade(100, kStart + 5s)) == Poison::out_of_band);
    CHECK(band.check(trade(100, kStart + 60s)) == Poison::out_of_band);  // too late to agree
    CHECK(band.check(quote(99, 101, kStart + 61s)) == Poison::none);     // a quote agrees as well
    CHECK(band.held() == 4);
}

TEST_CASE("quotes that no market makes are refused") {
    PriceBand band{1, {}};
    CHECK(band.check(quote(100, 101, kStart)) == Poison::none);
    CHECK(band.check(quote(101, 101, kStart)) == Poison::none);  // locked
    CHECK(band.check(quote(102, 101, kStart)) == Poison::crossed);
    CHECK(band.check(quote(0, 101, kStart)) == Poison::not_positive);
    Quote one_sided = quote(0, 101, kStart);
    one_sided.bid_quantity = Quantity{};
    CHECK(band.check(one_sided) == Poison::none);
    CHECK(band.check(trade(100, kStart, 0)) == Poison::not_positive);
    CHECK(band.check(trade(100, kStart, -1)) == Poison::not_positive);
    CHECK(band.check(MarkPrice{InstrumentId{0}, Price{}, Price{}, kStart, kStart}) == Poison::not_positive);
    CHECK(band.check(MarketStatus{}) == Poison::none);
}
