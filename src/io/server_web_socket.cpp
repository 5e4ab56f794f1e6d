#include "io/server_web_socket.hpp"

#include <utility>

#include "base/check.hpp"
#include "io/deflate.hpp"
#include "io/server_socket_impl.hpp"

namespace plumb::io {
namespace {

constexpr std::uint16_t kPolicy = 1008;

}  // namespace

EncodedMessage::EncodedMessage(std::string_view bytes, bool is_binary)
    : opcode_{is_binary ? Opcode::binary : Opcode::text} {
    append_server_frame(plain_, opcode_, bytes);
    head_bytes_ = plain_.size() - bytes.size();
}

const std::string& EncodedMessage::deflated() {
    const std::string_view payload = std::string_view{plain_}.substr(head_bytes_);
    if (payload.size() < kDeflateBytesMin) return plain_;
    if (deflated_.empty()) append_server_frame(deflated_, opcode_, deflate_message(payload), true);
    return deflated_;
}

ServerWebSocket::Impl::Impl(Reactor& reactor, const ServerSocketOptions& options,
                            std::optional<WebSocketReader::Deflate> deflate, ServerSocketHandlers handlers)
    : reactor_{reactor},
      options_{options},
      deflate_{deflate},
      handlers_{std::move(handlers)},
      reader_{options.limits, deflate, WebSocketReader::Sender::client} {
    PLUMB_CHECK(handlers_.on_message && handlers_.on_closed);
}

/// The answer to the upgrade has left.
void ServerWebSocket::Impl::open(Connection& connection, EndSession end_session) {
    connection_ = &connection;
    end_session_ = std::move(end_session);
    if (state_ == State::closed) {
        connection_->write_later(held_);
        return leave_session(ending_, ends_announced_);
    }
    if (state_ == State::opening) state_ = State::open;
    if (is_stalled_) return connection_->pause_reading(true);
    connection_->write_later(held_);
    held_.clear();
}

void ServerWebSocket::Impl::on_bytes(std::string_view chunk, Timestamp received_at) {
    if (state_ == State::closed) return;
    const auto self = shared_from_this();  // a handler may destroy the handle
    reader_.feed(chunk);
    WebSocketReader::Event event;
    while (state_ != State::closed) {
        switch (reader_.next(event)) {
            case WebSocketReader::Step::event: on_event(event, received_at); break;
            case WebSocketReader::Step::need_more: return;
            case WebSocketReader::Step::failed:
                if (state_ == State::open) control(Opcode::close, close_payload(reader_.code_to_send(), ""));
                return finish({.reason = reader_.error().message(), .by_peer = true}, Ending::close);
        }
    }
}

void ServerWebSocket::Impl::on_event(const WebSocketReader::Event& event, Timestamp received_at) {
    switch (event.opcode) {
        case Opcode::text:
        case Opcode::binary: {
            if (state_ == State::open)
                handlers_.on_message(event.bytes, event.opcode == Opcode::binary, received_at);
            return;
        }
        case Opcode::ping:
            // Bounded like all else: a peer that asks and never reads gets no answers.
            if (state_ == State::open && queued_bytes() < options_.queue_bytes_max)
                control(Opcode::pong, event.bytes);
            return;
        case Opcode::pong:
            if (handlers_.on_pong && state_ == State::open) handlers_.on_pong(event.bytes, received_at);
            return;
        case Opcode::close: return on_close_frame(event.bytes);
        case Opcode::continuation: return;  // never given out by itself
    }
}

void ServerWebSocket::Impl::on_close_frame(std::string_view payload) {
    const Result<CloseFrame> frame = parse_close(payload);
    const bool we_asked = state_ == State::closing;
    if (!we_asked) {
        const std::uint16_t code = !frame ? close_code::kProtocolError : frame->code;
        const bool has_code = !frame || frame->code != close_code::kNone;
        control(Opcode::close, has_code ? close_payload(code, "") : std::string{});
    }
    if (!frame) return finish({.reason = frame.error().message(), .by_peer = true}, Ending::close);
    finish({.code = frame->code, .reason = std::string{frame->reason}, .by_peer = !we_asked}, Ending::close);
}

void ServerWebSocket::Impl::on_drained() { is_slow_ = false; }

void ServerWebSocket::Impl::on_connection_end(const std::string& why) {
    const auto self = shared_from_this();
    connection_ = nullptr;
    end_session_ = {};
    finish({.reason = why, .by_peer = state_ != State::closing}, Ending::close);
}

std::size_t ServerWebSocket::Impl::queued_bytes() const {
    return held_.size() + (connection_ ? connection_->queued_bytes() : 0);
}

void ServerWebSocket::Impl::write(std::string_view bytes) {
    if (connection_ && !is_stalled_) return connection_->write_later(bytes);
    held_.append(bytes);
}

/// A whole queue is the client's fault once: what follows is the policy's.
bool ServerWebSocket::Impl::have_room(std::size_t bytes) {
    if (queued_bytes() + bytes <= options_.queue_bytes_max) return true;
    ++dropped_;
    if (is_slow_) return false;
    is_slow_ = true;
    reactor_.post([weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self || self->is_abandoned_ || !self->is_open()) return;
        if (self->options_.when_slow == WhenSlow::close) self->close(kPolicy, "too slow");
        if (self->handlers_.on_slow) self->handlers_.on_slow();
    });
    return false;
}

