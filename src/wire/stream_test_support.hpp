#pragma once

// For tests: a small real protocol, a peer that speaks it well or badly, and a world in virtual time between
// them and a session.
//
//   peer:    welcome | ack 3q,4t | ack | limit | limited | denied | unknown 3q | error | hb | bye
//            q3 17 | t3 17 | b3 17            (quote, trade or mark price of instrument 3, number 17)
//   client:  sub 3q,4t | unsub 3q

#include <charconv>
#include <deque>
#include <functional>
#include <map>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "base/rng.hpp"
#include "wire/stream_pool.hpp"

namespace plumb::wire::testing {

using namespace std::chrono_literals;

inline const Timestamp kStart = timestamp_from_ms(1'700'000'000'000);

constexpr char letter_of(DataKind kind) {
    switch (kind) {
        case DataKind::quote: return 'q';
        case DataKind::trade: return 't';
        case DataKind::mark_price: return 'm';
        default: return 's';
    }
}
inline std::string name_of(const Subscription& what) {
    return std::to_string(what.instrument.value) + letter_of(what.kind);
}
inline std::uint64_t number_in(std::string_view text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}
inline std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(at), text.size());
        parts.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}
inline DataKind kind_of(char letter) {
    return letter == 'q' ? DataKind::quote : letter == 't' ? DataKind::trade : DataKind::mark_price;
}

/// The client's side of the small protocol.
class SmallProtocol : public StreamProtocol {
 public:
    /// Where the socket is to go; a test over real sockets gives its peer's.
    explicit SmallProtocol(ConnectPlan plan = {}, bool welcomed = false)
        : plan_{std::move(plan)}, welcomed_{welcomed} {}

    Result<ConnectPlan> plan(Timestamp) override { return plan_; }
    void opened(Timestamp, Outbox&) override {}
    void frame(std::string_view bytes, Timestamp received_at, Outbox& out, WireSink& sink) override {
        const std::size_t space = std::min(bytes.find(' '), bytes.size());
        const std::string_view word = bytes.substr(0, space);
        const std::string_view rest = bytes.substr(std::min(space + 1, bytes.size()));
        if (word == "welcome") welcomed_ = true;
        if (word.size() > 1 && (word[0] == 'q' || word[0] == 't' || word[0] == 'm') && '0' <= word[1] &&
            word[1] <= '9')
            return data(word[0], static_cast<std::uint32_t>(number_in(word.substr(1))), number_in(rest),
                        received_at, sink);
        if (word == "bye") out.close = "the peer said bye";
        control(word, rest, sink);
    }
    bool ready() const override { return welcomed_; }
    void subscribe(std::span<const Subscription> added, Timestamp, Outbox& out) override {
        out.frames.push_back("sub " + joined(added));
    }
    void unsubscribe(std::span<const Subscription> removed, Timestamp, Outbox& out) override {
        out.frames.push_back("unsub " + joined(removed));
    }

 private:
    static std::string joined(std::span<const Subscription> all) {
        std::string text;
        for (const Subscription& each : all) text += (text.empty() ? "" : ",") + name_of(each);
        return text;
    }
    static void data(char letter, std::uint32_t id, std::uint64_t number, Timestamp at, WireSink& sink) {
        const InstrumentId instrument{id};
        const Price price{Decimal{static_cast<std::int64_t>(100 + number % 7)}};
        const Quantity one{Decimal{1}};
        const Timestamp venue = kStart + Duration{static_cast<std::int64_t>(number)};
        if (letter == 'q')
            sink.take(Quote{instrument, price, price, one, one, number, venue, at});
        else if (letter == 't')
            sink.take(Trade{instrument, Side::buy, price, one, number, venue, at});
        else
            sink.take(MarkPrice{instrument, price, price, venue, at});
    }
    static void control(std::string_view word, std::string_view rest, WireSink& sink) {
        Control control;
        const auto send = [&](Control::Kind kind, Refusal refusal = Refusal::none) {
            control.kind = kind;
            control.refusal = refusal;
            if (rest.empty()) return sink.take(control);
            for (const std::string& name : split(rest, ',')) {
                control.instrument = InstrumentId{static_cast<std::uint32_t>(number_in(name))};
                control.data = kind_of(name.back());
                sink.take(control);
            }
        };
        if (word == "welcome") send(Control::Kind::welcome);
        if (word == "ack") send(Control::Kind::acknowledged);
        if (word == "limit") send(Control::Kind::refused, Refusal::symbol_limit);
        if (word == "limited") send(Control::Kind::refused, Refusal::connection_limit);
        if (word == "denied") send(Control::Kind::refused, Refusal::unauthorized);
        if (word == "notyours") send(Control::Kind::refused, Refusal::not_entitled);
        if (word == "unknown") send(Control::Kind::refused, Refusal::unknown_symbol);
        if (word == "slow") send(Control::Kind::error, Refusal::slow_client);
        if (word == "error") send(Control::Kind::error);
        if (word == "hb") send(Control::Kind::heartbeat);
        if (word == "shutdown") send(Control::Kind::shutdown);
    }

