#include "venues/binance/user_stream.hpp"

#include "venues/binance/verdicts.hpp"

namespace plumb::venues::binance {
namespace {

using wire::AskStreamKey;
using wire::Control;

constexpr std::int64_t kReceiveWindowMs = 5000;

bool asks_orders(std::span<const wire::Subscription> added) {
    for (const wire::Subscription& each : added)
        if (each.kind == wire::DataKind::orders) return true;
    return false;
}

wire::Refusal refusal_of(const Control& control) {
    const wire::Verdict verdict = verdict_of(Market::spot, {control.code, control.text.view()});
    return verdict == wire::Verdict::unauthorized ? wire::Refusal::unauthorized : wire::Refusal::other;
}

/// The session's words about itself, as those about the one subscription there is.
struct Listener : wire::WireSink {
    Listener(wire::WireSink& data, wire::Outbox& box) : sink{data}, out{box} {}

    void take(const wire::WireEvent& event) override {
        const auto* control = std::get_if<Control>(&event);
        if (control == nullptr) return sink.take(event);
        if (control->kind == Control::Kind::acknowledged) {
            acknowledged = true;
        } else if (control->kind == Control::Kind::error) {
            error = *control;
        } else {
            sink.take(*control);
            if (control->kind == Control::Kind::shutdown) out.close = "the venue ends the private stream";
        }
    }
    wire::WireSink& sink;
    wire::Outbox& out;
    bool acknowledged = false;
    std::optional<Control> error;
};

void acknowledge(wire::WireSink& sink) {
    Control control;
    control.kind = Control::Kind::authenticated;
    sink.take(control);
    control.kind = Control::Kind::acknowledged;
    control.data = wire::DataKind::orders;
    sink.take(control);
}

void refuse(const Control& error, wire::WireSink& sink) {
    Control refused = error;
    refused.kind = Control::Kind::refused;
    refused.refusal = refusal_of(error);
    refused.data = wire::DataKind::orders;
    sink.take(refused);
}

}  // namespace

SpotUserStream::SpotUserStream(io::Endpoint endpoint, wire::SymbolMap& symbols, const Result<Signer>& signer)
    : endpoint_{std::move(endpoint)}, decoder_{symbols, Decoder::Strangers::ignored}, signer_{signer} {}

Result<wire::ConnectPlan> SpotUserStream::plan(Timestamp) {
    if (!signer_) return fail(signer_.error());
    wire::ConnectPlan plan;
    plan.endpoint = endpoint_;
    plan.target = "/ws-api/v3?returnRateLimits=false";
    return plan;
}

void SpotUserStream::opened(Timestamp now, wire::Outbox& out) {
    open_ = true;
    if (wanted_) subscribe({}, now, out);
}

void SpotUserStream::subscribe(std::span<const wire::Subscription> added, Timestamp now, wire::Outbox& out) {
    wanted_ = wanted_ || asks_orders(added);
    if (!open_ || !wanted_ || !signer_) return;
    // Sorted by name and signed as it stands, without percent signs: the WebSocket API's own rule.
    const std::string window = std::to_string(kReceiveWindowMs), time = std::to_string(to_ms(now));
    const std::string text = "apiKey=" + signer_->key_id() + "&recvWindow=" + window + "&timestamp=" + time;
    out.frames.push_back(
        R"({"id":"orders","method":"userDataStream.subscribe.signature","params":{"apiKey":")" +
        signer_->key_id() + R"(","recvWindow":)" + window + R"(,"timestamp":)" + time + R"(,"signature":")" +
        signer_->sign(text) + R"("}})");
    asked_ = true;
}

void SpotUserStream::frame(std::string_view bytes, Timestamp received_at, wire::Outbox& out,
                           wire::WireSink& sink) {
    Listener listener{sink, out};
    decoder_.decode(bytes, received_at, listener);
    if (listener.acknowledged && asked_) acknowledge(sink);
    if (!listener.error) return;
    if (listener.error->code == -2035) return acknowledge(sink);  // subscribed already
    const wire::Verdict verdict =
        verdict_of(Market::spot, {listener.error->code, listener.error->text.view()});
    if (verdict == wire::Verdict::unauthorized) return refuse(*listener.error, sink);
    sink.take(*listener.error);
    out.close =
        verdict == wire::Verdict::clock ? "our time stamp was refused" : "the venue refused the stream";
}

