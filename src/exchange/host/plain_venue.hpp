#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <string>
#include <vector>

#include "exchange/host/host.hpp"

// For tests: a venue with the plainest protocol there can be, over the real model, and a market whose book
// stands still, so that what a test sees comes from the host.

namespace plumb::exchange {

/// POST /order with a form, DELETE and GET /order?number= or ?client_id=, GET /orders, POST /stream-key, and
/// a stream at /ws that tells quotes, trades and the account's orders and fills.
class PlainProtocol : public Protocol {
 public:
    explicit PlainProtocol(const ProtocolContext& context) : context_{context} {}

    RequestKind kind_of(const Request& request) const override {
        if (request.path() == "/ws") return RequestKind::stream;
        if (request.path() == "/orders") return RequestKind::open_orders;
        if (request.path() == "/time") return RequestKind::time;
        if (request.path() != "/order") return RequestKind::other;
        if (request.method == "POST") return RequestKind::place_order;
        if (request.method == "PUT") return RequestKind::replace_order;
        return request.method == "DELETE" ? RequestKind::cancel_order : RequestKind::find_order;
    }

    Response answer(const Request& request, Timestamp now) override {
        const AccountId account = context_.access.front().account;
        VenueModel& model = context_.model;
        switch (kind_of(request)) {
            case RequestKind::place_order: return placed(request, now);
            case RequestKind::cancel_order: {
                const auto canceled = model.cancel(account, order_of(request).value_or(0), now);
                return canceled ? json(200, R"({"canceled":true})") : json(400, error(canceled.error()));
            }
            case RequestKind::replace_order: {
                Replacement change;
                change.quantity = Quantity{decimal(request, "quantity")};
                const auto changed = model.replace(account, order_of(request).value_or(0), change, now);
                return changed ? json(200, fmt::format(R"({{"order":{}}})", *changed))
                               : json(400, error(changed.error()));
            }
            case RequestKind::find_order: {
                const auto found = model.find_order(account, value(request.query(), "client_id"), now);
                return found ? json(200, fmt::format(R"({{"order":{},"status":"{}","filled":"{}"}})",
                                                     found->number, to_string(found->status),
                                                     found->filled.to_string()))
                             : refuse(request, Trouble::order_not_found, now);
            }
            case RequestKind::open_orders:
                return json(200, fmt::format(R"({{"open":{}}})",
                                             model.open_orders(account, std::nullopt, now).size()));
            case RequestKind::time: return json(200, fmt::format(R"({{"now":"{}"}})", to_iso(now)));
            default: return refuse(request, Trouble::not_found, now);
        }
    }

    Response refuse(const Request&, Trouble trouble, Timestamp) override {
        Response response = json(status_of(trouble), fmt::format(R"({{"error":"{}"}})", to_string(trouble)));
        if (trouble == Trouble::rate_limited) response.headers.push_back({"Retry-After", "3"});
        return response;
    }

    std::expected<StreamTerms, Response> open(StreamId stream, const Request&, Timestamp) override {
        streams_.push_back(stream);
        say(stream, R"({"hello":true})");
        return StreamTerms{};
    }
    void on_message(StreamId stream, std::string_view bytes, bool, Timestamp) override { say(stream, bytes); }
    void on_closed(StreamId stream, Timestamp) override { std::erase(streams_, stream); }

    void on_events(std::span<const ModelEvent> events, Timestamp) override {
        for (const ModelEvent& event : events) {
            if (const auto* quote = std::get_if<QuoteChanged>(&event.what)) tell(*quote);
            if (const auto* order = std::get_if<OrderHappened>(&event.what)) tell(*order);
        }
    }
    void on_time(Timestamp) override {
        ++beats_;
        if (beats_ % 20 == 0) tell(context_.model.quote(InstrumentId{0}));  // one quote each second
    }
    void expire_stream_keys(Timestamp) override {
        for (const StreamId stream : streams_) say(stream, R"({"event":"stream key expired"})");
    }
    bool refuse_stream(StreamId stream, StreamTrouble trouble, Timestamp) override {
        if (trouble == StreamTrouble::not_authenticated) return false;
        const int code = 405 + static_cast<int>(trouble);
        say(stream, fmt::format(R"({{"code":{}}})", code));
        return true;
    }
    std::optional<OrderNumber> order_of(const Request& request) const override {
        const std::string_view text = value(request.query(), "number");
        OrderNumber number = 0;
        std::from_chars(text.data(), text.data() + text.size(), number);
        return number == 0 ? std::nullopt : std::optional{number};
    }

 private:
    static std::string_view value(std::string_view form, std::string_view name) {
        while (!form.empty()) {
            const std::string_view part = form.substr(0, form.find('&'));
            form.remove_prefix(std::min(form.size(), part.size() + 1));
            if (part.starts_with(name) && part.substr(name.size()).starts_with('='))
                return part.substr(name.size() + 1);
        }
        return {};
    }
    static Decimal decimal(const Request& request, std::string_view name) {
        return Decimal::parse(value(request.body, name)).value_or(Decimal{});
    }
    static Response json(int status, std::string body) {
        return {status, {{"Content-Type", "application/json"}}, std::move(body)};
    }
    static std::string error(Refusal refusal) {
        return fmt::format(R"({{"error":"{}"}})", to_string(refusal));
    }
    static int status_of(Trouble trouble) {
        if (trouble == Trouble::rate_limited) return 429;
        if (trouble == Trouble::banned) return 418;
        if (trouble == Trouble::unavailable) return 503;
        if (trouble == Trouble::gateway_timeout) return 504;
        return trouble == Trouble::internal ? 500 : 404;
    }

