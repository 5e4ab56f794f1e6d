#include "venues/kraken/testing/fixture.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "venues/kraken/kraken.hpp"
#include "venues/kraken/testing/peers.hpp"
#include "venues/kraken/testing/words.hpp"

namespace plumb::venues::kraken {
namespace {

using conformance::Happening;
using conformance::ServedInstrument;
using conformance::TrueFill;
using conformance::TrueOrder;
using conformance::Truth;
using Answer = std::optional<io::HttpResponse>;

constexpr std::size_t kFillsPerPage = 100;

ServedInstrument contract(const char* base, const char* symbol, const char* tick, int places) {
    ServedInstrument served;
    served.instrument.base = base;
    served.instrument.quote = "USD";
    served.instrument.tick = *Price::parse(tick);
    served.instrument.lot = served.instrument.quantity_min = Quantity{Decimal::power_of_ten(-places)};
    served.symbol = symbol;
    served.is_derivative = true;
    return served;
}

io::HttpResponse answer(std::string body, int status = 200) {
    return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

template <class Row, class Each>
std::string list_of(const std::vector<Row>& rows, Each each) {
    std::string list;
    for (const Row& row : rows) {
        const std::string text = each(row);
        if (text.empty()) continue;
        if (!list.empty()) list += ',';
        list += text;
    }
    return list;
}

/// One answer in the making.
struct Server {
    const std::vector<ServedInstrument>& instruments;
    const Truth& truth;
    Happening happening;

    const std::string& symbol(InstrumentId id) const { return instruments[id.value].symbol; }
    const TrueOrder* find(const VenueOrderId& venue, const std::string& client) const {
        for (const TrueOrder& order : truth.orders)
            if (venue.empty() ? order.client == client : order.venue == venue.view()) return &order;
        return nullptr;
    }
    io::HttpResponse success(const std::string& rest) const {
        return answer(served::success(truth.now, rest));
    }
    io::HttpResponse status(const char* part, const char* status) const {
        return success(fmt::format(R"("{}":{{"status":"{}","receivedTime":"{}","orderEvents":[]}})", part,
                                   status, served::iso_ms(truth.now)));
    }

    Answer operator()(const wire::AskPlace& ask) const {
        if (happening == Happening::refused) return status("sendStatus", "insufficientAvailableFunds");
        if (happening == Happening::duplicate) return status("sendStatus", "clientOrderIdAlreadyExist");
        if (happening == Happening::clock_off) return status("sendStatus", "wouldProcessAfterSpecifiedTime");
        const TrueOrder* order = find({}, ask.order.id.to_string());
        if (order == nullptr) return std::nullopt;
        std::string events;
        TrueOrder before = *order;
        before.filled = Quantity{};
        if (!order->filled.is_zero())
            events = fmt::format(
                R"({{"type":"EXECUTION","executionId":"e1ec9f63-2338-4c44-b40a-43486c6732d7",)"
                R"("price":{},"amount":{},"orderPriorEdit":null,"orderPriorExecution":{},)"
                R"("takerReducedQuantity":null}})",
                order->average.is_zero() ? order->limit.to_string() : order->average.to_string(),
                order->filled.to_string(), served::event_order(before, symbol(order->instrument)));
        if (!is_final(order->state))
            events += fmt::format(R"({}{{"type":"PLACE","order":{},"reducedQuantity":null}})",
                                  events.empty() ? "" : ",",
                                  served::event_order(*order, symbol(order->instrument)));
        return success(fmt::format(
            R"("sendStatus":{{"order_id":"{}","status":"placed","receivedTime":"{}","cliOrdId":"{}","orderEvents":[{}]}})",
            order->venue, served::iso_ms(truth.now), order->client, events));
    }
    Answer operator()(const wire::AskCancel& ask) const {
        if (happening == Happening::refused || happening == Happening::duplicate) return std::nullopt;
        const TrueOrder* order = find(ask.order.venue, ask.order.client.to_string());
        if (order == nullptr) return status("cancelStatus", "notFound");
        return success(fmt::format(
            R"("cancelStatus":{{"status":"{}","order_id":"{}","receivedTime":"{}","orderEvents":[{{"type":"CANCEL",)"
            R"("uid":"{}","order":{}}}]}})",
            order->state == OrderState::filled ? "filled" : "cancelled", order->venue,
            served::iso_ms(truth.now), order->venue, served::event_order(*order, symbol(order->instrument))));
    }
    Answer operator()(const wire::AskReplace& ask) const {
        if (happening == Happening::refused) return status("editStatus", "insufficientAvailableFunds");
        if (happening == Happening::clock_off) return status("editStatus", "wouldProcessAfterSpecifiedTime");
        if (happening == Happening::duplicate) return std::nullopt;  // an edit takes no new client id
        const TrueOrder* order = find({}, ask.order.id.to_string());
        if (order == nullptr) return status("editStatus", "orderForEditNotFound");
        const std::string now = served::event_order(*order, symbol(order->instrument));
        return success(
            fmt::format(R"("editStatus":{{"status":"edited","orderId":"{}","receivedTime":"{}",)"
                        R"("orderEvents":[{{"type":"EDIT","old":{},"new":{},"reducedQuantity":null}}]}})",
                        order->venue, served::iso_ms(truth.now), now, now));
    }
    Answer operator()(const wire::AskOrder& ask) const {
        const TrueOrder* order = find(ask.order.venue, ask.order.client.to_string());
        // Ended orders are forgotten after five seconds.
        if (order != nullptr && is_final(order->state) &&
            (ask.endpoint == 1 || order->updated_at + std::chrono::seconds{5} < truth.now))
            order = nullptr;
        if (ask.endpoint == 1)
            return success(
                fmt::format(R"("openOrders":[{}])",
                            order ? served::open_order_row(*order, symbol(order->instrument)) : ""));
        return success(fmt::format(R"("orders":[{}])",
                                   order ? served::status_row(*order, symbol(order->instrument)) : ""));
    }
    Answer operator()(const wire::AskOpenOrders&) const {
        const std::string rows = list_of(truth.orders, [&](const TrueOrder& order) {
            return is_final(order.state) ? std::string{}
                                         : served::open_order_row(order, symbol(order.instrument));
        });
        return success(fmt::format(R"("openOrders":[{}])", rows));
    }
    Answer operator()(const wire::AskFills& ask) const {
        const Timestamp before = ask.page.empty() ? Timestamp::max() : *parse_timestamp(ask.page);
        std::vector<TrueFill> rows{truth.fills.rbegin(), truth.fills.rend()};
        std::erase_if(rows, [&](const TrueFill& fill) { return before <= fill.at; });
        if (rows.size() > kFillsPerPage) rows.resize(kFillsPerPage);
        return success(fmt::format(R"("fills":[{}])", list_of(rows, [&](const TrueFill& fill) {
                                       return served::fill_row(fill, symbol(fill.instrument));
                                   })));
    }
    Answer operator()(const wire::AskPositions&) const {
        return success(fmt::format(
            R"("openPositions":[{}])", list_of(truth.positions, [&](const wire::VenuePosition& each) {
                if (each.quantity.is_zero()) return std::string{};
                return fmt::format(
                    R"({{"side":"{}","symbol":"{}","price":{},"fillTime":"{}","size":{},)"
                    R"("unrealizedFunding":0}})",
                    each.quantity.sign() < 0 ? "short" : "long",
                    each.instrument ? symbol(*each.instrument) : std::string{each.symbol.view()},
                    each.entry.to_string(), served::iso_ms(truth.now), each.quantity.abs().to_string());
            })));
    }
    Answer accounts() const {
        const std::string rows = list_of(truth.balances, [](const wire::Balance& each) {
            const std::string name = each.asset.view() == "BTC" ? "XBT" : std::string{each.asset.view()};
            return fmt::format(R"("{}":{{"quantity":{},"value":1,"collateral":1,"available":{}}})", name,
                               each.total.to_string(), each.available.to_string());
        });
        return success(
            fmt::format(R"("accounts":{{"cash":{{"type":"cashAccount","balances":{{"xbt":"0.0"}}}},"flex":{{)"
                        R"("type":"multiCollateralMarginAccount","currencies":{{{}}},"initialMargin":0,)"
                        R"("initialMarginWithOrders":0,"availableMargin":1000,"marginEquity":1000}}}})",
                        rows));
    }
    Answer operator()(const wire::AskBalances&) const { return accounts(); }
    Answer operator()(const wire::AskAccount&) const { return accounts(); }
    Answer operator()(const wire::AskPermissions&) const {
        return answer(fmt::format(
            R"({{"apiKey":"Gom9BsP75m41","accountUid":"e258dba9-4dd4-4da5-bfef-75beb91c098e","iiban":"AA08 N84G CPAR )"
            R"(UN7A","createdAt":"2019-08-24T14:15:22Z","permissions":{{"general":"FULL_ACCESS","transfer":"{}"}},)"
            R"("allowedCidrBlock":null,"allowedCidrBlocks":[]}})",
            truth.may_withdraw ? "FULL_ACCESS" : "NO_ACCESS"));
    }
    Answer operator()(const wire::AskListings&) const {
        return success(fmt::format(
            R"("instruments":[{}])", list_of(instruments, [](const ServedInstrument& each) {
                return fmt::format(
                    R"({{"symbol":"{}","type":"flexible_futures","tickSize":{},"contractSize":1,)"
                    R"("tradeable":true,"contractValueTradePrecision":{},"postOnly":false}})",
                    each.symbol, each.instrument.tick.to_string(), each.instrument.lot.value.decimals());
            })));
    }
    Answer operator()(const wire::AskBars& ask) const {
        const std::string rows = list_of(truth.bars, [&](const ClosedBar& bar) {
            if (bar.instrument != ask.instrument || bar.length != ask.length || bar.open_time < ask.from ||
                ask.to <= bar.open_time)
                return std::string{};
            return fmt::format(
                R"({{"time":{},"open":"{}","high":"{}","low":"{}","close":"{}","volume":"{}"}})",
                to_ms(bar.open_time), bar.values.open.to_string(), bar.values.high.to_string(),
                bar.values.low.to_string(), bar.values.close.to_string(), bar.values.volume.to_string());
        });
        return answer(fmt::format(R"({{"candles":[{}],"more_candles":false}})", rows));
    }
    Answer operator()(const wire::AskTrades& ask) const {
        const std::string rows = list_of(truth.trades, [&](const Trade& trade) {
            if (trade.instrument != ask.instrument) return std::string{};
            return fmt::format(
                R"({{"uid":"a5105030-f054-44cc-98ab-30d5cae96bef","timestamp":{0},"event":{{"Execution":{{"execution":{{)"
                R"("uid":"{1:08x}-{2:04x}-{3:04x}-9364-371a127550d2","takerOrder":{{"direction":"{4}"}},"timestamp":{0},)"
                R"("quantity":"{5}","price":"{6}"}},"takerReducedQuantity":""}}}}}})",
                to_ms(trade.venue_time), trade.trade_id >> 32, trade.trade_id >> 16 & 0xffff,
                trade.trade_id & 0xffff, trade.aggressor == Side::buy ? "Buy" : "Sell",
                trade.quantity.to_string(), trade.price.to_string());
        });
        return answer(fmt::format(R"({{"elements":[{}],"len":{}}})", rows, truth.trades.size()));
    }
    Answer operator()(const wire::AskQuotes&) const {
        return success(
            fmt::format(R"("tickers":[{}])", list_of(truth.quotes, [&](const Quote& quote) {
                            return fmt::format(
                                R"({{"symbol":"{}","last":{},"markPrice":{},"bid":{},"bidSize":{},"ask":{},)"
                                R"("askSize":{},"indexPrice":{},"suspended":false}})",
                                symbol(quote.instrument), quote.bid.to_string(), quote.bid.to_string(),
                                quote.bid.to_string(), quote.bid_quantity.to_string(), quote.ask.to_string(),
                                quote.ask_quantity.to_string(), quote.bid.to_string());
                        })));
    }
    Answer operator()(const wire::AskBook&) const { return std::nullopt; }
    Answer operator()(const wire::AskClock&) const { return success(R"("ticker":{"symbol":"PF_XBTUSD"})"); }
    Answer operator()(const wire::AskStreamKey&) const { return std::nullopt; }
    Answer operator()(const wire::AskCancelAllAfter& ask) const {
        const std::string at = ask.after == Duration{} ? "0" : served::iso_ms(truth.now + ask.after);
        return success(fmt::format(R"("status":{{"currentTime":"{}","triggerTime":"{}"}})",
                                   served::iso_ms(truth.now), at));
    }
};

bool is_open(const wire::Question& question) {
    using namespace wire;
    return std::holds_alternative<AskListings>(question) || std::holds_alternative<AskBars>(question) ||
           std::holds_alternative<AskTrades>(question) || std::holds_alternative<AskQuotes>(question) ||
           std::holds_alternative<AskBook>(question) || std::holds_alternative<AskClock>(question);
}

class KrakenFixture final : public conformance::Fixture {
 public:
    const std::vector<ServedInstrument>& instruments() const override { return instruments_; }
    std::unique_ptr<wire::Venue> make_venue(InstrumentTable& table) const override {
        return venue_of(table, true);
    }
    std::unique_ptr<wire::Venue> make_venue_without_key(InstrumentTable& table) const override {
        return venue_of(table, false);
    }
    std::string order_id(unsigned n) const override {
        return fmt::format("179f9af8-e45e-469d-b3e9-{:012x}", n);
    }
    std::string execution_id(unsigned n) const override {
        return fmt::format("cad76f07-814e-4dc6-8478-{:012x}", n);
    }
    std::string fee_asset(InstrumentId, Side) const override { return "USD"; }
    std::size_t fills_per_page() const override { return kFillsPerPage; }

