#include "venues/alpaca/market_stream.hpp"

#include <algorithm>
#include <array>

#include "venues/alpaca/alpaca.hpp"
#include "venues/alpaca/encode.hpp"

namespace plumb::venues::alpaca {
namespace {

using wire::Control;
using wire::DataKind;

struct Channel {
    DataKind kind;
    std::string_view name;
    bool of_crypto, of_stocks;
};
constexpr auto kChannels = std::to_array<Channel>({
    {DataKind::trade, "trades", true, true},
    {DataKind::quote, "quotes", true, true},
    {DataKind::bar, "bars", true, true},
    {DataKind::book, "orderbooks", true, false},
    {DataKind::status, "statuses", false, true},
});

const Channel* channel_of(DataKind kind) {
    for (const Channel& channel : kChannels)
        if (channel.kind == kind) return &channel;
    return nullptr;
}

}  // namespace

/// Passes events on; the venue's words about the connection are heard first.
class MarketStream::Listener final : public wire::WireSink {
 public:
    Listener(MarketStream& stream, wire::Outbox& out, wire::WireSink& sink)
        : stream_{stream}, out_{out}, sink_{sink} {}
    void take(const wire::WireEvent& event) override {
        if (const auto* control = std::get_if<Control>(&event)) stream_.hear(*control, out_);
        sink_.take(event);
    }

 private:
    MarketStream& stream_;
    wire::Outbox& out_;
    wire::WireSink& sink_;
};

MarketStream::MarketStream(const StreamDesk& desk, Market market)
    : desk_{desk}, market_{market}, decoder_{desk.directory, market} {}

Result<wire::ConnectPlan> MarketStream::plan(Timestamp) {
    if (Status status = check_credentials(desk_.credentials); !status) return fail(status.error());
    wire::ConnectPlan plan;
    plan.endpoint = desk_.endpoint;
    plan.target = market_ == Market::crypto ? "/v1beta3/crypto/us" : "/v2/" + desk_.feed;
    plan.offer_deflate = true;
    return plan;
}

void MarketStream::opened(Timestamp now, wire::Outbox&) {
    step_ = Step::greeting;
    opened_at_ = now;
}

void MarketStream::frame(std::string_view bytes, Timestamp received_at, wire::Outbox& out,
                         wire::WireSink& sink) {
    for (const wire::Subscription& each : foreign_) {
        Control control{Control::Kind::refused, wire::Refusal::other, each.kind, each.instrument, 0, {}};
        control.text = std::string_view{"this connection does not carry such data"};
        sink.take(control);
    }
    foreign_.clear();
    Listener listener{*this, out, sink};
    decoder_.decode(bytes, received_at, listener);
}

void MarketStream::hear(const Control& control, wire::Outbox& out) {
    switch (control.kind) {
        case Control::Kind::welcome:
            if (step_ != Step::greeting) return;
            out.frames.push_back(auth_frame(desk_.credentials));
            step_ = Step::authenticating;
            return;
        case Control::Kind::authenticated: {
            if (step_ == Step::ready) return;
            step_ = Step::ready;
            const std::vector<wire::Subscription> waiting = std::exchange(waiting_, {});
            send("subscribe", waiting, out);
            return;
        }
        case Control::Kind::refused:
            if (control.refusal == wire::Refusal::unauthorized) out.close = "the venue refused the key";
            if (control.refusal == wire::Refusal::connection_limit)
                out.close = "another connection of this key is open";
            // Before the login is done it is the feed that the plan lacks; after it, one channel.
            if (control.refusal == wire::Refusal::not_entitled && step_ != Step::ready)
                out.close = "the plan does not have this feed";
            return;
        case Control::Kind::error:
            if (control.refusal == wire::Refusal::slow_client)
                out.close = "the venue found us reading too slowly";
            if (control.code == 401 || control.code == 404) out.close = "the login was late";
            if (control.code == 500) out.close = "the venue has an internal error";
            return;
        case Control::Kind::acknowledged:
        case Control::Kind::heartbeat:
        case Control::Kind::shutdown: return;
    }
}

void MarketStream::tick(Timestamp now, wire::Outbox& out) {
    const bool logging_in = step_ == Step::greeting || step_ == Step::authenticating;
    if (logging_in && kLoginWithin < now - opened_at_) out.close = "no answer to the login";
}

bool MarketStream::carries(const wire::Subscription& subscription) const {
    const Channel* channel = channel_of(subscription.kind);
    if (channel == nullptr || desk_.directory.market_of(subscription.instrument) != market_) return false;
    if (!(market_ == Market::crypto ? channel->of_crypto : channel->of_stocks)) return false;
    return subscription.kind != DataKind::bar || subscription.bar_length == std::chrono::minutes{1};
}

void MarketStream::subscribe(std::span<const wire::Subscription> added, Timestamp, wire::Outbox& out) {
    std::vector<wire::Subscription> ours;
    for (const wire::Subscription& each : added) (carries(each) ? ours : foreign_).push_back(each);
    if (ready()) return send("subscribe", ours, out);
    waiting_.insert(waiting_.end(), ours.begin(), ours.end());
}

void MarketStream::unsubscribe(std::span<const wire::Subscription> removed, Timestamp, wire::Outbox& out) {
    std::vector<wire::Subscription> ours;
    for (const wire::Subscription& each : removed)
        if (carries(each)) ours.push_back(each);
    if (ready()) return send("unsubscribe", ours, out);
    std::erase_if(waiting_, [&](const wire::Subscription& each) {
        return std::find(ours.begin(), ours.end(), each) != ours.end();
    });
}

/// One frame for every hundred subscriptions, each with a list per channel.
void MarketStream::send(std::string_view action, std::span<const wire::Subscription> all, wire::Outbox& out) {
    const std::size_t batch = capabilities().symbols_per_subscribe;
    for (std::size_t begin = 0; begin < all.size(); begin += batch) {
        const auto part = all.subspan(begin, std::min(batch, all.size() - begin));
        std::string text = "{\"action\":";
        append_json_text(text, action);
        for (const Channel& channel : kChannels) {
            std::string symbols;
            for (const wire::Subscription& each : part) {
                if (each.kind != channel.kind) continue;
                if (!symbols.empty()) symbols += ',';
                append_json_text(symbols, desk_.directory.symbol_of(each.instrument));
            }
            if (symbols.empty()) continue;
            text.append(",\"").append(channel.name).append("\":[").append(symbols).append("]");
        }
        text += '}';
        out.frames.push_back(std::move(text));
    }
}

}  // namespace plumb::venues::alpaca
