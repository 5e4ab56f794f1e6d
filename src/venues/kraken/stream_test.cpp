#include <doctest/doctest.h>

#include "venues/kraken/test_desk.hpp"

using namespace plumb;
using namespace plumb::venues::kraken;
using testing::Desk;
using namespace wire;

namespace {

struct Talk {
    Desk desk;
    std::unique_ptr<StreamProtocol> stream;
    Outbox out;

    explicit Talk(bool market)
        : stream{market ? desk.venue->market_stream() : desk.venue->private_stream()} {}

    std::vector<std::string> hear(std::string_view frame) {
        out.clear();
        desk.sink.clear();
        stream->frame(frame, desk.now, out, desk.sink);
        return desk.sink.lines;
    }
};

const std::string kSubscribed =
    R"({"event":"subscribed","feed":"FEED","api_key":"public","original_challenge":"c","signed_challenge":"s"})";

std::string subscribed(std::string_view feed) {
    std::string text = kSubscribed;
    return text.replace(text.find("FEED"), 4, feed);
}

}  // namespace

TEST_CASE("market data: one feed for quotes and marks, batches, acknowledgements by product") {
    Talk talk{true};
    const auto plan = talk.stream->plan(talk.desk.now);
    REQUIRE(plan);
    CHECK(plan->endpoint.host == "futures.kraken.com");
    CHECK(plan->target == "/ws/v1");
    const std::vector<Subscription> wanted{{InstrumentId{0}, DataKind::quote, {}},
                                           {InstrumentId{0}, DataKind::mark_price, {}},
                                           {InstrumentId{1}, DataKind::trade, {}},
                                           {InstrumentId{0}, DataKind::book, {}}};
    talk.stream->subscribe(wanted, talk.desk.now, talk.out);
    CHECK(talk.out.frames.empty());
    talk.stream->opened(talk.desk.now, talk.out);
    CHECK(talk.stream->ready());
    CHECK(talk.out.frames ==
          std::vector<std::string>{R"({"event":"subscribe","feed":"heartbeat"})",
                                   R"({"event":"subscribe","feed":"trade","product_ids":["PF_ETHUSD"]})",
                                   R"({"event":"subscribe","feed":"ticker","product_ids":["PF_XBTUSD"]})",
                                   R"({"event":"subscribe","feed":"book","product_ids":["PF_XBTUSD"]})"});
    CHECK(talk.hear(R"({"event":"info","version":1})") ==
          std::vector<std::string>{"control welcome none - - -"});
    CHECK(talk.hear(R"({"event":"subscribed","feed":"ticker","product_ids":["PF_XBTUSD"]})") ==
          std::vector<std::string>{"control acknowledged none quote BTC/USD -",
                                   "control acknowledged none mark_price BTC/USD -"});
    CHECK(talk.hear(R"({"event":"error","message":"Invalid product id"})")[0].starts_with(
        "control refused unknown_symbol"));
    CHECK(talk.hear(R"({"feed":"trade","product_id":"PF_SOLUSD","side":"buy","type":"fill","seq":1,)"
                    R"("time":1612266317519,"qty":1,"price":1})") == std::vector<std::string>{"ignored"});
    talk.out.clear();
    talk.stream->unsubscribe(std::span{wanted}.subspan(3), talk.desk.now, talk.out);
    CHECK(talk.out.frames ==
          std::vector<std::string>{R"({"event":"unsubscribe","feed":"book","product_ids":["PF_XBTUSD"]})"});
}

TEST_CASE("the account: challenge, signature, four feeds; orders are followed once both of their feeds are") {
    Talk talk{false};
    REQUIRE(talk.stream->plan(talk.desk.now));
    CHECK(talk.stream->plan(talk.desk.now)->endpoint.host == "demo-futures.kraken.com");
    talk.stream->opened(talk.desk.now, talk.out);
    CHECK(talk.out.frames[0] == R"({"event":"challenge","api_key":"public"})");
    CHECK_FALSE(talk.stream->ready());
    talk.hear(R"({"event":"challenge","message":"226aee50-88fc-4618-a42a-34f7709570b2"})");
    REQUIRE(talk.out.frames.size() == 4);
    CHECK(talk.out.frames[0] ==
          R"({"event":"subscribe","feed":"open_orders","api_key":"public","original_challenge":)"
          R"("226aee50-88fc-4618-a42a-34f7709570b2","signed_challenge":)"
          R"("jOB9A6TjXzzK7EROpuvbS7BT7zKsOe1VNn3++PVzF3XYb4agyTsU0kRAQJPb59PAhxSaoQn8qQDjhoNkFlgIWA=="})");
    CHECK(talk.stream->ready());
    CHECK(talk.hear(subscribed("open_orders")) ==
          std::vector<std::string>{"control authenticated none - - -"});
    CHECK(talk.hear(subscribed("fills")) == std::vector<std::string>{"control acknowledged none orders - -"});
    CHECK(talk.hear(subscribed("balances")) == std::vector<std::string>{"control acknowledged none - - -"});
}

TEST_CASE("a key that is refused ends the connection, and is said to be wrong") {
    Talk talk{false};
    talk.stream->opened(talk.desk.now, talk.out);
    CHECK(talk.hear(R"({"event":"alert","message":"Failed to subscribe to authenticated feed"})")[0]
              .starts_with("control refused unauthorized"));
    CHECK(talk.out.close != nullptr);
}