    Answer http(const wire::Question& question, Happening happening, const Truth& truth) const override {
        const bool deed = std::holds_alternative<wire::AskPlace>(question) ||
                          std::holds_alternative<wire::AskCancel>(question) ||
                          std::holds_alternative<wire::AskReplace>(question);
        switch (happening) {
            case Happening::nothing: break;
            case Happening::refused:
            case Happening::duplicate:
                if (!deed) return std::nullopt;
                break;
            case Happening::clock_off:  // orders and edits alone carry a time
                if (!deed || std::holds_alternative<wire::AskCancel>(question)) return std::nullopt;
                break;
            case Happening::rate_limited:
                if (is_open(question)) return answer("", 429);
                return answer(served::error(truth.now, "apiLimitExceeded"));
            case Happening::wrong_key:
                if (is_open(question)) return std::nullopt;
                if (std::holds_alternative<wire::AskPermissions>(question))
                    return answer(R"({"error":"unauthorized","message":"API key not found","suberror":null})",
                                  401);
                return answer(served::error(truth.now, "authenticationError"));
            case Happening::maintenance:
                if (std::holds_alternative<wire::AskPermissions>(question)) return std::nullopt;
                return answer(served::error(truth.now, "marketUnavailable"));
        }
        return std::visit(Server{instruments_, truth, happening}, question);
    }
    std::unique_ptr<conformance::StreamPeer> market_peer() const override {
        return served::make_market_peer(instruments_);
    }
    std::unique_ptr<conformance::StreamPeer> private_peer() const override {
        return served::make_private_peer(instruments_);
    }

 private:
    static std::unique_ptr<wire::Venue> venue_of(InstrumentTable& table, bool has_key) {
        wire::VenueOptions options;
        options.instruments = &table;
        if (has_key) {
            options.credentials.key_id = "rRra59qKQs3y1egAgSaG0RJlBcbq97wTUXSxXxPdhRZdv7z9ijZRWgrf";
            options.credentials.secret = Secret{
                "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg=="};
        }
        return kraken::make_venue(options);
    }

    std::vector<ServedInstrument> instruments_{contract("BTC", "PF_XBTUSD", "0.5", 4),
                                               contract("ETH", "PF_ETHUSD", "0.1", 3)};
};

}  // namespace

std::unique_ptr<conformance::Fixture> make_fixture() { return std::make_unique<KrakenFixture>(); }

}  // namespace plumb::venues::kraken
