#pragma once

#include <functional>
#include <memory>
#include <string>

#include "exchange/host/host.hpp"
#include "exchange/server/exchange_server.hpp"
#include "exchange/server/stream_desk.hpp"
#include "io/http_server.hpp"

namespace plumb::exchange {

/// One venue's port: requests and frames of clients go to its host, its answers and frames to them.
class VenuePort {
 public:
    using Now = std::function<Timestamp()>;  // brings all venues to the exchange's time, and tells it

    /// Listens, so that the address is known before there is a host; serve() follows in the same turn.
    static Result<std::unique_ptr<VenuePort>> listen(io::Reactor& reactor,
                                                     const ExchangeServerOptions& options, Now now);
    void serve(std::unique_ptr<Host> host) { host_ = std::move(host); }
    ~VenuePort();
    VenuePort(const VenuePort&) = delete;
    VenuePort& operator=(const VenuePort&) = delete;

    Host& host() { return *host_; }
    const Host& host() const { return *host_; }
    StreamSink& streams() { return streams_; }
    const std::string& address() const { return address_; }  // "127.0.0.1:8080"

 private:
    explicit VenuePort(Now now) : now_{std::move(now)} {}
    void on_request(io::ConnectionNumber connection, io::ReceivedRequest received,
                    io::HttpResponder responder);
    void open_stream(io::ConnectionNumber connection, const Request& request, io::HttpResponder responder);
    io::ServerSocketHandlers handlers_of(StreamId stream);

    Now now_;
    StreamDesk streams_;
    std::unique_ptr<Host> host_;
    std::string address_;
    std::unique_ptr<io::HttpServer> server_;
};

}  // namespace plumb::exchange
