#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/backoff.hpp"
#include "io/token_bucket.hpp"
#include "wire/capabilities.hpp"
#include "wire/stream_effects.hpp"
#include "wire/stream_link.hpp"
#include "wire/subscription_set.hpp"

namespace plumb::wire {

struct SessionOptions {
    KindLimits silence;  // per subscription, by kind
    SilenceLimits connection{std::chrono::seconds{5},
                             {}};  // all together; ceiling: the most talkative kind's
    io::BackoffOptions backoff;
    Duration open_within = std::chrono::seconds{15};   // a connection, from the attempt
    Duration ready_within = std::chrono::seconds{10};  // welcome and login, from the open connection
    Duration acknowledge_within = std::chrono::seconds{5};
    bool acknowledges = true;                   // the venue answers a subscribe
    std::size_t subscriptions_per_message = 0;  // zero: the protocol batches by itself
    bool one_by_one = false;      // subscribe instrument after instrument until the venue's limit is known
    bool one_connection = false;  // a second connection of the key would be refused
    bool books_numbered_globally = false;  // the changes of two connections may be mixed (Binance)
    std::int64_t messages_per_second = 5;
    Duration connection_life{};                        // zero: for ever
    Duration renew_before = std::chrono::minutes{10};  // of its end (F18)
    Duration overlap = std::chrono::seconds{2};        // both connections, once the new one brings everything
    Duration proven_after =
        std::chrono::seconds{10};  // with data: then the next failure waits like the first
    Duration resubscribe_first = std::chrono::seconds{30};  // a silent subscription; doubles
    Duration resubscribe_max = std::chrono::hours{1};
    Duration connection_limit_wait = std::chrono::seconds{5};  // doubles up to the next
    Duration connection_limit_wait_max = std::chrono::minutes{2};
    Duration rate_limited_wait = std::chrono::minutes{1};  // 429 or 418 without Retry-After
    Duration forbidden_wait = std::chrono::minutes{5};     // 403: a firewall, which asking angers
    std::uint64_t seed = 1;

    /// What the venue's capabilities say.
    static SessionOptions of(const Capabilities& venue);
};

struct SessionCounters {
    std::uint64_t attempts = 0;    // connections asked for
    std::uint64_t reconnects = 0;  // after a loss of a connection that had been ready
    std::uint64_t renewals = 0;    // completed, make before break
    std::uint64_t zombies = 0;
    std::uint64_t resubscribed = 0;
    std::uint64_t slow_client = 0;
    std::uint64_t limit_refusals = 0;       // symbol limit
    std::uint64_t connection_refusals = 0;  // connection limit
    std::uint64_t refused_frames = 0;       // not what the documents promise
    std::uint64_t unexpected = 0;           // data nobody asked for
    std::uint64_t duplicates = 0;           // told already
    std::uint64_t venue_errors = 0;

    SessionCounters& operator+=(const SessionCounters& other);
};

/// Holds one connection's worth of subscriptions to the venue for as long as it lives: connects, subscribes,
/// watches for data, reconnects, renews before the venue cuts. Pure: time and bytes come in, effects go out.
///
/// `now` never steps back (a steady clock, counted from the wall clock of the start); `received_at` is what
/// data are stamped with. Call tick() every kTickEvery. The session never gives up (F04), except where the
/// venue refuses the key or the entitlement: then it stops at once, and stopped() says why.
class StreamSession {
 public:
    static constexpr Duration kTickEvery = std::chrono::milliseconds{50};
    static constexpr Duration kSlowTick = std::chrono::milliseconds{500};  // rows and protocols

    using MakeProtocol = std::function<std::unique_ptr<StreamProtocol>()>;

    /// `by_need`: who comes first stays when the venue's limit leaves no room for all. `budget` is shared by
    /// all sessions of a key or address (F05); `sink` takes data in the order of the bytes. Both outlive the
    /// session.
    StreamSession(std::uint32_t number, std::span<const Subscription> by_need, MakeProtocol make,
                  io::TokenBucket& budget, WireSink& sink, const SessionOptions& options);

    void start(Timestamp now, StreamEffects& effects);
    void opened(ConnectionId id, Timestamp now, StreamEffects& effects);
    /// One whole message. Allocates nothing for market data after warm-up.
    void frame(ConnectionId id, std::string_view bytes, Timestamp now, Timestamp received_at,
               StreamEffects& effects);
    void closed(ConnectionId id, const ConnectionEnd& end, Timestamp now, StreamEffects& effects);
    void answered(ConnectionId id, const Question& question, const Reply& reply,
                  std::span<const WireEvent> events, Timestamp now, StreamEffects& effects);
    void tick(Timestamp now, StreamEffects& effects);

    /// Ends it for good, as when another session of the same key was refused.
    void give_up(Refusal refusal, std::string why, StreamEffects& effects) {
        stop(refusal, std::move(why), effects);
    }

    /// Asks for one subscription anew, as when its book is lost. No effect while it is not carried.
    void resubscribe(const Subscription& subscription, Timestamp now, StreamEffects& effects);
    /// Whether data of the instrument are expected: a closed market is silent. MarketStatus says it too.
    void set_market_open(InstrumentId instrument, bool open, Timestamp now);
    /// Added to `now` wherever the venue's protocol is given a time: venue's clock minus ours.
    void set_clock_offset(Duration offset) { clock_offset_ = offset; }

