#include "io/http_client.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "base/check.hpp"
#include "io/connection.hpp"

namespace plumb::io {
namespace {

struct Exchange {
    Endpoint endpoint;
    Method method = Method::get;
    std::string bytes;  // the request as it goes out
    HttpDeadlines deadlines;
    HttpClient::Done done;
    TimerId queue_timer;
    bool is_repeated = false;
    bool was_sent = false;  // the time below is set
    Timestamp sent_at;
};

using ExchangePtr = std::unique_ptr<Exchange>;

enum class Stage : unsigned char { opening, idle, writing, waiting, reading };

/// One connection of the pool and what it carries.
struct Slot {
    Stage stage = Stage::opening;
    bool is_used = false;  // carried an exchange before
    std::uint64_t bytes_sent_before = 0;
    TimerId timer;
    ExchangePtr exchange;
    std::optional<HttpResponseReader> reader;
    std::unique_ptr<Connection> connection;
};

struct Pool {
    std::vector<std::unique_ptr<Slot>> slots;
    std::deque<ExchangePtr> waiting;
};

std::string name_of(const Endpoint& endpoint) { return endpoint.host + ":" + std::to_string(endpoint.port); }

}  // namespace

class HttpClient::Impl {
 public:
    Impl(Reactor& reactor, const TlsContext& tls, HttpOptions options)
        : reactor_{reactor}, tls_{tls}, options_{options} {
        PLUMB_CHECK(0 < options_.connections_per_endpoint_max);
    }
    ~Impl();

    void send(const Endpoint& endpoint, HttpRequest request, HttpDeadlines deadlines, Done done);

 private:
    void pump(Pool& pool);
    void wait_for_slot(Pool& pool, ExchangePtr exchange);
    void open_slot(Pool& pool, ExchangePtr exchange);
    void begin(Pool& pool, Slot& slot);
    void arm(Pool& pool, Slot& slot, Stage stage, Duration deadline);
    void on_late(Pool& pool, Slot& slot);
    void on_bytes(Pool& pool, Slot& slot, std::string_view chunk, Timestamp received_at);
    void on_end(Pool& pool, Slot& slot, const ConnectionEnd& end);
    void complete(Pool& pool, Slot& slot, bool may_stay, Timestamp received_at);
    void fail_slot(Pool& pool, Slot& slot, Error error);
    void drop(Pool& pool, Slot& slot);
    void report(ExchangePtr exchange, Result<HttpResponse> response, bool may_have_arrived,
                Timestamp received_at);
    bool may_have_arrived(const Slot& slot) const;

