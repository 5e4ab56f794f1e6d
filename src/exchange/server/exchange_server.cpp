#include "exchange/server/exchange_server.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "exchange/server/venue_port.hpp"

namespace plumb::exchange {
namespace {

/// How often the time is looked at when nobody asks.
constexpr Duration kTickEvery = std::chrono::milliseconds{20};

}  // namespace

struct ExchangeServer::Impl : SimulatedClock {
    Impl(io::Reactor& given, ClockOptions options)
        : reactor{given}, clock{options, given.now(), given.steady_now()} {}

    Status add(const VenueEntry& entry, World& world, TruthLog& truth, ExchangeServerOptions& options);
    Timestamp to_now();
    void advance_all(Timestamp now);
    Timestamp next_due() const;
    void tick();
    void advance(Duration by) override {
        clock.push(by);
        advance_all(clock.now());
    }

    io::Reactor& reactor;
    ExchangeClock clock;
    std::vector<std::unique_ptr<VenuePort>> ports;
    std::vector<ServedVenue> venues;
    io::TimerId timer;
};

Timestamp ExchangeServer::Impl::next_due() const {
    Timestamp due = Timestamp::max();
    for (const auto& port : ports) due = std::min(due, port->host().next_due());
    return due;
}

/// All venues through each instant at which one of them has something to do, so that the order of what they
/// note depends on the exchange's time only.
void ExchangeServer::Impl::advance_all(Timestamp now) {
    for (;;) {
        const Timestamp due = std::min(next_due(), now);
        for (const auto& port : ports) port->host().advance(due);
        if (now <= due) return;
    }
}

Timestamp ExchangeServer::Impl::to_now() {
    advance_all(clock.read(reactor.now(), reactor.steady_now()));
    return clock.now();
}

void ExchangeServer::Impl::tick() {
    to_now();
    timer = reactor.after(kTickEvery, [this] { tick(); });
}

Status ExchangeServer::Impl::add(const VenueEntry& entry, World& world, TruthLog& truth,
                                 ExchangeServerOptions& options) {
    auto port = VenuePort::listen(reactor, options, [this] { return to_now(); });
    if (!port) return fail(port.error());
    HostOptions host_options = options.host;
    host_options.start = clock.opened_at();
    host_options.address = (*port)->address();
    host_options.is_secure = options.tls != nullptr;
    auto host = Host::make(
        entry, world, std::move(host_options),
        {.streams = (*port)->streams(), .truth = truth, .clock = clock.is_simulated() ? this : nullptr});
    if (!host) return fail(std::move(host.error()).at(entry.name));
    (*port)->serve(std::move(*host));
    venues.push_back(
        {.name = std::string{entry.name}, .address = (*port)->address(), .host = &(*port)->host()});
    ports.push_back(std::move(*port));
    if (options.listen.port != 0) ++options.listen.port;
    return {};
}

Result<std::unique_ptr<ExchangeServer>> ExchangeServer::open(io::Reactor& reactor, World& world,
                                                             TruthLog& truth,
                                                             const std::vector<const VenueEntry*>& venues,
                                                             ExchangeServerOptions options) {
    PLUMB_CHECK(reactor.on_reactor_thread() && !venues.empty());
    auto impl = std::make_unique<Impl>(reactor, options.clock);
    if (options.listen.port != 0 && 65535 - options.listen.port < static_cast<int>(venues.size()) - 1)
        return fail(Errc::invalid_argument, "expected a port for each venue, found none beyond 65535");
    for (const VenueEntry* venue : venues) {
        if (Status added = impl->add(*venue, world, truth, options); !added) return fail(added.error());
    }
    const bool runs_by_itself = !impl->clock.is_simulated() || 0 < impl->clock.speed();
    if (runs_by_itself) impl->tick();
    return std::unique_ptr<ExchangeServer>{new ExchangeServer{std::move(impl)}};
}

ExchangeServer::ExchangeServer(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}

ExchangeServer::~ExchangeServer() { impl_->reactor.cancel(impl_->timer); }

const std::vector<ServedVenue>& ExchangeServer::venues() const { return impl_->venues; }
Timestamp ExchangeServer::now() const { return impl_->clock.now(); }

bool ExchangeServer::run_ahead(Timestamp until, Duration at_most) {
    PLUMB_CHECK(impl_->clock.is_simulated());
    const auto end = impl_->reactor.steady_now() + at_most;
    while (impl_->clock.now() < until) {
        if (end <= impl_->reactor.steady_now()) return false;
        const Timestamp next = std::clamp(impl_->next_due(), impl_->clock.now(), until);
        if (next == impl_->clock.now()) {
            impl_->advance_all(next);
            continue;
        }
        impl_->advance(next - impl_->clock.now());
    }
    return true;
}

}  // namespace plumb::exchange
