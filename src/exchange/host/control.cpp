#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "exchange/host/venue_host.hpp"

// The control endpoint: a fault script's commands while the exchange runs.

namespace plumb::exchange {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kPrefix = "/plumb-control";

Response json_answer(int status, const Json& body) {
    return {status,
            {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
            body.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n"};
}

Response trouble(int status, std::string_view message) { return json_answer(status, {{"error", message}}); }

/// Compares in a time that depends on the lengths only.
bool is_same(std::string_view a, std::string_view b) {
    unsigned difference = a.size() == b.size() ? 0U : 1U;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference |=
            static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b.empty() ? 0 : b[i % b.size()]);
    return difference == 0;
}

bool is_allowed(const Request& request, std::string_view token) {
    constexpr std::string_view kScheme = "Bearer ";
    const std::string* given = request.header("authorization");
    if (given == nullptr || !given->starts_with(kScheme)) return false;
    return is_same(std::string_view{*given}.substr(kScheme.size()), token);
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::uint64_t> query_count(const Request& request, std::string_view name) {
    std::string_view rest = request.query();
    while (!rest.empty()) {
        const std::string_view part = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), part.size() + 1));
        const std::size_t mark = part.find('=');
        if (mark != std::string_view::npos && part.substr(0, mark) == name)
            return parse_count(part.substr(mark + 1));
    }
    return std::nullopt;
}

Json rules_json(const FaultMachine& faults) {
    Json list = Json::array();
    for (const RuleState& each : faults.rules()) {
        list.push_back({{"id", each.id},
                        {"name", each.rule.name},
                        {"do", Json::parse(each.rule.action.json, nullptr, false)},
                        {"agreed", each.agreed},
                        {"applied", each.applied}});
    }
    return list;
}

Json account_json(VenueHost& host, const ApiAccess& access) {
    const VenueModel& model = host.model();
    Json balances = Json::object();
    for (const Balance& each : model.balances(access.account, host.venue_now())) {
        balances[model.asset_name(each.asset)] = {{"total", each.total.to_string()},
                                                  {"held", each.held.to_string()}};
    }
    Json positions = Json::object();
    for (const Position& each : model.positions(access.account, host.venue_now())) {
        positions[model.market(each.instrument).instrument.name()] = {{"quantity", each.quantity.to_string()},
                                                                      {"entry", each.entry.to_string()}};
    }
    return {{"name", model.account(access.account).name},
            {"key", access.key},
            {"balances", balances},
            {"positions", positions}};
}

Json state_json(VenueHost& host) {
    Json accounts = Json::array();
    for (const ApiAccess& each : host.access()) accounts.push_back(account_json(host, each));
    Json orders = Json::array();
    for (const auto& [number, record] : host.open_orders()) {
        orders.push_back({{"order", number},
                          {"client_id", record.spec.client_id},
                          {"account", host.model().account(record.spec.account).name},
                          {"instrument", host.model().market(record.spec.instrument).instrument.name()},
                          {"side", plumb::to_string(record.spec.side)},
                          {"quantity", record.spec.quantity.to_string()},
                          {"filled", record.filled.to_string()},
                          {"status", to_string(record.status)}});
    }
    return {{"venue", host.venue()},
            {"now", to_iso(host.venue_now())},
            {"seed", host.options().seed},
            {"markets", host.model().market_count()},
            {"streams", host.frames().open().size()},
            {"truth", host.truth().sequence()},
            {"accounts", accounts},
            {"open_orders", orders},
            {"rules", rules_json(host.faults())}};
}

/// The newest lines after `after`, at most `limit`.
Response truth_answer(const VenueHost& host, const Request& request) {
    constexpr std::uint64_t kLimit = 1000;
    const std::uint64_t after = query_count(request, "after").value_or(0);
    const std::uint64_t limit = std::min(kLimit, query_count(request, "limit").value_or(kLimit));
    const std::deque<std::string>& kept = host.truth().kept();
    const std::uint64_t first = host.truth().sequence() - kept.size() + 1;
    Response response{200, {{"Content-Type", "application/x-ndjson"}, {"Cache-Control", "no-store"}}, {}};
    const std::uint64_t begin = after < first ? 0 : after - first + 1;
    for (std::uint64_t i = begin; i < kept.size() && i - begin < limit; ++i) response.body += kept[i] + "\n";
    return response;
}

