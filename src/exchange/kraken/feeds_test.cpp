#include <doctest/doctest.h>

#include <set>

#include "exchange/kraken/testing/client.hpp"

namespace plumb::exchange::kraken {

TEST_CASE("a stream begins with the venue's version and acknowledges each product") {
    Client client;
    const StreamId stream = client.open();
    CHECK(client.hear(stream)[0] == nlohmann::json{{"event", "info"}, {"version", 1}});
    client.say(stream,
               {{"event", "subscribe"}, {"feed", "book"}, {"product_ids", {"pf_xbtusd", "PF_ETHUSD", "NO"}}});
    const auto heard = client.hear(stream);
    REQUIRE(heard.size() == 5);
    CHECK(heard[0] ==
          nlohmann::json{{"event", "subscribed"}, {"feed", "book"}, {"product_ids", {"PF_XBTUSD"}}});
    CHECK(heard[1]["feed"] == "book_snapshot");
    CHECK(heard[1]["bids"].size() == 10);
    CHECK(heard[2]["product_ids"][0] == "PF_ETHUSD");
    CHECK(heard[4] == nlohmann::json{{"event", "error"}, {"message", "Invalid product id"}});
    CHECK_FALSE(client.venue.open_stream("/ws/v9").has_value());
}

TEST_CASE("changes of a book follow its snapshot one by one") {
    Client client;
    const StreamId stream = client.open();
    client.say(stream, {{"event", "subscribe"}, {"feed", "book"}, {"product_ids", {"PF_XBTUSD"}}});
    std::uint64_t sequence = 0;
    for (const auto& one : client.hear(stream)) {
        if (one.value("feed", "") == "book_snapshot") sequence = one["seq"];
    }
    client.send("orderType=lmt&side=buy&size=0.7&limitPrice=44000");
    client.venue.trade_through(client.btc, Side::sell, Quantity{Decimal{2}});
    const auto heard = client.hear(stream);
    REQUIRE(3 <= heard.size());
    CHECK(heard[0]["side"] == "buy");
    CHECK(heard[0]["price"] == 44000);
    CHECK(heard[0]["qty"] == 0.7);
    for (const auto& one : heard) {
        CHECK(one["feed"] == "book");
        CHECK(one["seq"] == ++sequence);
    }
    client.say(stream, {{"event", "unsubscribe"}, {"feed", "book"}, {"product_ids", {"PF_XBTUSD"}}});
    CHECK(client.hear(stream)[0]["event"] == "unsubscribed");
    client.venue.trade_through(client.btc, Side::sell, Quantity{Decimal{1}});
    CHECK(client.hear(stream).empty());
}

TEST_CASE("trades go on where their snapshot ends") {
    Client client;
    client.venue.trade_through(client.btc, Side::buy, Quantity{Decimal{1}});
    client.venue.trade_through(client.btc, Side::sell, Quantity{Decimal{1}});
    const StreamId stream = client.open();
    client.hear(stream);
    client.say(stream, {{"event", "subscribe"}, {"feed", "trade"}, {"product_ids", {"PF_XBTUSD"}}});
    auto heard = client.hear(stream);
    const auto& rows = heard[1]["trades"];
    REQUIRE(rows.size() == 2);
    CHECK(rows[0]["side"] == "sell");
    CHECK(rows[0]["seq"].get<int>() == rows[1]["seq"].get<int>() + 1);
    const int last = rows[0]["seq"];
    client.venue.trade_through(client.btc, Side::buy, Quantity{Decimal{1}});
    heard = client.hear(stream);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0]["seq"] == last + 1);
    CHECK(heard[0]["type"] == "fill");
    client.say(stream, {{"event", "subscribe"}, {"feed", "trade"}, {"product_ids", {"PF_XBTUSD"}}});
    CHECK(client.hear(stream).back()["message"] == "Already subscribed to feed, re-requesting");
}

TEST_CASE("tickers come at most once a second, heartbeats each second") {
    Client client;
    const StreamId stream = client.open();
    client.say(stream, {{"event", "subscribe"}, {"feed", "heartbeat"}});
    client.say(stream, {{"event", "subscribe"}, {"feed", "ticker"}, {"product_ids", {"PF_XBTUSD"}}});
    client.say(stream, {{"event", "subscribe"}, {"feed", "ticker_lite"}, {"product_ids", {"PF_XBTUSD"}}});
    client.hear(stream);
    int tickers = 0, lite = 0, beats = 0;
    for (int i = 0; i < 60; ++i) {
        client.venue.trade_through(client.btc, i % 2 == 0 ? Side::buy : Side::sell,
                                   Quantity{*Decimal::parse("0.01")});
        client.venue.pump_for(std::chrono::milliseconds{50});
        for (const auto& one : client.hear(stream)) {
            tickers += one["feed"] == "ticker";
            lite += one["feed"] == "ticker_lite";
            beats += one["feed"] == "heartbeat";
            if (one["feed"] == "ticker") {
                CHECK(one["pair"] == "XBT:USD");
                CHECK(one["markPrice"].is_number());
                CHECK(one["next_funding_rate_time"].is_number());
            }
            if (one["feed"] == "ticker_lite") CHECK_FALSE(one.contains("time"));
        }
    }
    CHECK(2 <= tickers);
    CHECK(tickers <= 4);
    CHECK(lite == tickers);
    CHECK(beats == tickers);
}

