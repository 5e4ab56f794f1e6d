#pragma once

#include <array>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/coinbase/desk.hpp"

namespace plumb::exchange::coinbase {

enum class Channel : unsigned char {
    heartbeats,
    market_trades,
    ticker,
    ticker_batch,
    candles,
    level2,
    status,
    user,
    futures_balance_summary
};
inline constexpr std::size_t kChannels = 9;

/// The WebSocket of Advanced Trade. The events of a message are encoded once; what differs between
/// connections is the sequence number in front of them.
class AdvancedFeed {
 public:
    explicit AdvancedFeed(Desk& desk);

    void open(StreamId stream, Timestamp now);
    void on_message(StreamId stream, const nlohmann::json& message, Timestamp now);
    void on_closed(StreamId stream);
    void on_events(std::span<const ModelEvent> events, Timestamp now);
    void on_time(Timestamp now);

    static constexpr auto kTradesEvery = std::chrono::milliseconds{250};
    static constexpr auto kQuietMax = std::chrono::seconds{90};  // without a frame, then the venue closes
    static constexpr std::size_t kTradesInSnapshot = 100;
    static constexpr std::size_t kCandlesInSnapshot = 100;
    static constexpr std::size_t kUserOrdersInFrame = 50;

 private:
    struct Stream {
        std::uint64_t sequence = 0;
        std::uint64_t heartbeats = 0;
        Timestamp sent_at;
        std::array<std::set<InstrumentId>, kChannels> products;
        std::array<bool, kChannels> is_on{};
        AccountId account;
    };
    using Listeners = std::vector<StreamId>;

    Listeners& listeners(Channel channel, InstrumentId instrument);
    void subscribe(StreamId stream, Channel channel, const std::vector<InstrumentId>& products,
                   Timestamp now);
    void unsubscribe(StreamId stream, Channel channel, const std::vector<InstrumentId>& products, bool all);
    void say_error(StreamId stream, std::string_view words);
    void acknowledge(StreamId stream, Timestamp now);
    void send_snapshot(StreamId stream, Channel channel, InstrumentId instrument, Timestamp now);
    void send_user_snapshot(StreamId stream, Timestamp now);
    void send_status(std::span<const StreamId> streams, Timestamp now);

    /// Sends what json_ holds as "events".
    void begin(std::string_view channel, Timestamp now);
    void send(StreamId stream, FrameKind kind, std::optional<InstrumentId> instrument, Timestamp now);
    void broadcast(std::span<const StreamId> streams, FrameKind kind, InstrumentId instrument, Timestamp now);

    void encode_trades(InstrumentId instrument, std::span<const PastTrade> trades, std::string_view type);
    void encode_ticker(Channel channel, InstrumentId instrument, std::string_view type, Timestamp now);
    bool encode_candles(InstrumentId instrument, bool snapshot, Timestamp now);
    void encode_book(InstrumentId instrument, Timestamp now);
    void flush_levels(Timestamp now);
    void flush_trades(Timestamp now);

    Desk& desk_;
    std::map<StreamId, Stream> streams_;
    std::array<std::vector<Listeners>, kChannels> listeners_;  // by channel and instrument
    std::vector<std::vector<PastTrade>> trades_;               // since the last flush
    std::vector<std::vector<LevelChanged>> levels_;            // since the last flush
    std::vector<InstrumentId> touched_;                        // with levels to flush
    Timestamp trades_at_{}, seconds_at_{}, batch_at_{}, status_at_{};
    JsonOut json_;
    std::string head_, frame_;
};

}  // namespace plumb::exchange::coinbase
