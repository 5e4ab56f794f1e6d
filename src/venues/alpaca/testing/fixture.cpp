#include "venues/alpaca/testing/fixture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "venues/alpaca/alpaca.hpp"
#include "venues/alpaca/testing/peers.hpp"
#include "venues/alpaca/testing/words.hpp"

namespace plumb::venues::alpaca {
namespace {

using conformance::Happening;
using conformance::ServedInstrument;
using conformance::TrueFill;
using conformance::TrueOrder;
using conformance::Truth;
using io::HttpResponse;

constexpr std::size_t kOrdersPerPage = 500, kFillsPerPage = 100;

ServedInstrument coin(const char* base, const char* least) {
    ServedInstrument served;
    served.instrument.base = base;
    served.instrument.quote = "USD";
    served.instrument.tick = Price{Decimal::power_of_ten(-2)};
    served.instrument.lot = Quantity{Decimal::power_of_ten(-9)};
    served.instrument.quantity_min = Quantity{*Decimal::parse(least)};
    served.instrument.notional_min = Money{Decimal{10}};
    served.instrument.can_short = false;
    served.symbol = std::string{base} + "/USD";
    return served;
}

std::unique_ptr<wire::Venue> venue_of(InstrumentTable& instruments, bool has_key) {
    wire::VenueOptions options;
    options.instruments = &instruments;
    options.credentials.key_id = has_key ? "PKTESTTESTTESTTEST01" : "";
    options.credentials.secret = Secret{has_key ? "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN" : ""};
    return make_venue(options);
}

HttpResponse answer(int status, std::string body) {
    return {status, {{"Content-Type", "application/json"}, {"X-RateLimit-Limit", "200"}}, std::move(body)};
}
HttpResponse not_found() { return answer(404, R"({"code":40410000,"message":"order not found"})"); }

/// One answer in the making.
struct Server {
    const std::vector<ServedInstrument>& instruments;
    const Truth& truth;
    using Answer = std::optional<HttpResponse>;

    std::string symbol(InstrumentId id) const { return served::symbol_of(instruments[id.value]); }
    std::string json(const TrueOrder& order) const {
        return served::order_json(order, symbol(order.instrument));
    }
    const TrueOrder* find(std::string_view venue, const std::string& client) const {
        for (const TrueOrder& order : truth.orders)
            if (venue.empty() ? order.client == client : order.venue == venue) return &order;
        return nullptr;
    }
    Answer one(const TrueOrder* order) const { return order ? answer(200, json(*order)) : not_found(); }
    template <class Row>
    static std::string list(const std::vector<Row>& rows) {
        std::string out = "[";
        for (const Row& row : rows) out += (out.size() > 1 ? "," : "") + row;
        return out + "]";
    }

    Answer operator()(const wire::AskPlace& ask) const { return one(find({}, ask.order.id.to_string())); }
    Answer operator()(const wire::AskReplace& ask) const { return one(find({}, ask.order.id.to_string())); }
    Answer operator()(const wire::AskCancel& ask) const {
        const TrueOrder* order = find(ask.order.venue.view(), ask.order.client.to_string());
        if (order == nullptr) return not_found();
        if (order->state == OrderState::filled)
            return answer(422, R"({"code":42210000,"message":"order is already in \"filled\" state"})");
        return HttpResponse{204, {{"X-RateLimit-Limit", "200"}}, ""};
    }
    Answer operator()(const wire::AskOrder& ask) const {
        return one(find(ask.order.venue.view(), ask.order.client.to_string()));
    }
    Answer operator()(const wire::AskOpenOrders& ask) const {
        std::vector<std::string> rows;
        bool after = ask.page.empty();
        for (const TrueOrder& order : truth.orders) {
            const bool is_open = !is_final(order.state);
            if (after && is_open && rows.size() < kOrdersPerPage) rows.push_back(json(order));
            after = after || order.venue == ask.page;
        }
        return answer(200, list(rows));
    }
    Answer operator()(const wire::AskFills& ask) const;
    Answer operator()(const wire::AskPositions&) const {
        std::vector<std::string> rows;
        for (const wire::VenuePosition& each : truth.positions) {
            if (!each.instrument) continue;
            const Price mark = each.mark.value_or(each.entry);
            rows.push_back(fmt::format(
                R"({{"asset_id":"276e2673-764b-4ab6-a611-caf665ca6340","symbol":"{}","exchange":"CRYPTO",)"
                R"("asset_class":"crypto","avg_entry_price":"{}","qty":"{}","qty_available":"{}",)"
                R"("side":"{}","market_value":"0","cost_basis":"0","current_price":"{}"}})",
                served::slashless(instruments[each.instrument->value]), each.entry.to_string(),
                each.quantity.to_string(), each.available.to_string(),
                each.quantity.sign() < 0 ? "short" : "long", mark.to_string()));
        }
        return answer(200, list(rows));
    }
    Answer operator()(const wire::AskBalances&) const { return answer(200, served::account_json(truth)); }
    Answer operator()(const wire::AskAccount&) const { return answer(200, served::account_json(truth)); }
    Answer operator()(const wire::AskPermissions&) const { return answer(200, served::account_json(truth)); }
    Answer operator()(const wire::AskListings& ask) const {
        std::vector<std::string> rows;
        if (ask.page.empty())
            for (const ServedInstrument& each : instruments) rows.push_back(served::asset_json(each));
        return answer(200, list(rows));
    }
    Answer operator()(const wire::AskBars& ask) const {
        std::vector<std::string> rows;
        for (const ClosedBar& bar : truth.bars)
            if (bar.instrument == ask.instrument && bar.length == ask.length && ask.from <= bar.open_time &&
                bar.open_time < ask.to)
                rows.push_back("{" + served::bar_json(bar) + "}");
        return series("bars", ask.instrument, rows);
    }
    Answer operator()(const wire::AskTrades& ask) const {
        std::vector<std::string> rows;
        for (const Trade& trade : truth.trades)
            if (trade.instrument == ask.instrument && ask.from <= trade.venue_time &&
                trade.venue_time < ask.to)
                rows.push_back("{" + served::trade_json(trade) + "}");
        return series("trades", ask.instrument, rows);
    }
    Answer operator()(const wire::AskQuotes& ask) const {
        std::string rows;
        for (const InstrumentId id : ask.instruments)
            for (const Quote& quote : truth.quotes)
                if (quote.instrument == id)
                    rows += fmt::format("{}\"{}\":{{{}}}", rows.empty() ? "" : ",", symbol(id),
                                        served::quote_json(quote));
        return answer(200, "{\"quotes\":{" + rows + "}}");
    }
    Answer operator()(const wire::AskBook&) const { return std::nullopt; }  // the truth has no books
    Answer operator()(const wire::AskClock&) const {
        return answer(
            200, fmt::format(R"({{"timestamp":"{}","is_open":false,"next_open":"2026-11-23T09:30:00-05:00",)"
                             R"("next_close":"2026-11-23T16:00:00-05:00"}})",
                             served::time_text(truth.now)));
    }
    Answer operator()(const wire::AskStreamKey&) const { return std::nullopt; }
    Answer operator()(const wire::AskCancelAllAfter&) const { return std::nullopt; }

