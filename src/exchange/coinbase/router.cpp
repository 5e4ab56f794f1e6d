#include "exchange/coinbase/router.hpp"

#include <nlohmann/json.hpp>

#include "exchange/coinbase/order_request.hpp"

namespace plumb::exchange::coinbase {

namespace {

constexpr std::string_view kBrokerage = "/api/v3/brokerage/";
constexpr std::string_view kApp = "/v2/";

std::optional<std::string_view> rest_of(std::string_view path, std::string_view prefix) {
    if (!path.starts_with(prefix)) return std::nullopt;
    return path.substr(prefix.size());
}

/// "products/BTC-USD/candles" into "BTC-USD" and "candles".
std::pair<std::string_view, std::string_view> split(std::string_view rest) {
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos) return {rest, {}};
    return {rest.substr(0, slash), rest.substr(slash + 1)};
}

RequestKind kind_of_order_path(std::string_view method, std::string_view what) {
    if (what == "orders") return method == "POST" ? RequestKind::place_order : RequestKind::other;
    if (what == "orders/batch_cancel") return RequestKind::cancel_order;
    if (what == "orders/edit") return RequestKind::replace_order;
    if (what == "orders/historical/batch") return RequestKind::order_history;
    if (what == "orders/historical/fills") return RequestKind::executions;
    if (what.starts_with("orders/historical/")) return RequestKind::find_order;
    return RequestKind::other;
}

bool changes_orders(std::string_view what) {
    return what == "orders" || what == "orders/edit" || what == "orders/batch_cancel";
}

}  // namespace

Router::Router(const ProtocolContext& context)
    : desk_{context},
      market_{desk_},
      orders_{desk_},
      account_{desk_},
      exchange_{desk_},
      advanced_feed_{desk_},
      exchange_feed_{desk_},
      private_meter_{kPrivatePerSecond, std::chrono::seconds{1}},
      public_meter_{kPublicPerSecond, std::chrono::seconds{1}} {}

RequestKind Router::kind_of(const Request& request) const {
    const std::string_view path = request.path();
    if (const std::string* upgrade = request.header("Upgrade"); upgrade != nullptr)
        return RequestKind::stream;
    if (const auto what = rest_of(path, kBrokerage)) {
        if (*what == "time") return RequestKind::time;
        if (what->starts_with("orders")) return kind_of_order_path(request.method, *what);
        if (what->starts_with("accounts")) return RequestKind::balances;
        if (what->starts_with("market/") || what->starts_with("products") || *what == "product_book" ||
            *what == "best_bid_ask") {
            return RequestKind::market_data;
        }
        if (what->starts_with("cfm/positions") || what->starts_with("intx/positions")) {
            return RequestKind::positions;
        }
        return RequestKind::account;
    }
    if (const auto what = rest_of(path, kApp)) {
        if (*what == "time") return RequestKind::time;
        if (what->starts_with("accounts")) return RequestKind::balances;
        return what->starts_with("user") ? RequestKind::account : RequestKind::market_data;
    }
    if (path == "/time") return RequestKind::time;
    return path.starts_with("/products") || path.starts_with("/currencies") ? RequestKind::market_data
                                                                            : RequestKind::other;
}

std::expected<const ApiAccess*, Response> Router::authorize(const Request& request, Timestamp now) {
    constexpr std::string_view kBearer = "Bearer ";
    const std::string* authorization = request.header("Authorization");
    const std::string* host = request.header("Host");
    if (authorization == nullptr || !authorization->starts_with(kBearer))
        return std::unexpected{unauthorized()};
    const ApiAccess* access = desk_.keys.verify(
        std::string_view{*authorization}.substr(kBearer.size()), request.method,
        host == nullptr ? std::string_view{} : std::string_view{*host}, request.path(), now);
    if (access == nullptr) return std::unexpected{unauthorized()};
    return access;
}

std::optional<Response> Router::meter_public(Timestamp now, bool is_exchange) {
    if (public_meter_.spend("", 1, now)) return std::nullopt;
    if (is_exchange) return exchange_error(429, "Public rate limit exceeded");
    return gateway_error(429, "rate_limit_exceeded", "Too many requests");
}