    ConnectPlan plan_;
    bool welcomed_;
};

/// How the peer behaves. All of it may be changed while the world runs.
struct Manners {
    bool refuses_connections = false;  // at once
    bool hangs = false;                // a connection never opens
    bool drops_at_once = false;        // opens, then closes without a word
    bool welcomes = true;
    int http_status = 0;  // instead of opening
    std::optional<Duration> retry_after;
    bool acknowledges = true;
    bool sends_data = true;
    bool heartbeats = true;
    std::size_t symbols_max = 0;      // zero: no limit
    std::size_t connections_max = 0;  // more are told "limited" and closed
    std::set<std::string> silent;     // acknowledged, and nothing ever comes
    std::set<std::string> unknown;    // refused; without a name when `refuses_by_group`
    bool refuses_by_group = false;
    std::string greeting;  // instead of welcome
    Duration life{};       // cuts connections after this
};

/// A peer, a market and the client in one virtual time.
class World : public WireSink {
 public:
    World(std::uint64_t seed, std::vector<Subscription> wanted, const PoolOptions& options)
        : rng{seed}, pool{wanted, [] { return std::make_unique<SmallProtocol>(); }, *this, options, kStart} {}

    /// Until then, everything that is due in its order; ticks every 50 ms.
    void run_until(Timestamp end) {
        if (!started_) {
            started_ = true;
            pool.start(now, effects_);
            perform();
        }
        while (now < end) {
            const Timestamp next =
                std::min(end, std::min(next_tick_, agenda_.empty() ? end : agenda_.top().at));
            now = next;
            while (!agenda_.empty() && agenda_.top().at <= now) {
                const auto task = agenda_.top().task;
                agenda_.pop();
                task();
                perform();
            }
            if (next_tick_ <= now) {
                next_tick_ = now + StreamSession::kTickEvery;
                pool.tick(now, effects_);
                perform();
                if (each_tick) each_tick();
            }
        }
    }
    void run_for(Duration duration) { run_until(now + duration); }
    void at(Timestamp when, std::function<void()> task) { agenda_.push({when, ++order_, std::move(task)}); }

    /// One event of the market, to each connection that has it subscribed, each by its own way.
    void market(const std::string& name, std::uint64_t number) {
        for (auto& [id, link] : links) {
            if (!link.subscribed.contains(name) || !manners.sends_data || manners.silent.contains(name))
                continue;
            const std::string text =
                std::string{name.back()} + name.substr(0, name.size() - 1) + ' ' + std::to_string(number);
            say(id, text);
        }
    }
    /// Sends to the client after a delay of 1 to 20 ms, in order for each connection.
    void say(ConnectionId id, std::string text) {
        auto& link = links.at(id);
        link.arrives = std::max(link.arrives,
                                now + Duration{1'000'000 + static_cast<std::int64_t>(rng.below(19'000'000))});
        at(link.arrives, [this, id, text = std::move(text)] {
            if (!alive_.contains(id)) return;
            if (text.size() > 1 && text.find(' ') != std::string::npos && text[1] >= '0' && text[1] <= '9')
                last_data = now;
            pool.frame(id, text, now, now, effects_);
        });
    }
    void cut(ConnectionId id, ConnectionEnd end = {"cut", 0, std::nullopt}) {
        links.erase(id);
        if (!alive_.erase(id)) return;
        at(now + 1ms, [this, id, end] { pool.closed(id, end, now, effects_); });
    }
    void cut_all() {
        while (!links.empty()) cut(links.begin()->first);
    }

    void take(const WireEvent& event) override {
        ++events;
        if (on_event) on_event(event);
    }

    struct Link {
        std::set<std::string> subscribed;
        std::set<std::string> symbols;
        Timestamp arrives = kStart;
        bool limited = false;
    };

    Rng rng;
    Timestamp now = kStart;
    Manners manners;
    std::map<ConnectionId, Link> links;  // open, by the peer's word
    StreamPool pool;
    std::vector<Timestamp> attempts;
    std::vector<std::pair<Timestamp, StreamNote>> notes;
    std::function<void(const WireEvent&)> on_event;
    std::function<void()> each_tick;
    std::function<void(const std::string&)> on_client;  // each frame of the client
    std::uint64_t events = 0;
    std::size_t limit_refusals = 0, connections_high = 0;
    Timestamp last_data = kStart;  // that reached the client
    bool keep_notes = true;

