#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/binance/stream_frames.hpp"
#include "exchange/binance/stream_name.hpp"
#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange::binance {

/// In which of four ways a connection is told: raw or {"stream":…,"data":…}, in milli- or microseconds.
struct StreamForm {
    bool is_combined = false;
    TimeUnit unit = TimeUnit::milliseconds;

    std::size_t index() const { return (is_combined ? 1u : 0u) + (unit == TimeUnit::microseconds ? 2u : 0u); }
};
constexpr std::size_t kStreamForms = 4;

/// Who listens to which market stream; each message is encoded once for each form that somebody listens in.
class StreamHub {
 public:
    StreamHub(Desk& desk, Outlet& outlet);

    /// A name the board does not have is taken and stays silent.
    void subscribe(StreamId stream, std::string_view name, StreamForm form);
    void unsubscribe(StreamId stream, std::string_view name, StreamForm form);

    void on_event(const ModelEvent& event, Timestamp now);
    /// Sends what is told once in a while: candlesticks, tickers, depth, mark prices.
    void on_time(Timestamp now);

 private:
    struct Channel {
        std::string text;
        StreamName name;
        std::array<std::vector<StreamId>, kStreamForms> listeners;
        Timestamp due{};
        bool is_dirty = false;      // something changed since the last message
        std::vector<bool> changed;  // which symbols did: streams of all of them
        // depth
        std::vector<LevelChanged> changes;
        std::uint64_t last_update = 0;
        // klines
        Timestamp bar_open{};
        FrameWriter::TradeRange bar_trades;

        bool is_heard() const;
    };

    void on_trade(const TradeHappened& trade, Timestamp at, Timestamp now);
    void on_quote(const QuoteChanged& quote, Timestamp at, Timestamp now);
    void on_level(const LevelChanged& level);
    void on_order(const OrderHappened& order, Timestamp now);
    void symbol_changed(InstrumentId instrument);
    void flush(Channel& channel, Timestamp now);
    void flush_depth(Channel& channel, Timestamp now);
    void flush_partial_depth(Channel& channel, Timestamp now);
    void flush_kline(Channel& channel, Timestamp now);
    void flush_ticker(Channel& channel, Timestamp now);
    void flush_all(Channel& channel, Timestamp now);
    void close_bars(Channel& channel, Timestamp now);
    void send_kline(Channel& channel, const Kline& kline, bool is_closed, Timestamp now);

    std::vector<Channel*>& of(InstrumentId instrument, StreamKind kind) {
        return by_symbol_[instrument.value][static_cast<std::size_t>(kind)];
    }
    /// Encodes with `write(FrameWriter&)` and sends; once for each unit and each form.
    template <class Write>
    void publish(const Channel& channel, FrameKind kind, std::optional<InstrumentId> instrument, Write write);

    Desk& desk_;
    Outlet& outlet_;
    std::map<std::string, std::unique_ptr<Channel>, std::less<>> channels_;
    std::vector<std::array<std::vector<Channel*>, kSymbolKinds>> by_symbol_;
    std::vector<Channel*> of_all_;  // of all symbols
    std::string data_;
    std::string wrapped_;
};

}  // namespace plumb::exchange::binance
