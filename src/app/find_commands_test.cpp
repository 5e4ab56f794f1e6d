#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>

#include "app/test_support.hpp"
#include "base/rng.hpp"
#include "codec/json.hpp"
#include "io/file.hpp"
#include "store/benchmarks_file.hpp"
#include "store/pairs_file.hpp"

using namespace plumb;
using namespace plumb::app;

namespace {

constexpr std::size_t kRows = 1440;
constexpr std::int64_t kStart = 1'700'006'400'000;  // 2023-11-15 00:00 UTC

// Folder of hourly files: AAA a walk, BBB = 20 + 1.5 AAA + a reversion with a half-life of 7 hours where
// `related`, CCC a walk of its own, USDC at 1.
void write_prices(const TestWorkspace& workspace, bool related, std::size_t rows = kRows) {
    Rng rng{11};
    std::string files[4];
    double a = std::log(100.0);
    double b = std::log(170.0);
    double c = std::log(40.0);
    double reversion = 0;
    for (std::string& file : files) file = "ts,open,high,low,close,volume\n";
    for (std::size_t row = 0; row < rows; ++row) {
        a += 0.01 * rng.normal();
        b += 0.01 * rng.normal();
        c += 0.01 * rng.normal();
        reversion = 0.905 * reversion + 1.3 * rng.normal();
        const double partner = related ? 20 + 1.5 * std::exp(a) + reversion : std::exp(b);
        const double prices[] = {std::exp(a), partner, std::exp(c), 1 + 1e-4 * rng.normal()};
        const std::int64_t time = kStart + static_cast<std::int64_t>(row) * 3'600'000;
        for (std::size_t i = 0; i < 4; ++i)
            files[i] += fmt::format("{},{:.4f},{:.4f},{:.4f},{:.4f},5\n", time, prices[i], prices[i],
                                    prices[i], prices[i]);
    }
    const char* names[] = {"AAAUSDT", "BBBUSDT", "CCCUSDT", "USDCUSDT"};
    for (std::size_t i = 0; i < 4; ++i) workspace.write(fmt::format("prices/{}.csv", names[i]), files[i]);
}

Ran run_on_prices(const TestWorkspace& workspace, std::vector<std::string> words) {
    words.insert(words.end(), {"--data-source", "csv", "--data-dir", (workspace.root() / "prices").string()});
    return run_in(workspace, std::move(words));
}

std::vector<codec::Json> json_lines(const std::string& text) {
    std::vector<codec::Json> lines;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);) {
        const auto value = codec::parse_json(line);
        REQUIRE_MESSAGE(value.has_value(), line);
        lines.push_back(*value);
    }
    return lines;
}

}  // namespace

TEST_CASE("compute-benchmarks: a true pair is found, shown with its evidence and written") {
    const TestWorkspace workspace;
    write_prices(workspace, true);
    const Ran ran = run_on_prices(workspace, {"compute-benchmarks", "--days", "60", "--time-scale", "hour"});
    CHECK_MESSAGE(ran.status == 0, ran.out << ran.err);
    CHECK(ran.prints("fitted on 960 bars"));
    CHECK(ran.prints("480 bars held back"));
    CHECK(ran.prints("chance alone would pass up to 0.3"));
    CHECK(ran.prints("a leg is pegged                                  3"));
    const auto file = store::load_benchmarks(store::latest_benchmarks(workspace.root()));
    REQUIRE_MESSAGE(file.has_value(), (file ? "" : file.error().message()));
    REQUIRE(file->groups.size() == 1);
    const store::BenchmarkGroup& group = file->groups.front();
    REQUIRE(group.evidence.has_value());
    const bool as_made = group.evidence->dependent == "BBB";
    CHECK(group.id == (as_made ? "AAA-BBB" : "BBB-AAA"));
    CHECK(group.weights[1] == 1.0);
    CHECK(group.weights[0] == -*group.evidence->hedge_ratio);
    CHECK(group.weights[0] == doctest::Approx(as_made ? -1.5 : -1 / 1.5).epsilon(0.1));
    CHECK(group.spread_std > 0);
    CHECK(group.evidence->holdout.has_value());
    REQUIRE(file->selection.has_value());
    CHECK(file->selection->pairs_tested == 3);
    CHECK(file->selection->passed == 1);
    CHECK(file->universe == std::vector<std::string>{"AAA", "BBB", "CCC", "USDC"});
}

