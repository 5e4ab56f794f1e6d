#include <doctest/doctest.h>

#include "venues/coinbase/coinbase.hpp"
#include "venues/coinbase/encode.hpp"
#include "venues/coinbase/sign.hpp"

using namespace plumb;
using namespace plumb::venues::coinbase;
using namespace std::chrono_literals;

namespace {

// The keys of RFC 6979 A.2.5 and RFC 8032 test 1.
constexpr std::string_view kP256 =
    "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49\n"
    "AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8\nmaQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==\n"
    "-----END EC PRIVATE KEY-----\n";
constexpr std::string_view kEd25519 =
    "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg==";
constexpr std::string_view kName =
    "organizations/11111111-1111-1111-1111-111111111111/apiKeys/22222222-2222-2222-2222-222222222222";
constexpr std::string_view kNonce = "000102030405060708090a0b0c0d0e0f";
const Timestamp kNow{1700000000s};

TokenMaker maker(std::string_view secret) {
    wire::Credentials credentials;
    credentials.key_id = kName;
    credentials.secret = Secret{secret};
    Result<TokenMaker> made = TokenMaker::make(credentials);
    REQUIRE(made);
    return std::move(*made);
}

struct Parts {
    std::string header, claims, signature;
};
Parts parts_of(const std::string& token) {
    const auto plain = [](std::string text) {
        for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
        return signing::from_base64(text).value_or(std::string{});
    };
    const std::size_t one = token.find('.'), two = token.rfind('.');
    return {plain(token.substr(0, one)), plain(token.substr(one + 1, two - one - 1)),
            plain(token.substr(two + 1))};
}

struct Desk {
    InstrumentTable instruments;
    InstrumentId btc, eth;
    std::unique_ptr<wire::Venue> venue;

    explicit Desk(std::string_view secret = kEd25519) {
        const auto add = [this](const char* base) {
            Instrument instrument;
            instrument.base = base;
            instrument.quote = "USD";
            instrument.tick = *Price::parse("0.01");
            instrument.lot = *Quantity::parse("0.00000001");
            instrument.notional_min = *Money::parse("1");
            return *instruments.add(instrument);
        };
        btc = add("BTC");
        eth = add("ETH");
        wire::VenueOptions options;
        options.instruments = &instruments;
        if (!secret.empty()) {
            options.credentials.key_id = kName;
            options.credentials.secret = Secret{secret};
        }
        venue = make_venue(options);
    }
    OrderRequest order(OrderType type = OrderType::limit) const {
        OrderRequest order;
        order.id = {42, 1, 2};
        order.instrument = btc;
        order.type = type;
        order.quantity = *Quantity::parse("0.5");
        if (type != OrderType::market) order.limit = *Price::parse("100.25");
        if (type == OrderType::stop_limit) order.stop = *Price::parse("101");
        return order;
    }
    wire::WireRequest ask(const wire::Question& question) {
        Result<wire::WireRequest> request = venue->ask(question, kNow);
        INFO((request ? std::string{} : request.error().message()));
        REQUIRE(request);
        return std::move(*request);
    }
    Error error_of(const wire::Question& question) {
        const auto request = venue->ask(question, kNow);
        REQUIRE_FALSE(request);
        return request.error();
    }
};

constexpr std::string_view kRoot = "/api/v3/brokerage";

}  // namespace

