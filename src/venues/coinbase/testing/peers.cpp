#include "venues/coinbase/testing/peers.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "venues/coinbase/testing/words.hpp"

namespace plumb::venues::coinbase::served {
namespace {

using Frames = std::vector<std::string>;

std::string error(std::string_view message, std::string_view reason = {}) {
    if (reason.empty()) return fmt::format(R"({{"type":"error","message":"{}"}})", message);
    return fmt::format(R"({{"type":"error","message":"{}","reason":"{}"}})", message, reason);
}

class Peer final : public conformance::StreamPeer {
 public:
    explicit Peer(const std::vector<conformance::ServedInstrument>& instruments)
        : instruments_{instruments} {}

    Frames answer(std::string_view client_frame, wire::Refusal mood, Timestamp now) override {
        const auto asked = nlohmann::json::parse(client_frame, nullptr, false);
        if (!asked.is_object()) return {error("bad request")};
        const std::string channel = asked.value("channel", "");
        if (mood != wire::Refusal::none && channel != "heartbeats") return refuse(mood);
        if (channel == "user" && !asked.contains("jwt")) return {error("authentication failure")};
        auto& list = subscribed_[channel];
        for (const auto& product : asked.value("product_ids", nlohmann::json::array())) {
            if (asked.value("type", "") == "unsubscribe")
                list.erase(product.get<std::string>());
            else
                list.insert(product.get<std::string>());
        }
        if (channel == "user") list = {"54fc1415-76dc-f325-9600-0133"};
        if (channel == "heartbeats") list = {"heartbeats"};
        if (list.empty()) subscribed_.erase(channel);
        const nlohmann::json all{{"subscriptions", subscribed_}};
        Frames out{envelope("subscriptions", all.dump(), now)};
        if (channel == "user") out.push_back(envelope("user", R"({"type":"snapshot","orders":[]})", now));
        return out;
    }
    Frames trade(const Trade& trade) override {
        return {envelope(
            "market_trades",
            fmt::format(R"({{"type":"update","trades":[{}]}})", trade_json(trade, product(trade.instrument))),
            trade.venue_time)};
    }
    Frames quote(const Quote& quote) override {
        return {envelope(
            "ticker",
            fmt::format(
                R"({{"type":"update","tickers":[{{"type":"ticker","product_id":"{}","price":"1","best_bid":"{}",)"
                R"("best_bid_quantity":"{}","best_ask":"{}","best_ask_quantity":"{}"}}]}})",
                product(quote.instrument), quote.bid.to_string(), quote.bid_quantity.to_string(),
                quote.ask.to_string(), quote.ask_quantity.to_string()),
            quote.venue_time)};
    }
    /// The last word on the bar after its end, and the next one, which proves the close.
    Frames bar(const ClosedBar& bar, Timestamp now) override {
        ClosedBar next = bar;
        next.open_time = bar.close_time();
        next.values = {bar.values.close, bar.values.close, bar.values.close, bar.values.close,
                       bar.values.volume};
        const auto word = [&](const ClosedBar& each) {
            return envelope("candles",
                            fmt::format(R"({{"type":"update","candles":[{}]}})",
                                        candle_json(each, product(each.instrument))),
                            std::max(now, bar.close_time()));
        };
        return {word(bar), word(next)};
    }
    Frames order(const conformance::TrueOrder& order, const conformance::TrueFill*, Timestamp now) override {
        return {envelope("user",
                         fmt::format(R"({{"type":"update","orders":[{}]}})",
                                     stream_order_json(order, product(order.instrument))),
                         now)};
    }

 private:
    std::string_view product(InstrumentId id) const { return instruments_[id.value].symbol; }
    std::string envelope(std::string_view channel, std::string_view event, Timestamp now) {
        return fmt::format(
            R"({{"channel":"{}","client_id":"","timestamp":"{}","sequence_num":{},"events":[{}]}})", channel,
            to_iso(now), sequence_++, event);
    }
    static Frames refuse(wire::Refusal mood) {
        switch (mood) {
            case wire::Refusal::unauthorized: return {error("authentication failure")};
            case wire::Refusal::unknown_symbol:
                return {error("Failed to subscribe", "FOO-USD is not a valid product")};
            case wire::Refusal::slow_client: return {error("ErrSlowConsume")};
            case wire::Refusal::other: return {error("failure to subscribe")};
            default: return {};
        }
    }

    const std::vector<conformance::ServedInstrument>& instruments_;
    std::map<std::string, std::set<std::string>> subscribed_;
    std::uint64_t sequence_ = 0;
};

}  // namespace

std::unique_ptr<conformance::StreamPeer> make_peer(
    const std::vector<conformance::ServedInstrument>& instruments) {
    return std::make_unique<Peer>(instruments);
}

}  // namespace plumb::venues::coinbase::served
