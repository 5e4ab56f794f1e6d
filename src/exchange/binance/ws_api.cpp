#include "exchange/binance/ws_api.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "exchange/binance/rest_door.hpp"

namespace plumb::exchange::binance {
namespace {

constexpr int kConnectWeight = 2;
constexpr std::int64_t kSubscriptionsMax = 65'535;
constexpr std::size_t kActiveMax = 1'000;

}  // namespace

WsApi::WsApi(Desk& desk, Outlet& outlet, UserStreams& users) : desk_{desk}, outlet_{outlet}, users_{users} {}

bool WsApi::is_api_path(std::string_view path, Board board) {
    const std::string_view base = board == Board::spot ? "/ws-api/v3" : "/ws-fapi/v1";
    // Some clients number their connections: /ws-api/v3/0.
    return path.starts_with(base) && (path.size() == base.size() || path[base.size()] == '/');
}

void WsApi::open(Connection& connection, const Parameters& parameters, Timestamp now) {
    connection.is_api = true;
    const std::string* limits = parameters.find("returnRateLimits");
    connection.tells_limits = limits == nullptr || *limits != "false";
    desk_.meter.give_back(-kConnectWeight, now);
}

const Route* WsApi::find(std::string_view method) const {
    const auto methods = desk_.is_spot() ? spot_methods() : futures_methods();
    auto found = std::ranges::find(methods, method, &Method::name);
    const std::string_view version = desk_.is_spot() ? "v3/" : "v1/";
    if (found == methods.end() && method.starts_with(version))
        found = std::ranges::find(methods, method.substr(version.size()), &Method::name);
    if (found == methods.end()) return nullptr;
    return find_route(desk_.is_spot() ? spot_routes() : futures_routes(), found->http_method, found->path);
}

Checked<const KeyRing::Key*> WsApi::sender(const Connection& connection, const WsRequest& request,
                                           Security security, Timestamp now) const {
    const Parameters& sent = request.parameters;
    const std::string* key_text = sent.find("apiKey");
    const bool by_session = connection.account && (key_text == nullptr || !sent.has("signature"));
    if (key_text == nullptr && !by_session) return missing("apiKey");
    const auto key = desk_.keys.find(by_session ? connection.api_key : *key_text, now);
    if (!key) return key;
    if (security == Security::api_key) return key;
    if (by_session) {
        if (auto checked = KeyRing::check_time(sent, now); !checked) return refuse(checked.error());
    } else if (auto valid = KeyRing::verify(**key, sent, signed_payload(sent), now); !valid) {
        return refuse(valid.error());
    }
    if (security == Security::trade && !(*key)->access.may_trade)
        return refuse({401, -2015, "Invalid API-key, IP, or permissions for action.", {}, 0});
    return key;
}

Answer WsApi::run(Connection& connection, const WsRequest& request, const Route** route, AccountId& account,
                  Timestamp now) {
    std::string_view method = request.method;
    if (method.starts_with("session.") || (desk_.is_spot() && method.starts_with("userDataStream.")))
        return run_session(connection, request, now);
    *route = find(method);
    if (*route == nullptr) return refuse(-1020, "This operation is not supported.");
    if (auto counted = desk_.meter.count_request((*route)->weight, now); !counted)
        return refuse(counted.error());
    Call call{request.parameters, now, connection.form.unit, {}, {}, 0, false, false};
    if ((*route)->security != Security::none) {
        const auto key = sender(connection, request, (*route)->security, now);
        if (!key) return refuse(key.error());
        account = call.account = (*key)->access.account;
        call.api_key = (*key)->access.key;
    }
    if (auto known = request.parameters.check_known((*route)->known); !known) return refuse(known.error());
    return run_route(desk_, **route, call);
}

Answer WsApi::run_session(Connection& connection, const WsRequest& request, Timestamp now) {
    const std::string_view method = request.method;
    if (auto counted = desk_.meter.count_request(2, now); !counted) return refuse(counted.error());
    if (method == "session.logon") return log_on(connection, request, now);
    if (method == "session.status") return status_of(connection, now);
    if (method == "session.logout") {
        if (connection.session_subscription) {
            users_.leave(connection.id, *connection.session_subscription);
            connection.subscriptions.erase(*connection.session_subscription);
            connection.session_subscription.reset();
        }
        connection.account.reset();
        connection.api_key.clear();
        return status_of(connection, now);
    }
    if (method == "session.subscriptions") {
        JsonWriter json;
        json.open_list();
        for (const auto& [number, account] : connection.subscriptions)
            json.open().number("subscriptionId", number).close();
        return json.close_list().take();
    }
    if (method == "userDataStream.subscribe") {
        if (!connection.account)
            return refuse({401, -1002, "You are not authorized to execute this request.", {}, 0});
        return subscribe(connection, *connection.account, true);
    }
    if (method == "userDataStream.subscribe.signature") {
        const auto key = sender(connection, request, Security::user_data, now);
        if (!key) return refuse(key.error());
        return subscribe(connection, (*key)->access.account, false);
    }
    if (method == "userDataStream.unsubscribe") return unsubscribe(connection, request);
    if (method.starts_with("userDataStream."))
        return refuse({410, -1016, "This service is no longer available.", {}, 0});
    return refuse(-1020, "This operation is not supported.");
}

Answer WsApi::log_on(Connection& connection, const WsRequest& request, Timestamp now) {
    const auto key_text = request.parameters.need_text("apiKey");
    if (!key_text) return refuse(key_text.error());
    const auto key = desk_.keys.find(*key_text, now);
    if (!key) return refuse(key.error());
    const bool is_ed25519 = (*key)->pair && (*key)->pair->kind() == signing::PrivateKey::Kind::ed25519;
    if (!is_ed25519)
        return refuse(
            -4056, (*key)->pair ? "RSA API key is not supported." : "HMAC_SHA256 API key is not supported.");
    if (auto valid = KeyRing::verify(**key, request.parameters, signed_payload(request.parameters), now);
        !valid)
        return refuse(valid.error());
    connection.account = (*key)->access.account;
    connection.api_key = (*key)->access.key;
    connection.authorized_at = now;
    return status_of(connection, now);
}

Answer WsApi::status_of(const Connection& connection, Timestamp now) const {
    JsonWriter json;
    json.open();
    if (connection.account)
        json.text("apiKey", connection.api_key)
            .number("authorizedSince", stamp(connection.authorized_at, connection.form.unit));
    else
        json.null("apiKey").null("authorizedSince");
    json.number("connectedSince", stamp(connection.opened_at, connection.form.unit))
        .boolean("returnRateLimits", connection.tells_limits);
    json.number("serverTime", stamp(now, connection.form.unit))
        .boolean("userDataStream", connection.session_subscription.has_value());
    return json.close().take();
}

Answer WsApi::subscribe(Connection& connection, AccountId account, bool is_session) {
    for (const auto& [number, other] : connection.subscriptions) {
        if (other == account) return refuse(-2035, "User Data Stream subscription already active.");
    }
    if (kSubscriptionsMax <= connection.next_subscription)
        return refuse(-2042, "Maximum subscription ID reached for this connection.");
    if (kActiveMax <= connection.subscriptions.size()) return refuse(-1191, "Too many subscriptions.");
    const std::int64_t number = connection.next_subscription++;
    connection.subscriptions[number] = account;
    if (is_session) connection.session_subscription = number;
    UserForm form;
    form.wrap = UserForm::Wrap::subscription;
    form.unit = connection.form.unit;
    form.subscription = number;
    users_.listen(connection.id, account, std::move(form));
    return fmt::format(R"({{"subscriptionId":{}}})", number);
}

Answer WsApi::unsubscribe(Connection& connection, const WsRequest& request) {
    const auto number = request.parameters.number("subscriptionId");
    if (!number) return refuse(number.error());
    if (!*number) {
        if (connection.subscriptions.empty())
            return refuse(-2036, "User Data Stream subscription not active.");
        for (const auto& [one, account] : connection.subscriptions) users_.leave(connection.id, one);
        connection.subscriptions.clear();
        connection.session_subscription.reset();
        return "{}";
    }
    if (connection.subscriptions.erase(**number) == 0)
        return refuse(-2036, "User Data Stream subscription not active.");
    users_.leave(connection.id, **number);
    if (connection.session_subscription == **number) connection.session_subscription.reset();
    return "{}";
}

void WsApi::on_message(Connection& connection, std::string_view text, Timestamp now) {
    const auto request = read_ws_request(text);
    if (!request) return reply(connection, {}, refuse(request.error()), nullptr, {}, now);
    const Route* route = nullptr;
    AccountId account;
    const Answer answer = run(connection, *request, &route, account, now);
    reply(connection, *request, answer, route, account, now);
}

void WsApi::reply(Connection& connection, const WsRequest& request, const Answer& answer, const Route* route,
                  AccountId account, Timestamp now) {
    JsonWriter json;
    json.open().raw("id", request.id).number("status", answer ? 200 : answer.error().status);
    if (answer)
        json.raw("result", *answer);
    else
        json.raw("error", answer.error().body());
    const std::string* wanted = request.parameters.find("returnRateLimits");
    if (wanted == nullptr ? connection.tells_limits : *wanted != "false") {
        json.open_list("rateLimits");
        std::vector<RequestMeter::Used> rows;
        if (route != nullptr && route->security == Security::trade)
            rows = desk_.meter.orders_of(account, now);
        rows.push_back(desk_.meter.weight_row(now));
        for (const auto& [limit, count] : rows) {
            json.open()
                .text("rateLimitType", limit->type)
                .text("interval", limit->interval)
                .number("intervalNum", limit->interval_count);
            json.number("limit", limit->limit).number("count", count).close();
        }
        json.close_list();
    }
    const std::string text = json.close().take();
    Frame frame;
    frame.bytes = text;
    outlet_.send(connection.id, frame);
}

}  // namespace plumb::exchange::binance
