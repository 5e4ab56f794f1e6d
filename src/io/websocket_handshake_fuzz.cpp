// Any header a server sends in answer to an upgrade is an agreement to what was offered, or refused.
#include <cstdint>
#include <string>

#include "base/check.hpp"
#include "io/websocket_handshake.hpp"

using namespace plumb;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const std::size_t line = text.find('\n');
    const std::string extensions{text.substr(0, line)};
    const std::string protocol{line == std::string_view::npos ? "" : text.substr(line + 1)};
    const std::string key = "dGhlIHNhbXBsZSBub25jZQ==";
    io::HttpResponse response{.status = 101,
                              .headers = {{"Upgrade", "websocket"},
                                          {"Connection", "Upgrade"},
                                          {"Sec-WebSocket-Accept", io::websocket_accept(key)},
                                          {"Sec-WebSocket-Extensions", extensions}},
                              .body = {}};
    if (!protocol.empty()) response.headers.push_back({"Sec-WebSocket-Protocol", protocol});
    const io::WebSocketRequest request{
        .target = "/", .headers = {}, .subprotocols = {"v1", "v2"}, .offer_deflate = true};
    const Result<io::WebSocketAgreement> agreement = io::check_upgrade(request, key, response);
    if (agreement) {
        PLUMB_CHECK(agreement->deflate.has_value());
        PLUMB_CHECK(agreement->subprotocol == protocol);
        PLUMB_CHECK(protocol.empty() || protocol == "v1" || protocol == "v2");
    }
    // The same text as one of our own headers: what is written then is one request.
    const Result<std::string> upgrade =
        io::write_upgrade({.host = "h"}, {.target = "/", .headers = {{"X", extensions}}}, key);
    if (upgrade) PLUMB_CHECK(upgrade->find("\r\n\r\n") == upgrade->size() - 4);
    return 0;
}
