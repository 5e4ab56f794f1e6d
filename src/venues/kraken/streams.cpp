#include "venues/kraken/streams.hpp"

#include <algorithm>
#include <vector>

#include "venues/kraken/decode.hpp"

namespace plumb::venues::kraken {
namespace {

using wire::Control;
using wire::DataKind;
using wire::Outbox;
using wire::Subscription;
using wire::WireEvent;

constexpr std::string_view kTarget = "/ws/v1";

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

std::string_view feed_of(DataKind kind) {
    switch (kind) {
        case DataKind::trade: return "trade";
        case DataKind::quote:
        case DataKind::mark_price: return "ticker";
        case DataKind::book: return "book";
        case DataKind::bar:
        case DataKind::status:
        case DataKind::orders: break;
    }
    return {};
}

wire::ConnectPlan plan_to(const io::Endpoint& endpoint) {
    wire::ConnectPlan plan;
    plan.endpoint = endpoint;
    plan.target = kTarget;
    return plan;
}

class MarketStream final : public wire::StreamProtocol {
 public:
    MarketStream(io::Endpoint endpoint, wire::SymbolMap& symbols)
        : endpoint_{std::move(endpoint)}, symbols_{symbols}, decoder_{symbols} {}

    Result<wire::ConnectPlan> plan(Timestamp) override { return plan_to(endpoint_); }
    void opened(Timestamp, Outbox& out) override {
        open_ = true;
        // About one a second, so that a silent market can be told from a dead connection.
        out.frames.emplace_back(R"({"event":"subscribe","feed":"heartbeat"})");
        send("subscribe", waiting_, out);
        waiting_.clear();
    }
    void frame(std::string_view bytes, Timestamp received_at, Outbox&, wire::WireSink& sink) override {
        decoder_.decode(bytes, received_at, sink);
    }
    bool ready() const override { return open_; }
    void subscribe(std::span<const Subscription> added, Timestamp, Outbox& out) override {
        if (open_) return send("subscribe", added, out);
        waiting_.insert(waiting_.end(), added.begin(), added.end());
    }
    void unsubscribe(std::span<const Subscription> removed, Timestamp, Outbox& out) override {
        if (open_) return send("unsubscribe", removed, out);
        std::erase_if(waiting_, [&](const Subscription& each) {
            return std::ranges::find(removed, each) != removed.end();
        });
    }

 private:
    void send(std::string_view event, std::span<const Subscription> subscriptions, Outbox& out) const {
        for (const std::string_view feed : {"trade", "ticker", "book"}) {
            std::vector<std::string_view> products;
            for (const Subscription& each : subscriptions) {
                const std::string_view symbol = symbols_.symbol_of(each.instrument);
                if (feed_of(each.kind) == feed && !symbol.empty() &&
                    std::ranges::find(products, symbol) == products.end())
                    products.push_back(symbol);
            }
            for (std::size_t at = 0; at < products.size(); at += kProductsPerMessage) {
                std::string& text = out.frames.emplace_back(R"({"event":")");
                text += event;
                text += R"(","feed":")";
                text += feed;
                text += R"(","product_ids":[)";
                for (std::size_t i = at; i < std::min(at + kProductsPerMessage, products.size()); ++i) {
                    if (i != at) text += ',';
                    append_json_text(text, products[i]);
                }
                text += "]}";
            }
        }
    }

    io::Endpoint endpoint_;
    wire::SymbolMap& symbols_;
    Decoder decoder_;
    std::vector<Subscription> waiting_;
    bool open_ = false;
};

class PrivateStream final : public wire::StreamProtocol, wire::WireSink {
 public:
    PrivateStream(io::Endpoint endpoint, wire::SymbolMap& symbols, std::string key_id, const SigningKey* key)
        : endpoint_{std::move(endpoint)}, decoder_{symbols}, key_id_{std::move(key_id)}, key_{key} {}

