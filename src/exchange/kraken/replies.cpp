#include "exchange/kraken/replies.hpp"

#include <array>
#include <utility>

namespace plumb::exchange::kraken {

namespace {

Response with_body(int status, std::string body) {
    return Response{status, {{"Content-Type", "application/json;charset=UTF-8"}}, std::move(body)};
}

}  // namespace

Response Reply::done() {
    json_.time("serverTime", now_, 3).end_object();
    return with_body(200, json_.take());
}

Response error_reply(std::string_view error, Timestamp now, int status) {
    JsonOut json;
    json.begin_object().member("result", "error").member("error", error).time("serverTime", now, 3);
    json.end_object();
    return with_body(status, json.take());
}

Response bad_request(int code, std::string_view message, Timestamp now) {
    JsonOut json;
    json.begin_object().member("status", "BAD_REQUEST").member("result", "error").begin_array("errors");
    json.begin_object().member("code", code).member("message", message).end_object().end_array();
    json.time("serverTime", now, 3).end_object();
    return with_body(400, json.take());
}

Response json_reply(std::string body) { return with_body(200, std::move(body)); }

std::string_view send_status_of(Refusal refusal) {
    switch (refusal) {
        case Refusal::unknown_instrument: return "marketInactive";
        case Refusal::not_trading: return "marketSuspended";
        case Refusal::type_not_supported:
        case Refusal::time_in_force_not_supported: return "invalidOrderType";
        case Refusal::quantity_below_min:
        case Refusal::quantity_off_lot:
        case Refusal::notional_below_min: return "invalidSize";
        case Refusal::quantity_above_max:
        case Refusal::notional_above_max: return "maxPositionViolation";
        case Refusal::price_missing:
        case Refusal::price_off_tick:
        case Refusal::trigger_would_fire: return "invalidPrice";
        case Refusal::price_outside_band: return "outsidePriceCollar";
        case Refusal::insufficient_funds:
        case Refusal::no_shorting: return "insufficientAvailableFunds";
        case Refusal::duplicate_client_id: return "clientOrderIdAlreadyExist";
        case Refusal::post_only_would_take: return "postWouldExecute";
        case Refusal::reduce_only_would_not_reduce: return "wouldNotReducePosition";
        case Refusal::would_liquidate: return "wouldCauseLiquidation";
        case Refusal::too_many_orders: return "tooManySmallOrders";
        case Refusal::unknown_order:
        case Refusal::order_ended: return "notFound";
        case Refusal::nothing_to_change:
        case Refusal::not_replaceable: return "orderForEditNotFound";
    }
    return "";
}

std::string_view engine_reason_of(std::string_view send_status) {
    static constexpr auto kReasons = std::to_array<std::pair<std::string_view, std::string_view>>({
        {"postWouldExecute", "POST_WOULD_EXECUTE"},
        {"iocWouldNotExecute", "IOC_WOULD_NOT_EXECUTE"},
        {"wouldNotReducePosition", "WOULD_NOT_REDUCE_POSITION"},
        {"selfFill", "WOULD_EXECUTE_SELF"},
        {"insufficientAvailableFunds", "INSUFFICIENT_MARGIN"},
        {"wouldCauseLiquidation", "WOULD_CAUSE_LIQUIDATION"},
        {"maxPositionViolation", "MAX_POSITION_VIOLATION"},
    });
    for (const auto& [status, reason] : kReasons) {
        if (status == send_status) return reason;
    }
    return {};
}

}  // namespace plumb::exchange::kraken
