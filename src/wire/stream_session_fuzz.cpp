// Any sequence of openings, frames, ends, answers and times: at most two connections, never one too many
// where only one is allowed, never more attempts than the budget, nothing LIVE without acknowledgement and
// data, and the session never stops the program.
#include <cstdint>
#include <set>

#include "base/check.hpp"
#include "wire/stream_test_support.hpp"

using namespace plumb;
using namespace plumb::wire;
using namespace plumb::wire::testing;

namespace {

class Counting : public WireSink {
 public:
    void take(const WireEvent&) override { ++events; }
    std::uint64_t events = 0;
};

constexpr const char* kWords[] = {"welcome", "ack",    "ack 0q",      "ack 1t",  "limit",      "limit 1q",
                                  "limited", "denied", "notyours 0q", "unknown", "unknown 1q", "error",
                                  "slow",    "hb",     "bye",         "shutdown"};

struct Peer {
    std::set<ConnectionId> asked, open;
    std::set<std::string> said, brought;  // on any connection
    std::vector<Timestamp> attempts;

    void take(StreamEffects& effects, Timestamp now, bool one_only) {
        for (StreamEffect& effect : effects) {
            if (auto* connect = std::get_if<OpenConnection>(&effect)) {
                PLUMB_CHECK(asked.insert(connect->id).second);
                attempts.push_back(now);
                PLUMB_CHECK(asked.size() <= (one_only ? 1u : 2u));
            }
            if (auto* send = std::get_if<SendFrame>(&effect)) PLUMB_CHECK(open.contains(send->id));
            if (auto* close = std::get_if<CloseConnection>(&effect)) {
                PLUMB_CHECK(asked.erase(close->id) == 1);
                open.erase(close->id);
            }
        }
        effects.clear();
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0 || 4096 < size) return 0;
    SessionOptions options;
    options.one_connection = data[0] % 2 == 0;
    options.one_by_one = data[0] / 2 % 2 == 0;
    options.acknowledges = data[0] / 4 % 2 == 0;
    if (data[0] / 8 % 2 == 0) options.connection_life = 1h;
    Timestamp now = kStart;
    io::TokenBucket budget{io::TokenBucketOptions::for_window(10, 1min), now};
    Counting sink;
    StreamSession session{0,
                          wanted(3, {DataKind::quote, DataKind::trade}),
                          [] { return std::make_unique<SmallProtocol>(); },
                          budget,
                          sink,
                          options};
    StreamEffects effects;
    Peer peer;
    session.start(now, effects);
    peer.take(effects, now, options.one_connection);
    for (std::size_t i = 1; i + 1 < size; i += 2) {
        const std::uint8_t what = data[i], more = data[i + 1];
        now += Duration{(more % 16) * (what % 8 == 0 ? 10'000'000'000ll : 50'000'000ll)};
        const auto any = [&](const std::set<ConnectionId>& from) {
            auto at = from.begin();
            if (!from.empty()) std::advance(at, more % from.size());
            return at == from.end() ? ConnectionId{7, 7} : *at;
        };
        const ConnectionId id = any(what / 16 % 2 == 0 ? peer.asked : peer.open);
        switch (what % 6) {
            case 0:
                if (peer.asked.contains(id)) peer.open.insert(id);
                session.opened(id, now, effects);
                break;
            case 1:
                peer.asked.erase(id);
                peer.open.erase(id);
                session.closed(id,
                               {"end",
                                more == 7   ? 429
                                : more == 9 ? 401
                                            : 0,
                                std::nullopt},
                               now, effects);
                break;
            case 2: session.frame(id, kWords[more % 16], now, now, effects); break;
            case 3:
            case 4: {
                const std::string name{"qtm"[more % 3], static_cast<char>('0' + more / 3 % 4), ' ', '5'};
                session.frame(id, name, now, now, effects);
                break;
            }
            default: session.tick(now, effects); break;
        }
        peer.take(effects, now, options.one_connection);
        for (std::size_t row = 0; row < session.subscriptions().rows().size(); ++row) {
            const StreamHealth health = session.health(row, now);
            if (health.state != StreamState::live) continue;
            PLUMB_CHECK(session.ready() && health.last_data.has_value() && 0 < health.events);
        }
        PLUMB_CHECK(session.connections() <= 2);
        PLUMB_CHECK(!session.stopped() || session.connections() == 0);
    }
    for (std::size_t i = 10; i < peer.attempts.size(); ++i)
        PLUMB_CHECK(peer.attempts[i - 10] + 1min <= peer.attempts[i]);
    return 0;
}