    Result<wire::ConnectPlan> plan(Timestamp) override {
        if (key_ == nullptr || key_id_.empty())
            return fail(Errc::denied,
                        "Kraken Futures needs an API key and its secret for the account's stream");
        return plan_to(endpoint_);
    }
    void opened(Timestamp, Outbox& out) override {
        std::string& text = out.frames.emplace_back(R"({"event":"challenge","api_key":)");
        append_json_text(text, key_id_);
        text += '}';
        out.frames.emplace_back(R"({"event":"subscribe","feed":"heartbeat"})");
    }
    void frame(std::string_view bytes, Timestamp received_at, Outbox& out, wire::WireSink& sink) override {
        sink_ = &sink;
        out_ = &out;
        decoder_.decode(bytes, received_at, *this);
        if (!decoder_.challenge().empty() && key_ != nullptr) answer_challenge(out);
        sink_ = nullptr;
        out_ = nullptr;
    }
    bool ready() const override { return ready_; }
    // All of the account comes by itself.
    void subscribe(std::span<const Subscription>, Timestamp, Outbox&) override {}
    void unsubscribe(std::span<const Subscription>, Timestamp, Outbox&) override {}

    /// Sorts what the decoder found: an acknowledgement proves the signature, and orders are followed once
    /// both of their feeds are.
    void take(const WireEvent& event) override {
        const auto* control = std::get_if<Control>(&event);
        if (control == nullptr) return sink_->take(event);
        if (control->kind == Control::Kind::acknowledged) return acknowledged(*control);
        if (control->kind == Control::Kind::refused || control->kind == Control::Kind::error) {
            Control refused = *control;
            refused.kind = Control::Kind::refused;
            // Nothing is asked for here but what the key may see.
            if (!authenticated_) refused.refusal = wire::Refusal::unauthorized;
            if (!authenticated_) out_->close = "the venue refused the key";
            return sink_->take(refused);
        }
        sink_->take(event);
    }

 private:
    void answer_challenge(Outbox& out) {
        const std::string_view challenge = decoder_.challenge();
        const std::string answer = key_->signed_challenge(challenge);
        for (const std::string_view feed : {"open_orders", "fills", "open_positions", "balances"}) {
            std::string& text = out.frames.emplace_back(R"({"event":"subscribe","feed":")");
            text += feed;
            text += R"(","api_key":)";
            append_json_text(text, key_id_);
            text += R"(,"original_challenge":)";
            append_json_text(text, challenge);
            text += R"(,"signed_challenge":)";
            append_json_text(text, answer);
            text += '}';
        }
        ready_ = true;
    }
    void acknowledged(const Control& control) {
        const std::string_view feed = decoder_.feed();
        if (feed == "heartbeat") return;
        if (!authenticated_) {
            authenticated_ = true;
            Control first = control;
            first.kind = Control::Kind::authenticated;
            first.data.reset();
            sink_->take(first);
        }
        if (feed == "open_orders") orders_ = true;
        if (feed == "fills") fills_ = true;
        if (control.data == DataKind::orders && (!orders_ || !fills_)) return;
        sink_->take(control);
    }

    io::Endpoint endpoint_;
    Decoder decoder_;
    std::string key_id_;
    const SigningKey* key_;
    wire::WireSink* sink_ = nullptr;
    Outbox* out_ = nullptr;
    bool ready_ = false, authenticated_ = false, orders_ = false, fills_ = false;
};

}  // namespace

std::unique_ptr<wire::StreamProtocol> make_market_stream(io::Endpoint endpoint, wire::SymbolMap& symbols) {
    return std::make_unique<MarketStream>(std::move(endpoint), symbols);
}

std::unique_ptr<wire::StreamProtocol> make_private_stream(io::Endpoint endpoint, wire::SymbolMap& symbols,
                                                          std::string key_id, const SigningKey* key) {
    return std::make_unique<PrivateStream>(std::move(endpoint), symbols, std::move(key_id), key);
}

}  // namespace plumb::venues::kraken
