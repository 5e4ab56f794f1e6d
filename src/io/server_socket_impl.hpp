#pragma once

#include <memory>
#include <optional>
#include <string>

#include "io/connection.hpp"
#include "io/server_web_socket.hpp"

namespace plumb::io {

/// Between the public handle and the session that owns the connection. For the room's own .cpp files.
class ServerWebSocket::Impl : public std::enable_shared_from_this<Impl> {
 public:
    /// When all that was written has left; in TLS announced or not.
    using EndSession = std::function<void(Ending how, bool is_announced)>;

    Impl(Reactor& reactor, const ServerSocketOptions& options,
         std::optional<WebSocketReader::Deflate> deflate, ServerSocketHandlers handlers);

    // --- the session's side
    void open(Connection& connection, EndSession end_session);
    void on_bytes(std::string_view chunk, Timestamp received_at);  // with padding behind it
    void on_drained();
    void on_connection_end(const std::string& why);

    // --- the handle's side
    bool send(EncodedMessage& message);
    void ping(std::string_view payload);
    void close(std::uint16_t code, std::string_view reason);
    void cut(std::string_view bytes, Ending how);
    void stall(bool on);
    void abandon();

    bool is_open() const { return state_ == State::opening || state_ == State::open; }
    bool deflates() const { return deflate_.has_value(); }
    std::size_t queued_bytes() const;
    std::uint64_t dropped() const { return dropped_; }

 private:
    enum class State : unsigned char { opening, open, closing, closed };

    void on_event(const WebSocketReader::Event& event, Timestamp received_at);
    void on_close_frame(std::string_view payload);
    void control(Opcode opcode, std::string_view payload);
    void write(std::string_view bytes);
    void leave_session(Ending how, bool is_announced);
    bool have_room(std::size_t bytes);
    void finish(ServerSocketEnd end, Ending how, bool is_announced = true);

    Reactor& reactor_;
    const ServerSocketOptions options_;
    const std::optional<WebSocketReader::Deflate> deflate_;
    ServerSocketHandlers handlers_;
    WebSocketReader reader_;
    Connection* connection_ = nullptr;  // while the session has it
    EndSession end_session_;
    State state_ = State::opening;
    Ending ending_ = Ending::close;  // ordered before the upgrade's answer had left
    bool ends_announced_ = true;
    std::string held_;  // what is to leave after the upgrade's answer, or after a stall
    std::string frame_;
    bool is_stalled_ = false;
    bool is_slow_ = false;
    bool is_abandoned_ = false;
    std::uint64_t dropped_ = 0;
    TimerId close_timer_;
};

}  // namespace plumb::io
