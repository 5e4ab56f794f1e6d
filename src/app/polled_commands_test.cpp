#include <doctest/doctest.h>

#include "app/test_support.hpp"
#include "app/testing/coinmarketcap_peer.hpp"
#include "live/polled_feed.hpp"
#include "store/benchmarks_file.hpp"
#include "venues/registry.hpp"

using namespace plumb;
using namespace plumb::app;
using plumb::app::testing::CoinMarketCapPeer;
using namespace std::chrono_literals;

namespace {

// Made up; a canary too: it must show nowhere.
const Environment kKey{{"CMC_API_KEY", "CANARY01-2345-6789-abcd-ef0123456789"}};

struct Polled {
    CoinMarketCapPeer peer;
    InstrumentTable instruments;
    std::unique_ptr<wire::Venue> venue;
    std::vector<std::string> lost, ready;

    Polled() {
        for (const char* base : {"BTC", "ETH"}) {
            Instrument instrument;
            instrument.base = base;
            instrument.quote = "USD";
            instrument.tick = Price{Decimal::power_of_ten(-8)};
            instrument.lot = Quantity{Decimal::power_of_ten(-8)};
            REQUIRE(instruments.add(instrument));
        }
        wire::VenueOptions options;
        options.instruments = &instruments;
        options.credentials.secret = Secret{"0123abcd"};
        options.addresses.market_data = peer.endpoint();
        auto made = venues::find_venue("coinmarketcap")->make(options);
        REQUIRE(made);
        venue = *std::move(made);
    }
    Result<std::unique_ptr<live::PolledFeed>> start(std::optional<Duration> interval) {
        live::PolledFeedOptions options;
        options.instruments = {InstrumentId{0}, InstrumentId{1}};
        options.tls.extra_ca_file = io::testing::test_ca_file();
        options.patience = 150ms;
        options.interval = interval;
        options.on_note = [this](const wire::StreamNote& note) {
            if (note.kind == wire::StreamNote::Kind::ready) ready.push_back(note.text);
            if (note.kind != wire::StreamNote::Kind::lost) return;
            lost.push_back(note.text);
            peer.is_failing = false;
        };
        return live::PolledFeed::start(*venue, std::move(options));
    }
};

}  // namespace

TEST_CASE("polled quotes become bars marked quoted, and a poll that fails is a gap that is told") {
    Polled polled;
    const auto feed = polled.start(50ms);
    REQUIRE_MESSAGE(feed, feed.error().message());
    std::vector<ClosedBar> bars;
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (bars.size() < 5 && std::chrono::steady_clock::now() < end) {
        const auto event = (*feed)->next();
        REQUIRE_MESSAGE(event, event.error().message());
        REQUIRE(event->has_value());
        const auto* bar = std::get_if<ClosedBar>(&**event);
        if (bar == nullptr || bar->instrument != InstrumentId{0}) continue;
        bars.push_back(*bar);
        if (bars.size() == 2) polled.peer.is_failing = true;
    }
    REQUIRE(bars.size() == 5);
    bool gap = false;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const ClosedBar& bar = bars[i];
        CHECK(bar.origin == BarOrigin::quoted);
        CHECK(bar.length == 1min);
        CHECK(bar.values.volume.is_zero());
        // Only prices that the venue said, each in its own minute.
        const auto poll = static_cast<int>((bar.open_time - polled.peer.priced_at(0)) / 1min);
        CHECK(bar.open_time == polled.peer.priced_at(poll));
        const Price said = *Price::parse(std::to_string(60'000 + poll));
        CHECK(bar.values == Ohlcv{said, said, said, said, {}});
        if (i > 0) CHECK(bars[i - 1].open_time < bar.open_time);
        gap = gap || (i > 0 && bar.open_time - bars[i - 1].open_time > 1min);
    }
    CHECK(gap);
    REQUIRE(polled.lost.size() == 1);
    CHECK_MESSAGE(polled.lost[0].find("a gap") != std::string::npos, polled.lost[0]);
    CHECK(polled.ready.size() == 1);
    CHECK((*feed)->health().all_live());
    CHECK((*feed)->open_bars().size() == 2);
}

TEST_CASE("polls are spread over what the plan has left") {
    Polled polled;
    polled.peer.credits_left = 100;
    const auto feed = polled.start({});
    REQUIRE(feed);
    const auto end = std::chrono::steady_clock::now() + 10s;
    while ((*feed)->interval() == Duration{} && std::chrono::steady_clock::now() < end)
        REQUIRE((*feed)->next());
    const auto now = std::chrono::system_clock::now();
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(now)};
    const auto month_end =
        std::chrono::sys_days{(day.year() / day.month() + std::chrono::months{1}) / std::chrono::day{1}};
    // Two of the hundred are spent: on the list of coins and on the first poll.
    const double fair = to_seconds(std::max<Duration>((month_end - now) / 98, 1min));
    CHECK(to_seconds((*feed)->interval()) >= std::min(fair, 6 * 3600.0) - 5);
    CHECK(to_seconds((*feed)->interval()) <= fair * 1.05 + 5);
    CHECK(polled.peer.polls() == 1);
}

