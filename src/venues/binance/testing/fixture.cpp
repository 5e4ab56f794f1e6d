#include "venues/binance/testing/fixture.hpp"

#include <algorithm>

#include "venues/binance/binance.hpp"
#include "venues/binance/testing/words.hpp"

namespace plumb::venues::binance {
namespace {

using conformance::Happening;
using conformance::ServedInstrument;
using conformance::StreamPeer;
using conformance::TrueFill;
using conformance::TrueOrder;
using conformance::Truth;
using io::HttpResponse;
using served::Json;
using served::Place;

constexpr std::size_t kPageRows = 1000;

HttpResponse answer(int status, const Json& body) {
    return {status,
            {{"Content-Type", "application/json;charset=UTF-8"}, {"X-MBX-USED-WEIGHT-1M", "10"}},
            body.dump()};
}
HttpResponse complaint(int status, int code, const char* message) {
    return answer(status, {{"code", code}, {"msg", message}});
}

std::int64_t number_in(const std::string& page) { return std::stoll(page.substr(page.find(':') + 1)); }

/// One answer in the making.
class Server {
 public:
    Server(const Place& place, const Truth& truth) : place_{place}, truth_{truth} {}
    using Answer = std::optional<HttpResponse>;

    Answer operator()(const wire::AskPlace& ask) const {
        const TrueOrder* order = find({ask.order.instrument, ask.order.id, {}});
        if (order == nullptr) return std::nullopt;
        if (served::is_algo(place_, *order)) return answer(200, served::algo_json(place_, *order));
        return answer(200, placed(*order));
    }
    Answer operator()(const wire::AskCancel& ask) const {
        const TrueOrder* order = find(ask.order);
        if (order == nullptr || order->state != OrderState::canceled)
            return complaint(400, -2011, "Unknown order sent.");
        if (served::is_algo(place_, *order))
            return answer(
                200, {{"algoId", 1}, {"clientAlgoId", order->client}, {"code", "200"}, {"msg", "success"}});
        return answer(200, canceled(*order));
    }
    Answer operator()(const wire::AskReplace& ask) const {
        const TrueOrder* old = find(ask.replaced);
        const TrueOrder* fresh = find({ask.order.instrument, ask.order.id, {}});
        if (!place_.spot) {  // changed in place: whichever id the truth keeps it under
            const TrueOrder* order = fresh != nullptr ? fresh : old;
            if (order == nullptr) return complaint(400, -2013, "Order does not exist.");
            return answer(200, served::order_json(place_, *order));
        }
        if (old == nullptr || fresh == nullptr)
            return answer(400, {{"code", -2022},
                                {"msg", "Order cancel-replace failed."},
                                {"data",
                                 {{"cancelResult", "FAILURE"},
                                  {"newOrderResult", "NOT_ATTEMPTED"},
                                  {"cancelResponse", {{"code", -2011}, {"msg", "Unknown order sent."}}},
                                  {"newOrderResponse", nullptr}}}});
        return answer(200, {{"cancelResult", "SUCCESS"},
                            {"newOrderResult", "SUCCESS"},
                            {"cancelResponse", canceled(*old)},
                            {"newOrderResponse", placed(*fresh)}});
    }
    Answer operator()(const wire::AskOrder& ask) const {
        const TrueOrder* order = find(ask.order);
        const bool algo = order != nullptr && served::is_algo(place_, *order);
        if (order == nullptr || algo != (ask.endpoint == 1))
            return complaint(400, -2013, "Order does not exist.");
        return answer(200, algo ? served::algo_json(place_, *order) : served::order_json(place_, *order));
    }
    Answer operator()(const wire::AskOpenOrders& ask) const {
        Json rows = Json::array();
        for (const TrueOrder& order : truth_.orders) {
            const bool algo = served::is_algo(place_, order);
            if (is_final(order.state) || algo != (ask.page == "algo")) continue;
            if (ask.instrument && order.instrument != *ask.instrument) continue;
            rows.push_back(algo ? served::algo_json(place_, order) : served::order_json(place_, order));
        }
        return answer(200, rows);
    }
    Answer operator()(const wire::AskFills& ask) const {
        if (!ask.instrument) return std::nullopt;
        const bool by_id = ask.page.starts_with("id:");
        const std::int64_t first = ask.page.empty() ? to_ms(ask.since) : number_in(ask.page);
        const std::int64_t window = (place_.spot ? 1 : 7) * 86'400'000LL;
        std::vector<const TrueFill*> found;
        for (const TrueFill& fill : truth_.fills) {
            const std::int64_t at = to_ms(fill.at);
            const bool in = by_id ? first <= static_cast<std::int64_t>(served::trade_number(fill.execution))
                                  : first <= at && at <= first + window;
            if (in && fill.instrument == *ask.instrument) found.push_back(&fill);
        }
        std::ranges::stable_sort(found, {},
                                 [](const TrueFill* fill) { return served::trade_number(fill->execution); });
        Json rows = Json::array();
        for (std::size_t i = 0; i < std::min(found.size(), kPageRows); ++i)
            rows.push_back(served::fill_json(place_, *found[i]));
        return answer(200, rows);
    }
    Answer operator()(const wire::AskPositions&) const {
        if (place_.spot) return std::nullopt;
        Json rows = Json::array();
        for (const wire::VenuePosition& position : truth_.positions)
            rows.push_back({{"symbol", place_.symbol(*position.instrument)},
                            {"positionSide", "BOTH"},
                            {"positionAmt", position.quantity.to_string()},
                            {"entryPrice", position.entry.to_string()},
                            {"breakEvenPrice", position.entry.to_string()},
                            {"markPrice", position.mark.value_or(position.entry).to_string()}});
        return answer(200, rows);
    }
    Answer operator()(const wire::AskBalances&) const { return place_.spot ? account() : margin_balances(); }
    Answer operator()(const wire::AskAccount&) const {
        if (place_.spot) return account();
        return answer(200, {{"totalInitialMargin", "0.00000000"},
                            {"totalWalletBalance", "1000.00000000"},
                            {"totalMarginBalance", "1000.00000000"},
                            {"availableBalance", "1000.00000000"},
                            {"positions", Json::array()}});
    }
    Answer operator()(const wire::AskPermissions&) const {
        return answer(200, {{"ipRestrict", false},
                            {"createTime", 1698645219000},
                            {"enableReading", true},
                            {"enableWithdrawals", truth_.may_withdraw},
                            {"enableFutures", true},
                            {"enableSpotAndMarginTrading", true}});
    }
    Answer operator()(const wire::AskListings&) const {
        Json symbols = Json::array();
        for (const ServedInstrument& each : place_.instruments)
            symbols.push_back(served::listing_json(place_, each));
        return answer(200, {{"timezone", "UTC"},
                            {"serverTime", to_ms(truth_.now)},
                            {"rateLimits", Json::array()},
                            {"symbols", symbols}});
    }
    Answer operator()(const wire::AskBars& ask) const {
        const Timestamp from = ask.page.empty() ? ask.from : timestamp_from_ms(number_in(ask.page));
        Json rows = Json::array();
        for (const ClosedBar& bar : truth_.bars)
            if (bar.instrument == ask.instrument && bar.length == ask.length && from <= bar.open_time &&
                bar.open_time < ask.to && rows.size() < kPageRows)
                rows.push_back(served::bar_row(bar));
        return answer(200, rows);
    }
    Answer operator()(const wire::AskTrades& ask) const {
        const bool by_id = ask.page.starts_with("id:");
        Json rows = Json::array();
        for (const Trade& trade : truth_.trades) {
            const bool in = by_id ? number_in(ask.page) <= static_cast<std::int64_t>(trade.trade_id)
                                  : ask.from <= trade.venue_time;
            if (trade.instrument != ask.instrument || !in || kPageRows <= rows.size()) continue;
            rows.push_back({{"a", trade.trade_id},
                            {"p", trade.price.to_string()},
                            {"q", trade.quantity.to_string()},
                            {"f", trade.trade_id},
                            {"l", trade.trade_id},
                            {"T", to_ms(trade.venue_time)},
                            {"m", trade.aggressor == Side::sell}});
        }
        return answer(200, rows);
    }
    Answer operator()(const wire::AskQuotes& ask) const {
        Json rows = Json::array();
        for (const Quote& quote : truth_.quotes) {
            if (std::ranges::find(ask.instruments, quote.instrument) == ask.instruments.end()) continue;
            rows.push_back({{"symbol", place_.symbol(quote.instrument)},
                            {"bidPrice", quote.bid.to_string()},
                            {"bidQty", quote.bid_quantity.to_string()},
                            {"askPrice", quote.ask.to_string()},
                            {"askQty", quote.ask_quantity.to_string()}});
        }
        return answer(200, ask.instruments.size() == 1 && rows.size() == 1 ? Json(rows[0]) : rows);
    }
    Answer operator()(const wire::AskBook&) const { return std::nullopt; }
    Answer operator()(const wire::AskClock&) const {
        return answer(200, {{"serverTime", to_ms(truth_.now)}});
    }
    Answer operator()(const wire::AskStreamKey& ask) const {
        if (place_.spot) return std::nullopt;
        if (ask.step == wire::AskStreamKey::Step::close) return answer(200, Json::object());
        return answer(200,
                      {{"listenKey", "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"}});
    }
    Answer operator()(const wire::AskCancelAllAfter&) const { return std::nullopt; }

