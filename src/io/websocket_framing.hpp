#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "io/flat_buffer.hpp"
#include "io/inflate.hpp"

namespace plumb::io {

enum class Opcode : unsigned char { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// RFC 6455, 7.4.1; 1005 and 1006 never travel.
namespace close_code {
constexpr std::uint16_t kNormal = 1000;
constexpr std::uint16_t kGoingAway = 1001;
constexpr std::uint16_t kProtocolError = 1002;
constexpr std::uint16_t kNone = 1005;      // a close frame without a code
constexpr std::uint16_t kAbnormal = 1006;  // no close frame at all
constexpr std::uint16_t kBadPayload = 1007;
constexpr std::uint16_t kTooBig = 1009;
}  // namespace close_code

/// Reads the frames that one side of a WebSocket sends (RFC 6455, RFC 7692) out of bytes as they come. Pure:
/// no socket, no clock.
///
/// Text is not checked to be UTF-8: every decoder behind it does that while parsing, and twice would cost a
/// tenth of the time of a message. An uncompressed message in one frame of a server is given out where it
/// lies, without a copy; the others from buffers that are used again.
class WebSocketReader {
 public:
    /// Whose frames are read: a client masks each of them, a server none (5.1).
    enum class Sender : unsigned char { server, client };

    struct Limits {
        std::size_t message_bytes_max = std::size_t{8} << 20;  // as it travels, and inflated
        std::size_t inflate_ratio_max = 200;
    };
    struct Deflate {
        bool no_context_takeover = false;  // of the sender: each message is compressed by itself
    };
    struct Event {
        Opcode opcode =
            Opcode::text;  // text and binary are whole messages; close, ping and pong single frames
        std::string_view
            bytes;  // FlatBuffer::kPadding bytes behind it may be read, except behind a control frame
    };
    enum class Step : unsigned char { event, need_more, failed };

    /// `deflate`: what permessage-deflate was agreed to be, if at all.
    WebSocketReader(Limits limits, std::optional<Deflate> deflate, Sender sender = Sender::server);

    /// `chunk` has FlatBuffer::kPadding readable bytes behind it and stays as it is until next() said
    /// need_more.
    void feed(std::string_view chunk);

    /// The next message or control frame; its bytes are valid until the next call. After failed() only
    /// error() and code_to_send() are of use.
    Step next(Event& event);

    /// Errc::corrupt for bytes that are no such frames, Errc::out_of_range above a limit.
    const Error& error() const { return *error_; }
    std::uint16_t code_to_send() const { return code_to_send_; }

 private:
    struct Head {
        Opcode opcode;
        bool is_final;
        bool is_compressed;
        std::size_t head_bytes;
        std::size_t payload_bytes;
        std::array<unsigned char, 4> mask;
    };

    std::optional<Head> read_head();
    bool allow(const Head& head);
    std::string_view unmask(const Head& head, std::string_view payload);
    Step give(Event& event, const Head& head, std::string_view payload);
    Step give_data(Event& event, const Head& head, std::string_view payload);
    Step give_inflated(Event& event, std::string_view compressed);
    Step wait();
    Step refuse(Errc code, const char* what, std::uint16_t close);

    Limits limits_;
    std::optional<Deflate> deflate_;
    Sender sender_;
    std::optional<Inflater> inflater_;
    std::string_view input_;  // of the chunk, or of pending_
    bool input_is_pending_ = false;
    FlatBuffer pending_;   // the beginning of a frame whose end is not here yet
    FlatBuffer unmasked_;  // one payload of a client
    FlatBuffer message_;   // the fragments so far
    FlatBuffer inflated_;
    bool in_message_ = false;  // a fragmented message is under way
    bool message_is_compressed_ = false;
    Opcode message_opcode_ = Opcode::text;
    std::optional<Error> error_;
    std::uint16_t code_to_send_ = close_code::kProtocolError;
};

/// Appends one frame of a client to `out`: `payload` masked with `mask`, which a stranger must not foresee.
void append_client_frame(std::string& out, Opcode opcode, std::string_view payload,
                         std::array<unsigned char, 4> mask);

/// Appends one frame of a server to `out`, whole and unmasked. `is_compressed`: `payload` is what
/// deflate_message() made, and permessage-deflate was agreed. Cost: one copy.
void append_server_frame(std::string& out, Opcode opcode, std::string_view payload,
                         bool is_compressed = false);

/// The payload of a close frame; the reason is cut to fit into 125 bytes.
std::string close_payload(std::uint16_t code, std::string_view reason);

struct CloseFrame {
    std::uint16_t code = close_code::kNone;
    std::string_view reason;
};
/// Errc::corrupt for one byte, or for a code that must not travel.
Result<CloseFrame> parse_close(std::string_view payload);

}  // namespace plumb::io