void Router::add_limit_headers(Response& response, std::string_view user, Timestamp now) {
    const Timestamp refill = private_meter_.refills_at(user, now);
    response.headers.push_back({"x-ratelimit-limit", std::to_string(kPrivatePerSecond)});
    response.headers.push_back({"x-ratelimit-remaining", std::to_string(private_meter_.left(user, now))});
    response.headers.push_back({"x-ratelimit-reset", std::to_string((to_ms(refill) + 999) / 1'000)});
}

Response Router::answer(const Request& request, Timestamp now) {
    const std::string_view path = request.path();
    if (const auto what = rest_of(path, kBrokerage)) return answer_brokerage(request, *what, now);
    if (const auto what = rest_of(path, kApp)) return answer_app(request, *what, now);
    if (request.method != "GET") return exchange_error(404, "NotFound");
    if (auto refused = meter_public(now, true)) return std::move(*refused);
    return exchange_.answer(path, Form{request.query()}, now);
}

Response Router::answer_brokerage(const Request& request, std::string_view what, Timestamp now) {
    const Form form{request.query()};
    if (what == "time" || what.starts_with("market/")) {
        if (request.method != "GET") return error_reply(405, "METHOD_NOT_ALLOWED", "Method Not Allowed");
        if (auto refused = meter_public(now, false)) return std::move(*refused);
        if (what == "time") return market_.time(now);
        return answer_market(request, what.substr(7), form, now);
    }
    const auto access = authorize(request, now);
    if (!access) return access.error();
    const std::string& user = (*access)->key;
    if (!private_meter_.spend(user, 1, now)) {
        Response refused = gateway_error(429, "rate_limit_exceeded", "Too many requests");
        add_limit_headers(refused, user, now);
        return refused;
    }
    if (changes_orders(what) && !(*access)->may_trade) {
        return error_reply(403, "PERMISSION_DENIED", "Missing required scopes");
    }
    Response response = answer_private(request, what, form, **access, now);
    add_limit_headers(response, user, now);
    return response;
}

/// Market data, with the address's own prefix gone.
Response Router::answer_market(const Request&, std::string_view what, const Form& form, Timestamp now) {
    if (what == "products") return market_.products(form, now);
    if (what == "product_book") return market_.product_book(form, now);
    if (const auto rest = rest_of(what, "products/")) {
        const auto [name, part] = split(*rest);
        if (part.empty()) return market_.product(name, now);
        if (part == "candles") return market_.candles(name, form, now);
        if (part == "ticker") return market_.trades(name, form, now);
    }
    return error_reply(404, "NOT_FOUND", "Not Found");
}

Response Router::answer_private(const Request& request, std::string_view what, const Form& form,
                                const ApiAccess& access, Timestamp now) {
    const AccountId account = access.account;
    if (request.method == "POST") {
        if (what == "orders") return orders_.create(account, request.body, now);
        if (what == "orders/preview") return orders_.preview(account, request.body, now);
        if (what == "orders/edit") return orders_.edit(account, request.body, now);
        if (what == "orders/edit_preview") return orders_.edit_preview(account, request.body, now);
        if (what == "orders/batch_cancel") return orders_.batch_cancel(account, request.body, now);
        return error_reply(404, "NOT_FOUND", "Not Found");
    }
    if (request.method != "GET") return error_reply(404, "NOT_FOUND", "Not Found");
    if (what == "orders/historical/batch") return orders_.list(account, form, now);
    if (what == "orders/historical/fills") return orders_.fills(account, form, now);
    if (const auto id = rest_of(what, "orders/historical/")) return orders_.one(account, *id, now);
    if (what == "accounts") return account_.accounts(account, form, now);
    if (const auto id = rest_of(what, "accounts/")) return account_.account(account, *id, now);
    if (what == "transaction_summary") return account_.transaction_summary(account, now);
    if (what == "key_permissions") return account_.key_permissions(access);
    if (what == "portfolios") return account_.portfolios(account);
    if (const auto id = rest_of(what, "portfolios/")) return account_.portfolio(account, *id, now);
    if (what == "payment_methods") return json_reply(R"({"payment_methods":[]})");
    if (what == "cfm/positions") return json_reply(R"({"positions":[]})");
    if (what == "cfm/sweeps") return json_reply(R"({"sweeps":[]})");
    if (what == "cfm/balance_summary") return json_reply(R"({"balance_summary":null})");
    if (what == "best_bid_ask") return market_.best_bid_ask(form, now);
    return answer_market(request, what, form, now);
}

Response Router::answer_app(const Request& request, std::string_view what, Timestamp now) {
    const Form form{request.query()};
    const bool is_private =
        what.starts_with("accounts") || what.starts_with("user") || what.starts_with("payment-methods");
    if (request.method != "GET") return gateway_error(404, "not_found", "Not found");
    if (!is_private) {
        if (auto refused = meter_public(now, false)) return std::move(*refused);
        if (what == "currencies") return account_.app_currencies();
        if (what == "currencies/crypto") return account_.app_crypto_currencies();
        if (what == "exchange-rates") return account_.app_exchange_rates(form, now);
        if (what == "time") return account_.app_time(now);
        if (const auto rest = rest_of(what, "prices/")) {
            const auto [pair, kind] = split(*rest);
            if (kind == "spot" || kind == "buy" || kind == "sell") return account_.app_price(pair, now);
        }
        return gateway_error(404, "not_found", "Not found");
    }
    const auto access = authorize(request, now);
    if (!access) return gateway_error(401, "authentication_error", "invalid token");
    if (!private_meter_.spend((*access)->key, 1, now)) {
        return gateway_error(429, "rate_limit_exceeded", "Too many requests");
    }
    const AccountId account = (*access)->account;
    if (what == "accounts") return account_.app_accounts(account, form, now);
    if (const auto rest = rest_of(what, "accounts/")) {
        const auto [id, part] = split(*rest);
        if (part.empty()) return account_.app_account(account, id, now);
        if (part == "transactions" || part == "addresses" || part == "deposits" || part == "withdrawals") {
            return json_reply(R"({"pagination":{"next_starting_after":null},"data":[]})");
        }
        return gateway_error(404, "not_found", "Not found");
    }
    if (what == "user") return account_.app_user(account);
    if (what == "user/auth") {
        return json_reply(R"({"data":{"method":"cdp_key","scopes":["view","trade"],"oauth_meta":null}})");
    }
    if (what == "payment-methods") return json_reply(R"({"data":[]})");
    return gateway_error(404, "not_found", "Not found");
}

Response Router::refuse(const Request& request, Trouble trouble, Timestamp now) {
    const bool is_app = !request.path().starts_with(kBrokerage);
    switch (trouble) {
        case Trouble::rate_limited: {
            Response response = gateway_error(429, "rate_limit_exceeded", "Too many requests");
            response.headers.push_back({"x-ratelimit-limit", std::to_string(kPrivatePerSecond)});
            response.headers.push_back({"x-ratelimit-remaining", "0"});
            response.headers.push_back({"x-ratelimit-reset", std::to_string(to_ms(now) / 1'000 + 1)});
            return response;
        }
        case Trouble::banned: return error_reply(403, "PERMISSION_DENIED", "access denied");
        case Trouble::unauthorized: return unauthorized();
        case Trouble::forbidden: return error_reply(403, "PERMISSION_DENIED", "Missing required scopes");
        case Trouble::time_stamp:
            return gateway_error(401, "authentication_error", "request timestamp expired");
        case Trouble::malformed: return invalid_argument("malformed request");
        case Trouble::not_found:
            return is_app ? exchange_error(404, "NotFound") : error_reply(404, "NOT_FOUND", "Not Found");
        case Trouble::order_not_found:
            return error_reply(404, "NOT_FOUND", "order with this orderID was not found");
        case Trouble::duplicate_order:
        case Trouble::insufficient_funds: {
            const bool funds = trouble == Trouble::insufficient_funds;
            const Failure failure =
                failure_of(funds ? Refusal::insufficient_funds : Refusal::duplicate_client_id, false);
            JsonOut json;
            json.begin_object().member("success", false).begin_object("error_response");
            json.member("error", failure.error)
                .member("message", failure.message)
                .member("error_details", "");
            json.member("preview_failure_reason", failure.preview).end_object();
            return json_reply(json.end_object().take());
        }
        case Trouble::internal: return error_reply(500, "INTERNAL", "Something went wrong");
        case Trouble::unavailable:
            return Response{503,
                            {{"Content-Type", "text/html"}},
                            "<html><head><title>503 Service Temporarily Unavailable</title></head></html>\n"};
        case Trouble::gateway_timeout:
            return Response{504,
                            {{"Content-Type", "text/html"}},
                            "<html><head><title>504 Gateway Time-out</title></head></html>\n"};
    }
    return error_reply(500, "INTERNAL", "Something went wrong");
}

std::expected<StreamTerms, Response> Router::open(StreamId stream, const Request&, Timestamp now) {
    streams_[stream] = {Speech::unknown, now};
    return StreamTerms{.may_deflate = true};
}

void Router::on_message(StreamId stream, std::string_view bytes, bool, Timestamp now) {
    const auto found = streams_.find(stream);
    if (found == streams_.end()) return;
    Speech& speech = found->second.speech;
    const auto message = bytes.size() <= kMessageMax ? nlohmann::json::parse(bytes, nullptr, false)
                                                     : nlohmann::json(nlohmann::json::value_t::discarded);
    if (!message.is_object()) {
        JsonOut json;
        json.begin_object().member("type", "error").member("message", "Malformed JSON").end_object();
        return desk_.outlet.send(stream, {FrameKind::control, {}, 0, false, json.text()});
    }
    if (speech == Speech::unknown) {
        // One says "channel", the other "channels".
        speech = message.contains("channels") ? Speech::exchange : Speech::advanced;
        if (speech == Speech::advanced) advanced_feed_.open(stream, now);
    }
    speech == Speech::exchange ? exchange_feed_.on_message(stream, message, now)
                               : advanced_feed_.on_message(stream, message, now);
}

void Router::on_closed(StreamId stream, Timestamp) {
    streams_.erase(stream);
    advanced_feed_.on_closed(stream);
    exchange_feed_.on_closed(stream);
}

void Router::on_events(std::span<const ModelEvent> events, Timestamp now) {
    advanced_feed_.on_events(events, now);
    exchange_feed_.on_events(events, now);
}

void Router::on_time(Timestamp now) {
    std::vector<StreamId> silent;
    for (auto& [stream, state] : streams_) {
        if (state.speech != Speech::unknown || now < state.opened_at + kSubscribeWithin) continue;
        silent.push_back(stream);
        state.opened_at = Timestamp::max() - kSubscribeWithin;  // closed once
    }
    for (const StreamId stream : silent) desk_.outlet.close(stream, 1008, "no subscribe message");
    advanced_feed_.on_time(now);
    exchange_feed_.on_time(now);
}

}  // namespace plumb::exchange::coinbase
