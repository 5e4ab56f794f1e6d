#include "venues/coinbase/testing/fixture.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "venues/coinbase/coinbase.hpp"
#include "venues/coinbase/testing/peers.hpp"
#include "venues/coinbase/testing/words.hpp"

namespace plumb::venues::coinbase {
namespace {

using conformance::Happening;
using conformance::ServedInstrument;
using conformance::TrueFill;
using conformance::TrueOrder;
using conformance::Truth;
using io::HttpResponse;
using Answer = std::optional<HttpResponse>;

constexpr std::size_t kFillsPerPage = 100;

ServedInstrument product(const char* base, const char* least) {
    ServedInstrument served;
    served.instrument.base = base;
    served.instrument.quote = "USD";
    served.instrument.tick = Price{Decimal::power_of_ten(-2)};
    served.instrument.lot = Quantity{Decimal::power_of_ten(-8)};
    served.instrument.quantity_min = Quantity{*Decimal::parse(least)};
    served.instrument.notional_min = Money{Decimal{1}};
    served.instrument.can_short = false;
    served.symbol = std::string{base} + "-USD";
    return served;
}

std::unique_ptr<wire::Venue> venue_of(InstrumentTable& instruments, bool has_key) {
    wire::VenueOptions options;
    options.instruments = &instruments;
    if (has_key) {
        options.credentials.key_id =
            "organizations/11111111-1111-1111-1111-111111111111/apiKeys/22222222-2222-2222-2222-222222222222";
        // RFC 8032, test 1.
        options.credentials.secret = Secret{"nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="};
    }
    return make_venue(options);
}

HttpResponse answer(std::string body, int status = 200) {
    return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

template <class Rows, class Print>
std::string joined(const Rows& rows, Print&& print) {
    std::string out;
    for (const auto& row : rows) {
        if (!out.empty()) out += ',';
        out += print(row);
    }
    return out;
}

/// One answer in the making: the truth in the words of each question.
struct Server {
    const std::vector<ServedInstrument>& instruments;
    const Truth& truth;

    std::string_view name(InstrumentId id) const { return instruments[id.value].symbol; }
    std::string json(const TrueOrder& order) const {
        return served::order_json(order, name(order.instrument));
    }
    const TrueOrder* find(const wire::OrderKey& key) const {
        for (const TrueOrder& order : truth.orders)
            if (key.venue.empty() ? order.client == key.client.to_string() : order.venue == key.venue.view())
                return &order;
        return nullptr;
    }
    template <class Keep>
    Answer orders(Keep&& keep) const {
        std::vector<TrueOrder> kept;
        for (const TrueOrder& order : truth.orders)
            if (keep(order)) kept.push_back(order);
        std::reverse(kept.begin(), kept.end());  // newest first
        return answer(fmt::format(R"({{"orders":[{}],"sequence":"0","has_next":false,"cursor":""}})",
                                  joined(kept, [this](const TrueOrder& order) { return json(order); })));
    }

    Answer operator()(const wire::AskPlace& ask) const {
        const TrueOrder* order = find({ask.order.instrument, ask.order.id, {}});
        if (!order) return std::nullopt;
        return answer(fmt::format(
            R"({{"success":true,"success_response":{{"order_id":"{}","product_id":"{}","side":"{}","client_order_id":"{}"}},)"
            R"("order_configuration":{{}}}})",
            order->venue, name(order->instrument), order->side == Side::buy ? "BUY" : "SELL", order->client));
    }
    Answer operator()(const wire::AskCancel& ask) const {
        const TrueOrder* order = find(ask.order);
        const char* result = !order ? R"("success":false,"failure_reason":"UNKNOWN_CANCEL_ORDER")"
                             : order->state == OrderState::filled
                                 ? R"("success":false,"failure_reason":"ORDER_IS_FULLY_FILLED")"
                                 : R"("success":true,"failure_reason":"UNKNOWN_CANCEL_FAILURE_REASON")";
        return answer(
            fmt::format(R"({{"results":[{{{},"order_id":"{}"}}]}})", result, ask.order.venue.view()));
    }
    Answer operator()(const wire::AskReplace& ask) const {
        return answer(fmt::format(R"({{"success":true,"success_response":{{"order_id":"{}"}},"errors":[]}})",
                                  ask.replaced.venue.view()));
    }
    Answer operator()(const wire::AskOrder& ask) const {
        if (ask.order.venue.empty())
            return orders([&](const TrueOrder& order) { return order.instrument == ask.order.instrument; });
        if (const TrueOrder* order = find(ask.order))
            return answer(fmt::format(R"({{"order":{}}})", json(*order)));
        return answer(
            R"({"error":"unknown","error_details":"order with this orderID was not found","message":"order with this )"
            R"(orderID was not found"})",
            404);
    }
    Answer operator()(const wire::AskOpenOrders& ask) const {
        const bool queued = ask.page.starts_with('q');
        return orders([&](const TrueOrder& order) {
            return !queued && !is_final(order.state) &&
                   (!ask.instrument || *ask.instrument == order.instrument);
        });
    }
    Answer operator()(const wire::AskFills& ask) const {
        std::vector<TrueFill> kept;
        for (const TrueFill& fill : truth.fills)
            if (ask.since <= fill.at && (!ask.instrument || *ask.instrument == fill.instrument))
                kept.push_back(fill);
        std::reverse(kept.begin(), kept.end());
        std::size_t from = 0;
        for (const char c : ask.page)
            if ('0' <= c && c <= '9') from = from * 10 + static_cast<std::size_t>(c - '0');
        from = std::min(from, kept.size());
        const std::size_t to = std::min(kept.size(), from + kFillsPerPage);
        const std::vector<TrueFill> page(kept.begin() + static_cast<std::ptrdiff_t>(from),
                                         kept.begin() + static_cast<std::ptrdiff_t>(to));
        return answer(fmt::format(
            R"({{"fills":[{}],"cursor":"{}"}})",
            joined(page,
                   [this](const TrueFill& fill) { return served::fill_json(fill, name(fill.instrument)); }),
            to < kept.size() ? std::to_string(to) : ""));
    }
    Answer operator()(const wire::AskBalances&) const {
        return answer(fmt::format(
            R"({{"accounts":[{}],"has_next":false,"cursor":"","size":{}}})",
            joined(
                truth.balances,
                [](const wire::Balance& balance) {
                    return fmt::format(
                        R"({{"uuid":"u","name":"Wallet","currency":"{0}","available_balance":{{"value":"{1}","currency":)"
                        R"("{0}"}},"active":true,"type":"ACCOUNT_TYPE_CRYPTO","hold":{{"value":"{2}","currency":"{0}"}}}})",
                        balance.asset.view(), balance.available.to_string(),
                        (balance.total - balance.available).to_string());
                }),
            truth.balances.size()));
    }
    Answer operator()(const wire::AskAccount&) const { return permissions(); }
    Answer operator()(const wire::AskPermissions&) const { return permissions(); }
    Answer permissions() const {
        return answer(fmt::format(
            R"({{"can_view":true,"can_trade":true,"can_transfer":{},"portfolio_uuid":"5a1d0f0c","portfolio_type":"DEFAULT"}})",
            truth.may_withdraw));
    }
    Answer operator()(const wire::AskListings&) const {
        return answer(fmt::format(R"({{"products":[{}],"num_products":{},"pagination":null}})",
                                  joined(instruments, served::product_json), instruments.size()));
    }
    Answer operator()(const wire::AskBars& ask) const {
        std::vector<ClosedBar> rows;
        for (const ClosedBar& bar : truth.bars)
            if (bar.instrument == ask.instrument && bar.length == ask.length) rows.push_back(bar);
        std::reverse(rows.begin(), rows.end());
        return answer(fmt::format(R"({{"candles":[{}]}})", joined(rows, [](const ClosedBar& bar) {
                                      return served::candle_json(bar, {});
                                  })));
    }
    Answer operator()(const wire::AskTrades& ask) const {
        std::vector<Trade> rows;
        for (const Trade& trade : truth.trades)
            if (trade.instrument == ask.instrument) rows.push_back(trade);
        std::reverse(rows.begin(), rows.end());
        return answer(fmt::format(R"({{"trades":[{}],"best_bid":"","best_ask":""}})",
                                  joined(rows, [this](const Trade& trade) {
                                      return served::trade_json(trade, name(trade.instrument));
                                  })));
    }
    Answer book(InstrumentId instrument) const {
        for (const Quote& quote : truth.quotes)
            if (quote.instrument == instrument)
                return answer(fmt::format(
                    R"({{"pricebook":{{"product_id":"{}","bids":[{{"price":"{}","size":"{}"}}],"asks":[{{"price":"{}","size":"{}"}}],)"
                    R"("time":"{}"}}}})",
                    name(instrument), quote.bid.to_string(), quote.bid_quantity.to_string(),
                    quote.ask.to_string(), quote.ask_quantity.to_string(), to_iso(quote.venue_time)));
        return std::nullopt;
    }
    Answer operator()(const wire::AskQuotes& ask) const {
        return ask.instruments.size() == 1 ? book(ask.instruments.front()) : std::nullopt;
    }
    Answer operator()(const wire::AskBook& ask) const { return book(ask.instrument); }
    Answer operator()(const wire::AskClock&) const {
        const std::int64_t ms = to_ms(truth.now);
        return answer(fmt::format(R"({{"iso":"{}","epochSeconds":"{}","epochMillis":"{}"}})",
                                  to_iso(truth.now), ms / 1000, ms));
    }
    Answer operator()(const wire::AskPositions&) const { return std::nullopt; }
    Answer operator()(const wire::AskStreamKey&) const { return std::nullopt; }
    Answer operator()(const wire::AskCancelAllAfter&) const { return std::nullopt; }
};

