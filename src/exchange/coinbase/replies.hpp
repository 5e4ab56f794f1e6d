#pragma once

#include <string>
#include <string_view>

#include "exchange/protocol/message.hpp"
#include "exchange/words.hpp"

namespace plumb::exchange::coinbase {

Response json_reply(std::string body, int status = 200);
/// {"error":"INVALID_ARGUMENT","error_details":"...","message":"..."}
Response error_reply(int status, std::string_view error, std::string_view message);
Response invalid_argument(std::string_view message);
/// {"errors":[{"id":"not_found","message":"Not found"}]}, as the app's API (v2) and the gateway write.
Response gateway_error(int status, std::string_view id, std::string_view message);
/// 401, plain text.
Response unauthorized();
/// {"message":"NotFound"}, as the Exchange writes.
Response exchange_error(int status, std::string_view message);

/// Why an order is not placed, in the venue's three spellings.
struct Failure {
    std::string_view error;    // "INSUFFICIENT_FUND"
    std::string_view preview;  // "PREVIEW_INSUFFICIENT_FUND"
    std::string_view message;
};
Failure failure_of(Refusal refusal, bool by_value);

}  // namespace plumb::exchange::coinbase
