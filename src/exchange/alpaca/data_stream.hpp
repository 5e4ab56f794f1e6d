#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "exchange/alpaca/data_json.hpp"
#include "exchange/alpaca/desk.hpp"
#include "exchange/alpaca/json_in.hpp"

namespace plumb::exchange::alpaca {

/// Which stream an address names.
enum class Feed : unsigned char { crypto, iex, sip, delayed_sip, boats, overnight, test, news };
std::optional<Feed> feed_of(std::string_view path);

enum class Channel : unsigned char {
    trades,
    quotes,
    orderbooks,
    bars,
    updated_bars,
    daily_bars,
    statuses,
    lulds,
    corrections,
    cancel_errors,
    news,
};
inline constexpr std::size_t kChannels = 11;
/// The one symbol of the test stream: a stock nobody can trade.
inline constexpr std::string_view kFakeSymbol = "FAKEPACA";
inline constexpr std::size_t kBookLevelsMax = 1000;

/// The free plan's number of symbols on the IEX stream; the others have the paid plan's, which is without
/// bound at the venue and bounded here as every list is.
inline constexpr std::size_t kIexSymbolsMax = 30;
inline constexpr std::size_t kStreamSymbolsMax = 10'000;
inline constexpr Duration kAuthTime = std::chrono::seconds{10};

/// The market data streams: who listens to what, and every message of them.
class DataStreams {
 public:
    explicit DataStreams(Desk& desk);

    void open(StreamId stream, Feed feed, const Request& request, Timestamp now);
    void on_message(StreamId stream, std::string_view bytes, bool is_binary, Timestamp now);
    void on_closed(StreamId stream);
    /// Tells this error; the ones the venue ends a connection with do. False for a stream that is none of
    /// these.
    bool refuse(StreamId stream, int code);

    void on_events(std::span<const ModelEvent> events);
    void on_time(Timestamp now);

 private:
    struct Wanted {
        bool all = false;
        std::set<std::string> symbols;
    };
    struct Session {
        StreamId id = 0;
        Feed feed = Feed::crypto;
        bool is_msgpack = false;
        std::optional<AccountId> account;
        Timestamp opened_at;
        std::array<Wanted, kChannels> wanted;
    };
    /// Who gets one message, by encoding.
    struct Listeners {
        std::vector<StreamId> json, msgpack;

        bool empty() const { return json.empty() && msgpack.empty(); }
    };
    using Subscription = std::array<std::set<std::string>, kChannels>;

    void authenticate(Session& session, std::string_view key, std::string_view secret, Timestamp now);
    void subscribe(Session& session, const Json& message, bool adds, Timestamp now);
    int read_subscription(const Session& session, const Json& message, Subscription& into) const;
    void acknowledge(const Session& session);
    void send_books(const Session& session, const Wanted& before, Timestamp now);
    void success(const Session& session, std::string_view what);
    void error(const Session& session, int code);
    void end(const Session& session, int code);
    void attach(const Session& session);
    void detach(StreamId stream);
    Listeners& listeners(Channel channel, InstrumentId instrument) {
        return listeners_[static_cast<std::size_t>(channel)][instrument.value];
    }

    /// One frame with one message, encoded once for each encoding that somebody wants.
    template <class Write>
    void tell(const Listeners& to, FrameKind kind, std::optional<InstrumentId> instrument, Write write);
    void flush_levels(Timestamp at);
    void tell_bars(Timestamp minute, Timestamp now);
    void tell_test(Timestamp now);

    Desk& desk_;
    std::map<StreamId, Session> sessions_;
    std::array<std::vector<Listeners>, kChannels> listeners_;
    std::array<Listeners, kChannels> test_listeners_;
    std::string json_, msgpack_;  // reused
    InstrumentId levels_of_;
    std::vector<BookLevel> bids_, asks_;
    Timestamp minute_{};
    Timestamp test_second_{};
};

template <class Write>
void DataStreams::tell(const Listeners& to, FrameKind kind, std::optional<InstrumentId> instrument,
                       Write write) {
    if (!to.json.empty()) {
        json_.clear();
        JsonOut out{json_};
        write(out);
        desk_.outlet().send_all(
            to.json,
            {.kind = kind, .instrument = instrument, .execution = 0, .is_binary = false, .bytes = json_});
    }
    if (!to.msgpack.empty()) {
        msgpack_.clear();
        MsgpackOut out{msgpack_};
        write(out);
        desk_.outlet().send_all(
            to.msgpack,
            {.kind = kind, .instrument = instrument, .execution = 0, .is_binary = true, .bytes = msgpack_});
    }
}

template <class Out>
void begin_message(Out& out, std::string_view type, std::string_view symbol) {
    out.begin_array().begin_object();
    out.text("T", type);
    out.text("S", symbol);
}

template <class Out>
void end_message(Out& out) {
    out.end_object().end_array();
}

}  // namespace plumb::exchange::alpaca