FuturesUserStream::FuturesUserStream(io::Endpoint endpoint, wire::SymbolMap& symbols,
                                     const Result<Signer>& signer)
    : endpoint_{std::move(endpoint)}, decoder_{symbols, Decoder::Strangers::ignored}, signer_{signer} {}

void FuturesUserStream::before_connect(Timestamp, wire::Outbox& out) {
    if (signer_) out.questions.push_back(AskStreamKey{AskStreamKey::Step::create, {}});
}

void FuturesUserStream::answered(const wire::Question& question, const wire::Reply& reply,
                                 std::span<const wire::WireEvent> events, Timestamp now, wire::Outbox& out) {
    const auto* asked = std::get_if<AskStreamKey>(&question);
    if (asked == nullptr || asked->step == AskStreamKey::Step::close) return;
    if (reply.verdict == wire::Verdict::ok) {
        for (const wire::WireEvent& event : events)
            if (const auto* told = std::get_if<wire::StreamKey>(&event)) {
                // Another key than this connection's: its stream has ended.
                if (open_ && told->key != key_) out.close = "the venue gave another stream key";
                key_ = told->key;
            }
        renew_at_ = now + kRenewEvery;
        return;
    }
    renew_at_ = now + kRenewAgain;
    if (reply.verdict == wire::Verdict::refused) {
        key_ = {};
        out.close = "the stream key has expired";
    }
}

Result<wire::ConnectPlan> FuturesUserStream::plan(Timestamp) {
    if (!signer_) return fail(signer_.error());
    if (key_.empty()) return fail(Errc::network, "the stream key of Binance futures is missing");
    wire::ConnectPlan plan;
    plan.endpoint = endpoint_;
    plan.target = "/private/ws?listenKey=" + signing::percent_encoded(key_.view());
    return plan;
}

void FuturesUserStream::opened(Timestamp now, wire::Outbox& out) {
    open_ = true;
    if (wanted_) subscribe({}, now, out);
}

void FuturesUserStream::subscribe(std::span<const wire::Subscription> added, Timestamp, wire::Outbox& out) {
    wanted_ = wanted_ || asks_orders(added);
    if (open_ && wanted_) out.frames.push_back(R"({"method":"LIST_SUBSCRIPTIONS","id":1})");
}

void FuturesUserStream::frame(std::string_view bytes, Timestamp received_at, wire::Outbox& out,
                              wire::WireSink& sink) {
    // An event of the account acknowledges as well; the sink hears of it before the event itself.
    struct Early : wire::WireSink {
        Early(FuturesUserStream& to, wire::WireSink& data) : stream{to}, sink{data} {}
        void take(const wire::WireEvent& event) override {
            if (!stream.acknowledged_ && stream.wanted_ && !std::holds_alternative<wire::Ignored>(event) &&
                !std::holds_alternative<wire::Refused>(event) && !std::holds_alternative<Control>(event)) {
                stream.acknowledged_ = true;
                acknowledge(sink);
            }
            sink.take(event);
        }
        FuturesUserStream& stream;
        wire::WireSink& sink;
    } early{*this, sink};
    Listener listener{early, out};
    decoder_.decode(bytes, received_at, listener);
    if (listener.acknowledged) {
        acknowledged_ = true;
        acknowledge(sink);
    }
    if (listener.error) sink.take(*listener.error);
}

void FuturesUserStream::tick(Timestamp now, wire::Outbox& out) {
    if (now < renew_at_ || key_.empty()) return;
    renew_at_ = now + kRenewAgain;
    out.questions.push_back(AskStreamKey{AskStreamKey::Step::renew, key_});
}

}  // namespace plumb::venues::binance
