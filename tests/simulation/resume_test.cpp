#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "engine/recovery.hpp"
#include "engine/session_driver.hpp"
#include "simulation/pair_market.hpp"
#include "store/record_reader.hpp"
#include "store/trading_record.hpp"
#include "strategies/pairs/pairs_zscore.hpp"
#include "venues/paper/paper_venue.hpp"

using namespace plumb;
using namespace std::chrono_literals;

namespace {

/// A folder of its own, in memory where there is such a place, that goes when the test ends.
struct Folder {
    std::filesystem::path path;
    explicit Folder(const char* name) {
        const bool fast = ::access("/dev/shm", W_OK) == 0;
        path = (fast ? "/dev/shm" : std::filesystem::temp_directory_path()) /
               std::filesystem::path{fmt::format("plumb_{}_{}", name, ::getpid())};
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path); }
};

/// Lets a number of commits through to the disk; the process dies at the next, before or after it became
/// durable.
class MortalRecord : public TradingRecord {
 public:
    struct Death {
        std::uint64_t commits = ~std::uint64_t{0};
        bool durable = false;  // the last commit reaches the disk, and nothing after it happens
    };
    MortalRecord(TradingRecord& record, Death death) : record_{record}, death_{death} {}

    Status begin() override { return record_.begin(); }
    Status intent(const OrderRequest& order) override { return record_.intent(order); }
    Status order(const OrderReport& report) override { return record_.order(report); }
    Status fill(const Fill& fill) override { return record_.fill(fill); }
    Status pair(const PairStatus& status) override { return record_.pair(status); }
    Status round_trip(const PairClosed& closed) override { return record_.round_trip(closed); }
    Status equity(const EquityPoint& point) override { return record_.equity(point); }
    Status note(Timestamp at, std::string_view kind, std::string_view json) override {
        return record_.note(at, kind, json);
    }
    Status cursor(const Cursor& cursor) override { return record_.cursor(cursor); }
    Status commit() override {
        const bool dies = commits_ == death_.commits;
        if (!dies || death_.durable) {
            ++commits_;
            if (Status committed = record_.commit(); !committed) return committed;
        }
        return dies ? fail(Errc::io, "the process died") : Status{};
    }
    std::uint64_t commits() const { return commits_; }

 private:
    TradingRecord& record_;
    Death death_;
    std::uint64_t commits_ = 0;
};

/// What is compared: the fills one by one, and what is owned at the end.
struct Outcome {
    std::vector<std::string> fills;
    std::string cash, equity;
    std::vector<std::string> held;
    std::uint64_t commits = 0;
    bool died = false;
};

struct Life {
    simulation::PairMarketSpec market;
    venues::paper::PaperCosts costs;
    strategies::PairsParams params;
    std::filesystem::path record;

    Outcome live(MortalRecord::Death death) const {
        simulation::PairMarket feed{market};
        const SessionHeader header{.mode = "paper",
                                   .venue = "paper",
                                   .data_source = "simulation",
                                   .account = "paper",
                                   .capital = *Money::parse("100000"),
                                   .started_at = {}};
        auto opened = store::SqliteTradingRecord::open(record, header, feed.instruments(), feed.models(),
                                                       {.durability = store::Durability::process_death});
        REQUIRE(opened.has_value());
        const auto recovered = engine::recover(opened->state);
        REQUIRE(recovered.has_value());
        engine::EngineConfig config;
        config.capital = opened->state.header.capital;
        config.bar_length = market.length;
        config.execution.completion_deadline = 2h;
        config.first_id = {opened->state.install, opened->state.epoch, 1};
        engine::Engine engine{
            config, feed.instruments(),
            std::make_unique<strategies::PairsZscore>(
                params, feed.models(),
                std::vector<strategies::PairStaleness>(feed.models().size(), {30s, 300s, 3h}))};
        engine.restore(*recovered);
        venues::paper::PaperVenue venue{costs, feed.instruments()};
        venue.restore(opened->state);
        MortalRecord mortal{*opened->record, death};
        engine::DriverOptions options;
        if (opened->state.resumed) options.resume = opened->state.cursor;
        engine::SessionDriver driver{
            engine, {.feed = feed, .venue = venue, .record = &mortal, .observers = {}}, options};
        const auto summary = driver.run();
        Outcome outcome;
        outcome.died = !summary.has_value();
        if (outcome.died) CHECK(summary.error().message().find("the process died") != std::string::npos);
        outcome.commits = mortal.commits();
        if (outcome.died) return outcome;
        outcome.cash = engine.portfolio().cash().to_string();
        outcome.equity = engine.portfolio().snapshot({}).equity.to_string();
        for (const PairStatus& status : engine.pairs()) {
            for (const Quantity& held : status.held) outcome.held.push_back(held.to_string());
            outcome.held.push_back(std::string{to_string(status.phase)});
        }
        return outcome;
    }

    /// All fills as recorded. Order ids count starts, so they differ between lives; what was traded when must
    /// not.
    std::vector<std::string> fills() const {
        simulation::PairMarket feed{market};
        const SessionHeader header{.mode = "paper",
                                   .venue = "paper",
                                   .data_source = "simulation",
                                   .account = "paper",
                                   .capital = *Money::parse("100000"),
                                   .started_at = {}};
        auto opened = store::SqliteTradingRecord::open(record, header, feed.instruments(), feed.models(), {});
        REQUIRE(opened.has_value());
        std::vector<std::string> out;
        for (const RecordedFill& each : opened->state.fills) {
            out.push_back(fmt::format("{} {} {} {} {} {} {}", each.instrument, each.pair,
                                      to_string(each.fill.side), each.fill.quantity.to_string(),
                                      each.fill.price.to_string(), each.fill.fee.to_string(),
                                      to_iso(each.fill.received_at)));
        }
        return out;
    }

