#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "exchange/faults/fault_script.hpp"
#include "exchange/host/delivery.hpp"
#include "exchange/host/stream_sink.hpp"
#include "exchange/host/truth_log.hpp"
#include "exchange/market/world.hpp"
#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange {

/// One HTTP connection; never used again. Counted by the server.
using ConnectionId = std::uint64_t;

struct HostOptions {
    std::uint64_t seed = 1;  // of keys, identifiers, the market's details and fault draws
    Timestamp start;
    Decimal cash{100'000};
    std::vector<std::string> accounts{"main"};
    std::string address;        // "127.0.0.1:8080"
    bool is_secure = false;     // https and wss
    std::string control_token;  // empty: no control endpoint
    FaultScript faults;
};

/// What a host stands on; all of it outlives the host.
struct HostDoors {
    StreamSink& streams;
    TruthLog& truth;                  // may be shared by several hosts of one process
    SimulatedClock* clock = nullptr;  // null: on the wall's clock, which nobody moves
};

struct HostAnswer {
    Response response;  // Connection and length headers are the server's business
    Delivery delivery;
};

/// A WebSocket that opens, and how the answer to its handshake travels.
struct StreamOpening {
    StreamTerms terms;
    Delivery delivery;
};

/// One venue put together: model, market, protocol, faults and truth log, without sockets and without a
/// clock. `now` is the server's, never runs backwards, and is the same for all hosts of a process; a fault
/// script may put the venue's own clock beside it. Deterministic: the same seed and the same calls give the
/// same answers, frames and truth, byte for byte. Single-threaded.
///
/// No call may be made from inside a call of StreamSink.
class Host {
 public:
    /// Errors of the venue's market list and keys. `entry` and `world` outlive the host.
    static Result<std::unique_ptr<Host>> make(const VenueEntry& entry, World& world, HostOptions options,
                                              HostDoors doors);
    virtual ~Host() = default;

    virtual std::string_view venue() const = 0;
    virtual const std::vector<ApiAccess>& access() const = 0;  // one for each account, in order

    // --- HTTP ----------------------------------------------------------------------------------------------
    /// A request's head was read, its body not yet (call it for requests that have one): a delivery when the
    /// connection is to end here, without an answer and with nothing done.
    virtual std::optional<Delivery> on_head(ConnectionId connection, const Request& head, Timestamp now) = 0;
    /// Advances to `now`, does what is asked, answers. Also the control endpoint, /plumb-control/...
    virtual HostAnswer answer(ConnectionId connection, const Request& request, Timestamp now) = 0;

    // --- WebSockets ----------------------------------------------------------------------------------------
    /// A request that asks for a WebSocket: how it opens, or the answer that refuses it.
    virtual std::expected<StreamOpening, HostAnswer> open(ConnectionId connection, StreamId stream,
                                                          const Request& request, Timestamp now) = 0;
    virtual void on_message(StreamId stream, std::string_view bytes, bool is_binary, Timestamp now) = 0;
    virtual void on_pong(StreamId stream, Timestamp now) = 0;
    /// The server's buffer for this stream is full: the client reads too slowly. The host ends the stream.
    virtual void on_slow(StreamId stream, Timestamp now) = 0;
    virtual void on_closed(StreamId stream, Timestamp now) = 0;

    // --- time ----------------------------------------------------------------------------------------------
    /// Moves the venue to `now` in steps that do not depend on how often this is called: market, timers,
    /// timed faults, delayed frames. Several days at once are fine.
    virtual void advance(Timestamp now) = 0;
    /// When advance() should be called next; never later than 50 ms after the last one.
    virtual Timestamp next_due() const = 0;

    // --- for tests and tools -------------------------------------------------------------------------------
    virtual VenueModel& model() = 0;
    /// As POST /plumb-control/do: one action of the fault script's `do`, now.
    virtual Status apply(std::string_view action, Timestamp now) = 0;
};

}  // namespace plumb::exchange
