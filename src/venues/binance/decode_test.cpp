#include "venues/binance/decode.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "venues/binance/binance.hpp"
#include "venues/binance/rest_rows.hpp"
#include "venues/binance/symbols.hpp"

using namespace plumb;
using namespace plumb::venues::binance;
using namespace plumb::wire;
using Decoded = WireEvent;

namespace {

const Timestamp kReceived = *parse_timestamp("2024-08-08T23:54:14.087896568Z");

struct Desk : WireSink {
    InstrumentTable instruments;
    SymbolMap symbols{instruments, kSpelling, SymbolMap::Unknown::learn};
    Decoder decoder{symbols};
    RowReader rows{symbols};
    std::vector<WireEvent> taken;

    void take(const WireEvent& event) override { taken.push_back(event); }
    const std::vector<WireEvent>& decode_all(std::string_view frame,
                                             std::optional<InstrumentId> unnamed = {}) {
        taken.clear();
        decoder.assume(unnamed);
        decoder.decode(frame, kReceived, *this);
        return taken;
    }
    const WireEvent& decode(std::string_view frame, std::optional<InstrumentId> unnamed = {}) {
        REQUIRE(decode_all(frame, unnamed).size() == 1);
        return taken.front();
    }
    std::vector<WireEvent> rest(RowKind kind, std::string_view body, Timestamp received_at = kReceived) {
        taken.clear();
        rows.read({.kind = kind, .instrument = symbols.find("BTCUSDT"), .received_at = received_at}, body,
                  *this);
        return taken;
    }
    std::string name(InstrumentId id) const { return instruments[id].name(); }
};

template <class Event>
const Event& as(const Decoded& decoded) {
    INFO("reason: ", std::holds_alternative<Refused>(decoded) ? std::get<Refused>(decoded).reason : "none");
    REQUIRE(std::holds_alternative<Event>(decoded));
    return std::get<Event>(decoded);
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

// Recorded 2024-08-08 (nkaz001/hftbacktest, MIT).
const std::string kTrade =
    R"({"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000",)"
    R"("q":"0.02000000","T":1723161255342,"m":true,"M":true}})";
const std::string kTicker =
    R"({"stream":"btcusdt@bookTicker","data":{"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000",)"
    R"("a":"61837.64000000","A":"1.54698000"}})";
// Example payload of ccxt 4.5.84, pro/binance.js handleOHLCV (MIT); closed by us below.
const std::string kKline =
    R"({"e":"kline","E":1579482921215,"s":"ETHBTC","k":{"t":1579482900000,"T":1579482959999,"s":"ETHBTC","i":"1m",)"
    R"("f":158411535,"L":158411550,"o":"0.01913200","c":"0.01913500","h":"0.01913700","l":"0.01913200","v":"5.08400000",)"
    R"("n":16,"x":false,"q":"0.09728060","V":"3.30200000","Q":"0.06318500","B":"0"}})";

}  // namespace

TEST_CASE("a trade, wrapped and bare; m says that the buyer made the price, so true is a sell") {
    Desk desk;
    const Trade trade = as<Trade>(desk.decode(kTrade));
    CHECK(desk.name(trade.instrument) == "BTC/USDT");
    CHECK(trade.price.to_string() == "61837.63");
    CHECK(trade.quantity.to_string() == "0.02");
    CHECK(trade.aggressor == Side::sell);
    CHECK(trade.trade_id == 3735683259);
    CHECK(to_iso(trade.venue_time) == "2024-08-08T23:54:15.342000000Z");
    CHECK(trade.received_at == kReceived);

    const std::string bare =
        R"({"M":true,"m":false,"T":1723161255342,"q":"0.02","p":"61837.63","t":7,"s":"BTCUSDT","e":"trade"})";
    CHECK(as<Trade>(desk.decode(bare)).aggressor == Side::buy);
    CHECK(as<Trade>(desk.decode(bare)).price == trade.price);
}

TEST_CASE("an aggregate trade takes its id from a (spot documents, web-socket-streams.md)") {
    Desk desk;
    const Trade trade = as<Trade>(desk.decode(
        R"({"e":"aggTrade","E":1672515782136,"s":"BNBBTC","a":12345,"p":"0.001","q":"100","f":100,"l":105,)"
        R"("T":1672515782136,"m":true,"M":true})"));
    CHECK(trade.trade_id == 12345);
    CHECK(desk.name(trade.instrument) == "BNB/BTC");
}

TEST_CASE("microsecond times are told by their size") {
    Desk desk;
    const Trade trade =
        as<Trade>(desk.decode(replaced(kTrade, "\"T\":1723161255342", "\"T\":1723161255342123")));
    CHECK(to_iso(trade.venue_time) == "2024-08-08T23:54:15.342123000Z");
}

TEST_CASE("a book ticker has no time of its own; a side nobody quotes is zero") {
    Desk desk;
    const Quote quote = as<Quote>(desk.decode(kTicker));
    CHECK(quote.bid.to_string() == "61837.63");
    CHECK(quote.ask_quantity.to_string() == "1.54698");
    CHECK(quote.sequence == 50093239212);
    CHECK(quote.venue_time == kReceived);
    const Quote one_sided = as<Quote>(desk.decode(
        R"({"u":1,"s":"BTCUSDT","b":"0.00000000","B":"0.00000000","a":"2.00000000","A":"1.00000000"})"));
    CHECK(one_sided.bid.is_zero());
    CHECK(std::holds_alternative<Refused>(desk.decode(replaced(kTicker, "61837.63", "61837.64"))));
    CHECK(std::holds_alternative<Refused>(desk.decode(replaced(kTicker, "3.78826000", "0.00000000"))));
}

TEST_CASE("depth updates (spot documents) and snapshots, whose symbol the stream or the caller names") {
    Desk desk;
    const BookDelta delta = as<BookDelta>(desk.decode(
        R"({"e":"depthUpdate","E":1672515782136,"s":"BNBBTC","U":157,"u":160,"b":[["0.0024","10"]],"a":[["0.0026","100"],)"
        R"(["0.0027","0"]]})"));
    CHECK_FALSE(delta.snapshot);
    CHECK(delta.first_sequence == 157);
    CHECK(delta.last_sequence == 160);
    REQUIRE(delta.bids.size() == 1);
    REQUIRE(delta.asks.size() == 2);
    CHECK(delta.bids[0].price.to_string() == "0.0024");
    CHECK(delta.asks[1].quantity.is_zero());
    CHECK(to_iso(delta.venue_time) == "2022-12-31T19:43:02.136000000Z");

    const std::string snapshot =
        R"({"lastUpdateId":1027024,"bids":[["4.00000000","431.00000000"]],"asks":[["4.00000200","12.00000000"]]})";
    CHECK(std::string{as<Refused>(desk.decode(snapshot)).field.view()} == "lastUpdateId");
    const BookDelta given = as<BookDelta>(desk.decode(snapshot, desk.symbols.find("LTCBTC")));
    CHECK(given.snapshot);
    CHECK(given.last_sequence == 1027024);
    CHECK(desk.name(given.instrument) == "LTC/BTC");
    const BookDelta streamed =
        as<BookDelta>(desk.decode(R"({"stream":"btcusdt@depth5@100ms","data":)" + snapshot + "}"));
    CHECK(desk.name(streamed.instrument) == "BTC/USDT");
}

TEST_CASE("fault_F13_open_candle: an open kline is never a closed bar") {
    Desk desk;
    const OpenBar open = as<OpenBar>(desk.decode(kKline));
    CHECK(open.values.high.to_string() == "0.019137");
    const ClosedBar bar = as<ClosedBar>(desk.decode(replaced(kKline, "\"x\":false", "\"x\":true")));
    CHECK(desk.name(bar.instrument) == "ETH/BTC");
    CHECK(bar.length == std::chrono::minutes{1});
    CHECK(to_iso(bar.open_time) == "2020-01-20T01:15:00.000000000Z");
    CHECK(bar.values.volume.to_string() == "5.084");
    CHECK(bar.origin == BarOrigin::traded);
    std::string quiet = replaced(replaced(kKline, "\"x\":false", "\"x\":true"), "\"n\":16", "\"n\":0");
    CHECK(as<ClosedBar>(desk.decode(quiet)).origin == BarOrigin::filled);
    // The spot documents' own example: its low is above its open, which only an open bar may be forgiven.
    const std::string documents =
        R"({"e":"kline","E":1672515782136,"s":"BNBBTC","k":{"t":1672515780000,"T":1672515839999,"s":"BNBBTC","i":"1m","f":100,)"
        R"("L":200,"o":"0.0010","c":"0.0020","h":"0.0025","l":"0.0015","v":"1000","n":100,"x":false,"q":"1.0000","V":"500",)"
        R"("Q":"0.500","B":"123456"}})";
    CHECK(as<OpenBar>(desk.decode(documents)).values.low.to_string() == "0.0015");
    CHECK(std::string{
              as<Refused>(desk.decode(replaced(documents, "\"x\":false", "\"x\":true"))).field.view()} ==
          "h");
    CHECK(std::holds_alternative<Refused>(desk.decode(replaced(kKline, "\"i\":\"1m\"", "\"i\":\"5m\""))));
    CHECK(std::holds_alternative<Refused>(desk.decode(replaced(kKline, "\"i\":\"1m\"", "\"i\":\"7m\""))));
    CHECK(std::holds_alternative<Ignored>(desk.decode(replaced(kKline, "\"i\":\"1m\"", "\"i\":\"1M\""))));
}

TEST_CASE("what is not for us is ignored with its reason") {
    Desk desk;
    for (
        const char* frame :
        {R"({"e":"24hrTicker","E":1672515782136,"s":"BNBBTC","p":"0.0015","P":"250.00","w":"0.0018"})",
         R"({"e":"avgPrice","E":1693907033000,"s":"BTCUSDT","i":"5m","w":"25776.86000000","T":1693907032213})",
         R"({"stream":"!miniTicker@arr","data":[{"e":"24hrMiniTicker","E":1672515782136,"s":"BNBBTC"}]})",
         R"([{"e":"24hrMiniTicker","E":1672515782136,"s":"BNBBTC"}])",
         R"({"e":"someNewThing","x":{"deep":[1,2,{}]}})"})
        CHECK(std::string{as<Ignored>(desk.decode(frame)).reason} != "");
}

TEST_CASE("acknowledgements, errors and the announced shutdown") {
    Desk desk;
    CHECK(as<Control>(desk.decode(R"({"result":null,"id":1})")).text.view() == "1");
    CHECK(as<Control>(desk.decode(R"({"result":null,"id":"a-b"})")).kind == Control::Kind::acknowledged);
    const Control error = as<Control>(desk.decode(R"({"code":2,"msg":"Invalid request: unknown variant"})"));
    CHECK(error.kind == Control::Kind::error);
    CHECK(error.code == 2);
    // ccxt 4.5.84, handleWsError (MIT)
    CHECK(as<Control>(desk.decode(R"({"error":{"code":-1121,"msg":"Invalid symbol."},"id":1})")).code ==
          -1121);
    CHECK(as<Control>(
              desk.decode(R"({"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}})"))
              .kind == Control::Kind::shutdown);
}

