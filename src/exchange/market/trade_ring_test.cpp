#include "exchange/market/trade_ring.hpp"

#include <doctest/doctest.h>

#include "base/rng.hpp"

using namespace plumb;
using namespace plumb::exchange;
using namespace plumb::exchange::market;

TEST_CASE("trades come out of the ring as they went in, and the oldest are forgotten") {
    const Price tick = *Price::parse("0.01");
    const Quantity lot = *Quantity::parse("0.0001");
    TradeRing ring{tick, lot};
    std::vector<PastTrade> all;
    Rng rng{3};
    Timestamp at = *parse_timestamp("2026-01-01");
    TradeNumber number = 0;
    for (int i = 0; i < 25'000; ++i) {
        number += 1 + rng.below(5);
        at += Duration{static_cast<std::int64_t>(rng.below(3'000'000'000))};
        PastTrade trade{number, rng.below(2) == 0 ? Side::buy : Side::sell,
                        Price{Decimal::from_units(tick.value.units() *
                                                  static_cast<std::int64_t>(1 + rng.below(9'000'000)))},
                        Quantity{Decimal::from_units(lot.value.units() *
                                                     static_cast<std::int64_t>(1 + rng.below(90'000)))},
                        at};
        // Now and then something off the grid, and something large.
        if (i % 1000 == 7) trade.price = *Price::parse("0.000000000000000001");
        if (i % 1000 == 8) trade.quantity = *Quantity::parse("98765432109876543210.123456789012345678");
        ring.push(trade);
        all.push_back(trade);
    }
    const auto same = [](const PastTrade& a, const PastTrade& b) {
        return a.number == b.number && a.aggressor == b.aggressor && a.price == b.price &&
               a.quantity == b.quantity && a.at == b.at;
    };
    const auto kept = ring.find(Timestamp{}, Timestamp::max(), 100'000);
    REQUIRE(kept.size() == TradeRing::kTradesMax);
    for (std::size_t i = 0; i < kept.size(); ++i) REQUIRE(same(kept[i], all[15'000 + i]));
    const auto some = ring.find(all[20'000].at, all[20'050].at, 30);
    REQUIRE(some.size() == 30);
    CHECK(same(some.front(), all[20'000]));
    CHECK(ring.find(all[24'999].at + Duration{1}, Timestamp::max(), 10).empty());
}
