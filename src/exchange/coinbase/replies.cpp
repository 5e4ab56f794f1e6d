#include "exchange/coinbase/replies.hpp"

#include "exchange/protocol/json_out.hpp"

namespace plumb::exchange::coinbase {

Response json_reply(std::string body, int status) {
    return Response{status, {{"Content-Type", "application/json; charset=utf-8"}}, std::move(body)};
}

Response error_reply(int status, std::string_view error, std::string_view message) {
    JsonOut json;
    json.begin_object().member("error", error).member("error_details", message).member("message", message);
    return json_reply(json.end_object().take(), status);
}

Response invalid_argument(std::string_view message) { return error_reply(400, "INVALID_ARGUMENT", message); }

Response gateway_error(int status, std::string_view id, std::string_view message) {
    JsonOut json;
    json.begin_object().begin_array("errors").begin_object().member("id", id).member("message", message);
    return json_reply(json.end_object().end_array().end_object().take(), status);
}

Response unauthorized() {
    return Response{401, {{"Content-Type", "text/plain; charset=utf-8"}}, "Unauthorized\n"};
}

Response exchange_error(int status, std::string_view message) {
    JsonOut json;
    json.begin_object().member("message", message).end_object();
    return json_reply(json.take(), status);
}

Failure failure_of(Refusal refusal, bool by_value) {
    switch (refusal) {
        case Refusal::unknown_instrument:
            return {"INVALID_PRODUCT_ID", "PREVIEW_INVALID_PRODUCT_ID", "Invalid product_id"};
        case Refusal::not_trading:
            return {"ORDER_ENTRY_DISABLED", "PREVIEW_ORDER_ENTRY_DISABLED", "Orders are disabled"};
        case Refusal::type_not_supported:
        case Refusal::time_in_force_not_supported:
        case Refusal::reduce_only_would_not_reduce:
        case Refusal::not_replaceable:
            return {"UNSUPPORTED_ORDER_CONFIGURATION", "PREVIEW_INVALID_ORDER_CONFIG",
                    "Unsupported order configuration"};
        case Refusal::quantity_below_min:
            return {"UNKNOWN_FAILURE_REASON", "PREVIEW_INVALID_BASE_SIZE_TOO_SMALL",
                    "Base size is too small"};
        case Refusal::quantity_above_max:
            return {"UNKNOWN_FAILURE_REASON", "PREVIEW_INVALID_BASE_SIZE_TOO_LARGE",
                    "Base size is too large"};
        case Refusal::quantity_off_lot:
            return {"INVALID_SIZE_PRECISION",
                    by_value ? "PREVIEW_INVALID_QUOTE_SIZE_PRECISION" : "PREVIEW_INVALID_SIZE_PRECISION",
                    "Too many decimals in order size"};
        case Refusal::price_missing:
        case Refusal::price_outside_band:
            return {"INVALID_LIMIT_PRICE", "PREVIEW_INVALID_LIMIT_PRICE", "Invalid limit price"};
        case Refusal::price_off_tick:
            return {"INVALID_PRICE_PRECISION", "PREVIEW_INVALID_PRICE_PRECISION",
                    "Too many decimals in order price"};
        case Refusal::trigger_would_fire:
            return {"UNKNOWN_FAILURE_REASON", "PREVIEW_INVALID_STOP_PRICE", "Invalid stop price"};
        case Refusal::notional_below_min:
            return {"UNKNOWN_FAILURE_REASON", "PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL",
                    "Quote size is too small"};
        case Refusal::notional_above_max:
            return {"UNKNOWN_FAILURE_REASON", "PREVIEW_INVALID_QUOTE_SIZE_TOO_LARGE",
                    "Quote size is too large"};
        case Refusal::insufficient_funds:
        case Refusal::no_shorting:
        case Refusal::would_liquidate:
            return {"INSUFFICIENT_FUND", "PREVIEW_INSUFFICIENT_FUND",
                    "Insufficient balance in source account"};
        case Refusal::post_only_would_take:
            return {"INVALID_LIMIT_PRICE_POST_ONLY", "PREVIEW_INVALID_LIMIT_PRICE_POST_ONLY",
                    "Post only orders may not match with existing orders"};
        case Refusal::too_many_orders:
            return {"COMMANDER_REJECTED_NEW_ORDER", "PREVIEW_OPEN_ORDERS_LIMIT", "Too many open orders"};
        case Refusal::duplicate_client_id:
        case Refusal::unknown_order:
        case Refusal::order_ended:
        case Refusal::nothing_to_change: break;
    }
    return {"UNKNOWN_FAILURE_REASON", "UNKNOWN_PREVIEW_FAILURE_REASON", "Unknown failure"};
}

}  // namespace plumb::exchange::coinbase
