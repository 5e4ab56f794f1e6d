#include "venues/kraken/testing/peers.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

namespace plumb::venues::kraken::served {
namespace {

using conformance::ServedInstrument;
using conformance::TrueFill;
using conformance::TrueOrder;
using Frames = std::vector<std::string>;

constexpr const char* kInfo = R"({"event":"info","version":1})";
constexpr const char* kBadRequest = R"({"event":"alert","message":"Bad request"})";

class MarketPeer final : public conformance::StreamPeer {
 public:
    explicit MarketPeer(const std::vector<ServedInstrument>& instruments) : instruments_{instruments} {}

    Frames opened() override { return {kInfo}; }
    Frames answer(std::string_view client_frame, wire::Refusal mood, Timestamp) override {
        const auto asked = nlohmann::json::parse(client_frame, nullptr, false);
        if (asked.is_discarded() || !asked.contains("event") || !asked.contains("feed")) return {kBadRequest};
        const std::string event = asked["event"], feed = asked["feed"];
        if (feed == "heartbeat") return {R"({"event":"subscribed","feed":"heartbeat"})"};
        if (mood == wire::Refusal::unknown_symbol)
            return {R"({"event":"error","message":"Invalid product id"})"};
        if (mood != wire::Refusal::none) return {};  // the documents know no other refusal
        Frames frames;
        for (const auto& product : asked["product_ids"])
            frames.push_back(fmt::format(R"({{"event":"{}d","feed":"{}","product_ids":["{}"]}})", event, feed,
                                         product.get<std::string>()));
        return frames;
    }
    Frames trade(const Trade& trade) override {
        return {fmt::format(
            R"({{"feed":"trade","product_id":"{}","uid":"05af78ac-a774-478c-a50c-{:012x}","side":"{}","type":"fill",)"
            R"("seq":{},"time":{},"qty":{},"price":{}}})",
            symbol(trade.instrument), trade.trade_id & 0xffff'ffff'ffffU, to_string(trade.aggressor),
            trade.trade_id, to_ms(trade.venue_time), trade.quantity.to_string(), trade.price.to_string())};
    }
    // One feed brings both, each time whole.
    Frames quote(const Quote& quote) override {
        State& state = states_[quote.instrument.value];
        state.quote = quote;
        if (!state.has_mark) state.mark.mark = state.mark.index = quote.bid;
        return {ticker(quote.instrument, quote.venue_time)};
    }
    Frames mark_price(const MarkPrice& mark) override {
        State& state = states_[mark.instrument.value];
        state.mark = mark;
        state.has_mark = true;
        if (state.quote.bid.is_zero()) {
            const Price tick = instruments_[mark.instrument.value].instrument.tick;
            state.quote.bid = mark.mark.quantized(tick, Rounding::down);
            state.quote.ask = state.quote.bid + tick;
            state.quote.bid_quantity = state.quote.ask_quantity = Quantity{Decimal{1}};
        }
        return {ticker(mark.instrument, mark.venue_time)};
    }

 private:
    struct State {
        Quote quote;
        MarkPrice mark;
        bool has_mark = false;
    };
    const std::string& symbol(InstrumentId id) const { return instruments_[id.value].symbol; }
    static std::string side(const char* name, Price price, Quantity quantity) {
        if (price.is_zero()) return {};
        return fmt::format(R"("{}":{},"{}_size":{},)", name, price.to_string(), name, quantity.to_string());
    }
    std::string ticker(InstrumentId id, Timestamp at) {
        const State& state = states_[id.value];
        return fmt::format(
            R"({{"time":{},"product_id":"{}","funding_rate":-6.2604214e-11,"feed":"ticker",{}{}"volume":31403908.0,)"
            R"("dtm":0,"leverage":"50x","index":{},"premium":-0.0,"last":{},"change":1.9974017538161748,)"
            R"("suspended":false,"tag":"perpetual","pair":"XBT:USD","openInterest":30072580.0,"markPrice":{},)"
            R"("maturityTime":0,"post_only":false,"volumeQuote":31403908.0}})",
            to_ms(at), symbol(id), side("bid", state.quote.bid, state.quote.bid_quantity),
            side("ask", state.quote.ask, state.quote.ask_quantity),
            state.mark.index.is_zero() ? state.mark.mark.to_string() : state.mark.index.to_string(),
            state.mark.mark.to_string(), state.mark.mark.to_string());
    }

    const std::vector<ServedInstrument>& instruments_;
    std::map<std::uint32_t, State> states_;
};

class PrivatePeer final : public conformance::StreamPeer {
 public:
    explicit PrivatePeer(const std::vector<ServedInstrument>& instruments) : instruments_{instruments} {}