TEST_CASE("tokens of the worked examples: header and claims byte by byte, and a signature that verifies") {
    // signing vectors: REST and WebSocket, ES256 (RFC 6979 key) and EdDSA (RFC 8032 key).
    const std::string uri = "GET api.coinbase.com/api/v3/brokerage/accounts";
    const std::string claims =
        R"({"sub":")" + std::string{kName} + R"(","iss":"cdp","nbf":1700000000,"exp":1700000120)";
    const TokenMaker ed25519 = maker(kEd25519);
    const std::string rest = ed25519.token(kNow, uri, kNonce);
    CHECK(rest.ends_with(
        ".9egvglYZC2MPuoEuH0V5WhMhzFpYV3P-aqMqGg8dQKmVTxYM2X3i22VVFbp0qtp3n5ml6li6zM1dKfNWuOOlAA"));
    CHECK(parts_of(rest).header == R"({"alg":"EdDSA","typ":"JWT","kid":")" + std::string{kName} +
                                       R"(","nonce":")" + std::string{kNonce} + "\"}");
    CHECK(parts_of(rest).claims == claims + R"(,"uri":")" + uri + "\"}");
    CHECK(parts_of(ed25519.token(kNow, std::nullopt, kNonce)).claims == claims + "}");

    const TokenMaker p256 = maker(kP256);
    const std::string es256 = p256.token(kNow, uri, kNonce);
    CHECK(
        es256.starts_with("eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6Im9yZ2FuaXphdGlvbnMvMTExMTExMTEtMTExMS"
                          "0xMTExLTExMTEtMTExMTExMTExMTEx"
                          "L2FwaUtleXMvMjIyMjIyMjItMjIyMi0yMjIyLTIyMjItMjIyMjIyMjIyMjIyIiwibm9uY2UiOiIwMDAxMD"
                          "IwMzA0MDUwNjA3MDgwOTBhMGIwYzBk"
                          "MGUwZiJ9."));
    const std::string body = es256.substr(0, es256.rfind('.'));
    CHECK(p256.key().verify(body, parts_of(es256).signature));
    CHECK(parts_of(es256).signature.size() == 64);
    // The documents' own signature, with the nonce of RFC 6979, is one of this key's too.
    const std::string theirs =
        parts_of("a.b.liALLIaPR29mtyLvWBqvakRwEacH-PHIoLPnBNOiLywCjhBBIAa3K8sMG2kXYHDBdLMLMiGvD8GWynmFJJ9L1A")
            .signature;
    CHECK(p256.key().verify(body, theirs));
}

TEST_CASE("every token has a nonce of its own, and the same history the same nonces") {
    TokenMaker one = maker(kEd25519), two = maker(kEd25519);
    const std::string first = one.token(kNow, std::nullopt), second = one.token(kNow, std::nullopt);
    CHECK(first != second);
    CHECK(two.token(kNow, std::nullopt) == first);
    CHECK(two.token(kNow, std::nullopt) == second);
}

TEST_CASE("keys that are none are refused in words without the key") {
    for (const auto& [name, secret] :
         std::vector<std::pair<std::string, std::string>>{{"", ""},
                                                          {std::string{kName}, ""},
                                                          {std::string{kName}, "not a key"},
                                                          {"a\"b", std::string{kEd25519}},
                                                          {"a b", std::string{kEd25519}},
                                                          {"", std::string{kEd25519}}}) {
        wire::Credentials credentials;
        credentials.key_id = name;
        credentials.secret = Secret{secret};
        const auto made = TokenMaker::make(credentials);
        REQUIRE_FALSE(made);
        CHECK(made.error().message().find("not a key") == std::string::npos);
    }
}

TEST_CASE("orders in the venue's words") {
    Desk desk;
    const auto body_of = [&](const OrderRequest& order) { return desk.ask(wire::AskPlace{order}).http.body; };
    const std::string head =
        R"({"client_order_id":"pl-0000002a-1-2","product_id":"BTC-USD","side":"BUY","order_configuration":)";
    OrderRequest order = desk.order();
    CHECK(body_of(order) ==
          head + R"({"limit_limit_gtc":{"base_size":"0.5","limit_price":"100.25","post_only":false}}})");
    order.time_in_force = TimeInForce::immediate_or_cancel;
    CHECK(body_of(order) == head + R"({"sor_limit_ioc":{"base_size":"0.5","limit_price":"100.25"}}})");
    order.time_in_force = TimeInForce::fill_or_kill;
    CHECK(body_of(order) == head + R"({"limit_limit_fok":{"base_size":"0.5","limit_price":"100.25"}}})");
    CHECK(body_of(desk.order(OrderType::market)) == head + R"({"market_market_ioc":{"base_size":"0.5"}}})");
    order = desk.order(OrderType::stop_limit);
    CHECK(body_of(order) == head +
                                R"({"stop_limit_stop_limit_gtc":{"base_size":"0.5","limit_price":"100.25",)"
                                R"("stop_price":"101","stop_direction":"STOP_DIRECTION_STOP_UP"}}})");
    order.side = Side::sell;
    CHECK(body_of(order).find("STOP_DIRECTION_STOP_DOWN") != std::string::npos);

    const wire::WireRequest request = desk.ask(wire::AskPlace{desk.order()});
    CHECK(request.http.method == io::Method::post);
    CHECK(request.http.target == std::string{kRoot} + "/orders");
    CHECK(request.bucket == kPrivateBucket);
    CHECK_FALSE(request.uses_reserve);
    const std::string* bearer = io::find_header(request.http.headers, "Authorization");
    REQUIRE(bearer);
    CHECK(
        parts_of(bearer->substr(7)).claims.find(R"("uri":"POST api.coinbase.com/api/v3/brokerage/orders")") !=
        std::string::npos);
}

