#pragma once

#include "venues/binance/decode.hpp"
#include "venues/binance/market.hpp"
#include "venues/binance/sign.hpp"

namespace plumb::venues::binance {

// The account's own streams: orders, fills, balances. One subscription, of DataKind::orders.

/// Spot: the WebSocket API, userDataStream.subscribe.signature, with any kind of key. Stream keys are gone
/// since February 2026.
class SpotUserStream : public wire::StreamProtocol {
 public:
    /// `symbols` and `signer` outlive it.
    SpotUserStream(io::Endpoint endpoint, wire::SymbolMap& symbols, const Result<Signer>& signer);

    Result<wire::ConnectPlan> plan(Timestamp now) override;
    void opened(Timestamp now, wire::Outbox& out) override;
    void frame(std::string_view bytes, Timestamp received_at, wire::Outbox& out,
               wire::WireSink& sink) override;
    bool ready() const override { return open_; }
    void subscribe(std::span<const wire::Subscription> added, Timestamp now, wire::Outbox& out) override;
    void unsubscribe(std::span<const wire::Subscription>, Timestamp, wire::Outbox&) override {}

 private:
    io::Endpoint endpoint_;
    Decoder decoder_;
    const Result<Signer>& signer_;
    bool open_ = false, asked_ = false, wanted_ = false;
};

/// USD-M: a stream key by REST, renewed at half its life of an hour (E24). The venue sends from the first
/// moment and acknowledges nothing, so it is asked for the list of subscriptions: its answer says that the
/// stream is alive, and so does any event of the account.
class FuturesUserStream : public wire::StreamProtocol {
 public:
    static constexpr Duration kRenewEvery = std::chrono::minutes{30};
    static constexpr Duration kRenewAgain = std::chrono::minutes{1};  // after an answer that was lost

    FuturesUserStream(io::Endpoint endpoint, wire::SymbolMap& symbols, const Result<Signer>& signer);

    void before_connect(Timestamp now, wire::Outbox& out) override;
    Result<wire::ConnectPlan> plan(Timestamp now) override;
    void opened(Timestamp now, wire::Outbox& out) override;
    void frame(std::string_view bytes, Timestamp received_at, wire::Outbox& out,
               wire::WireSink& sink) override;
    void answered(const wire::Question& question, const wire::Reply& reply,
                  std::span<const wire::WireEvent> events, Timestamp now, wire::Outbox& out) override;
    void tick(Timestamp now, wire::Outbox& out) override;
    bool ready() const override { return open_; }
    void subscribe(std::span<const wire::Subscription> added, Timestamp now, wire::Outbox& out) override;
    void unsubscribe(std::span<const wire::Subscription>, Timestamp, wire::Outbox&) override {}

 private:
    io::Endpoint endpoint_;
    Decoder decoder_;
    const Result<Signer>& signer_;
    FixedText<128> key_;
    Timestamp renew_at_ = Timestamp::max();
    bool open_ = false, wanted_ = false, acknowledged_ = false;
};

}  // namespace plumb::venues::binance
