#include "io/http_session.hpp"

#include <utility>

#include "base/check.hpp"

namespace plumb::io {
namespace {

bool has_body(const ReceivedRequest& head) {
    const std::string* length = head.find("Content-Length");
    return (length && *length != "0") || head.find("Transfer-Encoding");
}

HttpResponse plain(int status, const std::string& text) {
    return {.status = status, .headers = {{"Content-Type", "text/plain"}}, .body = text + "\n"};
}

}  // namespace

void HttpSession::begin(AcceptedSocket accepted) {
    const std::weak_ptr<HttpSession> weak = weak_from_this();
    connection_ = std::make_unique<Connection>(
        home_->reactor, std::move(accepted),
        Connection::Handlers{.on_open =
                                 [weak] {
                                     const auto self = weak.lock();
                                     if (!self || !self->home_) return;
                                     self->stage_ = Stage::reading;
                                     self->wait_until(self->home_->options.idle_max);
                                 },
                             .on_bytes =
                                 [weak](std::string_view chunk, Timestamp received_at) {
                                     if (const auto self = weak.lock()) self->on_bytes(chunk, received_at);
                                 },
                             .on_drained =
                                 [weak] {
                                     if (const auto self = weak.lock()) self->on_drained();
                                 },
                             .on_end =
                                 [weak](const ConnectionEnd& end) {
                                     if (const auto self = weak.lock()) self->on_end(end);
                                 }});
    reader_.emplace(home_->options.limits);
}

void HttpSession::on_bytes(std::string_view chunk, Timestamp received_at) {
    switch (stage_) {
        case Stage::dying: return end_now();
        case Stage::socket: return socket_->on_bytes(chunk, received_at);
        case Stage::ending:
        case Stage::hanging:
        case Stage::over: return;
        case Stage::opening:
        case Stage::reading:
        case Stage::answering:
        case Stage::delivering: return pump(chunk);
    }
}

/// Requests one after the other, each begun when the one before it was answered. `chunk` is what just came.
void HttpSession::pump(std::string_view chunk) {
    if (is_pumping_) return;  // an answer inside its request's handler: the loop below goes on
    is_pumping_ = true;
    const bool from_chunk = input_.empty();
    if (!from_chunk) input_.append(chunk);
    std::string_view rest = from_chunk ? chunk : input_.view();
    while (stage_ == Stage::reading && !rest.empty() &&
           connection_->queued_bytes() <= home_->options.unread_bytes_max)
        rest.remove_prefix(read(rest));
    is_pumping_ = false;
    if (stage_ == Stage::dying && !rest.empty()) return end_now();
    if (stage_ == Stage::socket) {
        // Frames that came with the upgrade: from memory with padding behind it.
        FlatBuffer early;
        early.append(rest);
        input_.clear();
        if (!early.empty()) socket_->on_bytes(early.view(), home_->reactor.now());
        return;
    }
    if (stage_ == Stage::over || stage_ == Stage::ending || stage_ == Stage::hanging) return;
    if (from_chunk) {
        input_.append(rest);
    } else {
        input_.consume(input_.size() - rest.size());
    }
    const HttpLimits& limits = home_->options.limits;
    if (limits.header_bytes_max + limits.body_bytes_max < input_.size()) end_as(Ending::close, true);
}

/// How many of the bytes were used.
std::size_t HttpSession::read(std::string_view bytes) {
    if (!reader_->started()) wait_until(home_->options.request_deadline);
    const Result<std::size_t> used = reader_->feed(bytes);
    if (!used) {
        refuse(used.error());
        return bytes.size();
    }
    if (refused_by_head()) return bytes.size();
    if (reader_->complete()) {
        begin_request();
    } else if (!said_continue_ && reader_->awaits_continue()) {
        said_continue_ = true;
        connection_->write_later("HTTP/1.1 100 Continue\r\n\r\n");
    }
    return *used;
}

/// Whether the handler ends the connection at the head of this request.
bool HttpSession::refused_by_head() {
    if (head_was_shown_ || !home_->handlers.on_head || !reader_->has_header()) return false;
    head_was_shown_ = true;
    const ReceivedRequest head = reader_->head();
    if (!has_body(head)) return false;
    const std::optional<Delivery> delivery = home_->handlers.on_head(number_, head);
    if (!delivery || stage_ != Stage::reading) return stage_ != Stage::reading;
    delivery_ = *delivery;
    if (!delivery_.cut_at) delivery_.cut_at = 0;
    stage_ = Stage::delivering;
    plan_ = std::make_unique<DeliveryPlan>(AnswerBytes{}, delivery_);
    deliver_next();
    return true;
}

/// What is no request, or too big a one, ends the connection: what follows it could not be understood.
void HttpSession::refuse(const Error& error) {
    const bool is_big = error.code() == Errc::out_of_range;
    const int status = !is_big ? 400 : reader_->header_is_too_big() ? 431 : 413;
    asked_ = {};
    asked_.keeps_alive = false;
    stage_ = Stage::answering;
    deliver(plain(status, error.message()), {});
}

void HttpSession::begin_request() {
    ReceivedRequest request = reader_->take();
    asked_ = {.method = request.method,
              .target = {},
              .headers = {},
              .body = {},
              .keeps_alive = request.keeps_alive,
              .is_http_10 = request.is_http_10};
    if (asks_for_websocket(request)) {
        asked_.headers = request.headers;
        asked_.body = request.body;
    }
    said_continue_ = head_was_shown_ = false;
    stage_ = Stage::answering;
    due_ = Clock::time_point::max();
    home_->handlers.on_request(number_, std::move(request), HttpResponder{weak_from_this()});
}

void HttpSession::answer(const HttpResponse& response, const Delivery& delivery) {
    if (stage_ != Stage::answering) return;
    deliver(response, delivery);
}

void HttpSession::deliver(const HttpResponse& response, const Delivery& delivery) {
    AnswerTerms terms{.is_to_head = asked_.method == "HEAD",
                      .keeps_alive = asked_.keeps_alive,
                      .is_to_http_10 = asked_.is_http_10,
                      .content_length = delivery.content_length};
    Result<AnswerBytes> bytes = write_answer(response, terms);
    if (!bytes) bytes = write_answer(plain(500, "the answer could not be written"), terms);
    delivery_ = delivery;
    stage_ = Stage::delivering;
    plan_ = std::make_unique<DeliveryPlan>(std::move(*bytes), delivery);
    deliver_next();
}

/// Piece by piece, as far as none is to wait.
void HttpSession::deliver_next() {
    while (stage_ == Stage::delivering) {
        if (piece_) connection_->write_later(piece_->bytes);
        piece_ = plan_->next();
        if (!piece_) return after_answer();
        if (piece_->before <= Duration{}) continue;
        timer_ = home_->reactor.after(piece_->before, [weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->deliver_next();
        });
        return;
    }
}

void HttpSession::after_answer() {
    plan_.reset();
    if (delivery_.cut_at && delivery_.ending == Ending::keep) delivery_.ending = Ending::close;
    const bool ends = delivery_.ending == Ending::close || delivery_.ending == Ending::reset;
    if (ends && Duration{} < delivery_.before_ending) {
        timer_ = home_->reactor.after(delivery_.before_ending, [weak = weak_from_this()] {
            if (const auto self = weak.lock(); self && self->stage_ == Stage::delivering)
                self->end_as(self->delivery_.ending, !self->delivery_.cut_at);
        });
        return;
    }
    switch (delivery_.ending) {
        case Ending::close:
        case Ending::reset:
        case Ending::hang: return end_as(delivery_.ending, !delivery_.cut_at);
        case Ending::close_at_next_request:
            stage_ = Stage::dying;
            if (!is_pumping_ && !input_.empty()) return end_now();
            return wait_until(home_->options.idle_max);
        case Ending::keep: break;
    }
    if (socket_) return open_socket();
    if (!asked_.keeps_alive) return end_as(Ending::close, true);
    stage_ = Stage::reading;
    wait_until(home_->options.idle_max);
    if (!input_.empty()) pump({});
}

std::unique_ptr<ServerWebSocket> HttpSession::accept(const UpgradeTerms& terms, ServerSocketHandlers handlers,
                                                     const Delivery& delivery) {
    if (stage_ != Stage::answering) return nullptr;
    const UpgradeAnswer upgrade = answer_upgrade(asked_, terms);
    if (upgrade.is_open()) {
        asked_.keeps_alive = true;
        socket_ = std::make_shared<ServerWebSocket::Impl>(home_->reactor, home_->options.socket,
                                                          upgrade.deflate, std::move(handlers));
    }
    const auto socket = socket_;
    deliver(upgrade.response, delivery);
    return socket ? std::unique_ptr<ServerWebSocket>{new ServerWebSocket{socket}} : nullptr;
}

void HttpSession::open_socket() {
    stage_ = Stage::socket;
    due_ = Clock::time_point::max();
    reader_.reset();
    socket_->open(*connection_, [weak = weak_from_this()](Ending how, bool is_announced) {
        const auto self = weak.lock();
        if (self) self->end_as(how, is_announced);
    });
    if (!is_pumping_ && !input_.empty()) pump({});
}

void HttpSession::end_as(Ending how, bool is_announced) {
    if (stage_ == Stage::over) return;
    ends_announced_ = is_announced;
    if (how == Ending::hang) {
        stage_ = Stage::hanging;
        due_ = Clock::time_point::max();
        return;
    }
    end_when_drained(how == Ending::keep ? Ending::close : how);
}

void HttpSession::end_when_drained(Ending how) {
    ending_ = how;
    stage_ = Stage::ending;
    bytes_sent_ = connection_->bytes_sent();
    wait_until(home_->options.write_stall_max);
    connection_->flush();
    if (connection_->queued_bytes() == 0) end_now();
}

void HttpSession::end_now() {
    if (ending_ == Ending::reset || (stage_ == Stage::dying && delivery_.ending == Ending::reset)) {
        connection_->reset();
    } else if (!ends_announced_) {
        connection_->cut();
    }
    over();
}

void HttpSession::on_drained() {
    if (stage_ == Stage::ending) return end_now();
    if (stage_ == Stage::socket) return socket_->on_drained();
    if (stage_ == Stage::reading && !input_.empty()) pump({});
}

void HttpSession::on_end(const ConnectionEnd& end) {
    if (socket_) socket_->on_connection_end(end.why.message());
    over();
}

/// The connection goes in good order, if nothing else was done to it before.
void HttpSession::over() {
    if (stage_ == Stage::over) return;
    const auto self = shared_from_this();
    stage_ = Stage::over;
    if (!home_) return;
    home_->reactor.cancel(timer_);
    connection_.reset();
    if (socket_) std::exchange(socket_, {})->on_connection_end("the connection was ended");
    const bool was_socket = reader_ == std::nullopt;
    if (!was_socket && home_->handlers.on_disconnected) home_->handlers.on_disconnected(number_);
    if (home_) home_->on_over(number_);
}

void HttpSession::leave_home() {
    stage_ = Stage::over;
    if (!home_) return;
    home_->reactor.cancel(timer_);
    connection_.reset();
    if (socket_) std::exchange(socket_, {})->on_connection_end("the server was ended");
    home_.reset();
}

void HttpSession::check_deadlines(Clock::time_point now) {
    const bool writes =
        stage_ == Stage::ending || (stage_ == Stage::reading && 0 < connection_->queued_bytes());
    if (writes && connection_->bytes_sent() != bytes_sent_) {
        bytes_sent_ = connection_->bytes_sent();
        wait_until(home_->options.write_stall_max);
    }
    if (now < due_) return;
    if (stage_ == Stage::reading && reader_->started()) {
        asked_ = {};
        asked_.keeps_alive = false;
        stage_ = Stage::answering;
        return deliver(plain(408, "the request did not come whole in time"), {});
    }
    if (stage_ == Stage::reading || stage_ == Stage::dying || stage_ == Stage::ending) over();
}

HttpResponder::HttpResponder(std::weak_ptr<HttpSession> session) : session_{std::move(session)} {}
HttpResponder::HttpResponder(HttpResponder&&) noexcept = default;
HttpResponder& HttpResponder::operator=(HttpResponder&& other) noexcept {
    std::swap(session_, other.session_);  // ours, if any, is answered at the end of the other
    return *this;
}

HttpResponder::~HttpResponder() {
    if (const auto session = session_.lock()) session->answer(plain(500, "no answer was given"), {});
}

void HttpResponder::answer(const HttpResponse& response, const Delivery& delivery) {
    if (const auto session = std::exchange(session_, {}).lock()) session->answer(response, delivery);
}

std::unique_ptr<ServerWebSocket> HttpResponder::accept(const UpgradeTerms& terms,
                                                       ServerSocketHandlers handlers,
                                                       const Delivery& delivery) {
    const auto session = std::exchange(session_, {}).lock();
    return session ? session->accept(terms, std::move(handlers), delivery) : nullptr;
}

bool HttpResponder::is_waited_for() const {
    const auto session = session_.lock();
    return session && session->awaits_answer();
}

}  // namespace plumb::io
