#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "exchange/binance/stream_hub.hpp"
#include "exchange/binance/user_stream.hpp"

namespace plumb::exchange::binance {

/// One WebSocket: what it listens to, how it is told, and whether it is alive.
struct Connection {
    StreamId id = 0;
    bool is_api = false;  // requests of the WebSocket API, else market and user streams
    StreamForm form;
    std::vector<std::string> names;  // of streams, in the order they were asked for
    Timestamp opened_at;
    Timestamp ping_due;
    std::optional<Timestamp> waits_for_pong;  // since the ping that was not answered
    std::string ping;                         // its payload
    std::int64_t second = 0;                  // messages in this second
    int messages = 0;
    bool is_closing = false;

    // WebSocket API
    bool tells_limits = true;
    std::optional<AccountId> account;  // logged on
    std::string api_key;
    Timestamp authorized_at{};
    std::int64_t next_subscription = 0;
    std::map<std::int64_t, AccountId> subscriptions;
    std::optional<std::int64_t> session_subscription;
};

}  // namespace plumb::exchange::binance
