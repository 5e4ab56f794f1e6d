#include "venues/alpaca/encode.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "venues/alpaca/rules.hpp"

namespace plumb::venues::alpaca {
namespace {

using io::Method;

/// A member of a JSON object whose values are all texts.
void append_member(std::string& out, std::string_view name, std::string_view value) {
    out += out.empty() ? '{' : ',';
    append_json_text(out, name);
    out += ':';
    append_json_text(out, value);
}

std::string_view word_of(OrderType type) {
    switch (type) {
        case OrderType::market: return "market";
        case OrderType::limit: return "limit";
        case OrderType::stop: return "stop";
        case OrderType::stop_limit: return "stop_limit";
        case OrderType::trailing_stop: return "trailing_stop";
    }
    return "";
}

std::string_view word_of(TimeInForce time_in_force) {
    switch (time_in_force) {
        case TimeInForce::day: return "day";
        case TimeInForce::good_till_canceled: return "gtc";
        case TimeInForce::immediate_or_cancel: return "ioc";
        case TimeInForce::fill_or_kill: return "fok";
    }
    return "";
}

void append_prices(std::string& body, const OrderRequest& order) {
    if (order.type == OrderType::limit || order.type == OrderType::stop_limit)
        append_member(body, "limit_price", order.limit.to_string());
    if (order.type == OrderType::stop || order.type == OrderType::stop_limit)
        append_member(body, "stop_price", order.stop.to_string());
}

/// RFC 3339 to the second and earlier by one, so that nothing at the edge is missed.
std::string a_second_before(Timestamp time) {
    const auto second = std::chrono::floor<std::chrono::seconds>(time) - std::chrono::seconds{1};
    return to_iso(second).substr(0, 19) + "Z";
}

struct Encoder {
    const RequestDesk& desk;

    Result<wire::WireRequest> request(Method method, std::string target, bool is_data = false) const {
        wire::WireRequest out;
        out.http.method = method;
        out.http.target = std::move(target);
        out.host = is_data ? wire::Host::market_data : wire::Host::trading;
        out.bucket = is_data ? kDataBucket : kTradingBucket;
        return out;
    }
    Result<wire::WireRequest> signed_request(Method method, std::string target, bool is_data = false) const {
        if (Status status = check_credentials(desk.credentials); !status) return fail(status.error());
        auto out = request(method, std::move(target), is_data);
        out->http.headers.push_back({"APCA-API-KEY-ID", desk.credentials.key_id});
        out->http.headers.push_back({"APCA-API-SECRET-KEY", std::string{desk.credentials.secret.reveal()}});
        return out;
    }
    static Result<wire::WireRequest> with_body(Result<wire::WireRequest> out, std::string body) {
        if (!out) return out;
        out->http.headers.push_back({"Content-Type", "application/json"});
        out->http.body = std::move(body) + "}";
        return out;
    }
    static std::unexpected<Error> unsupported(const char* why) { return fail(Errc::unsupported, why); }
    static bool is_uuid(std::string_view text) {
        const auto good = [](char c) {
            return c == '-' || ('0' <= c && c <= '9') || ('a' <= (c | 0x20) && (c | 0x20) <= 'f');
        };
        return text.size() == 36 && std::all_of(text.begin(), text.end(), good);
    }

