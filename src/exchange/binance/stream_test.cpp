#include <map>

#include "exchange/binance/testing/venue_fixture.hpp"

using namespace plumb;
using namespace plumb::exchange;
using namespace plumb::exchange::binance;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const std::string kLimit = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=39000";

/// The text of a WebSocket API request, signed as the documents say.
std::string api_request(const VenueFixture& it, const std::string& method,
                        std::map<std::string, std::string> params) {
    params["apiKey"] = it.venue.access.key;
    params["timestamp"] = std::to_string(it.now_ms());
    std::string payload;
    Json json = Json::object();
    for (const auto& [key, value] : params) {
        payload += (payload.empty() ? "" : "&") + key + "=" + value;
        json[key] = value;
    }
    json["signature"] = signing::hex(signing::hmac_sha256(it.venue.access.secret, payload));
    return Json{{"id", "abc"}, {"method", method}, {"params", json}}.dump();
}

Json the(const std::vector<Json>& frames, const std::string& event) {
    for (const Json& frame : frames) {
        const Json& body = frame.contains("data")    ? frame["data"]
                           : frame.contains("event") ? frame["event"]
                                                     : frame;
        if (body.value("e", "") == event) return body;
    }
    FAIL("no " << event);
    return {};
}

}  // namespace

TEST_CASE("a stream of trades: raw and combined, milli- and microseconds") {
    VenueFixture it;
    const StreamId raw = *it.venue.open_stream("/ws/btcusdt@trade/btcusdt@aggTrade");
    const StreamId combined = *it.venue.open_stream("/stream?streams=btcusdt@trade&timeUnit=MICROSECOND");
    it.venue.trade_through(it.btc, Side::sell, *Quantity::parse("0.01"));
    const auto plain = it.frames(raw);
    const Json trade = the(plain, "trade");
    check_shape(Json::parse(
                    R"({"e":"trade","E":1672515782136,"s":"BNBBTC","t":12345,"p":"0.001","q":"100",
        "T":1672515782136,"m":true,"M":true})"),
                trade);
    CHECK(trade["m"] == true);
    CHECK(trade["s"] == "BTCUSDT");
    CHECK(trade["E"] == it.now_ms());
    check_shape(
        Json::parse(
            R"({"e":"aggTrade","E":1,"s":"BNBBTC","a":12345,"p":"0.001","q":"100","f":100,"l":105,"T":1,
        "m":true,"M":true})"),
        the(plain, "aggTrade"));
    const auto wrapped = it.frames(combined);
    REQUIRE(wrapped.size() == 1);
    CHECK(wrapped[0]["stream"] == "btcusdt@trade");
    CHECK(wrapped[0]["data"]["E"] == it.now_ms() * 1000);
}

TEST_CASE("fault_F10_snapshot_and_deltas: the book of the changes is the book of the snapshot") {
    for (const bool spot : {true, false}) {
        VenueFixture it{spot ? spot_entry() : futures_entry()};
        const StreamId stream =
            *it.venue.open_stream(spot ? "/ws/btcusdt@depth@100ms" : "/public/ws/btcusdt@depth@100ms");
        it.venue.pump_for(milliseconds{150});
        const std::string address =
            spot ? "/api/v3/depth?symbol=BTCUSDT&limit=1000" : "/fapi/v1/depth?symbol=BTCUSDT&limit=1000";
        const Json snapshot = it.got(address);
        std::map<std::string, std::map<std::string, std::string>> book;
        for (const char* side : {"bids", "asks"}) {
            for (const Json& level : snapshot[side]) book[side][level[0]] = level[1];
        }
        std::uint64_t last = snapshot["lastUpdateId"];
        bool first = true;
        std::uint64_t previous = 0;
        for (int i = 0; i < 5; ++i) {
            it.venue.trade_through(it.btc, i % 2 == 0 ? Side::buy : Side::sell, *Quantity::parse("0.3"));
            it.venue.pump_for(milliseconds{100});
            for (const Json& frame : it.frames(stream)) {
                CHECK(frame["e"] == "depthUpdate");
                if (frame["u"] <= last && first) continue;
                if (first) {
                    CHECK(frame["U"].get<std::uint64_t>() <= last + 1);
                } else if (spot) {
                    CHECK(frame["U"] == last + 1);
                } else {
                    CHECK(frame["pu"] == previous);
                }
                first = false;
                last = previous = frame["u"];
                for (const auto& [key, side] : {std::pair{"b", "bids"}, std::pair{"a", "asks"}}) {
                    for (const Json& level : frame[key]) {
                        if (Decimal::parse(level[1].get<std::string>())->is_zero())
                            book[side].erase(level[0]);
                        else
                            book[side][level[0]] = level[1];
                    }
                }
            }
        }
        CHECK_FALSE(first);
        const Json now = it.got(address);
        CHECK(now["lastUpdateId"] == last);
        for (const char* side : {"bids", "asks"}) {
            CHECK(now[side].size() == book[side].size());
            for (const Json& level : now[side]) CHECK(book[side][level[0]] == level[1]);
        }
    }
}