TEST_CASE(
    "fault_F19_new_fields: unknown keys pass, wrong types of known ones refuse the frame and name the "
    "place") {
    Desk desk;
    CHECK(as<Trade>(desk.decode(replaced(kTrade, "\"M\":true", "\"Z\":{\"a\":[1,\"}\"]},\"newKey\":null")))
              .trade_id == 3735683259);
    for (const auto& [what, by, field] :
         std::vector<std::array<std::string, 3>>{{"\"61837.63000000\"", "61837.63", "p"},
                                                 {"\"61837.63000000\"", "null", "p"},
                                                 {"\"61837.63000000\"", "\"NaN\"", "p"},
                                                 {"\"61837.63000000\"", "\"0.00000000\"", "p"},
                                                 {"\"61837.63000000\"", "\"-1\"", "p"},
                                                 {"\"61837.63000000\"", "\"1e30\"", "p"},
                                                 {"\"61837.63000000\"", "\"\"", "p"},
                                                 {"\"61837.63000000\"", "\"6\\u0031\"", "p"},
                                                 {"\"0.02000000\"", "\"0\"", "q"},
                                                 {"\"T\":1723161255342", "\"T\":\"1723161255342\"", "T"},
                                                 {"\"T\":1723161255342", "\"T\":-5", "T"},
                                                 {"\"T\":1723161255342", "\"T\":99999999999999999", "T"},
                                                 {"3735683259", "3735683259.5", "t"},
                                                 {"3735683259", "99999999999999999999", "t"},
                                                 {"\"m\":true", "\"m\":\"true\"", "m"},
                                                 {"\"m\":true", "\"other\":true", "m"},
                                                 {"\"BTCUSDT\"", "\"BTC\"", "s"},
                                                 {"\"BTCUSDT\"", "\"btcusdt\"", "s"},
                                                 {"\"e\":\"trade\"", "\"e\":3", "e"},
                                                 {"\"m\":true", "\"m\":true,\"p\":\"1\"", "p"}}) {
        const std::string frame = replaced(kTrade, what, by);
        INFO(frame);
        const Refused refused = as<Refused>(desk.decode(frame));
        CHECK(refused.field.view() == field);
        CHECK(refused.offset < frame.size());
    }
    const std::string wrong = replaced(kTrade, "\"61837.63000000\"", "12");
    CHECK(as<Refused>(desk.decode(wrong)).offset == wrong.find("12,"));
}

