#include "exchange/kraken/history.hpp"

#include <algorithm>

#include "exchange/kraken/order_json.hpp"
#include "exchange/kraken/replies.hpp"
#include "exchange/kraken/text.hpp"
#include "signing/signing.hpp"

namespace plumb::exchange::kraken {

namespace {

/// {"uid","timestamp","event":{NAME:{...
JsonOut begin_event(const Desk& desk, std::uint64_t number, Timestamp at, std::string_view name) {
    JsonOut json;
    json.begin_object().member("uid", desk.event_ids.text(number)).quoted("timestamp", to_ms(at));
    json.begin_object("event").begin_object(name);
    return json;
}

std::string end_event(JsonOut json) { return json.end_object().end_object().end_object().take(); }

bool is_wanted(const Form& form, std::string_view symbol) {
    const std::string_view wanted = form.get("tradeable");
    return wanted.empty() || lower_case(wanted) == lower_case(symbol);
}

void write_public_order(JsonOut& json, std::string_view key, const Desk& desk, const PastTrade& trade,
                        const Contract& contract, bool maker) {
    const Side side = maker ? opposite(trade.aggressor) : trade.aggressor;
    json.begin_object(key).member("uid", desk.event_ids.text(trade.number * 2 + (maker ? 1 : 0)));
    json.member("tradeable", contract.symbol).member("direction", side == Side::buy ? "Buy" : "Sell");
    json.quoted("quantity", trade.quantity).quoted("timestamp", to_ms(trade.at));
    json.quoted("limitPrice", trade.price).member("orderType", maker ? "Limit" : "IoC");
    json.member("reduceOnly", false).quoted("lastUpdateTimestamp", to_ms(trade.at)).end_object();
}

constexpr std::uint64_t kExecutionEvents = std::uint64_t{1} << 56;  // apart from the numbers of other events

}  // namespace

Response History::paged(std::vector<Element> elements, const Form& form, Timestamp now,
                        std::optional<AccountId> account) const {
    constexpr long long kMsMax = 9'000'000'000'000;
    const auto bound = [&](std::string_view name, long long otherwise) {
        return form.get(name).empty() ? std::optional{otherwise} : whole_number(form.get(name), 0, kMsMax);
    };
    const auto since = bound("since", 0);
    const auto before = bound("before", kMsMax);
    const auto count = form.get("count").empty()
                           ? std::optional<long long>{kPageMax}
                           : whole_number(form.get("count"), 1, static_cast<long long>(kPageMax));
    const std::string_view sort = form.get("sort");
    if (!since || !before || !count || (!sort.empty() && sort != "asc" && sort != "desc")) {
        return bad_request(1, "invalid since, before, sort or count", now);
    }
    std::size_t skip = 0;
    std::string_view token = form.get("continuation_token");
    if (token.empty()) token = form.get("continuationToken");
    if (!token.empty()) {
        const Result<std::string> text = signing::from_base64(token);
        const auto number = text ? whole_number(*text, 0, kMsMax) : std::nullopt;
        if (!number) return bad_request(1, "invalid continuation_token", now);
        skip = static_cast<std::size_t>(*number);
    }
    std::erase_if(elements, [&](const Element& element) {
        return to_ms(element.at) < *since || *before < to_ms(element.at);
    });
    std::ranges::sort(elements, [&](const Element& a, const Element& b) {
        const bool earlier = std::tie(a.at, a.order) < std::tie(b.at, b.order);
        const bool later = std::tie(b.at, b.order) < std::tie(a.at, a.order);
        return sort == "asc" ? earlier : later;
    });
    const std::size_t first = std::min(skip, elements.size());
    const std::size_t last = std::min(first + static_cast<std::size_t>(*count), elements.size());
    JsonOut json;
    json.begin_object();
    if (account) json.member("accountUid", desk_.account_ids.text(account->value));
    json.member("len", last - first).begin_array("elements");
    for (std::size_t i = first; i < last; ++i) json.raw_element(elements[i].json);
    json.end_array().time("serverTime", now, 3);
    std::string next;
    if (last < elements.size()) {
        next = signing::base64(signing::bytes_of(std::to_string(last)));
        json.member("continuationToken", next);
    }
    Response response = json_reply(json.end_object().take());
    if (!next.empty()) response.headers.push_back({"Next-Continuation-Token", next});
    return response;
}

// Each order is placed, and in the end cancelled or filled: what the venue tells of it in between are
// executions.
Response History::orders(AccountId account, const Form& form, Timestamp now) const {
    std::vector<Element> elements;
    for (const OrderRecord& order : desk_.model.orders(account, std::nullopt, now)) {
        if (!is_wanted(form, desk_.contracts[order.spec.instrument].symbol)) continue;
        if (is_trigger(order) && !order.triggered) continue;
        const Timestamp placed = is_trigger(order) ? order.triggered_at : order.created_at;
        const bool at_once = order.status == OrderStatus::filled && order.ended_at == placed;
        JsonOut json = begin_event(desk_, order.number * 4, placed, "OrderPlaced");
        write_history_order(json, "order", desk_, order, at_once ? order.filled : Quantity{});
        json.member("reason", is_trigger(order) ? "limit_order_from_stop" : "new_user_order");
        json.member("reducedQuantity", "").member("algoId", "");
        elements.push_back({placed, order.number * 4, end_event(std::move(json))});
        if (is_open(order.status) || at_once) continue;
        const bool filled = order.status == OrderStatus::filled;
        json = begin_event(desk_, order.number * 4 + 1, order.ended_at,
                           filled ? "OrderUpdated" : "OrderCancelled");
        if (filled) write_history_order(json, "oldOrder", desk_, order, Quantity{});
        write_history_order(json, filled ? "newOrder" : "order", desk_, order, order.filled);
        json.member("reason", end_word_of(order));
        if (filled) json.member("reducedQuantity", "");
        elements.push_back({order.ended_at, order.number * 4 + 1, end_event(std::move(json))});
    }
    return paged(std::move(elements), form, now, account);
}

Response History::triggers(AccountId account, const Form& form, Timestamp now) const {
    std::vector<Element> elements;
    for (const OrderRecord& order : desk_.model.orders(account, std::nullopt, now)) {
        if (!is_trigger(order) || !is_wanted(form, desk_.contracts[order.spec.instrument].symbol)) continue;
        const auto add = [&](std::uint64_t step, Timestamp at, std::string_view name,
                             std::string_view reason) {
            JsonOut json = begin_event(desk_, order.number * 4 + step, at, name);
            json.begin_object("orderTrigger").member("uid", desk_.order_ids.text(order.number));
            json.member("accountUid", desk_.account_ids.text(account.value));
            json.member("tradeable", desk_.contracts[order.spec.instrument].symbol);
            json.member("direction", order.spec.side == Side::buy ? "Buy" : "Sell");
            json.quoted("quantity", order.spec.quantity).quoted("timestamp", to_ms(order.created_at));
            json.quoted("triggerPrice", order.spec.stop).quoted("limitPrice", order.spec.limit);
            json.member("clientId", order.spec.client_id).member("reduceOnly", order.spec.reduce_only);
            json.member("triggerSignal", signal_word(order.spec.trigger));
            json.quoted("lastUpdateTimestamp", to_ms(order.updated_at)).end_object();
            if (name == "OrderTriggerActivated") {
                write_history_order(json, "order", desk_, order, order.filled);
            }
            json.member("reason", reason);
            elements.push_back({at, order.number * 4 + step, end_event(std::move(json))});
        };
        add(2, order.created_at, "OrderTriggerPlaced", "new_user_order");
        if (order.triggered) {
            add(3, order.triggered_at, "OrderTriggerActivated", "stop_order_triggered");
        } else if (!is_open(order.status)) {
            add(3, order.ended_at, "OrderTriggerCancelled", end_word_of(order));
        }
    }
    return paged(std::move(elements), form, now, account);
}

Response History::executions(AccountId account, const Form& form, Timestamp now) const {
    std::vector<Element> elements;
    for (const Execution& execution : desk_.model.executions(account, 0, now)) {
        const Contract& contract = desk_.contracts[execution.instrument];
        if (!is_wanted(form, contract.symbol)) continue;
        JsonOut json = begin_event(desk_, kExecutionEvents + execution.number, execution.at, "Execution");
        json.begin_object("execution").member("uid", desk_.fill_ids.text(execution.number));
        if (const auto order = desk_.order_now(account, execution.order, now)) {
            write_history_order(json, execution.maker ? "makerOrder" : "takerOrder", desk_, *order,
                                execution.filled_after);
            write_history_order(json, "order", desk_, *order, execution.filled_after);
        }
        json.quoted("timestamp", to_ms(execution.at)).quoted("quantity", execution.quantity);
        json.quoted("price", execution.price);
        json.quoted("markPrice", desk_.model.mark(execution.instrument).mark);
        const Decimal value = (execution.price * execution.quantity).value;
        json.member("limitFilled", false);
        json.quoted("usdValue", value.quantized(Decimal::power_of_ten(-2), Rounding::nearest));
        json.begin_object("orderData").quoted("fee", execution.fee);
        json.quoted("positionSize", execution.position_after).end_object().end_object();
        json.member("takerReducedQuantity", "");
        elements.push_back({execution.at, execution.number, end_event(std::move(json))});
    }
    return paged(std::move(elements), form, now, account);
}

Response History::positions(AccountId account, const Form& form, Timestamp now) const {
    std::vector<Element> elements;
    std::map<InstrumentId, Quantity> before;
    for (const Execution& execution : desk_.model.executions(account, 0, now)) {
        const Contract& contract = desk_.contracts[execution.instrument];
        const Quantity old = before[execution.instrument];
        before[execution.instrument] = execution.position_after;
        if (!is_wanted(form, contract.symbol)) continue;
        JsonOut json =
            begin_event(desk_, 2 * kExecutionEvents + execution.number, execution.at, "PositionUpdate");
        json.member("accountUid", desk_.account_ids.text(account.value));
        json.member("tradeable", contract.symbol).quoted("oldPosition", old);
        json.quoted("newPosition", execution.position_after);
        json.member("executionUid", desk_.fill_ids.text(execution.number));
        json.quoted("executionPrice", execution.price).quoted("executionSize", execution.quantity);
        json.quoted("fee", execution.fee).member("feeCurrency", "USD");
        json.quoted("realizedPnL", execution.realized_profit).member("updateReason", "trade");
        json.quoted("fillTime", to_ms(execution.at));
        elements.push_back({execution.at, execution.number, end_event(std::move(json))});
    }
    return paged(std::move(elements), form, now, account);
}

Response History::market_executions(std::string_view symbol, const Form& form, Timestamp now) const {
    const Contract* contract = desk_.contracts.find(symbol);
    if (contract == nullptr) return error_reply("contractNotFound", now, 404);
    std::vector<Element> elements;
    const Price mark = desk_.model.mark(contract->id).mark;
    for (const PastTrade& trade :
         desk_.past.trades(contract->id, Timestamp{}, now + std::chrono::milliseconds{1}, 10'000)) {
        JsonOut json = begin_event(desk_, 3 * kExecutionEvents + trade.number, trade.at, "Execution");
        json.begin_object("execution").member("uid", desk_.trade_ids.text(trade.number));
        write_public_order(json, "makerOrder", desk_, trade, *contract, true);
        write_public_order(json, "takerOrder", desk_, trade, *contract, false);
        json.quoted("timestamp", to_ms(trade.at)).quoted("quantity", trade.quantity);
        json.quoted("price", trade.price).quoted("markPrice", mark).member("limitFilled", false);
        const Decimal value = (trade.price * trade.quantity).value;
        json.quoted("usdValue", value.quantized(Decimal::power_of_ten(-2), Rounding::nearest)).end_object();
        json.member("takerReducedQuantity", "");
        elements.push_back({trade.at, trade.number, end_event(std::move(json))});
    }
    return paged(std::move(elements), form, now, std::nullopt);
}

Response History::market_prices(std::string_view symbol, const Form& form, Timestamp now) const {
    const Contract* contract = desk_.contracts.find(symbol);
    if (contract == nullptr) return error_reply("contractNotFound", now, 404);
    std::vector<Element> elements;
    const Timestamp from = now - std::chrono::minutes{static_cast<std::int64_t>(kPageMax)};
    for (const ClosedBar& bar :
         desk_.past.bars(contract->id, std::chrono::minutes{1}, from, now, kPageMax, now)) {
        const auto number = static_cast<std::uint64_t>(to_ms(bar.close_time()));
        JsonOut json =
            begin_event(desk_, 4 * kExecutionEvents + number, bar.close_time(), "MarkPriceChanged");
        json.quoted("price", bar.values.close);
        elements.push_back({bar.close_time(), number, end_event(std::move(json))});
    }
    return paged(std::move(elements), form, now, std::nullopt);
}

void History::add_log(AccountId account, LogEntry entry) {
    Preferences& preferences = desk_.preferences(account);
    entry.id = ++preferences.log_count;
    if (preferences.log.size() == Preferences::kLogMax) preferences.log.pop_front();
    preferences.log.push_back(std::move(entry));
}

void History::on_event(const ModelEvent& event) {
    if (const auto* order = std::get_if<OrderHappened>(&event.what)) {
        const Execution& execution = order->execution;
        if (order->step != OrderStep::filled || execution.account.value == 0) return;
        const Quantity change = execution.quantity * Decimal{sign_of(execution.side)};
        LogEntry entry;
        entry.at = event.at;
        entry.info = "futures trade";
        entry.asset = lower_case(desk_.contracts[execution.instrument].symbol);
        entry.contract = entry.asset;
        entry.new_balance = execution.position_after.value;
        entry.old_balance = (execution.position_after - change).value;
        entry.fee = execution.fee;
        entry.realized = execution.realized_profit.value;
        entry.trade_price = execution.price;
        entry.mark = desk_.model.mark(execution.instrument).mark;
        entry.execution = execution.number;
        add_log(execution.account, std::move(entry));
    } else if (const auto* balance = std::get_if<BalanceChanged>(&event.what)) {
        if (balance->account.value == 0 || balance->change.is_zero()) return;
        if (balance->reason == BalanceReason::reserve || balance->reason == BalanceReason::release) return;
        LogEntry entry;
        entry.at = event.at;
        entry.asset = lower_case(desk_.model.asset_name(balance->asset));
        entry.info = balance->reason == BalanceReason::funding       ? "funding rate change"
                     : balance->reason == BalanceReason::trade       ? "futures trade"
                     : balance->reason == BalanceReason::fee         ? "futures trade"
                     : balance->reason == BalanceReason::liquidation ? "futures liquidation"
                                                                     : "cross-exchange transfer";
        entry.new_balance = balance->total;
        entry.old_balance = balance->total - balance->change;
        if (balance->reason == BalanceReason::fee) entry.fee = -balance->change;
        if (balance->reason == BalanceReason::trade) entry.realized = balance->change;
        if (balance->reason == BalanceReason::funding) entry.funding = balance->change;
        add_log(balance->account, std::move(entry));
    }
}

Response History::account_log(AccountId account, const Form& form, Timestamp) const {
    const auto bound = [&](std::string_view name, long long otherwise) {
        return whole_number(form.get(name), 0, 9'000'000'000'000).value_or(otherwise);
    };
    const long long since = bound("since", 0);
    const long long before = bound("before", 9'000'000'000'000);
    const long long from = bound("from", 0);
    const long long to = bound("to", 9'000'000'000'000);
    const auto count = static_cast<std::size_t>(whole_number(form.get("count"), 1, 5'000).value_or(500));
    const std::string info = lower_case(form.get("info"));
    JsonOut json;
    json.begin_object().member("accountUid", desk_.account_ids.text(account.value)).begin_array("logs");
    std::vector<const LogEntry*> rows;
    if (const auto found = desk_.preferences_of.find(account); found != desk_.preferences_of.end()) {
        for (const LogEntry& entry : found->second.log) rows.push_back(&entry);
    }
    if (form.get("sort") != "asc") std::ranges::reverse(rows);
    std::size_t written = 0;
    for (const LogEntry* entry : rows) {
        const long long at = to_ms(entry->at);
        const auto id = static_cast<long long>(entry->id);
        if (at < since || before < at || id < from || to < id || written == count) continue;
        if (!info.empty() && info != entry->info) continue;
        write_log_entry(json, desk_, *entry);
        ++written;
    }
    return json_reply(json.end_array().end_object().take());
}

Response History::account_log_csv(AccountId account, Timestamp) const {
    std::string body = "uid,dateTime,account,type,symbol,change,new balance,trade price,mark price,fee\n";
    if (const auto found = desk_.preferences_of.find(account); found != desk_.preferences_of.end()) {
        for (const LogEntry& entry : found->second.log) {
            body += std::to_string(entry.id) + ',' + iso(entry.at, 3) + ",flex," + entry.info + ',' +
                    entry.asset + ',' + (entry.new_balance - entry.old_balance).to_string() + ',' +
                    entry.new_balance.to_string() + ',' + entry.trade_price.to_string() + ',' +
                    entry.mark.to_string() + ',' + entry.fee.to_string() + '\n';
        }
    }
    return Response{200, {{"Content-Type", "text/csv"}}, std::move(body)};
}

}  // namespace plumb::exchange::kraken
