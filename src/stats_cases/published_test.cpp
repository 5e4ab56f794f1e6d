#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "stats/engle_granger.hpp"
#include "stats/half_life.hpp"
#include "stats/johansen.hpp"
#include "stats_cases/case_input.hpp"

// Results that others printed: Chan's books, and statsmodels 0.13.5 on Johansen's money-demand series.

namespace plumb::stats_cases {
namespace {

const std::string kFolder = std::string{PLUMB_TESTDATA} + "/stats/published/";

std::string read_text(const std::string& name) {
    std::ifstream in{kFolder + name};
    REQUIRE_MESSAGE(in, name);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

Table read_table(const std::string& name) {
    Result<Table> table = parse_table(read_text(name));
    REQUIRE(table);
    return std::move(*table);
}

stats::EngleGrangerResult engle_granger(const Series& y, const Series& x, stats::LagChoice choice,
                                        std::optional<int> lags) {
    const auto test = stats::engle_granger(y, x, {stats::Trend::constant, choice, lags});
    REQUIRE(test);
    return *test;
}

stats::JohansenResult johansen(const Table& table, const std::vector<std::string>& names) {
    std::vector<std::span<const double>> columns;
    for (const std::string& name : names) columns.emplace_back(table.at(name));
    const auto test = stats::johansen_test(columns, {stats::Trend::constant, 1});
    REQUIRE(test);
    return *test;
}

void check_johansen(const stats::JohansenResult& test, const Json& expected) {
    for (std::size_t r = 0; r < test.trace.size(); ++r) {
        CHECK(std::fabs(test.trace[r] - expected["trace"][r].get<double>()) < 1e-9 * test.trace[0]);
        CHECK(std::fabs(test.max_eigenvalue[r] - expected["max_eig"][r].get<double>()) <
              1e-9 * test.trace[0]);
        CHECK(std::fabs(test.eigenvalues[r] - expected["eig"][r].get<double>()) < 1e-10);
        for (std::size_t level = 0; level < 3; ++level) {
            CHECK(test.trace_critical[r][level] == expected["trace_crit_90_95_99"][r][level].get<double>());
            CHECK(test.max_eigenvalue_critical[r][level] ==
                  expected["max_eig_crit_90_95_99"][r][level].get<double>());
        }
    }
}

void check_engle_granger(const Series& y, const Series& x, const Json& expected) {
    using stats::LagChoice;
    const auto lag1 = engle_granger(y, x, LagChoice::fixed, 1);
    const auto lag0 = engle_granger(y, x, LagChoice::fixed, 0);
    const auto aic = engle_granger(y, x, LagChoice::aic, std::nullopt);
    const auto agrees = [&](const stats::EngleGrangerResult& test, const char* key) {
        CHECK(std::fabs(test.statistic - expected[key]["t"].get<double>()) < 1e-9);
        CHECK(std::fabs(test.p_value - expected[key]["p"].get<double>()) < 1e-9);
    };
    agrees(lag1, "lag1");
    agrees(lag0, "lag0");
    agrees(aic, "aic");
    CHECK(lag1.hedge.parameters[0] == doctest::Approx(expected["beta"].get<double>()).epsilon(1e-10));
    CHECK(lag1.hedge.parameters[1] == doctest::Approx(expected["alpha"].get<double>()).epsilon(1e-9));
    const auto reversion = stats::fit_mean_reversion(lag1.hedge.residuals);
    REQUIRE(reversion);
    CHECK(reversion->half_life_linear.value() ==
          doctest::Approx(expected["half_life_bars"].get<double>()).epsilon(1e-9));
}

Json expected_results() { return Json::parse(read_text("expected_statsmodels.json")); }

}  // namespace

TEST_CASE("published: Chan, Algorithmic Trading, examples 2.6 to 2.8 (EWA, EWC, IGE)") {
    const Table table = read_table("chan_ewa_ewc_ige.csv");
    const Json expected = expected_results()["chan_ewa_ewc_ige"];
    const Series& ewa = table.find("EWA")->second;
    const Series& ewc = table.find("EWC")->second;
    const auto cadf = engle_granger(ewc, ewa, stats::LagChoice::fixed, 1);
    CHECK(cadf.statistic == doctest::Approx(-3.64346635).epsilon(2e-5));  // the book's own software
    CHECK(cadf.hedge.parameters[0] == doctest::Approx(0.962429).epsilon(1e-6));
    CHECK(cadf.hedge.parameters[1] == doctest::Approx(6.411331).epsilon(1e-6));
    CHECK(cadf.p_value < 0.05);
    check_engle_granger(ewc, ewa, expected["eg_EWC_on_EWA"]);
    check_engle_granger(ewa, ewc, expected["eg_EWA_on_EWC"]);

    const auto pair = johansen(table, {"EWC", "EWA"});
    check_johansen(pair, expected["johansen_EWC_EWA_det0_k1"]);
    CHECK(std::fabs(pair.trace[0] - 19.983) < 5e-4);
    CHECK(std::fabs(pair.trace[1] - 3.983) < 5e-4);
    const auto three = johansen(table, {"EWC", "EWA", "IGE"});
    check_johansen(three, expected["johansen_EWC_EWA_IGE_det0_k1"]);
    const double printed_trace[] = {34.429, 17.532, 4.471};
    const double printed_max[] = {16.897, 13.061, 4.471};
    for (std::size_t r = 0; r < 3; ++r) {
        CHECK(std::fabs(three.trace[r] - printed_trace[r]) < 5e-4);
        CHECK(std::fabs(three.max_eigenvalue[r] - printed_max[r]) < 5e-4);
    }
    const Series& ige = table.find("IGE")->second;
    Series portfolio(ewc.size());
    for (std::size_t t = 0; t < portfolio.size(); ++t) {
        portfolio[t] =
            three.relations[0][0] * ewc[t] + three.relations[0][1] * ewa[t] + three.relations[0][2] * ige[t];
    }
    const auto reversion = stats::fit_mean_reversion(portfolio);
    REQUIRE(reversion);
    CHECK(reversion->half_life_linear.value() == doctest::Approx(22.662578).epsilon(1e-6));
}

TEST_CASE("published: Chan, Quantitative Trading, example 7.3: KO and PEP are not cointegrated") {
    const Table table = read_table("chan_ko_pep.csv");
    const Series& ko = table.find("KO")->second;
    const Series& pep = table.find("PEP")->second;
    const auto cadf = engle_granger(ko, pep, stats::LagChoice::fixed, 1);
    CHECK(cadf.statistic == doctest::Approx(-2.14258438).epsilon(2e-5));
    CHECK(cadf.p_value > 0.10);
    CHECK(cadf.statistic > cadf.critical.value()[2]);
    check_engle_granger(ko, pep, expected_results()["chan_ko_pep"]["eg_KO_on_PEP"]);
}

TEST_CASE("published: Chan, Quantitative Trading, GLD and GDX") {
    const Table table = read_table("chan_gld_gdx.csv");
    const Series& gld = table.find("GLD")->second;
    const Series& gdx = table.find("GDX")->second;
    check_engle_granger(gld, gdx, expected_results()["chan_gld_gdx"]["eg_GLD_on_GDX"]);
    const std::span<const double> gdx_training = std::span<const double>{gdx}.first(252);
    const auto hedge =
        stats::fit_linear(std::span<const double>{gld}.first(252), gdx_training, stats::Trend::none);
    REQUIRE(hedge);
    CHECK(std::fabs(hedge->parameters[0] - 1.631) < 5e-4);
}

TEST_CASE("published: Johansen on Danish and Finnish money demand") {
    const Json expected = expected_results();
    check_johansen(johansen(read_table("denmark.csv"), {"LRM", "LRY", "IBO", "IDE"}),
                   expected["denmark"]["johansen_LRM_LRY_IBO_IDE_det0_k1"]);
    check_johansen(johansen(read_table("finland.csv"), {"lrm1", "lny", "lnmr", "difp"}),
                   expected["finland"]["johansen_det0_k1"]);
}

}  // namespace plumb::stats_cases
