#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "io/endpoint.hpp"
#include "io/http_message.hpp"
#include "io/websocket_framing.hpp"

namespace plumb::io {

struct WebSocketRequest {
    std::string target = "/";
    std::vector<Header> headers = {};            // beside those of the upgrade itself
    std::vector<std::string> subprotocols = {};  // offered, in order of liking
    bool offer_deflate = true;  // permessage-deflate, for what the server sends; we send plain
};

/// What a server agreed to.
struct WebSocketAgreement {
    std::string subprotocol;  // empty: none
    std::optional<WebSocketReader::Deflate> deflate;
};

/// Sixteen bytes nobody can foresee, in base64: Sec-WebSocket-Key.
std::string make_websocket_key();

/// Sec-WebSocket-Accept for a key: base64(SHA-1(key + the GUID of RFC 6455, 1.3)).
std::string websocket_accept(std::string_view key);

/// Four bytes nobody can foresee. Cost: a copy; the operating system is asked once in a thousand.
std::array<unsigned char, 4> random_mask();

/// The upgrade as bytes. Errc::invalid_argument as write_request, and for headers that are the upgrade's own.
Result<std::string> write_upgrade(const Endpoint& endpoint, const WebSocketRequest& request,
                                  std::string_view key);

/// Whether the answer to the upgrade is one (RFC 6455, 4.1), and what was agreed. Errc::rejected for another
/// status than 101, Errc::corrupt for a 101 that does not answer this key or agrees to what was not offered.
Result<WebSocketAgreement> check_upgrade(const WebSocketRequest& request, std::string_view key,
                                         const HttpResponse& response);

}  // namespace plumb::io
