#include "exchange/alpaca/answers.hpp"

#include <fmt/format.h>

#include "exchange/alpaca/json_out.hpp"

namespace plumb::exchange::alpaca {

Response json_answer(int status, std::string body) {
    Response response;
    response.status = status;
    response.headers.push_back({"Content-Type", "application/json; charset=UTF-8"});
    response.body = std::move(body);
    return response;
}

Response empty_answer() {
    Response response;
    response.status = 204;
    return response;
}

Response error_answer(int status, Code code, std::string_view message) {
    std::string body;
    JsonOut{body}
        .begin_object()
        .number("code", std::int64_t{static_cast<int>(code)})
        .text("message", message)
        .end_object();
    return json_answer(status, std::move(body));
}

Response message_answer(int status, std::string_view message) {
    std::string body;
    JsonOut{body}.begin_object().text("message", message).end_object();
    return json_answer(status, std::move(body));
}

Response insufficient_balance(std::string_view asset, Decimal requested, Decimal available, Decimal balance) {
    std::string body;
    JsonOut{body}
        .begin_object()
        .amount("available", available)
        .amount("balance", balance)
        .number("code", std::int64_t{40310000})
        .text("message", fmt::format("insufficient balance for {} (requested: {}, available: {})", asset,
                                     requested.to_string(), available.to_string()))
        .text("symbol", asset)
        .end_object();
    return json_answer(403, std::move(body));
}

Response insufficient_quantity(std::string_view symbol, Decimal requested, Decimal available,
                               Decimal existing) {
    std::string body;
    JsonOut{body}
        .begin_object()
        .amount("available", available)
        .number("code", std::int64_t{40310000})
        .amount("existing_qty", existing)
        .amount("held_for_orders", existing - available)
        .text("message", fmt::format("insufficient qty available for order (requested: {}, available: {})",
                                     requested.to_string(), available.to_string()))
        .text("symbol", symbol)
        .end_object();
    return json_answer(403, std::move(body));
}

Response insufficient_buying_power(Decimal cost, Decimal buying_power) {
    std::string body;
    JsonOut{body}
        .begin_object()
        .amount("buying_power", buying_power)
        .number("code", std::int64_t{40310000})
        .amount("cost_basis", cost)
        .text("message", "insufficient buying power")
        .end_object();
    return json_answer(403, std::move(body));
}

}  // namespace plumb::exchange::alpaca
