#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace plumb::exchange {

/// What becomes of the connection when an answer is over, or was cut.
enum class Ending : unsigned char {
    keep,   // as HTTP says
    close,  // in order: what was written arrives, then end of file. The head does not say so
    reset,  // at once, by a TCP reset
    hang,   // nothing more is written or read; the socket stays open until the client gives up
    close_at_next_request,  // when the first byte of the next request comes: a keep-alive socket that died
};

/// How the bytes of one answer travel. As it stands: at once, whole, and the connection stays.
struct Delivery {
    Duration before_head{};         // after the request was read, before the first byte
    Duration between_head_bytes{};  // after each byte of the head
    Duration before_body{};         // between head and body
    Duration between_body_bytes{};  // after each byte of the body
    /// Only so many bytes are written, then `ending` follows, which is not `keep`. The head still says the
    /// whole length. Zero, with `cut_counts_body` false: nothing is sent.
    std::optional<std::size_t> cut_at;
    bool cut_counts_body = false;  // `cut_at` counts bytes of the body, else of head and body
    Ending ending = Ending::keep;
    Duration before_ending{};  // between the last byte and a close or a reset: an idle socket that dies

    friend bool operator==(const Delivery&, const Delivery&) = default;
};

}  // namespace plumb::exchange
