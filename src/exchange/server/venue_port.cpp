#include "exchange/server/venue_port.hpp"

#include <utility>

namespace plumb::exchange {
namespace {

Request to_request(io::ReceivedRequest&& received) {
    return {.method = std::move(received.method),
            .target = std::move(received.target),
            .headers = std::move(received.headers),
            .body = std::move(received.body)};
}

}  // namespace

Result<std::unique_ptr<VenuePort>> VenuePort::listen(io::Reactor& reactor,
                                                     const ExchangeServerOptions& options, Now now) {
    std::unique_ptr<VenuePort> port{new VenuePort{std::move(now)}};
    VenuePort* const self = port.get();
    io::HttpHandlers handlers{
        .on_request =
            [self](io::ConnectionNumber connection, io::ReceivedRequest request,
                   io::HttpResponder responder) {
                self->on_request(connection, std::move(request), std::move(responder));
            },
        .on_head = [self](io::ConnectionNumber connection,
                          const io::ReceivedRequest& head) -> std::optional<io::Delivery> {
            const auto delivery =
                self->host_->on_head(connection, to_request(io::ReceivedRequest{head}), self->now_());
            if (!delivery) return std::nullopt;
            return to_io(*delivery);
        }};
    io::HttpServerOptions server_options{.connections_max = options.connections_max};
    server_options.socket.queue_bytes_max = options.stream_queue_bytes_max;
    server_options.socket.when_slow = io::WhenSlow::drop;  // the host says how the venue ends it
    auto server =
        io::HttpServer::listen(reactor, options.listen, options.tls, std::move(handlers), server_options);
    if (!server) return fail(server.error());
    port->server_ = std::move(*server);
    const bool is_v6 = options.listen.host.contains(':');
    port->address_ = (is_v6 ? "[" + options.listen.host + "]" : options.listen.host) + ":" +
                     std::to_string(port->server_->port());
    return port;
}

/// The server first: what its connections still say to the streams finds them.
VenuePort::~VenuePort() { server_.reset(); }

void VenuePort::on_request(io::ConnectionNumber connection, io::ReceivedRequest received,
                           io::HttpResponder responder) {
    const Timestamp now = now_();
    const bool is_stream = io::asks_for_websocket(received);
    const Request request = to_request(std::move(received));
    if (is_stream) return open_stream(connection, request, std::move(responder));
    const HostAnswer answer = host_->answer(connection, request, now);
    responder.answer(answer.response, to_io(answer.delivery));
}

void VenuePort::open_stream(io::ConnectionNumber connection, const Request& request,
                            io::HttpResponder responder) {
    const StreamId stream = streams_.expect();
    const Timestamp now = now_();
    const std::expected<StreamOpening, HostAnswer> opening = host_->open(connection, stream, request, now);
    if (!opening) {
        streams_.forget(stream);
        return responder.answer(opening.error().response, to_io(opening.error().delivery));
    }
    auto socket = responder.accept({.may_deflate = opening->terms.may_deflate}, handlers_of(stream),
                                   to_io(opening->delivery));
    if (!socket) {
        streams_.forget(stream);
        return host_->on_closed(stream, now);
    }
    streams_.open(stream, std::move(socket));
}

io::ServerSocketHandlers VenuePort::handlers_of(StreamId stream) {
    return {.on_message = [this, stream](std::string_view bytes, bool is_binary,
                                         Timestamp) { host_->on_message(stream, bytes, is_binary, now_()); },
            .on_pong = [this, stream](std::string_view, Timestamp) { host_->on_pong(stream, now_()); },
            .on_slow = [this, stream] { host_->on_slow(stream, now_()); },
            .on_closed =
                [this, stream](const io::ServerSocketEnd&) {
                    streams_.forget(stream);
                    host_->on_closed(stream, now_());
                }};
}

}  // namespace plumb::exchange
