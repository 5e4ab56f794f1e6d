#pragma once

#include <deque>
#include <memory>

#include "venues/coinbase/decode.hpp"
#include "venues/coinbase/sequence.hpp"
#include "venues/coinbase/sign.hpp"

namespace plumb::venues::coinbase {

/// Frames to send, no more of them in a second than the venue takes from one address (8).
class FramePacer {
 public:
    static constexpr std::size_t kPerSecond = 6;

    void push(std::string frame) { waiting_.push_back(std::move(frame)); }
    void flush(Timestamp now, wire::Outbox& out);

 private:
    std::deque<std::string> waiting_;
    Timestamp window_from_ = Timestamp::min();
    std::size_t sent_ = 0;
};

/// What both streams have in common: opening, pacing, frames in, gaps found.
class CoinbaseStream : public wire::StreamProtocol {
 public:
    CoinbaseStream(wire::SymbolMap& symbols, io::Endpoint endpoint)
        : symbols_{symbols}, decoder_{symbols}, endpoint_{std::move(endpoint)} {}

    Result<wire::ConnectPlan> plan(Timestamp now) override;
    void opened(Timestamp now, wire::Outbox& out) override;
    void frame(std::string_view bytes, Timestamp received_at, wire::Outbox& out,
               wire::WireSink& sink) override;
    void tick(Timestamp now, wire::Outbox& out) override { pacer_.flush(now, out); }
    bool ready() const override { return open_; }

 protected:
    /// Called once after the connection opened; what it pushes is sent.
    virtual void begin(Timestamp now) = 0;
    /// Between reading a frame and giving its events out.
    virtual void settle(const Envelope&, Pending&) {}

    wire::SymbolMap& symbols_;
    FramePacer pacer_;

 private:
    Decoder decoder_;
    SequenceWatch sequences_;
    io::Endpoint endpoint_;
    bool open_ = false;
};

/// Public data: a channel per kind of data, products in batches. No key.
class MarketStream final : public CoinbaseStream {
 public:
    static constexpr std::size_t kProductsPerFrame = 100;

    using CoinbaseStream::CoinbaseStream;
    void subscribe(std::span<const wire::Subscription> added, Timestamp now, wire::Outbox& out) override;
    void unsubscribe(std::span<const wire::Subscription> removed, Timestamp now, wire::Outbox& out) override;

 protected:
    void begin(Timestamp now) override;
    void settle(const Envelope& envelope, Pending& pending) override;

 private:
    struct Candle {
        OpenBar bar;
        Timestamp sent_at;
        bool known = false;
    };
    void push(std::string_view verb, std::span<const wire::Subscription> subscriptions);

    std::vector<wire::Subscription> kept_;
    std::vector<Candle> candles_;  // the open one, by instrument
};

/// The user channel: orders of all products. Each token is made for its one message.
class UserStream final : public CoinbaseStream {
 public:
    /// `tokens` outlives the stream; null without a key.
    UserStream(wire::SymbolMap& symbols, io::Endpoint endpoint, TokenMaker* tokens, std::string why_not)
        : CoinbaseStream{symbols, std::move(endpoint)}, tokens_{tokens}, why_not_{std::move(why_not)} {}

    Result<wire::ConnectPlan> plan(Timestamp now) override;
    void subscribe(std::span<const wire::Subscription>, Timestamp, wire::Outbox&) override {}
    void unsubscribe(std::span<const wire::Subscription>, Timestamp, wire::Outbox&) override {}

 protected:
    void begin(Timestamp now) override;
    void settle(const Envelope& envelope, Pending& pending) override;

 private:
    TokenMaker* tokens_;
    std::string why_not_;
    bool authenticated_ = false;
};

}  // namespace plumb::venues::coinbase