TEST_CASE("candlesticks close once, with x true, also when nothing was traded") {
    VenueFixture it;
    const StreamId stream = *it.venue.open_stream("/ws/btcusdt@kline_1m");
    it.venue.pump_for(seconds{3});
    it.venue.trade_through(it.btc, Side::buy, *Quantity::parse("0.01"));
    for (int i = 0; i < 130; ++i) {
        it.venue.pump_for(seconds{1});
        it.venue.pong(stream);
    }
    std::map<std::int64_t, int> closed;
    bool forming = false;
    for (const Json& frame : it.frames(stream)) {
        check_shape(Json::parse(
                        R"({"e":"kline","E":1,"s":"BNBBTC","k":{"t":1,"T":1,"s":"BNBBTC","i":"1m","f":100,
        "L":200,"o":"0.1","c":"0.2",
            "h":"0.2","l":"0.1","v":"1000","n":100,"x":false,"q":"1.0","V":"500","Q":"0.500",
        "B":"123456"}})"),
                    frame);
        if (frame["k"]["x"] == true)
            ++closed[frame["k"]["t"].get<std::int64_t>()];
        else
            forming = true;
        CHECK(frame["k"]["T"].get<std::int64_t>() - frame["k"]["t"].get<std::int64_t>() == 59'999);
    }
    CHECK(forming);
    CHECK(closed.size() == 2);
    for (const auto& [open, times] : closed) CHECK(times == 1);
}

TEST_CASE("tickers, quotes, the best levels and average prices come at their pace") {
    VenueFixture it;
    const StreamId stream = *it.venue.open_stream(
        "/stream?streams=btcusdt@bookTicker/btcusdt@miniTicker/btcusdt@ticker/btcusdt@depth5@100ms/"
        "!miniTicker@arr/btcusdt@avgPrice/btcusdt@ticker_1h");
    it.venue.trade_through(it.btc, Side::buy, *Quantity::parse("0.4"));
    it.venue.pump_for(milliseconds{1200});
    std::map<std::string, Json> last;
    for (const Json& frame : it.frames(stream)) last[frame["stream"]] = frame["data"];
    check_shape(Json::parse(R"({"u":400900217,"s":"BNBUSDT","b":"25.3","B":"31.2","a":"25.3","A":"40.6"})"),
                last["btcusdt@bookTicker"]);
    check_shape(Json::parse(
                    R"({"e":"24hrMiniTicker","E":1,"s":"B","c":"0.1","o":"0.1","h":"0.1","l":"0.1","v":"1",
        "q":"18"})"),
                last["btcusdt@miniTicker"]);
    check_shape(Json::parse(
                    R"({"e":"24hrTicker","E":1,"s":"B","p":"0.1","P":"250.00","w":"0.1","x":"0.1","c":"0.1",
        "Q":"10","b":"0.1","B":"10",
        "a":"0.1","A":"100","o":"0.1","h":"0.1","l":"0.1","v":"1","q":"18","O":0,"C":86400000,"F":0,
        "L":18150,"n":18151})"),
                last["btcusdt@ticker"]);
    CHECK(last["btcusdt@depth5@100ms"]["bids"].size() == 5);
    CHECK(last["!miniTicker@arr"].is_array());
    CHECK(last["btcusdt@avgPrice"]["i"] == "5m");
    CHECK(last["btcusdt@ticker_1h"]["e"] == "1hTicker");
}

