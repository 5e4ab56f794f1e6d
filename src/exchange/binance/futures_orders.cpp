#include "exchange/binance/futures_orders.hpp"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "exchange/binance/filters.hpp"
#include "exchange/binance/order_answers.hpp"
#include "exchange/binance/order_words.hpp"

namespace plumb::exchange::binance {
namespace {

constexpr std::size_t kBatchMax = 5;
constexpr std::size_t kCancelBatchMax = 10;

std::string order_json(const Desk& desk, OrderNumber number, TimeUnit unit) {
    JsonWriter json;
    write_futures_order(json, desk, *desk.model.order_now(number), unit);
    return json.take();
}

/// Only one order may close a whole position on each side of it: a stop, or a profit taker.
bool closes_twice(const Desk& desk, const OrderForm& form, Timestamp now) {
    if (!form.note.close_position) return false;
    return std::ranges::any_of(
        desk.model.open_orders(form.spec.account, form.spec.instrument, now), [&](const OrderRecord& order) {
            const bool same =
                order.spec.side == form.spec.side && order.spec.takes_profit == form.spec.takes_profit;
            return same && OrderNote::of(order.spec).close_position;
        });
}

Answer place(Desk& desk, Call& call, bool is_algo) {
    const auto form = read_futures_order(desk, call.parameters, call.account, is_algo, call.now);
    if (!form) return refuse(form.error());
    if (closes_twice(desk, *form, call.now))
        return refuse(
            -4130,
            "An open stop or take profit order with GTE and closePosition in the direction is existing.");
    if (auto may = desk.meter.may_order(call.account, 1, call.now); !may) return refuse(may.error());
    const auto number = desk.model.submit(form->spec, call.now);
    if (!number) return refuse(order_refused(Board::futures, number.error()));
    desk.meter.count_orders(call.account, 1, call.now);
    call.placed_orders = true;
    if (!is_algo) return order_json(desk, *number, call.unit);
    JsonWriter json;
    write_algo_order(json, desk, *desk.model.order_now(*number), call.unit);
    return json.take();
}

/// Every object of a JSON list as a request of its own; each gives an answer or an error, none stops the
/// others.
Answer for_each_object(Call& call, const char* name, std::size_t most,
                       const std::function<Answer(Call&)>& work) {
    const auto text = call.parameters.need_text(name);
    if (!text) return refuse(text.error());
    const auto list = nlohmann::json::parse(*text, nullptr, false);
    if (!list.is_array()) return illegal(name, "^\\[.*\\]$");
    if (list.empty() || most < list.size()) return refuse(-4082, "Invalid number of batch place orders.");
    JsonWriter json;
    json.open_list();
    for (const auto& one : list) {
        auto parameters = Parameters::read_json(
            one.is_object() ? one.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
                            : std::string{"?"});
        Answer answer = std::string{};
        if (parameters) {
            Call part{*parameters, call.now, call.unit, call.account, call.api_key, 0, false, false};
            answer = work(part);
            call.placed_orders |= part.placed_orders;
        } else {
            answer = refuse(parameters.error());
        }
        json.raw({}, answer ? *answer : answer.error().body());
    }
    return json.close_list().take();
}

Answer cancel_one(Desk& desk, const Call& call, const Symbol& symbol) {
    const auto order = named_order(desk, call, symbol);
    if (!order) return refuse(order.error());
    const bool is_there = *order && ((*order)->triggered || !OrderNote::of((*order)->spec).is_algo);
    if (!is_there) return refuse(-2011, "Unknown order sent.");
    if (const auto done = desk.model.cancel(call.account, (*order)->number, call.now); !done)
        return refuse(cancel_refused(Board::futures, done.error()));
    return order_json(desk, (*order)->number, call.unit);
}

/// By algoId or clientAlgoId, of any symbol; nothing when there is none.
Checked<std::optional<OrderRecord>> named_algo(const Desk& desk, const Call& call) {
    const auto number = call.parameters.number("algoId");
    if (!number) return refuse(number.error());
    const auto id = call.parameters.text("clientAlgoId");
    if (!id) return refuse(id.error());
    if (!*number && !*id)
        return refuse(-1102, "Param 'algoid' or 'clientalgoid' must be sent, but both were empty/null!");
    auto order = *number ? desk.model.find_order(call.account, number_of_algo(**number), call.now)
                         : desk.model.find_order(call.account, **id, call.now);
    if (order && !OrderNote::of(order->spec).is_algo) order.reset();
    return order;
}

Answer modify(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    const auto side = read_side(call.parameters);
    if (!side) return refuse(side.error());
    const auto order = named_order(desk, call, **symbol);
    if (!order) return refuse(order.error());
    if (!*order || !is_open((*order)->status)) return refuse(-2013, "Order does not exist.");
    if ((*order)->spec.type != OrderType::limit) return refuse(-5026, "Only limit order is supported.");
    if ((*order)->spec.side != *side)
        return refuse(-1102, "Mandatory parameter 'side' was not sent, was empty/null, or malformed.");
    const auto quantity = call.parameters.amount("quantity");
    const auto price = call.parameters.amount("price");
    if (!quantity) return refuse(quantity.error());
    if (!price) return refuse(price.error());
    if (!*quantity) return missing("quantity");
    if (!*price && !call.parameters.has("priceMatch")) return missing("price");
    FilterQuestion question{.symbol = **symbol, .side = *side, .account = call.account};
    question.quantity = Quantity{**quantity};
    if (*price) question.price = Price{**price};
    question.reduces = (*order)->spec.reduce_only;
    if (auto checked = check_futures_filters(desk, question, call.now); !checked)
        return refuse(checked.error());
    if (auto may = desk.meter.may_order(call.account, 1, call.now); !may) return refuse(may.error());
    Replacement change;
    change.quantity = question.quantity;
    change.limit = question.price;
    if (*change.quantity <= (*order)->filled) {  // the venue takes such a change as a cancel
        if (const auto done = desk.model.cancel(call.account, (*order)->number, call.now); !done)
            return refuse(cancel_refused(Board::futures, done.error()));
        return order_json(desk, (*order)->number, call.unit);
    }
    const auto number = desk.model.replace(call.account, (*order)->number, change, call.now);
    if (!number) return refuse(order_refused(Board::futures, number.error()));
    desk.meter.count_orders(call.account, 1, call.now);
    call.placed_orders = true;
    return order_json(desk, *number, call.unit);
}

std::vector<OrderRecord> algo_orders(const Desk& desk, const Call& call, const Symbol* symbol,
                                     bool open_only) {
    const auto instrument = symbol == nullptr ? std::nullopt : std::optional{symbol->id};
    auto orders = open_only ? desk.model.open_orders(call.account, instrument, call.now)
                            : desk.model.orders(call.account, instrument, call.now);
    std::erase_if(orders, [&](const OrderRecord& order) {
        return !OrderNote::of(order.spec).is_algo || (open_only && order.triggered);
    });
    return orders;
}

}  // namespace

Answer place_futures_order(Desk& desk, Call& call) { return place(desk, call, false); }

Answer test_futures_order(Desk& desk, Call& call) {
    const auto form = read_futures_order(desk, call.parameters, call.account, false, call.now);
    if (!form) return refuse(form.error());
    OrderRecord record;
    record.spec = form->spec;
    record.created_at = record.updated_at = call.now;
    JsonWriter json;
    write_futures_order(json, desk, record, call.unit);
    return json.take();
}

Answer modify_futures_order(Desk& desk, Call& call) { return modify(desk, call); }

Answer cancel_futures_order(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    return cancel_one(desk, call, **symbol);
}

Answer place_batch(Desk& desk, Call& call) {
    return for_each_object(call, "batchOrders", kBatchMax,
                           [&](Call& one) { return place(desk, one, false); });
}

Answer modify_batch(Desk& desk, Call& call) {
    return for_each_object(call, "batchOrders", kBatchMax, [&](Call& one) { return modify(desk, one); });
}

Answer cancel_batch(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    const bool by_number = call.parameters.has("orderIdList");
    const char* name = by_number ? "orderIdList" : "origClientOrderIdList";
    const auto text = call.parameters.need_text(name);
    if (!text)
        return refuse(
            -1102, "Param 'orderIdList' or 'origClientOrderIdList' must be sent, but both were empty/null!");
    const auto list = nlohmann::json::parse(*text, nullptr, false);
    if (!list.is_array()) return illegal(name, "^\\[.*\\]$");
    if (list.empty() || kCancelBatchMax < list.size()) return refuse(-4032, "Exceed max cancel order size.");
    JsonWriter json;
    json.open_list();
    for (const auto& one : list) {
        Parameters parameters;
        parameters.set(by_number ? "orderId" : "origClientOrderId",
                       one.is_string() ? one.get<std::string>()
                                       : one.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
        const Call part{parameters, call.now, call.unit, call.account, call.api_key, 0, false, false};
        const Answer answer = cancel_one(desk, part, **symbol);
        json.raw({}, answer ? *answer : answer.error().body());
    }
    return json.close_list().take();
}

Answer cancel_all_futures(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    for (const OrderRecord& order : desk.model.open_orders(call.account, (*symbol)->id, call.now)) {
        if (!OrderNote::of(order.spec).is_algo || order.triggered)
            (void)desk.model.cancel(call.account, order.number, call.now);
    }
    return R"({"code":200,"msg":"The operation of cancel all open order is done."})";
}

Answer countdown_cancel_all(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    const auto time = call.parameters.need_number("countdownTime");
    if (!time) return refuse(time.error());
    constexpr std::int64_t kCountdownMax = 1'000'000'000'000;
    const std::pair key{call.account, (*symbol)->id};
    if (*time == 0)
        desk.countdowns.erase(key);
    else
        desk.countdowns[key] = call.now + std::chrono::milliseconds{std::min(*time, kCountdownMax)};
    JsonWriter json;
    return json.open()
        .text("symbol", (*symbol)->name)
        .text("countdownTime", std::to_string(*time))
        .close()
        .take();
}

void run_countdowns(Desk& desk, Timestamp now) {
    for (auto it = desk.countdowns.begin(); it != desk.countdowns.end();) {
        if (now < it->second) {
            ++it;
            continue;
        }
        desk.model.cancel_all(it->first.first, it->first.second, EndReason::dead_man, now);
        it = desk.countdowns.erase(it);
    }
}

Answer place_algo_order(Desk& desk, Call& call) {
    const auto type = call.parameters.need_text("algoType");
    if (!type) return refuse(type.error());
    if (*type != "CONDITIONAL") return invalid_data("algoType");
    return place(desk, call, true);
}

Answer cancel_algo_order(Desk& desk, Call& call) {
    const auto order = named_algo(desk, call);
    if (!order) return refuse(order.error());
    if (!*order || (*order)->triggered) return refuse(-2011, "Unknown order sent.");
    if (const auto done = desk.model.cancel(call.account, (*order)->number, call.now); !done)
        return refuse(cancel_refused(Board::futures, done.error()));
    JsonWriter json;
    json.open().number("algoId", algo_id((*order)->number)).text("clientAlgoId", (*order)->spec.client_id);
    return json.text("code", "200").text("msg", "success").close().take();
}

Answer find_algo_order(Desk& desk, Call& call) {
    const auto order = named_algo(desk, call);
    if (!order) return refuse(order.error());
    if (!*order) return refuse(-2013, "Order does not exist.");
    JsonWriter json;
    write_algo_order(json, desk, **order, call.unit);
    return json.take();
}

namespace {

std::string write_algo_list(const Desk& desk, const Call& call, const std::vector<OrderRecord>& orders) {
    JsonWriter json;
    json.open_list();
    for (const OrderRecord& order : orders) write_algo_order(json, desk, order, call.unit);
    return json.close_list().take();
}

}  // namespace

Answer open_algo_orders(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.maybe(call.parameters);
    if (!symbol) return refuse(symbol.error());
    if (*symbol == nullptr) call.extra_weight = 39;
    return write_algo_list(desk, call, algo_orders(desk, call, *symbol, true));
}

Answer all_algo_orders(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    const auto limit = call.parameters.limit(500, 1000);
    if (!limit) return refuse(limit.error());
    auto orders = algo_orders(desk, call, *symbol, false);
    if (*limit < orders.size())
        orders.erase(orders.begin(), orders.end() - static_cast<std::ptrdiff_t>(*limit));
    return write_algo_list(desk, call, orders);
}

Answer cancel_all_algo(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    for (const OrderRecord& order : algo_orders(desk, call, *symbol, true))
        (void)desk.model.cancel(call.account, order.number, call.now);
    return R"({"code":200,"msg":"The operation of cancel all open order is done."})";
}

}  // namespace plumb::exchange::binance
