#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "exchange/market/world.hpp"
#include "venues/demo/demo_history.hpp"

using namespace plumb;
using namespace plumb::exchange;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const Timestamp kStart = *parse_timestamp("2026-03-02T14:30:20Z");

/// One venue of the simulated market: every name, some as a perpetual.
struct Venue {
    std::unique_ptr<World> world;
    VenueModel model;
    std::unique_ptr<VenueMarket> market;
    std::vector<ModelEvent> events;

    explicit Venue(WorldOptions options = {}, World* shared = nullptr) : model{ModelOptions{}} {
        options.start = kStart;
        options.past = hours{48};
        if (shared == nullptr) {
            auto made = World::make(options);
            REQUIRE(made.has_value());
            world = std::move(*made);
            shared = world.get();
        }
        for (const ListedName& name : shared->names()) {
            MarketSpec spec;
            spec.instrument = name.instrument;
            spec.path = name.instrument.name();
            spec.kind = name.is_stock ? MarketKind::equity : MarketKind::spot;
            if (spec.path == "SOL/USD") {
                spec.kind = MarketKind::perpetual;
                spec.leverage_max = Decimal{10};
                spec.funding_interval = hours{1};
            }
            REQUIRE(model.add_market(spec).has_value());
        }
        market = shared->open_venue(model, 5);
        collect();
    }

    void collect() {
        const auto taken = model.take_events();
        market->on_events(taken);
        events.insert(events.end(), taken.begin(), taken.end());
    }

    void run(Timestamp until, Duration step) {
        for (Timestamp now = kStart; now < until;) {
            now = std::min(now + step, until);
            market->advance(now);
            collect();
        }
    }

    InstrumentId id(const char* name) const { return *model.find_market(name); }
};

std::string print(const VenueModel& model, InstrumentId id) {
    std::string text;
    for (const Side side : {Side::buy, Side::sell}) {
        for (const BookLevel& level : model.levels(id, side, 50))
            text += level.price.to_string() + "x" + level.quantity.to_string() + " ";
    }
    return text;
}

}  // namespace

TEST_CASE("every market opens with ten levels a side around the path's price, growing away from the touch") {
    const Venue venue;
    for (std::uint32_t i = 0; i < venue.model.market_count(); ++i) {
        const InstrumentId id{i};
        INFO(venue.model.market(id).path);
        const auto bids = venue.model.levels(id, Side::buy, 50);
        const auto asks = venue.model.levels(id, Side::sell, 50);
        REQUIRE(8 <= bids.size());
        REQUIRE(8 <= asks.size());
        CHECK(bids.front().price < asks.front().price);
        Quantity near, far;
        for (std::size_t level = 0; level < 3; ++level) near += asks[level].quantity;
        for (std::size_t level = asks.size() - 3; level < asks.size(); ++level) far += asks[level].quantity;
        CHECK(near < far);
        CHECK_FALSE(venue.model.last_price(id).is_zero());
    }
    const QuoteChanged btc = venue.model.quote(venue.id("BTC/USD"));
    CHECK(((btc.ask - btc.bid).to_double() / btc.bid.to_double()) < 3e-4);
}

TEST_CASE("what happens depends on the seed, not on how often advance is called") {
    Venue often, seldom;
    often.run(kStart + minutes{2}, milliseconds{50});
    seldom.run(kStart + minutes{2}, seconds{30});
    REQUIRE(often.events.size() == seldom.events.size());
    for (std::size_t i = 0; i < often.events.size(); ++i) {
        REQUIRE(often.events[i].at == seldom.events[i].at);
        REQUIRE(often.events[i].what.index() == seldom.events[i].what.index());
        const auto* a = std::get_if<TradeHappened>(&often.events[i].what);
        const auto* b = std::get_if<TradeHappened>(&seldom.events[i].what);
        if (a == nullptr) continue;
        REQUIRE(a->price == b->price);
        REQUIRE(a->quantity == b->quantity);
    }
    for (std::uint32_t i = 0; i < often.model.market_count(); ++i)
        CHECK(print(often.model, InstrumentId{i}) == print(seldom.model, InstrumentId{i}));
}

TEST_CASE("a book is never crossed and never empty while it moves, and prints happen") {
    Venue venue;
    for (Timestamp now = kStart; now < kStart + minutes{3}; now += seconds{1}) {
        venue.market->advance(now);
        venue.collect();
        for (std::uint32_t i = 0; i < venue.model.market_count(); ++i) {
            const QuoteChanged quote = venue.model.quote(InstrumentId{i});
            REQUIRE_FALSE(quote.bid_quantity.is_zero());
            REQUIRE_FALSE(quote.ask_quantity.is_zero());
            REQUIRE(quote.bid < quote.ask);
        }
    }
    std::size_t trades = 0;
    for (const ModelEvent& event : venue.events) trades += std::holds_alternative<TradeHappened>(event.what);
    CHECK(29 * 3 * 6 < trades);
    // A requote tells two prices, not twenty: the touch moves, the grid stays.
    std::size_t levels = 0, quotes = 0;
    for (const ModelEvent& event : venue.events) {
        levels += std::holds_alternative<LevelChanged>(event.what);
        quotes += std::holds_alternative<QuoteChanged>(event.what);
    }
    CHECK(levels < 4 * quotes);
}

