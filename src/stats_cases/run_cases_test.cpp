#include "stats_cases/run_cases.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace plumb::stats_cases {
namespace {

struct Ran {
    int status;
    std::vector<Json> lines;
    std::string err;
};

Ran run_text(const std::string& text) {
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("plumb_run_cases_test_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream{folder / "prices.csv"} << "time,a,b\n2024-01-01,1,10\n2024-01-02,2,\n2024-01-03,-3,30\n";
    std::ofstream{folder / "cases.json"} << text;
    std::ostringstream out;
    std::ostringstream err;
    Ran ran{run_cases(folder / "cases.json", folder, out, err), {}, err.str()};
    std::istringstream in{out.str()};
    for (std::string line; std::getline(in, line);) ran.lines.push_back(Json::parse(line));
    std::filesystem::remove_all(folder);
    return ran;
}

std::string kind(const Json& line) { return line["error"]["kind"].get<std::string>(); }

}  // namespace

TEST_CASE("cases are answered one line each, in order, whatever each of them holds") {
    const Ran ran = run_text(R"({"cases": [
        {"id": "first", "fn": "moments", "x_values": [1, 2, 3]},
        {"id": "unknown", "fn": "no_such_thing"},
        {"id": "no fn"},
        {"id": "literal", "fn": "moments", "x_values": [1, NaN, -Infinity]},
        {"id": "text \"NaN\" stays", "fn": "moments", "x_values": [1, "inf"]},
        {"id": "args", "fn": "adfuller", "x_values": [1, 2], "args": {"maxlag": "many"}},
        17,
        {"id": "last", "fn": "mackinnonp", "stat": [-3.5], "args": {"regression": "c", "N": 1}}]})");
    CHECK(ran.status == 0);
    CHECK(ran.err.empty());
    REQUIRE(ran.lines.size() == 8);
    CHECK(ran.lines[0]["id"] == "first");
    CHECK(ran.lines[0]["result"]["mean"] == 2.0);
    CHECK(kind(ran.lines[1]) == "unsupported");
    CHECK(kind(ran.lines[2]) == "parse");
    CHECK(kind(ran.lines[3]) == "not_finite");
    CHECK(ran.lines[4]["id"] == "text \"NaN\" stays");
    CHECK(kind(ran.lines[4]) == "not_finite");
    CHECK(kind(ran.lines[5]) == "invalid_argument");
    CHECK(kind(ran.lines[6]) == "parse");
    CHECK(ran.lines[7]["result"].size() == 1);
}

TEST_CASE("a series of a file says what is wrong with it") {
    const Ran ran = run_text(R"({"cases": [
        {"id": 1, "fn": "moments", "x": {"file": "prices.csv", "col": "a", "start": 0, "stop": 2}},
        {"id": 2, "fn": "moments", "x": {"file": "prices.csv", "col": "b", "start": 0, "stop": 3}},
        {"id": 3, "fn": "moments", "x": {"file": "prices.csv", "col": "c", "start": 0, "stop": 3}},
        {"id": 4, "fn": "moments", "x": {"file": "none.csv", "col": "a", "start": 0, "stop": 3}},
        {"id": 5, "fn": "moments", "x": {"file": "prices.csv", "col": "a", "start": 0, "stop": 4}},
        {"id": 6, "fn": "moments", "x": {"file": "prices.csv", "col": "a", "start": 0, "stop": 3, "transform": "log"}},
        {"id": 7, "fn": "moments", "x": {"file": "prices.csv", "col": "a", "transform": "sqrt"}}]})");
    REQUIRE(ran.lines.size() == 7);
    CHECK(ran.lines[0]["result"]["mean"] == 1.5);
    CHECK(kind(ran.lines[1]) == "not_finite");
    CHECK(kind(ran.lines[2]) == "missing_column");
    CHECK(kind(ran.lines[3]) == "not_found");
    CHECK(kind(ran.lines[4]) == "out_of_range");
    CHECK(kind(ran.lines[5]) == "non_positive");
    CHECK(kind(ran.lines[6]) == "unsupported");
}

TEST_CASE("a file that is no list of cases is one line and status 2; one that is not there, 3") {
    for (const char* text : {"", "{", "[1, 2]", "{\"cases\": 3}"}) {
        const Ran ran = run_text(text);
        CHECK(ran.status == 2);
        CHECK(ran.lines.empty());
        CHECK(std::ranges::count(ran.err, '\n') == 1);
    }
    std::ostringstream out;
    std::ostringstream err;
    CHECK(run_cases("/nowhere/cases.json", "/nowhere", out, err) == 3);
    CHECK(err.str().find("/nowhere/cases.json") != std::string::npos);
    CHECK(run_cases(std::filesystem::temp_directory_path(), "/nowhere", out, err) == 3);
}

TEST_CASE("a row of the wrong width is refused with its line") {
    const Result<Table> table = parse_table("a,b\n1,2\n3\n");
    REQUIRE_FALSE(table);
    CHECK(table.error().code() == Errc::parse);
    CHECK(table.error().message().find("line 3") != std::string::npos);
}

}  // namespace plumb::stats_cases