    StreamState state(std::size_t row, Timestamp now) const;
    StreamHealth health(std::size_t row, Timestamp now) const;
    const SubscriptionSet& subscriptions() const { return set_; }
    const SessionCounters& counters() const { return counters_; }
    bool ready() const;  // a connection carries subscriptions
    bool stopped() const { return !stopped_.empty(); }
    const std::string& stopped_why() const { return stopped_; }
    const std::string& last_trouble() const { return last_trouble_; }
    Refusal last_refusal() const { return last_refusal_; }
    /// The silence of the whole connection that would be a zombie now; zero without an open connection.
    Duration zombie_threshold() const;
    /// Connections open or asked for.
    std::size_t connections() const { return (links_[0] ? 1u : 0u) + (links_[1] ? 1u : 0u); }

 private:
    class LinkSink;
    static constexpr std::size_t kNoLink = 2;

    // stream_session.cpp: the life of connections
    std::size_t slot_of(ConnectionId id) const;
    bool begin_link(std::size_t slot, Timestamp now, StreamEffects& effects);
    void after_outbox(std::size_t slot, Timestamp now, StreamEffects& effects);
    bool drain(std::size_t slot, Timestamp now, StreamEffects& effects);
    void plan(std::size_t slot, Timestamp now, StreamEffects& effects);
    void became_ready(std::size_t slot, Timestamp now, StreamEffects& effects);
    void lose(std::size_t slot, std::string why, bool close_it, Timestamp now, StreamEffects& effects);
    void schedule(Timestamp started_at, bool was_proved, Timestamp now);
    void stop(Refusal refusal, std::string why, StreamEffects& effects);
    void obey_end(const ConnectionEnd& end, Timestamp now);
    void tick_link(std::size_t slot, bool slow, Timestamp now, StreamEffects& effects);
    void connect_when_due(Timestamp now, StreamEffects& effects);
    void renew_when_due(Timestamp now, StreamEffects& effects);
    void take_over(Timestamp now, StreamEffects& effects);
    void give_rows_to(std::size_t slot);
    bool covers(const StreamLink& link, const StreamLink& old) const;
    Duration silence_allowed(const StreamLink& link) const;
    bool is_zombie(const StreamLink& link, Timestamp now) const;
    void prove(StreamLink& link, Timestamp now);
    SilenceLimits connection_limits() const;
    Timestamp venue_now(Timestamp now) const { return now + clock_offset_; }
    Timestamp advance(Timestamp now) { return now_ = std::max(now_, now); }

    // stream_subscribe.cpp: what a connection carries
    void ask_more(std::size_t slot, Timestamp now, StreamEffects& effects);
    bool group_settled(const StreamLink& link) const;
    std::size_t group_end_from(std::size_t first) const;
    void ask_group(StreamLink& link, std::size_t first, std::size_t end, Timestamp now);
    void take_controls(std::size_t slot, Timestamp now, StreamEffects& effects);
    bool take_control(std::size_t slot, const Control& control, Timestamp now, StreamEffects& effects);
    void acknowledge(StreamLink& link, const Control& control, Timestamp now);
    bool refuse(std::size_t slot, const Control& control, Timestamp now, StreamEffects& effects);
    void refuse_rows(StreamLink& link, const Control& control, StreamEffects& effects);
    void reach_limit(StreamLink& link, const Control& control, StreamEffects& effects);
    void refuse_group(StreamLink& link, const Control& control, StreamEffects& effects);
    void leave_out(std::size_t unit, StreamEffects& effects, ConnectionId id);
    void watch_rows(Timestamp now, StreamEffects& effects);
    void ask_again(StreamLink& link, std::size_t row, Timestamp now);
    bool matches(const Control& control, const Subscription& what) const;

    // stream_data.cpp: what comes through
    void take_event(std::size_t slot, const WireEvent& event, Timestamp now);
    bool note_data(std::size_t slot, std::size_t row, Timestamp now);
    bool is_fresh(std::size_t slot, SubscriptionSet::Row& row, const WireEvent& event);
    bool may_speak(std::size_t slot, SubscriptionSet::Row& row, Timestamp venue_time);

    const std::uint32_t number_;
    MakeProtocol make_;
    io::TokenBucket& budget_;
    WireSink& sink_;
    const SessionOptions options_;
    SubscriptionSet set_;

    std::array<std::unique_ptr<StreamLink>, 2> links_;
    std::size_t main_ = kNoLink;  // the one that carries; the other one, if any, is to take over
    std::uint32_t serial_ = 0;
    bool started_ = false;
    std::string stopped_;
    std::string last_trouble_;
    Refusal last_refusal_ = Refusal::none;
    io::Backoff backoff_;
    Timestamp now_ = Timestamp::min();
    Timestamp due_ = Timestamp::max();        // the next attempt
    Timestamp renew_due_ = Timestamp::min();  // the next attempt to renew, where one failed
    ConnectionId closing_{};                  // with one_connection: the old must be gone before the next
    Timestamp closing_until_ = Timestamp::min();
    Timestamp slow_ticked_at_ = Timestamp::min();
    Duration clock_offset_{};
    SilenceWatch usual_;           // of the connection, kept from one to the next
    std::uint32_t fruitless_ = 0;  // connections in a row without any data
    std::uint32_t connection_refusals_in_row_ = 0;

    // One unit at a time from `known_good_`, which were taken before, to `careful_until_`.
    std::size_t known_good_ = 0, careful_until_ = 0;

    std::vector<Subscription> scratch_;
    SessionCounters counters_;
};

}  // namespace plumb::wire
