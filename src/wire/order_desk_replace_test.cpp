#include <doctest/doctest.h>

#include "wire/testing/desk_world.hpp"

namespace plumb::wire {
namespace {

using namespace std::chrono_literals;
using testing::DeskWorld;
using testing::WorldOptions;

const InstrumentTable& one_instrument() {
    static const InstrumentTable kTable = [] {
        InstrumentTable table;
        Instrument instrument;
        instrument.base = "BTC";
        instrument.quote = "USD";
        instrument.tick = Price{Decimal{1}};
        instrument.lot = Quantity{Decimal{1}};
        REQUIRE(table.add(instrument).has_value());
        return table;
    }();
    return kTable;
}

OrderRequest order_of(std::uint64_t n, int quantity, int price) {
    OrderRequest order;
    order.id = {1, 1, n};
    order.type = OrderType::limit;
    order.purpose = OrderPurpose::exit;
    order.quantity = Quantity{Decimal{quantity}};
    order.limit = Price{Decimal{price}};
    return order;
}

/// A desk alone, with one order working at "V1".
struct Alone {
    OrderDesk desk{DeskOptions{}, one_instrument()};
    DeskOutput out;
    Timestamp now = timestamp_from_ms(1'764'000'000'000);

    Alone() {
        desk.start(now, now, out);
        out.clear();
        REQUIRE(desk.place(order_of(1, 4, 100), now, out).has_value());
        const std::vector<WireEvent> events{update("V1", ClientOrderId{1, 1, 1})};
        answer(Verdict::ok, events);
    }
    static OrderUpdate update(const char* venue, std::optional<ClientOrderId> client) {
        OrderUpdate told;
        told.instrument = InstrumentId{0};
        if (client) told.client_order = FixedText<64>{client->to_string()};
        told.venue_order = VenueOrderId{venue};
        return told;
    }
    /// Answers the question asked last.
    void answer(Verdict verdict, std::span<const WireEvent> events = {}) {
        const std::uint64_t number = out.questions.back().number;
        out.clear();
        Reply reply;
        reply.verdict = verdict;
        desk.answered({number, reply, events, true, now, now}, now, out);
    }
};

}  // namespace

TEST_CASE("fault_E10_replace: the new order takes the old one's place, whatever fills in between") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        WorldOptions options;
        options.faults.market_fills = false;
        options.faults.stream_lag = 300ms;
        options.faults.stream_lost = 0.2;
        options.faults.lost_after = seed % 2 == 0 ? 0.5 : 0;
        options.faults.answer_after_max = 2s;
        DeskWorld world{one_instrument(), options, seed};
        world.run_for(15s);
        world.place(order_of(1, 4, 100));
        world.run_for(4s);
        const bool part = world.rng().below(2) == 0;
        world.replace({1, 1, 1}, order_of(2, 6, 101));
        if (part) world.venue().fill(0, Quantity{Decimal{1}}, world.now());
        world.run_for(std::chrono::milliseconds{world.rng().below(600)});
        world.heal();
        world.run_for(4min);
        world.cancel({1, 1, 1});
        world.cancel({1, 1, 2});
        world.run_for(4min);
        CAPTURE(seed);
        REQUIRE(world.verdict() == "");
        REQUIRE(world.doubles() == 0);
        REQUIRE(world.desk().open_orders() == 0);
    }
}

TEST_CASE("a venue that changes orders in place: the old id goes on with the new values") {
    Alone alone;
    REQUIRE(alone.desk.replace({1, 1, 1}, order_of(2, 6, 101), alone.now, alone.out).has_value());
    REQUIRE(std::holds_alternative<AskReplace>(alone.out.questions.back().question));
    const std::vector<WireEvent> events{Alone::update("V1", ClientOrderId{1, 1, 1})};
    alone.answer(Verdict::ok, events);
    CHECK(alone.desk.state_of({1, 1, 2}) == OrderState::rejected);
    CHECK(alone.desk.state_of({1, 1, 1}) == OrderState::working);
    // Four of six is no end any more.
    OrderUpdate fill = Alone::update("V1", std::nullopt);
    fill.fill = VenueFill{};
    fill.fill->execution = ExecutionId{"E1"};
    fill.fill->price = Price{Decimal{101}};
    fill.fill->quantity = Quantity{Decimal{4}};
    alone.desk.heard(fill, alone.now, alone.out);
    CHECK(alone.desk.state_of({1, 1, 1}) == OrderState::partially_filled);
}

TEST_CASE("a replacement that is refused leaves the order as it was") {
    Alone alone;
    REQUIRE(alone.desk.replace({1, 1, 1}, order_of(2, 6, 101), alone.now, alone.out).has_value());
    alone.answer(Verdict::refused);
    CHECK(alone.desk.state_of({1, 1, 2}) == OrderState::rejected);
    CHECK(alone.desk.state_of({1, 1, 1}) == OrderState::working);
    CHECK(alone.desk.replace({1, 1, 9}, order_of(3, 6, 101), alone.now, alone.out).error().code() ==
          Errc::not_found);
    CHECK(alone.desk.replace({1, 1, 1}, order_of(2, 6, 101), alone.now, alone.out).error().code() ==
          Errc::duplicate);
}

TEST_CASE(
    "fees: in quote as they are, in base at the fill's price and told, in a third asset told as missing "
    "(E17)") {
    for (const char* asset : {"USD", "BTC", "BNB"}) {
        CAPTURE(asset);
        Alone alone;
        OrderUpdate told = Alone::update("V1", std::nullopt);
        told.fill = VenueFill{};
        told.fill->execution = ExecutionId{"E1"};
        told.fill->price = Price{Decimal{200}};
        told.fill->quantity = Quantity{Decimal{2}};
        told.fill->fee = *Decimal::parse("0.01");
        told.fill->fee_asset = AssetText{asset};
        told.fill->fee_known = true;
        alone.out.clear();
        alone.desk.heard(told, alone.now, alone.out);
        const auto* made = std::get_if<DeskFill>(&alone.out.events.at(0));
        REQUIRE(made != nullptr);
        CHECK(made->told.fee == told.fill->fee);
        const std::string_view name{asset};
        CHECK(made->fill.fee.to_string() == (name == "USD" ? "0.01" : name == "BTC" ? "2" : "0"));
        CHECK(made->base_fee.to_string() == (name == "BTC" ? "0.01" : "0"));
        const std::size_t alarms = name == "USD" ? 0 : 1;
        REQUIRE(alone.out.alarms.size() == alarms);
        if (alarms == 1)
            CHECK(alone.out.alarms[0].kind ==
                  (name == "BTC" ? OrderAlarm::Kind::fee_in_base : OrderAlarm::Kind::fee_unknown));
    }
}

}  // namespace plumb::wire
