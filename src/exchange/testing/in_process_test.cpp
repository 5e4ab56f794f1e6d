#include "exchange/testing/in_process.hpp"

#include <doctest/doctest.h>

namespace plumb::exchange::testing {
namespace {

/// A venue of four words: GET /best, POST /buy with a quantity as body, streams of trades, and a good-bye.
class PlainProtocol : public Protocol {
 public:
    explicit PlainProtocol(const ProtocolContext& context) : context_{context} {}

    RequestKind kind_of(const Request& request) const override {
        return request.method == "POST" ? RequestKind::place_order : RequestKind::market_data;
    }
    Response answer(const Request& request, Timestamp now) override {
        const std::string* key = request.header("key");
        if (key == nullptr || *key != context_.access[0].key)
            return refuse(request, Trouble::unauthorized, now);
        if (request.method == "GET") return {200, {}, context_.model.quote(InstrumentId{0}).ask.to_string()};
        OrderSpec spec;
        spec.account = context_.access[0].account;
        spec.quantity = *Quantity::parse(request.body);
        const auto number = context_.model.submit(spec, now);
        return {number ? 200 : 400, {}, number ? std::to_string(*number) : ""};
    }
    Response refuse(const Request&, Trouble, Timestamp) override { return {401, {}, ""}; }
    std::expected<StreamTerms, Response> open(StreamId stream, const Request& request, Timestamp) override {
        if (request.path() != "/stream") return std::unexpected{Response{404, {}, ""}};
        streams_.push_back(stream);
        return StreamTerms{};
    }
    void on_message(StreamId stream, std::string_view, bool, Timestamp) override {
        context_.outlet.close(stream, 1000, "bye");
    }
    void on_closed(StreamId stream, Timestamp) override { std::erase(streams_, stream); }
    void on_events(std::span<const ModelEvent> events, Timestamp) override {
        for (const ModelEvent& event : events) {
            const auto* trade = std::get_if<TradeHappened>(&event.what);
            if (trade == nullptr) continue;
            const std::string text = trade->price.to_string();
            context_.outlet.send_all(streams_, {FrameKind::trade, trade->instrument, 0, false, text});
        }
    }
    void on_time(Timestamp) override {
        for (const StreamId stream : streams_) context_.outlet.ping(stream, "");
    }

 private:
    ProtocolContext context_;
    std::vector<StreamId> streams_;
};

const VenueEntry kPlain = {
    .name = "plain",
    .model = {},
    .markets =
        [](std::span<const ListedName> names) {
            std::vector<MarketSpec> specs;
            for (const ListedName& name : names) {
                MarketSpec& spec = specs.emplace_back();
                spec.instrument = name.instrument;
                spec.kind = name.is_stock ? MarketKind::equity : MarketKind::spot;
            }
            return specs;
        },
    .account =
        [](std::string_view name, Decimal cash) {
            return AccountSpec{.name = std::string{name}, .deposits = {{"USD", cash}}};
        },
    .make_access = [](AccountId account, std::uint64_t seed) -> Result<ApiAccess> {
        return ApiAccess{account, "key-" + std::to_string(seed), "secret", true, false, {}};
    },
    .make_protocol = [](const ProtocolContext& context) -> std::unique_ptr<Protocol> {
        return std::make_unique<PlainProtocol>(context);
    },
};

TEST_CASE("A venue in process answers, trades and streams") {
    InProcessVenue venue{kPlain};
    CHECK(venue.request("GET", "/best").status == 401);
    const InstrumentId btc = venue.market("BTC/USD");
    CHECK(venue.market_of("AAPL") == venue.market("AAPL/USD"));
    venue.seed_book(btc, *Price::parse("50000"), 3);
    CHECK(venue.model.levels(btc, Side::buy, 10).size() == 3);
    const std::vector<io::Header> key = {{"key", venue.access.key}};
    CHECK(venue.request("GET", "/best", key).body == "50002.5");
    CHECK(venue.open_stream("/nowhere").error().status == 404);
    const StreamId stream = *venue.open_stream("/stream");
    CHECK(venue.request("POST", "/buy", key, "0.1").status == 200);
    REQUIRE(venue.frames(stream).size() == 1);
    CHECK(venue.frames(stream)[0].bytes == "50002.5");
    venue.trade_through(btc, Side::sell, *Quantity::parse("0.1"));
    CHECK(venue.take_frames(stream).size() == 2);
    CHECK(venue.frames(stream).empty());
    venue.pump_for(std::chrono::seconds{1});
    CHECK(venue.outlet.pings.size() == 1);
    venue.send(stream, "x");
    REQUIRE(venue.outlet.closes.size() == 1);
    CHECK(venue.outlet.closes[0].reason == "bye");
    venue.pump_for(std::chrono::seconds{1});
    CHECK(venue.outlet.pings.size() == 1);
    const auto past = venue.past.trades(btc, venue.past.begins_at(), venue.now, 10);
    REQUIRE(past.size() == 2);
    CHECK(past[1].aggressor == Side::sell);
    CHECK(venue.past.day(btc, venue.now).trades == 2);
}

ClosedBar minute(std::int64_t index, const char* open, const char* high, const char* low, const char* close) {
    ClosedBar bar;
    bar.open_time = Timestamp{std::chrono::minutes{index}};
    bar.length = std::chrono::minutes{1};
    bar.values = {*Price::parse(open), *Price::parse(high), *Price::parse(low), *Price::parse(close),
                  *Quantity::parse("2")};
    return bar;
}

TEST_CASE("A given past makes longer bars of its minutes and shows none that is open") {
    GivenPast past{Timestamp{}};
    past.add_bar(minute(0, "10", "12", "9", "11"));
    past.add_bar(minute(4, "11", "15", "10", "14"));
    past.add_bar(minute(5, "14", "14", "8", "9"));
    const Duration five = std::chrono::minutes{5};
    const auto until = [](int minutes) { return Timestamp{std::chrono::minutes{minutes}}; };
    const auto bars = past.bars({}, five, until(0), until(100), 10, until(9));
    REQUIRE(bars.size() == 1);
    CHECK(bars[0].values == Ohlcv{*Price::parse("10"), *Price::parse("15"), *Price::parse("9"),
                                  *Price::parse("14"), *Quantity::parse("4")});
    CHECK(past.bars({}, five, until(0), until(100), 10, until(10)).size() == 2);
    CHECK(past.bars({}, five, until(0), until(100), 1, until(10)).size() == 1);
    CHECK(past.bars({}, five, until(5), until(10), 9, until(10)).size() == 1);
    CHECK(past.open_bar({}, five, until(9))->values.low == *Price::parse("8"));
    CHECK_FALSE(past.open_bar({}, five, until(12)));
    CHECK(GivenPast::bar_of(until(0) + std::chrono::days{4}, std::chrono::days{7}) ==
          Timestamp{std::chrono::days{4}});
    CHECK(GivenPast::bar_of(until(0), std::chrono::days{7}) == Timestamp{std::chrono::days{-3}});
}

}  // namespace
}  // namespace plumb::exchange::testing
