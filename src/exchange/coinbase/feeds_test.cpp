#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>

#include "exchange/coinbase/testing/client.hpp"

namespace plumb::exchange::coinbase {

TEST_CASE("one counter runs over all messages of a connection, the acknowledgement comes first") {
    Client client;
    const StreamId stream = client.open();
    std::int64_t next = 0;
    const auto check = [&](const std::vector<nlohmann::json>& heard) {
        for (const auto& one : heard) CHECK(one["sequence_num"] == next++);
    };
    auto heard = client.subscribe(stream, "level2");
    REQUIRE(heard.size() == 2);
    CHECK(heard[0]["channel"] == "subscriptions");
    CHECK(heard[0]["events"][0]["subscriptions"] == nlohmann::json{{"level2", {"BTC-USD"}}});
    CHECK(heard[1]["channel"] == "l2_data");
    CHECK(heard[1]["events"][0]["type"] == "snapshot");
    CHECK(heard[1]["events"][0]["updates"].size() == 20);
    check(heard);
    heard = client.subscribe(stream, "heartbeats", {});
    check(heard);
    client.limit("a", "BUY", "0.5", "44000");
    heard = client.hear(stream);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0]["events"][0]["updates"][0]["side"] == "bid");
    CHECK(heard[0]["events"][0]["updates"][0]["price_level"] == "44000");
    CHECK(heard[0]["events"][0]["updates"][0]["new_quantity"] == "0.5");
    check(heard);
    client.venue.pump_for(std::chrono::seconds{1});
    heard = client.hear(stream);
    REQUIRE_FALSE(heard.empty());
    CHECK(heard.back()["channel"] == "heartbeats");
    check(heard);
    client.say(stream, {{"type", "unsubscribe"}, {"channel", "level2"}, {"product_ids", {"BTC-USD"}}});
    client.say(stream, {{"type", "unsubscribe"}, {"channel", "heartbeats"}});
    heard = client.hear(stream);
    CHECK(heard.back()["events"][0]["subscriptions"] == nlohmann::json::object());
    check(heard);
}

TEST_CASE("trades come in batches of 250 ms, tickers with each trade") {
    Client client;
    const StreamId stream = client.open();
    CHECK(client.subscribe(stream, "market_trades")[1]["events"][0]["type"] == "snapshot");
    CHECK(client.subscribe(stream, "ticker")[1]["events"][0]["tickers"][0]["product_id"] == "BTC-USD");
    client.venue.pump_for(std::chrono::milliseconds{250});
    client.hear(stream);
    client.venue.trade_through(client.btc, Side::buy, Quantity{*Decimal::parse("0.1")});
    client.venue.trade_through(client.btc, Side::sell, Quantity{*Decimal::parse("0.1")});
    auto heard = client.hear(stream);
    REQUIRE(heard.size() == 2);
    CHECK(heard[0]["channel"] == "ticker");
    client.venue.pump_for(std::chrono::milliseconds{250});
    heard = client.hear(stream);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0]["events"][0]["trades"].size() == 2);
    CHECK(heard[0]["events"][0]["trades"][0]["side"] == "BUY");
    CHECK(client.subscribe(stream, "candles")[1]["events"][0]["candles"][0]["product_id"] == "BTC-USD");
    CHECK(client.subscribe(stream, "ticker_batch").size() == 2);
    CHECK(client.subscribe(stream, "status", {})[1]["events"][0]["products"].size() == 5);
}

TEST_CASE("the user's orders want a token") {
    Client client;
    const StreamId stream = client.open();
    client.say(stream,
               {{"type", "subscribe"}, {"channel", "user"}, {"product_ids", nlohmann::json::array()}});
    CHECK(client.hear(stream)[0] == nlohmann::json{{"type", "error"}, {"message", "authentication failure"}});
    client.limit("a", "BUY", "0.5", "44000");
    auto heard = client.subscribe(stream, "user", {});
    REQUIRE(heard.size() == 2);
    CHECK(heard[1]["events"][0]["type"] == "snapshot");
    CHECK(heard[1]["events"][0]["orders"][0]["client_order_id"] == "a");
    CHECK(heard[1]["events"][0]["orders"][0]["order_type"] == "Limit");
    client.venue.trade_through(client.btc, Side::sell, Quantity{Decimal{11}});
    heard = client.hear(stream);
    REQUIRE_FALSE(heard.empty());
    CHECK(heard.back()["events"][0]["orders"][0]["status"] == "FILLED");
    CHECK(heard.back()["events"][0]["orders"][0]["cumulative_quantity"] == "0.5");
    CHECK(heard.back()["events"][0]["orders"][0]["leaves_quantity"] == "0");
}