TEST_CASE("cancels and edits go by the venue's id, exits may draw on the reserve") {
    Desk desk;
    const wire::OrderKey known{desk.btc, {42, 1, 1}, std::string_view{"a1-b2"}};
    const wire::WireRequest cancel = desk.ask(wire::AskCancel{known});
    CHECK(cancel.http.target == std::string{kRoot} + "/orders/batch_cancel");
    CHECK(cancel.http.body == R"({"order_ids":["a1-b2"]})");
    CHECK(cancel.uses_reserve);
    CHECK(desk.ask(wire::AskReplace{known, desk.order()}).http.body ==
          R"({"order_id":"a1-b2","price":"100.25","size":"0.5"})");
    CHECK(desk.error_of(wire::AskCancel{{desk.btc, {42, 1, 1}, {}}}).code() == Errc::invalid_argument);
    CHECK(desk.error_of(wire::AskReplace{{desk.btc, {42, 1, 1}, {}}, desk.order()}).code() ==
          Errc::invalid_argument);
    OrderRequest out = desk.order();
    out.purpose = OrderPurpose::exit;
    CHECK(desk.ask(wire::AskPlace{out}).uses_reserve);
}

TEST_CASE("questions about the account, and the token that names the path without its query") {
    Desk desk;
    const auto target = [&](const wire::Question& question) {
        return desk.ask(question).http.target.substr(kRoot.size());
    };
    CHECK(target(wire::AskOrder{{desk.btc, {}, std::string_view{"a/b"}}, 0}) == "/orders/historical/a%2Fb");
    CHECK(target(wire::AskOrder{{desk.btc, {42, 1, 1}, {}}, 0}) ==
          "/orders/historical/batch?limit=250&product_ids=BTC-USD");
    CHECK(target(wire::AskOpenOrders{}) == "/orders/historical/batch?order_status=OPEN&limit=250");
    CHECK(target(wire::AskOpenOrders{desk.eth, "oc 1"}) ==
          "/orders/historical/batch?order_status=OPEN&limit=250&product_ids=ETH-USD&cursor=c%201");
    CHECK(target(wire::AskOpenOrders{{}, "q"}) ==
          "/orders/historical/"
          "batch?order_status=PENDING&order_status=QUEUED&order_status=CANCEL_QUEUED&order_status="
          "EDIT_QUEUED&limit=250");
    CHECK(target(wire::AskFills{{}, kNow, "x"}) ==
          "/orders/historical/"
          "fills?limit=100&start_sequence_timestamp=2023-11-14T22%3A13%3A20.000000000Z&cursor=x");
    CHECK(target(wire::AskBalances{}) == "/accounts?limit=250");
    CHECK(target(wire::AskPermissions{}) == "/key_permissions");
    const wire::WireRequest request = desk.ask(wire::AskBalances{"c"});
    CHECK(parts_of(io::find_header(request.http.headers, "Authorization")->substr(7))
              .claims.find(R"("uri":"GET api.coinbase.com/api/v3/brokerage/accounts"})") !=
          std::string::npos);
    for (const wire::Question& question : std::vector<wire::Question>{
             wire::AskPositions{}, wire::AskStreamKey{}, wire::AskCancelAllAfter{},
             wire::AskQuotes{{desk.btc, desk.eth}}, wire::AskBars{desk.btc, 4h, kNow, kNow + 24h, {}}})
        CHECK(desk.error_of(question).code() == Errc::unsupported);
}

