#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "exchange/binance/parameters.hpp"

namespace plumb::exchange::binance {

/// {"id":…,"method":"…","params":{…}}, read.
struct WsRequest {
    std::string id = "null";  // as JSON, to be echoed
    std::string method;
    Parameters parameters;
};
/// -1135 for what is no such object; numbers of the params keep their digits, because they are signed as they
/// stand.
Checked<WsRequest> read_ws_request(std::string_view text);

}  // namespace plumb::exchange::binance
