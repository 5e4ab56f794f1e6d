#include "venues/coinbase/encode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "signing/signing.hpp"
#include "wire/json_tokens.hpp"

namespace plumb::venues::coinbase {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kRoot = "/api/v3/brokerage";

constexpr auto kGranularities = std::to_array<std::pair<Duration, std::string_view>>({
    {1min, "ONE_MINUTE"},
    {5min, "FIVE_MINUTE"},
    {15min, "FIFTEEN_MINUTE"},
    {30min, "THIRTY_MINUTE"},
    {1h, "ONE_HOUR"},
    {2h, "TWO_HOUR"},
    {6h, "SIX_HOUR"},
    {24h, "ONE_DAY"},
});

std::int64_t seconds_of(Timestamp time) {
    return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// Quoted, with what JSON does not take as it is spelt out.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        } else {
            out += c;
        }
    }
    return out += '"';
}

Result<std::string> configuration_of(const OrderRequest& order) {
    const std::string size = order.quantity.to_string(), limit = order.limit.to_string();
    switch (order.type) {
        case OrderType::market: return fmt::format(R"({{"market_market_ioc":{{"base_size":"{}"}}}})", size);
        case OrderType::limit:
            if (order.time_in_force == TimeInForce::immediate_or_cancel)
                return fmt::format(R"({{"sor_limit_ioc":{{"base_size":"{}","limit_price":"{}"}}}})", size,
                                   limit);
            if (order.time_in_force == TimeInForce::fill_or_kill)
                return fmt::format(R"({{"limit_limit_fok":{{"base_size":"{}","limit_price":"{}"}}}})", size,
                                   limit);
            return fmt::format(
                R"({{"limit_limit_gtc":{{"base_size":"{}","limit_price":"{}","post_only":false}}}})", size,
                limit);
        case OrderType::stop_limit:
            return fmt::format(
                R"({{"stop_limit_stop_limit_gtc":{{"base_size":"{}","limit_price":"{}","stop_price":"{}",)"
                R"("stop_direction":"{}"}}}})",
                size, limit, order.stop.to_string(),
                order.side == Side::buy ? "STOP_DIRECTION_STOP_UP" : "STOP_DIRECTION_STOP_DOWN");
        case OrderType::stop:
        case OrderType::trailing_stop: break;
    }
    return fail(Errc::unsupported, "Coinbase takes market, limit and stop-limit orders");
}

/// What each question becomes. Members are one question each.
struct Encode {
    std::string_view symbol;

    Plain get(std::string path, std::string query = {}) const {
        return {io::Method::get, std::string{kRoot} + std::move(path), std::move(query), {}, true, false};
    }
    Plain get_public(std::string path, std::string query = {}) const {
        Plain plain = get(std::move(path), std::move(query));
        plain.is_private = false;
        return plain;
    }
    Plain post(std::string path, std::string body) const {
        return {io::Method::post, std::string{kRoot} + std::move(path), {}, std::move(body), true, false};
    }
    static std::unexpected<Error> no(std::string why) { return fail(Errc::unsupported, std::move(why)); }
    std::string product_query(bool wanted) const {
        return wanted ? "&product_ids=" + signing::percent_encoded(symbol) : std::string{};
    }
    static std::string cursor_query(std::string_view cursor) {
        return cursor.empty() ? std::string{} : "&cursor=" + signing::percent_encoded(cursor);
    }