    Reactor& reactor_;
    const TlsContext& tls_;
    const HttpOptions options_;
    std::map<Endpoint, Pool> pools_;  // as many as endpoints are asked: a few
    std::shared_ptr<int> alive_ =
        std::make_shared<int>(0);  // watched by posted outcomes, which may come too late
};

HttpClient::Impl::~Impl() {
    for (auto& [endpoint, pool] : pools_) {
        for (auto& slot : pool.slots) reactor_.cancel(slot->timer);
        for (auto& exchange : pool.waiting) reactor_.cancel(exchange->queue_timer);
    }
}

void HttpClient::Impl::send(const Endpoint& endpoint, HttpRequest request, HttpDeadlines deadlines,
                            Done done) {
    PLUMB_CHECK(reactor_.on_reactor_thread());
    auto exchange = std::make_unique<Exchange>();
    exchange->endpoint = endpoint;
    exchange->method = request.method;
    exchange->deadlines = deadlines;
    exchange->done = std::move(done);
    Result<std::string> bytes = write_request(endpoint, request);
    if (!bytes)
        return report(std::move(exchange), fail(bytes.error().at(name_of(endpoint))), false, reactor_.now());
    exchange->bytes = std::move(*bytes);
    Pool& pool = pools_[endpoint];
    if (options_.waiting_per_endpoint_max <= pool.waiting.size()) {
        return report(std::move(exchange),
                      fail(Errc::network, "waiting for a connection to " + name_of(endpoint) + ": " +
                                              std::to_string(pool.waiting.size()) +
                                              " requests wait already; ask less often"),
                      false, reactor_.now());
    }
    wait_for_slot(pool, std::move(exchange));
    pump(pool);
}

void HttpClient::Impl::wait_for_slot(Pool& pool, ExchangePtr exchange) {
    Exchange* waiting = exchange.get();
    exchange->queue_timer = reactor_.after(exchange->deadlines.queue, [this, &pool, waiting] {
        const auto found = std::ranges::find(pool.waiting, waiting, &ExchangePtr::get);
        if (found == pool.waiting.end()) return;
        ExchangePtr late = std::move(*found);
        pool.waiting.erase(found);
        const std::string text = "waiting for a connection to " + name_of(late->endpoint) +
                                 ": expected a free one within " + to_text(late->deadlines.queue) +
                                 ", all are busy; ask less often";
        report(std::move(late), fail(Errc::network, text), false, reactor_.now());
    });
    pool.waiting.push_back(std::move(exchange));
}

/// Gives waiting requests to idle connections, the last used first, or opens new ones up to the limit.
void HttpClient::Impl::pump(Pool& pool) {
    while (!pool.waiting.empty()) {
        const auto idle = std::ranges::find_if(pool.slots.rbegin(), pool.slots.rend(),
                                               [](const auto& slot) { return slot->stage == Stage::idle; });
        // A repeated request goes to a fresh connection: other used ones may have died with the first.
        const bool takes_idle = idle != pool.slots.rend() && !pool.waiting.front()->is_repeated;
        if (!takes_idle && options_.connections_per_endpoint_max <= pool.slots.size()) {
            if (idle == pool.slots.rend()) return;
            drop(pool, **idle);
        }
        ExchangePtr exchange = std::move(pool.waiting.front());
        pool.waiting.pop_front();
        reactor_.cancel(exchange->queue_timer);
        if (!takes_idle) {
            open_slot(pool, std::move(exchange));
            continue;
        }
        (*idle)->exchange = std::move(exchange);
        begin(pool, **idle);
    }
}

void HttpClient::Impl::open_slot(Pool& pool, ExchangePtr exchange) {
    const HttpDeadlines& deadlines = exchange->deadlines;
    const ConnectDeadlines connect{
        .resolve = deadlines.resolve, .connect = deadlines.connect, .handshake = deadlines.handshake};
    pool.slots.push_back(std::make_unique<Slot>());
    Slot& slot = *pool.slots.back();
    slot.exchange = std::move(exchange);
    slot.connection = std::make_unique<Connection>(
        reactor_, tls_, slot.exchange->endpoint, connect,
        Connection::Handlers{
            .on_open = [this, &pool, &slot] { begin(pool, slot); },
            .on_bytes = [this, &pool, &slot](
                            std::string_view chunk,
                            Timestamp received_at) { on_bytes(pool, slot, chunk, received_at); },
            .on_drained =
                [this, &pool, &slot] {
                    if (slot.stage == Stage::writing)
                        arm(pool, slot, Stage::waiting, slot.exchange->deadlines.first_byte);
                },
            .on_end = [this, &pool, &slot](const ConnectionEnd& end) { on_end(pool, slot, end); }});
}

void HttpClient::Impl::begin(Pool& pool, Slot& slot) {
    Exchange& exchange = *slot.exchange;
    slot.reader.emplace(options_.limits);
    slot.bytes_sent_before = slot.connection->bytes_sent();
    exchange.sent_at = reactor_.now();
    exchange.was_sent = true;
    slot.connection->write(exchange.bytes);
    const bool is_written = slot.connection->queued_bytes() == 0;
    if (is_written) {
        arm(pool, slot, Stage::waiting, exchange.deadlines.first_byte);
    } else {
        arm(pool, slot, Stage::writing, exchange.deadlines.write);
    }
}

void HttpClient::Impl::arm(Pool& pool, Slot& slot, Stage stage, Duration deadline) {
    slot.stage = stage;
    reactor_.cancel(slot.timer);
    slot.timer = reactor_.after(deadline, [this, &pool, &slot] { on_late(pool, slot); });
}

void HttpClient::Impl::on_late(Pool& pool, Slot& slot) {
    if (slot.stage == Stage::idle) return drop(pool, slot);
    const HttpDeadlines& deadlines = slot.exchange->deadlines;
    const std::string name = name_of(slot.exchange->endpoint);
    std::string text;
    switch (slot.stage) {
        case Stage::writing:
            text =
                "sending to " + name + ": expected the request to leave within " + to_text(deadlines.write);
            break;
        case Stage::waiting:
            text = "waiting for " + name + ": expected an answer within " + to_text(deadlines.first_byte);
            break;
        default:
            text = "reading from " + name + ": expected the whole answer within " + to_text(deadlines.body);
            break;
    }
    fail_slot(pool, slot, Error{Errc::network, text + "; whether the request was acted on is not known"});
}

void HttpClient::Impl::on_bytes(Pool& pool, Slot& slot, std::string_view chunk, Timestamp received_at) {
    // Nothing was asked: a server that talks by itself (408 before it closes) is not to be trusted with the
    // next.
    if (!slot.exchange) {
        drop(pool, slot);
        return pump(pool);
    }
    const bool is_first = !slot.reader->started();
    const Result<std::size_t> used = slot.reader->feed(chunk);
    if (!used)
        return fail_slot(pool, slot, used.error().at("reading from " + name_of(slot.exchange->endpoint)));
    if (slot.reader->complete()) {
        const bool is_all_sent = slot.connection->queued_bytes() == 0;
        const bool may_stay = slot.reader->keeps_alive() && *used == chunk.size() && is_all_sent;
        return complete(pool, slot, may_stay, received_at);
    }
    if (is_first) arm(pool, slot, Stage::reading, slot.exchange->deadlines.body);
}

void HttpClient::Impl::on_end(Pool& pool, Slot& slot, const ConnectionEnd& end) {
    if (!slot.exchange) {
        drop(pool, slot);
        return pump(pool);
    }
    if (slot.stage == Stage::opening) return fail_slot(pool, slot, end.why);
    if (slot.reader->started()) {
        const Status ended = slot.reader->end(end.clean);
        if (ended) return complete(pool, slot, false, reactor_.now());
        return fail_slot(pool, slot,
                         Error{Errc::network,
                               end.why.message() + "; expected a whole answer, " + ended.error().message()});
    }
    if (slot.is_used && slot.exchange->method == Method::get && !slot.exchange->is_repeated) {
        ExchangePtr exchange = std::move(slot.exchange);
        exchange->is_repeated = true;
        drop(pool, slot);
        wait_for_slot(pool, std::move(exchange));
        std::ranges::rotate(pool.waiting, pool.waiting.end() - 1);  // it was first once
        return pump(pool);
    }
    fail_slot(pool, slot, Error{Errc::network, end.why.message() + "; expected an answer, none came"});
}

void HttpClient::Impl::complete(Pool& pool, Slot& slot, bool may_stay, Timestamp received_at) {
    Result<HttpResponse> response = slot.reader->take();
    if (!response) response = fail(response.error().at("reading from " + name_of(slot.exchange->endpoint)));
    const bool stays = may_stay && response.has_value();  // who sends a bad body is not trusted with the next
    report(std::move(slot.exchange), std::move(response), true, received_at);
    if (stays) {
        slot.is_used = true;
        slot.reader.reset();
        arm(pool, slot, Stage::idle, options_.idle_max);
    } else {
        drop(pool, slot);
    }
    pump(pool);
}

void HttpClient::Impl::fail_slot(Pool& pool, Slot& slot, Error error) {
    const bool may_have = may_have_arrived(slot);
    report(std::move(slot.exchange), fail(std::move(error)), may_have, reactor_.now());
    drop(pool, slot);
    pump(pool);
}

bool HttpClient::Impl::may_have_arrived(const Slot& slot) const {
    return slot.stage != Stage::opening && slot.bytes_sent_before < slot.connection->bytes_sent();
}

void HttpClient::Impl::drop(Pool& pool, Slot& slot) {
    reactor_.cancel(slot.timer);
    std::erase_if(pool.slots, [&](const auto& each) { return each.get() == &slot; });
}

/// By way of the reactor, so that `done` may do what it likes: send again, or destroy the client.
void HttpClient::Impl::report(ExchangePtr exchange, Result<HttpResponse> response, bool may_have_arrived,
                              Timestamp received_at) {
    HttpOutcome outcome{.response = std::move(response),
                        .may_have_arrived = may_have_arrived || exchange->is_repeated,
                        .sent_at = exchange->was_sent ? exchange->sent_at : received_at,
                        .received_at = received_at};
    reactor_.post(
        [alive = std::weak_ptr{alive_}, done = std::move(exchange->done),
         outcome = std::make_shared<HttpOutcome>(std::move(outcome))] {  // shared: a task is copyable
            if (alive.lock()) done(std::move(*outcome));
        });
}

HttpClient::HttpClient(Reactor& reactor, const TlsContext& tls, HttpOptions options)
    : impl_{std::make_unique<Impl>(reactor, tls, options)} {}
HttpClient::~HttpClient() = default;

void HttpClient::send(const Endpoint& endpoint, HttpRequest request, HttpDeadlines deadlines, Done done) {
    impl_->send(endpoint, std::move(request), deadlines, std::move(done));
}

}  // namespace plumb::io