    Response placed(const Request& request, Timestamp now) {
        OrderSpec spec;
        spec.account = context_.access.front().account;
        spec.client_id = value(request.body, "client_id");
        spec.side = value(request.body, "side") == "sell" ? Side::sell : Side::buy;
        spec.quantity = Quantity{decimal(request, "quantity")};
        spec.limit = Price{decimal(request, "limit")};
        spec.type = spec.limit.is_zero() ? OrderType::market : OrderType::limit;
        const auto number = context_.model.submit(spec, now);
        return number ? json(200, fmt::format(R"({{"order":{}}})", *number))
                      : json(400, error(number.error()));
    }
    void say(StreamId stream, std::string_view bytes) {
        Frame frame;
        frame.bytes = bytes;
        context_.outlet.send(stream, frame);
    }
    void tell(const QuoteChanged& quote) {
        if (streams_.empty()) return;
        const std::string bytes = fmt::format(R"({{"bid":"{}","ask":"{}","seq":{}}})", quote.bid.to_string(),
                                              quote.ask.to_string(), ++sequence_);
        context_.outlet.send_all(streams_,
                                 {.kind = FrameKind::quote, .instrument = quote.instrument, .bytes = bytes});
    }
    void tell(const OrderHappened& happened) {
        if (happened.record.spec.account != context_.access.front().account) return;
        const bool is_fill = happened.step == OrderStep::filled;
        const std::string bytes = fmt::format(R"({{"order":{},"filled":"{}","last":"{}"}})",
                                              happened.record.number, happened.record.filled.to_string(),
                                              is_fill ? happened.execution.quantity.to_string() : "0");
        for (const StreamId stream : streams_) {
            context_.outlet.send(stream, {.kind = is_fill ? FrameKind::fill : FrameKind::order,
                                          .instrument = happened.record.spec.instrument,
                                          .execution = is_fill ? happened.execution.number : 0,
                                          .bytes = bytes});
        }
    }

    ProtocolContext context_;
    std::vector<StreamId> streams_;
    std::uint64_t sequence_ = 0;
    std::uint64_t beats_ = 0;
};

/// 100 each at 99 and 101, whole again after each step.
class StillMarket : public VenueMarket {
 public:
    explicit StillMarket(VenueModel& model) : model_{model} {}

    void advance(Timestamp now) override {
        for (std::uint32_t i = 0; i < model_.market_count(); ++i) {
            const QuoteChanged quote = model_.quote(InstrumentId{i});
            if (quote.bid_quantity.is_zero()) place(i, Side::buy, 99, now);
            if (quote.ask_quantity.is_zero()) place(i, Side::sell, 101, now);
        }
    }
    void on_events(std::span<const ModelEvent>) override {}
    std::vector<ClosedBar> bars(InstrumentId, Duration, Timestamp, Timestamp, std::size_t,
                                Timestamp) const override {
        return {};
    }
    std::optional<OpenBar> open_bar(InstrumentId, Duration, Timestamp) const override { return std::nullopt; }
    std::vector<PastTrade> trades(InstrumentId, Timestamp, Timestamp, std::size_t) const override {
        return {};
    }
    DaySummary day(InstrumentId, Timestamp) const override { return {}; }
    Timestamp begins_at() const override { return {}; }

 private:
    void place(std::uint32_t market, Side side, int price, Timestamp now) {
        OrderSpec spec;
        spec.instrument = InstrumentId{market};
        spec.side = side;
        spec.type = OrderType::limit;
        spec.quantity = Quantity{Decimal{100}};
        spec.limit = Price{Decimal{price}};
        static_cast<void>(model_.submit(spec, now));
    }
    VenueModel& model_;
};

class StillWorld : public World {
 public:
    StillWorld() {
        Instrument instrument{.id = {},
                              .base = "BTC",
                              .quote = "USD",
                              .tick = Price{Decimal::power_of_ten(-2)},
                              .lot = Quantity{Decimal::power_of_ten(-2)},
                              .quantity_min = {},
                              .notional_min = {}};
        names_.push_back({instrument, false});
        instrument.base = "ETH";
        names_.push_back({instrument, false});
    }
    std::span<const ListedName> names() const override { return names_; }
    std::unique_ptr<VenueMarket> open_venue(VenueModel& model, std::uint64_t) override {
        return std::make_unique<StillMarket>(model);
    }
    std::optional<Timestamp> ends_at() const override { return std::nullopt; }

 private:
    std::vector<ListedName> names_;
};

inline std::vector<MarketSpec> plain_markets(std::span<const ListedName> names) {
    std::vector<MarketSpec> markets;
    for (const ListedName& each : names) {
        MarketSpec spec;
        spec.instrument = each.instrument;
        spec.path = each.instrument.name();
        spec.fees.taker = spec.fees.maker = Decimal::power_of_ten(-3);
        markets.push_back(spec);
    }
    return markets;
}
inline AccountSpec plain_account(std::string_view name, Decimal cash) {
    AccountSpec spec;
    spec.name = name;
    spec.deposits = {{"USD", cash}, {"BTC", Decimal{50}}};
    return spec;
}
inline Result<ApiAccess> plain_access(AccountId account, std::uint64_t seed) {
    ApiAccess access;
    access.account = account;
    access.key = fmt::format("key-{}-{}", account.value, seed);
    access.secret = fmt::format("secret-{}-{}", account.value, seed);
    return access;
}
inline std::unique_ptr<Protocol> plain_protocol(const ProtocolContext& context) {
    return std::make_unique<PlainProtocol>(context);
}
inline VenueEntry plain_venue() {
    VenueEntry entry;
    entry.name = "plain";
    entry.markets = &plain_markets;
    entry.account = &plain_account;
    entry.make_access = &plain_access;
    entry.make_protocol = &plain_protocol;
    return entry;
}

}  // namespace plumb::exchange
