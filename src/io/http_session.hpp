#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "io/connection.hpp"
#include "io/flat_buffer.hpp"
#include "io/http_server.hpp"
#include "io/server_socket_impl.hpp"

namespace plumb::io {

/// What the connections of one server share with it.
struct HttpSessionHome {
    Reactor& reactor;
    const HttpServerOptions& options;
    const HttpHandlers& handlers;
    std::function<void(ConnectionNumber)> on_over;  // the session is to be forgotten
};

/// One connection made to a server, from its first byte to its end. For the room's own .cpp files.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
    HttpSession(const HttpSessionHome& home, ConnectionNumber number) : home_{home}, number_{number} {}

    void begin(AcceptedSocket accepted);
    /// Ends what has waited too long. About four times a second.
    void check_deadlines(std::chrono::steady_clock::time_point now);
    /// The server is gone: nothing of it is touched any more.
    void leave_home();

    // --- the responder's side
    void answer(const HttpResponse& response, const Delivery& delivery);
    std::unique_ptr<ServerWebSocket> accept(const UpgradeTerms& terms, ServerSocketHandlers handlers,
                                            const Delivery& delivery);
    bool awaits_answer() const { return stage_ == Stage::answering; }

 private:
    enum class Stage : unsigned char {
        opening,     // TLS
        reading,     // a request, or the silence before it
        answering,   // the handler has the request
        delivering,  // the answer leaves
        dying,       // the next byte that comes ends it
        socket,      // a WebSocket
        ending,      // all was said; ends when it has left
        hanging,     // open, and deaf
        over,
    };
    using Clock = std::chrono::steady_clock;

    void on_bytes(std::string_view chunk, Timestamp received_at);
    void on_drained();
    void on_end(const ConnectionEnd& end);
    void pump(std::string_view chunk);
    std::size_t read(std::string_view bytes);
    bool refused_by_head();
    void refuse(const Error& error);
    void begin_request();
    void deliver(const HttpResponse& response, const Delivery& delivery);
    void deliver_next();
    void after_answer();
    void open_socket();
    void end_as(Ending how, bool is_announced);
    void end_when_drained(Ending how);
    void end_now();
    void over();
    void wait_until(Duration from_now) { due_ = home_->reactor.steady_now() + from_now; }

    std::optional<HttpSessionHome> home_;  // nothing once the server is gone
    const ConnectionNumber number_;
    std::unique_ptr<Connection> connection_;
    Stage stage_ = Stage::opening;
    Clock::time_point due_ = Clock::time_point::max();  // of what is waited for
    std::uint64_t bytes_sent_ = 0;                      // when progress was last seen

    std::optional<HttpRequestReader> reader_;
    FlatBuffer input_;  // what came and is not a request's yet
    bool is_pumping_ = false;
    bool said_continue_ = false;
    bool head_was_shown_ = false;
    ReceivedRequest asked_;  // what the answer must know; of an upgrade all

    std::unique_ptr<DeliveryPlan> plan_;
    std::optional<DeliveryPlan::Piece> piece_;  // waits for its time
    Delivery delivery_;
    bool keeps_alive_ = true;
    TimerId timer_;
    Ending ending_ = Ending::close;
    bool ends_announced_ = true;
    std::shared_ptr<ServerWebSocket::Impl> socket_;
};

}  // namespace plumb::io
