#include "venues/alpaca/testing/peers.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "venues/alpaca/testing/words.hpp"

namespace plumb::venues::alpaca::served {
namespace {

using conformance::ServedInstrument;
using wire::Refusal;

constexpr std::array kChannels{"trades", "quotes", "orderbooks", "bars", "updatedBars", "dailyBars"};

std::vector<std::string> error(int code, const char* words) {
    return {fmt::format(R"([{{"T":"error","code":{},"msg":"{}"}}])", code, words)};
}

class MarketPeer final : public conformance::StreamPeer {
 public:
    explicit MarketPeer(const std::vector<ServedInstrument>& instruments) : instruments_{instruments} {}

    std::vector<std::string> opened() override { return {R"([{"T":"success","msg":"connected"}])"}; }

    std::vector<std::string> answer(std::string_view frame, Refusal mood, Timestamp) override {
        const auto said = nlohmann::json::parse(frame, nullptr, false);
        if (!said.is_object() || !said.contains("action")) return error(400, "invalid syntax");
        const std::string action = said["action"];
        return action == "auth" ? log_in(said, mood) : change(said, action, mood);
    }
    std::vector<std::string> trade(const Trade& trade) override {
        return data("t", "trades", trade.instrument, trade_json(trade));
    }
    std::vector<std::string> quote(const Quote& quote) override {
        return data("q", "quotes", quote.instrument, quote_json(quote));
    }
    std::vector<std::string> bar(const ClosedBar& bar, Timestamp) override {
        return data("b", "bars", bar.instrument, bar_json(bar));
    }

 private:
    std::vector<std::string> log_in(const nlohmann::json& said, Refusal mood) {
        if (mood == Refusal::unauthorized || !said.contains("key") || !said.contains("secret"))
            return error(402, "auth failed");
        if (mood == Refusal::connection_limit) return error(406, "connection limit exceeded");
        if (mood == Refusal::not_entitled) return error(409, "insufficient subscription");
        if (is_in_) return error(403, "already authenticated");
        is_in_ = true;
        return {R"([{"T":"success","msg":"authenticated"}])"};
    }
    std::vector<std::string> change(const nlohmann::json& said, const std::string& action, Refusal mood) {
        if (action != "subscribe" && action != "unsubscribe") return error(400, "invalid syntax");
        if (!is_in_) return error(401, "not authenticated");
        // A refused change leaves the subscriptions as they were.
        if (mood == Refusal::symbol_limit) return error(405, "symbol limit exceeded");
        if (mood == Refusal::slow_client) return error(407, "slow client");
        if (mood == Refusal::not_entitled) return error(409, "insufficient subscription");
        if (mood == Refusal::unknown_symbol) return error(400, "invalid syntax");
        if (mood == Refusal::other) return error(410, "invalid subscribe action for this feed");
        for (const char* channel : kChannels) {
            if (!said.contains(channel)) continue;
            for (const std::string symbol : said[channel]) {
                if (action == "subscribe")
                    lists_[channel].insert(symbol);
                else
                    lists_[channel].erase(symbol);
            }
        }
        nlohmann::ordered_json all{{"T", "subscription"}};
        for (const char* channel : kChannels) all[channel] = lists_[channel];
        return {"[" + all.dump() + "]"};
    }
    std::vector<std::string> data(const char* type, const char* channel, InstrumentId id,
                                  const std::string& members) {
        const std::string symbol = symbol_of(instruments_[id.value]);
        if (!lists_[channel].contains(symbol)) return {};
        return {fmt::format(R"([{{"T":"{}","S":"{}",{}}}])", type, symbol, members)};
    }

    const std::vector<ServedInstrument>& instruments_;
    bool is_in_ = false;
    std::map<std::string, std::set<std::string>> lists_;
};

class TradingPeer final : public conformance::StreamPeer {
 public:
    explicit TradingPeer(const std::vector<ServedInstrument>& instruments) : instruments_{instruments} {}

    std::vector<std::string> answer(std::string_view frame, Refusal mood, Timestamp) override {
        const auto said = nlohmann::json::parse(frame, nullptr, false);
        if (!said.is_object() || !said.contains("action")) return {};
        const std::string action = said["action"];
        if (action == "auth" || action == "authenticate") {
            is_in_ = mood != Refusal::unauthorized;
            if (is_in_)
                return {
                    R"({"stream":"authorization","data":{"status":"authorized","action":"authenticate"}})"};
            return {
                R"({"stream":"authorization","data":{"action":"authenticate","message":"access key verification failed","status":"unauthorized"}})"};
        }
        if (action != "listen") return {};
        if (!is_in_)
            return {R"({"stream":"authorization","data":{"status":"unauthorized","action":"listen"}})"};
        listens_ = said["data"]["streams"].dump() == R"(["trade_updates"])";
        return {listens_ ? R"({"stream":"listening","data":{"streams":["trade_updates"]}})"
                         : R"({"stream":"listening","data":{"streams":[]}})"};
    }

    std::vector<std::string> order(const conformance::TrueOrder& order, const conformance::TrueFill* fill,
                                   Timestamp now) override {
        if (!listens_) return {};
        const std::string symbol = symbol_of(instruments_[order.instrument.value]);
        std::string more;
        if (fill != nullptr)
            more = fmt::format(R"("price":"{}","qty":"{}","position_qty":"0",)", fill->price.to_string(),
                               fill->quantity.to_string());
        return {fmt::format(
            R"({{"stream":"trade_updates","data":{{"event":"{}","execution_id":"{}",{}"timestamp":"{}","order":{}}}}})",
            event_of(order, fill),
            fill != nullptr ? fill->execution : fmt::format("aaaaaaaa-0000-4000-8000-{:012x}", ++events_),
            more, time_text(fill != nullptr ? fill->at : now), order_json(order, symbol))};
    }

 private:
    static const char* event_of(const conformance::TrueOrder& order, const conformance::TrueFill* fill) {
        if (fill != nullptr) return order.state == OrderState::filled ? "fill" : "partial_fill";
        switch (order.state) {
            case OrderState::intended:
            case OrderState::unknown: return "pending_new";
            case OrderState::working:
            case OrderState::partially_filled: return "new";
            case OrderState::filled: return "calculated";
            case OrderState::canceled: return "canceled";
            case OrderState::rejected: return "rejected";
        }
        return "";
    }

    const std::vector<ServedInstrument>& instruments_;
    bool is_in_ = false, listens_ = false;
    unsigned events_ = 0;
};

}  // namespace

std::unique_ptr<conformance::StreamPeer> make_market_peer(const std::vector<ServedInstrument>& instruments) {
    return std::make_unique<MarketPeer>(instruments);
}
std::unique_ptr<conformance::StreamPeer> make_trading_peer(const std::vector<ServedInstrument>& instruments) {
    return std::make_unique<TradingPeer>(instruments);
}

}  // namespace plumb::venues::alpaca::served
