#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>

#include "app/test_support.hpp"
#include "base/rng.hpp"
#include "codec/json.hpp"
#include "io/file.hpp"

using namespace plumb;
using namespace plumb::app;

namespace {

// Daily closes in one wide file: BBB = 20 + 1.5 AAA + a reversion with a half-life of 7 days, CCC a walk of
// its own.
void write_panel(const TestWorkspace& workspace) {
    Rng rng{11};
    std::string text = "date,AAA,BBB,CCC\n";
    double a = std::log(100.0), c = std::log(40.0), reversion = 0;
    Timestamp day = timestamp_from_ms(1'577'836'800'000);  // 2020-01-01
    for (int row = 0; row < 900; ++row, day += std::chrono::days{1}) {
        a += 0.01 * rng.normal();
        c += 0.01 * rng.normal();
        reversion = 0.905 * reversion + 1.3 * rng.normal();
        text += fmt::format("{},{:.4f},{:.4f},{:.4f}\n", to_date(day), std::exp(a),
                            20 + 1.5 * std::exp(a) + reversion, std::exp(c));
    }
    workspace.write("panel.csv", text);
}

std::vector<std::string> backtest_words(const TestWorkspace& workspace) {
    return {"backtest", "--data-source", "csv", "--data-dir", (workspace.root() / "panel.csv").string()};
}

}  // namespace

TEST_CASE("demo: the whole story, a report, and nothing outside <workspace>/demo") {
    const TestWorkspace workspace;
    const Ran ran = run_in(workspace, {"demo"});
    REQUIRE_MESSAGE(ran.status == 0, ran.err);
    CHECK(ran.err.empty());
    for (const char* said : {"100 large US stocks", "chance alone would pass up to", "survive every question",
                             "days they were not chosen on", "Built in and found", "A real exchange stream",
                             "What to type next"}) {
        CHECK_MESSAGE(ran.prints(said), said);
    }
    const auto html = io::read_file(workspace.root() / "demo/report.html");
    REQUIRE(html.has_value());
    CHECK(html->starts_with("<!doctype html>"));
    CHECK(html->find("A recorded exchange stream") != std::string::npos);
    CHECK(std::filesystem::exists(workspace.root() / "demo/stocks/data/benchmarks/benchmarks_latest.json"));
    CHECK(std::ranges::distance(std::filesystem::directory_iterator{workspace.root()}) == 1);
}

TEST_CASE("demo: without the bundled data, one line that says where it looked") {
    const TestWorkspace workspace;
    const Ran ran = run_in(workspace, {"demo"}, {{"PLUMB_SHARE", (workspace.root() / "nowhere").string()}});
    CHECK(ran.status == 3);
    CHECK(ran.err_is_one_line());
    CHECK(ran.says("nowhere/data"));
}

TEST_CASE("demo: --serve waits for a later version") {
    const TestWorkspace workspace;
    const Ran ran = run_in(workspace, {"demo", "--serve"});
    CHECK(ran.status == 2);
    CHECK(ran.err_is_one_line());
    CHECK(ran.out.empty());
}

TEST_CASE("backtest: chooses on the first part, trades the rest, writes the report it was asked for") {
    const TestWorkspace workspace;
    write_panel(workspace);
    auto words = backtest_words(workspace);
    words.insert(words.end(), {"--report", (workspace.root() / "r.html").string(), "--json"});
    const Ran ran = run_in(workspace, words);
    REQUIRE_MESSAGE(ran.status == 0, ran.err);
    CHECK(ran.says("Pairs chosen on 2020-01-01 to 2021-06-23"));  // 540 of 900 days
    CHECK(ran.says("Traded 2021-06-2"));
    const std::string last = ran.out.substr(ran.out.rfind('\n', ran.out.size() - 2) + 1);
    const auto figures = codec::parse_json(last);
    REQUIRE_MESSAGE(figures.has_value(), last);
    CHECK((*figures)["capital"] == 10000);
    CHECK((*figures)["round_trips"] > 0);
    CHECK((*figures)["drawdown_max"] <= 0);
    CHECK((*figures)["equity"].get<double>() - 10000 == doctest::Approx((*figures)["profit"].get<double>()));
    CHECK((*figures)["sharpe"].is_number());
    CHECK(std::filesystem::exists(workspace.root() / "r.html"));
    CHECK(!std::filesystem::exists(workspace.root() / "state"));  // no record, no lock
}

TEST_CASE("backtest: costs are felt") {
    const TestWorkspace workspace;
    write_panel(workspace);
    const auto equity = [&](const char* commission) {
        auto words = backtest_words(workspace);
        words.insert(words.end(), {"--commission", commission, "--json"});
        const Ran ran = run_in(workspace, words);
        REQUIRE_MESSAGE(ran.status == 0, ran.err);
        return *codec::parse_json(ran.out.substr(ran.out.rfind('\n', ran.out.size() - 2) + 1));
    };
    const codec::Json free = equity("0"), dear = equity("0.002");
    CHECK(free["fees"] == 0);
    CHECK(dear["fees"] > 0);
    CHECK(dear["equity"] < free["equity"]);
}

TEST_CASE("backtest: what this version does not have is one line") {
    const TestWorkspace workspace;
    write_panel(workspace);
    for (const std::vector<std::string>& more :
         {std::vector<std::string>{"momentum"}, {"--margin", "0.5"}, {"--param", "a=1"}}) {
        auto words = backtest_words(workspace);
        words.insert(words.end(), more.begin(), more.end());
        const Ran ran = run_in(workspace, words);
        CHECK(ran.status == 2);
        CHECK(ran.err_is_one_line());
    }
}
