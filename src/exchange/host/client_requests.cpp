#include <fmt/format.h>

#include "exchange/host/masking.hpp"
#include "exchange/host/request_account.hpp"
#include "exchange/host/venue_host.hpp"

// How a client's request goes through the host.

namespace plumb::exchange {
namespace {

constexpr std::string_view kControlPath = "/plumb-control";
constexpr std::size_t kNotedBytesMax = 4096;

bool is_control(const Request& request) {
    const std::string_view path = request.path();
    return path == kControlPath || path.starts_with("/plumb-control/");
}

}  // namespace

std::string VenueHost::account_name(AccountId account) const {
    return account == AccountId{} ? std::string{} : model_.account(account).name;
}

std::vector<RuleState*> VenueHost::rules_for(const Request& request, RequestKind kind, bool is_head) {
    const std::string account = account_name(account_of(request, access_));
    return faults_.on_request({.kind = kind,
                               .method = request.method,
                               .target = request.target,
                               .path = request.path(),
                               .body = request.body,
                               .account = account,
                               .is_head = is_head},
                              now_);
}

std::uint64_t VenueHost::note_request(ConnectionId connection, const Request& request, RequestKind kind) {
    const std::uint64_t number = ++requests_;
    truth_.begin("request", venue_now_).number("request", number).number("connection", connection);
    truth_.text("kind", to_string(kind)).text("method", request.method);
    truth_.text("target", masked(request.target, access_))
        .text("account", account_name(account_of(request, access_)));
    if (!request.body.empty())
        truth_.text("body", masked(std::string_view{request.body}.substr(0, kNotedBytesMax), access_));
    truth_.end();
    return number;
}

void VenueHost::note_request_faults(const std::vector<RuleState*>& rules, std::uint64_t request) {
    for (const RuleState* each : rules) {
        truth_.begin("fault", venue_now_).number("rule", each->id).text("name", each->rule.name);
        truth_.number("request", request).json("do", each->rule.action.json).end();
    }
}

void VenueHost::note_answer(std::uint64_t number, RequestKind kind, const Response& response,
                            const RequestPlan& plan) {
    truth_.begin("answer", venue_now_).number("request", number).flag("done", plan.processes);
    truth_.number("status", response.status).number("bytes", response.body.size());
    truth_.text("delivered", delivered_text(plan.delivery));
    if (plan.delivery.ending != Ending::keep) truth_.text("ending", to_string(plan.delivery.ending));
    // What the market says is long, and no evidence of anything.
    if (kind != RequestKind::market_data && kind != RequestKind::time)
        truth_.text("body", masked(std::string_view{response.body}.substr(0, kNotedBytesMax), access_));
    truth_.end();
}

Response VenueHost::refused_or_done(const Request& request, const RequestPlan& plan) {
    std::optional<Response> done;
    if (plan.processes) done = protocol_->answer(request, venue_now_);
    pump();
    if (plan.fault.refuse) return protocol_->refuse(request, *plan.fault.refuse, venue_now_);
    return done ? std::move(*done) : protocol_->refuse(request, Trouble::unavailable, venue_now_);
}

void VenueHost::fill_for(const Request& request, std::optional<OrderNumber> order, Decimal fraction) {
    FillOrder fill;
    fill.order.account = account_name(account_of(request, access_));
    fill.fraction = fraction;
    if (order) fill.order.number = *order;
    static_cast<void>(perform_all({fill}));
}

std::optional<Delivery> VenueHost::on_head(ConnectionId connection, const Request& head, Timestamp now) {
    advance(now);
    if (is_control(head)) return std::nullopt;
    const RequestKind kind = protocol_->kind_of(head);
    const std::vector<RuleState*> rules = rules_for(head, kind, true);
    if (rules.empty()) return std::nullopt;
    const std::uint64_t number = note_request(connection, head, kind);
    note_request_faults(rules, number);
    const RequestPlan plan = plan_request(rules);
    perform_actions_of(rules);
    note_answer(number, kind, {}, plan);
    return plan.delivery;
}

HostAnswer VenueHost::answer(ConnectionId connection, const Request& request, Timestamp now) {
    advance(now);
    if (is_control(request) && !options_.control_token.empty()) return answer_control(connection, request);
    // Without a body there is no inside: such a request ends where its head does.
    if (request.body.empty()) {
        if (const std::optional<Delivery> ended = on_head(connection, request, now)) return {{}, *ended};
    }
    return answer_client(connection, request);
}

HostAnswer VenueHost::answer_client(ConnectionId connection, const Request& request) {
    const RequestKind kind = protocol_->kind_of(request);
    const std::uint64_t number = note_request(connection, request, kind);
    const std::vector<RuleState*> rules = rules_for(request, kind, false);
    note_request_faults(rules, number);
    RequestPlan plan = plan_request(rules);
    perform_actions_of(rules);
    const std::optional<OrderNumber> named =
        plan.fault.fill_before || plan.fault.fill_after ? protocol_->order_of(request) : std::nullopt;
    if (plan.fault.fill_before) fill_for(request, named, *plan.fault.fill_before);
    Response response = plan.is_answered() || plan.processes ? refused_or_done(request, plan) : Response{};
    spoil(response, plan.fault);
    if (plan.fault.fill_after) fill_for(request, named, *plan.fault.fill_after);
    note_answer(number, kind, response, plan);
    return {std::move(response), plan.delivery};
}

std::expected<StreamOpening, HostAnswer> VenueHost::open(ConnectionId connection, StreamId stream,
                                                         const Request& request, Timestamp now) {
    advance(now);
    const std::uint64_t number = note_request(connection, request, RequestKind::stream);
    const std::vector<RuleState*> rules = rules_for(request, RequestKind::stream, false);
    note_request_faults(rules, number);
    RequestPlan plan = plan_request(rules);
    perform_actions_of(rules);
    const bool opens = plan.processes && plan.is_answered() && !plan.fault.refuse && !plan.fault.status;
    if (!opens) {
        Response response =
            protocol_->refuse(request, plan.fault.refuse.value_or(Trouble::unavailable), venue_now_);
        spoil(response, plan.fault);
        note_answer(number, RequestKind::stream, response, plan);
        return std::unexpected{HostAnswer{std::move(response), plan.delivery}};
    }
    std::expected<StreamTerms, Response> terms = protocol_->open(stream, request, venue_now_);
    if (!terms) {
        pump();
        note_answer(number, RequestKind::stream, terms.error(), plan);
        return std::unexpected{HostAnswer{std::move(terms.error()), plan.delivery}};
    }
    frames_.opened(stream);
    truth_.begin("stream_open", venue_now_).number("stream", stream).number("request", number).end();
    pump();
    return StreamOpening{*terms, plan.delivery};
}

}  // namespace plumb::exchange