    void forget() const {
        std::filesystem::remove_all(record.parent_path()),
            std::filesystem::create_directories(record.parent_path());
    }
};

/// Dies once at each commit, before and after it became durable, and compares what came of it with an
/// undisturbed life.
void die_everywhere(const Life& life, std::uint64_t step) {
    life.forget();
    Outcome whole = life.live({});
    whole.fills = life.fills();
    REQUIRE_FALSE(whole.died);
    REQUIRE(whole.fills.size() > 20);
    for (std::uint64_t n = 0; n < whole.commits; n += step) {
        for (const bool durable : {false, true}) {
            CAPTURE(n);
            CAPTURE(durable);
            life.forget();
            const Outcome first = life.live({.commits = n, .durable = durable});
            REQUIRE(first.died);
            Outcome second = life.live({});
            second.fills = life.fills();
            REQUIRE(second.fills == whole.fills);
            REQUIRE(second.cash == whole.cash);
            REQUIRE(second.equity == whole.equity);
            REQUIRE(second.held == whole.held);
        }
    }
}

}  // namespace

TEST_CASE(
    "fault_S01_death_at_every_commit: a killed and resumed session fills as one that was never disturbed") {
    const Folder folder{"resume"};
    const Life life{{.seed = 21, .pairs = 2, .bars = 400}, {}, {}, folder.path / "state" / "record.db"};
    die_everywhere(life, 1);
}

TEST_CASE(
    "fault_S01_death_at_every_commit_in_a_thin_market: deadlines, cancels, completions and unwinding survive "
    "too") {
    const Folder folder{"resume_thin"};
    venues::paper::PaperCosts costs;
    strategies::PairsParams params;
    params.stop_z = 3.0;
    // Some units a bar: legs come in pieces, and late; pairs enter while others are given up, in one
    // transaction.
    costs.participation_max = 0.0007;
    die_everywhere({{.seed = 22, .pairs = 6, .bars = 60, .phi = 0.6},
                    costs,
                    params,
                    folder.path / "state" / "record.db"},
                   1);
    costs.participation_max = 0.003;
    die_everywhere({{.seed = 24, .pairs = 4, .bars = 80, .phi = 0.8},
                    costs,
                    params,
                    folder.path / "state" / "record.db"},
                   3);
}

TEST_CASE(
    "fault_S01_death_again_and_again: a session that dies at every seventh commit still ends the same") {
    const Folder folder{"resume_often"};
    const Life life{{.seed = 23, .pairs = 3, .bars = 400}, {}, {}, folder.path / "state" / "record.db"};
    life.forget();
    Outcome whole = life.live({});
    whole.fills = life.fills();
    life.forget();
    Outcome last;
    int deaths = 0;
    do {
        last = life.live({.commits = 7, .durable = deaths % 2 == 1});
        ++deaths;
    } while (last.died && deaths < 1000);
    REQUIRE_FALSE(last.died);
    CHECK(deaths > 10);
    CHECK(life.fills() == whole.fills);
    CHECK(last.cash == whole.cash);
    CHECK(last.held == whole.held);
}

TEST_CASE("resume: the record gives back the highest equity, from which the drawdown is measured") {
    const Folder folder{"resume_high"};
    const Life life{{.seed = 21, .pairs = 2, .bars = 400}, {}, {}, folder.path / "state" / "record.db"};
    life.forget();
    life.live({});
    auto reader = store::RecordReader::open(life.record);
    REQUIRE(reader.has_value());
    const auto points = reader->equity();
    REQUIRE(points.has_value());
    Money high;
    for (const EquityPoint& point : *points) high = std::max(high, point.equity);
    REQUIRE(points->back().equity < high);
    simulation::PairMarket feed{life.market};
    auto opened = store::SqliteTradingRecord::open(life.record,
                                                   {.mode = "paper",
                                                    .venue = "paper",
                                                    .data_source = "simulation",
                                                    .account = "paper",
                                                    .capital = {},
                                                    .started_at = {}},
                                                   feed.instruments(), feed.models(), {});
    REQUIRE(opened.has_value());
    CHECK(opened->state.equity_high == high);
    CHECK(engine::recover(opened->state)->equity_high == high);
}

TEST_CASE("resume: on other data than before, time decides what is past, not the count of events") {
    const Timestamp at = Timestamp{} + 24h * 365 + 150h;
    for (const std::uint64_t events : {std::uint64_t{0}, std::uint64_t{5}, std::uint64_t{1'000'000}}) {
        simulation::PairMarket market{{.seed = 30, .pairs = 3, .bars = 300}};
        engine::EngineConfig config;
        config.capital = *Money::parse("100000");
        config.bar_length = 1h;
        engine::Engine engine{
            config, market.instruments(),
            std::make_unique<strategies::PairsZscore>(
                strategies::PairsParams{}, market.models(),
                std::vector<strategies::PairStaleness>(market.models().size(), {30s, 300s, 3h}))};
        venues::paper::PaperVenue venue{{}, market.instruments()};
        engine::DriverOptions options;
        options.resume = Cursor{at, events};
        engine::SessionDriver driver{
            engine,
            {.feed = market, .venue = venue, .record = nullptr, .pacer = nullptr, .observers = {}},
            options};
        const auto summary = driver.run();
        REQUIRE(summary.has_value());
        CHECK(summary->first >= at);
        CHECK(summary->first <= at + 1h);
        CHECK(summary->warm_up >= 149 * 7);
    }
}
