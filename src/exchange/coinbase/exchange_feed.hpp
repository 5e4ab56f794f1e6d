#pragma once

#include <array>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string_view>
#include <vector>

#include "exchange/coinbase/desk.hpp"

namespace plumb::exchange::coinbase {

enum class ExchangeChannel : unsigned char {
    heartbeat,
    status,
    ticker,
    ticker_batch,
    matches,
    level2,
    level2_batch,
    full
};
inline constexpr std::size_t kExchangeChannels = 8;

/// The public WebSocket feed of the Exchange: flat messages, encoded once for all who hear them.
class ExchangeFeed {
 public:
    explicit ExchangeFeed(Desk& desk);

    void on_message(StreamId stream, const nlohmann::json& message, Timestamp now);
    void on_closed(StreamId stream);
    void on_events(std::span<const ModelEvent> events, Timestamp now);
    void on_time(Timestamp now);

 private:
    using Listeners = std::vector<StreamId>;
    struct Sale {
        TradeHappened trade;
        Timestamp at;
    };

    Listeners& listeners(ExchangeChannel channel, InstrumentId instrument);
    void say_error(StreamId stream, std::string_view words, std::string_view reason);
    void acknowledge(StreamId stream);
    void begin_channel(StreamId stream, ExchangeChannel channel, InstrumentId instrument, Timestamp now);
    void encode_match(std::string_view type, InstrumentId instrument, const Sale& sale);
    void encode_ticker(InstrumentId instrument, Timestamp now);
    void encode_book(InstrumentId instrument, Timestamp now);
    void encode_status();
    void on_trade(const TradeHappened& trade, Timestamp at, Timestamp now);
    void on_order(const OrderHappened& happened, Timestamp at);
    void flush_levels(Timestamp now, bool batch);
    void tell(std::span<const StreamId> streams, FrameKind kind, InstrumentId instrument);

    Desk& desk_;
    std::array<std::vector<Listeners>, kExchangeChannels> listeners_;  // by channel and instrument
    Listeners status_;
    std::set<StreamId> streams_;
    std::vector<std::uint64_t> sequences_;  // of each product, over all kinds of messages
    std::vector<Sale> last_;
    std::vector<std::vector<LevelChanged>> levels_, batched_;
    Timestamp seconds_at_{}, batch_at_{}, levels_at_{}, status_at_{};
    JsonOut json_;
};

}  // namespace plumb::exchange::coinbase