class CoinbaseFixture final : public conformance::Fixture {
 public:
    const std::vector<ServedInstrument>& instruments() const override { return instruments_; }
    std::unique_ptr<wire::Venue> make_venue(InstrumentTable& table) const override {
        return venue_of(table, true);
    }
    std::unique_ptr<wire::Venue> make_venue_without_key(InstrumentTable& table) const override {
        return venue_of(table, false);
    }
    std::string order_id(unsigned n) const override {
        return fmt::format("52cfe5e2-0b29-4c19-a245-{:012x}", n);
    }
    std::string execution_id(unsigned n) const override {
        return fmt::format("cdc39e45-bbd3-44ec-bf02-{:012x}", n);
    }
    std::string fee_asset(InstrumentId id, Side) const override {
        return instruments_[id.value].instrument.quote;
    }
    std::size_t fills_per_page() const override { return kFillsPerPage; }

    Answer http(const wire::Question& question, Happening happening, const Truth& truth) const override {
        switch (happening) {
            case Happening::nothing: return std::visit(Server{instruments_, truth}, question);
            case Happening::refused:
                if (!std::holds_alternative<wire::AskPlace>(question)) return std::nullopt;
                return answer(
                    R"({"success":false,"error_response":{"error":"INSUFFICIENT_FUND","message":"Insufficient balance in source )"
                    R"(account","error_details":"","preview_failure_reason":"PREVIEW_INSUFFICIENT_FUND"},"order_configuration":{}})");
            case Happening::duplicate:
                // The documents promise the first order instead; the API's list of reasons has this one too.
                if (!std::holds_alternative<wire::AskPlace>(question)) return std::nullopt;
                return answer(
                    R"({"success":false,"error_response":{"error":"DUPLICATE_CLIENT_ORDER_ID","message":"","error_details":""}})");
            case Happening::rate_limited: {
                HttpResponse limited =
                    answer(R"({"errors":[{"id":"rate_limit_exceeded","message":"Too many requests"}]})", 429);
                limited.headers.push_back(
                    {"Retry-After", std::to_string(conformance::kRateLimitWait / std::chrono::seconds{1})});
                return limited;
            }
            case Happening::wrong_key:
                return HttpResponse{401, {{"Content-Type", "text/plain"}}, "Unauthorized\n"};
            case Happening::clock_off:
                return answer(
                    R"({"errors":[{"id":"authentication_error","message":"request timestamp expired"}]})",
                    401);
            case Happening::maintenance: return std::nullopt;  // no document says what is in it
        }
        return std::nullopt;
    }
    std::unique_ptr<conformance::StreamPeer> market_peer() const override {
        return served::make_peer(instruments_);
    }
    std::unique_ptr<conformance::StreamPeer> private_peer() const override {
        return served::make_peer(instruments_);
    }

 private:
    std::vector<ServedInstrument> instruments_{product("BTC", "0.00000001"), product("ETH", "0.00000001")};
};

}  // namespace

std::unique_ptr<conformance::Fixture> make_fixture() { return std::make_unique<CoinbaseFixture>(); }

}  // namespace plumb::venues::coinbase
