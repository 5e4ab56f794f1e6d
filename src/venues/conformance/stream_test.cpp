// What a venue's market streams say: subscribe, acknowledge, data, refusals, a second connection.
#include <doctest/doctest.h>

#include <algorithm>

#include "venues/conformance/suite.hpp"

namespace plumb::venues::conformance {
namespace {

using namespace std::chrono_literals;
using wire::Control;
using wire::DataKind;

bool has_control(const Collector& heard, Control::Kind kind, wire::Refusal refusal = wire::Refusal::none) {
    return std::ranges::any_of(heard.all<Control>(), [&](const Control& each) {
        return each.kind == kind && each.refusal == refusal;
    });
}

wire::Subscription want(const Bench& bench, DataKind kind) {
    const bool bars = kind == DataKind::bar && !bench.can().stream_bar_lengths.empty();
    return {.instrument = InstrumentId{0},
            .kind = kind,
            .bar_length = bars ? bench.can().stream_bar_lengths[0] : Duration{}};
}

Trade trade_of(const Bench& bench, std::uint64_t id) {
    Trade trade;
    trade.price = bench.price();
    trade.quantity = bench.lots(1);
    trade.trade_id = id;
    trade.venue_time = trade.received_at = bench.truth.now;
    return trade;
}

Quote quote_of(const Bench& bench) {
    Quote quote;
    quote.bid = bench.price();
    quote.ask = bench.price() + bench.fixture->instruments()[0].instrument.tick;
    quote.bid_quantity = quote.ask_quantity = bench.lots(1);
    quote.sequence = 7;
    quote.venue_time = quote.received_at = bench.truth.now;
    return quote;
}

ClosedBar minute_of(const Bench& bench, Duration length) {
    ClosedBar bar;
    bar.length = length;
    bar.open_time = Timestamp{bench.truth.now.time_since_epoch() / length * length} - length;
    bar.values = {.open = bench.price(),
                  .high = bench.price(),
                  .low = bench.price(),
                  .close = bench.price(),
                  .volume = bench.lots(2)};
    return bar;
}

/// Subscribes one kind on a fresh connection and hears one event of it.
void check_kind(Bench& bench, DataKind kind) {
    CAPTURE(wire::to_string(kind));
    const wire::Subscription wanted = want(bench, kind);
    const unsigned char lane = bench.venue->lane_of(wanted);
    Talk talk{bench, bench.venue->market_stream_of(lane), bench.fixture->market_peer()};
    talk.open();
    REQUIRE_FALSE(talk.closed());
    REQUIRE(talk.protocol().ready());
    talk.subscribe({&wanted, 1});
    REQUIRE_FALSE(talk.closed());
    CHECK_FALSE(std::ranges::any_of(talk.heard.all<Control>(),
                                    [](const Control& each) { return each.kind == Control::Kind::refused; }));
    talk.heard.events.clear();
    if (kind == DataKind::trade) {
        const Trade trade = trade_of(bench, 41);
        talk.hear(talk.peer().trade(trade));
        const auto heard = talk.heard.all<Trade>();
        REQUIRE(heard.size() == 1);
        CHECK(heard[0].instrument == trade.instrument);
        CHECK(heard[0].price == trade.price);
        CHECK(heard[0].quantity == trade.quantity);
        CHECK(heard[0].aggressor == trade.aggressor);
    } else if (kind == DataKind::quote) {
        const Quote quote = quote_of(bench);
        talk.hear(talk.peer().quote(quote));
        const auto heard = talk.heard.all<Quote>();
        REQUIRE(1 <= heard.size());
        CHECK(heard.back().bid == quote.bid);
        CHECK(heard.back().ask == quote.ask);
    } else if (kind == DataKind::bar) {
        const ClosedBar bar = minute_of(bench, wanted.bar_length);
        talk.hear(talk.peer().bar(bar, bench.truth.now));
        const auto heard = talk.heard.all<ClosedBar>();
        REQUIRE(heard.size() == 1);
        CHECK(heard[0].open_time == bar.open_time);
        CHECK(heard[0].length == bar.length);
        CHECK(heard[0].values.close == bar.values.close);
    } else if (kind == DataKind::mark_price) {
        MarkPrice mark;
        mark.mark = mark.index = bench.price();
        mark.venue_time = mark.received_at = bench.truth.now;
        talk.hear(talk.peer().mark_price(mark));
        const auto heard = talk.heard.all<MarkPrice>();
        REQUIRE(1 <= heard.size());
        CHECK(heard.back().mark == mark.mark);
    }
    CHECK(talk.heard.all<wire::Refused>().empty());
}

}  // namespace

TEST_CASE("each kind of data that is claimed comes, on a first connection and on a second") {
    for (const FixtureRow& row : all_fixtures()) {
        CAPTURE(row.name);
        Bench bench{row};
        if (bench.can().streams.empty()) continue;
        for (int connection = 0; connection < 2; ++connection) {
            for (const DataKind kind :
                 {DataKind::trade, DataKind::quote, DataKind::bar, DataKind::mark_price})
                if (bench.can().streams.has(kind)) check_kind(bench, kind);
        }
    }
}

TEST_CASE("subscriptions asked for before the stream is ready are sent when it is") {
    for (const FixtureRow& row : all_fixtures()) {
        CAPTURE(row.name);
        Bench bench{row};
        if (!bench.can().streams.has(DataKind::trade)) continue;
        const wire::Subscription wanted = want(bench, DataKind::trade);
        auto protocol = bench.venue->market_stream_of(bench.venue->lane_of(wanted));
        wire::Outbox early;
        protocol->subscribe({&wanted, 1}, bench.truth.now, early);
        Talk talk{bench, std::move(protocol), bench.fixture->market_peer()};
        talk.open();
        talk.heard.events.clear();
        talk.hear(talk.peer().trade(trade_of(bench, 42)));
        CHECK(talk.heard.all<Trade>().size() == 1);
    }
}

TEST_CASE("refusals of a subscription are told as what they are") {
    for (const FixtureRow& row : all_fixtures()) {
        CAPTURE(row.name);
        for (const wire::Refusal mood : {wire::Refusal::symbol_limit, wire::Refusal::unknown_symbol,
                                         wire::Refusal::unauthorized, wire::Refusal::connection_limit}) {
            Bench bench{row};
            if (!bench.can().streams.has(DataKind::trade)) continue;
            CAPTURE(static_cast<int>(mood));
            const wire::Subscription wanted = want(bench, DataKind::trade);
            Talk talk{bench, bench.venue->market_stream_of(bench.venue->lane_of(wanted)),
                      bench.fixture->market_peer()};
            talk.open(mood);
            if (!talk.closed()) talk.subscribe({&wanted, 1}, mood);
            const bool anything_refused =
                talk.closed() || std::ranges::any_of(talk.heard.all<Control>(), [](const Control& each) {
                    return each.kind == Control::Kind::refused;
                });
            // Nothing where the venue knows no such refusal.
            if (anything_refused && !talk.heard.all<Control>().empty())
                CHECK(has_control(talk.heard, Control::Kind::refused, mood));
        }
    }
}

TEST_CASE("garbage is counted and refused, and the stream goes on") {
    for (const FixtureRow& row : all_fixtures()) {
        CAPTURE(row.name);
        Bench bench{row};
        if (!bench.can().streams.has(DataKind::trade)) continue;
        const wire::Subscription wanted = want(bench, DataKind::trade);
        Talk talk{bench, bench.venue->market_stream_of(bench.venue->lane_of(wanted)),
                  bench.fixture->market_peer()};
        talk.open();
        talk.subscribe({&wanted, 1});
        talk.heard.events.clear();
        for (const std::string& frame : {std::string{"{"}, std::string{"garbage"}, std::string{"{\"a\":"},
                                         std::string(3000, '['), std::string{}})
            talk.hear({frame});
        CHECK(talk.heard.all<Trade>().empty());
        if (talk.closed()) continue;  // a venue may prefer a fresh connection
        talk.hear(talk.peer().trade(trade_of(bench, 43)));
        CHECK(talk.heard.all<Trade>().size() == 1);
    }
}

}  // namespace plumb::venues::conformance