TEST_CASE("public questions need no key and carry none; private ones say what is missing") {
    Desk desk{""};
    for (const wire::Question& question : std::vector<wire::Question>{
             wire::AskListings{}, wire::AskClock{}, wire::AskBook{desk.btc}, wire::AskQuotes{{desk.btc}},
             wire::AskTrades{desk.btc, kNow, kNow + 1h, {}},
             wire::AskBars{desk.btc, 1h, kNow, kNow + 24h, {}}}) {
        const wire::WireRequest request = desk.ask(question);
        CHECK(request.host == wire::Host::market_data);
        CHECK(request.bucket == kPublicBucket);
        CHECK_FALSE(io::find_header(request.http.headers, "Authorization"));
    }
    CHECK(desk.error_of(wire::AskBalances{}).code() == Errc::denied);
    CHECK(desk.error_of(wire::AskPlace{desk.order()}).message().find("CDP key") != std::string::npos);
    CHECK_FALSE(desk.venue->private_stream()->plan(kNow));
    CHECK(desk.error_of(wire::AskBook{InstrumentId{99}}).code() == Errc::invalid_argument);
}

TEST_CASE("bars are asked for in windows that do not overlap and leave nothing out") {
    Desk desk;
    const Timestamp from = *parse_timestamp("2024-01-01T00:30:00Z"),
                    to = *parse_timestamp("2024-02-01T00:00:00Z");
    wire::AskBars ask{desk.btc, 1h, from, to, {}};
    CHECK(desk.ask(ask).http.target == std::string{kRoot} +
                                           "/market/products/BTC-USD/candles?start=1704070800&end=1705150799&"
                                           "granularity=ONE_HOUR");
    // 743 hours open in the span.
    std::size_t bars = 0;
    for (int pages = 0;; ++pages) {
        REQUIRE(pages < 4);
        const auto window = bar_window(ask);
        REQUIRE(window);
        bars += static_cast<std::size_t>((window->to - window->from) / 1h);
        if (window->is_last) break;
        ask.page =
            std::to_string(std::chrono::floor<std::chrono::seconds>(window->to.time_since_epoch()).count());
    }
    CHECK(bars == 743);
    ask.page = "junk";
    CHECK(desk.error_of(ask).code() == Errc::invalid_argument);
    ask = {desk.btc, 1h, to, from, {}};
    CHECK(desk.error_of(ask).code() == Errc::invalid_argument);
}

TEST_CASE("fault_E15 fault_E19: what the venue would refuse is refused here, in words") {
    Desk desk;
    const auto denied = [&](const OrderRequest& order) {
        const Status status = desk.venue->check(order);
        REQUIRE_FALSE(status);
        CHECK_FALSE(desk.venue->ask(wire::AskPlace{order}, kNow));
        return status.error().message();
    };
    CHECK(desk.venue->check(desk.order()));
    OrderRequest order = desk.order();
    order.limit = *Price::parse("100.255");
    CHECK(denied(order).find("no multiple of 0.01") != std::string::npos);
    order = desk.order();
    order.quantity = *Quantity::parse("0.000000001");
    CHECK(denied(order).find("no multiple of 0.00000001") != std::string::npos);
    order.quantity = *Quantity::parse("0.00000001");
    CHECK(denied(order).find("minimum of 1") != std::string::npos);
    order.quantity = -*Quantity::parse("1");
    denied(order);
    order = desk.order();
    order.limit = Price{};
    denied(order);
    order = desk.order();
    order.time_in_force = TimeInForce::day;
    denied(order);
    for (const OrderType type : {OrderType::stop, OrderType::trailing_stop}) denied(desk.order(type));
    order = desk.order(OrderType::market);
    order.time_in_force = TimeInForce::fill_or_kill;
    denied(order);
    order = desk.order(OrderType::stop_limit);
    order.time_in_force = TimeInForce::immediate_or_cancel;
    denied(order);
    order = desk.order();
    order.instrument = InstrumentId{99};
    denied(order);
}
