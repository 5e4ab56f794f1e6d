#include "venues/polygon/stream.hpp"

#include <algorithm>
#include <vector>

#include "venues/polygon/decode.hpp"

namespace plumb::venues::polygon {
namespace {

using wire::Control;
using wire::DataKind;
using wire::Outbox;
using wire::Refusal;
using wire::Subscription;
using wire::WireEvent;

void append_json_text(std::string& out, std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20) {
            out += "\\u00";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        } else {
            out += c;
        }
    }
    out += '"';
}

/// The topic's prefix. Of coins XA is the minute and XAS the second; of stocks AM the minute and A the
/// second.
std::string_view topic_of(const Subscription& each, Market market) {
    const bool coin = market == Market::crypto;
    switch (each.kind) {
        case DataKind::trade: return coin ? "XT" : "T";
        case DataKind::quote: return coin ? "XQ" : "Q";
        case DataKind::bar:
            if (each.bar_length == std::chrono::minutes{1}) return coin ? "XA" : "AM";
            if (each.bar_length == std::chrono::seconds{1}) return coin ? "XAS" : "A";
            break;
        case DataKind::book:
        case DataKind::mark_price:
        case DataKind::status:
        case DataKind::orders: break;
    }
    return {};
}

class Stream final : public wire::StreamProtocol, wire::WireSink {
 public:
    Stream(io::Endpoint endpoint, Market market, wire::SymbolMap& symbols, const Secret& key)
        : endpoint_{std::move(endpoint)}, market_{market}, symbols_{symbols}, key_{key}, decoder_{symbols} {}

    Result<wire::ConnectPlan> plan(Timestamp) override {
        if (key_.empty()) return fail(Errc::denied, "Polygon.io needs an API key for its streams");
        wire::ConnectPlan plan;
        plan.endpoint = endpoint_;
        plan.target = market_ == Market::crypto ? "/crypto" : "/stocks";
        return plan;
    }
    void opened(Timestamp, Outbox& out) override {
        // The server takes it before its welcome too, as its own Go client sends it.
        std::string& text = out.frames.emplace_back(R"({"action":"auth","params":)");
        append_json_text(text, key_.reveal());
        text += '}';
    }
    void frame(std::string_view bytes, Timestamp received_at, Outbox& out, wire::WireSink& sink) override {
        sink_ = &sink;
        out_ = &out;
        decoder_.decode(bytes, received_at, *this);
        sink_ = nullptr;
        out_ = nullptr;
    }
    bool ready() const override { return ready_; }
    void subscribe(std::span<const Subscription> added, Timestamp, Outbox& out) override {
        if (ready_) return send("subscribe", added, out);
        waiting_.insert(waiting_.end(), added.begin(), added.end());
    }
    void unsubscribe(std::span<const Subscription> removed, Timestamp, Outbox& out) override {
        if (ready_) return send("unsubscribe", removed, out);
        std::erase_if(waiting_, [&](const Subscription& each) {
            return std::ranges::find(removed, each) != removed.end();
        });
    }

    void take(const WireEvent& event) override {
        sink_->take(event);
        const auto* control = std::get_if<Control>(&event);
        if (control == nullptr) return;
        if (control->kind == Control::Kind::authenticated && !ready_) {
            ready_ = true;
            send("subscribe", waiting_, *out_);
            waiting_.clear();
        }
        if (control->kind != Control::Kind::refused) return;
        if (control->refusal == Refusal::unauthorized) out_->close = "the venue refused the key";
        if (control->refusal == Refusal::connection_limit)
            out_->close = "another connection of this key is open";
        if (!ready_ && out_->close == nullptr) out_->close = "the venue did not let us in";
    }

 private:
    void send(std::string_view action, std::span<const Subscription> subscriptions, Outbox& out) const {
        std::vector<std::string> topics;
        for (const Subscription& each : subscriptions) {
            const std::string_view symbol = symbols_.symbol_of(each.instrument);
            const std::string_view topic = topic_of(each, market_);
            if (symbol.empty() || topic.empty() || market_of(symbol) != market_) continue;
            std::string text{topic};
            text += '.';
            text += symbol;
            topics.push_back(std::move(text));
        }
        for (std::size_t at = 0; at < topics.size(); at += kParametersPerMessage) {
            std::string all;
            for (std::size_t i = at; i < std::min(at + kParametersPerMessage, topics.size()); ++i) {
                if (i != at) all += ',';
                all += topics[i];
            }
            std::string& text = out.frames.emplace_back(R"({"action":")");
            text += action;
            text += R"(","params":)";
            append_json_text(text, all);
            text += '}';
        }
    }

    io::Endpoint endpoint_;
    Market market_;
    wire::SymbolMap& symbols_;
    const Secret& key_;
    Decoder decoder_;
    std::vector<Subscription> waiting_;
    wire::WireSink* sink_ = nullptr;
    Outbox* out_ = nullptr;
    bool ready_ = false;
};

}  // namespace

std::unique_ptr<wire::StreamProtocol> make_stream(io::Endpoint endpoint, Market market,
                                                  wire::SymbolMap& symbols, const Secret& key) {
    return std::make_unique<Stream>(std::move(endpoint), market, symbols, key);
}

}  // namespace plumb::venues::polygon
