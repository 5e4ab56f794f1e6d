#include "venues/binance/test_desk.hpp"

using namespace plumb;
using namespace plumb::venues::binance;
using testing::Desk;
using wire::Control;
using wire::DataKind;
using wire::Subscription;

namespace {

std::vector<Control> controls(Desk& desk, wire::StreamProtocol& stream, wire::Outbox& out,
                              std::string_view frame) {
    desk.taken.events.clear();
    stream.frame(frame, desk.now, out, desk.taken);
    return desk.taken.of<Control>();
}

}  // namespace

TEST_CASE("spot subscribes in batches and knows what an acknowledgement is of") {
    Desk desk{Market::spot, false};
    const auto stream = desk.venue->market_stream();
    const auto plan = stream->plan(desk.now);
    REQUIRE(plan.has_value());
    CHECK(plan->endpoint.host == "data-stream.binance.vision");
    CHECK(plan->target == "/stream");
    const std::vector<Subscription> wanted{{testing::kBtc, DataKind::quote, {}},
                                           {testing::kBtc, DataKind::bar, std::chrono::minutes{1}},
                                           {testing::kEth, DataKind::trade, {}},
                                           {testing::kEth, DataKind::mark_price, {}}};
    wire::Outbox out;
    stream->subscribe(wanted, desk.now, out);
    CHECK(out.frames.empty());  // kept until the connection is open
    CHECK_FALSE(stream->ready());
    stream->opened(desk.now, out);
    CHECK(stream->ready());
    REQUIRE(out.frames.size() == 1);  // spot has no mark prices
    CHECK(
        out.frames[0] ==
        R"({"method":"SUBSCRIBE","params":["btcusdt@bookTicker","btcusdt@kline_1m","ethusdt@aggTrade"],"id":100000001})");
    const auto acknowledged = controls(desk, *stream, out, R"({"result":null,"id":100000001})");
    REQUIRE(acknowledged.size() == 3);
    CHECK(acknowledged[1].kind == Control::Kind::acknowledged);
    CHECK(acknowledged[1].data == DataKind::bar);
    CHECK(acknowledged[2].instrument == testing::kEth);
    stream->frame(R"({"u":1,"s":"BTCUSDT","b":"1","B":"2","a":"3","A":"4"})", desk.now, out, desk.taken);
    CHECK(desk.taken.of<Quote>().size() == 1);
    stream->frame(R"({"u":1,"s":"XRPUSDT","b":"1","B":"2","a":"3","A":"4"})", desk.now, out, desk.taken);
    CHECK(desk.taken.of<wire::Refused>().empty());  // not asked for: nobody's trouble
    std::vector<Subscription> many;
    for (int i = 0; i < 250; ++i) many.push_back({testing::kBtc, DataKind::book, {}});
    out.clear();
    stream->subscribe(many, desk.now, out);
    CHECK(out.frames.size() == 3);
    const auto refused = controls(
        desk, *stream, out, R"({"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":100000002})");
    REQUIRE(refused.size() == 100);
    CHECK(refused[0].kind == Control::Kind::refused);
    out.clear();
    stream->unsubscribe(std::vector{wanted[0]}, desk.now, out);
    REQUIRE(out.frames.size() == 1);
    CHECK(out.frames[0].find("UNSUBSCRIBE") != std::string::npos);
}

TEST_CASE("USD-M has two addresses, so quotes and books take a lane of their own") {
    Desk desk{Market::futures, false};
    CHECK(desk.venue->lanes() == 2);
    CHECK(desk.venue->lane_of({testing::kBtc, DataKind::quote, {}}) == 1);
    CHECK(desk.venue->lane_of({testing::kBtc, DataKind::mark_price, {}}) == 0);
    CHECK(desk.venue->market_stream_of(0)->plan(desk.now)->target == "/market/stream");
    CHECK(desk.venue->market_stream_of(1)->plan(desk.now)->target == "/public/stream");
    CHECK(desk.venue->market_stream_of(2) == nullptr);
    const auto stream = desk.venue->market_stream_of(0);
    wire::Outbox out;
    stream->opened(desk.now, out);
    stream->subscribe(std::vector<Subscription>{{testing::kBtc, DataKind::quote, {}},
                                                {testing::kBtc, DataKind::mark_price, {}}},
                      desk.now, out);
    REQUIRE(out.frames.size() == 1);
    CHECK(out.frames[0].find(R"(["btcusdt@markPrice@1s"])") != std::string::npos);
}

