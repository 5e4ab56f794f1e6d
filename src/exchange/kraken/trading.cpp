#include "exchange/kraken/trading.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "exchange/kraken/order_json.hpp"
#include "exchange/kraken/order_request.hpp"
#include "exchange/kraken/replies.hpp"
#include "exchange/kraken/text.hpp"

namespace plumb::exchange::kraken {

/// What became of one action: an error of the whole request, or a status with its events.
struct Trading::Outcome {
    std::string error;  // empty where there is a status
    bool is_bad_type = false;
    std::string status;
    std::string order_id;
    std::string client_id;
    std::string events = "[]";  // JSON

    static Outcome failed(std::string error) {
        Outcome outcome;
        outcome.error = std::move(error);
        return outcome;
    }
    static Outcome with_status(std::string_view status) {
        Outcome outcome;
        outcome.status = status;
        return outcome;
    }
};

namespace {

std::string error_of(const OrderTrouble& trouble) {
    std::string error{trouble.error};
    if (!trouble.detail.empty()) error += ": " + trouble.detail;
    return error;
}

/// The status of an order that was accepted and ended at once without a fill.
std::string_view failed_status(const OrderRecord& order) {
    if (is_open(order.status) || !order.filled.is_zero()) return {};
    switch (order.end_reason) {
        case EndReason::immediate_rest:
        case EndReason::fill_or_kill:
        case EndReason::no_liquidity: return "iocWouldNotExecute";
        case EndReason::self_trade: return "selfFill";
        case EndReason::post_only: return "postWouldExecute";
        case EndReason::reduce_only: return "wouldNotReducePosition";
        case EndReason::insufficient_funds: return "insufficientAvailableFunds";
        default: return {};
    }
}

void write_execution(JsonOut& json, const Desk& desk, const Execution& execution, const OrderRecord& order) {
    json.begin_object().member("type", "EXECUTION");
    json.member("executionId", desk.fill_ids.text(execution.number));
    json.member("price", execution.price).member("amount", execution.quantity).null("orderPriorEdit");
    write_event_order(json, "orderPriorExecution", desk,
                      {order, execution.filled_after - execution.quantity, {}, {}});
    json.null("takerReducedQuantity").end_object();
}

void write_placement(JsonOut& json, const Desk& desk, const OrderRecord& order) {
    json.begin_object().member("type", "PLACE");
    if (order.status == OrderStatus::waiting) {
        write_event_trigger(json, "orderTrigger", desk, order);
    } else {
        write_event_order(json, "order", desk, {order, {}, {}, {}});
        json.null("reducedQuantity");
    }
    json.end_object();
}

Form form_of(const nlohmann::json& object) {
    Form form;
    for (const auto& [name, value] : object.items()) {
        if (value.is_string()) {
            form.add(name, value.get<std::string>());
        } else if (value.is_number() || value.is_boolean()) {
            form.add(name, value.dump());
        }
    }
    return form;
}

}  // namespace

Trading::Outcome Trading::placed(const OrderSpec& spec, OrderNumber number, Timestamp now) {
    Outcome outcome = Outcome::with_status("placed");
    outcome.order_id = desk_.order_ids.text(number);
    outcome.client_id = spec.client_id;
    const std::optional<OrderRecord> order = desk_.order_now(spec.account, number, now);
    if (!order) return outcome;
    JsonOut json;
    json.begin_array();
    if (const std::string_view failed = failed_status(*order); !failed.empty()) {
        outcome.status = failed;
        json.begin_object().member("type", "REJECT").member("uid", outcome.order_id);
        json.member("reason", engine_reason_of(failed));
        write_event_order(json, "order", desk_, {*order, {}, {}, {}});
        json.end_object();
    } else {
        for (const ExecutionNumber one : order->executions) {
            const std::optional<Execution> execution = desk_.model.find_execution(one);
            if (execution) write_execution(json, desk_, *execution, *order);
        }
        if (is_open(order->status) || order->executions.empty()) write_placement(json, desk_, *order);
    }
    outcome.events = json.end_array().take();
    return outcome;
}

// Before the engine there are no events; the engine's own refusals tell of the order it would not take.
Trading::Outcome Trading::rejected(const OrderSpec& spec, std::string_view status, Timestamp now) {
    Outcome outcome = Outcome::with_status(status);
    outcome.client_id = spec.client_id;
    const std::string_view reason = engine_reason_of(status);
    if (reason.empty()) return outcome;
    outcome.order_id = desk_.reject_ids.text(++desk_.reject_count);
    JsonOut json;
    json.begin_array().begin_object().member("type", "REJECT").member("uid", outcome.order_id);
    json.member("reason", reason).begin_object("order").member("orderId", outcome.order_id);
    spec.client_id.empty() ? json.null("cliOrdId") : json.member("cliOrdId", spec.client_id);
    json.member("type", spec.note == "mkt" ? "ioc" : spec.note);
    json.member("symbol", desk_.contracts[spec.instrument].symbol).member("side", side_word(spec.side));
    json.member("quantity", spec.quantity).member("filled", 0);
    spec.limit.is_zero() ? json.null("limitPrice") : json.member("limitPrice", spec.limit);
    json.member("reduceOnly", spec.reduce_only).time("timestamp", now, 3);
    json.time("lastUpdateTimestamp", now, 3).end_object().end_object().end_array();
    outcome.events = json.take();
    return outcome;
}

// A leverage preference makes the contract isolated: the position's value over it must be there in margin.
bool Trading::exceeds_leverage(const OrderSpec& spec) const {
    const auto preferences = desk_.preferences_of.find(spec.account);
    if (preferences == desk_.preferences_of.end() || spec.reduce_only) return false;
    const auto leverage = preferences->second.leverage.find(spec.instrument);
    if (leverage == preferences->second.leverage.end()) return false;
    const Timestamp far = Timestamp{} + std::chrono::days{365 * 200};
    const Quantity position = desk_.model.position(spec.account, spec.instrument, far).quantity;
    const Quantity after = position + spec.quantity * Decimal{sign_of(spec.side)};
    if (after.abs() <= position.abs()) return false;
    const Price price = spec.limit.is_zero() ? desk_.model.last_price(spec.instrument) : spec.limit;
    const Result<Money> value = notional(price, after.abs());
    const Money equity = desk_.model.equity(spec.account, desk_.usd());
    return !value || equity.value < value->value / leverage->second;
}

Trading::Outcome Trading::send(AccountId account, const Form& form, Timestamp now) {
    const auto spec = parse_order(desk_, account, form, now);
    if (!spec) {
        if (!spec.error().send_status.empty()) return Outcome::with_status(spec.error().send_status);
        Outcome outcome = Outcome::failed(error_of(spec.error()));
        outcome.is_bad_type = spec.error().is_bad_type;
        return outcome;
    }
    if (desk_.model.status(spec->instrument) == TradingStatus::closed) {
        return Outcome::with_status("marketInactive");
    }
    if (exceeds_leverage(*spec)) return rejected(*spec, "insufficientAvailableFunds", now);
    const auto number = desk_.model.submit(*spec, now);
    if (!number) return rejected(*spec, send_status_of(number.error()), now);
    return placed(*spec, *number, now);
}

Trading::Outcome Trading::edit(AccountId account, const Form& form, Timestamp now) {
    const std::string_view id = form.has("orderId") ? form.get("orderId") : form.get("order_id");
    const std::string_view client_id = form.get("cliOrdId");
    if (id.empty() && client_id.empty()) return Outcome::failed("requiredArgumentMissing");
    const std::optional<OrderRecord> before = desk_.find_order(account, id, client_id, now);
    const auto not_found = [&] {
        Outcome outcome = Outcome::with_status("orderForEditNotFound");
        outcome.order_id = id;
        return outcome;
    };
    if (!before) return not_found();
    Replacement change;
    const auto number = [&](std::string_view name) -> std::optional<Decimal> {
        const std::string_view text = form.get(name);
        return text.empty() ? std::nullopt : sane_decimal(text);
    };
    for (const std::string_view name : {"size", "limitPrice", "stopPrice"}) {
        if (!form.get(name).empty() && !number(name)) {
            return Outcome::failed("invalidArgument: " + std::string{name});
        }
    }
    if (const auto stop = number("stopPrice")) {
        if (before->status != OrderStatus::waiting) return Outcome::with_status("orderForEditNotAStop");
        if (stop->sign() <= 0) return Outcome::with_status("invalidPrice");
        change.stop = Price{*stop};
    }
    if (const auto limit = number("limitPrice")) {
        if (limit->sign() <= 0) return Outcome::with_status("invalidPrice");
        change.limit = Price{*limit};
    }
    if (const auto size = number("size")) {
        if (size->sign() <= 0) return Outcome::with_status("invalidSize");
        const bool is_whole = lower_case(form.get("qtyMode")) == "absolute";
        const std::optional<OrderRecord> present = desk_.order_now(account, before->number, now);
        change.quantity = Quantity{*size} + (is_whole || !present ? Quantity{} : present->filled);
    }
    const auto edited = desk_.model.replace(account, before->number, change, now);
    Outcome outcome = Outcome::with_status("edited");
    outcome.order_id = desk_.order_ids.text(before->number);
    outcome.client_id = before->spec.client_id;
    if (!edited && edited.error() == Refusal::order_ended) return not_found();
    if (!edited && edited.error() != Refusal::nothing_to_change) {
        outcome.status = send_status_of(edited.error());
        if (outcome.status == "notFound") return not_found();
        return outcome;
    }
    const std::optional<OrderRecord> after = desk_.order_now(account, before->number, now);
    if (!after) return outcome;
    JsonOut json;
    json.begin_array();
    for (std::size_t i = before->executions.size(); i < after->executions.size(); ++i) {
        const std::optional<Execution> execution = desk_.model.find_execution(after->executions[i]);
        if (execution) write_execution(json, desk_, *execution, *after);
    }
    json.begin_object().member("type", "EDIT").member("uid", outcome.order_id);
    write_event_order(json, "old", desk_, {*before, {}, {}, {}});
    write_event_order(json, "new", desk_, {*after, {}, {}, {}});
    outcome.events = json.null("reducedQuantity").end_object().end_array().take();
    return outcome;
}

Trading::Outcome Trading::cancel(AccountId account, const Form& form, Timestamp now) {
    const std::string_view id = form.has("order_id") ? form.get("order_id") : form.get("orderId");
    const std::string_view client_id = form.get("cliOrdId");
    if (id.empty() && client_id.empty()) return Outcome::failed("requiredArgumentMissing");
    std::optional<OrderNumber> number;
    if (!id.empty()) {
        number = desk_.order_ids.number(id);
    } else if (const auto order = desk_.model.find_order(account, client_id, now + std::chrono::days{365})) {
        number = order->number;
    }
    Outcome outcome = Outcome::with_status("notFound");
    outcome.order_id = id;
    outcome.client_id = client_id;
    if (!number) return outcome;
    outcome.order_id = desk_.order_ids.text(*number);
    const auto canceled = desk_.model.cancel(account, *number, now);
    const std::optional<OrderRecord> order = desk_.order_now(account, *number, now);
    if (!canceled) {
        if (order && order->status == OrderStatus::filled) outcome.status = "filled";
        return outcome;
    }
    outcome.status = "cancelled";
    if (!order) return outcome;
    outcome.client_id = order->spec.client_id;
    JsonOut json;
    json.begin_array().begin_object().member("type", "CANCEL").member("uid", outcome.order_id);
    write_event_order(json, "order", desk_, {*order, {}, {}, {}});
    outcome.events = json.end_object().end_array().take();
    return outcome;
}

Response Trading::send_order(AccountId account, const Form& form, Timestamp now) {
    if (is_too_late(form, now)) return error_reply("invalidArgument: processBefore", now);
    const Outcome outcome = send(account, form, now);
    if (outcome.is_bad_type) return bad_request(11, "invalid order type", now);
    if (!outcome.error.empty()) return error_reply(outcome.error, now);
    Reply reply{now};
    JsonOut& json = reply.json().begin_object("sendStatus");
    if (!outcome.order_id.empty()) json.member("order_id", outcome.order_id);
    json.member("status", outcome.status).time("receivedTime", now, 3);
    if (!outcome.client_id.empty()) json.member("cliOrdId", outcome.client_id);
    json.raw("orderEvents", outcome.events).end_object();
    return reply.done();
}

Response Trading::edit_order(AccountId account, const Form& form, Timestamp now) {
    if (is_too_late(form, now)) return error_reply("invalidArgument: processBefore", now);
    const Outcome outcome = edit(account, form, now);
    if (!outcome.error.empty()) return error_reply(outcome.error, now);
    Reply reply{now};
    JsonOut& json = reply.json().begin_object("editStatus").member("status", outcome.status);
    if (!outcome.order_id.empty()) json.member("orderId", outcome.order_id);
    if (!outcome.client_id.empty()) json.member("cliOrdId", outcome.client_id);
    json.time("receivedTime", now, 3).raw("orderEvents", outcome.events).end_object();
    return reply.done();
}

Response Trading::cancel_order(AccountId account, const Form& form, Timestamp now) {
    if (is_too_late(form, now)) return error_reply("invalidArgument: processBefore", now);
    const Outcome outcome = cancel(account, form, now);
    if (!outcome.error.empty()) return error_reply(outcome.error, now);
    Reply reply{now};
    JsonOut& json = reply.json().begin_object("cancelStatus").member("status", outcome.status);
    if (!outcome.order_id.empty()) json.member("order_id", outcome.order_id);
    if (!outcome.client_id.empty()) json.member("cliOrdId", outcome.client_id);
    json.time("receivedTime", now, 3).raw("orderEvents", outcome.events).end_object();
    return reply.done();
}

Response Trading::cancel_all(AccountId account, const Form& form, Timestamp now) {
    std::optional<InstrumentId> instrument;
    const std::string_view symbol = form.get("symbol");
    if (!symbol.empty()) {
        const Contract* contract = desk_.contracts.find(symbol);
        if (contract == nullptr) return error_reply("contractNotFound", now);
        instrument = contract->id;
    }
    const std::vector<OrderNumber> canceled =
        desk_.model.cancel_all(account, instrument, EndReason::by_owner, now);
    Reply reply{now};
    JsonOut& json = reply.json().begin_object("cancelStatus").time("receivedTime", now, 3);
    json.member("cancelOnly", instrument ? desk_.contracts[*instrument].symbol : std::string{"all"});
    json.member("status", canceled.empty() ? "noOrdersToCancel" : "cancelled");
    std::vector<OrderRecord> orders;
    for (const OrderNumber number : canceled) {
        if (auto order = desk_.order_now(account, number, now)) orders.push_back(std::move(*order));
    }
    json.begin_array("cancelledOrders");
    for (const OrderRecord& order : orders) {
        json.begin_object().member("order_id", desk_.order_ids.text(order.number));
        if (!order.spec.client_id.empty()) json.member("cliOrdId", order.spec.client_id);
        json.end_object();
    }
    json.end_array().begin_array("orderEvents");
    for (const OrderRecord& order : orders) {
        json.begin_object().member("type", "CANCEL").member("uid", desk_.order_ids.text(order.number));
        write_event_order(json, "order", desk_, {order, {}, {}, {}});
        json.end_object();
    }
    json.end_array().end_object();
    return reply.done();
}

Response Trading::cancel_all_after(AccountId account, const Form& form, Timestamp now) {
    if (form.get("timeout").empty()) return error_reply("requiredArgumentMissing", now);
    const auto seconds = whole_number(form.get("timeout"), 0, 86'400);
    if (!seconds) return error_reply("invalidArgument: timeout", now);
    Preferences& preferences = desk_.preferences(account);
    preferences.dead_man.reset();
    if (0 < *seconds) preferences.dead_man = now + std::chrono::seconds{*seconds};
    desk_.model.set_dead_man(account, preferences.dead_man);
    Reply reply{now};
    JsonOut& json = reply.json().begin_object("status").time("currentTime", now, 3);
    preferences.dead_man ? json.time("triggerTime", *preferences.dead_man, 3)
                         : json.member("triggerTime", "0");
    json.end_object();
    return reply.done();
}

std::size_t Trading::batch_size(const Form& form) {
    const auto request = nlohmann::json::parse(form.get("json"), nullptr, false);
    if (!request.is_object() || !request.contains("batchOrder")) return 0;
    return request["batchOrder"].is_array() ? request["batchOrder"].size() : 0;
}

Response Trading::batch(AccountId account, const Form& form, Timestamp now) {
    if (!form.has("json")) return error_reply("requiredArgumentMissing", now);
    const auto request = nlohmann::json::parse(form.get("json"), nullptr, false);
    if (request.is_discarded()) return error_reply("Json Parse Error", now);
    if (!request.is_object() || !request.contains("batchOrder") || !request["batchOrder"].is_array()) {
        return error_reply("invalidArgument: json", now);
    }
    const nlohmann::json& actions = request["batchOrder"];
    if (kBatchMax < actions.size()) return error_reply("invalidArgument: batchOrder", now);
    if (is_too_late(form, now)) return error_reply("invalidArgument: processBefore", now);
    Reply reply{now};
    JsonOut& json = reply.json().begin_array("batchStatus");
    for (const nlohmann::json& action : actions) {
        const Form fields = action.is_object() ? form_of(action) : Form{};
        const std::string_view what = fields.get("order");
        const Outcome outcome = what == "send"     ? send(account, fields, now)
                                : what == "edit"   ? edit(account, fields, now)
                                : what == "cancel" ? cancel(account, fields, now)
                                                   : Outcome::failed("invalidArgument: order");
        json.begin_object();
        if (fields.has("order_tag")) json.member("order_tag", fields.get("order_tag"));
        json.member("status", outcome.error.empty() ? outcome.status : outcome.error);
        if (!outcome.order_id.empty()) json.member("order_id", outcome.order_id);
        if (!outcome.client_id.empty()) json.member("cliOrdId", outcome.client_id);
        json.time("dateTimeReceived", now, 3).raw("orderEvents", outcome.events).end_object();
    }
    json.end_array();
    return reply.done();
}

}  // namespace plumb::exchange::kraken
