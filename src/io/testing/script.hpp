#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "io/http_message.hpp"

namespace plumb::io::testing {

class PeerConnection;

/// A request as it came in, read by the peer's own few lines, not by the client's parser.
struct PeerRequest {
    int connection = 0;  // which accepted connection, from 0
    std::string method;
    std::string target;
    std::vector<Header> headers;
    std::string body;

    const std::string* find(std::string_view name) const { return find_header(headers, name); }
};

/// A WebSocket frame as it came in, unmasked.
struct PeerFrame {
    int connection = 0;
    int opcode = 0;
    bool is_final = true;
    bool was_masked = false;
    std::string payload;
};

/// "HTTP/1.1 200 OK" with Content-Length and what else is given ("Name: value\r\n" each).
std::string http_answer(int status, std::string_view body, std::string_view more_headers = {});
/// The 101 that agrees to a request's WebSocket upgrade; empty when it asks for none.
std::string upgrade_answer(const PeerRequest& request, std::string_view more_headers = {});
/// One frame of a server, by RFC 6455; `first_bits` are FIN and RSV (0x80 final, 0xc0 final and compressed).
std::string frame_bytes(int opcode, std::string_view payload, int first_bits = 0x80);
/// Raw deflate of `payload` as permessage-deflate sends it, without context of an earlier message.
std::string deflated(std::string_view payload);
std::string gzipped(std::string_view payload);

/// What a scripted peer does with one connection, step by step, on a thread of its own. When the steps end
/// the connection is closed in good order. A step that cannot be done (the client has gone) ends the script.
class Script {
 public:
    using Step = std::function<bool(PeerConnection&)>;  // false: the script ends

    /// The steps before this one act on the bare socket, before TLS: stall there, talk HTTP, cut.
    Script& then_tls();

    Script& expect_request();  // reads a whole request; it is in ScriptedPeer::requests()
    Script& send(std::string bytes);
    Script& send_slowly(std::string bytes, Duration between_bytes);
    /// Bytes made from the request read last.
    Script& answer(std::function<std::string(const PeerRequest&)> make_bytes);
    /// Answers request after request, until the client closes or `make_bytes` gives none.
    Script& serve(std::function<std::string(const PeerRequest&)> make_bytes);

    /// Reads the upgrade and agrees to it; `more_headers` such as "Sec-WebSocket-Extensions:
    /// permessage-deflate\r\n". `early_bytes` follow the 101 in the same write.
    Script& accept_websocket(std::string more_headers = {}, std::string early_bytes = {});
    Script& send_text(std::string_view payload) { return send(frame_bytes(1, payload)); }
    Script& send_close(std::uint16_t code, std::string_view reason = {});
    Script& expect_frame();  // reads one frame; it is in ScriptedPeer::frames()
    /// Sends back what comes, answers pings and close, until the client closes.
    Script& echo();
    /// Reads what comes and forgets it, until the client closes.
    Script& swallow();

    Script& wait(Duration duration);
    Script& stall();  // open, silent and not reading, until the peer is destroyed or the client has gone
    Script& close();  // announced in TLS, then FIN
    Script& cut();    // FIN that TLS did not announce
    Script& reset();  // RST

    Script& step(Step step);

 private:
    friend class ScriptedPeer;
    std::vector<Step> before_tls_;
    std::vector<Step> steps_;
};

}  // namespace plumb::io::testing
