#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace plumb::io {

/// How an answer leaves, byte by byte, for a server that is to misbehave. As it stands: whole, at once, and the
/// connection stays. `header` is the status line with the header fields and the empty line.
struct Delivery {
    Duration before_headers{};        // silence before the first byte
    Duration between_header_bytes{};  // after each byte of the header
    Duration before_body{};           // between header and body
    Duration between_bytes{};         // after each byte of the body

    /// So many bytes leave, of header and body together, then the connection ends (in TLS without saying so).
    std::optional<std::size_t> cut_after_bytes = {};
    std::optional<std::uint64_t> content_length = {};  // said instead of the true one

    bool close_before = false;           // the request was read; the connection ends instead of an answer
    bool close_after = false;            // ends after the answer, whose header does not say so
    bool close_at_next_request = false;  // ends when the first byte of the next request arrives
    bool reset = false;                  // the end that is ordered above is a reset (RST), not a close

    friend bool operator==(const Delivery&, const Delivery&) = default;
};

}  // namespace plumb::io
