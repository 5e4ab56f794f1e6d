#include "exchange/binance/order_answers.hpp"

#include <fmt/format.h>

#include "exchange/binance/order_words.hpp"

namespace plumb::exchange::binance {
namespace {

/// One new order: read, counted, given to the model. The record as it is right after.
struct Placed {
    OrderForm form;
    OrderRecord record;
};

Checked<Placed> place(Desk& desk, Call& call) {
    auto form = read_spot_order(desk, call.parameters, call.account, call.now);
    if (!form) return refuse(form.error());
    if (auto may = desk.meter.may_order(call.account, 1, call.now); !may) return refuse(may.error());
    const auto number = desk.model.submit(form->spec, call.now);
    if (!number) return refuse(order_refused(Board::spot, number.error()));
    desk.meter.count_orders(call.account, 1, call.now);
    call.is_free = call.placed_orders = true;
    return Placed{std::move(*form), *desk.model.order_now(*number)};
}

/// The id of the cancel itself: the client's, or one of ours.
Checked<std::string> cancel_id(Desk& desk, const Parameters& parameters, const char* name) {
    const auto id = parameters.client_id(name, desk.board);
    if (!id) return refuse(id.error());
    return *id ? std::string{**id} : desk.random_id();
}

struct CancelAsk {
    OrderNames names;
    const char* own_id = "newClientOrderId";
};

Answer cancel(Desk& desk, Call& call, const Symbol& symbol, const CancelAsk& ask) {
    const auto own_id = cancel_id(desk, call.parameters, ask.own_id);
    if (!own_id) return refuse(own_id.error());
    const auto restriction = call.parameters.text("cancelRestrictions");
    if (!restriction) return refuse(restriction.error());
    if (*restriction && **restriction != "ONLY_NEW" && **restriction != "ONLY_PARTIALLY_FILLED")
        return refuse(-1145, "Invalid cancelRestrictions");
    const auto order = named_order(desk, call, symbol, ask.names);
    if (!order) return refuse(order.error());
    if (!*order) return refuse(-2011, "Unknown order sent.");
    const OrderNumber number = (*order)->number;
    const auto current = desk.model.order_now(number);
    if (*restriction && current && is_open(current->status)) {
        const bool is_new = current->filled.is_zero();
        if (is_new != (**restriction == "ONLY_NEW"))
            return refuse(-2011, "Order was not canceled due to cancel restrictions.");
    }
    desk.cancel_ids[number] = *own_id;
    if (const auto done = desk.model.cancel(call.account, number, call.now); !done) {
        desk.cancel_ids.erase(number);
        return refuse(cancel_refused(desk.board, done.error()));
    }
    call.is_free = true;
    JsonWriter json;
    write_canceled(json, desk, *desk.model.order_now(number), *own_id, call.unit);
    return json.take();
}

std::string placed_json(const Desk& desk, const Call& call, const Placed& placed) {
    JsonWriter json;
    write_placed(json, desk, placed.record, placed.form.shape, call.unit);
    return json.take();
}

/// {"code":-2021,…,"data":{"cancelResult":…}}: 409 when one of the two worked, 400 when none did.
Answer replace_failed(const Answer& canceled, const Answer& placed, bool attempted) {
    const auto part = [](const Answer& answer) { return answer ? *answer : answer.error().body(); };
    JsonWriter data;
    data.open().text("cancelResult", canceled ? "SUCCESS" : "FAILURE");
    data.text("newOrderResult", !attempted ? "NOT_ATTEMPTED" : placed ? "SUCCESS" : "FAILURE");
    data.raw("cancelResponse", part(canceled));
    data.raw("newOrderResponse", attempted ? part(placed) : "null").close();
    const bool partly = canceled.has_value() != (attempted && placed.has_value());
    VenueError error{partly && attempted ? 409 : 400, -2022, "Order cancel-replace failed.", data.take(), 0};
    if (error.status == 409) {
        error.code = -2021;
        error.message = "Order cancel-replace partially failed.";
    }
    return refuse(std::move(error));
}

}  // namespace

Checked<std::optional<OrderRecord>> named_order(const Desk& desk, const Call& call, const Symbol& symbol,
                                                OrderNames names) {
    const auto number = call.parameters.number(names.number);
    if (!number) return refuse(number.error());
    const auto id = call.parameters.text(names.client_id);
    if (!id) return refuse(id.error());
    if (!*number && !*id)
        return refuse(-1102, fmt::format("Param '{}' or '{}' must be sent, but both were empty/null!",
                                         names.client_id, names.number));
    auto record = *number ? desk.model.find_order(call.account, static_cast<OrderNumber>(**number), call.now)
                          : desk.model.find_order(call.account, **id, call.now);
    if (record && record->spec.instrument != symbol.id) record.reset();
    if (record && *number && *id && record->spec.client_id != **id)
        return refuse(-2039, "Client order ID is not correct for this order ID.");
    return record;
}

Answer place_order(Desk& desk, Call& call) {
    const auto placed = place(desk, call);
    if (!placed) return refuse(placed.error());
    return placed_json(desk, call, *placed);
}

Answer test_order(Desk& desk, Call& call) {
    const auto rates = call.parameters.boolean("computeCommissionRates", false);
    if (!rates) return refuse(rates.error());
    const auto form = read_spot_order(desk, call.parameters, call.account, call.now);
    if (!form) return refuse(form.error());
    if (!*rates) return "{}";
    call.extra_weight = 19;
    const FeeRule& fees = desk.model.market(form->symbol->id).fees;
    JsonWriter json;
    json.open();
    for (const char* key :
         {"standardCommissionForOrder", "specialCommissionForOrder", "taxCommissionForOrder"}) {
        const bool standard = std::string_view{key}.starts_with("standard");
        json.open(key).fixed("maker", standard ? fees.maker : Decimal{}, kAssetDecimals);
        json.fixed("taker", standard ? fees.taker : Decimal{}, kAssetDecimals).close();
    }
    json.open("discount").boolean("enabledForAccount", false).boolean("enabledForSymbol", false);
    json.text("discountAsset", "BNB").text("discount", "0.25000000").close();
    return json.close().take();
}

Answer cancel_order(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    return cancel(desk, call, **symbol, {});
}

Answer cancel_open_orders(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    const std::string own_id = desk.random_id();
    const auto numbers = desk.model.cancel_all(call.account, (*symbol)->id, EndReason::by_owner, call.now);
    if (numbers.empty()) return refuse(-2011, "Unknown order sent.");
    call.is_free = true;
    JsonWriter json;
    json.open_list();
    for (const OrderNumber number : numbers) {
        desk.cancel_ids[number] = own_id;
        write_canceled(json, desk, *desk.model.order_now(number), own_id, call.unit);
    }
    return json.close_list().take();
}

Answer cancel_and_replace(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    const auto mode = call.parameters.need_text("cancelReplaceMode");
    if (!mode) return refuse(mode.error());
    if (*mode != "STOP_ON_FAILURE" && *mode != "ALLOW_FAILURE") return invalid_data("cancelReplaceMode");
    if (!call.parameters.has("cancelOrderId") && !call.parameters.has("cancelOrigClientOrderId"))
        return refuse(
            -1102,
            "Param 'cancelOrigClientOrderId' or 'cancelOrderId' must be sent, but both were empty/null!");
    // Filters and the order count are looked at before anything is canceled.
    const auto form = read_spot_order(desk, call.parameters, call.account, call.now);
    const bool is_own_fault = !form && form.error().code != -2010;
    if (is_own_fault) return refuse(form.error());
    if (auto may = desk.meter.may_order(call.account, 1, call.now); !may) return refuse(may.error());
    Answer canceled = cancel(desk, call, **symbol,
                             {{"cancelOrderId", "cancelOrigClientOrderId"}, "cancelNewClientOrderId"});
    const bool attempted = canceled.has_value() || *mode == "ALLOW_FAILURE";
    Answer placed = std::string{};
    if (attempted) {
        const auto order = place(desk, call);
        placed = order ? Answer{placed_json(desk, call, *order)} : refuse(order.error());
    } else {
        desk.meter.count_orders(call.account, 1, call.now);
    }
    if (!canceled || !placed) return replace_failed(canceled, placed, attempted);
    JsonWriter json;
    json.open().text("cancelResult", "SUCCESS").text("newOrderResult", "SUCCESS");
    return json.raw("cancelResponse", *canceled).raw("newOrderResponse", *placed).close().take();
}

Answer refuse_order_list(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    return refuse(-2010, "OCO orders are not supported for this symbol");
}

Answer no_order_lists(Desk&, Call&) { return "[]"; }

Answer refuse_amend(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    return refuse(-2038, "Order amend is not supported for this symbol.");
}

}  // namespace plumb::exchange::binance