 private:
    const TrueOrder* find(const wire::OrderKey& key) const {
        const std::string client = key.client == ClientOrderId{} ? "" : key.client.to_string();
        for (const TrueOrder& order : truth_.orders)
            if (client.empty() ? order.venue == key.venue.view() : order.client == client) return &order;
        return nullptr;
    }
    Json canceled(const TrueOrder& order) const {
        Json told = served::order_json(place_, order);
        if (place_.spot) {
            told["origClientOrderId"] = order.client;
            told["clientOrderId"] = "cancelRequest1";
        }
        return told;
    }
    Json placed(const TrueOrder& order) const {
        Json told = served::order_json(place_, order);
        if (!place_.spot) return told;
        told["transactTime"] = told["updateTime"];
        told.erase("updateTime");
        told.erase("time");
        told["fills"] = Json::array();
        for (const TrueFill& fill : truth_.fills)
            if (fill.venue == order.venue)
                told["fills"].push_back({{"price", fill.price.to_string()},
                                         {"qty", fill.quantity.to_string()},
                                         {"commission", fill.fee.to_string()},
                                         {"commissionAsset", fill.fee_asset},
                                         {"tradeId", served::trade_number(fill.execution)}});
        return told;
    }
    HttpResponse account() const {
        Json balances = Json::array();
        for (const wire::Balance& balance : truth_.balances)
            balances.push_back({{"asset", std::string{balance.asset.view()}},
                                {"free", balance.available.to_string()},
                                {"locked", (balance.total - balance.available).to_string()}});
        return answer(200, {{"canTrade", true},
                            {"canWithdraw", true},
                            {"accountType", "SPOT"},
                            {"balances", balances},
                            {"uid", 354937868}});
    }
    HttpResponse margin_balances() const {
        Json rows = Json::array();
        for (const wire::Balance& balance : truth_.balances)
            rows.push_back({{"accountAlias", "SgsR"},
                            {"asset", std::string{balance.asset.view()}},
                            {"balance", balance.total.to_string()},
                            {"availableBalance", balance.available.to_string()}});
        return answer(200, rows);
    }