 private:
    struct Task {
        Timestamp at;
        std::uint64_t order;
        std::function<void()> task;
        bool operator<(const Task& other) const {
            return std::pair{other.at, other.order} < std::pair{at, order};
        }
    };

    void perform() {
        while (!effects_.empty()) {
            StreamEffects now_done;
            std::swap(now_done, effects_);
            for (StreamEffect& effect : now_done) {
                if (auto* open = std::get_if<OpenConnection>(&effect)) connect(open->id);
                if (auto* send = std::get_if<SendFrame>(&effect)) hear(send->id, send->frame);
                if (auto* close = std::get_if<CloseConnection>(&effect)) {
                    if (alive_.erase(close->id)) {
                        const ConnectionId id = close->id;
                        at(now + 5ms, [this, id] {
                            links.erase(id);
                            pool.closed(id, {"closed", 0, std::nullopt}, now, effects_);
                        });
                    }
                }
                if (auto* note = std::get_if<StreamNote>(&effect); note != nullptr && keep_notes)
                    notes.emplace_back(now, *note);
            }
        }
    }

    void connect(ConnectionId id) {
        attempts.push_back(now);
        alive_.insert(id);
        connections_high = std::max(connections_high, alive_.size());
        const Timestamp when = now + Duration{static_cast<std::int64_t>(5'000'000 + rng.below(45'000'000))};
        at(when, [this, id] {
            if (!alive_.contains(id) || manners.hangs) return;
            if (manners.refuses_connections || manners.http_status != 0) {
                ConnectionEnd end{"refused", manners.http_status, std::nullopt};
                if (manners.retry_after) end.retry_at = now + *manners.retry_after;
                alive_.erase(id);
                return pool.closed(id, end, now, effects_);
            }
            pool.opened(id, now, effects_);
            if (manners.drops_at_once) return cut(id);
            links[id];
            if (manners.connections_max != 0 && manners.connections_max < links.size()) {
                say(id, "limited");
                return;
            }
            if (!manners.greeting.empty()) return say(id, manners.greeting);
            if (manners.welcomes) say(id, "welcome");
            if (Duration::zero() < manners.life) at(now + manners.life, [this, id] { cut(id); });
            if (manners.heartbeats) beat(id);
        });
    }
    void beat(ConnectionId id) {
        if (!links.contains(id) || !manners.heartbeats) return;
        say(id, "hb");
        at(now + 1s, [this, id] { beat(id); });
    }

    void hear(ConnectionId id, const std::string& frame) {
        if (on_client) on_client(frame);
        if (!links.contains(id)) return;
        Link& link = links.at(id);
        const bool adds = frame.starts_with("sub ");
        const auto names = split(frame.substr(frame.find(' ') + 1), ',');
        if (!adds) {
            for (const std::string& name : names) link.subscribed.erase(name);
            return;
        }
        std::set<std::string> symbols = link.symbols;
        bool unknown = false;
        for (const std::string& name : names) {
            symbols.insert(name.substr(0, name.size() - 1));
            unknown |= manners.unknown.contains(name);
        }
        if (manners.symbols_max != 0 && manners.symbols_max < symbols.size()) {
            ++limit_refusals;
            return say(id, "limit");  // and nothing changes
        }
        if (unknown && manners.refuses_by_group) return say(id, "unknown");
        std::string acknowledged;
        for (const std::string& name : names) {
            if (manners.unknown.contains(name)) {
                say(id, "unknown " + name);
                continue;
            }
            link.subscribed.insert(name);
            link.symbols.insert(name.substr(0, name.size() - 1));
            acknowledged += (acknowledged.empty() ? "" : ",") + name;
        }
        if (manners.acknowledges && !acknowledged.empty()) say(id, "ack " + acknowledged);
    }

    std::set<ConnectionId> alive_;  // for the client
    std::priority_queue<Task> agenda_;
    std::uint64_t order_ = 0;
    StreamEffects effects_;
    Timestamp next_tick_ = kStart;
    bool started_ = false;
};

/// Events of the market for ever: `name` about every `gap`, numbered from 1.
inline void start_market(World& world, const std::string& name, Duration gap, std::uint64_t number = 1) {
    const auto wait =
        Duration{static_cast<std::int64_t>(static_cast<double>(gap.count()) * (0.5 + world.rng.uniform()))};
    world.at(world.now + wait, [&world, name, gap, number] {
        world.market(name, number);
        start_market(world, name, gap, number + 1);
    });
}

inline std::vector<Subscription> wanted(std::size_t instruments, std::initializer_list<DataKind> kinds) {
    std::vector<Subscription> all;
    for (std::size_t i = 0; i < instruments; ++i) {
        for (const DataKind kind : kinds)
            all.push_back({InstrumentId{static_cast<std::uint32_t>(i)}, kind, {}});
    }
    return all;
}

}  // namespace plumb::wire::testing
