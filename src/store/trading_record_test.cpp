#include "store/trading_record.hpp"

#include <doctest/doctest.h>

#include "base/rng.hpp"
#include "store/record_test_support.hpp"

using namespace plumb;
using namespace plumb::store;
using namespace plumb::store::testing;

TEST_CASE("trading record: what was committed is there after a restart, exactly") {
    const Folder folder{"record"};
    const InstrumentTable table = market();
    const std::vector<PairModel> pairs{model(table, 0, "BTC", "ETH", 14.5),
                                       model(table, 1, "ETH", "SOL", 20.0)};
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
        sell = request({opened->state.install, 1, 2}, pairs[0], 1, Side::sell,
                       "123456789012.000000000000000001");
        REQUIRE(record.begin().has_value());
        REQUIRE(record.intent(buy).has_value());
        REQUIRE(record.intent(sell).has_value());
        REQUIRE(record.commit().has_value());
        REQUIRE(record.begin().has_value());
        REQUIRE(record.order(report_of(buy, OrderState::filled)).has_value());
        REQUIRE(record.order(report_of(sell, OrderState::working, "v-2")).has_value());
        REQUIRE(record.fill(fill_of(buy, "x1", "64000.000000000000000001", "0.00012345", "-0.000001"))
                    .has_value());
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

TEST_CASE("trading record: a state of random trading comes back equal, again and again") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        const Folder folder{"random"};
        std::string before;
        for (int session = 0; session < 4; ++session) {
            auto opened =
                open_record(folder, seed % 2 == 0 ? Durability::power_loss : Durability::process_death);
            REQUIRE_MESSAGE(opened.has_value(), opened.error().message());
            CHECK(opened->state.epoch == static_cast<std::uint32_t>(session) + 1);
            CHECK(holdings_are_sums(opened->state));
            if (session > 0) CHECK(print(opened->state) == before);
            Trader trader{*opened->record, opened->state, seed * 100 + static_cast<std::uint64_t>(session)};
            for (int i = 0; i < 25; ++i) REQUIRE(trader.step().has_value());
            opened->record.reset();
            const auto look = open_record(folder);
            REQUIRE(look.has_value());
            CHECK(steps_of(look->state) == trader.steps());
            before = print(look->state);
            session += 1;  // the look was a session too
        }
    }
}

TEST_CASE("trading record: fills are a set") {
    const Folder folder{"set"};
    auto opened = open_record(folder);
    REQUIRE(opened.has_value());
    TradingRecord& record = *opened->record;
    const PairModel pair = model(market(), 0, "BTC", "ETH", 14.5);
    const OrderRequest order = request({opened->state.install, 1, 1}, pair, 0, Side::buy, "2");
    const Fill fill = fill_of(order, "x1", "100", "0.5", "0.01");
    REQUIRE(record.begin().has_value());
    REQUIRE(record.intent(order).has_value());
    REQUIRE(record.intent(order).has_value());
    REQUIRE(record.fill(fill).has_value());
    REQUIRE(record.fill(fill).has_value());
    REQUIRE(record.commit().has_value());

    SUBCASE("told again later, by another path with other times") {
        Fill again = fill;
        again.received_at += std::chrono::seconds{90};
        again.venue_time -= std::chrono::nanoseconds{123};
        REQUIRE(record.begin().has_value());
        CHECK(record.fill(again).has_value());
        CHECK(record.commit().has_value());
    }
    SUBCASE("told again with another price: nothing of that transaction stays") {
        Fill other = fill;
        other.price = Price{decimal("100.01")};
        REQUIRE(record.begin().has_value());
        REQUIRE(record.fill(fill_of(order, "x2", "100", "0.5", "0.01")).has_value());
        const Status told = record.fill(other);
        REQUIRE_FALSE(told.has_value());
        CHECK(told.error().code() == Errc::corrupt);
        CHECK(told.error().message().find("100.01") != std::string::npos);
        CHECK(record.cursor(cursor_at(5)).error().code() == Errc::corrupt);  // not even tried
        CHECK(record.commit().error().code() == Errc::corrupt);
    }
    SUBCASE("an id for two orders") {
        OrderRequest other = order;
        other.quantity = Quantity{decimal("3")};
        REQUIRE(record.begin().has_value());
        CHECK(record.intent(other).error().code() == Errc::duplicate);
        CHECK(record.commit().error().code() == Errc::duplicate);
    }
    SUBCASE("a report for an order nobody intended") {
        OrderRequest other = order;
        other.id.counter = 99;
        REQUIRE(record.begin().has_value());
        CHECK(record.order(report_of(other, OrderState::filled)).error().code() == Errc::not_found);
        CHECK(record.commit().error().code() == Errc::not_found);
    }
    SUBCASE("ids of no table") {
        PairStatus status;
        status.pair = PairId{7};
        REQUIRE(record.begin().has_value());
        CHECK(record.pair(status).error().code() == Errc::not_found);
        CHECK_FALSE(record.commit().has_value());
        Fill lost = fill_of(order, "x9", "1", "1", "0");
        lost.instrument = InstrumentId{kAbsent};
        REQUIRE(record.begin().has_value());
        CHECK(record.fill(lost).error().code() == Errc::not_found);
        CHECK_FALSE(record.commit().has_value());
    }
    REQUIRE(record.begin().has_value());  // the object goes on after every refusal
    REQUIRE(record.cursor(cursor_at(7)).has_value());
    REQUIRE(record.commit().has_value());
    opened->record.reset();
    const auto again = open_record(folder);
    REQUIRE_MESSAGE(again.has_value(), again.error().message());
    CHECK(again->state.fills.size() == 1);
    CHECK(again->state.orders.size() == 1);
    CHECK(again->state.cursor == cursor_at(7));
}

