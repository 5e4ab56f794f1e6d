#pragma once

#include <map>
#include <string>
#include <vector>

#include "exchange/polygon/access.hpp"
#include "exchange/polygon/stream_bars.hpp"
#include "exchange/polygon/subscriptions.hpp"
#include "exchange/protocol/json_out.hpp"
#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange::polygon {

/// The WebSocket clusters /stocks and /crypto.
class Streams {
 public:
    /// All of it outlives this.
    Streams(const ProtocolContext& context, const Tickers& tickers, const Access& access);

    /// False for a path that is no cluster.
    bool open(StreamId stream, std::string_view path, Timestamp now);
    void on_message(StreamId stream, std::string_view text, Timestamp now);
    void on_closed(StreamId stream);
    void on_events(std::span<const ModelEvent> events);
    void on_time(Timestamp now);
    bool refuse(StreamId stream, StreamTrouble trouble);

 private:
    struct Client {
        bool is_stock = false;
        bool is_authenticated = false;
        Timestamp opened_at;
        Timestamp pinged_at;
    };

    void authenticate(StreamId stream, Client& client, std::string_view key, Timestamp now);
    void subscribe(StreamId stream, const Client& client, std::string_view params, bool on);
    void tell(StreamId stream, std::string_view status, std::string_view message);
    void tell_trade(const TradeHappened& trade, Timestamp at);
    void tell_quote(const QuoteChanged& quote, Timestamp at);
    void tell_bars(Timestamp now);
    void tell_bar(Topic topic, const Ticker& ticker, const Aggregate& bar, Timestamp end);
    void publish(Topic topic, const Ticker& ticker, FrameKind kind);

    Outlet& outlet_;
    const Tickers& tickers_;
    const Access& access_;
    std::map<StreamId, Client> clients_;
    Subscriptions subscriptions_;
    StreamBars bars_;
    JsonOut out_;
    std::vector<StreamId> scratch_;
};

}  // namespace plumb::exchange::polygon
