#include "io/websocket_client.hpp"

#include "base/check.hpp"
#include "io/http_framing.hpp"
#include "io/retry_after.hpp"

namespace plumb::io {
namespace {

enum class State : unsigned char { idle, connecting, upgrading, open, closing, closed };

/// A refusal is a page for people at most.
constexpr HttpLimits kUpgradeLimits{.header_bytes_max = std::size_t{32} << 10,
                                    .body_bytes_max = std::size_t{64} << 10,
                                    .inflated_bytes_max = std::size_t{64} << 10,
                                    .inflate_ratio_max = 50};

}  // namespace

class WebSocketClient::Impl : public std::enable_shared_from_this<Impl> {
 public:
    Impl(Reactor& reactor, const TlsContext& tls, WebSocketOptions options)
        : reactor_{reactor}, tls_{tls}, options_{options} {}

    void connect(Endpoint endpoint, WebSocketRequest request, WebSocketHandlers handlers);
    Status send(Opcode opcode, std::string_view bytes);
    void close(std::uint16_t code, std::string_view reason);
    void abandon();
    bool is_open() const { return state_ == State::open; }
    std::size_t queued_bytes() const { return connection_ ? connection_->queued_bytes() : 0; }

 private:
    Connection::Handlers connection_handlers();
    void on_connected();
    void on_bytes(std::string_view chunk, Timestamp received_at);
    void on_connection_end(const ConnectionEnd& end);
    std::size_t read_upgrade(std::string_view chunk, Timestamp received_at);
    void finish_upgrade(Timestamp received_at);
    void read_frames(std::string_view chunk, Timestamp received_at);
    void on_event(const WebSocketReader::Event& event, Timestamp received_at);
    void on_close_frame(std::string_view payload);
    void write_frame(Opcode opcode, std::string_view payload);
    void arm(Duration deadline, const char* text);
    void finish_later(Error why);
    void finish(WebSocketEnd end);
    Error failure(Errc code, const std::string& what) const {
        return Error{code, "WebSocket " + name_ + ": " + what};
    }