    Result<wire::WireRequest> operator()(const wire::AskPlace& ask) const {
        const OrderRequest& order = ask.order;
        if (Status status = check_order(order, desk.directory); !status) return fail(status.error());
        std::string body;
        append_member(body, "symbol", desk.directory.symbol_of(order.instrument));
        append_member(body, "qty", order.quantity.to_string());
        append_member(body, "side", to_string(order.side));
        append_member(body, "type", word_of(order.type));
        append_member(body, "time_in_force", word_of(order.time_in_force));
        append_prices(body, order);
        append_member(body, "client_order_id", order.id.to_string());
        auto out = with_body(signed_request(Method::post, "/v2/orders"), std::move(body));
        if (out) out->uses_reserve = reduces_risk(order.purpose);
        return out;
    }
    Result<wire::WireRequest> operator()(const wire::AskReplace& ask) const {
        if (Status status = check_replacement(ask.order, desk.directory); !status)
            return fail(status.error());
        if (!is_uuid(ask.replaced.venue.view()))
            return unsupported("Alpaca replaces an order by its own id only: ask for the order first");
        std::string body;
        append_member(body, "qty", ask.order.quantity.to_string());
        append_member(body, "time_in_force", word_of(ask.order.time_in_force));
        append_prices(body, ask.order);
        append_member(body, "client_order_id", ask.order.id.to_string());
        const std::string target = "/v2/orders/" + std::string{ask.replaced.venue.view()};
        auto out = with_body(signed_request(Method::patch, target), std::move(body));
        if (out) out->uses_reserve = reduces_risk(ask.order.purpose);
        return out;
    }
    Result<wire::WireRequest> operator()(const wire::AskCancel& ask) const {
        if (!is_uuid(ask.order.venue.view()))
            return unsupported("Alpaca cancels an order by its own id only: ask for the order first");
        auto out = signed_request(Method::del, "/v2/orders/" + std::string{ask.order.venue.view()});
        if (out) out->uses_reserve = true;
        return out;
    }
    Result<wire::WireRequest> operator()(const wire::AskOrder& ask) const {
        if (is_uuid(ask.order.venue.view()))
            return signed_request(Method::get, "/v2/orders/" + std::string{ask.order.venue.view()});
        return signed_request(Method::get, "/v2/orders:by_client_order_id?client_order_id=" +
                                               url_encoded(ask.order.client.to_string()));
    }
    Result<wire::WireRequest> operator()(const wire::AskOpenOrders& ask) const {
        std::string target = fmt::format("/v2/orders?status=open&limit={}&direction=asc", kOrdersPerPage);
        if (!ask.page.empty()) target += "&after_order_id=" + url_encoded(ask.page);
        return signed_request(Method::get, std::move(target));
    }
    Result<wire::WireRequest> operator()(const wire::AskFills& ask) const {
        std::string target =
            fmt::format("/v2/account/activities/FILL?direction=asc&page_size={}", kFillsPerPage);
        if (ask.since != Timestamp{}) target += "&after=" + url_encoded(a_second_before(ask.since));
        if (!ask.page.empty()) target += "&page_token=" + url_encoded(ask.page);
        return signed_request(Method::get, std::move(target));
    }
    Result<wire::WireRequest> operator()(const wire::AskPositions&) const {
        return signed_request(Method::get, "/v2/positions");
    }
    Result<wire::WireRequest> operator()(const wire::AskBalances&) const {
        return signed_request(Method::get, "/v2/account");
    }
    Result<wire::WireRequest> operator()(const wire::AskAccount&) const {
        return signed_request(Method::get, "/v2/account");
    }
    Result<wire::WireRequest> operator()(const wire::AskPermissions&) const {
        return signed_request(Method::get, "/v2/account");
    }
    Result<wire::WireRequest> operator()(const wire::AskListings& ask) const {
        const std::string_view market = ask.page == kStocksPage ? kStocksPage : "crypto";
        return signed_request(Method::get, fmt::format("/v2/assets?status=active&asset_class={}", market));
    }
    Result<wire::WireRequest> operator()(const wire::AskClock&) const {
        return signed_request(Method::get, "/v2/clock");
    }
    Result<wire::WireRequest> operator()(const wire::AskBars& ask) const {
        const std::string frame = timeframe_of(ask.length);
        if (frame.empty()) return unsupported("Alpaca has no bars of this length");
        return history(ask.instrument, "bars", "&timeframe=" + frame, ask.from, ask.to, ask.page);
    }
    Result<wire::WireRequest> operator()(const wire::AskTrades& ask) const {
        return history(ask.instrument, "trades", {}, ask.from, ask.to, ask.page);
    }
    Result<wire::WireRequest> operator()(const wire::AskQuotes& ask) const {
        std::string symbols;
        std::optional<Market> market;
        for (const InstrumentId instrument : ask.instruments) {
            const std::optional<Market> each = desk.directory.market_of(instrument);
            if (!each) return fail(Errc::denied, "expected instruments that Alpaca trades");
            if (market && *market != *each)
                return unsupported("Alpaca answers for coins and for stocks apart: ask for one of them");
            market = each;
            if (!symbols.empty()) symbols += ',';
            symbols += desk.directory.symbol_of(instrument);
        }
        if (!market) return fail(Errc::invalid_argument, "expected at least one instrument");
        if (*market == Market::crypto)
            return coin_data("/v1beta3/crypto/us/latest/quotes?symbols=" + url_encoded(symbols));
        return signed_request(
            Method::get,
            fmt::format("/v2/stocks/quotes/latest?symbols={}&feed={}", url_encoded(symbols), desk.feed),
            true);
    }
    Result<wire::WireRequest> operator()(const wire::AskBook& ask) const {
        if (desk.directory.market_of(ask.instrument) != Market::crypto)
            return unsupported("Alpaca has books of coins only");
        return coin_data("/v1beta3/crypto/us/latest/orderbooks?symbols=" +
                         url_encoded(desk.directory.symbol_of(ask.instrument)));
    }
    Result<wire::WireRequest> operator()(const wire::AskStreamKey&) const {
        return unsupported("Alpaca's streams are opened with the key itself");
    }
    Result<wire::WireRequest> operator()(const wire::AskCancelAllAfter&) const {
        return unsupported("Alpaca has no dead-man switch");
    }