    Result<Plain> operator()(const wire::AskPlace& ask) const {
        const Result<std::string> configuration = configuration_of(ask.order);
        if (!configuration) return fail(configuration.error());
        Plain plain =
            post("/orders", fmt::format(R"({{"client_order_id":{},"product_id":{},"side":"{}",)"
                                        R"("order_configuration":{}}})",
                                        quoted(ask.order.id.to_string()), quoted(symbol),
                                        ask.order.side == Side::buy ? "BUY" : "SELL", *configuration));
        plain.uses_reserve = reduces_risk(ask.order.purpose);
        return plain;
    }
    Result<Plain> operator()(const wire::AskCancel& ask) const {
        if (ask.order.venue.empty())
            return fail(Errc::invalid_argument,
                        "Coinbase cancels by its own order id only: ask for the order first to learn it");
        Plain plain = post("/orders/batch_cancel",
                           fmt::format(R"({{"order_ids":[{}]}})", quoted(ask.order.venue.view())));
        plain.uses_reserve = true;
        return plain;
    }
    Result<Plain> operator()(const wire::AskReplace& ask) const {
        if (ask.replaced.venue.empty())
            return fail(Errc::invalid_argument,
                        "Coinbase edits by its own order id only: ask for the order first to learn it");
        if (ask.order.type != OrderType::limit && ask.order.type != OrderType::stop_limit)
            return no("Coinbase edits resting limit and stop-limit orders only");
        // Price and size together: the venue reads a missing size as zero.
        std::string stop = ask.order.type == OrderType::stop_limit
                               ? fmt::format(R"(,"stop_price":"{}")", ask.order.stop.to_string())
                               : std::string{};
        Plain plain =
            post("/orders/edit", fmt::format(R"({{"order_id":{},"price":"{}","size":"{}"{}}})",
                                             quoted(ask.replaced.venue.view()), ask.order.limit.to_string(),
                                             ask.order.quantity.to_string(), stop));
        plain.uses_reserve = reduces_risk(ask.order.purpose);
        return plain;
    }
    Result<Plain> operator()(const wire::AskOrder& ask) const {
        if (!ask.order.venue.empty())
            return get("/orders/historical/" + signing::percent_encoded(ask.order.venue.view()));
        // There is no question by client id: the newest orders of the product are searched for it.
        return get("/orders/historical/batch",
                   fmt::format("limit={}{}", kOrdersPerPage, product_query(true)));
    }
    Result<Plain> operator()(const wire::AskOpenOrders& ask) const {
        const OpenOrdersPage page = open_orders_page(ask.page);
        const std::string_view states = page.queued ? "order_status=PENDING&order_status=QUEUED&order_status="
                                                      "CANCEL_QUEUED&order_status=EDIT_QUEUED"
                                                    : "order_status=OPEN";
        return get("/orders/historical/batch",
                   fmt::format("{}&limit={}{}{}", states, kOrdersPerPage,
                               product_query(ask.instrument.has_value()), cursor_query(page.cursor)));
    }
    Result<Plain> operator()(const wire::AskFills& ask) const {
        return get("/orders/historical/fills",
                   fmt::format("limit={}&start_sequence_timestamp={}{}{}", kFillsPerPage,
                               signing::percent_encoded(to_iso(std::max(ask.since, Timestamp{}))),
                               product_query(ask.instrument.has_value()), cursor_query(ask.page)));
    }
    Result<Plain> operator()(const wire::AskPositions&) const {
        return no("Coinbase spot has no positions: its balances are what the account holds");
    }
    Result<Plain> operator()(const wire::AskBalances& ask) const {
        return get("/accounts", fmt::format("limit={}{}", kAccountsPerPage, cursor_query(ask.page)));
    }
    Result<Plain> operator()(const wire::AskAccount&) const { return get("/key_permissions"); }
    Result<Plain> operator()(const wire::AskPermissions&) const { return get("/key_permissions"); }
    Result<Plain> operator()(const wire::AskListings&) const {
        return get_public("/market/products", "product_type=SPOT");
    }
    Result<Plain> operator()(const wire::AskBars& ask) const {
        const std::string_view granularity = granularity_of(ask.length);
        if (granularity.empty())
            return no("Coinbase has bars of 1m, 5m, 15m, 30m, 1h, 2h, 6h and 1d, not of " +
                      granularity_name(ask.length));
        const Result<BarWindow> window = bar_window(ask);
        if (!window) return fail(window.error());
        // One second less, since the venue counts a bar that opens at `end` as asked for.
        return get_public(fmt::format("/market/products/{}/candles", signing::percent_encoded(symbol)),
                          fmt::format("start={}&end={}&granularity={}", seconds_of(window->from),
                                      seconds_of(window->to) - 1, granularity));
    }
    Result<Plain> operator()(const wire::AskTrades& ask) const {
        // The venue answers newest first and turns no pages: a page is where the one before began.
        std::int64_t to = seconds_of(ask.to + 999'999'999ns);
        if (!ask.page.empty()) {
            const auto page = wire::number_of(ask.page);
            if (!page || 9'000'000'000ULL < *page)
                return fail(Errc::invalid_argument, "expected the page that the answer before gave");
            to = static_cast<std::int64_t>(*page);
        }
        return get_public(fmt::format("/market/products/{}/ticker", signing::percent_encoded(symbol)),
                          fmt::format("limit={}&start={}&end={}", kTradesPerPage, seconds_of(ask.from), to));
    }
    Result<Plain> operator()(const wire::AskQuotes& ask) const {
        if (ask.instruments.size() != 1)
            return no("Coinbase quotes one product at a time by REST; its stream quotes many");
        return get_public("/market/product_book",
                          fmt::format("product_id={}&limit=1", signing::percent_encoded(symbol)));
    }
    Result<Plain> operator()(const wire::AskBook&) const {
        return get_public("/market/product_book", "product_id=" + signing::percent_encoded(symbol));
    }
    Result<Plain> operator()(const wire::AskClock&) const { return get_public("/time"); }
    Result<Plain> operator()(const wire::AskStreamKey&) const {
        return no("Coinbase has no stream keys: each subscription brings its own token");
    }
    Result<Plain> operator()(const wire::AskCancelAllAfter&) const {
        return no("Coinbase has no dead-man switch");
    }
};

}  // namespace

std::string_view granularity_of(Duration length) {
    for (const auto& [duration, name] : kGranularities)
        if (duration == length) return name;
    return {};
}

OpenOrdersPage open_orders_page(std::string_view page) {
    OpenOrdersPage out;
    out.queued = page.starts_with('q');
    if (!page.empty()) out.cursor = page.substr(1);
    return out;
}

Result<BarWindow> bar_window(const wire::AskBars& ask) {
    constexpr Timestamp kLast{std::chrono::seconds{9'000'000'000}};
    if (ask.from < Timestamp{} || kLast < ask.to || ask.to <= ask.from || ask.length <= Duration::zero())
        return fail(Errc::invalid_argument, "expected a span of time that begins before it ends");
    const auto grid = [&](Timestamp time) {  // the first open at or after `time`
        const Duration since = time.time_since_epoch();
        return Timestamp{(since + ask.length - 1ns) / ask.length * ask.length};
    };
    BarWindow window;
    window.from = grid(ask.from);
    if (!ask.page.empty()) {
        const auto page = wire::number_of(ask.page);
        if (!page || 9'000'000'000ULL < *page)
            return fail(Errc::invalid_argument, "expected the page that the answer before gave");
        window.from = grid(Timestamp{std::chrono::seconds{*page}});
    }
    const Timestamp end = grid(ask.to);
    window.to = std::min(end, window.from + static_cast<std::int64_t>(kBarsPerRequest) * ask.length);
    window.is_last = end <= window.to;
    return window;
}

Result<Plain> encode(const wire::Question& question, std::string_view symbol) {
    return std::visit(Encode{symbol}, question);
}

}  // namespace plumb::venues::coinbase