    Reactor& reactor_;
    const TlsContext& tls_;
    const WebSocketOptions options_;
    Endpoint endpoint_;
    std::string name_;
    WebSocketRequest request_;
    WebSocketHandlers handlers_;
    State state_ = State::idle;
    bool was_open_ = false;
    TimerId timer_;
    std::string key_;
    std::string upgrade_;
    std::optional<HttpResponseReader> response_;
    std::optional<WebSocketReader> reader_;
    std::string frame_;  // scratch of write_frame
    std::unique_ptr<Connection> connection_;
};

void WebSocketClient::Impl::connect(Endpoint endpoint, WebSocketRequest request, WebSocketHandlers handlers) {
    PLUMB_CHECK(state_ == State::idle && reactor_.on_reactor_thread());
    PLUMB_CHECK(handlers.on_open && handlers.on_message && handlers.on_closed);
    endpoint_ = std::move(endpoint);
    name_ = endpoint_.host + ":" + std::to_string(endpoint_.port) +
            request.target.substr(0, request.target.find('?'));
    request_ = std::move(request);
    handlers_ = std::move(handlers);
    state_ = State::connecting;
    key_ = make_websocket_key();
    Result<std::string> upgrade = write_upgrade(endpoint_, request_, key_);
    if (!upgrade) return finish_later(failure(upgrade.error().code(), upgrade.error().message()));
    upgrade_ = std::move(*upgrade);
    connection_ =
        std::make_unique<Connection>(reactor_, tls_, endpoint_, options_.deadlines, connection_handlers());
}

/// Each holds this alive while it runs, because what it calls may destroy the client.
Connection::Handlers WebSocketClient::Impl::connection_handlers() {
    const std::weak_ptr<Impl> weak = weak_from_this();
    return {.on_open =
                [weak] {
                    if (const auto self = weak.lock()) self->on_connected();
                },
            .on_bytes =
                [weak](std::string_view chunk, Timestamp received_at) {
                    if (const auto self = weak.lock()) self->on_bytes(chunk, received_at);
                },
            .on_drained = [] {},
            .on_end =
                [weak](const ConnectionEnd& end) {
                    if (const auto self = weak.lock()) self->on_connection_end(end);
                }};
}

void WebSocketClient::Impl::on_connected() {
    state_ = State::upgrading;
    response_.emplace(kUpgradeLimits);
    arm(options_.upgrade_deadline,
        "expected an answer to the upgrade in time, none came; is this a WebSocket address?");
    connection_->write(upgrade_);
    upgrade_.clear();  // it may hold a secret header
}

void WebSocketClient::Impl::arm(Duration deadline, const char* text) {
    reactor_.cancel(timer_);
    timer_ = reactor_.after(deadline, [weak = weak_from_this(), text] {
        if (const auto self = weak.lock()) self->finish({.why = self->failure(Errc::network, text)});
    });
}

void WebSocketClient::Impl::on_bytes(std::string_view chunk, Timestamp received_at) {
    if (state_ == State::upgrading) chunk.remove_prefix(read_upgrade(chunk, received_at));
    if (reader_ && !chunk.empty() && state_ != State::closed) read_frames(chunk, received_at);
}

/// How many bytes belong to the answer to the upgrade; the first frames may follow at once.
std::size_t WebSocketClient::Impl::read_upgrade(std::string_view chunk, Timestamp received_at) {
    const Result<std::size_t> used = response_->feed(chunk);
    if (!used) {
        finish({.why = failure(used.error().code(), used.error().message()), .by_peer = true});
        return chunk.size();
    }
    if (response_->complete()) finish_upgrade(received_at);
    return *used;
}

void WebSocketClient::Impl::finish_upgrade(Timestamp received_at) {
    Result<HttpResponse> response = response_->take();
    if (!response)
        return finish({.why = failure(response.error().code(), response.error().message()), .by_peer = true});
    Result<WebSocketAgreement> agreement = check_upgrade(request_, key_, *response);
    if (!agreement) {
        WebSocketEnd end{.why = failure(agreement.error().code(), agreement.error().message()),
                         .by_peer = true};
        if (response->status != 101) {
            end.retry_at = retry_at(*response, received_at);
            end.refusal = std::move(*response);
        }
        return finish(std::move(end));
    }
    reactor_.cancel(timer_);
    response_.reset();
    reader_.emplace(options_.limits, agreement->deflate);
    state_ = State::open;
    was_open_ = true;
    handlers_.on_open(*agreement);
}

void WebSocketClient::Impl::read_frames(std::string_view chunk, Timestamp received_at) {
    reader_->feed(chunk);
    WebSocketReader::Event event;
    while (state_ != State::closed) {
        switch (reader_->next(event)) {
            case WebSocketReader::Step::event: on_event(event, received_at); break;
            case WebSocketReader::Step::need_more: return;
            case WebSocketReader::Step::failed: {
                const Error& error = reader_->error();
                if (state_ == State::open)
                    write_frame(Opcode::close, close_payload(reader_->code_to_send(), ""));
                return finish({.why = failure(error.code(), error.message()), .by_peer = true});
            }
        }
    }
}

void WebSocketClient::Impl::on_event(const WebSocketReader::Event& event, Timestamp received_at) {
    switch (event.opcode) {
        case Opcode::text: return handlers_.on_message(event.bytes, false, received_at);
        case Opcode::binary: return handlers_.on_message(event.bytes, true, received_at);
        case Opcode::ping:
            // Bounded like all else we send: a peer that asks and never reads gets no answers.
            if (state_ == State::open && connection_->queued_bytes() < options_.send_queue_bytes_max)
                write_frame(Opcode::pong, event.bytes);
            return;
        case Opcode::pong:
            if (handlers_.on_pong) handlers_.on_pong(event.bytes, received_at);
            return;
        case Opcode::close: return on_close_frame(event.bytes);
        case Opcode::continuation: return;  // never given out by itself
    }
}

void WebSocketClient::Impl::on_close_frame(std::string_view payload) {
    const Result<CloseFrame> frame = parse_close(payload);
    const bool we_asked = state_ == State::closing;
    if (!we_asked) {
        const std::uint16_t code = !frame ? close_code::kProtocolError : frame->code;
        const bool has_code = !frame || frame->code != close_code::kNone;
        write_frame(Opcode::close, has_code ? close_payload(code, "") : std::string{});
    }
    if (!frame) return finish({.why = failure(Errc::corrupt, frame.error().message()), .by_peer = true});
    const std::string what = "closed with code " + std::to_string(frame->code) +
                             (frame->reason.empty() ? "" : " (" + std::string{frame->reason} + ")");
    finish({.why = failure(Errc::network, (we_asked ? "we closed, the peer " : "the peer ") + what),
            .code = frame->code,
            .reason = std::string{frame->reason},
            .by_peer = !we_asked});
}

void WebSocketClient::Impl::on_connection_end(const ConnectionEnd& end) {
    if (state_ == State::upgrading && response_->started() && response_->end(end.clean))
        return finish_upgrade(reactor_.now());
    finish({.why = Error{end.why.code(), "WebSocket " + name_ + ": " + end.why.message()},
            .by_peer = state_ != State::closing});
}

Status WebSocketClient::Impl::send(Opcode opcode, std::string_view bytes) {
    if (state_ != State::open) return fail(failure(Errc::network, "not open, nothing was sent"));
    if (options_.send_queue_bytes_max < connection_->queued_bytes() + bytes.size())
        return fail(failure(Errc::out_of_range, "the peer does not take what we send; the queue is full"));
    write_frame(opcode, bytes);
    return {};
}

void WebSocketClient::Impl::write_frame(Opcode opcode, std::string_view payload) {
    frame_.clear();
    append_client_frame(frame_, opcode, payload, random_mask());
    connection_->write(frame_);
}

void WebSocketClient::Impl::close(std::uint16_t code, std::string_view reason) {
    switch (state_) {
        case State::idle:
        case State::closing:
        case State::closed: return;
        case State::connecting:
        case State::upgrading: return finish_later(failure(Errc::network, "closed by us before it was open"));
        case State::open:
            write_frame(Opcode::close, close_payload(code, reason));
            state_ = State::closing;
            return arm(options_.close_deadline, "we closed, and the peer did not answer in time; ended hard");
    }
}

void WebSocketClient::Impl::finish_later(Error why) {
    connection_.reset();
    reactor_.cancel(timer_);
    reactor_.post([weak = weak_from_this(), why = std::move(why)] {
        if (const auto self = weak.lock()) self->finish({.why = why});
    });
}

void WebSocketClient::Impl::finish(WebSocketEnd end) {
    if (state_ == State::closed) return;
    end.was_open = was_open_;
    abandon();
    handlers_.on_closed(end);
}

void WebSocketClient::Impl::abandon() {
    state_ = State::closed;
    reactor_.cancel(timer_);
    connection_.reset();
}

WebSocketClient::WebSocketClient(Reactor& reactor, const TlsContext& tls, WebSocketOptions options)
    : impl_{std::make_shared<Impl>(reactor, tls, options)} {}
WebSocketClient::~WebSocketClient() { impl_->abandon(); }

void WebSocketClient::connect(Endpoint endpoint, WebSocketRequest request, WebSocketHandlers handlers) {
    impl_->connect(std::move(endpoint), std::move(request), std::move(handlers));
}
Status WebSocketClient::send(std::string_view bytes, bool is_binary) {
    return impl_->send(is_binary ? Opcode::binary : Opcode::text, bytes);
}
Status WebSocketClient::ping(std::string_view payload) {
    PLUMB_CHECK(payload.size() <= 125);
    return impl_->send(Opcode::ping, payload);
}
void WebSocketClient::close(std::uint16_t code, std::string_view reason) { impl_->close(code, reason); }
bool WebSocketClient::is_open() const { return impl_->is_open(); }
std::size_t WebSocketClient::queued_bytes() const { return impl_->queued_bytes(); }

}  // namespace plumb::io
