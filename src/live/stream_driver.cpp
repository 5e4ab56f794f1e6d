#include "live/stream_driver.hpp"

#include "io/tls.hpp"
#include "io/websocket_client.hpp"
#include "live/rest_client.hpp"

namespace plumb::live {

struct StreamDriver::Socket {
    Socket(io::Reactor& reactor, const io::TlsContext& tls, const io::WebSocketOptions& options)
        : client{reactor, tls, options} {}

    io::WebSocketClient client;
    bool open = false;
    Timestamp pinged_at;
};

StreamDriver::StreamDriver(io::Reactor& reactor, const io::TlsContext& tls, RestClient* rest,
                           std::span<const wire::Subscription> by_need,
                           wire::StreamSession::MakeProtocol make, wire::WireSink& sink,
                           StreamDriverOptions options)
    : reactor_{reactor},
      tls_{tls},
      rest_{rest},
      options_{std::move(options)},
      anchor_wall_{reactor.now()},
      anchor_steady_{reactor.steady_now()},
      pool_{by_need, std::move(make), sink, options_.pool, anchor_wall_} {}

StreamDriver::~StreamDriver() {
    *alive_ = false;
    reactor_.cancel(timer_);
}

Timestamp StreamDriver::now() const {
    return anchor_wall_ + std::chrono::duration_cast<Duration>(reactor_.steady_now() - anchor_steady_);
}

void StreamDriver::start() {
    pool_.start(now(), effects_);
    perform();
    tick();
}

void StreamDriver::resubscribe(const wire::Subscription& subscription) {
    pool_.resubscribe(subscription, now(), effects_);
    perform();
}

void StreamDriver::tick() {
    timer_ = reactor_.after(wire::StreamSession::kTickEvery, [this] { tick(); });
    const Timestamp at = now();
    // Protocols sign with the venue's time: the wall clock, corrected. A wall clock that was set shows here.
    pool_.set_clock_offset(reactor_.now() - at + venue_offset_);
    if (tick_hook_) tick_hook_(at);
    ping(at);
    pool_.tick(at, effects_);
    perform();
}

void StreamDriver::ping(Timestamp at) {
    for (auto& [id, socket] : sockets_) {
        if (!socket->open || at < socket->pinged_at + options_.ping_every) continue;
        socket->pinged_at = at;
        // A ping that cannot be queued says that nothing else can: the watch on data finds that out.
        (void)socket->client.ping();
    }
}

void StreamDriver::perform() {
    while (!effects_.empty()) {
        std::swap(effects_, performing_);
        for (wire::StreamEffect& effect : performing_)
            std::visit([this](auto& each) { perform(each); }, effect);
        performing_.clear();
    }
}

void StreamDriver::perform(wire::OpenConnection& open) {
    io::WebSocketOptions options;
    options.limits.message_bytes_max = options_.frame_bytes_max;
    const auto [at, fresh] = sockets_.emplace(open.id, std::make_unique<Socket>(reactor_, tls_, options));
    const wire::ConnectionId id = open.id;
    at->second->client.connect(
        open.plan.endpoint,
        {.target = std::move(open.plan.target),
         .headers = std::move(open.plan.headers),
         .offer_deflate = open.plan.offer_deflate},
        {.on_open =
             [this, id](const io::WebSocketAgreement&) {
                 Socket& socket = *sockets_.at(id);
                 socket.open = true;
                 socket.pinged_at = now();
                 pool_.opened(id, now(), effects_);
                 perform();
             },
         .on_message =
             [this, id](std::string_view bytes, bool, Timestamp received_at) {
                 pool_.frame(id, bytes, now(), received_at, effects_);
                 if (!effects_.empty()) perform();
             },
         .on_pong = [this, id](std::string_view,
                               Timestamp) { ping_round_trip_ = now() - sockets_.at(id)->pinged_at; },
         .on_closed =
             [this, id](const io::WebSocketEnd& end) {
                 wire::ConnectionEnd told;
                 told.why = end.reason.empty() ? end.why.message() : end.why.message() + ": " + end.reason;
                 told.http_status = end.refusal.status;
                 if (end.retry_at) told.retry_at = now() + (*end.retry_at - reactor_.now());
                 pool_.closed(id, told, now(), effects_);
                 perform();
                 sockets_.erase(id);
             }});
}

void StreamDriver::perform(wire::SendFrame& send) {
    const auto found = sockets_.find(send.id);
    if (found == sockets_.end()) return;
    if (const Status sent = found->second->client.send(send.frame); !sent) {
        // The peer takes nothing any more: a connection that cannot be spoken to is none.
        found->second->client.close();
    }
}

void StreamDriver::perform(wire::CloseConnection& close) {
    const auto found = sockets_.find(close.id);
    if (found != sockets_.end()) found->second->client.close();
}

void StreamDriver::perform(wire::AskQuestion& ask) {
    const wire::ConnectionId id = ask.id;
    if (rest_ == nullptr) {
        wire::Reply reply;
        reply.verdict = wire::Verdict::refused;
        reply.words = "this stream was given no way to ask by REST";
        pool_.answered(id, ask.question, reply, {}, now(), effects_);
        return;
    }
    rest_->ask(std::move(ask.question), [this, id, alive = alive_](RestAnswer answer) {
        if (!*alive) return;
        if (answer.reply.retry_at) answer.reply.retry_at = now() + (*answer.reply.retry_at - reactor_.now());
        pool_.answered(id, answer.question, answer.reply, answer.events, now(), effects_);
        perform();
    });
}

void StreamDriver::perform(wire::StreamNote& note) {
    if (options_.on_note) options_.on_note(note, reactor_.now());
}

}  // namespace plumb::live
