#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "venues/replay/bar_feed.hpp"
#include "venues/replay/csv_source.hpp"
#include "venues/replay/tick_feed.hpp"

using namespace plumb;
namespace fs = std::filesystem;

namespace {

constexpr Timestamp kStart = Timestamp::min(), kEnd = Timestamp::max();
constexpr Duration kAsStored{};

struct Folder {
    fs::path path = fs::temp_directory_path() / ("plumb_replay_" + std::to_string(::getpid()));
    Folder() { fs::create_directories(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(path); }
    void put(const std::string& name, std::string_view text) const { std::ofstream{path / name} << text; }
};

/// `count` bars of `step_seconds` from 2021-04-05, closes 1, 2, 3 ...
std::string rows(int count, std::int64_t step_seconds,
                 std::string_view header = "ts,open,high,low,close,volume\n") {
    std::string text{header};
    for (int i = 0; i < count; ++i) {
        const std::string price = std::to_string(i + 1);
        text += std::to_string((1617580800 + i * step_seconds) * 1000) + "," + price + "," + price + "," +
                price + "," + price + ",10\n";
    }
    return text;
}

std::string open_error(const fs::path& path, Errc code) {
    const auto source = replay::open_csv_folder(path);
    REQUIRE_FALSE(source.has_value());
    CHECK(to_string(source.error().code()) == to_string(code));
    CHECK(source.error().message().find('\n') == std::string::npos);
    return source.error().message();
}

}  // namespace

TEST_CASE("csv folder: a file per symbol, names in our spelling, bars as stored or longer") {
    const Folder folder;
    folder.put("BTCUSDT.csv", rows(10, 3600));
    folder.put("AAPL.csv", rows(5, 86400));
    folder.put("ETH-USD_bars.csv", rows(120, 60));
    folder.put("BTC_1m_historical.csv", rows(3, 60));
    folder.put("README.md", "not prices");
    folder.put("results.csv", "symbol1,symbol2,t\nA,B,1\n");
    const auto source = replay::open_csv_folder(folder.path);
    REQUIRE(source.has_value());
    CHECK((*source)->names() == std::vector<std::string>{"AAPL/USD", "BTC/USD", "BTC/USDT", "ETH/USD"});

    const auto stored = (*source)->bars("BTC/USDT", kAsStored, kStart, kEnd);
    REQUIRE(stored.has_value());
    CHECK(stored->name() == "BTC/USDT");
    CHECK(stored->length() == std::chrono::hours{1});
    CHECK(stored->size() == 10);

    const auto hours = (*source)->bars("ETH/USD", std::chrono::hours{1}, kStart, kEnd);
    REQUIRE(hours.has_value());
    CHECK(hours->closes() == std::vector<double>{60, 120});
    CHECK(hours->values(1).volume == Quantity{Decimal{600}});

    const Timestamp noon = timestamp_from_ms(1617580800000) + std::chrono::hours{2};
    const auto part = (*source)->bars("BTC/USDT", std::chrono::hours{1}, noon, noon + std::chrono::hours{3});
    CHECK(part->closes() == std::vector<double>{3, 4, 5});

    CHECK((*source)->bars("SOL/USD", kAsStored, kStart, kEnd).error().code() == Errc::not_found);
    const auto shorter = (*source)->bars("BTC/USDT", std::chrono::minutes{1}, kStart, kEnd);
    CHECK(shorter.error().code() == Errc::unsupported);
    CHECK(shorter.error().message() == "BTC/USDT: bars of 1m cannot be made from bars of 1h");
    CHECK((*source)->bars("BTC/USDT", std::chrono::hours{5}, kStart, kEnd).error().code() ==
          Errc::unsupported);
}

TEST_CASE("csv folder: one wide file of closes, in a folder or by itself") {
    const Folder folder;
    folder.put("panel.csv", "date,A,BRK.B\n2020-01-01,1.5,\n2020-01-02,2.5,7\n2020-01-03,,8\n");
    folder.put("published.csv", "symbol1,symbol2\nA,B\n");
    for (const fs::path& path : {folder.path, folder.path / "panel.csv"}) {
        const auto source = replay::open_csv_folder(path);
        REQUIRE(source.has_value());
        CHECK((*source)->names() == std::vector<std::string>{"A/USD", "BRK.B/USD"});
        const auto closes = (*source)->bars("BRK.B/USD", std::chrono::days{1}, kStart, kEnd);
        CHECK(closes->closes() == std::vector<double>{7, 8});
    }
}

TEST_CASE("csv folder: bars are taken before quote bars of the same instrument") {
    const Folder folder;
    folder.put("X-USD_bars.csv", rows(3, 60));
    constexpr std::string_view kQuotes =
        "ts,bid_open,bid_high,bid_low,bid_close,ask_open,ask_high,ask_low,ask_close\n";
    folder.put("X-USD_quotebars.csv",
               std::string{kQuotes} + "1617580800,1,1,1,1,2,2,2,2\n1617580860,1,1,1,1,2,2,2,2\n");
    folder.put("Y-USD_quotebars.csv",
               std::string{kQuotes} + "1617580800,1,1,1,1,2,2,2,2\n1617580860,1,1,1,1,2,2,2,2\n");
    const auto source = replay::open_csv_folder(folder.path);
    REQUIRE(source.has_value());
    CHECK((*source)->names()->size() == 2);
    CHECK((*source)->bars("X/USD", kAsStored, kStart, kEnd)->origin(0) == BarOrigin::traded);
    CHECK((*source)->bars("Y/USD", kAsStored, kStart, kEnd)->origin(0) == BarOrigin::quoted);
}

TEST_CASE("bad input: folders that cannot be a history say why") {
    const Folder folder;
    CHECK(open_error(folder.path / "absent", Errc::not_found).find("found nothing there") !=
          std::string::npos);
    open_error(folder.path, Errc::not_found);
    folder.put("notes.csv", "who,what\nme,this\n");
    open_error(folder.path, Errc::not_found);
    folder.put("BTCUSDT.csv", "");
    CHECK(open_error(folder.path, Errc::empty).find("BTCUSDT.csv: expected a header row") !=
          std::string::npos);
    folder.put("BTCUSDT.csv", rows(3, 60));
    folder.put("BTC-USDT_bars.csv", rows(3, 60));
    CHECK(open_error(folder.path, Errc::duplicate).find("both hold prices of BTC/USDT") != std::string::npos);
    fs::remove(folder.path / "BTC-USDT_bars.csv");
    folder.put("panel.csv", "date,A\n2020-01-01,1\n");
    CHECK(open_error(folder.path, Errc::duplicate).find("name the file itself") != std::string::npos);
    fs::remove(folder.path / "panel.csv");
    folder.put("ETHUSDT.csv.gz", std::string_view{"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", 10});
    open_error(folder.path, Errc::empty);
}

TEST_CASE("bad input: a file whose rows are broken spoils that instrument only") {
    const Folder folder;
    folder.put("A.csv", rows(3, 60));
    folder.put("B.csv", "ts,open,high,low,volume\n1,1,1,1,1\n");
    folder.put("C.csv", rows(3, 77));
    const auto source = replay::open_csv_folder(folder.path);
    REQUIRE(source.has_value());
    CHECK((*source)->bars("A/USD", kAsStored, kStart, kEnd).has_value());
    CHECK((*source)->bars("B/USD", kAsStored, kStart, kEnd).error().code() == Errc::missing_column);
    CHECK((*source)->bars("C/USD", kAsStored, kStart, kEnd).error().code() == Errc::unsupported);
}

TEST_CASE("bar feed: by close time, then by instrument, all of them once") {
    const auto history = [](int count, std::int64_t step, std::int64_t first) {
        BarHistory bars{"x", std::chrono::seconds{step}};
        for (int i = 0; i < count; ++i) {
            const Price price{Decimal{i + 1}};
            REQUIRE(bars.append(timestamp_from_ms((first + i * step) * 1000),
                                {price, price, price, price, {}}, BarOrigin::traded));
        }
        return bars;
    };
    std::vector<replay::BarFeed::Input> inputs;
    inputs.push_back({InstrumentId{2}, history(50, 60, 600)});
    inputs.push_back({InstrumentId{0}, history(50, 60, 660)});
    inputs.push_back({InstrumentId{1}, history(10, 300, 600)});
    inputs.push_back({InstrumentId{3}, BarHistory{"nothing", std::chrono::minutes{1}}});
    replay::BarFeed feed{std::move(inputs)};
    CHECK(feed.remaining() == 110);
    std::size_t count = 0;
    Timestamp last = kStart;
    std::uint32_t last_instrument = 0;
    for (;;) {
        const auto event = feed.next();
        REQUIRE(event.has_value());
        if (!event->has_value()) break;
        const auto& bar = std::get<ClosedBar>(**event);
        const bool later = bar.close_time() > last;
        CHECK((later || (bar.close_time() == last && bar.instrument.value > last_instrument)));
        last = bar.close_time();
        last_instrument = bar.instrument.value;
        ++count;
    }
    CHECK(count == 110);
    CHECK(feed.remaining() == 0);
    CHECK_FALSE(feed.next()->has_value());
}

TEST_CASE("tick feed: trades and quotes by receipt, a receive clock behind the venue's is no trouble") {
    const Folder folder;
    // The shape of a recording whose host's clock ran 1.26 s behind; figures of our own.
    folder.put(
        "t.csv",
        "ts,price,size,side,trade_id,recv_ns\n1723161255342,61837.63,0.02,sell,77,1723161254087896568\n"
        "1723161255342,61837.64,9e-05,buy,78,1723161254087896569\n1723161255617,61837.63,1,sell,79,"
        "1723161254347673567\n");
    folder.put(
        "q.csv",
        "recv_ns,bid,bid_size,ask,ask_size,update_id\n1723161254087891268,61837.63,3.7,61837.64,1.5,500\n"
        "1723161254116723068,61837.63,3.8,,,501\n");
    auto trades = replay::read_ticks(folder.path / "t.csv", InstrumentId{1});
    auto quotes = replay::read_ticks(folder.path / "q.csv", InstrumentId{2});
    REQUIRE(trades.has_value());
    REQUIRE(quotes.has_value());
    std::vector<replay::TickFeed::Input> inputs;
    inputs.push_back(std::move(*trades));
    inputs.push_back(std::move(*quotes));
    replay::TickFeed feed{std::move(inputs)};
    std::string order;
    for (auto event = *feed.next(); event; event = *feed.next()) {
        if (const auto* trade = std::get_if<Trade>(&*event))
            order += "t" + std::to_string(trade->trade_id) + " ";
        if (const auto* quote = std::get_if<Quote>(&*event))
            order += "q" + std::to_string(quote->sequence) + (quote->ask.is_zero() ? "! " : " ");
    }
    CHECK(order == "q500 t77 t78 q501! t79 ");
}

TEST_CASE("bad input: ticks with an unknown side, a size of zero, or times that go back") {
    const Folder folder;
    const auto error = [&](std::string_view rows, std::string_view header = "ts,price,size,side\n") {
        folder.put("x.csv", std::string{header} + std::string{rows});
        const auto ticks = replay::read_ticks(folder.path / "x.csv", InstrumentId{});
        REQUIRE_FALSE(ticks.has_value());
        return ticks.error();
    };
    CHECK(error("1617580800000,1,1,\n")
              .message()
              .find("row 2, column side: expected buy or sell, found \"\"") != std::string::npos);
    CHECK(error("1617580800000,1,0,buy\n").code() == Errc::non_positive);
    CHECK(error("1617580800000,1,1,buy\n1617580800001,1,1,buy\n1617580800000,1,1,buy\n").code() ==
          Errc::unsorted);
    CHECK(error("1617580800000,1,1,buy\n", "ts,price,size,direction\n").code() == Errc::missing_column);
    CHECK(error("1617580800000,1,1,1\n", "ts,bid,bid_size,ask\n").code() == Errc::missing_column);
    CHECK(error("1617580800000,1,1,1\n", "ts,open,high,close\n").code() == Errc::unsupported);
    folder.put("y.csv", "ts,price,size,side\n1617580800000,1,1,buy\n1617580800000,1,1,buy\n");
    CHECK(replay::read_ticks(folder.path / "y.csv", InstrumentId{})->trades[1].trade_id == 2);
}