bool ServerWebSocket::Impl::send(EncodedMessage& message) {
    if (!is_open()) return true;
    const std::string& bytes = deflate_ ? message.deflated() : message.plain();
    if (!have_room(bytes.size())) return false;
    write(bytes);
    return true;
}

void ServerWebSocket::Impl::ping(std::string_view payload) {
    if (is_open() && have_room(payload.size())) control(Opcode::ping, payload);
}

void ServerWebSocket::Impl::control(Opcode opcode, std::string_view payload) {
    if (!is_open()) return;
    frame_.clear();
    append_server_frame(frame_, opcode, payload);
    write(frame_);
}

void ServerWebSocket::Impl::close(std::uint16_t code, std::string_view reason) {
    if (!is_open()) return;
    control(Opcode::close, code == close_code::kNone ? std::string{} : close_payload(code, reason));
    state_ = State::closing;
    close_timer_ = reactor_.after(options_.close_deadline, [weak = weak_from_this()] {
        if (const auto self = weak.lock())
            self->finish({.reason = "the client did not answer our close in time"}, Ending::reset);
    });
}

void ServerWebSocket::Impl::cut(std::string_view bytes, Ending how) {
    if (state_ == State::closed) return;
    write(bytes);
    if (how != Ending::keep) finish({.reason = "broken off by a fault"}, how, false);
}

void ServerWebSocket::Impl::stall(bool on) {
    if (is_stalled_ == on) return;
    is_stalled_ = on;
    if (!connection_) return;
    connection_->pause_reading(on);
    if (on) return;
    connection_->write_later(held_);
    held_.clear();
}

/// Later, so that no handler runs inside a call of the owner.
void ServerWebSocket::Impl::finish(ServerSocketEnd end, Ending how, bool is_announced) {
    if (state_ == State::closed) return;
    state_ = State::closed;
    reactor_.cancel(close_timer_);
    if (connection_ && !held_.empty() && how != Ending::hang) connection_->write_later(held_);
    reactor_.post([self = shared_from_this(), end = std::move(end)] {
        if (!self->is_abandoned_) self->handlers_.on_closed(end);
        self->handlers_ = {};
    });
    leave_session(how, is_announced);
}

/// The session may end the connection at once.
void ServerWebSocket::Impl::leave_session(Ending how, bool is_announced) {
    ending_ = how;
    ends_announced_ = is_announced;
    connection_ = nullptr;
    if (end_session_) std::exchange(end_session_, {})(how, is_announced);
}

void ServerWebSocket::Impl::abandon() {
    is_abandoned_ = true;
    if (state_ == State::closed) return;
    reactor_.cancel(close_timer_);
    state_ = State::closed;
    leave_session(Ending::close, true);
}

ServerWebSocket::ServerWebSocket(std::shared_ptr<Impl> impl) : impl_{std::move(impl)} {}
ServerWebSocket::~ServerWebSocket() { impl_->abandon(); }

bool ServerWebSocket::send(std::string_view bytes, bool is_binary) {
    EncodedMessage message{bytes, is_binary};
    return impl_->send(message);
}
bool ServerWebSocket::send(EncodedMessage& message) { return impl_->send(message); }
void ServerWebSocket::ping(std::string_view payload) {
    PLUMB_CHECK(payload.size() <= 125);
    impl_->ping(payload);
}
void ServerWebSocket::close(std::uint16_t code, std::string_view reason) { impl_->close(code, reason); }
void ServerWebSocket::cut(std::string_view bytes, Ending how) { impl_->cut(bytes, how); }
void ServerWebSocket::stall(bool on) { impl_->stall(on); }
bool ServerWebSocket::is_open() const { return impl_->is_open(); }
bool ServerWebSocket::deflates() const { return impl_->deflates(); }
std::size_t ServerWebSocket::queued_bytes() const { return impl_->queued_bytes(); }
std::uint64_t ServerWebSocket::dropped() const { return impl_->dropped(); }

}  // namespace plumb::io
