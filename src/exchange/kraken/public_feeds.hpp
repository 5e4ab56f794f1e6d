#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "exchange/kraken/desk.hpp"

namespace plumb::exchange::kraken {

enum class PublicFeed : unsigned char { ticker, ticker_lite, trade, book };
std::optional<PublicFeed> parse_public_feed(std::string_view name);
std::string_view to_string(PublicFeed feed);

/// ticker, ticker_lite, trade, book and heartbeat: each frame is encoded once and sent to all who hear it.
class PublicFeeds {
 public:
    explicit PublicFeeds(Desk& desk);

    /// Adds the stream and sends what it begins with: a snapshot of book or trades, the ticker as it is.
    /// False when it was subscribed already (the snapshot is sent again).
    bool subscribe(StreamId stream, PublicFeed feed, InstrumentId instrument, Timestamp now);
    bool unsubscribe(StreamId stream, PublicFeed feed, InstrumentId instrument);
    bool set_heartbeat(StreamId stream, bool on);
    void remove(StreamId stream);

    void on_event(const ModelEvent& event);
    /// Tickers and heartbeats: at most one a second.
    void on_time(Timestamp now);

    static constexpr std::size_t kTradesInSnapshot = 100;
    static constexpr std::uint64_t kTradeSequenceBase = 100'000;  // trades before the exchange was opened

 private:
    using Listeners = std::vector<StreamId>;

    Listeners& listeners(PublicFeed feed, InstrumentId instrument);
    void send_snapshot(StreamId stream, PublicFeed feed, InstrumentId instrument, Timestamp now);
    void encode_ticker(InstrumentId instrument, Timestamp now);
    void encode_ticker_lite(InstrumentId instrument, Timestamp now);
    void encode_book(InstrumentId instrument, Timestamp now);
    void encode_trades(InstrumentId instrument, Timestamp now);
    void on_trade(const TradeHappened& trade, Timestamp at);
    void on_level(const LevelChanged& level, Timestamp at);

    Desk& desk_;
    std::array<std::vector<Listeners>, 4> listeners_;  // by feed and instrument
    Listeners heartbeats_;
    std::vector<std::uint64_t> trade_counts_;
    std::vector<bool> is_dirty_;  // tickers that changed since they were sent
    Timestamp ticked_at_{};
    JsonOut json_;
};

}  // namespace plumb::exchange::kraken
