#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "stats_cases/run_cases.hpp"

// Every golden case through the same runner as `plumb stats --cases`, at the tolerances of the reference's
// own checker.

namespace plumb::stats_cases {
namespace {

const std::filesystem::path kData = std::filesystem::path{PLUMB_TESTDATA} / "stats";

Json read_json(const std::filesystem::path& path) {
    std::ifstream in{path};
    REQUIRE_MESSAGE(in, path.string());
    return Json::parse(in);
}

bool within(double a, double b, double tolerance) { return std::fabs(a - b) <= tolerance; }

/// What a number of this key may deviate by.
bool close(const std::string& file, const std::string& key, double a, double b) {
    static const std::set<std::string> kPValues{"pvalue", "p", "pvalues", "p_value"};
    const double size = std::fabs(b);
    if (file == "moments") return within(a, b, std::max(1e-12 * size, 1e-15));
    if (file == "mackinnon") return within(a, b, std::max(1e-12 * size, 1e-300));
    if (kPValues.contains(key))
        return within(a, b, 1e-9) && (size < 1e-300 || within(a, b, 1e-6 * size + 1e-300));
    if (key.starts_with("evec")) return within(a, b, 1e-6 * std::max(1.0, size));
    return within(a, b, 1e-9 * std::max(1.0, size));
}

struct Comparison {
    std::string file;
    std::string wrong;  // the first difference found

    void compare(const std::string& key, const Json& got, const Json& want, const std::string& path) {
        if (!wrong.empty()) return;
        if (want.is_object()) {
            for (const auto& [name, value] : want.items()) {
                if (!got.is_object() || !got.contains(name))
                    wrong = path + "." + name + " is missing";
                else
                    compare(name, got[name], value, path + "." + name);
            }
        } else if (want.is_array()) {
            if (!got.is_array() || got.size() != want.size())
                wrong = path + " has another length";
            else
                for (std::size_t i = 0; i < want.size(); ++i)
                    compare(key, got[i], want[i], path + "[" + std::to_string(i) + "]");
        } else if (!equal(key, got, want)) {
            wrong = path + ": got " + got.dump() + ", expected " + want.dump();
        }
    }

