#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "wire/stream_protocol.hpp"

namespace plumb::wire {

/// One attempt at a connection. Never used again, so that a late word of an old socket is known as such.
struct ConnectionId {
    std::uint32_t session = 0;
    std::uint32_t serial = 0;

    friend auto operator<=>(const ConnectionId&, const ConnectionId&) = default;
};

// What a session wants done, in order.
struct OpenConnection {
    ConnectionId id;
    ConnectPlan plan;
};
struct SendFrame {
    ConnectionId id;
    std::string frame;
};
/// Hard after a second (F06). The session wants no more of it; closed() may still be told.
struct CloseConnection {
    ConnectionId id;
    std::string why;
};
/// By REST; the answer goes to answered() with the same id.
struct AskQuestion {
    ConnectionId id;
    Question question;
};
/// For logs and people; nothing hangs on it.
struct StreamNote {
    enum class Kind : unsigned char {
        connecting,
        ready,
        lost,         // with the reason and when it is tried again
        zombie,       // open, and silent for too long (F01)
        renewing,     // make before break (F18)
        renewed,      //
        silent,       // one subscription; asked again
        refused,      // one subscription, or all
        left_out,     // the venue's limit leaves no room
        slow_client,  // the venue says that we read too slowly
        stopped,      // nothing will be tried again: wrong key, no entitlement
        venue_error,  // the venue's words
    };
    Kind kind = Kind::connecting;
    ConnectionId id;
    std::optional<Subscription> subscription;
    std::string text;
};

using StreamEffect = std::variant<OpenConnection, SendFrame, CloseConnection, AskQuestion, StreamNote>;
using StreamEffects = std::vector<StreamEffect>;

/// How a connection ended, or why it was never made.
struct ConnectionEnd {
    std::string why;
    int http_status = 0;                // where the handshake was answered with something else than 101
    std::optional<Timestamp> retry_at;  // Retry-After, by the clock of `now`
};

}  // namespace plumb::wire
