#include <doctest/doctest.h>

#include <filesystem>
#include <memory>

#include "exchange/market/queue_tracker.hpp"
#include "exchange/market/world.hpp"

using namespace plumb;
using namespace plumb::exchange;
using plumb::exchange::market::QueueTracker;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const std::filesystem::path kData = std::filesystem::path{PLUMB_TESTDATA} / "exchange/market";
const Timestamp kBegin = timestamp_from_ns(1'723'161'254'087'891'268);

struct Replay {
    std::unique_ptr<World> world;
    VenueModel model{ModelOptions{}};
    std::unique_ptr<VenueMarket> market;
    AccountId account;
    Timestamp now;
    std::vector<ModelEvent> events;

    explicit Replay(const char* folder) {
        WorldOptions options;
        options.recording = kData / folder;
        auto made = World::make(options);
        REQUIRE(made.has_value());
        world = std::move(*made);
        for (const ListedName& name : world->names()) {
            MarketSpec spec;
            spec.instrument = name.instrument;
            spec.path = name.instrument.name();
            REQUIRE(model.add_market(spec).has_value());
        }
        now = *world->starts_at();
        AccountSpec client;
        client.name = "client";
        client.deposits = {{"USD", Decimal{10'000'000}}, {"BTC", Decimal{100}}};
        account = model.add_account(client, now);
        market = world->open_venue(model, 1);
        collect();
    }
    void collect() {
        const auto taken = model.take_events();
        market->on_events(taken);
        events.insert(events.end(), taken.begin(), taken.end());
    }
    void run_to(Timestamp until) {
        while (now < until) {
            now = std::min(until, now + milliseconds{50});
            market->advance(now);
            collect();
        }
    }
    OrderNumber rest(Side side, const char* quantity, Price limit) {
        OrderSpec spec;
        spec.account = account;
        spec.instrument = InstrumentId{0};
        spec.side = side;
        spec.type = OrderType::limit;
        spec.quantity = *Quantity::parse(quantity);
        spec.limit = limit;
        const auto number = model.submit(spec, now);
        REQUIRE(number.has_value());
        collect();
        return *number;
    }
    OrderRecord order(OrderNumber number) { return *model.find_order(account, number, now); }
};

}  // namespace

