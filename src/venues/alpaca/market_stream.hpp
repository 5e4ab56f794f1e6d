#pragma once

#include <map>
#include <vector>

#include "venues/alpaca/decode.hpp"
#include "venues/alpaca/stream_desk.hpp"

namespace plumb::venues::alpaca {

/// One connection to the data of one market. The server greets, we log in, it answers, and then every
/// subscription is answered with the complete list. There are no sequence numbers and no replay.
class MarketStream final : public wire::StreamProtocol {
 public:
    MarketStream(const StreamDesk& desk, Market market);

    Result<wire::ConnectPlan> plan(Timestamp now) override;
    void opened(Timestamp now, wire::Outbox& out) override;
    void frame(std::string_view bytes, Timestamp received_at, wire::Outbox& out,
               wire::WireSink& sink) override;
    void tick(Timestamp now, wire::Outbox& out) override;
    bool ready() const override { return step_ == Step::ready; }
    void subscribe(std::span<const wire::Subscription> added, Timestamp now, wire::Outbox& out) override;
    void unsubscribe(std::span<const wire::Subscription> removed, Timestamp now, wire::Outbox& out) override;

 private:
    enum class Step : unsigned char { connecting, greeting, authenticating, ready };
    class Listener;

    void hear(const wire::Control& control, wire::Outbox& out);
    void send(std::string_view action, std::span<const wire::Subscription> all, wire::Outbox& out);
    bool carries(const wire::Subscription& subscription) const;

    StreamDesk desk_;
    Market market_;
    Decoder decoder_;
    Step step_ = Step::connecting;
    Timestamp opened_at_;
    std::vector<wire::Subscription> waiting_;  // until ready
    std::vector<wire::Subscription> foreign_;  // not this connection's: refused at the next frame
};

}  // namespace plumb::venues::alpaca
