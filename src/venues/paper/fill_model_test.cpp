#include "venues/paper/fill_model.hpp"

#include <doctest/doctest.h>

#include "base/rng.hpp"

using namespace plumb;
using namespace std::chrono_literals;
namespace paper = plumb::venues::paper;

namespace {

constexpr Timestamp kStart = Timestamp{} + std::chrono::hours{24 * 20'000};

Price p(const char* text) { return *Price::parse(text); }
Quantity q(const char* text) { return *Quantity::parse(text); }

Instrument instrument() {
    Instrument i;
    i.tick = p("0.01");
    i.lot = q("0.1");
    return i;
}

paper::RestingOrder order_of(Side side, OrderType type = OrderType::market, const char* limit = "0",
                             const char* stop = "0") {
    paper::RestingOrder order;
    order.request.side = side;
    order.request.type = type;
    order.request.quantity = q("10");
    order.request.limit = p(limit);
    order.request.stop = p(stop);
    order.request.reference = p("100");
    order.request.decided_at = kStart;
    order.arrives_at = kStart + 50ms;
    return order;
}

ClosedBar bar(const char* open, const char* high, const char* low, const char* close,
              const char* volume = "0", Timestamp at = kStart) {
    ClosedBar b;
    b.open_time = at;
    b.length = 1h;
    b.values = {p(open), p(high), p(low), p(close), q(volume)};
    return b;
}

Quote quote(const char* bid, const char* ask, const char* size = "1000", Timestamp at = kStart + 1s) {
    Quote each;
    each.bid = p(bid);
    each.ask = p(ask);
    each.bid_quantity = each.ask_quantity = q(size);
    each.received_at = at;
    return each;
}

paper::PaperCosts costs(double half_spread, double slippage, double impact = 0) {
    paper::PaperCosts c;
    c.half_spread_bps = half_spread;
    c.slippage_bps = slippage;
    c.impact_bps = impact;
    return c;
}

std::string price_of(const paper::RestingOrder& order, const Event& event, const paper::PaperCosts& c) {
    const auto fill = paper::propose_fill(order, event, instrument(), c);
    return fill ? fill->price.to_string() : "none";
}

}  // namespace

TEST_CASE(
    "fill model: a market order pays half the spread and the slippage, rounded to the tick against it") {
    const Event event = bar("100", "105", "95", "102");
    CHECK(price_of(order_of(Side::buy), event, costs(2, 1)) == "100.03");
    CHECK(price_of(order_of(Side::sell), event, costs(2, 1)) == "99.97");
    CHECK(price_of(order_of(Side::buy), event, costs(0, 0)) == "100");
    CHECK(price_of(order_of(Side::sell), event, costs(0, 0)) == "100");
    CHECK(price_of(order_of(Side::buy), event, costs(2.01, 1)) ==
          "100.04");  // a hair more costs the next tick
    CHECK(price_of(order_of(Side::sell), event, costs(2.01, 1)) == "99.96");
    // A quote has its spread in it: slippage alone is added.
    CHECK(price_of(order_of(Side::buy), quote("99.90", "100.10"), costs(50, 1)) == "100.12");
    CHECK(price_of(order_of(Side::sell), quote("99.90", "100.10"), costs(50, 1)) == "99.89");
    Trade trade;
    trade.price = p("100");
    trade.received_at = kStart + 1s;
    CHECK(price_of(order_of(Side::buy), trade, costs(2, 1)) == "100.03");
}

TEST_CASE("fill model: impact grows with the share of the volume, and no more than that share fills") {
    paper::PaperCosts c = costs(0, 0, 100);
    const auto part =
        paper::propose_fill(order_of(Side::buy), bar("100", "101", "99", "100", "50"), instrument(), c);
    REQUIRE(part.has_value());
    CHECK(part->quantity.to_string() == "5");   // a tenth of 50
    CHECK(part->price.to_string() == "100.1");  // 100 bps of a tenth
    const auto thin =
        paper::propose_fill(order_of(Side::buy), bar("100", "101", "99", "100", "0.01"), instrument(), c);
    REQUIRE(thin.has_value());
    CHECK(thin->quantity.to_string() == "0.1");  // one lot, so that a thin market delays and never blocks
    const auto unknown =
        paper::propose_fill(order_of(Side::buy), bar("100", "101", "99", "100", "0"), instrument(), c);
    REQUIRE(unknown.has_value());
    CHECK(unknown->quantity.to_string() == "10");
    paper::RestingOrder nearly = order_of(Side::buy);
    nearly.filled = q("9.9");
    CHECK(paper::propose_fill(nearly, bar("100", "101", "99", "100", "50"), instrument(), c)
              ->quantity.to_string() == "0.1");
}

TEST_CASE(
    "fill model: latency; a bar under way gives its close, a bar over gives nothing, a filled bar never "
    "does") {
    const paper::PaperCosts c = costs(0, 0);
    CHECK(price_of(order_of(Side::buy), bar("100", "105", "95", "102", "0", kStart - 30min), c) == "102");
    CHECK(price_of(order_of(Side::buy), bar("100", "105", "95", "102", "0", kStart - 1h), c) == "none");
    CHECK(price_of(order_of(Side::buy), bar("100", "105", "95", "102", "0", kStart + 1h), c) == "100");
    ClosedBar quiet = bar("100", "100", "100", "100");
    quiet.origin = BarOrigin::filled;
    CHECK(price_of(order_of(Side::buy), quiet, c) == "none");
    CHECK(price_of(order_of(Side::buy), quote("99", "100", "5", kStart + 49ms), c) == "none");
    CHECK(price_of(order_of(Side::buy), quote("99", "100", "5", kStart + 50ms), c) == "100");
}

TEST_CASE("fill model: crossed, one-sided and empty quotes fill nothing; a locked one does") {
    const paper::PaperCosts c = costs(0, 0);
    CHECK(price_of(order_of(Side::buy), quote("101", "100"), c) == "none");
    CHECK(price_of(order_of(Side::buy), quote("0", "100"), c) == "none");
    CHECK(price_of(order_of(Side::buy), quote("99", "100", "0"), c) == "none");
    CHECK(price_of(order_of(Side::buy), quote("100", "100"), c) == "100");
}

TEST_CASE("fill model: a limit order fills when the market trades through it, never at a worse price") {
    const paper::PaperCosts c = costs(10, 10);
    const Event event = bar("100", "105", "95", "102");
    CHECK(price_of(order_of(Side::buy, OrderType::limit, "95"), event, c) == "none");  // touched, not through
    CHECK(price_of(order_of(Side::buy, OrderType::limit, "95.01"), event, c) == "95.01");
    CHECK(price_of(order_of(Side::sell, OrderType::limit, "105"), event, c) == "none");
    CHECK(price_of(order_of(Side::sell, OrderType::limit, "104.99"), event, c) == "104.99");
    const auto maker =
        paper::propose_fill(order_of(Side::buy, OrderType::limit, "96"), event, instrument(), c);
    REQUIRE(maker.has_value());
    CHECK(maker->maker);
    // Better than the limit at once: it takes, and pays for taking, its limit at most.
    const auto taker =
        paper::propose_fill(order_of(Side::buy, OrderType::limit, "101"), event, instrument(), c);
    REQUIRE(taker.has_value());
    CHECK_FALSE(taker->maker);
    CHECK(taker->price.to_string() == "100.2");
    CHECK(price_of(order_of(Side::buy, OrderType::limit, "100.05"), event, c) == "100.05");
    CHECK(price_of(order_of(Side::sell, OrderType::limit, "99"), event, c) == "99.8");
}

TEST_CASE("fill model: a stop fills at its level or worse, costs included; a gap costs the gap") {
    const paper::PaperCosts c = costs(10, 0);
    const Event event = bar("100", "105", "95", "102");
    CHECK(price_of(order_of(Side::buy, OrderType::stop, "0", "105.01"), event, c) == "none");
    CHECK(price_of(order_of(Side::buy, OrderType::stop, "0", "104"), event, c) ==
          "104.11");  // 104.104 on the grid
    CHECK(price_of(order_of(Side::buy, OrderType::stop, "0", "98"), event, c) ==
          "100.1");  // the open was beyond
    CHECK(price_of(order_of(Side::sell, OrderType::stop, "0", "96"), event, c) == "95.9");
    CHECK(price_of(order_of(Side::sell, OrderType::stop, "0", "94.99"), event, c) == "none");
    CHECK(price_of(order_of(Side::sell, OrderType::stop, "0", "101"), event, c) == "99.9");
    paper::RestingOrder hit = order_of(Side::buy, OrderType::stop, "0", "200");
    hit.triggered = true;  // some bars ago: a market order now
    CHECK(price_of(hit, event, c) == "100.1");
}

TEST_CASE("fill model: a stop-limit order remembers its stop, a trailing stop is never filled") {
    const paper::PaperCosts c = costs(0, 0);
    paper::RestingOrder order = order_of(Side::buy, OrderType::stop_limit, "99", "104");
    const Event up = bar("100", "105", "100", "104"), down = bar("100", "101", "95", "96");
    CHECK_FALSE(paper::reaches_stop(order, down, c));
    CHECK(price_of(order, down, c) == "none");
    CHECK(paper::reaches_stop(order, up, c));
    CHECK(price_of(order, up, c) == "none");  // reached, but not down at the limit
    order.triggered = true;
    CHECK(price_of(order, down, c) == "99");
    CHECK(price_of(order_of(Side::buy, OrderType::trailing_stop, "0", "104"), up, c) == "none");
}

TEST_CASE(
    "fault_F12_absurd_price: a print ten times the price decided at, or a tenth, fills nothing and stops "
    "nothing") {
    const paper::PaperCosts c = costs(2, 1);
    for (const char* price : {"1000", "10", "0.01", "1e12", "1e20"}) {
        CHECK(price_of(order_of(Side::buy), bar(price, price, price, price), c) == "none");
        CHECK(price_of(order_of(Side::sell), quote(price, price), c) == "none");
    }
    CHECK(price_of(order_of(Side::buy), bar("999", "999", "999", "999"), c) != "none");
}

TEST_CASE(
    "fill model: whatever the event, a fill is on the grid, not more than is left, and costs are never a "
    "gift") {
    Rng rng{31};
    int fills = 0;
    for (int i = 0; i < 50'000; ++i) {
        const auto at = [&] { return *Price::from_double(90 + 20 * rng.uniform(), 2); };
        ClosedBar b = bar("1", "1", "1", "1");
        b.values.open = at(), b.values.close = at();
        b.values.high = std::max(b.values.open, b.values.close),
        b.values.low = std::min(b.values.open, b.values.close);
        b.values.volume = *Quantity::from_double(200 * rng.uniform(), 1);
        paper::RestingOrder order =
            order_of(rng.below(2) == 0 ? Side::buy : Side::sell, static_cast<OrderType>(rng.below(4)));
        order.request.limit = at(), order.request.stop = at();
        order.filled = *Quantity::from_double(9 * rng.uniform(), 1);
        const auto fill =
            paper::propose_fill(order, b, instrument(), costs(3 * rng.uniform(), rng.uniform(), 20));
        if (!fill) continue;
        ++fills;
        const bool buys = order.request.side == Side::buy;
        REQUIRE(fill->price.value.is_multiple_of(p("0.01").value));
        REQUIRE(fill->quantity.value.is_multiple_of(q("0.1").value));
        REQUIRE(fill->quantity <= order.request.quantity - order.filled);
        if (order.request.type == OrderType::market)
            REQUIRE((buys ? fill->price >= b.values.open : fill->price <= b.values.open));
        if (order.request.type == OrderType::stop) {
            REQUIRE((buys ? fill->price >= order.request.stop : fill->price <= order.request.stop));
        }
        if (order.request.type == OrderType::limit || order.request.type == OrderType::stop_limit) {
            REQUIRE((buys ? fill->price <= order.request.limit : fill->price >= order.request.limit));
        }
    }
    CHECK(fills > 10'000);
}