TEST_CASE("control messages are answered in the venue's words, ids as they came") {
    VenueFixture it;
    const StreamId stream = *it.venue.open_stream("/ws");
    const auto say = [&](const std::string& text) {
        it.venue.pump_for(seconds{1});
        it.venue.take_frames(stream);
        it.venue.send(stream, text);
        return it.venue.take_frames(stream).at(0).bytes;
    };
    CHECK(say(R"({"method":"SUBSCRIBE","params":["btcusdt@aggTrade","nosuch@trade"],"id":1})") ==
          R"({"result":null,"id":1})");
    CHECK(say(R"({"method":"LIST_SUBSCRIPTIONS","id":"a-1"})") ==
          R"({"result":["btcusdt@aggTrade","nosuch@trade"],"id":"a-1"})");
    CHECK(say(R"({"method":"UNSUBSCRIBE","params":["nosuch@trade"],"id":null})") ==
          R"({"result":null,"id":null})");
    CHECK(say(R"({"method":"GET_PROPERTY","params":["combined"],"id":2})") == R"({"result":false,"id":2})");
    CHECK(say(R"({"method":"SET_PROPERTY","params":["combined",true],"id":3})") ==
          R"({"result":null,"id":3})");
    CHECK(say(R"({"method":"GET_PROPERTY","params":["combined"],"id":4})") == R"({"result":true,"id":4})");
    CHECK(say(R"({"method":"SET_PROPERTY","params":["combined",1],"id":5})")
              .find("Invalid value type: expected Boolean") != std::string::npos);
    CHECK(say(R"({"method":"SET_PROPERTY","params":["size",true],"id":5})").find("Unknown property") !=
          std::string::npos);
    CHECK(say(R"({"method":"BUY","id":6})").find("unknown variant `BUY`") != std::string::npos);
    CHECK(say(R"({"id":6})").find("missing field `method`") != std::string::npos);
    CHECK(say("hello").find("Invalid JSON: expected value at line 1 column 1") != std::string::npos);
    it.venue.trade_through(it.btc, Side::buy, *Quantity::parse("0.01"));
    CHECK(it.frames(stream).at(0)["stream"] == "btcusdt@aggTrade");
}

TEST_CASE("fault_F18_24_hours: pings, a missing pong, too many messages and the daily cut end a connection") {
    VenueFixture it;
    const StreamId idle = *it.venue.open_stream("/ws/btcusdt@trade");
    const StreamId alive = *it.venue.open_stream("/ws/btcusdt@trade");
    const StreamId loud = *it.venue.open_stream("/ws");
    for (int i = 0; i < 6; ++i) it.venue.send(loud, R"({"method":"LIST_SUBSCRIPTIONS","id":1})");
    REQUIRE(it.venue.outlet.closes.size() == 1);
    CHECK(it.venue.outlet.closes[0].stream == loud);
    CHECK(it.venue.outlet.closes[0].code == 1008);
    for (int i = 0; i < 90; ++i) {
        it.venue.pump_for(seconds{1});
        it.venue.pong(alive);
    }
    REQUIRE(it.venue.outlet.closes.size() == 2);
    CHECK(it.venue.outlet.closes[1].stream == idle);
    for (int i = 0; i < 24 * 60 * 4 + 1; ++i) {
        it.venue.pump_for(seconds{15});
        it.venue.pong(alive);
    }
    CHECK(it.venue.outlet.closes.back().stream == alive);
    CHECK(it.venue.outlet.closes.size() == 3);
}

TEST_CASE("the WebSocket API: orders, errors and user data on one connection") {
    VenueFixture it;
    const StreamId stream = *it.venue.open_stream("/ws-api/v3");
    const auto ask = [&](const std::string& text) {
        it.venue.send(stream, text);
        return it.frames(stream);
    };
    const auto subscribed = ask(api_request(it, "userDataStream.subscribe.signature", {}));
    CHECK(subscribed[0]["result"]["subscriptionId"] == 0);
    CHECK(subscribed[0]["id"] == "abc");
    CHECK(ask(api_request(it, "userDataStream.subscribe.signature", {}))[0]["error"]["code"] == -2035);
    const auto placed = ask(api_request(it, "order.place",
                                        {{"symbol", "BTCUSDT"},
                                         {"side", "BUY"},
                                         {"type", "LIMIT"},
                                         {"timeInForce", "GTC"},
                                         {"quantity", "0.01"},
                                         {"price", "39000"},
                                         {"newClientOrderId", "mine"}}));
    CHECK(placed[0]["status"] == 200);
    CHECK(placed[0]["result"]["status"] == "NEW");
    CHECK(placed[0]["rateLimits"].size() == 3);
    const Json report = the(placed, "executionReport");
    check_shape(Json::parse(
                    R"({"e":"executionReport","E":1499405658658,"s":"ETHBTC","c":"mUvoqJxFIILMdfAW5iGSOW",
        "S":"BUY","o":"LIMIT","f":"GTC",
        "q":"1.0","p":"0.1","P":"0.0","F":"0.0","g":-1,"C":"","x":"NEW","X":"NEW","r":"NONE",
        "i":4293153,"l":"0.0","z":"0.0","L":"0.0","n":"0",
        "N":null,"T":1499405658657,"t":-1,"I":8641984,"w":true,"m":false,"M":false,"O":1499405658657,
        "Z":"0.0","Y":"0.0","Q":"0.0",
        "W":1499405658657,"V":"NONE"})"),
                report);
    check_shape(
        Json::parse(
            R"({"e":"outboundAccountPosition","E":1,"u":1,"B":[{"a":"ETH","f":"10000.0","l":"0.0"}]})"),
        the(placed, "outboundAccountPosition"));
    it.venue.trade_through(it.btc, Side::sell, *Quantity::parse("0.2"));
    const auto canceled = ask(
        api_request(it, "order.cancel",
                    {{"symbol", "BTCUSDT"}, {"origClientOrderId", "mine"}, {"newClientOrderId", "away"}}));
    const Json end = the(canceled, "executionReport");
    CHECK(end["x"] == "CANCELED");
    CHECK(end["c"] == "away");
    CHECK(end["C"] == "mine");
    const auto bought =
        ask(api_request(it, "order.place",
                        {{"symbol", "BTCUSDT"}, {"side", "BUY"}, {"type", "MARKET"}, {"quantity", "0.01"}}));
    int fills = 0;
    for (const Json& frame : bought)
        fills += frame.contains("event") && frame["event"].value("x", "") == "TRADE" ? 1 : 0;
    CHECK(fills == 1);
    CHECK(ask(R"({"id":7,"method":"ticker.price","params":{"symbol":"BTCUSDT"}})")[0]["result"]["symbol"] ==
          "BTCUSDT");
    CHECK(ask(R"({"id":7,"method":"v3/time"})")[0]["id"] == 7);
    CHECK(ask(R"({"id":8,"method":"order.place","params":{}})")[0]["error"]["code"] == -1102);
    CHECK(ask(R"({"id":8,"method":"fly"})")[0]["status"] == 400);
    CHECK(ask("{")[0]["error"]["code"] == -1135);
    CHECK(ask(R"({"id":9,"method":"session.status"})")[0]["result"]["apiKey"].is_null());
    CHECK(ask(api_request(it, "session.logon", {}))[0]["error"]["code"] == -4056);
    CHECK(ask(R"({"id":9,"method":"userDataStream.unsubscribe"})")[0]["status"] == 200);
    CHECK(ask(R"({"id":9,"method":"userDataStream.unsubscribe"})")[0]["error"]["code"] == -2036);
}

