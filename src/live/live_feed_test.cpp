// A feed over real sockets: TLS on loopback, and a peer that drops, stalls, refuses and floods.
#include "live/live_feed.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "io/testing/peer_connection.hpp"
#include "io/testing/scripted_peer.hpp"
#include "live/stream_load.hpp"
#include "wire/clock_offset.hpp"
#include "wire/stream_test_support.hpp"

using namespace plumb;
using namespace plumb::io::testing;
using wire::DataKind;
using wire::testing::SmallProtocol;
using wire::testing::split;
using wire::testing::wanted;
using namespace std::chrono_literals;

namespace {

Result<SymbolName> split_symbol(std::string_view symbol) { return parse_symbol(symbol); }
std::string spell(std::string_view base, std::string_view quote) {
    return std::string{base} + "-" + std::string{quote};
}

/// A venue that streams in the small protocol, and answers no questions.
class LineVenue final : public wire::Venue {
 public:
    explicit LineVenue(io::Endpoint endpoint) : endpoint_{std::move(endpoint)} {
        for (const char* base : {"A", "B", "C", "D"}) {
            const Instrument instrument{.id = {},
                                        .base = base,
                                        .quote = "USD",
                                        .tick = Price{Decimal{1}},
                                        .lot = Quantity{Decimal{1}},
                                        .quantity_min = {},
                                        .notional_min = {}};
            REQUIRE(table_.add(instrument));
        }
        can_.name = "line";
        can_.title = "Line";
        can_.streams = {DataKind::quote, DataKind::trade};
    }
    const wire::Capabilities& capabilities() const override { return can_; }
    wire::SymbolMap& symbols() override { return symbols_; }
    io::Endpoint endpoint(wire::Host) const override { return endpoint_; }
    std::span<const wire::RateLimit> rate_limits() const override { return {}; }
    Result<wire::WireRequest> ask(const wire::Question&, Timestamp) override {
        return fail(Errc::unsupported, "no questions here");
    }
    wire::Reply read(const wire::Question&, const io::HttpResponse&, Timestamp, wire::WireSink&) override {
        return {};
    }
    void observe(const wire::WireRequest&, const io::HttpResponse&, Timestamp,
                 std::vector<wire::RateObservation>&) const override {}
    Status check(const OrderRequest&) const override { return {}; }
    std::unique_ptr<wire::FrameDecoder> frame_decoder() override { return nullptr; }
    std::unique_ptr<wire::StreamProtocol> market_stream() override {
        return std::make_unique<SmallProtocol>(wire::ConnectPlan{endpoint_, "/stream", {}, false}, welcomed);
    }
    std::unique_ptr<wire::StreamProtocol> private_stream() override { return nullptr; }

    wire::Capabilities can_;
    bool welcomed = false;  // without a welcome

 private:
    io::Endpoint endpoint_;
    InstrumentTable table_;
    wire::SymbolMap symbols_{table_, {&split_symbol, &spell}, wire::SymbolMap::Unknown::refuse};
};

live::LiveFeedOptions options_for(std::size_t instruments) {
    live::LiveFeedOptions options;
    options.by_need = wanted(instruments, {DataKind::quote});
    options.pool.session.connection.floor = 300ms;
    options.pool.session.silence.quote = {300ms, 1s};
    options.pool.session.open_within = 1s;
    options.pool.session.backoff = {.floor = 20ms, .first = 50ms, .cap = 500ms};
    options.tls.extra_ca_file = test_ca_file();
    return options;
}

bool say(PeerConnection& connection, const std::string& text) {
    return connection.write(frame_bytes(1, text));
}

/// Welcomes, acknowledges the first subscription, then sends `count` quotes of each instrument asked for.
Script talk(std::uint64_t from, std::uint64_t count, Duration between = 10ms) {
    return Script{}.accept_websocket().step([=](PeerConnection& connection) {
        if (!say(connection, "welcome") || !connection.read_frame()) return false;
        const std::string names = connection.last_frame().payload.substr(4);
        if (!say(connection, "ack " + names)) return false;
        for (std::uint64_t number = from; number < from + count; ++number) {
            for (const std::string& name : split(names, ',')) {
                if (!say(connection, "q" + name.substr(0, name.size() - 1) + " " + std::to_string(number)))
                    return false;
            }
            if (!connection.wait(between)) return false;
        }
        return true;
    });
}

/// Takes events until `is_so`, for at most 20 s. False when it never was.
template <class IsSo>
bool take_until(live::LiveFeed& feed, IsSo is_so) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (std::chrono::steady_clock::now() < end) {
        const auto event = feed.next();
        if (!event || !*event) return false;
        if (is_so(**event)) return true;
    }
    return false;
}
bool take_quote_above(live::LiveFeed& feed, std::uint64_t number) {
    return take_until(feed, [&](const MarketEvent& event) {
        const auto* quote = std::get_if<Quote>(&event);
        return quote != nullptr && number < quote->sequence;
    });
}

}  // namespace