TEST_CASE("spot's private stream signs its subscription, and says what a refusal means") {
    Desk desk{Market::spot};
    const auto stream = desk.venue->private_stream();
    desk.now = timestamp_from_ms(1747385641636);
    REQUIRE(stream->plan(desk.now).has_value());
    wire::Outbox out;
    stream->opened(desk.now, out);
    stream->subscribe(std::vector<Subscription>{{{}, DataKind::orders, {}}}, desk.now, out);
    REQUIRE(out.frames.size() == 1);
    CHECK(out.frames[0].starts_with(
        R"({"id":"orders","method":"userDataStream.subscribe.signature","params":{"apiKey":"vmPU)"));
    CHECK(out.frames[0].find(R"("recvWindow":5000,"timestamp":1747385641636,"signature":")") !=
          std::string::npos);
    const auto good =
        controls(desk, *stream, out, R"({"id":"orders","status":200,"result":{"subscriptionId":0}})");
    REQUIRE(good.size() == 2);
    CHECK(good[0].kind == Control::Kind::authenticated);
    CHECK(good[1].data == DataKind::orders);
    const auto bad = controls(
        desk, *stream, out,
        R"({"id":"orders","status":401,"error":{"code":-2015,"msg":"Invalid API-key, IP, or permissions"}})");
    REQUIRE(bad.size() == 1);
    CHECK(bad[0].kind == Control::Kind::refused);
    CHECK(bad[0].refusal == wire::Refusal::unauthorized);
    CHECK(out.close == nullptr);
    controls(desk, *stream, out, R"({"id":"orders","status":400,"error":{"code":-1021,"msg":"Timestamp"}})");
    CHECK(out.close != nullptr);
    out.clear();
    controls(desk, *stream, out,
             R"({"subscriptionId":0,"event":{"e":"eventStreamTerminated","E":1728973001334}})");
    CHECK(out.close != nullptr);
    Desk without{Market::spot, false};
    CHECK(without.venue->private_stream()->plan(desk.now).error().code() == Errc::denied);
}

TEST_CASE(
    "fault_E24_stream_key: made before connecting, renewed at half its life, replaced when it is gone") {
    Desk desk{Market::futures};
    const auto stream = desk.venue->private_stream();
    wire::Outbox out;
    CHECK_FALSE(stream->plan(desk.now).has_value());
    stream->before_connect(desk.now, out);
    REQUIRE(out.questions.size() == 1);
    const wire::Question create = out.questions[0];
    const wire::Reply reply =
        desk.read(create, 200, R"({"listenKey":"pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61"})");
    REQUIRE(reply.verdict == wire::Verdict::ok);
    const std::vector<wire::WireEvent> told = desk.taken.events;
    stream->answered(create, reply, told, desk.now, out);
    const auto plan = stream->plan(desk.now);
    REQUIRE(plan.has_value());
    CHECK(plan->target == "/private/ws?listenKey=pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61");
    out.clear();
    stream->opened(desk.now, out);
    stream->subscribe(std::vector<Subscription>{{{}, DataKind::orders, {}}}, desk.now, out);
    REQUIRE(out.frames.size() == 1);
    CHECK(out.frames[0] == R"({"method":"LIST_SUBSCRIPTIONS","id":1})");
    const auto alive = controls(desk, *stream, out, R"({"result":["pqia91"],"id":1})");
    REQUIRE(alive.size() == 2);
    CHECK(alive[1].kind == Control::Kind::acknowledged);

    out.clear();
    stream->tick(desk.now + std::chrono::minutes{29}, out);
    CHECK(out.questions.empty());
    stream->tick(desk.now + std::chrono::minutes{30}, out);
    REQUIRE(out.questions.size() == 1);
    const wire::Question renew = out.questions[0];
    CHECK(std::get<wire::AskStreamKey>(renew).step == wire::AskStreamKey::Step::renew);
    out.clear();
    stream->answered(renew, {}, {}, desk.now + std::chrono::minutes{30}, out);  // lost: again in a minute
    stream->tick(desk.now + std::chrono::minutes{31}, out);
    CHECK(out.questions.size() == 1);
    out.clear();
    const wire::Reply gone =
        desk.read(renew, 400, R"({"code":-1125,"msg":"This listenKey does not exist."})");
    CHECK(gone.verdict == wire::Verdict::refused);
    stream->answered(renew, gone, {}, desk.now + std::chrono::minutes{31}, out);
    CHECK(out.close != nullptr);
    out.clear();
    controls(desk, *stream, out, R"({"e":"listenKeyExpired","E":1736996475556,"listenKey":"x"})");
    CHECK(out.close != nullptr);
}

TEST_CASE("USD-M's account events acknowledge the stream as well") {
    Desk desk{Market::futures};
    const auto stream = desk.venue->private_stream();
    wire::Outbox out;
    stream->opened(desk.now, out);
    stream->subscribe(std::vector<Subscription>{{{}, DataKind::orders, {}}}, desk.now, out);
    const auto told = controls(
        desk, *stream, out,
        R"({"e":"ACCOUNT_UPDATE","E":1,"T":1,"a":{"m":"ORDER","B":[{"a":"USDT","wb":"1","cw":"1"}],"P":[]}})");
    REQUIRE(told.size() == 2);
    CHECK(told[1].data == DataKind::orders);
    CHECK(desk.taken.of<wire::Balance>().size() == 1);
}