TEST_CASE("private feeds want a signed challenge") {
    Client client;
    const StreamId stream = client.open();
    client.hear(stream);
    client.say(stream, {{"event", "subscribe"}, {"feed", "fills"}});
    CHECK(client.hear(stream)[0] ==
          nlohmann::json{{"event", "alert"}, {"message", "Failed to subscribe to authenticated feed"}});
    client.say(stream, {{"event", "challenge"}, {"api_key", "nobody"}});
    CHECK(client.hear(stream)[0]["event"] == "error");
    client.say(stream, {{"event", "subscribe"}, {"feed", "moon"}, {"product_ids", {"PF_XBTUSD"}}});
    CHECK(client.hear(stream)[0]["message"] == "Invalid feed");
    client.venue.send(stream, "not JSON");
    CHECK(client.hear(stream)[0] == nlohmann::json{{"event", "alert"}, {"message", "Bad request"}});
    const auto heard = client.listen(stream, "open_orders");
    CHECK(heard[0]["event"] == "subscribed");
    CHECK(heard[0]["feed"] == "open_orders");
    CHECK(heard[0].contains("original_challenge"));
    CHECK(heard[1]["feed"] == "open_orders_snapshot");
}

TEST_CASE("the life of an order, as its owner hears it") {
    Client client;
    const StreamId orders = client.open();
    const StreamId fills = client.open();
    client.hear(orders);
    client.hear(fills);
    client.listen(orders, "open_orders");
    const auto begun = client.listen(fills, "fills");
    CHECK(begun[1]["feed"] == "fills_snapshot");
    const std::string id =
        client.send("orderType=lmt&side=buy&size=1&limitPrice=45000&cliOrdId=q")["order_id"];
    auto heard = client.hear(orders);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0]["reason"] == "new_placed_order_by_user");
    CHECK(heard[0]["is_cancel"] == false);
    CHECK(heard[0]["order"]["order_id"] == id);
    CHECK(heard[0]["order"]["cli_ord_id"] == "q");
    CHECK(heard[0]["order"]["direction"] == 0);
    CHECK(heard[0]["order"]["qty"] == 1);
    client.venue.trade_through(client.btc, Side::sell, Quantity{*Decimal::parse("0.4")});
    heard = client.hear(orders);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0]["reason"] == "partial_fill");
    CHECK(heard[0]["order"]["qty"] == 0.6);
    CHECK(heard[0]["order"]["filled"] == 0.4);
    auto filled = client.hear(fills);
    REQUIRE(filled.size() == 1);
    CHECK(filled[0]["feed"] == "fills");
    CHECK(filled[0]["fills"][0]["fill_type"] == "maker");
    CHECK(filled[0]["fills"][0]["buy"] == true);
    CHECK(filled[0]["fills"][0]["remaining_order_qty"] == 0.6);
    CHECK(filled[0]["fills"][0]["seq"] == 1);
    client.call("POST", "editorder", "orderId=" + id + "&limitPrice=44900");
    CHECK(client.hear(orders)[0]["reason"] == "edited_by_user");
    client.call("POST", "cancelorder", "order_id=" + id);
    heard = client.hear(orders);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0]["is_cancel"] == true);
    CHECK(heard[0]["order_id"] == id);
    CHECK(heard[0]["reason"] == "cancelled_by_user");
    client.send("orderType=mkt&side=sell&size=0.4");
    heard = client.hear(orders);
    REQUIRE_FALSE(heard.empty());
    CHECK(heard.back()["reason"] == "full_fill");
    CHECK(heard.back()["is_cancel"] == true);
    CHECK(client.hear(fills)[0]["fills"][0]["order_type"] == "market");
}

TEST_CASE("the dead man's switch shows in the feed") {
    Client client;
    const StreamId stream = client.open();
    client.hear(stream);
    client.send("orderType=lmt&side=buy&size=1&limitPrice=44000");
    CHECK(client.listen(stream, "open_orders_verbose")[1]["orders"].size() == 1);
    client.call("POST", "cancelallordersafter", "timeout=5");
    client.venue.pump_for(std::chrono::seconds{6});
    const auto heard = client.hear(stream);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0]["reason"] == "dead_man_switch");
}

TEST_CASE("balances, positions and the account log are told") {
    Client client;
    const StreamId stream = client.open();
    client.hear(stream);
    const auto balances = client.listen(stream, "balances");
    CHECK(balances[1]["feed"] == "balances_snapshot");
    CHECK(balances[1]["flex_futures"]["currencies"]["USD"]["quantity"] == 100'000);
    CHECK(client.listen(stream, "open_positions")[1]["positions"].empty());
    CHECK(client.listen(stream, "account_log")[1]["feed"] == "account_log_snapshot");
    CHECK(client.listen(stream, "notifications_auth")[1]["notifications"].empty());
    client.send("orderType=mkt&side=sell&size=0.5");
    std::set<std::string> feeds;
    for (const auto& one : client.hear(stream)) {
        feeds.insert(one["feed"].get<std::string>());
        if (one["feed"] == "open_positions") CHECK(one["positions"][0]["balance"] == -0.5);
        if (one["feed"] == "account_log") CHECK(one["new_entry"]["margin_account"] == "flex");
    }
    CHECK(feeds == std::set<std::string>{"account_log", "balances", "open_positions"});
    client.venue.hang_up(stream);
    client.send("orderType=mkt&side=buy&size=0.5");
    CHECK(client.hear(stream).empty());
}

}  // namespace plumb::exchange::kraken