TEST_CASE("a recording of ticks is the venue: its name, its grid, its times, its touch, its prints") {
    Replay replay{"ticks"};
    REQUIRE(replay.world->names().size() == 1);
    const Instrument& instrument = replay.world->names()[0].instrument;
    CHECK(instrument.name() == "BTC/USD");
    CHECK(instrument.tick == *Price::parse("0.01"));
    CHECK(instrument.lot == *Quantity::parse("0.00001"));
    CHECK(*replay.world->starts_at() == kBegin);
    CHECK(*replay.world->ends_at() == timestamp_from_ns(1'723'161'274'078'938'405));
    replay.run_to(kBegin + seconds{1});
    const QuoteChanged quote = replay.model.quote(InstrumentId{0});
    CHECK(quote.bid == *Price::parse("61824"));
    CHECK(quote.bid_quantity == *Quantity::parse("1.42851"));
    replay.run_to(kBegin + seconds{20});
    std::size_t trades = 0;
    for (const ModelEvent& event : replay.events) trades += std::holds_alternative<TradeHappened>(event.what);
    CHECK(trades == 333);
    CHECK(replay.market->trades(InstrumentId{0}, kBegin, replay.now, 10'000).size() == 333);
    CHECK(replay.market->open_bar(InstrumentId{0}, minutes{1}, replay.now).has_value());
}

TEST_CASE("an order joins behind what is displayed, and gets what prints at its price leave over") {
    Replay replay{"ticks"};
    replay.run_to(kBegin + seconds{1});
    const OrderNumber number = replay.rest(Side::buy, "0.5", replay.model.quote(InstrumentId{0}).bid);
    replay.run_to(kBegin + milliseconds{9'100});
    CHECK(replay.order(number).filled.is_zero());
    replay.run_to(kBegin + milliseconds{9'150});
    CHECK(replay.order(number).filled == *Quantity::parse("0.00222"));
    replay.run_to(kBegin + milliseconds{9'400});
    CHECK(replay.order(number).filled == *Quantity::parse("0.00308"));
    replay.run_to(kBegin + seconds{20});
    CHECK(replay.order(number).filled == *Quantity::parse("0.0033"));
    CHECK(replay.order(number).status == OrderStatus::partially_filled);
}

TEST_CASE("an order that prints go through is filled whole, at its own price") {
    Replay replay{"ticks"};
    replay.run_to(kBegin + seconds{5});
    const OrderNumber number = replay.rest(Side::buy, "0.5", replay.model.quote(InstrumentId{0}).bid);
    replay.run_to(kBegin + milliseconds{8'350});
    CHECK(replay.order(number).filled.is_zero());
    replay.run_to(kBegin + milliseconds{8'400});
    const OrderRecord record = replay.order(number);
    CHECK(record.status == OrderStatus::filled);
    CHECK(record.average_price() == *Price::parse("61829.76"));
}

TEST_CASE("an order that the other side's quote comes to is taken by it") {
    Replay replay{"ticks"};
    replay.run_to(kBegin + seconds{8});
    const OrderNumber number = replay.rest(Side::sell, "0.5", replay.model.quote(InstrumentId{0}).ask);
    replay.run_to(kBegin + milliseconds{13'250});
    CHECK(replay.order(number).filled.is_zero());
    replay.run_to(kBegin + milliseconds{13'300});
    CHECK(replay.order(number).status == OrderStatus::filled);
}

TEST_CASE("a market order takes the recorded touch and no more") {
    Replay replay{"ticks"};
    replay.run_to(kBegin + seconds{1});
    const QuoteChanged quote = replay.model.quote(InstrumentId{0});
    OrderSpec spec;
    spec.account = replay.account;
    spec.side = Side::sell;
    spec.type = OrderType::market;
    spec.quantity = *Quantity::parse("5");
    const auto number = replay.model.submit(spec, replay.now);
    REQUIRE(number.has_value());
    const OrderRecord record = replay.order(*number);
    CHECK(record.filled == quote.bid_quantity);
    CHECK(record.average_price() == quote.bid);
    CHECK_FALSE(is_open(record.status));
}

TEST_CASE("a queue whose display is not recorded is taken as without end until the touch comes to it") {
    QueueTracker queue;
    const auto accept = [&](OrderNumber number, const char* price, const QueueTracker::Touch& touch) {
        OrderHappened happened;
        happened.record.number = number;
        happened.record.spec.account = AccountId{1};
        happened.record.spec.limit = *Price::parse(price);
        happened.record.spec.quantity = *Quantity::parse("2");
        happened.record.status = OrderStatus::working;
        queue.on_order(happened, touch);
    };
    const auto touch = [](const char* bid, const char* quantity) {
        return QueueTracker::Touch{*Price::parse(bid), *Price::parse("200"), *Quantity::parse(quantity),
                                   *Quantity::parse("1")};
    };
    const auto print = [&](const char* price, const char* quantity) {
        return queue.on_print(Side::sell, *Price::parse(price), *Quantity::parse(quantity));
    };
    accept(1, "99", touch("100", "5"));
    CHECK(print("99", "50").empty());
    queue.on_touch(touch("99", "7"));  // now it is known: 7 ahead
    CHECK(print("99", "6").empty());
    queue.on_touch(touch("99", "0.5"));  // most of those ahead went away
    const auto fills = print("99", "1.5");
    REQUIRE(fills.size() == 1);
    CHECK(fills[0].quantity == *Quantity::parse("1"));
    queue.filled(1, fills[0].quantity);
    CHECK(print("98.99", "0.001").at(0).quantity == *Quantity::parse("1"));
    accept(2, "101", touch("100", "5"));  // better than the touch: first
    CHECK(print("101", "0.3").at(0).quantity == *Quantity::parse("0.3"));
    CHECK(queue.on_print(Side::buy, *Price::parse("101"), *Quantity::parse("9")).empty());
}

TEST_CASE("a recording of bars is quoted around the line through them, and its past is the bars") {
    Replay replay{"candles"};
    const Timestamp begin = timestamp_from_ms(1'522'800'000'000);
    CHECK(*replay.world->starts_at() == begin + hours{2});
    const auto past = replay.market->bars(InstrumentId{0}, minutes{1}, begin, replay.now, 1'000, replay.now);
    REQUIRE(past.size() == 120);
    CHECK(past[0].values == Ohlcv{*Price::parse("416.29"), *Price::parse("416.29"), *Price::parse("416.15"),
                                  *Price::parse("416.15"), *Quantity::parse("46.33579289")});
    const auto hour = replay.market->bars(InstrumentId{0}, hours{1}, begin, replay.now, 10, replay.now);
    REQUIRE(hour.size() == 2);
    const QuoteChanged quote = replay.model.quote(InstrumentId{0});
    CHECK(quote.bid.to_double() == doctest::Approx(past.back().values.close.to_double()).epsilon(0.01));
    replay.run_to(replay.now + minutes{2});
    CHECK(replay.market->bars(InstrumentId{0}, minutes{1}, begin, replay.now, 1'000, replay.now).size() ==
          122);
}

TEST_CASE("a recording that cannot be used says why") {
    const auto trouble = [](const std::filesystem::path& path) {
        WorldOptions options;
        options.recording = path;
        const auto made = World::make(options);
        REQUIRE_FALSE(made.has_value());
        return made.error().code();
    };
    CHECK(trouble(kData / "nowhere") == Errc::not_found);
    CHECK(trouble(kData) == Errc::empty);
    CHECK(trouble(kData / "SOURCES.md") != Errc::io);
}
