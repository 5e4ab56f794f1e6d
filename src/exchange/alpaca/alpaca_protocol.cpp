#include "exchange/alpaca/alpaca_protocol.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "exchange/alpaca/answers.hpp"
#include "exchange/alpaca/data_rest.hpp"
#include "exchange/alpaca/trading.hpp"
#include "signing/signing.hpp"

namespace plumb::exchange::alpaca {
namespace {

constexpr std::size_t kTargetMax = 64 * 1024;
constexpr std::size_t kPartsMax = 8;

/// "/v2/orders/abc": {"v2", "orders", "abc"}; nullopt for a broken escape or far too many parts. An encoded
/// slash stays inside its part.
std::optional<std::vector<std::string>> parts_of(std::string_view path) {
    std::vector<std::string> parts;
    while (!path.empty()) {
        path.remove_prefix(path.front() == '/' ? 1 : 0);
        const std::size_t end = std::min(path.find('/'), path.size());
        if (0 < end) {
            auto part = percent_decoded(path.substr(0, end));
            if (!part || parts.size() == kPartsMax) return std::nullopt;
            parts.push_back(std::move(*part));
        }
        path.remove_prefix(end);
    }
    return parts;
}

bool is_at(const std::vector<std::string>& parts, std::size_t i, std::string_view text) {
    return i < parts.size() && parts[i] == text;
}

std::string_view text_of(const std::string* value) { return value ? std::string_view{*value} : ""; }

/// One request more in this minute; whether it is still inside the limit.
bool count(Meter& meter, Timestamp now) {
    const auto minute = std::chrono::floor<std::chrono::minutes>(now).time_since_epoch().count();
    if (meter.minute != minute) meter = {.limit = meter.limit, .minute = minute, .used = 0};
    if (meter.limit <= meter.used) return false;
    ++meter.used;
    return true;
}

void add_meter(Response& response, const Meter& meter) {
    response.headers.push_back({"X-RateLimit-Limit", fmt::format("{}", meter.limit)});
    response.headers.push_back({"X-RateLimit-Remaining", fmt::format("{}", meter.limit - meter.used)});
    response.headers.push_back({"X-RateLimit-Reset", fmt::format("{}", (meter.minute + 1) * 60)});
}

RequestKind order_kind(std::string_view method, std::size_t parts) {
    if (method == "POST") return RequestKind::place_order;
    if (method == "PATCH") return RequestKind::replace_order;
    if (method == "DELETE") return parts == 2 ? RequestKind::cancel_all : RequestKind::cancel_order;
    return parts == 2 ? RequestKind::open_orders : RequestKind::find_order;
}

RequestKind trading_kind(std::string_view method, const std::vector<std::string>& parts, const Query& query) {
    const std::string_view family = 1 < parts.size() ? std::string_view{parts[1]} : "";
    if (family == "orders") {
        const RequestKind kind = order_kind(method, parts.size());
        const auto status = query.get("status");
        const bool is_history = kind == RequestKind::open_orders && !status.empty() && status != "open";
        return is_history ? RequestKind::order_history : kind;
    }
    if (family == "orders:by_client_order_id") return RequestKind::find_order;
    if (family == "positions") return method == "DELETE" ? RequestKind::place_order : RequestKind::positions;
    if (family == "account" && is_at(parts, 2, "activities")) return RequestKind::executions;
    if (family == "account") return parts.size() == 2 ? RequestKind::balances : RequestKind::account;
    if (family == "clock") return RequestKind::time;
    if (family == "assets" || family == "calendar") return RequestKind::market_data;
    return RequestKind::other;
}

}  // namespace

AlpacaProtocol::AlpacaProtocol(const ProtocolContext& context)
    : desk_{context}, tape_{context.model}, data_{desk_}, trades_{desk_} {}

RequestKind AlpacaProtocol::kind_of(const Request& request) const {
    if (request.header("Sec-WebSocket-Key") != nullptr) return RequestKind::stream;
    const auto parts = parts_of(request.path());
    if (!parts || parts->empty()) return RequestKind::other;
    if (is_data_path(*parts)) return RequestKind::market_data;
    return trading_kind(request.method, *parts, Query{request.query()});
}

AlpacaProtocol::Caller AlpacaProtocol::caller_of(const Request& request, Timestamp now) {
    const std::string_view key = text_of(request.header("APCA-API-KEY-ID"));
    const std::string_view secret = text_of(request.header("APCA-API-SECRET-KEY"));
    if (!key.empty() || !secret.empty()) return {desk_.account_of(key, secret, now), true};
    const std::string_view authorization = text_of(request.header("Authorization"));
    constexpr std::string_view kBasic = "Basic ";
    if (!authorization.starts_with(kBasic)) return {nullptr, !authorization.empty()};
    const Result<std::string> pair = signing::from_base64(authorization.substr(kBasic.size()));
    const std::size_t colon = pair ? pair->find(':') : std::string::npos;
    if (colon == std::string::npos) return {nullptr, true};
    return {desk_.account_of(std::string_view{*pair}.substr(0, colon),
                             std::string_view{*pair}.substr(colon + 1), now),
            true};
}

Response AlpacaProtocol::answer_trading(const Request& request, std::vector<std::string> path,
                                        AccountState& account, Timestamp now) {
    path.erase(path.begin());
    const Call call{.method = request.method,
                    .path = std::move(path),
                    .query = Query{request.query()},
                    .body = request.body,
                    .now = now};
    const bool is_reading = request.method == "GET";
    if (!is_reading && !account.access.may_trade) {
        return error_answer(403, Code::not_authorized, "request is not authorized");
    }
    if (auto response = answer_orders(desk_, account, call)) return std::move(*response);
    if (auto response = answer_positions(desk_, account, call)) return std::move(*response);
    if (auto response = answer_account(desk_, account, call)) return std::move(*response);
    if (auto response = answer_reference(desk_, call)) return std::move(*response);
    if (auto response = answer_watchlists(desk_, account, call)) return std::move(*response);
    return not_found("endpoint not found");
}

Response AlpacaProtocol::answer_unmetered(const Request& request, const Caller& caller, Timestamp now) {
    auto parts = parts_of(request.path());
    if (!parts || parts->empty() || kTargetMax < request.target.size())
        return message_answer(404, "Not Found");
    if (is_data_path(*parts)) {
        if (request.method != "GET") return message_answer(405, "Method Not Allowed");
        auto response = answer_data(desk_, tape_, {std::move(*parts), Query{request.query()}, now});
        return response ? std::move(*response) : message_answer(404, "endpoint not found.");
    }
    if (parts->size() < 2 || parts->front() != "v2") return message_answer(404, "endpoint not found.");
    return answer_trading(request, std::move(*parts), *caller.account, now);
}

void AlpacaProtocol::add_request_id(Response& response) {
    response.headers.push_back({"X-Request-ID", desk_.ids().text(IdKind::request, desk_.next_number())});
}

Response AlpacaProtocol::answer(const Request& request, Timestamp now) {
    const auto parts = parts_of(request.path());
    const bool is_data = parts && is_data_path(*parts);
    const bool is_open = parts && is_open_data_path(*parts);
    const Caller caller = caller_of(request, now);
    Response response;
    if (caller.account == nullptr && (caller.has_keys || !is_open)) {
        response = is_data ? message_answer(caller.has_keys ? 403 : 401,
                                            caller.has_keys ? "forbidden." : "unauthorized.")
                           : message_answer(401, "unauthorized.");
        add_request_id(response);
        return response;
    }
    Meter& meter = caller.account == nullptr ? strangers_
                   : is_data                 ? caller.account->data
                                             : caller.account->trading;
    if (count(meter, now)) {
        response = answer_unmetered(request, caller, now);
        add_meter(response, meter);
    } else {
        response = refuse(request, Trouble::rate_limited, now);
    }
    add_request_id(response);
    return response;
}

Response AlpacaProtocol::refuse(const Request& request, Trouble trouble, Timestamp now) {
    const auto parts = parts_of(request.path());
    const bool is_data = parts && is_data_path(*parts);
    switch (trouble) {
        case Trouble::rate_limited: {
            Response response = is_data ? message_answer(429, "too many requests.")
                                        : error_answer(429, Code::rate_limited, "rate limit exceeded");
            const auto minute = std::chrono::floor<std::chrono::minutes>(now).time_since_epoch().count();
            const int limit = is_data && caller_of(request, now).account != nullptr ? 10'000 : 200;
            add_meter(response, {.limit = limit, .minute = minute, .used = limit});
            return response;
        }
        case Trouble::banned:
        case Trouble::forbidden: return message_answer(403, "forbidden.");
        case Trouble::unauthorized: return message_answer(401, "unauthorized.");
        case Trouble::time_stamp:
        case Trouble::malformed: return bad_body();
        case Trouble::not_found: return message_answer(404, "endpoint not found.");
        case Trouble::order_not_found: return not_found("order not found");
        case Trouble::duplicate_order: return invalid_field("client_order_id must be unique");
        case Trouble::insufficient_funds: return forbidden("insufficient buying power");
        case Trouble::internal: return error_answer(500, Code::internal, "internal server error");
        case Trouble::unavailable: return message_answer(503, "Service Unavailable");
        case Trouble::gateway_timeout: {
            Response response;
            response.status = 504;
            response.headers.push_back({"Content-Type", "text/html"});
            response.body =
                "<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n<center><h1>504 "
                "Gateway Time-out</h1></center>\r\n</body>\r\n</html>\r\n";
            return response;
        }
    }
    return message_answer(500, "internal server error");
}

// The venue deflates where a client offers it. The official Node client forbids the server to say
// client_no_context_takeover, which this program's server always says, so streams are not deflated here.
std::expected<StreamTerms, Response> AlpacaProtocol::open(StreamId stream, const Request& request,
                                                          Timestamp now) {
    const std::string_view path = request.path();
    if (path == "/stream") {
        trades_.open(stream, request, now);
        return StreamTerms{.may_deflate = true};
    }
    if (const auto feed = feed_of(path)) {
        data_.open(stream, *feed, request, now);
        return StreamTerms{.may_deflate = true};
    }
    return std::unexpected{message_answer(404, "endpoint not found.")};
}

void AlpacaProtocol::on_message(StreamId stream, std::string_view bytes, bool is_binary, Timestamp now) {
    trades_.has(stream) ? trades_.on_message(stream, bytes, is_binary, now)
                        : data_.on_message(stream, bytes, is_binary, now);
}

void AlpacaProtocol::on_closed(StreamId stream, Timestamp) {
    trades_.on_closed(stream);
    data_.on_closed(stream);
}

bool AlpacaProtocol::refuse_stream(StreamId stream, StreamTrouble trouble, Timestamp) {
    switch (trouble) {
        case StreamTrouble::symbol_limit: return data_.refuse(stream, 405);
        case StreamTrouble::connection_limit: return data_.refuse(stream, 406);
        case StreamTrouble::slow_client: return data_.refuse(stream, 407);
        case StreamTrouble::not_authenticated: return data_.refuse(stream, 401);
    }
    return false;
}

std::optional<OrderNumber> AlpacaProtocol::order_of(const Request& request) const {
    const auto parts = parts_of(request.path());
    if (!parts || parts->size() < 2) return std::nullopt;
    if (parts->size() == 3 && (*parts)[1] == "orders") return desk_.ids().number(IdKind::order, (*parts)[2]);
    return std::nullopt;
}

void AlpacaProtocol::on_events(std::span<const ModelEvent> events, Timestamp) {
    desk_.on_events(events);
    tape_.on_events(events);
    trades_.on_events(events);
    data_.on_events(events);
}

void AlpacaProtocol::on_time(Timestamp now) {
    desk_.on_time(now);
    data_.on_time(now);
}

}  // namespace plumb::exchange::alpaca