TEST_CASE("who says nothing for five seconds is sent away, as are quiet streams") {
    Client client;
    const StreamId silent = client.open();
    const StreamId quiet = client.open();
    client.subscribe(quiet, "candles");
    client.venue.pump_for(std::chrono::seconds{5});
    REQUIRE(client.venue.outlet.closes.size() == 1);
    CHECK(client.venue.outlet.closes[0].stream == silent);
    client.venue.pump_for(std::chrono::seconds{86});
    REQUIRE(client.venue.outlet.closes.size() == 2);
    CHECK(client.venue.outlet.closes[1].stream == quiet);
}

TEST_CASE("what cannot be read or is not there is answered") {
    Client client;
    const StreamId stream = client.open();
    client.venue.send(stream, "{");
    CHECK(client.hear(stream)[0]["type"] == "error");
    CHECK(client.subscribe(stream, "moon")[0]["message"] == "channel not found");
    CHECK(client.subscribe(stream, "level2", {"NO-USD"})[0]["type"] == "error");
    CHECK(client.subscribe(stream, "level2", {})[0]["type"] == "error");
    client.say(stream, {{"type", "dance"}});
    CHECK(client.hear(stream)[0]["type"] == "error");
}

TEST_CASE("the Exchange's feed speaks flat messages") {
    Client client;
    client.venue.trade_through(client.btc, Side::buy, Quantity{*Decimal::parse("0.1")});
    const StreamId stream = client.open();
    client.say(stream, {{"type", "subscribe"},
                        {"product_ids", {"BTC-USD"}},
                        {"channels",
                         {"matches", "heartbeat", "level2_batch",
                          nlohmann::json{{"name", "ticker"}, {"product_ids", {"ETH-USD"}}}}}});
    auto heard = client.hear(stream);
    REQUIRE(4 <= heard.size());
    CHECK(heard[0]["type"] == "last_match");
    CHECK(heard[0]["side"] == "sell");  // the maker's
    CHECK(heard[1]["type"] == "subscriptions");
    CHECK(heard[1]["channels"].size() == 4);
    std::set<std::string> types;
    for (const auto& one : heard) types.insert(one["type"].get<std::string>());
    CHECK(types.contains("snapshot"));
    CHECK(types.contains("ticker"));
    client.venue.trade_through(client.btc, Side::sell, Quantity{*Decimal::parse("0.1")});
    client.venue.pump_for(std::chrono::seconds{1});
    types.clear();
    for (const auto& one : client.hear(stream)) types.insert(one["type"].get<std::string>());
    // The common product_ids hold for every channel, also for the one that names its own.
    CHECK(fmt::format("{}", fmt::join(types, " ")) == "heartbeat l2update match ticker");
    client.say(stream, {{"type", "subscribe"}, {"channels", {"moon"}}, {"product_ids", {"BTC-USD"}}});
    CHECK(client.hear(stream)[0]["reason"] == "moon is not a valid channel");
    nlohmann::json whole{
        {"type", "subscribe"}, {"channels", {"full", "level2", "status"}}, {"product_ids", {"BTC-USD"}}};
    client.say(stream, whole);
    const auto refused = client.hear(stream);
    REQUIRE(refused.size() == 1);
    CHECK(refused[0]["message"] == "Failed to subscribe");
    CHECK(
        refused[0]["reason"].get<std::string>().starts_with("level2, level3, and full channels now require"));
    for (const char* name : {"key", "signature", "passphrase"}) whole[name] = "word";
    client.say(stream, whole);
    CHECK(client.hear(stream)[0]["type"] == "error");
    whole["timestamp"] = 1'736'951'400;
    client.say(stream, whole);
    CHECK(client.hear(stream)[0]["type"] == "subscriptions");
    client.limit("f", "BUY", "0.1", "44000");
    types.clear();
    for (const auto& one : client.hear(stream)) types.insert(one["type"].get<std::string>());
    CHECK(types.contains("received"));
}

}  // namespace plumb::exchange::coinbase
