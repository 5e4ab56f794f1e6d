#include "io/websocket_handshake.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace plumb;
using namespace plumb::io;

namespace {

const std::string kKey = "dGhlIHNhbXBsZSBub25jZQ==";  // RFC 6455, 1.3

HttpResponse good_answer() {
    return {.status = 101,
            .headers = {{"Upgrade", "WebSocket"},
                        {"connection", "keep-alive, Upgrade"},
                        {"Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}},
            .body = {}};
}

HttpResponse with(std::string name, std::string value) {
    HttpResponse response = good_answer();
    response.headers.push_back({std::move(name), std::move(value)});
    return response;
}

}  // namespace

TEST_CASE("the upgrade asks for what was wished, and keys and masks never repeat") {
    const Result<std::string> bytes = write_upgrade(
        {.host = "stream.venue.test", .port = 9443},
        {.target = "/ws?streams=a/b", .headers = {{"X-Key", "k"}}, .subprotocols = {"v2", "v1"}}, kKey);
    REQUIRE(bytes);
    CHECK(*bytes ==
          "GET /ws?streams=a/b HTTP/1.1\r\nHost: stream.venue.test:9443\r\nX-Key: k\r\nConnection: "
          "Upgrade\r\nUpgrade: websocket\r\n"
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nAccept-Encoding: "
          "identity\r\n"
          "Sec-WebSocket-Protocol: v2, v1\r\nSec-WebSocket-Extensions: permessage-deflate; "
          "client_no_context_takeover\r\n"
          "User-Agent: plumbline\r\n\r\n");
    std::set<std::string> keys;
    std::set<std::array<unsigned char, 4>> masks;
    for (int i = 0; i < 3000; ++i) {
        keys.insert(make_websocket_key());
        masks.insert(random_mask());
    }
    CHECK(keys.size() == 3000);
    CHECK(masks.size() > 2990);  // 32 bits: two of 3000 are equal once in a thousand runs
    CHECK(make_websocket_key().size() == 24);
}

TEST_CASE("headers that belong to the upgrade are refused") {
    for (const char* name :
         {"Upgrade", "connection", "Sec-WebSocket-Key", "sec-websocket-extensions", "Host"})
        CHECK(write_upgrade({.host = "h"}, {.headers = {{name, "x"}}}, kKey).error().code() ==
              Errc::invalid_argument);
}

TEST_CASE("an answer that agrees is taken") {
    const WebSocketRequest request{.subprotocols = {"v2"}};
    const Result<WebSocketAgreement> plain = check_upgrade(request, kKey, good_answer());
    REQUIRE(plain);
    CHECK_FALSE(plain->deflate);
    CHECK(plain->subprotocol.empty());
    CHECK(check_upgrade(request, kKey, with("Sec-WebSocket-Protocol", "v2"))->subprotocol == "v2");
    for (const char* text : {"permessage-deflate", "permessage-deflate; client_no_context_takeover",
                             "Permessage-Deflate ;server_max_window_bits=\"12\""}) {
        const Result<WebSocketAgreement> deflate =
            check_upgrade(request, kKey, with("Sec-WebSocket-Extensions", text));
        INFO(text);
        REQUIRE(deflate);
        REQUIRE(deflate->deflate);
        CHECK_FALSE(deflate->deflate->no_context_takeover);
    }
    CHECK(check_upgrade(request, kKey,
                        with("Sec-WebSocket-Extensions", "permessage-deflate; server_no_context_takeover"))
              ->deflate->no_context_takeover);
}

TEST_CASE("an answer that does not is refused") {
    const WebSocketRequest request{.subprotocols = {"v2"}};
    HttpResponse refused = good_answer();
    refused.status = 429;
    CHECK(check_upgrade(request, kKey, refused).error().code() == Errc::rejected);
    for (std::size_t missing = 0; missing < 3; ++missing) {
        HttpResponse response = good_answer();
        response.headers.erase(response.headers.begin() + static_cast<std::ptrdiff_t>(missing));
        CHECK(check_upgrade(request, kKey, response).error().code() == Errc::corrupt);
    }
    CHECK(check_upgrade(request, "another key", good_answer()).error().code() == Errc::corrupt);
    CHECK(check_upgrade(request, kKey, with("Sec-WebSocket-Protocol", "v3")).error().code() == Errc::corrupt);
    for (const char* text :
         {"x-webkit-deflate-frame", "", "permessage-deflate, permessage-deflate",
          "permessage-deflate; client_max_window_bits=10", "permessage-deflate; server_max_window_bits",
          "permessage-deflate; server_max_window_bits=16", "permessage-deflate; server_max_window_bits=7",
          "permessage-deflate; server_no_context_takeover=1",
          "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
          "permessage-deflate; mystery"}) {
        INFO(text);
        CHECK_FALSE(check_upgrade(request, kKey, with("Sec-WebSocket-Extensions", text)));
    }
    CHECK_FALSE(check_upgrade({.offer_deflate = false}, kKey,
                              with("Sec-WebSocket-Extensions", "permessage-deflate")));
}