    const Place& place_;
    const Truth& truth_;
};

class MarketPeer : public StreamPeer {
 public:
    explicit MarketPeer(Place place) : place_{place} {}

    std::vector<std::string> answer(std::string_view frame, wire::Refusal mood, Timestamp) override {
        const Json asked = Json::parse(frame);
        if (mood == wire::Refusal::other)
            return {Json{{"error", {{"code", 2}, {"msg", "Invalid request: invalid stream"}}},
                         {"id", asked["id"]}}
                        .dump()};
        if (mood != wire::Refusal::none) return {};
        return {Json{{"result", nullptr}, {"id", asked["id"]}}.dump()};
    }
    std::vector<std::string> trade(const Trade& trade) override {
        return {served::trade_frame(place_, trade).dump()};
    }
    std::vector<std::string> quote(const Quote& quote) override {
        return {served::quote_frame(place_, quote).dump()};
    }
    std::vector<std::string> bar(const ClosedBar& bar, Timestamp now) override {
        return {served::bar_frame(place_, bar, now).dump()};
    }
    std::vector<std::string> mark_price(const MarkPrice& mark) override {
        if (place_.spot) return {};
        return {served::mark_frame(place_, mark).dump()};
    }

 private:
    Place place_;
};

class UserPeer : public StreamPeer {
 public:
    explicit UserPeer(Place place) : place_{place} {}

    std::vector<std::string> answer(std::string_view frame, wire::Refusal mood, Timestamp) override {
        const Json asked = Json::parse(frame);
        if (!place_.spot) {  // its stream key was the question by REST
            if (mood != wire::Refusal::none) return {};
            return {Json{{"result", Json::array({"streamKey"})}, {"id", asked["id"]}}.dump()};
        }
        if (mood == wire::Refusal::unauthorized)
            return {
                Json{{"id", asked["id"]},
                     {"status", 401},
                     {"error", {{"code", -2015}, {"msg", "Invalid API-key, IP, or permissions for action."}}}}
                    .dump()};
        if (mood != wire::Refusal::none) return {};
        return {Json{{"id", asked["id"]}, {"status", 200}, {"result", {{"subscriptionId", 0}}}}.dump()};
    }
    std::vector<std::string> order(const TrueOrder& order, const TrueFill* fill, Timestamp now) override {
        return {served::order_frame(place_, order, fill, now).dump()};
    }

