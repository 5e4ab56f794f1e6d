#include <doctest/doctest.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/test_support.hpp"
#include "app/workspace.hpp"
#include "base/rng.hpp"
#include "store/trading_record.hpp"

using namespace plumb;
using namespace plumb::app;

namespace {

/// A day per row; B walks, A follows 2 B + 5 with a wobble that dies out in a few bars.
std::string cointegrated_csv(std::size_t rows) {
    Rng rng{7};
    std::string text = "date,A,B,empty\n";
    double b = 100;
    double wobble = 0;
    const Timestamp first = parse_timestamp("2020-01-01").value();
    for (std::size_t i = 0; i < rows; ++i) {
        b += rng.uniform() - 0.5;
        wobble = 0.5 * wobble + rng.uniform() - 0.5;
        text +=
            fmt::format("{},{:.6f},{:.6f},\n", to_date(first + static_cast<int>(i) * std::chrono::hours{24}),
                        2 * b + 5 + wobble, b);
    }
    return text;
}

}  // namespace

TEST_CASE("stats FILE.csv finds the hedge ratio and half-life that the prices were made with") {
    const TestWorkspace workspace;
    workspace.write("prices.csv", cointegrated_csv(1500));
    const std::string file = (workspace.root() / "prices.csv").string();
    const Ran ran = run_in(workspace, {"stats", file, "--y", "A", "--x", "B", "--json"});
    REQUIRE_MESSAGE(ran.status == 0, ran.err);
    const auto line = nlohmann::json::parse(ran.out);
    CHECK(line["n"] == 1500);
    CHECK(line["hedge_ratio"].get<double>() == doctest::Approx(2).epsilon(0.01));
    CHECK(line["half_life"].get<double>() == doctest::Approx(1).epsilon(0.2));  // ln 2 / -ln 0.5
    CHECK(line["p"].get<double>() < 1e-6);
    CHECK(line["adf_x"]["p"].get<double>() > 0.01);
    CHECK(run_in(workspace, {"stats", file, "--y", "a", "--x", "b"}).prints("half-life"));
}

TEST_CASE("stats refuses bad files in one line with the documented status") {
    const TestWorkspace workspace;
    struct Row {
        std::string text;
        int status;
        std::string says;
    };
    const std::string head = "date,A,B\n2020-01-01,1,2\n";
    const Row rows[] = {
        {"date,A\n2020-01-01,1\n", 2, "expected a column named b"},
        {head + "2020-01-02,x,2\n", 2, "row 3, column A"},
        {head + "2020-01-02,nan,2\n", 2, "row 3, column A"},
        {head + "2020-01-02,0,2\n", 2, "row 3, column A"},
        {head + "2020-01-02,-1,2\n", 2, "row 3, column A"},
        {head, 2, ""},
        {"", 2, ""},
    };
    for (const Row& row : rows) {
        workspace.write("bad.csv", row.text);
        const Ran ran =
            run_in(workspace, {"stats", (workspace.root() / "bad.csv").string(), "--y", "A", "--x", "B"});
        CHECK_MESSAGE(ran.status == row.status, ran.err);
        CHECK_MESSAGE(ran.err_is_one_line(), ran.err);
        CHECK_MESSAGE(ran.says(row.says), ran.err);
        CHECK(ran.out.empty());
    }
    CHECK(run_in(workspace, {"stats", "nowhere.csv", "--y", "A", "--x", "B"}).status == 3);
    CHECK(run_in(workspace, {"stats"}).says("expected FILE.csv"));
    CHECK(run_in(workspace, {"stats", "--cases", "nowhere.json"}).status == 3);
}

TEST_CASE("status says no where nothing runs, and what is recorded where a session does") {
    const TestWorkspace folder;
    const Ran nothing = run_in(folder, {"status"});
    CHECK(nothing.status == 1);
    CHECK(nothing.prints("not running; nothing is recorded"));
    CHECK(nlohmann::json::parse(run_in(folder, {"status", "--json"}).out)["running"] == false);

    const SessionHeader header{.mode = "paper",
                               .venue = "paper",
                               .data_source = "demo",
                               .account = "paper",
                               .capital = Money::parse("12345.67").value(),
                               .started_at = parse_timestamp("2025-01-15T10:30:00").value()};
    auto record = store::SqliteTradingRecord::open(store::trading_record_path(folder.root()), header,
                                                   InstrumentTable{}, {});
    REQUIRE(record);
    const Result<io::FileLock> lock = Workspace{folder.root()}.open();
    REQUIRE(lock);
    REQUIRE(record->record->begin());
    EquityPoint point;
    point.at = header.started_at;
    point.cash = header.capital;
    point.equity = Money::parse("12400").value();
    REQUIRE(record->record->equity(point));
    REQUIRE(record->record->commit());

    const Ran ran = run_in(folder, {"status"});
    CHECK_MESSAGE(ran.status == 0, ran.err);
    CHECK(ran.prints(fmt::format("running (process {}), paper on paper, prices from demo", ::getpid())));
    CHECK(ran.prints("equity      12400   cash 12345.67"));
    const auto line = nlohmann::json::parse(run_in(folder, {"status", "--json"}).out);
    CHECK(line["process"] == ::getpid());
    CHECK(line["equity"]["equity"] == "12400");
    CHECK(line["capital"] == "12345.67");
    CHECK(line["positions"].empty());
}

