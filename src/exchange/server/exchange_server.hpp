#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "exchange/host/host.hpp"
#include "exchange/server/exchange_clock.hpp"
#include "io/listener.hpp"
#include "io/reactor.hpp"
#include "io/tls_server.hpp"

namespace plumb::exchange {

struct ExchangeServerOptions {
    /// The first venue's; each further venue has the next port. Zero: any free port for each.
    io::ListenAddress listen;
    const io::TlsServerContext* tls = nullptr;  // null: plain text, on loopback only; outlives the server
    ClockOptions clock;
    HostOptions host;  // of every venue; start, address and is_secure are the server's business
    std::size_t connections_max = 4096;  // of each venue
    std::size_t stream_queue_bytes_max = std::size_t{8}
                                         << 20;  // beyond it the host ends the stream as too slow
};

/// One venue that is served.
struct ServedVenue {
    std::string name;
    std::string address;  // "127.0.0.1:8080"
    Host* host = nullptr;
};

/// Venues on loopback: each speaks its own protocol, REST and WebSockets on one port, over one clock and one
/// truth log. Lives on the reactor thread; reactor, world, entries and truth outlive it.
class ExchangeServer {
 public:
    /// Errors of the listener (Errc::network: the port is in use; Errc::denied: plain text beyond this
    /// machine) and of the hosts.
    static Result<std::unique_ptr<ExchangeServer>> open(io::Reactor& reactor, World& world, TruthLog& truth,
                                                        const std::vector<const VenueEntry*>& venues,
                                                        ExchangeServerOptions options);
    ~ExchangeServer();
    ExchangeServer(const ExchangeServer&) = delete;
    ExchangeServer& operator=(const ExchangeServer&) = delete;

    const std::vector<ServedVenue>& venues() const;
    Timestamp now() const;  // the exchange's

    /// Without waiting: moves all venues through `until`, or for about `at_most` of work; the clock stands
    /// there. True when `until` is reached. The same calls of a simulated exchange that nobody asks give the
    /// same truth, byte for byte, however they are cut.
    bool run_ahead(Timestamp until, Duration at_most);

 private:
    struct Impl;
    explicit ExchangeServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace plumb::exchange