TEST_CASE(
    "fault_F20_torn_frames: every cut and every flipped byte of a frame is survived, no cut gives an event") {
    Desk desk;
    for (const std::string& frame : {kTrade, kTicker, kKline}) {
        for (std::size_t length = 0; length < frame.size(); ++length) {
            const Decoded& out = desk.decode(std::string_view{frame}.substr(0, length));
            REQUIRE(std::holds_alternative<Refused>(out));
        }
        for (std::size_t at = 0; at < frame.size(); ++at) {
            std::string flipped = frame;
            for (const unsigned mask : {1u, 0x20u, 0x80u}) {
                flipped[at] = static_cast<char>(static_cast<unsigned char>(frame[at]) ^ mask);
                desk.decode_all(flipped);
            }
        }
        CHECK(std::holds_alternative<Refused>(desk.decode(frame + "x")));
        CHECK(std::holds_alternative<Refused>(desk.decode(frame + frame)));
    }
    CHECK(std::holds_alternative<Refused>(desk.decode(std::string(100'000, '['))));
    CHECK(std::holds_alternative<Refused>(desk.decode(std::string(Decoder::kFrameBytesMax + 1, ' '))));
    std::string deep = R"({"x":)";
    for (int i = 0; i < 50'000; ++i) deep += "[";
    CHECK(std::holds_alternative<Refused>(desk.decode(deep)));
}

TEST_CASE("a map that does not learn knows only what it was given") {
    InstrumentTable instruments;
    Instrument btc;
    btc.base = "BTC";
    btc.quote = "USDT";
    btc.tick = Price{Decimal::power_of_ten(-2)};
    btc.lot = Quantity{Decimal::power_of_ten(-5)};
    REQUIRE(instruments.add(btc).has_value());
    SymbolMap symbols{instruments, kSpelling, SymbolMap::Unknown::refuse};
    REQUIRE(symbols.add_all().has_value());
    Desk desk;
    Decoder decoder{symbols};
    decoder.decode(kTrade, {}, desk);
    decoder.decode(replaced(kTrade, "BTCUSDT", "ETHUSDT"), {}, desk);
    REQUIRE(desk.taken.size() == 2);
    CHECK(std::holds_alternative<Trade>(desk.taken[0]));
    CHECK(std::string{as<Refused>(desk.taken[1]).reason} == "a symbol we do not know");
    CHECK(symbols.add("BTCUSDT", InstrumentId{0}).error().code() == Errc::duplicate);
}

TEST_CASE("symbols are cut at the longest quote") {
    for (const auto& [symbol, name] : {std::pair{"BTCUSDT", "BTC/USDT"},
                                       {"BTCFDUSD", "BTC/FDUSD"},
                                       {"ETHBTC", "ETH/BTC"},
                                       {"DOGEUSDT", "DOGE/USDT"},
                                       {"TUSDUSDT", "TUSD/USDT"},
                                       {"1000SATSUSDT", "1000SATS/USDT"},
                                       {"BLZETH", "BLZ/ETH"},
                                       {"RUNEEUR", "RUNE/EUR"},
                                       {"USDCUSDT", "USDC/USDT"},
                                       {"BTCDOGE", "BTC/DOGE"}}) {
        const auto split = split_symbol(symbol);
        REQUIRE(split.has_value());
        CHECK(split->base + "/" + split->quote == name);
    }
    for (const char* symbol : {"", "USDT", "btcusdt", "BTC-USDT", "FOO", "BTCUSDT_240329"})
        CHECK_FALSE(split_symbol(symbol).has_value());
}

TEST_CASE("an order's trade (recorded by QuantConnect Lean, March 2026, Apache-2.0)") {
    Desk desk;
    const OrderUpdate report = as<OrderUpdate>(desk.decode(
        R"({"subscriptionId":0,"event":{"e":"executionReport","E":1772459340067,"s":"ACHUSDT","c":"bM9WrFJeamQQhcCgpLuakC",)"
        R"("S":"BUY","o":"LIMIT","f":"GTC","q":"800.00000000","p":"0.00658000","P":"0.00000000","F":"0.00000000","g":-1,"C":"",)"
        R"("x":"TRADE","X":"FILLED","r":"NONE","i":1281722417,"l":"800.00000000","z":"800.00000000","L":"0.00656000",)"
        R"("n":"0.00000632","N":"BNB","T":1772459340067,"t":65044226,"I":2623837867,"w":false,"m":false,"M":true,)"
        R"("O":1772459340067,"Z":"5.24800000","Y":"5.24800000","Q":"0.00000000","W":1772459340067,"V":"EXPIRE_MAKER"}})"));
    CHECK(report.state == OrderState::filled);
    REQUIRE(report.fill);
    CHECK(report.fill->price.to_string() == "0.00656");
    CHECK(report.fill->fee.to_string() == "0.00000632");
    CHECK(report.fill->fee_known);
    CHECK(report.fill->fee_asset.view() == "BNB");
    CHECK(report.fill->execution.view() == "ACHUSDT-65044226-b");  // trade ids are unique per symbol only
    CHECK(report.average->to_string() == "0.00656");
    CHECK(report.venue_order.view() == "1281722417");
    CHECK(report.client_order.view() == "bM9WrFJeamQQhcCgpLuakC");
}

TEST_CASE("REST rows: trades and aggregate trades (rest-api.md), of the symbol given") {
    Desk desk;
    const auto trades = desk.rest(
        RowKind::trades,
        R"([{"id":28457,"price":"4.00000100","qty":"12.00000000","quoteQty":"48.000012","time":1499865549590,"isBuyerMaker":true,)"
        R"("isBestMatch":true},{"id":"no","price":"1","qty":"1","time":1499865549590,"isBuyerMaker":true},)"
        R"({"a":26129,"p":"0.01633102","q":"4.70443515","f":27781,"l":27781,"T":1498793709153,"m":false,"M":true}])");
    REQUIRE(trades.size() == 3);
    CHECK(as<Trade>(trades[0]).price.to_string() == "4.000001");
    CHECK(as<Trade>(trades[0]).aggressor == Side::sell);
    CHECK(as<Refused>(trades[1]).field.view() == "t");
    CHECK(as<Trade>(trades[2]).trade_id == 26129);
    CHECK(as<Trade>(trades[2]).aggressor == Side::buy);
}

TEST_CASE("REST klines (rest-api.md): the last one is open while its close lies ahead") {
    Desk desk;
    const std::string body =
        R"([[1499040000000,"0.01634790","0.80000000","0.01575800","0.01577100","148976.11427815",1499644799999,"2434.19055334",)"
        R"(308,"1756.87402397","28.46694368","0"]])";
    const auto later = desk.rest(RowKind::bars, body, timestamp_from_ms(1499644800000));
    REQUIRE(later.size() == 1);
    const ClosedBar bar = as<ClosedBar>(later[0]);
    CHECK(bar.length == std::chrono::weeks{1});
    CHECK(bar.values.high.to_string() == "0.8");
    CHECK(bar.values.volume.to_string() == "148976.11427815");
    CHECK(
        std::holds_alternative<OpenBar>(desk.rest(RowKind::bars, body, timestamp_from_ms(1499644799999))[0]));
    // The same rows by the WebSocket API, as in ccxt's example of handleFetchOHLCV.
    const auto wrapped =
        desk.rest(RowKind::bars, R"({"id":"1","status":200,"result":)" + body + R"(,"rateLimits":[]})",
                  timestamp_from_ms(1499644800000));
    REQUIRE(wrapped.size() == 1);
    CHECK(as<ClosedBar>(wrapped[0]) == bar);
    CHECK(std::holds_alternative<Refused>(desk.rest(RowKind::bars, R"([[1,"2"]])")[0]));
    CHECK(std::holds_alternative<Refused>(desk.rest(RowKind::bars, body.substr(0, 100))[0]));
}

TEST_CASE("REST book tickers name their symbol") {
    Desk desk;
    const auto quotes = desk.rest(
        RowKind::quotes,
        R"([{"symbol":"LTCBTC","bidPrice":"4.00000000","bidQty":"431.00000000","askPrice":"4.00000200","askQty":"9.00000000"}])");
    REQUIRE(quotes.size() == 1);
    CHECK(desk.name(as<Quote>(quotes[0]).instrument) == "LTC/BTC");
    CHECK(as<Quote>(quotes[0]).ask.to_string() == "4.000002");
}
