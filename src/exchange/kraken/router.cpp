#include "exchange/kraken/router.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "exchange/kraken/replies.hpp"

namespace plumb::exchange::kraken {

namespace {

constexpr std::string_view kTradingPath = "/derivatives/api/v3/";
constexpr std::string_view kTradingPath4 = "/derivatives/api/v4/";
constexpr std::string_view kChartsPath = "/api/charts/v1";
constexpr std::string_view kKeyCheckPath = "/api/auth/v1/api-keys/v3/check";
constexpr std::string_view kStreamPath = "/ws/v1";

/// What follows /api/history/v2/ or /api/history/v3/; the market's part may stand without "market/".
std::optional<std::string_view> history_rest(std::string_view path) {
    for (const std::string_view prefix : {"/api/history/v2/", "/api/history/v3/"}) {
        if (path.starts_with(prefix)) return path.substr(prefix.size());
    }
    return std::nullopt;
}

struct Endpoint {
    std::string_view method;  // of those that are private
    std::string_view name;
    std::size_t cost;
    RequestKind kind;
};

// Costs of the venue's page on futures rate limits.
constexpr auto kEndpoints = std::to_array<Endpoint>({
    {"POST", "sendorder", 10, RequestKind::place_order},
    {"POST", "editorder", 10, RequestKind::replace_order},
    {"POST", "cancelorder", 10, RequestKind::cancel_order},
    {"POST", "batchorder", 9, RequestKind::place_order},
    {"POST", "cancelallorders", 25, RequestKind::cancel_all},
    {"POST", "cancelallordersafter", 25, RequestKind::dead_man},
    {"GET", "accounts", 2, RequestKind::balances},
    {"GET", "openpositions", 2, RequestKind::positions},
    {"GET", "openorders", 2, RequestKind::open_orders},
    {"GET", "orders/status", 1, RequestKind::find_order},
    {"POST", "orders/status", 1, RequestKind::find_order},
    {"GET", "fills", 2, RequestKind::executions},
    {"GET", "leveragepreferences", 2, RequestKind::account},
    {"PUT", "leveragepreferences", 10, RequestKind::account},
    {"GET", "pnlpreferences", 2, RequestKind::account},
    {"PUT", "pnlpreferences", 10, RequestKind::account},
    {"GET", "self-trade-strategy", 2, RequestKind::account},
    {"PUT", "self-trade-strategy", 2, RequestKind::account},
    {"GET", "notifications", 1, RequestKind::account},
    {"GET", "feeschedules/volumes", 1, RequestKind::account},
    {"GET", "transfers", 1, RequestKind::account},
    {"POST", "transfer", 10, RequestKind::account},
    {"POST", "withdrawal", 100, RequestKind::account},
    {"GET", "subaccounts", 1, RequestKind::account},
    {"GET", "unwindqueue", 200, RequestKind::account},
    {"GET", "assignmentprogram/current", 1, RequestKind::account},
    {"GET", "assignmentprogram/history", 1, RequestKind::account},
});

const Endpoint* find_endpoint(std::string_view method, std::string_view name) {
    for (const Endpoint& endpoint : kEndpoints) {
        if (endpoint.name == name && endpoint.method == method) return &endpoint;
    }
    return nullptr;
}

bool is_order_endpoint(RequestKind kind) {
    return kind == RequestKind::place_order || kind == RequestKind::replace_order ||
           kind == RequestKind::cancel_order || kind == RequestKind::cancel_all ||
           kind == RequestKind::dead_man;
}

std::string_view trading_rest(std::string_view path) {
    for (const std::string_view prefix : {kTradingPath, kTradingPath4}) {
        if (path.starts_with(prefix)) return path.substr(prefix.size());
    }
    return {};
}

/// "tickers/PF_XBTUSD" is of "tickers".
bool is_public(std::string_view what) {
    constexpr auto kNames = std::to_array<std::string_view>(
        {"instruments", "tickers", "orderbook", "history", "historicalfundingrates", "feeschedules"});
    for (const std::string_view name : kNames) {
        if (what == name) return true;
        if (what.starts_with(name) && what[name.size()] == '/') return what != "feeschedules/volumes";
    }
    return false;
}

Form fields_of(const Request& request) {
    Form form{request.query()};
    form.add_encoded(request.body);
    return form;
}

Response empty_list(std::string_view name, Timestamp now) {
    Reply reply{now};
    reply.json().begin_array(name).end_array();
    return reply.done();
}

}  // namespace

Router::Router(const ProtocolContext& context)
    : desk_{context},
      market_{desk_},
      trading_{desk_},
      account_{desk_},
      history_{desk_},
      feeds_{desk_},
      costs_{kCostBudget, std::chrono::seconds{10}},
      history_costs_{kHistoryBudget, std::chrono::minutes{10}} {}

RequestKind Router::kind_of(const Request& request) const {
    const std::string_view path = request.path();
    if (path == kStreamPath) return RequestKind::stream;
    if (path.starts_with(kChartsPath)) return RequestKind::market_data;
    if (const auto rest = history_rest(path)) {
        if (rest->starts_with("market/")) return RequestKind::market_data;
        if (*rest == "executions") return RequestKind::executions;
        return *rest == "orders" || *rest == "triggers" ? RequestKind::order_history : RequestKind::account;
    }
    const std::string_view what = trading_rest(path);
    if (is_public(what)) return RequestKind::market_data;
    const Endpoint* endpoint = find_endpoint(request.method, what);
    return endpoint == nullptr ? RequestKind::other : endpoint->kind;
}

std::expected<const ApiAccess*, Response> Router::authorize(const Request& request, Timestamp now) {
    const Keyring::Verdict verdict = desk_.keys.verify(request, now);
    switch (verdict.authent) {
        case Authent::valid: return verdict.access;
        case Authent::invalid: return std::unexpected{error_reply("authenticationError", now)};
        case Authent::nonce_below_threshold: return std::unexpected{error_reply("nonceBelowThreshold", now)};
        case Authent::nonce_duplicate: return std::unexpected{error_reply("nonceDuplicate", now)};
    }
    return std::unexpected{error_reply("authenticationError", now)};
}

Response Router::answer(const Request& request, Timestamp now) {
    const std::string_view path = request.path();
    const Form form = fields_of(request);
    if (path == kChartsPath || path.starts_with("/api/charts/v1/")) {
        const std::string_view rest = path.substr(std::min(path.size(), kChartsPath.size() + 1));
        if (request.method != "GET") return error_reply("notFound", now, 404);
        return market_.charts(rest, form, now);
    }
    if (const auto rest = history_rest(path)) {
        if (request.method != "GET") return error_reply("notFound", now, 404);
        return answer_history(*rest, form, request, now);
    }
    if (path == kKeyCheckPath) return answer_key_check(request, now);
    const std::string_view what = trading_rest(path);
    if (is_public(what)) {
        return request.method == "GET" ? answer_public(what, form, now) : error_reply("notFound", now, 404);
    }
    const Endpoint* endpoint = find_endpoint(request.method, what);
    if (endpoint == nullptr) return error_reply("notFound", now, 404);
    const auto access = authorize(request, now);
    if (!access) return access.error();
    std::size_t cost = endpoint->cost;
    if (what == "batchorder") cost += Trading::batch_size(form);
    if (what == "fills" && form.has("lastFillTime")) cost = 25;
    if (!costs_.spend((*access)->key, cost, now)) return error_reply("apiLimitExceeded", now);
    if (is_order_endpoint(endpoint->kind) && !(*access)->may_trade) {
        return error_reply("authenticationError", now);
    }
    return answer_private(request.method, what, form, (*access)->account, now);
}

/// The keys' own service: plain JSON without a result, and 401 in words of its own.
Response Router::answer_key_check(const Request& request, Timestamp now) {
    const auto access = authorize(request, now);
    const std::vector<io::Header> headers{{"Content-Type", "application/json"}};
    if (!access) return {401, headers, R"({"error":"Unauthorized","message":"invalid key or signature"})"};
    const ApiAccess& key = **access;
    const nlohmann::ordered_json body{{"apiKey", key.key},
                                      {"accountUid", desk_.account_ids.text(key.account.value)},
                                      {"permissions",
                                       {{"general", key.may_trade ? "FULL_ACCESS" : "READ_ONLY"},
                                        {"transfer", key.may_withdraw ? "FULL_ACCESS" : "NO_ACCESS"}}}};
    return {200, headers, body.dump()};
}

Response Router::answer_public(std::string_view what, const Form& form, Timestamp now) {
    constexpr std::string_view kStatus = "/status";
    if (what == "instruments") return market_.instruments(now);
    if (what == "instruments/status") return market_.instrument_status("", now);
    if (what.starts_with("instruments/") && what.ends_with(kStatus)) {
        const std::string_view symbol = what.substr(12, what.size() - 12 - kStatus.size());
        return market_.instrument_status(symbol, now);
    }
    if (what == "tickers") return market_.tickers(now);
    if (what.starts_with("tickers/")) return market_.ticker(what.substr(8), now);
    if (what == "orderbook") return market_.order_book(form, now);
    if (what == "history") return market_.trades(form, now);
    if (what == "historicalfundingrates") return market_.funding_rates(form, now);
    if (what == "feeschedules") return market_.fee_schedules(now);
    return error_reply("notFound", now, 404);
}

Response Router::answer_private(std::string_view method, std::string_view what, const Form& form,
                                AccountId account, Timestamp now) {
    const bool is_put = method == "PUT";
    if (what == "sendorder") return trading_.send_order(account, form, now);
    if (what == "editorder") return trading_.edit_order(account, form, now);
    if (what == "cancelorder") return trading_.cancel_order(account, form, now);
    if (what == "batchorder") return trading_.batch(account, form, now);
    if (what == "cancelallorders") return trading_.cancel_all(account, form, now);
    if (what == "cancelallordersafter") return trading_.cancel_all_after(account, form, now);
    if (what == "accounts") return account_.accounts(account, now);
    if (what == "openpositions") return account_.open_positions(account, now);
    if (what == "openorders") return account_.open_orders(account, now);
    if (what == "orders/status") return account_.order_status(account, form, now);
    if (what == "fills") return account_.fills(account, form, now);
    if (what == "leveragepreferences") {
        return is_put ? account_.set_leverage(account, form, now) : account_.leverage(account, form, now);
    }
    if (what == "pnlpreferences") {
        return is_put ? account_.set_profit_preference(account, form, now)
                      : account_.profit_preferences(account, now);
    }
    if (what == "self-trade-strategy") {
        return is_put ? account_.set_self_trade(account, form, now) : account_.self_trade(account, now);
    }
    if (what == "notifications") return empty_list("notifications", now);
    if (what == "feeschedules/volumes") return account_.fee_volumes(account, now);
    if (what == "transfers") return empty_list("transfers", now);
    if (what == "transfer" || what == "withdrawal") return account_.transfer(account, form, now);
    if (what == "subaccounts") return empty_list("subaccounts", now);
    if (what == "unwindqueue") return empty_list("queue", now);
    return empty_list("participants", now);
}

Response Router::answer_history(std::string_view what, const Form& form, const Request& request,
                                Timestamp now) {
    constexpr std::string_view kMarket = "market/";
    if (what.starts_with(kMarket)) {
        const std::string_view rest = what.substr(kMarket.size());
        const std::size_t slash = rest.find('/');
        const std::string_view symbol = rest.substr(0, slash);
        const std::string_view kind = slash == std::string_view::npos ? "" : rest.substr(slash + 1);
        if (kind == "executions") return history_.market_executions(symbol, form, now);
        if (kind == "price") return history_.market_prices(symbol, form, now);
        return error_reply("notFound", now, 404);
    }
    const auto access = authorize(request, now);
    if (!access) return access.error();
    const std::size_t cost = what == "account-log" ? 3 : what == "accountlogcsv" ? 6 : 1;
    if (!history_costs_.spend((*access)->key, cost, now)) return error_reply("apiLimitExceeded", now);
    const AccountId account = (*access)->account;
    if (what == "orders") return history_.orders(account, form, now);
    if (what == "triggers") return history_.triggers(account, form, now);
    if (what == "executions") return history_.executions(account, form, now);
    if (what == "positions") return history_.positions(account, form, now);
    if (what == "account-log") return history_.account_log(account, form, now);
    if (what == "accountlogcsv") return history_.account_log_csv(account, now);
    return error_reply("notFound", now, 404);
}

Response Router::refuse(const Request&, Trouble trouble, Timestamp now) {
    switch (trouble) {
        case Trouble::rate_limited: return error_reply("apiLimitExceeded", now, 429);
        case Trouble::banned: return error_reply("accountInactive", now, 403);
        case Trouble::unauthorized:
        case Trouble::forbidden: return error_reply("authenticationError", now);
        case Trouble::time_stamp: return error_reply("nonceBelowThreshold", now);
        case Trouble::malformed: return bad_request(1, "invalid request", now);
        case Trouble::not_found: return error_reply("notFound", now, 404);
        case Trouble::order_not_found: {
            Reply reply{now};
            reply.json().begin_object("cancelStatus").member("status", "notFound");
            reply.json().time("receivedTime", now, 3).begin_array("orderEvents").end_array().end_object();
            return reply.done();
        }
        case Trouble::duplicate_order:
        case Trouble::insufficient_funds: {
            Reply reply{now};
            reply.json().begin_object("sendStatus");
            reply.json().member("status", trouble == Trouble::duplicate_order ? "clientOrderIdAlreadyExist"
                                                                              : "insufficientAvailableFunds");
            reply.json().time("receivedTime", now, 3).begin_array("orderEvents").end_array().end_object();
            return reply.done();
        }
        case Trouble::internal: return error_reply("Server Error", now, 500);
        case Trouble::unavailable: return error_reply("Unavailable", now, 503);
        case Trouble::gateway_timeout:
            return Response{504,
                            {{"Content-Type", "text/html"}},
                            "<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n"
                            "<center><h1>504 Gateway Time-out</h1></center>\r\n</body>\r\n</html>\r\n"};
    }
    return error_reply("unknownError", now, 500);
}

std::expected<StreamTerms, Response> Router::open(StreamId stream, const Request& request, Timestamp now) {
    if (request.path() != kStreamPath) return std::unexpected{error_reply("notFound", now, 404)};
    feeds_.open(stream);
    return StreamTerms{.may_deflate = true};
}

void Router::on_message(StreamId stream, std::string_view bytes, bool, Timestamp now) {
    feeds_.on_message(stream, bytes, now);
}

void Router::on_closed(StreamId stream, Timestamp) { feeds_.on_closed(stream); }

void Router::on_events(std::span<const ModelEvent> events, Timestamp now) {
    for (const ModelEvent& event : events) {
        history_.on_event(event);
        if (const auto* mark = std::get_if<MarkChanged>(&event.what)) market_.on_mark(*mark, event.at);
    }
    feeds_.on_events(events, now);
}

void Router::on_time(Timestamp now) { feeds_.on_time(now); }

}  // namespace plumb::exchange::kraken