TEST_CASE("monitor shows polled quotes for what they are") {
    const TestWorkspace workspace;
    CoinMarketCapPeer peer;
    const std::vector<std::string> words{"monitor", "--data-source", "coinmarketcap", "--symbols",
                                         "BTC,ETH", "--duration",    "0.01"};
    const Ran ran = run_in(workspace, peer.with(words), kKey);
    CHECK_MESSAGE(ran.status == 0, ran.err);
    CHECK_MESSAGE(ran.prints("✅ BTC/USD"), ran.out);
    CHECK_MESSAGE(ran.prints("60000 (quoted)"), ran.out);
    CHECK_MESSAGE(ran.prints("✅ Started polling quotes for ['BTC/USD', 'ETH/USD']"), ran.out);
    CHECK_MESSAGE(ran.prints("LIVE"), ran.out);
    CHECK_MESSAGE((ran.prints("age=4") || ran.prints("age=5")),
                  ran.out);  // the price's, eight minutes less one
    CHECK(peer.polls() == 1);
    CHECK(!ran.prints("CANARY"));
    peer.refuses_key = true;
    const Ran refused = run_in(workspace, peer.with(words), kKey);
    CHECK_MESSAGE(refused.status == 2, refused.err);
    CHECK_MESSAGE(refused.err_is_one_line(), refused.err);
    CHECK_MESSAGE(refused.says("CMC_API_KEY"), refused.err);
    CHECK(!refused.says("CANARY"));
}

TEST_CASE("trade on paper over polled quotes says how old they are, and invents nothing") {
    const TestWorkspace workspace;
    store::Benchmarks benchmarks;
    benchmarks.computed_at = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) - 1h;
    benchmarks.universe = {"BTC/USD", "ETH/USD"};
    benchmarks.lookback_days = 20;
    benchmarks.groups.push_back(store::benchmark_group("BTC/USD", "ETH/USD", 0.05));
    benchmarks.groups[0].spread_std = 1;
    REQUIRE(store::save_benchmarks(workspace.root(), benchmarks));
    CoinMarketCapPeer peer;
    const Ran ran = run_in(workspace,
                           peer.with({"trade", "--data-source", "coinmarketcap", "--symbols", "BTC,ETH",
                                      "--duration", "0.005", "--cycle-interval", "1"}),
                           kKey);
    CHECK_MESSAGE(ran.status == 0, ran.err);
    CHECK_MESSAGE(ran.prints("come as bars marked quoted"), ran.out);
    CHECK_MESSAGE(ran.prints("Ended: the time is over"), ran.out);
    CHECK_MESSAGE(ran.prints("fills: 0"), ran.out);
    CHECK(!ran.prints("CANARY"));
}
