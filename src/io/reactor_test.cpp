#include "io/reactor.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace plumb;
using namespace plumb::io;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE(
    "timers run in the order of their due times, equal ones in the order of setting; a cancelled one never") {
    Reactor reactor;
    std::string order;
    reactor.after(milliseconds{20}, [&] { order += 'c'; });
    const TimerId never = reactor.after(milliseconds{10}, [&] { order += 'x'; });
    reactor.after(milliseconds{5}, [&] {
        order += 'a';
        reactor.cancel(never);
        reactor.after(milliseconds{1}, [&] { order += 'b'; });
    });
    reactor.cancel({});
    reactor.run_for(milliseconds{60});
    CHECK(order == "abc");
}

TEST_CASE("a timer that sets itself at once does not starve the rest") {
    Reactor reactor;
    int rounds = 0;
    bool posted = false;
    std::function<void()> again = [&] {
        if (++rounds < 100'000) reactor.after(Duration{0}, again);
    };
    reactor.after(Duration{0}, again);
    reactor.post([&] { posted = true; });
    CHECK(reactor.run_until([&] { return posted; }, seconds{5}));
    CHECK(rounds < 100'000);
}

TEST_CASE("run_until ends when it is so, or when the time is over; poll does not wait") {
    Reactor reactor;
    bool done = false;
    reactor.after(milliseconds{300}, [&] { done = true; });
    CHECK(reactor.poll() == 0);
    CHECK_FALSE(reactor.run_until([&] { return done; }, milliseconds{1}));
    CHECK(reactor.run_until([&] { return done; }, seconds{5}));
}

TEST_CASE(
    "posting from many threads to the reactor's own: every task once, all on one thread, in order of each "
    "poster") {
    Reactor reactor;
    reactor.start();
    constexpr int kThreads = 4, kEach = 2000;
    std::vector<std::vector<int>> seen(kThreads);
    std::atomic<bool> wrong_thread = false;
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < kEach; ++i) {
                reactor.post([&, t, i] {
                    if (!reactor.on_reactor_thread()) wrong_thread = true;
                    seen[static_cast<std::size_t>(t)].push_back(i);
                });
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    reactor.call([] {});
    CHECK_FALSE(reactor.on_reactor_thread());
    CHECK_FALSE(wrong_thread);
    for (const std::vector<int>& each : seen) {
        REQUIRE(each.size() == kEach);
        for (int i = 0; i < kEach; ++i) REQUIRE(each[static_cast<std::size_t>(i)] == i);
    }
    reactor.stop();
    CHECK(reactor.on_reactor_thread());
    reactor.start();  // and again
    bool ran = false;
    reactor.call([&] { ran = true; });
    CHECK(ran);
}

TEST_CASE("fault_H02 the end of the reactor does not wait for a name server that hangs") {
    std::atomic<bool> released = false, called = false;
    std::atomic<int> lookups = 0;
    {
        Reactor reactor{{.lookup = [&](const std::string&) -> Result<std::vector<std::string>> {
            ++lookups;
            while (!released) std::this_thread::sleep_for(milliseconds{1});
            ++lookups;
            return std::vector<std::string>{"127.0.0.1"};
        }}};
        reactor.resolve("slow.test", [&](const Result<std::vector<std::string>>&) { called = true; });
        CHECK(reactor.run_until([&] { return lookups == 1; }, seconds{5}));
        CHECK_FALSE(called);
    }
    released = true;
    while (lookups != 2) std::this_thread::sleep_for(milliseconds{1});
    std::this_thread::sleep_for(milliseconds{20});
    CHECK_FALSE(called);
}
