#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.hpp"
#include "io/http_framing.hpp"

namespace plumb::io {

/// What becomes of a server's connection when an answer is over, or was cut.
enum class Ending : unsigned char {
    keep,                   // as HTTP says
    close,                  // what was written arrives, then the end. The head does not say so
    reset,                  // a TCP reset
    hang,                   // nothing more is written, what comes is forgotten, until the client gives up
    close_at_next_request,  // when the first byte of the next request comes: a keep-alive socket that died
};

/// How the bytes of one answer travel, for a server that is to misbehave. As it stands: at once, whole, and
/// the connection stays. `head` is the status line with the header fields and the empty line.
struct Delivery {
    Duration before_head{};         // silence before the first byte
    Duration between_head_bytes{};  // after each byte of the head
    Duration before_body{};         // between head and body
    Duration between_body_bytes{};  // after each byte of the body
    /// So many bytes leave, of head and body together (of the body, with cut_counts_body, after the whole
    /// head), then `ending` follows; keep then is a close. In TLS such an end is not announced.
    std::optional<std::size_t> cut_at = {};
    bool cut_counts_body = false;
    std::optional<std::uint64_t> content_length = {};  // said instead of the true one
    Ending ending = Ending::keep;
    Duration before_ending{};  // between the last byte and a close or a reset

    friend bool operator==(const Delivery&, const Delivery&) = default;
};

/// The pieces in which an answer leaves, one by one. Pure.
class DeliveryPlan {
 public:
    struct Piece {
        Duration before;         // to wait, after the piece before
        std::string_view bytes;  // of the plan's own; may be empty
    };

    DeliveryPlan(AnswerBytes answer, const Delivery& delivery);
    DeliveryPlan(const DeliveryPlan&) = delete;
    DeliveryPlan& operator=(const DeliveryPlan&) = delete;

    /// Nothing when all has left that is to leave.
    std::optional<Piece> next();

 private:
    std::optional<Piece> part_of(std::string_view all, std::size_t offset, Duration before, Duration between);

    AnswerBytes answer_;
    Delivery delivery_;
    std::size_t limit_;   // of head and body
    std::size_t at_ = 0;  // of head and body
    bool began_ = false;  // the first piece was given out
};

}  // namespace plumb::io
