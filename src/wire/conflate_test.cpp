#include "wire/conflate.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <thread>

#include "base/rng.hpp"

using namespace plumb;
using namespace plumb::wire;
using namespace std::chrono_literals;

namespace {

Timestamp at(std::uint64_t number) { return timestamp_from_ns(static_cast<std::int64_t>(number)); }

Quote quote(std::uint32_t id, std::uint64_t number) {
    const Price price{Decimal{static_cast<std::int64_t>(1 + number % 1000)}};
    return {InstrumentId{id},     price,  price,      Quantity{Decimal{1}},
            Quantity{Decimal{1}}, number, at(number), at(number)};
}
Trade trade(std::uint32_t id, std::uint64_t number) {
    return {InstrumentId{id}, Side::buy,  Price{Decimal{5}}, Quantity{Decimal{1}},
            number,           at(number), at(number)};
}
OrderUpdate fill(std::uint64_t number) {
    OrderUpdate update;
    update.client_order = FixedText<64>{std::to_string(number)};
    VenueFill filled;
    filled.execution = ExecutionId{std::to_string(number)};
    update.fill = filled;
    return update;
}
std::uint64_t fill_number(const News& news) {
    return std::stoull(std::string{std::get<OrderUpdate>(std::get<AccountNews>(news)).client_order.view()});
}

}  // namespace

TEST_CASE("while the consumer keeps up everything comes through, in order") {
    Inbox inbox{{.instruments = 4}};
    for (std::uint64_t i = 1; i <= 4000; ++i) {
        REQUIRE(inbox.push(quote(static_cast<std::uint32_t>(i % 4), i)));
        if (i % 10 == 0) REQUIRE(inbox.push(fill(i)));
    }
    std::uint64_t expected = 1;
    while (const News* news = inbox.take(0s)) {
        if (std::holds_alternative<AccountNews>(*news)) {
            CHECK(fill_number(*news) == expected - 1);
            continue;
        }
        CHECK(std::get<Quote>(std::get<MarketNews>(*news)).sequence == expected++);
    }
    CHECK(expected == 4001);
    CHECK(inbox.counters().conflated == 0);
    CHECK(inbox.counters().given_out == 4400);
}