    Answer series(const char* kind, InstrumentId id, const std::vector<std::string>& rows) const {
        const std::string inner = rows.empty() ? "" : "\"" + symbol(id) + "\":" + list(rows);
        return answer(200, fmt::format(R"({{"{}":{{{}}},"next_page_token":null}})", kind, inner));
    }
};

Server::Answer Server::operator()(const wire::AskFills& ask) const {
    std::vector<std::string> rows;
    std::map<std::string, Quantity> sums;
    bool after = ask.page.empty();
    for (const TrueFill& fill : truth.fills) {
        const TrueOrder* order = find(fill.venue, {});
        Quantity& sum = sums[fill.venue];
        sum += fill.quantity;
        if (fill.at < ask.since) continue;
        const bool is_last = order != nullptr && sum == order->quantity;
        if (after && rows.size() < kFillsPerPage)
            rows.push_back(served::activity_json(fill, symbol(fill.instrument), sum, is_last));
        after = after || ask.page.ends_with(fill.execution);
    }
    return answer(200, list(rows));
}

class AlpacaFixture final : public conformance::Fixture {
 public:
    const std::vector<ServedInstrument>& instruments() const override { return instruments_; }
    std::unique_ptr<wire::Venue> make_venue(InstrumentTable& instruments) const override {
        return venue_of(instruments, true);
    }
    std::unique_ptr<wire::Venue> make_venue_without_key(InstrumentTable& instruments) const override {
        return venue_of(instruments, false);
    }
    std::string order_id(unsigned n) const override {
        return fmt::format("00000000-0000-4000-8000-{:012x}", n);
    }
    std::string execution_id(unsigned n) const override {
        return fmt::format("eeeeeeee-0000-4000-8000-{:012x}", n);
    }
    /// In kind, from what is credited.
    std::string fee_asset(InstrumentId instrument, Side side) const override {
        return side == Side::buy ? instruments_[instrument.value].instrument.base : "USD";
    }
    bool keys_may_withdraw() const override { return false; }  // of the paper host
    std::size_t fills_per_page() const override { return kFillsPerPage; }

    std::optional<HttpResponse> http(const wire::Question& question, Happening happening,
                                     const Truth& truth) const override {
        switch (happening) {
            case Happening::nothing: break;
            case Happening::refused:
                return answer(403, R"({"code":40310000,"message":"insufficient buying power"})");
            case Happening::duplicate:
                return answer(422, R"({"code":40010001,"message":"client_order_id must be unique"})");
            case Happening::rate_limited: {
                HttpResponse limited = answer(429, R"({"code":42910000,"message":"rate limit exceeded"})");
                const Timestamp reset = truth.now + conformance::kRateLimitWait;
                limited.headers.push_back({"X-RateLimit-Remaining", "0"});
                limited.headers.push_back(
                    {"X-RateLimit-Reset", std::to_string(to_ns(reset) / 1'000'000'000)});
                return limited;
            }
            case Happening::wrong_key:
                return answer(401, R"({"code":40110000,"message":"request is not authorized"})");
            case Happening::clock_off:
            case Happening::maintenance: return std::nullopt;
        }
        return std::visit(Server{instruments_, truth}, question);
    }

    std::unique_ptr<conformance::StreamPeer> market_peer() const override {
        return served::make_market_peer(instruments_);
    }
    std::unique_ptr<conformance::StreamPeer> private_peer() const override {
        return served::make_trading_peer(instruments_);
    }

 private:
    std::vector<ServedInstrument> instruments_{coin("BTC", "0.000026873"), coin("ETH", "0.00031")};
};

}  // namespace

std::unique_ptr<conformance::Fixture> make_fixture() { return std::make_unique<AlpacaFixture>(); }

}  // namespace plumb::venues::alpaca