    bool equal(const std::string& key, const Json& got, const Json& want) const {
        const bool not_finite = want.is_string();  // "nan", "inf", "-inf": ours is absent
        if (not_finite) return got.is_null();
        if (want.is_boolean() || want.is_null()) return got == want;
        return got.is_number() && close(file, key, got.get<double>(), want.get<double>());
    }
};

/// What counts as right: statistics in 80-bit arithmetic where they are given, the textbook level for
/// Johansen without lags.
Json wanted(const Json& item) {
    Json want = item["expect"];
    if (!want.is_object()) return want;
    if (item.contains("expect_textbook_level_lag1")) want = item["expect_textbook_level_lag1"];
    if (want.contains("stat_80bit")) {
        want["stat"] = want["stat_80bit"];
        want.erase("stat_80bit");
    }
    if (item.contains("trace_80bit")) {
        want["trace"] = item["trace_80bit"];
        want["maxeig"] = item["maxeig_80bit"];
    }
    if (want.value("reference_inaccurate", false)) {
        for (const char* key : {"usedlag", "icbest", "pvalue", "adf_nobs", "nobs", "crit"}) want.erase(key);
    }
    want.erase("reference_inaccurate");
    return want;
}

void check_file(const std::string& name, std::size_t count) {
    const Json document = read_json(kData / (name + ".json"));
    REQUIRE(document["cases"].size() == count);
    std::ostringstream out;
    std::ostringstream err;
    REQUIRE(run_cases(kData / (name + ".json"), kData, out, err) == 0);
    CHECK(err.str().empty());
    std::istringstream lines{out.str()};
    std::string line;
    for (const Json& item : document["cases"]) {
        REQUIRE(std::getline(lines, line));
        const Json answer = Json::parse(line);
        const std::string id = item["id"].get<std::string>();
        REQUIRE(answer["id"] == id);
        REQUIRE_MESSAGE(answer.contains("result"), id, ": ", line.substr(0, 200));
        Json got = answer["result"];
        if (item["expect"].is_array() && got.size() == 1) got = got.begin().value();
        Comparison comparison{name, {}};
        comparison.compare("", got, wanted(item), "");
        CHECK_MESSAGE(comparison.wrong.empty(), id, comparison.wrong);
    }
    CHECK_FALSE(std::getline(lines, line));
}

}  // namespace

TEST_CASE("golden: augmented Dickey-Fuller") { check_file("adf", 486); }
TEST_CASE("golden: Engle-Granger") { check_file("coint", 565); }
TEST_CASE("golden: Engle-Granger on real closes") { check_file("real", 8); }
TEST_CASE("golden: Johansen") { check_file("johansen", 270); }
TEST_CASE("golden: Kalman hedge ratio") { check_file("kalman", 12); }
TEST_CASE("golden: KPSS") { check_file("kpss", 280); }
TEST_CASE("golden: MacKinnon's p-values and critical values") { check_file("mackinnon", 61); }
TEST_CASE("golden: half-life, OU, Hurst, variance ratio") { check_file("meanrev", 405); }
TEST_CASE("golden: moments in exact arithmetic") { check_file("moments", 24); }
TEST_CASE("golden: Benjamini-Hochberg and Benjamini-Yekutieli") { check_file("multitest", 3); }
TEST_CASE("golden: ordinary least squares") { check_file("ols", 80); }
TEST_CASE("golden: performance of an equity curve") { check_file("performance", 6); }
TEST_CASE("golden: rolling windows and walk-forward") { check_file("rolling", 27); }
TEST_CASE("golden: all 3,540 ordered pairs of a panel") { check_file("panel_sim60", 1); }

TEST_CASE("golden: degenerate input gives the named error or a finite result, never p = 0 out of rubbish") {
    static const std::map<std::string, std::string> kExpected{
        {"adfuller/constant", "constant_series"},
        {"adfuller/zeros", "constant_series"},
        {"adfuller/linear", "singular"},
        {"adfuller/quadratic", "singular"},
        {"adfuller/alternating", "singular"},
        {"adfuller/one_nan", "not_finite"},
        {"adfuller/one_inf", "not_finite"},
        {"adfuller/last_nan", "not_finite"},
        {"adfuller/short_0", "empty"},
        {"adfuller/short_1", "too_short"},
        {"adfuller/short_11", "too_short"},
        {"kpss/constant", "constant_series"},
        {"kpss/last_nan", "not_finite"},
        {"kpss/short_2", "too_short"},
        {"half_life/constant", "constant_series"},
        {"half_life/alternating", "collinear"},
        {"half_life/short_3", "too_short"},
        {"coint/y=x/c", "collinear"},
        {"coint/y=2x+3/c", "collinear"},
        {"coint/y=-x/c", "collinear"},
        {"coint/y=x*1e-9/c", "collinear"},
        {"coint/x_constant/c", "constant_series"},
        {"coint/y_constant/n", "constant_series"},
        {"coint/both_constant/c", "constant_series"},
        {"coint/y_nan/c", "not_finite"},
        {"coint/x_nan/c", "not_finite"},
        {"coint/y_inf/n", "not_finite"},
        {"coint/length_mismatch/c", "length_mismatch"},
        {"coint/empty/c", "empty"},
        {"coint/scales_1e300/c", "out_of_range"},
        {"coint/short_12/c", "too_short"},
        {"coint/short_12/n", "too_short"},
        {"coint/collinear_noise_0.0012sd/c", "collinear"},
        {"coint/collinear_noise_1e-08sd/c", "collinear"},
        {"adfuller_args/{'maxlag': 60}", "invalid_argument"},
        {"adfuller_args/{'maxlag': -1}", "invalid_argument"},
        {"adfuller_args/{'regression': 'x'}", "invalid_argument"},
        {"adfuller_args/{'autolag': 'foo'}", "invalid_argument"},
        {"johansen/duplicate/k0", "singular"},
        {"johansen/collinear3/k1", "singular"},
        {"johansen/constant_member/k0", "constant_series"},
        {"johansen/nan/k1", "not_finite"},
        {"johansen/single/k0", "unsupported"},
        {"johansen/short_6/k1", "too_short"},
    };
    // Not degenerate once the unit of price no longer matters: these must have an answer.
    static const std::set<std::string> kAnswered{
        "adfuller/huge",          "adfuller/tiny",      "adfuller/subnormal",
        "adfuller/big_offset",    "adfuller/step",      "kpss/huge",
        "half_life/subnormal",    "coint/huge_ratio/c", "coint/collinear_noise_0.0013sd/c",
        "johansen/scales_1e14/k1"};
    const Json document = read_json(kData / "degenerate.json");
    CaseInput input{kData};
    std::size_t seen = 0;
    for (const Json& item : document["cases"]) {
        const std::string id = item["id"].get<std::string>();
        const std::string name = id.substr(std::string{"degenerate/"}.size());
        const Result<Json> result = run_case(item, input);
        const auto expected = kExpected.find(name);
        if (expected != kExpected.end()) {
            ++seen;
            REQUIRE_MESSAGE(!result, id);
            CHECK_MESSAGE(to_string(result.error().code()) == expected->second, id, ": ",
                          result.error().message());
            CHECK_MESSAGE(!result.error().message().empty(), id);
        }
        if (kAnswered.contains(name)) {
            ++seen;
            CHECK_MESSAGE(result.has_value(), id);
        }
        if (!result) continue;
        const std::string text = result->dump();  // a NaN would be printed as null
        CHECK_MESSAGE(!result->value("stat", Json{0}).is_null(), id, ": ", text);
    }
    CHECK(seen == kExpected.size() + kAnswered.size());
}

}  // namespace plumb::stats_cases