Response post_rule(VenueHost& host, const Request& request) {
    Result<FaultRule> rule = parse_fault_rule(request.body, "rule");
    if (!rule) return trouble(400, rule.error().message());
    constexpr std::size_t kRulesMax = 1000;
    if (kRulesMax <= host.faults().rules().size()) return trouble(400, "expected at most 1000 rules");
    return json_answer(200, {{"id", host.add_rule(std::move(*rule))}});
}

Response post_do(VenueHost& host, const Request& request) {
    const Result<FaultAction> action = parse_venue_action(request.body, "do");
    if (!action) return trouble(400, action.error().message());
    const Status done = host.perform_all(action->venue);
    if (!done) return trouble(409, done.error().message());
    return json_answer(200, {{"done", true}});
}

Response post_clock(VenueHost& host, const Request& request) {
    if (host.clock() == nullptr) return trouble(409, "this exchange runs on the wall's clock");
    const Json body = Json::parse(request.body, nullptr, false);
    if (!body.is_object() || body.size() != 1 || !body.contains("advance") || !body["advance"].is_string())
        return trouble(400, R"(expected {"advance": "5s"})");
    const std::optional<Duration> by = parse_span(body["advance"].get<std::string>());
    if (!by || *by <= Duration{} || std::chrono::days{31} < *by)
        return trouble(400, "advance: expected a time above zero and up to 31 days, such as 250ms, 5s or 1h");
    host.clock()->advance(*by);
    return json_answer(200, {{"now", to_iso(host.venue_now())}});
}

Response rules_answer(VenueHost& host, const Request& request, std::string_view id) {
    if (request.method == "GET" && id.empty()) return json_answer(200, rules_json(host.faults()));
    if (request.method == "POST" && id.empty()) return post_rule(host, request);
    if (request.method != "DELETE") return trouble(405, "expected GET, POST or DELETE");
    std::vector<std::uint64_t> ids;
    if (id.empty()) {
        for (const RuleState& each : host.faults().rules()) ids.push_back(each.id);
    } else if (const std::optional<std::uint64_t> one = parse_count(id)) {
        ids.push_back(*one);
    }
    std::size_t removed = 0;
    for (const std::uint64_t each : ids) removed += host.remove_rule(each) ? 1 : 0;
    if (!id.empty() && removed == 0) return trouble(404, "expected the id of a rule");
    return json_answer(200, {{"removed", removed}});
}

Response control_answer(VenueHost& host, const Request& request) {
    const std::string_view what = request.path().substr(kPrefix.size());
    const auto only = [&](std::string_view method, auto answer) {
        return request.method == method ? answer() : trouble(405, fmt::format("expected {}", method));
    };
    if (what == "/state") return only("GET", [&] { return json_answer(200, state_json(host)); });
    if (what == "/truth") return only("GET", [&] { return truth_answer(host, request); });
    if (what == "/do") return only("POST", [&] { return post_do(host, request); });
    if (what == "/clock") return only("POST", [&] { return post_clock(host, request); });
    if (what == "/rules") return rules_answer(host, request, "");
    if (what.starts_with("/rules/")) return rules_answer(host, request, what.substr(7));
    return trouble(404, "expected /plumb-control/ and one of state, truth, rules, do, clock");
}

}  // namespace

HostAnswer VenueHost::answer_control(ConnectionId connection, const Request& request) {
    Response response =
        is_allowed(request, options_.control_token)
            ? control_answer(*this, request)
            : trouble(401, "expected Authorization: Bearer with the token printed at the start");
    if (response.status == 401) response.headers.push_back({"WWW-Authenticate", "Bearer"});
    truth_.begin("control", venue_now_).number("connection", connection).text("method", request.method);
    truth_.text("path", request.path()).number("status", response.status);
    if (response.status != 401) truth_.text("body", std::string_view{request.body}.substr(0, 4096));
    truth_.end();
    return {std::move(response), {}};
}

}  // namespace plumb::exchange