TEST_CASE("status of a damaged record is one line and status 3") {
    const TestWorkspace folder;
    folder.write("state/trading_record.db", std::string(8192, 'x'));
    const Ran ran = run_in(folder, {"status"});
    CHECK(ran.status == 3);
    CHECK(ran.err_is_one_line());
}

TEST_CASE("import and export give back the same file, and refuse in one line") {
    const TestWorkspace workspace;
    const std::string empty = "{}";
    workspace.write("in/positions.json", empty);
    const std::string in = (workspace.root() / "in/positions.json").string();
    const std::string out = (workspace.root() / "out.json").string();
    const Ran imported = run_in(workspace, {"import", "--in", in, "--json"});
    REQUIRE_MESSAGE(imported.status == 0, imported.err);
    CHECK(nlohmann::json::parse(imported.out)["kind"] == "positions");
    CHECK(run_in(workspace, {"export", "--kind", "positions", "--out", out}).status == 0);
    CHECK(nlohmann::json::parse(io::read_file(out).value()).empty());
    const Ran unknown = run_in(workspace, {"export", "--kind", "position", "--out", out});
    CHECK(unknown.status == 2);
    CHECK(unknown.says("benchmarks, positions"));
    CHECK(run_in(workspace, {"export", "--kind", "benchmarks", "--out", out}).status == 3);
    CHECK(run_in(workspace, {"import", "--in", "nowhere.json"}).status == 3);
    CHECK(run_in(workspace, {"import"}).status == 2);
    CHECK(run_in(workspace, {"import", "--in", in, "--kind", "positons"}).err_is_one_line());
}

TEST_CASE("doctor looks at everything and leaves nothing behind") {
    const TestWorkspace workspace;
    const Ran ran = run_in(workspace, {"doctor"});
    CHECK(ran.status == 0);
    for (const char* const check :
         {"configuration", "keys", "workspace", "disk", "clock", "duckdb", "venues"})
        CHECK(ran.prints(check));
    CHECK(std::filesystem::is_empty(workspace.root()));
    const TestWorkspace gone;
    std::filesystem::remove_all(gone.root());
    const Ran bad = run_in(gone, {"doctor", "--json"});
    CHECK(bad.status == 1);
    CHECK(bad.prints(R"({"check":"workspace","verdict":"BAD")"));
}

TEST_CASE("decode prints events and refusals line by line, and goes on") {
    const TestWorkspace workspace;
    workspace.write(
        "ws.jsonl",
        R"({"e":"trade","E":1672515782136,"s":"BTCUSDT","t":12345,"p":"16850.00000000","q":"0.01000000",)"
        R"("T":1672515782136,"m":true,"M":true})"
        "\n{\"e\":\"trade\",\"p\":\"x\"\n"
        R"({"u":400900217,"s":"BTCUSDT","b":"16850.10","B":"31.21","a":"16850.20","A":"40.66"})"
        "\n");
    const std::string file = (workspace.root() / "ws.jsonl").string();
    const Ran ran = run_in(workspace, {"decode", file, "--json"});
    REQUIRE_MESSAGE(ran.status == 0, ran.err);
    std::vector<nlohmann::json> lines;
    std::istringstream text{ran.out};
    for (std::string line; std::getline(text, line);) lines.push_back(nlohmann::json::parse(line));
    REQUIRE(lines.size() == 3);
    CHECK(lines[0]["type"] == "trade");
    CHECK(lines[0]["instrument"] == "BTC/USDT");
    CHECK(lines[0]["price"] == "16850");
    CHECK(lines[1]["type"] == "refused");
    CHECK(lines[2]["type"] == "quote");
    CHECK(run_in(workspace, {"decode", "nowhere.jsonl"}).status == 3);
    CHECK(run_in(workspace, {"decode"}).says("expected FILE"));
    CHECK(run_in(workspace, {"decode", file, "--kind", "rest-nothing"}).status == 2);
    CHECK(run_in(workspace, {"decode", file, "--venue", "kraken"}).says("one of alpaca binance"));
    CHECK(run_in(workspace, {"decode", file, "--symbols", "BTC,ETH"}).status == 2);
}

TEST_CASE("sql answers in a table and in JSON lines, and refuses in one line") {
    const TestWorkspace workspace;
    const std::string query = "select 1.50::decimal(8,2) as price, null as nothing, 'a' || chr(10) as text";
    CHECK(run_in(workspace, {"sql", query}).out == "price  nothing  text \n1.50   NULL     a\\x0a\n");
    const Ran json = run_in(workspace, {"sql", query, "--json"});
    REQUIRE_MESSAGE(json.status == 0, json.err);
    CHECK(json.out == "{\"price\":\"1.50\",\"nothing\":null,\"text\":\"a\\n\"}\n");
    for (const char* const wrong :
         {"select", "drop table orders", "copy (select 1) to 'x.csv'", "select * from 'x.csv'"}) {
        const Ran ran = run_in(workspace, {"sql", wrong});
        CHECK_MESSAGE(ran.status == 2, wrong);
        CHECK_MESSAGE(ran.err_is_one_line(), ran.err);
    }
    CHECK(run_in(workspace, {"sql"}).says("expected a query"));
}
