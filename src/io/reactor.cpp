#include "io/reactor.hpp"

#include <netdb.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <map>
#include <mutex>
#include <thread>

#include "base/check.hpp"

namespace plumb::io {
namespace {

namespace asio = boost::asio;

/// Where a lookup leaves its answer. Shared with its thread, which may outlive the reactor: a name server
/// that does not answer cannot be broken off.
struct Mailbox {
    std::mutex mutex;
    asio::io_context* context = nullptr;  // null once the reactor is gone
    std::atomic<int> running = 0;
};

/// How late run_until may notice what another thread did.
constexpr std::chrono::steady_clock::duration kAskAgain = std::chrono::milliseconds{5};

bool is_number(const std::string& host) {
    boost::system::error_code error;
    asio::ip::make_address(host, error);
    return !error;
}

}  // namespace

struct Reactor::Core {
    explicit Core(ReactorOptions given) : options{std::move(given)} { mailbox->context = &context; }

    void arm();
    void fire();

    ReactorOptions options;
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    asio::steady_timer timer{context};
    std::map<TimerId, Task> timers;  // by due time, then by order of setting
    std::uint64_t last_sequence = 0;
    std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>();
    std::atomic<std::thread::id> owner{std::this_thread::get_id()};
    std::thread thread;
};

/// One timer of the operating system stands for the earliest of ours.
void Reactor::Core::arm() {
    if (timers.empty()) {
        timer.cancel();
        return;
    }
    timer.expires_at(timers.begin()->first.due);
    timer.async_wait([this](const boost::system::error_code& error) {
        if (!error) fire();
    });
}

void Reactor::Core::fire() {
    const auto now = std::chrono::steady_clock::now();
    const TimerId last{.due = now,
                       .sequence = last_sequence};  // what a task sets now waits for the next round
    while (!timers.empty() && timers.begin()->first.due <= now) {
        if (last.sequence < timers.begin()->first.sequence) break;
        const Task task = std::move(timers.begin()->second);
        timers.erase(timers.begin());
        task();
    }
    arm();
}

Reactor::Reactor(ReactorOptions options) : core_{std::make_unique<Core>(std::move(options))} {}

Reactor::~Reactor() {
    stop();
    const std::lock_guard lock{core_->mailbox->mutex};
    core_->mailbox->context = nullptr;
}

void Reactor::start() {
    PLUMB_CHECK(!core_->thread.joinable());
    core_->context.restart();
    std::promise<void> started;
    core_->thread = std::thread{[this, &started] {
        core_->owner = std::this_thread::get_id();
        started.set_value();
        core_->context.run();
    }};
    started.get_future().wait();
}

void Reactor::stop() {
    if (!core_->thread.joinable()) return;
    PLUMB_CHECK(!on_reactor_thread());
    core_->context.stop();
    core_->thread.join();
    core_->owner = std::this_thread::get_id();
}

void Reactor::run_for(Duration duration) {
    PLUMB_CHECK(!core_->thread.joinable());
    core_->owner = std::this_thread::get_id();
    core_->context.restart();
    core_->context.run_for(duration);
}

bool Reactor::run_until(const std::function<bool()>& done, Duration at_most) {
    PLUMB_CHECK(!core_->thread.joinable());
    core_->owner = std::this_thread::get_id();
    core_->context.restart();
    const auto until = steady_now() + at_most;
    while (!done()) {
        const auto now = steady_now();
        if (until <= now) return false;
        core_->context.run_one_until(std::min(until, now + kAskAgain));
    }
    return true;
}

std::size_t Reactor::poll() {
    PLUMB_CHECK(!core_->thread.joinable());
    core_->owner = std::this_thread::get_id();
    core_->context.restart();
    return core_->context.poll();
}

void Reactor::post(Task task) { asio::post(core_->context, std::move(task)); }

void Reactor::call(const Task& task) {
    PLUMB_CHECK(core_->thread.joinable() && !on_reactor_thread());
    std::promise<void> ran;
    post([&] {
        task();
        ran.set_value();
    });
    ran.get_future().wait();
}

TimerId Reactor::after(Duration delay, Task task) {
    PLUMB_CHECK(on_reactor_thread());
    const TimerId id{.due = steady_now() + delay, .sequence = ++core_->last_sequence};
    const bool first = core_->timers.empty() || id < core_->timers.begin()->first;
    core_->timers.emplace(id, std::move(task));
    if (first) core_->arm();
    return id;
}

void Reactor::cancel(TimerId timer) {
    PLUMB_CHECK(on_reactor_thread());
    core_->timers.erase(timer);  // a wake-up for nothing is cheaper than setting the system's timer anew
}

void Reactor::resolve(const std::string& host, std::function<void(Result<std::vector<std::string>>)> done) {
    PLUMB_CHECK(on_reactor_thread());
    if (is_number(host)) return post([host, done = std::move(done)] { done(std::vector{host}); });
    if (kLookupsMax <= core_->mailbox->running) {
        return post([host, done = std::move(done)] {
            done(fail(Errc::network, "looking up " + host +
                                         ": too many earlier lookups still hang; is the name server there?"));
        });
    }
    ++core_->mailbox->running;
    std::thread{[host, done = std::move(done), lookup = core_->options.lookup,
                 mailbox = core_->mailbox]() mutable {
        Result<std::vector<std::string>> found = lookup(host);
        --mailbox->running;
        const std::lock_guard lock{mailbox->mutex};
        if (!mailbox->context) return;
        asio::post(*mailbox->context,
                   [done = std::move(done), found = std::move(found)]() mutable { done(std::move(found)); });
    }}.detach();
}

Timestamp Reactor::now() const {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

bool Reactor::on_reactor_thread() const { return core_->owner.load() == std::this_thread::get_id(); }

boost::asio::io_context& Reactor::context() { return core_->context; }

Result<std::vector<std::string>> system_lookup(const std::string& host) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    const int status = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
    if (status != 0) {
        return fail(Errc::network, "looking up " + host + ": " + ::gai_strerror(status) +
                                       "; check the name and this machine's name server");
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned{found, &::freeaddrinfo};
    std::vector<std::string> addresses;
    for (const addrinfo* each = found; each; each = each->ai_next) {
        char text[NI_MAXHOST];
        if (::getnameinfo(each->ai_addr, each->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) ==
            0)
            addresses.emplace_back(text);
    }
    if (addresses.empty()) return fail(Errc::network, "looking up " + host + ": it has no address");
    return addresses;
}

}  // namespace plumb::io
