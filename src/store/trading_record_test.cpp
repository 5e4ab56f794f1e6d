#include "store/trading_record.hpp"

#include <doctest/doctest.h>

#include "base/rng.hpp"
#include "store/record_test_support.hpp"

using namespace plumb;
using namespace plumb::store;
using namespace plumb::store::testing;

TEST_CASE("crc32c: the test values of RFC 3720, B.4") {
    CHECK(crc32c(std::string(32, '\0')) == 0x8A9136AAu);
    CHECK(crc32c(std::string(32, '\xff')) == 0x62A8AB43u);
    CHECK(crc32c("123456789") == 0xE3069283u);
}

TEST_CASE("trading record: what was committed is there after a restart, exactly") {
    const Folder folder{"record"};
    const InstrumentTable table = market();
    const std::vector<PairModel> pairs{model(table, 0, "BTC", "ETH", 14.5), model(table, 1, "ETH", "SOL", 20.0)};
    OrderRequest buy, sell;
    {
        auto opened = SqliteTradingRecord::open(folder.record(), paper_header(), table, pairs);
        REQUIRE_MESSAGE(opened.has_value(), opened.error().message());
        CHECK_FALSE(opened->state.resumed);
        CHECK(opened->state.epoch == 1);
        CHECK(opened->state.install != 0);
        CHECK(opened->state.pairs.size() == 2);
        TradingRecord& record = *opened->record;
        buy = request({opened->state.install, 1, 1}, pairs[0], 0, Side::buy, "0.00012345");
        sell = request({opened->state.install, 1, 2}, pairs[0], 1, Side::sell, "123456789012.000000000000000001");
        REQUIRE(record.begin().has_value());
        REQUIRE(record.intent(buy).has_value());
        REQUIRE(record.intent(sell).has_value());
        REQUIRE(record.commit().has_value());
        REQUIRE(record.begin().has_value());
        REQUIRE(record.order(report_of(buy, OrderState::filled)).has_value());
        REQUIRE(record.order(report_of(sell, OrderState::working, "v-2")).has_value());
        REQUIRE(record.fill(fill_of(buy, "x1", "64000.000000000000000001", "0.00012345", "-0.000001")).has_value());
        PairStatus status;
        status.pair = PairId{0};
        status.phase = PairPhase::opening;
        status.side = SpreadSide::long_spread;
        status.held[0] = Quantity{decimal("0.00012345")};
        status.target = {Quantity{decimal("0.00012345")}, Quantity{decimal("-5")}};
        status.entry_z = -2.1;
        status.attempts = 2;
        REQUIRE(record.pair(status).has_value());
        REQUIRE(record.cursor({timestamp_from_ms(1'700'000'200'000), 7}).has_value());
        REQUIRE(record.commit().has_value());
    }
    const auto again = SqliteTradingRecord::open(folder.record(), paper_header(), table, pairs);
    REQUIRE_MESSAGE(again.has_value(), again.error().message());
    const RecordedState& state = again->state;
    CHECK(state.resumed);
    CHECK(state.epoch == 2);
    CHECK(state.cursor == Cursor{timestamp_from_ms(1'700'000'200'000), 7});
    CHECK(state.header.capital == Money{decimal("10000.50")});
    REQUIRE(state.orders.size() == 1);
    CHECK(state.orders[0].request.id == sell.id);
    CHECK(state.orders[0].request.quantity == sell.quantity);
    CHECK(state.orders[0].request.type == OrderType::limit);
    CHECK(state.orders[0].state == OrderState::working);
    CHECK(state.orders[0].venue_order == VenueOrderId{"v-2"});
    CHECK(state.orders[0].pair == "BTC-ETH");
    REQUIRE(state.fills.size() == 1);
    CHECK(state.fills[0].fill.price == Price{decimal("64000.000000000000000001")});
    CHECK(state.fills[0].fill.fee == Money{decimal("-0.000001")});
    CHECK(state.pairs[0].status.phase == PairPhase::opening);
    CHECK(state.pairs[0].status.target[1] == Quantity{decimal("-5")});
    CHECK(state.pairs[0].status.entry_z == -2.1);
    CHECK(state.pairs[0].status.attempts == 2);
    CHECK(state.pairs[1].status.phase == PairPhase::flat);
}