TEST_CASE("fault_S09_position_outlives_its_configuration: what is absent now is still returned, by name") {
    const Folder folder{"orphan"};
    const InstrumentTable table = market();
    const std::vector<PairModel> pairs{model(table, 0, "BTC", "ETH", 14.5),
                                       model(table, 1, "ETH", "SOL", 20.0)};
    {
        auto opened = SqliteTradingRecord::open(folder.record(), paper_header(), table, pairs);
        REQUIRE(opened.has_value());
        TradingRecord& record = *opened->record;
        const OrderRequest order = request({opened->state.install, 1, 1}, pairs[0], 0, Side::buy, "2");
        PairStatus status;
        status.pair = PairId{0};
        status.phase = PairPhase::open;
        status.side = SpreadSide::long_spread;
        status.held = {Quantity{decimal("2")}, Quantity{}};
        status.deadline = timestamp_from_ns(77);
        REQUIRE(record.begin().has_value());
        REQUIRE(record.intent(order).has_value());
        REQUIRE(record.fill(fill_of(order, "x1", "100", "2", "0")).has_value());
        REQUIRE(record.pair(status).has_value());
        REQUIRE(record.commit().has_value());
    }
    {
        // Another configuration: the instruments in another order, BTC gone, and one pair fitted anew.
        const InstrumentTable other = market({"SOL", "ETH"});
        std::vector<PairModel> refitted{model(other, 0, "ETH", "SOL", 21.0)};
        auto opened = SqliteTradingRecord::open(folder.record(), paper_header(), other, refitted);
        REQUIRE_MESSAGE(opened.has_value(), opened.error().message());
        const RecordedState& state = opened->state;
        REQUIRE(state.pairs.size() == 2);
        CHECK(state.pairs[0].pair == "BTC-ETH");
        CHECK_FALSE(state.pairs[0].configured());
        CHECK(state.pairs[0].legs == std::array<std::string, 2>{"BTC/USD", "ETH/USD"});
        CHECK(state.pairs[0].model.legs[0].value == kAbsent);
        CHECK(state.pairs[0].model.legs[1] == *other.find("ETH/USD"));
        CHECK(state.pairs[0].model.weights[1] == -14.5);
        CHECK(state.pairs[0].status.held[0] == Quantity{decimal("2")});
        CHECK(state.pairs[0].status.deadline == timestamp_from_ns(77));
        CHECK(state.pairs[1].configured());
        CHECK(state.pairs[1].status.pair == PairId{0});
        CHECK(state.pairs[1].model.weights[1] == -21.0);  // flat: the new model
        REQUIRE(state.fills.size() == 1);
        CHECK(state.fills[0].fill.instrument.value == kAbsent);
        CHECK(state.fills[0].instrument == "BTC/USD");
        CHECK(state.fills[0].pair == "BTC-ETH");
        REQUIRE(state.orders.size() == 1);
        CHECK(state.orders[0].request.pair == PairId{kAbsent});
    }
    std::vector<PairModel> refitted{model(table, 5, "BTC", "ETH", 13.0)};
    const auto opened = SqliteTradingRecord::open(folder.record(), paper_header(), table, refitted);
    REQUIRE_MESSAGE(opened.has_value(), opened.error().message());
    CHECK(opened->state.pairs[0].configured());
    CHECK(opened->state.pairs[0].status.pair == PairId{5});
    CHECK(opened->state.pairs[0].model.weights[1] ==
          -14.5);  // it holds something: the model it was opened with
    CHECK(opened->state.fills[0].fill.instrument == *table.find("BTC/USD"));
}

TEST_CASE("trading record: what cannot be opened") {
    const Folder folder{"refuse"};
    const InstrumentTable table = market();
    std::vector<PairModel> pairs{model(table, 0, "BTC", "ETH", 14.5), model(table, 1, "BTC", "ETH", 14.5)};
    const auto code = [&] {
        const auto opened = SqliteTradingRecord::open(folder.record(), paper_header(), table, pairs);
        return opened ? std::string_view{"opened"} : to_string(opened.error().code());
    };
    CHECK(code() == "invalid_argument");  // twice the same name
    pairs[1].name = "";
    CHECK(code() == "invalid_argument");
    pairs[1].name = "other";
    pairs[1].id = PairId{0};
    CHECK(code() == "invalid_argument");
    pairs[1].id = PairId{kAbsent};
    CHECK(code() == "invalid_argument");
    pairs.pop_back();
    CHECK(code() == "opened");
    const auto opened = SqliteTradingRecord::open("/proc/no/such/place.db", paper_header(), table, pairs);
    CHECK_FALSE(opened.has_value());
}
