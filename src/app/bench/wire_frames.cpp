#include "app/bench/wire_frames.hpp"

#include <array>

namespace plumb::app::bench {
namespace {

// Alpaca: recorded 2022-12-16 (ccxt). Binance spot: recorded 2024-08-08 (hftbacktest). The others have the
// keys of the venues' documents and values of the same length.
constexpr auto kFrames = std::to_array<WireFrame>({
    {"alpaca", "trade",
     R"([{"T":"t","S":"BTC/USDT","p":17408.8,"s":0.042919,"t":"2022-12-16T06:43:18.327Z","i":16585162,"tks":"B"}])"},
    {"alpaca", "quote",
     R"([{"T":"q","S":"BTC/USDT","bp":17394.44,"bs":0.021981,"ap":17397.99,"as":0.02,"t":"2022-12-16T06:07:56.611063286Z"}])"},
    {"alpaca", "bar",
     R"([{"T":"b","S":"BTC/USDT","o":17416.39,"h":17424.82,"l":17416.39,"c":17424.82,"v":1.341054,)"
     R"("t":"2022-12-16T06:53:00Z","n":21,"vw":17421.9529234915}])"},
    {"binance", "trade",
     R"({"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000",)"
     R"("q":"0.02000000","T":1723161255342,"m":true,"M":true}})"},
    {"binance", "quote",
     R"({"stream":"btcusdt@bookTicker","data":{"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000",)"
     R"("a":"61837.64000000","A":"1.54698000"}})"},
    {"binance", "bar",
     R"({"stream":"btcusdt@kline_1m","data":{"e":"kline","E":1723161300005,"s":"BTCUSDT","k":{"t":1723161240000,)"
     R"("T":1723161299999,"s":"BTCUSDT","i":"1m","f":3735683100,"L":3735683300,"o":"61830.01000000","c":"61837.63000000",)"
     R"("h":"61840.00000000","l":"61829.99000000","v":"12.34567000","n":201,"x":true,"q":"763432.12345678",)"
     R"("V":"6.78901000","Q":"419811.87654321","B":"0"}}})"},
    {"binance-futures", "trade",
     R"({"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1723161255343,"a":2251799813,"s":"BTCUSDT","p":"61837.60",)"
     R"("q":"0.020","f":5280000001,"l":5280000003,"T":1723161255342,"m":true}})"},
    {"binance-futures", "quote",
     R"({"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":4991239212,"s":"BTCUSDT","b":"61837.60","B":"3.788",)"
     R"("a":"61837.70","A":"1.546","T":1723161255342,"E":1723161255343}})"},
    {"binance-futures", "bar",
     R"({"stream":"btcusdt@kline_1m","data":{"e":"kline","E":1723161300005,"s":"BTCUSDT","k":{"t":1723161240000,)"
     R"("T":1723161299999,"s":"BTCUSDT","i":"1m","f":5280000001,"L":5280000203,"o":"61830.00","c":"61837.60","h":"61840.00",)"
     R"("l":"61829.90","v":"12.345","n":201,"x":true,"q":"763432.12345","V":"6.789","Q":"419811.87654","B":"0"}}})"},
    {"coinbase", "trade",
     R"({"channel":"market_trades","client_id":"","timestamp":"2024-08-08T23:54:15.351234567Z","sequence_num":1203,)"
     R"("events":[{"type":"update","trades":[{"product_id":"BTC-USD","trade_id":"683411125","price":"61837.63",)"
     R"("size":"0.02","time":"2024-08-08T23:54:15.342156Z","side":"SELL"}]}]})"},
    {"coinbase", "quote",
     R"({"channel":"ticker","client_id":"","timestamp":"2024-08-08T23:54:15.351234567Z","sequence_num":1204,)"
     R"("events":[{"type":"update","tickers":[{"type":"ticker","product_id":"BTC-USD","price":"61837.63",)"
     R"("volume_24_h":"16038.28770938","low_24_h":"60835.29","high_24_h":"63011.18","low_52_w":"15460","high_52_w":"73777",)"
     R"("price_percent_chg_24_h":"-1.15775596","best_bid":"61837.62","best_bid_quantity":"0.5","best_ask":"61837.63",)"
     R"("best_ask_quantity":"0.31277361"}]}]})"},
    {"coinbase", "bar",
     R"({"channel":"candles","client_id":"","timestamp":"2024-08-08T23:54:15.351234567Z","sequence_num":3,)"
     R"("events":[{"type":"update","candles":[{"start":"1723161000","high":"61850.5","low":"61829.99","open":"61830.01",)"
     R"("close":"61837.63","volume":"42.15","product_id":"BTC-USD"}]}]})"},
    {"kraken-futures", "trade",
     R"({"feed":"trade","product_id":"PF_XBTUSD","uid":"45ee9737-1877-4682-bc68-e4ef818ef88a","side":"sell","type":"fill",)"
     R"("seq":655508,"time":1723161255342,"qty":0.02,"price":61837.0})"},
    {"kraken-futures", "quote",
     R"({"time":1723161255342,"product_id":"PF_XBTUSD","funding_rate":-6.2604214e-11,"relative_funding_rate":-1.0e-06,)"
     R"("next_funding_rate_time":1723165200000,"feed":"ticker","bid":61837,"ask":61838,"bid_size":2.5,"ask_size":1.5,)"
     R"("volume":82104.65,"dtm":0,"leverage":"50x","index":61836.41,"premium":0.0,"last":61837,"change":-1.9,)"
     R"("suspended":false,"tag":"perpetual","pair":"XBT:USD","openInterest":3072.3,"markPrice":61837.42,"maturityTime":0,)"
     R"("post_only":false,"volumeQuote":82104650})"},
    {"polygon", "trade",
     R"([{"ev":"XT","pair":"BTC-USD","p":61837.63,"t":1723161255342,"s":0.02,"c":[1],"i":"683411125","x":1,"r":1723161255351}])"},
    {"polygon", "quote",
     R"([{"ev":"XQ","pair":"BTC-USD","bp":61837.62,"bs":0.5,"ap":61837.63,"as":0.31277361,"t":1723161255342,"x":1,"r":1723161255351}])"},
    {"polygon", "bar",
     R"([{"ev":"XA","pair":"BTC-USD","v":42.15,"vw":61835.12,"z":0,"o":61830.01,"c":61837.63,"h":61850.5,"l":61829.99,)"
     R"("s":1723161240000,"e":1723161300000}])"},
});

}  // namespace

std::span<const WireFrame> wire_frames() { return kFrames; }

}  // namespace plumb::app::bench