TEST_CASE("under load the latest quote of each instrument waits, and trades up to their bound") {
    Inbox inbox{{.instruments = 10, .conflate_above = 100, .trades_max = 50}};
    for (std::uint64_t i = 1; i <= 100'000; ++i) {
        REQUIRE(inbox.push(quote(static_cast<std::uint32_t>(i % 10), i)));
        REQUIRE(inbox.push(trade(3, i)));
    }
    std::map<std::uint32_t, std::uint64_t> last;
    std::uint64_t order = 0;
    std::size_t quotes = 0, trades = 0;
    while (const News* news = inbox.take(0s)) {
        const MarketNews& market = std::get<MarketNews>(*news);
        const auto received = std::visit(
            [](const auto& each) {
                if constexpr (requires { each.received_at; }) return each.received_at;
                return Timestamp{};
            },
            market);
        CHECK(order <= static_cast<std::uint64_t>(to_ns(received)));  // oldest first, still
        order = static_cast<std::uint64_t>(to_ns(received));
        if (const auto* found = std::get_if<Quote>(&market)) {
            last[found->instrument.value] = found->sequence;
            ++quotes;
        } else {
            ++trades;
        }
    }
    CHECK(quotes <= 110);
    CHECK(trades == 50);
    for (std::uint64_t i = 99'991; i <= 100'000; ++i) CHECK(last[static_cast<std::uint32_t>(i % 10)] == i);
    CHECK(inbox.counters().dropped_trades == 99'950);
    CHECK(inbox.dropped(InstrumentId{3}) == 99'950);
    CHECK(inbox.dropped(InstrumentId{2}) == 0);
    CHECK(inbox.counters().conflated + quotes == 100'000);
}

TEST_CASE("fault_F08_ten_times_the_peak: 0 fills dropped, the last quote arrives, the reader never waits") {
    constexpr std::uint64_t kMessages = 2'000'000;
    constexpr std::uint32_t kInstruments = 50;
    Inbox inbox{{.instruments = kInstruments, .trades_max = 4096}};
    std::atomic<bool> done = false;
    std::uint64_t fills_sent = 0;
    std::thread reader{[&] {
        for (std::uint64_t i = 1; i <= kMessages; ++i) {
            const auto id = static_cast<std::uint32_t>(i % kInstruments);
            if (i % 100 == 0) {
                REQUIRE(inbox.push(fill(++fills_sent)));
            } else if (i % 7 == 0) {
                REQUIRE(inbox.push(trade(id, i)));
            } else {
                REQUIRE(inbox.push(quote(id, i)));
            }
        }
        done = true;
    }};
    // The consumer takes about a tenth of what comes: after each message it works for a while.
    std::uint64_t fills = 0, quotes = 0, disorder = 0, behind = 0;
    std::map<std::uint32_t, std::uint64_t> last;
    std::uint64_t work = 0;
    for (;;) {
        const News* news = inbox.take(20ms);
        if (news == nullptr) {
            if (done) break;
            continue;
        }
        if (std::holds_alternative<AccountNews>(*news)) {
            disorder += fill_number(*news) != ++fills;
        } else if (const auto* found = std::get_if<Quote>(&std::get<MarketNews>(*news))) {
            behind += found->sequence <= last[found->instrument.value];
            last[found->instrument.value] = found->sequence;
            ++quotes;
        }
        if (!done)
            for (int i = 0; i < 3000; ++i) work = work * 6364136223846793005ull + 1442695040888963407ull;
    }
    reader.join();
    CHECK(work != 1);
    CHECK(fills == fills_sent);
    CHECK(disorder == 0);
    CHECK(behind == 0);
    const InboxCounters counters = inbox.counters();
    MESSAGE(fills, " fills of ", fills_sent, "; ", counters.conflated, " quotes conflated, ",
            counters.dropped_trades, " trades dropped and counted, at most ", counters.waiting_high,
            " waiting");
    CHECK(counters.taken_in == counters.given_out + counters.conflated);
    CHECK(0 < counters.conflated);
    CHECK(counters.waiting_high <= 4096 + 4096 + 4 * kInstruments);
    for (std::uint32_t id = 0; id < kInstruments; ++id) {
        std::uint64_t expected = 0;  // the last quote that was sent of it
        for (std::uint64_t i = kMessages - 1000; i <= kMessages; ++i)
            if (i % kInstruments == id && i % 100 != 0 && i % 7 != 0) expected = i;
        if (expected != 0) CHECK(last[id] == expected);
    }
}

TEST_CASE("account news have a bound that is said aloud, never crossed in silence") {
    Inbox inbox{{.instruments = 1, .account_reserve = 4, .account_max = 100}};
    for (std::uint64_t i = 1; i <= 100; ++i) REQUIRE(inbox.push(fill(i)));
    CHECK_FALSE(inbox.push(fill(101)));
    std::uint64_t taken = 0;
    while (inbox.take(0s) != nullptr) ++taken;
    CHECK(taken == 100);
    CHECK(inbox.push(fill(102)));
}

TEST_CASE("a waiting take ends when woken") {
    Inbox inbox{{.instruments = 1}};
    std::thread waker{[&] { inbox.wake(); }};
    CHECK(inbox.take(60s) == nullptr);
    waker.join();
}

TEST_CASE("few news do not wake a sleeper by themselves, settle() does, and many do") {
    for (const bool by_settle : {true, false}) {
        Inbox inbox{{.instruments = 1, .wake_at = 3}};
        std::atomic<std::uint64_t> pushed = 0, taken = 0;
        std::atomic<bool> done = false;
        std::thread consumer{[&] {
            while (!done || taken < pushed)
                if (inbox.take(60s) != nullptr) ++taken;
        }};
        const auto push = [&] {
            ++pushed;
            REQUIRE(inbox.push(trade(0, pushed)));
        };
        // Until one of them finds the consumer asleep; while it is awake it finds them itself.
        for (push(); !inbox.owes_wake(); push())
            while (taken < pushed) std::this_thread::yield();
        done = true;
        if (by_settle) inbox.settle();
        while (!by_settle && inbox.owes_wake()) push();
        consumer.join();
        CHECK(taken == pushed);
    }
}