TEST_CASE("a feed brings quotes over TLS, ticks on each second, and ends when told") {
    ScriptedPeer peer;
    peer.on_every_connect(talk(1, 100'000));
    LineVenue venue{peer.endpoint()};
    auto feed = live::LiveFeed::start(venue, options_for(2));
    REQUIRE(feed);
    std::vector<Timestamp> ticks;
    Timestamp last = Timestamp::min();
    CHECK(take_until(**feed, [&](const MarketEvent& event) {
        CHECK(last <= known_at(event));
        last = known_at(event);
        if (const auto* tick = std::get_if<Tick>(&event)) ticks.push_back(tick->now);
        return ticks.size() == 3;
    }));
    for (const Timestamp tick : ticks) CHECK(to_ns(tick) % 1'000'000'000 == 0);
    CHECK(ticks[1] == ticks[0] + 1s);
    const live::LiveHealth health = (*feed)->health();
    CHECK(health.all_live());
    REQUIRE(health.subscriptions[0].last_data);
    CHECK(wire::age_of(*health.subscriptions[0].last_data, health.now) < 1s);
    CHECK(health.inbox.dropped_trades == 0);
    std::thread stopper{[&] { (*feed)->stop(); }};
    while (true) {
        const auto event = (*feed)->next();
        REQUIRE(event);
        if (!*event) break;
    }
    stopper.join();
}

TEST_CASE("fault_F01_half_open_over_tls: silent peer found within threshold and 100 ms, then left") {
    ScriptedPeer peer;
    for (int i = 0; i < 3; ++i) peer.on_connect(talk(1 + i * 1000, 60).stall());
    peer.on_every_connect(talk(100'000, 1'000'000));
    LineVenue venue{peer.endpoint()};
    live::LiveFeedOptions options = options_for(2);
    std::atomic<int> zombies = 0;
    std::atomic<std::int64_t> silent_ms = 0;  // the longest
    options.on_note = [&](const wire::StreamNote& note, Timestamp) {
        if (note.kind != wire::StreamNote::Kind::zombie) return;
        ++zombies;
        // "open, but no data for 312 ms"
        const std::size_t at = note.text.find("for ");
        silent_ms = std::max<std::int64_t>(silent_ms, std::stoll(note.text.substr(at + 4)));
    };
    auto feed = live::LiveFeed::start(venue, options);
    REQUIRE(feed);
    CHECK(take_quote_above(**feed, 100'030));
    CHECK(zombies == 3);
    CHECK(300 <= silent_ms);
    MESSAGE("longest silence before a zombie was found: ", silent_ms.load(), " ms, threshold 300 ms");
    CHECK((*feed)->health().streams.zombies == 3);
    CHECK((*feed)->health().all_live());
}

TEST_CASE("a cut, a reset, a close and a garbled peer are each left for the next connection") {
    ScriptedPeer peer;
    peer.on_connect(talk(1, 20).cut());
    peer.on_connect(talk(1001, 20).reset());
    peer.on_connect(talk(2001, 20).send_close(1012, "restart"));
    peer.on_connect(talk(3001, 20).send("\x01\x02garbage that is no frame"));
    peer.on_connect(Script{}.reset());                              // before TLS
    peer.on_connect(Script{}.accept_websocket().send_text("bye"));  // before anything
    peer.on_connect(Script{}.expect_request().stall());             // never upgraded
    peer.on_every_connect(talk(100'000, 1'000'000));
    LineVenue venue{peer.endpoint()};
    auto feed = live::LiveFeed::start(venue, options_for(2));
    REQUIRE(feed);
    CHECK(take_quote_above(**feed, 100'030));
    const live::LiveHealth health = (*feed)->health();
    CHECK(health.all_live());
    CHECK(health.streams.attempts == 8);
    CHECK(health.streams.reconnects == 4);
}

TEST_CASE("a refused key ends the feed with the venue's words, after one attempt") {
    ScriptedPeer peer;
    peer.on_every_connect(Script{}.expect_request().send(http_answer(401, "no")));
    LineVenue venue{peer.endpoint()};
    auto feed = live::LiveFeed::start(venue, options_for(2));
    REQUIRE(feed);
    Errc code = Errc::io;
    while (true) {
        const auto event = (*feed)->next();
        if (!event) code = event.error().code();
        if (!event || !*event) break;
    }
    CHECK(code == Errc::denied);
    CHECK(peer.connections() == 1);
    CHECK((*feed)->health().stopped);
}

TEST_CASE("fault_F07_symbol_limit_over_tls: one refusal, the most needed stay") {
    ScriptedPeer peer;
    std::atomic<int> refusals = 0;
    peer.on_every_connect(Script{}.accept_websocket().step([&](PeerConnection& connection) {
        if (!say(connection, "welcome")) return false;
        int taken = 0;
        while (connection.read_frame()) {
            if (!connection.last_frame().payload.starts_with("sub ")) continue;
            const std::string names = connection.last_frame().payload.substr(4);
            if (taken == 2) {
                ++refusals;
                if (!say(connection, "limit")) return false;
                break;
            }
            ++taken;
            if (!say(connection, "ack " + names)) return false;
        }
        for (int number = 1; number < 100'000; ++number) {
            if (!say(connection, "q0 " + std::to_string(number)) ||
                !say(connection, "q1 " + std::to_string(number)) || !connection.wait(10ms))
                return false;
        }
        return true;
    }));
    LineVenue venue{peer.endpoint()};
    venue.can_.connections_per_key = 1;
    live::LiveFeedOptions options = options_for(4);
    options.pool.session.one_by_one = true;
    options.pool.session.messages_per_second = 100;
    auto feed = live::LiveFeed::start(venue, options);
    REQUIRE(feed);
    CHECK(take_quote_above(**feed, 50));
    const live::LiveHealth health = (*feed)->health();
    CHECK(refusals == 1);
    CHECK(health.subscriptions[0].state == wire::StreamState::live);
    CHECK(health.subscriptions[1].state == wire::StreamState::live);
    CHECK(health.subscriptions[2].state == wire::StreamState::left_out);
    CHECK(health.subscriptions[3].state == wire::StreamState::left_out);
}

TEST_CASE("fault_F08_slow_consumer_over_tls: the reader goes on, quotes conflate, the last ones arrive") {
    constexpr std::uint64_t kCount = 100'000;
    ScriptedPeer peer;
    std::atomic<bool> sent = false;
    peer.on_connect(Script{}
                        .accept_websocket()
                        .step([&](PeerConnection& connection) {
                            if (!say(connection, "welcome") || !connection.read_frame()) return false;
                            std::string bytes =
                                frame_bytes(1, "ack " + connection.last_frame().payload.substr(4));
                            for (std::uint64_t number = 1; number <= kCount; ++number) {
                                for (const char* name : {"q0 ", "q1 "})
                                    bytes += frame_bytes(1, name + std::to_string(number));
                                if (bytes.size() < 60'000 && number != kCount) continue;
                                if (!connection.write(bytes)) return false;
                                bytes.clear();
                            }
                            sent = true;
                            return true;
                        })
                        .stall());
    LineVenue venue{peer.endpoint()};
    live::LiveFeedOptions options = options_for(2);
    options.pool.session.connection.floor = 1min;
    options.pool.session.silence.quote = {1min, 1min};
    auto feed = live::LiveFeed::start(venue, options);
    REQUIRE(feed);
    // Nobody takes anything until all was read.
    const auto end = std::chrono::steady_clock::now() + 20s;
    while ((*feed)->health().subscriptions[1].events < kCount && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(5ms);
    CHECK(sent);
    std::uint64_t last[2] = {0, 0}, taken = 0;
    CHECK(take_until(**feed, [&](const MarketEvent& event) {
        if (const auto* quote = std::get_if<Quote>(&event)) {
            CHECK(last[quote->instrument.value] < quote->sequence);
            last[quote->instrument.value] = quote->sequence;
            ++taken;
        }
        return last[0] == kCount && last[1] == kCount;
    }));
    CHECK(taken + (*feed)->health().inbox.conflated == 2 * kCount);
    CHECK(taken <= 4096 + 4);
}

TEST_CASE("a load of a known rate is measured as that rate") {
    live::StreamLoad load;
    for (int i = 1; i <= 100; ++i)
        load.messages.push_back("q" + std::to_string(i % 4) + " " + std::to_string(i));
    load.answer = [](std::string_view frame) {
        return std::vector<std::string>{"ack " + std::string{frame.substr(4)}};
    };
    load.per_second = 20'000;
    load.warm_up = 300ms;
    load.lasts = 1s;
    // The small protocol waits for a welcome; the server begins with the answer to the first frame.
    const auto make = [](const io::Endpoint& endpoint) {
        auto venue = std::make_unique<LineVenue>(endpoint);
        venue->welcomed = true;
        return venue;
    };
    live::LiveFeedOptions options = options_for(4);
    const auto result = live::measure_stream_load(make, options, load);
    REQUIRE(result);
    MESSAGE(result->messages, " messages, ", result->given_out, " given out, ", result->core_share() * 100,
            " % of a core");
    CHECK(15'000 < result->messages);
    CHECK(result->messages < 25'000);
    CHECK(result->core_share() < 1.0);
}
