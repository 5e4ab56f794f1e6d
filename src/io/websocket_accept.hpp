#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/http_message.hpp"
#include "io/websocket_framing.hpp"

namespace plumb::io {

/// On what terms a server opens a WebSocket.
struct UpgradeTerms {
    bool may_deflate = false;  // permessage-deflate, if the client offers one that fits
    std::vector<std::string> subprotocols =
        {};  // those that are spoken; the client's first of them is chosen
};

/// The answer to a request for a WebSocket: status 101 when it opens, else the refusal (RFC 6455, 4.2.2).
struct UpgradeAnswer {
    HttpResponse response;
    /// Of both sides, if compression was agreed: each message by itself, so that one message is compressed
    /// once for all who read it.
    std::optional<WebSocketReader::Deflate> deflate;
    std::string subprotocol;  // empty: none
    bool is_open() const { return response.status == 101; }
};

/// Whether the request asks for a WebSocket at all ("Upgrade: websocket").
bool asks_for_websocket(const ReceivedRequest& request);

/// 400 for a request that is no proper upgrade, 426 for another version than 13.
UpgradeAnswer answer_upgrade(const ReceivedRequest& request, const UpgradeTerms& terms);

}  // namespace plumb::io
