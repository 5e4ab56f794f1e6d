#include "exchange/server/stream_desk.hpp"

#include <utility>

namespace plumb::exchange {

StreamId StreamDesk::expect() {
    streams_.try_emplace(++last_);
    return last_;
}

void StreamDesk::open(StreamId stream, std::unique_ptr<io::ServerWebSocket> socket) {
    Stream& entry = streams_[stream];
    entry.socket = std::move(socket);
    for (const Act& each : std::exchange(entry.kept, {})) each(*entry.socket);
}

void StreamDesk::forget(StreamId stream) { streams_.erase(stream); }

io::ServerWebSocket* StreamDesk::find(StreamId stream) {
    const auto found = streams_.find(stream);
    return found == streams_.end() ? nullptr : found->second.socket.get();
}

void StreamDesk::act(StreamId stream, Act act) {
    const auto found = streams_.find(stream);
    if (found == streams_.end()) return;
    if (found->second.socket) return act(*found->second.socket);
    found->second.kept.push_back(std::move(act));
}

void StreamDesk::send(StreamId stream, std::string_view bytes, bool is_binary) {
    if (io::ServerWebSocket* const socket = find(stream)) {
        socket->send(bytes, is_binary);
        return;
    }
    act(stream, [kept = std::string{bytes}, is_binary](io::ServerWebSocket& socket) {
        socket.send(kept, is_binary);
    });
}

void StreamDesk::send_all(std::span<const StreamId> streams, std::string_view bytes, bool is_binary) {
    io::EncodedMessage message{bytes, is_binary};
    for (const StreamId stream : streams) {
        if (io::ServerWebSocket* const socket = find(stream)) {
            socket->send(message);
        } else {
            send(stream, bytes, is_binary);
        }
    }
}

void StreamDesk::ping(StreamId stream, std::string_view payload) {
    act(stream, [kept = std::string{payload}](io::ServerWebSocket& socket) { socket.ping(kept); });
}

void StreamDesk::close(StreamId stream, std::uint16_t code, std::string_view reason) {
    act(stream,
        [kept = std::string{reason}, code](io::ServerWebSocket& socket) { socket.close(code, kept); });
}

void StreamDesk::cut(StreamId stream, std::string_view bytes, std::size_t frame_bytes, Ending how) {
    std::string frame;
    if (!bytes.empty()) io::append_server_frame(frame, io::Opcode::text, bytes);
    if (frame_bytes < frame.size()) frame.resize(frame_bytes);
    const io::Ending ending = how == Ending::keep ? io::Ending::close : to_io(how);
    act(stream, [frame, ending](io::ServerWebSocket& socket) { socket.cut(frame, ending); });
}

void StreamDesk::stall(StreamId stream, bool on) {
    act(stream, [on](io::ServerWebSocket& socket) { socket.stall(on); });
}

io::Ending to_io(Ending ending) {
    switch (ending) {
        case Ending::keep: return io::Ending::keep;
        case Ending::close: return io::Ending::close;
        case Ending::reset: return io::Ending::reset;
        case Ending::hang: return io::Ending::hang;
        case Ending::close_at_next_request: return io::Ending::close_at_next_request;
    }
    return io::Ending::close;
}

io::Delivery to_io(const Delivery& delivery) {
    return {.before_head = delivery.before_head,
            .between_head_bytes = delivery.between_head_bytes,
            .before_body = delivery.before_body,
            .between_body_bytes = delivery.between_body_bytes,
            .cut_at = delivery.cut_at,
            .cut_counts_body = delivery.cut_counts_body,
            .content_length = {},
            .ending = to_io(delivery.ending),
            .before_ending = delivery.before_ending};
}

}  // namespace plumb::exchange
