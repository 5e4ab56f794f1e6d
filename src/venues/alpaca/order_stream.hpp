#pragma once

#include "venues/alpaca/decode.hpp"
#include "venues/alpaca/stream_desk.hpp"

namespace plumb::venues::alpaca {

/// The connection that tells what becomes of the account's orders. It says nothing before we log in; then it
/// listens to trade_updates at once, since there is nothing else to listen to. What happened while it was
/// down is not told again: open orders and fills are asked by REST.
class OrderStream final : public wire::StreamProtocol {
 public:
    explicit OrderStream(const StreamDesk& desk);

    Result<wire::ConnectPlan> plan(Timestamp now) override;
    void opened(Timestamp now, wire::Outbox& out) override;
    void frame(std::string_view bytes, Timestamp received_at, wire::Outbox& out,
               wire::WireSink& sink) override;
    void tick(Timestamp now, wire::Outbox& out) override;
    bool ready() const override { return step_ == Step::ready; }
    /// Nothing to do: all orders come, whatever their instrument.
    void subscribe(std::span<const wire::Subscription>, Timestamp, wire::Outbox&) override {}
    void unsubscribe(std::span<const wire::Subscription>, Timestamp, wire::Outbox&) override {}

 private:
    enum class Step : unsigned char { connecting, authenticating, ready };
    class Listener;

    void hear(const wire::Control& control, wire::Outbox& out);

    StreamDesk desk_;
    Decoder decoder_;
    Step step_ = Step::connecting;
    Timestamp opened_at_;
};

}  // namespace plumb::venues::alpaca
