#pragma once

#include <string>
#include <string_view>

#include "base/decimal.hpp"
#include "exchange/protocol/message.hpp"

namespace plumb::exchange::alpaca {

/// The numbers in error bodies: the HTTP status, then what kind.
enum class Code : int {
    bad_request = 40010000,
    invalid_field = 40010001,
    not_authorized = 40110000,
    forbidden = 40310000,
    not_found = 40410000,
    unprocessable = 42210000,
    rate_limited = 42910000,
    internal = 50010000,
};

Response json_answer(int status, std::string body);
/// 204.
Response empty_answer();
/// {"code":40010001,"message":"..."}. The status is the code's own, but 42x for what is well-formed and
/// wrong.
Response error_answer(int status, Code code, std::string_view message);
/// {"message":"..."}: market data, and refusals from before the trading interface.
Response message_answer(int status, std::string_view message);

inline Response unprocessable(std::string_view message) {
    return error_answer(422, Code::unprocessable, message);
}
inline Response invalid_field(std::string_view message) {
    return error_answer(422, Code::invalid_field, message);
}
inline Response forbidden(std::string_view message) { return error_answer(403, Code::forbidden, message); }
inline Response not_found(std::string_view message) { return error_answer(404, Code::not_found, message); }
inline Response bad_body() { return error_answer(400, Code::bad_request, "request body format is invalid"); }

/// "insufficient balance for BTC (requested: 0.016135, available: 0)", with what there is beside it.
Response insufficient_balance(std::string_view asset, Decimal requested, Decimal available, Decimal balance);
/// "insufficient qty available for order (requested: 10, available: 0)".
Response insufficient_quantity(std::string_view symbol, Decimal requested, Decimal available,
                               Decimal existing);
Response insufficient_buying_power(Decimal cost, Decimal buying_power);

}  // namespace plumb::exchange::alpaca