TEST_CASE("compute-benchmarks: no pair is status 1, the best p-values, and a file without groups") {
    const TestWorkspace workspace;
    write_prices(workspace, false);
    const Ran ran =
        run_on_prices(workspace, {"compute-benchmarks", "--days", "60", "--p-threshold", "0.001"});
    CHECK(ran.status == 1);
    CHECK(ran.prints("Best 5 p-values (none passed threshold 0.001)"));
    CHECK(ran.err.empty());
    const auto file = store::load_benchmarks(store::latest_benchmarks(workspace.root()));
    REQUIRE(file.has_value());
    CHECK(file->groups.empty());
}

TEST_CASE("compute-benchmarks: --json gives pairs, then the summary with the funnel") {
    const TestWorkspace workspace;
    write_prices(workspace, true);
    const Ran ran = run_on_prices(workspace, {"compute-benchmarks", "--days", "60", "--json"});
    CHECK(ran.status == 0);
    const auto lines = json_lines(ran.out);
    REQUIRE(!lines.empty());
    const codec::Json& summary = lines.back()["summary"];
    CHECK(summary["symbols"] == 4);
    CHECK(summary["pairs"] == 6);
    CHECK(summary["pairs_tested"] == 3);
    CHECK(summary["refused"]["pegged"] == 3);
    CHECK(summary["passed"] == 1);
    CHECK(lines.front()["refused"].is_null());
    CHECK(lines.front()["holdout"]["rows"] == 480);
}

TEST_CASE(
    "compute-benchmarks: --symbols takes any spelling, --fdr makes it a condition, the window is cut from "
    "the last bar") {
    const TestWorkspace workspace;
    write_prices(workspace, true);
    const Ran chosen = run_on_prices(
        workspace, {"compute-benchmarks", "--days", "30", "--symbols", "AAA", "BBB/USD", "CCC-USDT"});
    CHECK_MESSAGE(chosen.prints("3 instruments"), chosen.out << chosen.err);
    CHECK(chosen.prints("fitted on 480 bars"));
    const Ran excluded = run_on_prices(
        workspace, {"compute-benchmarks", "--days", "60", "--exclude-symbols", "USDC", "--fdr", "1e-6"});
    CHECK(excluded.prints("3 instruments"));
    CHECK(!excluded.prints("makes it a condition"));
    const Ran unknown = run_on_prices(workspace, {"compute-benchmarks", "--symbols", "ZZZ"});
    CHECK(unknown.status == 3);
    CHECK(unknown.err_is_one_line());
    CHECK(unknown.says("ZZZ is not on offer: AAA/USDT"));
}

TEST_CASE("compute-benchmarks: what cannot be searched is one line and a status") {
    const TestWorkspace workspace;
    write_prices(workspace, true, 50);
    const Ran few = run_on_prices(workspace, {"compute-benchmarks"});
    CHECK(few.status == 2);
    CHECK(few.err_is_one_line());
    CHECK(few.says("the fitting part has 34 rows"));
    CHECK(run_in(workspace, {"compute-benchmarks", "--data-source", "csv"}).says("expected --data-dir"));
    CHECK(run_in(workspace, {"compute-benchmarks", "--data-source", "alpaca"}).status == 2);
    CHECK(run_in(workspace, {"compute-benchmarks", "--data-source", "csv", "--data-dir", "nowhere"}).status ==
          3);
}

TEST_CASE("compute-benchmarks: two symbols without a common time are named") {
    const TestWorkspace workspace;
    const char* header = "ts,open,high,low,close,volume\n";
    workspace.write("apart/AAAUSDT.csv",
                    header + std::string{"1600000000000,1,1,1,1,1\n1600003600000,1,1,1,1,1\n"});
    workspace.write("apart/BBBUSDT.csv",
                    header + std::string{"1500000000000,1,1,1,1,1\n1500003600000,1,1,1,1,1\n"});
    const std::string folder = (workspace.root() / "apart").string();
    const Ran ran = run_in(
        workspace, {"compute-benchmarks", "--data-source", "csv", "--data-dir", folder, "--days", "9999"});
    CHECK(ran.status == 2);
    CHECK(ran.err_is_one_line());
    CHECK(ran.says("AAA and BBB have no time in common"));
}