TEST_CASE("two venues of one world see one price") {
    Venue first;
    Venue second{{}, first.world.get()};
    first.run(kStart + minutes{1}, seconds{1});
    second.run(kStart + minutes{1}, seconds{1});
    for (std::uint32_t i = 0; i < first.model.market_count(); ++i) {
        const auto mid = [i](const VenueModel& model) {
            const QuoteChanged quote = model.quote(InstrumentId{i});
            return (quote.bid.to_double() + quote.ask.to_double()) / 2;
        };
        CHECK(mid(first.model) == doctest::Approx(mid(second.model)).epsilon(2e-3));
    }
}

TEST_CASE("bars of the past are the demo market's, and go on into what is traded here") {
    Venue venue;
    const InstrumentId id = venue.id("ETH/USD");
    const Timestamp begins = venue.market->begins_at();
    CHECK(begins == std::chrono::floor<minutes>(kStart - hours{48}));
    const auto spec = venues::demo::demo_spec(1, begins, std::chrono::floor<minutes>(kStart));
    const auto expected = venues::demo::DemoHistory{spec}.bars("ETH/USD", minutes{1}, begins, kStart);
    REQUIRE(expected.has_value());
    const auto bars = venue.market->bars(id, minutes{1}, begins, kStart, 100'000, kStart);
    REQUIRE(bars.size() == expected->size());
    for (std::size_t i = 0; i < bars.size(); ++i) {
        REQUIRE(bars[i].open_time == expected->open_time(i));
        REQUIRE(bars[i].values == expected->values(i));
    }
    // Longer bars hold the shorter ones' volume.
    const auto longer = venue.market->bars(id, hours{4}, begins, kStart, 100, kStart);
    REQUIRE(2 <= longer.size());
    Quantity volume;
    for (const ClosedBar& bar : bars) {
        if (longer[0].open_time <= bar.open_time && bar.open_time < longer[0].close_time())
            volume += bar.values.volume;
    }
    CHECK(volume == longer[0].values.volume);

    venue.run(kStart + minutes{5}, seconds{1});
    const Timestamp now = kStart + minutes{5};
    const auto live = venue.market->bars(id, minutes{1}, kStart - minutes{3}, now, 100, now);
    REQUIRE(live.size() == 7);
    for (std::size_t i = 1; i < live.size(); ++i) {
        CHECK(live[i].open_time == live[i - 1].close_time());
        CHECK(live[i].values.open.to_double() ==
              doctest::Approx(live[i - 1].values.close.to_double()).epsilon(5e-3));
    }
    CHECK(live.front().origin == BarOrigin::simulated);
    CHECK(live.back().origin == BarOrigin::traded);
    CHECK(live.back().close_time() <= now);
    const auto open = venue.market->open_bar(id, minutes{1}, now);
    REQUIRE(open.has_value());
    CHECK(open->open_time == std::chrono::floor<minutes>(now));
    // What was traded is what the bars say.
    const auto trades = venue.market->trades(id, live.back().open_time, live.back().close_time(), 10'000);
    Quantity traded;
    for (const PastTrade& trade : trades) traded += trade.quantity;
    CHECK(traded == live.back().values.volume);
    CHECK(live.back().values.close == trades.back().price);
    const auto detailed = venue.market->detailed_bars(id, minutes{1}, live.back().open_time, now, 1, now);
    REQUIRE(detailed.size() == 1);
    CHECK(detailed[0].detail.trades == trades.size());
}

TEST_CASE("no bar tells the future, and the first bars are given when there are more") {
    Venue venue;
    const InstrumentId id = venue.id("BTC/USD");
    const Timestamp now = kStart - hours{1};
    const auto bars = venue.market->bars(id, minutes{1}, kStart - hours{3}, kStart, 100'000, now);
    REQUIRE_FALSE(bars.empty());
    CHECK(bars.back().close_time() <= now);
    const auto first = venue.market->bars(id, minutes{1}, kStart - hours{3}, kStart, 5, now);
    REQUIRE(first.size() == 5);
    CHECK(first[4] == bars[4]);
    CHECK(venue.market->bars(id, minutes{1}, kStart, kStart - hours{1}, 5, now).empty());
}

TEST_CASE("the day's summary is that of the last 24 hours' bars") {
    Venue venue;
    venue.run(kStart + minutes{2}, seconds{1});
    const Timestamp now = kStart + minutes{2};
    const InstrumentId id = venue.id("LINK/USD");
    const DaySummary day = venue.market->day(id, now);
    const auto bars = venue.market->bars(id, minutes{1}, now - hours{24} - minutes{1}, now, 2'000, now);
    Price high = bars.front().values.high, low = bars.front().values.low;
    Quantity volume;
    for (const ClosedBar& bar : bars) {
        high = std::max(high, bar.values.high);
        low = std::min(low, bar.values.low);
        volume += bar.values.volume;
    }
    CHECK(day.high >= high);
    CHECK(day.low <= low);
    CHECK(day.volume >= volume);
    CHECK(day.last == venue.model.last_price(id));
    CHECK(day.value.to_double() == doctest::Approx((day.volume * day.last).to_double()).epsilon(0.2));
}

TEST_CASE("hours at once are jumped over: the book is there, bars are whole") {
    Venue venue;
    venue.run(kStart + minutes{1}, seconds{1});
    const Timestamp now = kStart + hours{9};
    venue.market->advance(now);
    venue.collect();
    const InstrumentId id = venue.id("BTC/USD");
    CHECK_FALSE(venue.model.quote(id).bid_quantity.is_zero());
    const auto bars = venue.market->bars(id, minutes{1}, kStart, now, 10'000, now);
    CHECK(9 * 60 - 3 <= bars.size());
    for (std::size_t i = 1; i < bars.size(); ++i) REQUIRE(bars[i - 1].open_time < bars[i].open_time);
    CHECK(venue.events.size() < 300'000);
}

TEST_CASE("a perpetual has a mark near its index and pays funding by the hour") {
    Venue venue;
    const InstrumentId id = venue.id("SOL/USD");
    venue.run(kStart + minutes{31}, seconds{1});
    const MarkChanged mark = venue.model.mark(id);
    CHECK(mark.mark.to_double() == doctest::Approx(mark.index.to_double()).epsilon(2e-3));
    CHECK(mark.next_funding == *parse_timestamp("2026-03-02T16:00:00Z"));
    CHECK(std::abs(mark.funding_rate.to_double()) < 1e-3);
}

TEST_CASE("a client's order rests in the house's book and is filled when the price goes through it") {
    Venue venue;
    AccountSpec spec;
    spec.name = "client";
    spec.deposits = {{"USD", Decimal{10'000'000}}};
    const AccountId account = venue.model.add_account(spec, kStart);
    const InstrumentId id = venue.id("BTC/USD");
    const QuoteChanged quote = venue.model.quote(id);
    OrderSpec order;
    order.account = account;
    order.instrument = id;
    order.type = OrderType::limit;
    order.quantity = *Quantity::parse("0.01");
    order.limit = quote.bid;
    const auto number = venue.model.submit(order, kStart);
    REQUIRE(number.has_value());
    CHECK(venue.model.find_order(account, *number, kStart)->status == OrderStatus::working);
    // A market order of a size that takes several levels is filled, and the book comes back.
    OrderSpec large = order;
    large.type = OrderType::market;
    large.limit = {};
    large.quantity = quote.ask_quantity + quote.ask_quantity;
    REQUIRE(venue.model.submit(large, kStart).has_value());
    venue.collect();
    venue.run(kStart + seconds{1}, milliseconds{50});
    CHECK(8 <= venue.model.levels(id, Side::sell, 50).size());
    bool filled = false;
    for (Timestamp now = kStart + seconds{1}; now < kStart + minutes{120} && !filled; now += seconds{1}) {
        venue.market->advance(now);
        venue.collect();
        filled = venue.model.find_order(account, *number, now)->status == OrderStatus::filled;
    }
    CHECK(filled);
}

TEST_CASE("names beyond the universe are made up, and symbols may be anything") {
    WorldOptions options;
    options.start = kStart;
    options.names = 60;
    options.symbols = {"PEPE/USDT", "SPY", "BTC-USD"};
    const auto world = World::make(options);
    REQUIRE(world.has_value());
    const auto names = (*world)->names();
    CHECK(names.size() == 60);
    const auto find = [&](const char* name) {
        return std::ranges::find_if(names,
                                    [&](const ListedName& one) { return one.instrument.name() == name; });
    };
    REQUIRE(find("PEPE/USD") != names.end());
    CHECK_FALSE(find("PEPE/USD")->is_stock);
    REQUIRE(find("SPY/USD") != names.end());
    CHECK(find("SPY/USD")->is_stock);
    CHECK(find("N001/USD") != names.end());
    options.symbols = {"  "};
    CHECK_FALSE(World::make(options).has_value());
}
