#pragma once

#include <map>
#include <vector>

#include "venues/binance/decode.hpp"
#include "venues/binance/market.hpp"

namespace plumb::venues::binance {

/// USD-M has two addresses: /market (0) and, for quotes and books, /public (1). Spot has one.
unsigned char lane_of(Market market, wire::DataKind kind);

/// The venue's name of a stream, "btcusdt@bookTicker"; empty for kinds it does not stream.
std::string stream_name(Market market, const wire::Subscription& subscription, std::string_view symbol);

/// A connection to the combined streams: SUBSCRIBE by batches, each acknowledged by its number. The venue
/// answers pings of its own (every 20 s) below us; nothing is asked of us above.
class MarketStream : public wire::StreamProtocol {
 public:
    /// `symbols` outlives it.
    MarketStream(Market market, unsigned char lane, io::Endpoint endpoint, wire::SymbolMap& symbols);

    Result<wire::ConnectPlan> plan(Timestamp now) override;
    void opened(Timestamp now, wire::Outbox& out) override;
    void frame(std::string_view bytes, Timestamp received_at, wire::Outbox& out,
               wire::WireSink& sink) override;
    bool ready() const override { return open_; }
    void subscribe(std::span<const wire::Subscription> added, Timestamp now, wire::Outbox& out) override;
    void unsubscribe(std::span<const wire::Subscription> removed, Timestamp now, wire::Outbox& out) override;

 private:
    struct Listener;
    void ask(const char* method, std::span<const wire::Subscription> subscriptions, wire::Outbox& out);
    void take_control(const wire::Control& control, wire::WireSink& sink);

    Market market_;
    unsigned char lane_;
    io::Endpoint endpoint_;
    wire::SymbolMap& symbols_;
    Decoder decoder_;
    bool open_ = false;
    std::uint64_t last_id_ = 0;
    std::vector<wire::Subscription> waiting_;                       // before the connection is open
    std::map<std::string, std::vector<wire::Subscription>> asked_;  // by the number of the request
};

}  // namespace plumb::venues::binance