TEST_CASE("scan: one line per ordered pair in rank order, then the summary") {
    const TestWorkspace workspace;
    write_prices(workspace, true);
    const Ran ran = run_on_prices(workspace, {"scan", "--json", "--all"});
    CHECK(ran.status == 0);
    const auto lines = json_lines(ran.out);
    REQUIRE(lines.size() == 13);
    double before = -1e9;
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
        for (const char* key : {"y", "x", "hedge_ratio", "intercept", "t", "p", "q", "lags", "half_life"})
            CHECK(lines[i].contains(key));
        CHECK(before <= lines[i]["t"].get<double>());
        before = lines[i]["t"].get<double>();
    }
    const codec::Json& summary = lines.back()["summary"];
    CHECK(summary["symbols"] == 4);
    CHECK(summary["pairs_tested"] == 12);
    CHECK(summary["observations"] == kRows);
    const auto passing = json_lines(run_on_prices(workspace, {"scan", "--json"}).out);
    CHECK(passing.size() < lines.size());
    for (std::size_t i = 0; i + 1 < passing.size(); ++i) CHECK(passing[i]["q"].get<double>() <= 0.10);
}

TEST_CASE("generate-pairs: the earlier program's file, with the honest verdict beside each pair") {
    const TestWorkspace workspace;
    write_prices(workspace, true, 4000);  // 1000 bars of four hours
    const Ran ran = run_on_prices(workspace, {"generate-pairs"});
    CHECK_MESSAGE(ran.status == 0, ran.out << ran.err);
    const auto text = io::read_file(workspace.root() / "state/cointegrated_pairs.json");
    REQUIRE(text.has_value());
    const auto file = store::read_pairs(*text);
    REQUIRE_MESSAGE(file.has_value(), (file ? "" : file.error().message()));
    REQUIRE(file->metadata.has_value());
    CHECK(file->metadata->resample_interval == "4H");
    CHECK(file->metadata->significance_level == 0.05);
    CHECK(file->metadata->total_pairs_tested == 6);
    CHECK(file->all_results->size() == 6);
    REQUIRE(!file->pairs.empty());
    bool found = false;
    for (const store::TestedPair& pair : file->pairs) {
        CHECK(pair.is_cointegrated);
        CHECK(pair.data_points == 1000);
        CHECK(pair.extra.find("plumbline") != std::string::npos);
        found = found || (pair.symbol1 == "AAAUSDT" && pair.symbol2 == "BBBUSDT");
    }
    CHECK(found);
}

TEST_CASE(
    "generate-pairs: symbols stand in the order of their spelling, so that ETHFIUSDT is tested on ETHUSDT") {
    const TestWorkspace workspace;
    write_prices(workspace, true, 4000);
    const std::filesystem::path prices = workspace.root() / "prices";
    std::filesystem::rename(prices / "AAAUSDT.csv", prices / "ETHUSDT.csv");
    std::filesystem::rename(prices / "BBBUSDT.csv", prices / "ETHFIUSDT.csv");
    const Ran ran = run_on_prices(workspace, {"generate-pairs", "--symbols", "ETH", "ETHFI"});
    CHECK_MESSAGE(ran.status == 0, ran.out << ran.err);
    const auto text = io::read_file(workspace.root() / "state/cointegrated_pairs.json");
    REQUIRE(text.has_value());
    const auto file = store::read_pairs(*text);
    REQUIRE((file.has_value() && file->pairs.size() == 1));
    CHECK(file->pairs.front().symbol1 == "ETHFIUSDT");
    CHECK(file->pairs.front().symbol2 == "ETHUSDT");
    CHECK(*file->pairs.front().hedge_ratio > 1);  // of the pair at 170 on the pair at 100
}