TEST_CASE("fault_E24_listen_key: futures user data by listen key, until it expires") {
    VenueFixture it{futures_entry()};
    const auto key_header = std::vector<io::Header>{{"X-MBX-APIKEY", it.venue.access.key}};
    const Json first = Json::parse(it.venue.request("POST", "/fapi/v1/listenKey", key_header).body);
    CHECK(Json::parse(it.venue.request("POST", "/fapi/v1/listenKey", key_header).body) == first);
    CHECK(it.venue.request("PUT", "/fapi/v1/listenKey", key_header).status == 200);
    const StreamId stream =
        *it.venue.open_stream("/private/ws?listenKey=" + first["listenKey"].get<std::string>());
    const StreamId other = *it.venue.open_stream("/ws/" + first["listenKey"].get<std::string>());
    it.order("symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.01");
    const auto told = it.frames(stream);
    CHECK(it.frames(other).size() == told.size());
    const Json update = the(told, "ORDER_TRADE_UPDATE")["o"];
    check_shape(
        Json::parse(
            R"({"s":"BTCUSDT","c":"TEST","S":"SELL","o":"MARKET","f":"GTC","q":"0.001","p":"0","ap":"0",
        "sp":"0","x":"NEW","X":"NEW",
        "i":8886774,"l":"0","z":"0","L":"0","N":"USDT","n":"0","T":1568879465651,"t":0,"b":"0",
        "a":"9.91","m":false,"R":false,
        "wt":"CONTRACT_PRICE","ot":"MARKET","ps":"BOTH","cp":false,"pP":false,"si":0,"ss":0,"rp":"0",
        "V":"NONE","pm":"NONE","gtd":0})"),
        update);
    check_shape(Json::parse(
                    R"({"e":"ACCOUNT_UPDATE","E":1,"T":1,"a":{"m":"ORDER","B":[{"a":"USDT","wb":"1","cw":"1",
        "bc":"5"}],
        "P":[{"s":"BTCUSDT","pa":"0","ep":"0.0","bep":"0","cr":"200","up":"0","mt":"isolated",
        "iw":"0.0","ps":"BOTH"}]}})"),
                the(told, "ACCOUNT_UPDATE"));
    CHECK(the(told, "ACCOUNT_UPDATE")["a"]["P"][0]["pa"] == "-0.010");
    for (int i = 0; i < 61 * 6; ++i) {
        it.venue.pump_for(seconds{10});
        it.venue.pong(stream);
    }
    CHECK(the(it.frames(stream), "listenKeyExpired")["listenKey"] == first["listenKey"]);
    CHECK(Json::parse(it.venue.request("PUT", "/fapi/v1/listenKey", key_header).body)["code"] == -1125);
}
