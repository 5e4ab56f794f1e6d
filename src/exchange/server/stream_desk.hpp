#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "exchange/host/stream_sink.hpp"
#include "io/server_web_socket.hpp"

namespace plumb::exchange {

/// The WebSockets of one venue by their numbers. What a host does to a stream whose upgrade it is still
/// answering is kept and done as soon as there is a socket.
class StreamDesk : public StreamSink {
 public:
    /// The next number; what is sent to it from now on is kept.
    StreamId expect();
    /// The stream's socket is there: what was kept leaves.
    void open(StreamId stream, std::unique_ptr<io::ServerWebSocket> socket);
    /// No socket came, or it is gone.
    void forget(StreamId stream);
    std::size_t count() const { return streams_.size(); }

    void send(StreamId stream, std::string_view bytes, bool is_binary) override;
    void send_all(std::span<const StreamId> streams, std::string_view bytes, bool is_binary) override;
    void ping(StreamId stream, std::string_view payload) override;
    void close(StreamId stream, std::uint16_t code, std::string_view reason) override;
    void cut(StreamId stream, std::string_view bytes, std::size_t frame_bytes, Ending how) override;
    void stall(StreamId stream, bool on) override;

 private:
    using Act = std::function<void(io::ServerWebSocket&)>;
    struct Stream {
        std::unique_ptr<io::ServerWebSocket> socket;
        std::vector<Act> kept;
    };

    /// The socket, or null where there is none yet or no more.
    io::ServerWebSocket* find(StreamId stream);
    void act(StreamId stream, Act act);

    std::unordered_map<StreamId, Stream> streams_;  // looked up only, never walked
    StreamId last_ = 0;
};

/// How a server of io delivers what a host ordered.
io::Ending to_io(Ending ending);
io::Delivery to_io(const Delivery& delivery);

}  // namespace plumb::exchange
