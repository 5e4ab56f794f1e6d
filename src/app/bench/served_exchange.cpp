#include "app/bench/served_exchange.hpp"

#include <pthread.h>
#include <time.h>

#include "exchange/market/world.hpp"
#include "exchange/registry/registry.hpp"
#include "exchange/server/exchange_server.hpp"

namespace plumb::app::bench {
namespace {

class Nowhere : public exchange::TruthSink {
    void write(std::string_view) override {}
};

class Served : public ServedExchange {
 public:
    Status open(std::string_view venue, std::size_t names) {
        const exchange::VenueEntry* entry = exchange::find_venue(venue);
        if (entry == nullptr) return fail(Errc::not_found, "no venue is called " + std::string{venue});
        exchange::WorldOptions world;
        world.start = start_;
        world.names = names;
        auto made = exchange::World::make(world);
        if (!made) return fail(made.error());
        world_ = std::move(*made);
        Status status;
        reactor_.start();
        reactor_.call([&] {
            ::pthread_getcpuclockid(::pthread_self(), &clock_);
            exchange::ExchangeServerOptions options;
            options.clock = {.start = start_, .speed = 1};
            auto server = exchange::ExchangeServer::open(reactor_, *world_, truth_, {entry}, options);
            if (server)
                server_ = std::move(*server);
            else
                status = fail(server.error());
        });
        return status;
    }

    ~Served() override {
        if (server_) reactor_.call([&] { server_.reset(); });
        reactor_.stop();
    }

    std::uint16_t port() const override {
        const std::string& address = server_->venues().front().address;
        return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    }

    void call(const std::function<void(exchange::Host&, Timestamp now)>& task) override {
        reactor_.call([&] {
            exchange::Host& host = *server_->venues().front().host;
            task(host, server_->now());
            host.advance(server_->now() + std::chrono::microseconds{1});
        });
    }

    double computing_seconds() const override {
        timespec time{};
        ::clock_gettime(clock_, &time);
        return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
    }

 private:
    const Timestamp start_ = timestamp_from_ms(1'767'225'600'000);  // 2026-01-01
    Nowhere nowhere_;
    exchange::TruthLog truth_{nowhere_};
    std::unique_ptr<exchange::World> world_;
    io::Reactor reactor_;
    std::unique_ptr<exchange::ExchangeServer> server_;
    clockid_t clock_{};
};

}  // namespace

Result<std::unique_ptr<ServedExchange>> ServedExchange::start(std::string_view venue, std::size_t names) {
    auto served = std::make_unique<Served>();
    if (Status opened = served->open(venue, names); !opened) return fail(opened.error());
    return std::unique_ptr<ServedExchange>{std::move(served)};
}

}  // namespace plumb::app::bench
