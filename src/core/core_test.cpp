#include <doctest/doctest.h>

#include "base/rng.hpp"
#include "core/effect.hpp"
#include "core/event.hpp"
#include "core/instrument.hpp"

using namespace plumb;
using namespace std::chrono_literals;

namespace {

Price price(std::string_view text) { return *Price::parse(text); }
Quantity quantity(std::string_view text) { return *Quantity::parse(text); }

Instrument instrument(std::string base, std::string quote) {
    return {.id = {},
            .base = std::move(base),
            .quote = std::move(quote),
            .tick = price("0.01"),
            .lot = quantity("0.001"),
            .quantity_min = {},
            .notional_min = {}};
}

}  // namespace

TEST_CASE("ids: a client order id survives its text, and foreign text is refused") {
    Rng rng{3};
    for (int i = 0; i < 1000; ++i) {
        const ClientOrderId id{static_cast<std::uint32_t>(rng.next()),
                               static_cast<std::uint32_t>(rng.below(100'000)), rng.below(1'000'000'000)};
        CHECK(id.to_string().size() <= 36);
        CHECK(*ClientOrderId::parse(id.to_string()) == id);
    }
    for (const char* text : {"", "pl-", "pl-1-2", "pl-zz-1-1", "pl-1-1-1x", "xx-1-1-1", "pl-1-1-"}) {
        CHECK_FALSE(ClientOrderId::parse(text).has_value());
    }
}

TEST_CASE("symbols: every spelling of the earlier programs and venues comes to one name") {
    for (const char* text :
         {"BTC/USD", "btc-usd", "BTC_USD", "BTCUSD", "BTC/USD:USD", "XBT/USD", "XBTUSD", "BTC"}) {
        CAPTURE(text);
        CHECK(parse_symbol(text)->base == "BTC");
        CHECK(parse_symbol(text)->quote == "USD");
    }
    CHECK(parse_symbol("BTC/USDT:USDT")->quote == "USDT");
    CHECK(parse_symbol("SHIBUSDT")->base == "SHIB");
    CHECK(parse_symbol("USDT/USD")->base == "USDT");
    CHECK(parse_symbol("BNBUSD")->base == "BNB");
    CHECK(parse_symbol("DOTUSD")->base == "DOT");
    CHECK(parse_symbol("AAPL")->base == "AAPL");
    CHECK(parse_symbol("BRK.B")->base == "BRK.B");
    for (const char* text : {"", "/USD", "BTC/", "BTC USD", "../etc", "BTC\n"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_symbol(text).has_value());
    }
}

TEST_CASE("instruments: one name, one id, and a grid above zero") {
    InstrumentTable table;
    CHECK(table.add(instrument("BTC", "USD"))->value == 0);
    CHECK(table.add(instrument("ETH", "USD"))->value == 1);
    CHECK(table.find("ETH/USD")->value == 1);
    CHECK_FALSE(table.find("SOL/USD").has_value());
    CHECK(table.add(instrument("BTC", "USD")).error().code() == Errc::duplicate);
    Instrument flat = instrument("SOL", "USD");
    flat.lot = {};
    CHECK(table.add(flat).error().code() == Errc::out_of_range);
}

TEST_CASE("bars: an open bar becomes a closed one only when its interval is over (F13)") {
    OpenBar open{.instrument = {},
                 .origin = BarOrigin::traded,
                 .open_time = timestamp_from_ms(0),
                 .length = 60s,
                 .values = {price("2"), price("3"), price("1"), price("2"), quantity("5")}};
    CHECK(open.closed(timestamp_from_ms(59'999)).error().code() == Errc::stale);
    REQUIRE(open.closed(timestamp_from_ms(60'000)).has_value());
    CHECK(open.closed(timestamp_from_ms(60'000))->close_time() == timestamp_from_ms(60'000));
    CHECK_FALSE(std::is_convertible_v<OpenBar, ClosedBar>);
    CHECK(check_bar(open.values).has_value());
    open.values.low = price("0");
    CHECK_FALSE(check_bar(open.values).has_value());
    open.values.low = price("2.5");
    CHECK_FALSE(check_bar(open.values).has_value());
}

TEST_CASE("units: price times quantity is money, exactly") {
    CHECK((price("0.000008") * quantity("13123456789012.5")).to_string() == "104987654.3121");
    CHECK((*Money::parse("100") / price("64000")).to_string() == "0.0015625");
    CHECK(notional(price("100000000000"), quantity("100000000000")).error().code() == Errc::overflow);
    const Quote quote{.instrument = {},
                      .bid = price("1"),
                      .ask = price("2"),
                      .bid_quantity = {},
                      .ask_quantity = {},
                      .venue_time = {},
                      .received_at = {}};
    CHECK(quote.mid() == price("1.5"));
}

TEST_CASE("approved orders: nothing outside the gate can make one") {
    CHECK_FALSE(std::is_constructible_v<ApprovedOrder, OrderRequest>);
    CHECK_FALSE(std::is_default_constructible_v<ApprovedOrder>);
}

TEST_CASE("events: the time in hand is the close of a bar and the receipt of everything else") {
    const ClosedBar bar{.instrument = {},
                        .origin = BarOrigin::traded,
                        .open_time = timestamp_from_ms(1000),
                        .length = 60s,
                        .values = {}};
    CHECK(time_of(Event{bar}) == timestamp_from_ms(61'000));
    CHECK(known_at(MarketEvent{bar}) == timestamp_from_ms(61'000));
    CHECK(time_of(Event{Tick{timestamp_from_ms(5)}}) == timestamp_from_ms(5));
}
