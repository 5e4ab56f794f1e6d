#include "venues/alpaca/order_stream.hpp"

#include "venues/alpaca/encode.hpp"

namespace plumb::venues::alpaca {

using wire::Control;

/// Passes events on; the venue's words about the connection are heard first.
class OrderStream::Listener final : public wire::WireSink {
 public:
    Listener(OrderStream& stream, wire::Outbox& out, wire::WireSink& sink)
        : stream_{stream}, out_{out}, sink_{sink} {}
    void take(const wire::WireEvent& event) override {
        if (const auto* control = std::get_if<Control>(&event)) stream_.hear(*control, out_);
        sink_.take(event);
    }

 private:
    OrderStream& stream_;
    wire::Outbox& out_;
    wire::WireSink& sink_;
};

OrderStream::OrderStream(const StreamDesk& desk) : desk_{desk}, decoder_{desk.directory} {}

Result<wire::ConnectPlan> OrderStream::plan(Timestamp) {
    if (Status status = check_credentials(desk_.credentials); !status) return fail(status.error());
    wire::ConnectPlan plan;
    plan.endpoint = desk_.endpoint;
    plan.target = "/stream";
    return plan;
}

void OrderStream::opened(Timestamp now, wire::Outbox& out) {
    opened_at_ = now;
    step_ = Step::authenticating;
    out.frames.push_back(auth_frame(desk_.credentials));
}

void OrderStream::frame(std::string_view bytes, Timestamp received_at, wire::Outbox& out,
                        wire::WireSink& sink) {
    Listener listener{*this, out, sink};
    decoder_.decode(bytes, received_at, listener);
}

void OrderStream::hear(const Control& control, wire::Outbox& out) {
    if (control.kind == Control::Kind::authenticated && step_ == Step::authenticating) {
        step_ = Step::ready;
        out.frames.push_back(R"({"action":"listen","data":{"streams":["trade_updates"]}})");
    }
    if (control.kind != Control::Kind::refused) return;
    out.close = control.refusal == wire::Refusal::unauthorized ? "the venue refused the key"
                                                               : "the venue does not tell of our orders";
}

void OrderStream::tick(Timestamp now, wire::Outbox& out) {
    if (step_ == Step::authenticating && kLoginWithin < now - opened_at_)
        out.close = "no answer to the login";
}

}  // namespace plumb::venues::alpaca