    Frames opened() override { return {kInfo}; }
    Frames answer(std::string_view client_frame, wire::Refusal mood, Timestamp) override {
        const auto asked = nlohmann::json::parse(client_frame, nullptr, false);
        if (asked.is_discarded() || !asked.contains("event")) return {kBadRequest};
        if (asked["event"] == "challenge")
            return {R"({"event":"challenge","message":"226aee50-88fc-4618-a42a-34f7709570b2"})"};
        const std::string feed = asked.value("feed", "");
        if (feed == "heartbeat") return {R"({"event":"subscribed","feed":"heartbeat"})"};
        if (mood == wire::Refusal::unauthorized || !asked.contains("signed_challenge"))
            return {R"({"event":"alert","message":"Failed to subscribe to authenticated feed"})"};
        if (mood != wire::Refusal::none) return {};
        Frames frames{
            fmt::format(R"({{"event":"subscribed","feed":"{}","api_key":"k","original_challenge":"c",)"
                        R"("signed_challenge":"s"}})",
                        feed)};
        if (feed == "open_orders")
            frames.emplace_back(R"({"feed":"open_orders_snapshot","account":"a","orders":[]})");
        if (feed == "fills") frames.emplace_back(R"({"feed":"fills_snapshot","account":"a","fills":[]})");
        if (feed == "open_positions")
            frames.emplace_back(R"({"feed":"open_positions","account":"a","positions":[]})");
        return frames;
    }
    Frames order(const TrueOrder& order, const TrueFill* fill, Timestamp now) override {
        Frames frames;
        if (fill != nullptr) frames.push_back(fill_frame(order, *fill));
        frames.push_back(order_frame(order, fill != nullptr, now));
        return frames;
    }

 private:
    const std::string& symbol(InstrumentId id) const { return instruments_[id.value].symbol; }
    static std::string client(const std::string& id) {
        return id.empty() ? std::string{} : fmt::format(R"("cli_ord_id":"{}",)", id);
    }
    std::string fill_frame(const TrueOrder& order, const TrueFill& fill) const {
        return fmt::format(
            R"({{"feed":"fills","username":"u","fills":[{{"instrument":"{}","time":{},"price":{},"seq":{},"buy":{},)"
            R"("qty":{},"remaining_order_qty":{},"order_id":"{}",{}"fill_id":"{}","fill_type":"{}","fee_paid":{},)"
            R"("fee_currency":"{}","taker_order_type":"limit","order_type":"limit"}}]}})",
            symbol(fill.instrument), to_ms(fill.at), fill.price.to_string(), 1, fill.side == Side::buy,
            fill.quantity.to_string(), (order.quantity - order.filled).to_string(), fill.venue,
            client(fill.client), fill.execution, fill.maker ? "maker" : "taker", fill.fee.to_string(),
            fill.fee_asset);
    }
    std::string order_frame(const TrueOrder& order, bool filled, Timestamp now) const {
        if (is_final(order.state)) {
            const char* reason = order.state == OrderState::filled     ? "full_fill"
                                 : order.state == OrderState::canceled ? "cancelled_by_user"
                                                                       : "would_not_reduce_position";
            return fmt::format(R"({{"feed":"open_orders","order_id":"{}",{}"is_cancel":true,"reason":"{}"}})",
                               order.venue, client(order.client), reason);
        }
        const bool stop = order.type == OrderType::stop || order.type == OrderType::stop_limit;
        const char* reason = filled                    ? "partial_fill"
                             : !order.replaces.empty() ? "edited_by_user"
                                                       : "new_placed_order_by_user";
        return fmt::format(
            R"({{"feed":"open_orders","order":{{"instrument":"{}","time":{},"last_update_time":{},"qty":{},)"
            R"("filled":{},"limit_price":{},"stop_price":{},"type":"{}","order_id":"{}",{}"direction":{},)"
            R"("reduce_only":false}},"is_cancel":false,"reason":"{}"}})",
            symbol(order.instrument), to_ms(order.created_at), to_ms(now),
            (order.quantity - order.filled).to_string(), order.filled.to_string(), order.limit.to_string(),
            order.stop.to_string(), stop ? "stop" : "limit", order.venue, client(order.client),
            order.side == Side::sell ? 1 : 0, reason);
    }

    const std::vector<ServedInstrument>& instruments_;
};

}  // namespace

std::unique_ptr<conformance::StreamPeer> make_market_peer(const std::vector<ServedInstrument>& instruments) {
    return std::make_unique<MarketPeer>(instruments);
}
std::unique_ptr<conformance::StreamPeer> make_private_peer(const std::vector<ServedInstrument>& instruments) {
    return std::make_unique<PrivatePeer>(instruments);
}

}  // namespace plumb::venues::kraken::served