 private:
    Place place_;
};

class BinanceFixture : public conformance::Fixture {
 public:
    explicit BinanceFixture(bool spot) : spot_{spot}, place_{spot, instruments_} {
        add("BTC", -2, spot ? -5 : -3);
        add("ETH", -2, spot ? -4 : -3);
    }

    const std::vector<ServedInstrument>& instruments() const override { return instruments_; }
    std::unique_ptr<wire::Venue> make_venue(InstrumentTable& instruments) const override {
        return venue_of(instruments, true);
    }
    std::unique_ptr<wire::Venue> make_venue_without_key(InstrumentTable& instruments) const override {
        return venue_of(instruments, false);
    }
    std::string order_id(unsigned n) const override { return std::to_string(12'569'099'453ULL + n); }
    std::string execution_id(unsigned n) const override { return std::to_string(3'735'683'259ULL + n); }
    std::string fee_asset(InstrumentId instrument, Side side) const override {
        if (!spot_) return "USDT";
        return side == Side::buy ? instruments_[instrument.value].instrument.base : "USDT";
    }
    std::size_t fills_per_page() const override { return kPageRows; }

    std::optional<HttpResponse> http(const wire::Question& question, Happening happening,
                                     const Truth& truth) const override {
        switch (happening) {
            case Happening::nothing: return std::visit(Server{place_, truth}, question);
            case Happening::refused:
                return spot_ ? complaint(400, -2010, "Account has insufficient balance for requested action.")
                             : complaint(400, -2019, "Margin is insufficient.");
            case Happening::duplicate:
                return spot_ ? complaint(400, -2010, "Duplicate order sent.")
                             : complaint(400, -4116, "ClientOrderId is duplicated.");
            case Happening::rate_limited: {
                HttpResponse limited = complaint(
                    429, -1003,
                    "Too much request weight used; current limit is 6000 request weight per 1 MINUTE.");
                limited.headers.push_back(
                    {"Retry-After", std::to_string(std::chrono::duration_cast<std::chrono::seconds>(
                                                       conformance::kRateLimitWait)
                                                       .count())});
                return limited;
            }
            case Happening::wrong_key:
                return complaint(401, -2015, "Invalid API-key, IP, or permissions for action.");
            case Happening::clock_off:
                return complaint(400, -1021, "Timestamp for this request is outside of the recvWindow.");
            case Happening::maintenance: return std::nullopt;  // it has no words that are certain
        }
        return std::nullopt;
    }
    std::unique_ptr<StreamPeer> market_peer() const override { return std::make_unique<MarketPeer>(place_); }
    std::unique_ptr<StreamPeer> private_peer() const override { return std::make_unique<UserPeer>(place_); }

 private:
    void add(const char* base, int tick, int lot) {
        ServedInstrument served;
        served.instrument.base = base;
        served.instrument.quote = "USDT";
        served.instrument.tick = Price{Decimal::power_of_ten(tick)};
        served.instrument.lot = served.instrument.quantity_min = Quantity{Decimal::power_of_ten(lot)};
        served.instrument.notional_min = Money{Decimal{spot_ ? 5 : 20}};
        served.instrument.can_short = !spot_;
        served.symbol = std::string{base} + "USDT";
        served.is_derivative = !spot_;
        instruments_.push_back(served);
    }
    std::unique_ptr<wire::Venue> venue_of(InstrumentTable& instruments, bool has_key) const {
        wire::VenueOptions options;
        options.instruments = &instruments;
        options.paper_endpoint = false;
        if (has_key) {  // the documents' own example
            options.credentials.key_id = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";
            options.credentials.secret =
                Secret{"NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"};
        }
        return spot_ ? binance::make_venue(options) : binance::make_futures_venue(options);
    }

    bool spot_;
    std::vector<ServedInstrument> instruments_;
    Place place_;
};

}  // namespace

std::unique_ptr<conformance::Fixture> make_spot_fixture() { return std::make_unique<BinanceFixture>(true); }
std::unique_ptr<conformance::Fixture> make_futures_fixture() {
    return std::make_unique<BinanceFixture>(false);
}

}  // namespace plumb::venues::binance