    /// Coins' data are public; a key raises the request budget.
    Result<wire::WireRequest> coin_data(std::string target) const {
        if (desk.credentials.empty()) return request(Method::get, std::move(target), true);
        return signed_request(Method::get, std::move(target), true);
    }
    Result<wire::WireRequest> history(InstrumentId instrument, std::string_view kind, std::string_view extra,
                                      Timestamp from, Timestamp to, std::string_view page) const {
        const std::optional<Market> market = desk.directory.market_of(instrument);
        if (!market) return fail(Errc::denied, "expected an instrument that Alpaca trades");
        if (to <= from) return fail(Errc::invalid_argument, "expected a time span that ends after it begins");
        const bool crypto = *market == Market::crypto;
        // The venue's end is inclusive, ours is not.
        std::string target = fmt::format("/{}/{}?symbols={}{}&start={}&end={}&limit=10000&sort=asc",
                                         crypto ? "v1beta3/crypto/us" : "v2/stocks", kind,
                                         url_encoded(desk.directory.symbol_of(instrument)), extra,
                                         url_encoded(to_iso(from)), url_encoded(to_iso(to - Duration{1})));
        if (!crypto) target += fmt::format("&feed={}", desk.feed);
        if (!crypto && kind == "bars") target += "&adjustment=split";
        if (!page.empty()) target += "&page_token=" + url_encoded(page);
        return crypto ? coin_data(std::move(target)) : signed_request(Method::get, std::move(target), true);
    }
};

}  // namespace

Result<wire::WireRequest> encode(const wire::Question& question, const RequestDesk& desk) {
    return std::visit(Encoder{desk}, question);
}

std::string timeframe_of(Duration length) {
    using namespace std::chrono;
    if (length <= Duration{} || length % minutes{1} != Duration{}) return {};
    if (length < hours{1}) return fmt::format("{}Min", length / minutes{1});
    if (length == hours{24}) return "1Day";
    if (length < hours{24} && length % hours{1} == Duration{})
        return fmt::format("{}Hour", length / hours{1});
    return length == hours{168} ? "1Week" : std::string{};
}

Status check_credentials(const wire::Credentials& credentials) {
    if (credentials.key_id.empty() || credentials.secret.empty())
        return fail(
            Errc::denied,
            "Alpaca needs a key: set APCA_API_KEY_ID and APCA_API_SECRET_KEY (of the paper account for "
            "the paper endpoint)");
    const auto printable = [](std::string_view text) {
        return std::all_of(text.begin(), text.end(), [](char c) { return '!' <= c && c <= '~'; });
    };
    if (!printable(credentials.key_id) || !printable(credentials.secret.reveal()))
        return fail(Errc::denied, "the Alpaca key holds characters that no key has: copy it again");
    return {};
}

std::string auth_frame(const wire::Credentials& credentials) {
    std::string out;
    append_member(out, "action", "auth");
    append_member(out, "key", credentials.key_id);
    append_member(out, "secret", credentials.secret.reveal());
    return out + "}";
}

void append_json_text(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (static_cast<unsigned char>(c) < 0x20)
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        else
            out += c;
    }
    out += '"';
}

std::string url_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') ||
                           c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
    return out;
}

}  // namespace plumb::venues::alpaca
