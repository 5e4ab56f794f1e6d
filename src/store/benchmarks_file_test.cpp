#include "store/benchmarks_file.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include "io/file.hpp"

using namespace plumb;

namespace {

const std::filesystem::path kTpLink = std::filesystem::path{PLUMB_TESTDATA} / "store" / "tp-link";
constexpr const char* kFiles[] = {"benchmarks_2025-42.v1.1-empty.json", "benchmarks_2025-52.v1.1.json",
                                  "benchmarks_2025-52.v3.json", "benchmarks_2026-01.v2.json",
                                  "benchmarks_2026-02.v1.3.json"};

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("plumb_benchmarks_" + std::to_string(::getpid()));
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() { std::filesystem::remove_all(path); }
};

Timestamp at(const char* text) { return parse_timestamp(text).value(); }

store::Benchmarks load(const char* name) {
    auto benchmarks = store::load_benchmarks(kTpLink / name);
    REQUIRE_MESSAGE(benchmarks.has_value(), benchmarks.error().message());
    return *std::move(benchmarks);
}

std::string one_group(const std::string& half_life, const std::string& more = "") {
    return R"({"version": "1.3", "computed_at_utc": "2026-01-08T20:22:32.595865+00:00",
        "universe": ["SOL", "LINK"], "lookback_days": 2, "cointegration_groups": [{
        "id": "SOL-LINK", "assets": ["SOL", "LINK"], "vectors": [{"weights": {"SOL": -0.0825, "LINK": 1.0},
        "spread_mean": 2.3, "spread_std": 0.045, "half_life": )" +
           half_life + R"(, "test_stats": {"t_stat": -4.1}, "p_value": 0.006}], "selection_score": 2.2)" +
           more + R"(}], "metrics": {}})";
}

}  // namespace

TEST_CASE("benchmarks: every file of the earlier program is read and written back byte for byte") {
    for (const char* name : kFiles) {
        CAPTURE(name);
        const auto bytes = io::read_file(kTpLink / name);
        REQUIRE(bytes.has_value());
        const auto benchmarks = store::read_benchmarks(*bytes);
        REQUIRE_MESSAGE(benchmarks.has_value(), benchmarks.error().message());
        CHECK(benchmarks->extra.empty());
        const std::string written = store::write_benchmarks(*benchmarks);
        CHECK(written == *bytes);
        CHECK(store::read_benchmarks(written).value() == *benchmarks);
    }
}

// Expected values: read off the file by eye; SOL-LINK is the worked example users know.
TEST_CASE("benchmarks: values of version 1.3 and 1.1 arrive where they belong") {
    const auto newest = load("benchmarks_2026-02.v1.3.json");
    CHECK(newest.version == "1.3");
    CHECK(newest.computed_at == at("2026-01-08T20:22:32.595865Z"));
    CHECK(newest.computed_on_exchange == "kraken");
    CHECK(newest.computed_on_testnet == true);
    CHECK(newest.lookback_days == 2);
    CHECK(newest.p_threshold == 0.2);
    CHECK(newest.universe.size() == 11);
    REQUIRE(newest.groups.size() == 6);
    const store::BenchmarkGroup& first = newest.groups[0];
    CHECK(first.id == "SOL-LINK");
    CHECK(first.assets == std::array<std::string, 2>{"SOL", "LINK"});
    CHECK(first.weights == std::array{-0.08246545694614954, 1.0});
    CHECK(first.spread_mean == 2.31751290728222);
    CHECK(first.spread_std == 0.04500356913514146);
    CHECK(first.half_life == 2.838151478980851);
    CHECK(first.t_stat == -4.0659097564175894);
    CHECK(first.p_value == 0.005770916265165129);
    CHECK(first.selection_score == 2.211705702322468);
    CHECK_FALSE(first.zscore_thresholds.has_value());
    CHECK_FALSE(first.evidence.has_value());

    const auto older = load("benchmarks_2025-52.v1.1.json");
    CHECK(older.universe.front() == "AAVE/USD");
    CHECK(older.groups.size() == 10);
    CHECK(older.groups[0].assets == std::array<std::string, 2>{"USDT/USD", "YFI/USD"});
    CHECK(older.groups[0].weights[0] == -24322.280851734);
    CHECK(older.groups[0].zscore_thresholds == store::ZscoreThresholds{2.0, 0.5});

    const auto empty = load("benchmarks_2025-42.v1.1-empty.json");
    CHECK(empty.groups.empty());
    CHECK_FALSE(empty.p_threshold.has_value());
}

TEST_CASE("benchmarks: Infinity, NaN and null half-lives are none, and are written as null") {
    for (const char* literal : {"Infinity", "-Infinity", "NaN", "null"}) {
        CAPTURE(literal);
        const auto benchmarks = store::read_benchmarks(one_group(literal));
        REQUIRE_MESSAGE(benchmarks.has_value(), benchmarks.error().message());
        CHECK_FALSE(benchmarks->groups[0].half_life.has_value());
        CHECK(store::write_benchmarks(*benchmarks).find("\"half_life\": null") != std::string::npos);
    }
    CHECK(store::read_benchmarks(one_group("2.5"))->groups[0].half_life == 2.5);
}

TEST_CASE("benchmarks: a spread without a deviation is read as one that gives no signal") {
    std::string text = one_group("1.0");
    text.replace(text.find("0.045"), 5, "NaN");
    const auto benchmarks = store::read_benchmarks(text);
    REQUIRE(benchmarks.has_value());
    CHECK(benchmarks->groups[0].spread_std == 0);
    CHECK(benchmarks->groups[0].spread_mean == 0);
}

TEST_CASE("benchmarks: each missing top key is named") {
    for (const char* key :
         {"version", "computed_at_utc", "universe", "lookback_days", "cointegration_groups"}) {
        CAPTURE(key);
        std::string text = one_group("1.0");
        text.replace(text.find('"' + std::string{key} + '"') + 1, 1, "_");
        const auto benchmarks = store::read_benchmarks(text);
        REQUIRE_FALSE(benchmarks.has_value());
        CHECK(benchmarks.error().code() == Errc::missing_column);
        CHECK(benchmarks.error().message().find(key) != std::string::npos);
    }
}

TEST_CASE("benchmarks: what does not fit is refused with its place") {
    const auto refused = [](const std::string& from, const std::string& to) {
        std::string text = one_group("1.0");
        text.replace(text.find(from), from.size(), to);
        const auto benchmarks = store::read_benchmarks(text);
        REQUIRE_FALSE(benchmarks.has_value());
        return benchmarks.error();
    };
    CHECK(refused("[\"SOL\", \"LINK\"], \"vectors\"", "[\"SOL\"], \"vectors\"").code() == Errc::unsupported);
    CHECK(refused("\"SOL\": -0.0825", "\"ETH\": -0.0825").code() == Errc::missing_column);
    CHECK(refused("-0.0825", "NaN").code() == Errc::not_finite);
    CHECK(refused("-0.0825", "NaN").message().find("cointegration_groups[0].vectors[0]") !=
          std::string::npos);
    CHECK(refused("2026-01-08T20", "yesterday").code() == Errc::parse);
    CHECK(refused("2026-01-08T20", "yesterday").message().find("computed_at_utc") != std::string::npos);
    CHECK(refused("\"lookback_days\": 2", "\"lookback_days\": \"2\"").code() == Errc::parse);
    CHECK(store::read_benchmarks("[]").error().code() == Errc::parse);
    CHECK(store::read_benchmarks(one_group("1.0").substr(0, 200)).error().code() == Errc::truncated);
}

TEST_CASE("benchmarks: weights are found in either form of the symbol") {
    std::string text = one_group("1.0");
    text.replace(text.find("\"SOL\": -"), 5, "\"SOL/USD\"");
    CHECK(store::read_benchmarks(text)->groups[0].weights[0] == -0.0825);
}

TEST_CASE("benchmarks: keys we do not know are written back") {
    std::string text = one_group("1.0", R"(, "custom": {"a": [1, 2.5]})");
    text.replace(text.find("\"metrics\""), 0, R"("made_by": "v9", )");
    const auto benchmarks = store::read_benchmarks(text);
    REQUIRE(benchmarks.has_value());
    CHECK(benchmarks->extra == R"({"made_by":"v9"})");
    CHECK(benchmarks->groups[0].extra == R"({"custom":{"a":[1,2.5]}})");
    CHECK(store::read_benchmarks(store::write_benchmarks(*benchmarks)).value() == *benchmarks);
}

TEST_CASE("benchmarks: ours read back equal, with the earlier program's keys in place") {
    store::Benchmarks ours;
    ours.computed_at = at("2026-01-08T20:22:32Z");
    ours.universe = {"BTC", "ETH"};
    ours.lookback_days = 30;
    ours.p_threshold = 0.1;
    store::BenchmarkGroup group = store::benchmark_group("eth/usd", "BTC/USD", 15.25);
    CHECK(group.id == "ETHUSD-BTCUSD");
    CHECK(group.weights == std::array{-15.25, 1.0});
    group.spread_mean = 100;
    group.spread_std = 5;
    group.evidence = store::GroupEvidence{
        .q_value = 0.04,
        .p_value_reverse = 0.02,
        .dependent = "BTC/USD",
        .hedge_ratio = 15.25,
        .intercept = 100.0,
        .holdout = store::HoldoutCheck{.p_value = 0.3, .half_life = {}, .mean_shift = 0.5, .std_ratio = 1.2}};
    ours.groups = {group};
    ours.selection = store::SelectionRecord{.data_source = "csv",
                                            .granularity = "1h",
                                            .data_start = at("2025-12-01"),
                                            .data_end = at("2026-01-08T20:00:00Z"),
                                            .holdout_start = {},
                                            .pairs_tested = 190,
                                            .expected_by_chance = 19,
                                            .passed = 1,
                                            .fdr = 0.1,
                                            .refused = {{"pegged", 3}, {"p_threshold", 186}},
                                            .extra = ""};
    const std::string text = store::write_benchmarks(ours);
    const auto back = store::read_benchmarks(text);
    REQUIRE_MESSAGE(back.has_value(), back.error().message());
    CHECK(*back == ours);
    CHECK(text.find("\"computed_at_utc\": \"2026-01-08T20:22:32+00:00\"") != std::string::npos);
    CHECK(text.find("\"plumbline\"") != std::string::npos);
}

TEST_CASE("benchmarks: older than seven days means seven days, and the offset counts") {
    store::Benchmarks benchmarks;
    benchmarks.computed_at = at("2026-01-01T00:00:00Z");
    CHECK_FALSE(store::older_than(benchmarks, at("2026-01-08T00:00:00Z")));
    CHECK(store::older_than(benchmarks, at("2026-01-08T00:00:00.000000001Z")));
    std::string text = one_group("1.0");
    text.replace(text.find("+00:00"), 6, "-05:00");
    benchmarks = store::read_benchmarks(text).value();
    CHECK(benchmarks.computed_at == at("2026-01-09T01:22:32.595865Z"));
}

TEST_CASE("benchmarks: saved under the ISO week and as the latest") {
    const Folder folder;
    auto benchmarks = load("benchmarks_2026-02.v1.3.json");
    const auto paths = store::save_benchmarks(folder.path, benchmarks);
    REQUIRE_MESSAGE(paths.has_value(), paths.error().message());
    CHECK((*paths)[0] == folder.path / "data" / "benchmarks" / "benchmarks_2026-02.json");
    CHECK(store::load_benchmarks((*paths)[0]).value() == benchmarks);
    CHECK(store::load_benchmarks(store::latest_benchmarks(folder.path)).value() == benchmarks);
    CHECK(store::benchmarks_file_name(at("2024-12-30")) == "benchmarks_2025-01.json");
    CHECK(store::benchmarks_file_name(at("2027-01-01")) == "benchmarks_2026-53.json");
}

TEST_CASE("fault_S04_unreadable_file: a damaged benchmarks file is never overwritten") {
    const Folder folder;
    REQUIRE(io::replace_file(store::latest_benchmarks(folder.path), "{\"version\": ").has_value());
    const auto saved = store::save_benchmarks(folder.path, load("benchmarks_2026-02.v1.3.json"));
    REQUIRE_FALSE(saved.has_value());
    CHECK(saved.error().code() == Errc::corrupt);
    CHECK(saved.error().message().find("benchmarks_latest.json") != std::string::npos);
    CHECK(*io::read_file(store::latest_benchmarks(folder.path)) == "{\"version\": ");
    CHECK(std::distance(std::filesystem::directory_iterator{store::benchmarks_folder(folder.path)}, {}) == 1);
}
