#pragma once

#include <string>
#include <string_view>

#include "exchange/protocol/json_out.hpp"
#include "exchange/protocol/message.hpp"

namespace plumb::exchange::kraken {

/// {"result":"success", ...what `json` holds after begin()..., "serverTime":...}
class Reply {
 public:
    explicit Reply(Timestamp now) : now_{now} { json_.begin_object().member("result", "success"); }
    JsonOut& json() { return json_; }
    Response done();

 private:
    Timestamp now_;
    JsonOut json_;
};

/// {"result":"error","error":"apiLimitExceeded","serverTime":...}, HTTP 200 unless said otherwise.
Response error_reply(std::string_view error, Timestamp now, int status = 200);
/// {"status":"BAD_REQUEST","result":"error","errors":[{"code":11,"message":"invalid order type"}],...}, HTTP
/// 400.
Response bad_request(int code, std::string_view message, Timestamp now);
Response json_reply(std::string body);

/// The venue's status of an order for what the model refused.
std::string_view send_status_of(Refusal refusal);
/// The engine's reason in a REJECT event, empty where the venue refuses before the engine.
std::string_view engine_reason_of(std::string_view send_status);

}  // namespace plumb::exchange::kraken
