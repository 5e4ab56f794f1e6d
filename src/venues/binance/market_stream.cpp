#include "venues/binance/market_stream.hpp"

#include <algorithm>
#include <utility>

#include "venues/binance/messages.hpp"

namespace plumb::venues::binance {
namespace {

using wire::Control;
using wire::DataKind;
using wire::Subscription;

constexpr std::size_t kStreamsPerMessage = 100;
constexpr std::size_t kRequestsOpenMax = 64;  // unanswered; older ones are forgotten

/// "BTCUSDT" to "btcusdt"; bytes above ASCII stay.
void append_lower(std::string& out, std::string_view symbol) {
    for (const char c : symbol) out += 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Fit to stand in JSON as it is.
bool is_plain(std::string_view name) {
    return std::ranges::none_of(
        name, [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) <= ' '; });
}

}  // namespace

unsigned char lane_of(Market market, DataKind kind) {
    return market == Market::futures && (kind == DataKind::quote || kind == DataKind::book) ? 1 : 0;
}

std::string stream_name(Market market, const Subscription& subscription, std::string_view symbol) {
    std::string name;
    append_lower(name, symbol);
    switch (subscription.kind) {
        case DataKind::trade: return name + "@aggTrade";
        case DataKind::quote: return name + "@bookTicker";
        case DataKind::book: return name + "@depth@100ms";
        case DataKind::mark_price: return market == Market::futures ? name + "@markPrice@1s" : std::string{};
        case DataKind::bar: {
            const std::string_view interval = interval_name(subscription.bar_length);
            const bool known = !interval.empty() && (market == Market::spot || interval != "1s");
            return known ? name.append("@kline_").append(interval) : std::string{};
        }
        case DataKind::status:
        case DataKind::orders: return {};
    }
    return {};
}

/// Passes data on; the venue's words about the connection are understood first.
struct MarketStream::Listener : wire::WireSink {
    Listener(MarketStream& to, wire::WireSink& data) : stream{to}, sink{data} {}
    void take(const wire::WireEvent& event) override {
        if (const auto* control = std::get_if<Control>(&event))
            stream.take_control(*control, sink);
        else
            sink.take(event);
    }
    MarketStream& stream;
    wire::WireSink& sink;
};

MarketStream::MarketStream(Market market, unsigned char lane, io::Endpoint endpoint, wire::SymbolMap& symbols)
    : market_{market},
      lane_{lane},
      endpoint_{std::move(endpoint)},
      symbols_{symbols},
      decoder_{symbols, Decoder::Strangers::ignored} {}

Result<wire::ConnectPlan> MarketStream::plan(Timestamp) {
    wire::ConnectPlan plan;
    plan.endpoint = endpoint_;
    plan.target = market_ == Market::spot ? "/stream" : lane_ == 1 ? "/public/stream" : "/market/stream";
    return plan;
}

void MarketStream::opened(Timestamp now, wire::Outbox& out) {
    open_ = true;
    const std::vector<Subscription> kept = std::exchange(waiting_, {});
    subscribe(kept, now, out);
}

void MarketStream::frame(std::string_view bytes, Timestamp received_at, wire::Outbox&, wire::WireSink& sink) {
    Listener listener{*this, sink};
    decoder_.decode(bytes, received_at, listener);
}

void MarketStream::take_control(const Control& control, wire::WireSink& sink) {
    const bool answer = control.kind == Control::Kind::acknowledged || control.kind == Control::Kind::error;
    // An error names the request it answers only in its envelope, so the oldest open one is meant.
    auto asked = control.kind == Control::Kind::acknowledged ? asked_.find(std::string{control.text.view()})
                                                             : asked_.begin();
    if (!answer || asked == asked_.end()) return sink.take(control);
    Control each = control;
    if (control.kind == Control::Kind::error) {
        each.kind = Control::Kind::refused;
        each.refusal = wire::Refusal::other;
    }
    for (const Subscription& subscription : asked->second) {
        each.data = subscription.kind;
        each.instrument = subscription.instrument;
        sink.take(each);
    }
    asked_.erase(asked);
}

void MarketStream::ask(const char* method, std::span<const Subscription> subscriptions, wire::Outbox& out) {
    std::vector<Subscription> batch;
    std::string names;
    const auto send = [&] {
        if (batch.empty()) return;
        // Nine digits, so that the map's order is that of asking.
        const std::string id = std::to_string(100'000'000 + ++last_id_);
        out.frames.push_back(std::string{"{\"method\":\""} + method + "\",\"params\":[" + names +
                             "],\"id\":" + id + "}");
        if (asked_.size() == kRequestsOpenMax) asked_.erase(asked_.begin());
        if (method == std::string_view{"SUBSCRIBE"}) asked_[id] = batch;
        batch.clear();
        names.clear();
    };
    for (const Subscription& subscription : subscriptions) {
        if (lane_of(market_, subscription.kind) != lane_) continue;
        const std::string name =
            stream_name(market_, subscription, symbols_.symbol_of(subscription.instrument));
        if (name.empty() || name.front() == '@' || !is_plain(name)) continue;
        names.append(names.empty() ? "\"" : ",\"").append(name).append("\"");
        batch.push_back(subscription);
        if (batch.size() == kStreamsPerMessage) send();
    }
    send();
}

void MarketStream::subscribe(std::span<const Subscription> added, Timestamp, wire::Outbox& out) {
    if (open_)
        ask("SUBSCRIBE", added, out);
    else
        waiting_.insert(waiting_.end(), added.begin(), added.end());
}

void MarketStream::unsubscribe(std::span<const Subscription> removed, Timestamp, wire::Outbox& out) {
    std::erase_if(waiting_, [&](const Subscription& each) {
        return std::ranges::find(removed, each) != removed.end();
    });
    if (open_) ask("UNSUBSCRIBE", removed, out);
}

}  // namespace plumb::venues::binance
