#include "selection/monthly_scan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include "base/rng.hpp"
#include "selection/simulated_panel.hpp"

using namespace plumb;
using namespace plumb::selection;

namespace {

template <class T>
T number(const std::string& text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    REQUIRE((error == std::errc{} && end == text.data() + text.size()));
    return value;
}

Panel recorded_closes() {
    std::ifstream file{PLUMB_TESTDATA "/selection/binance_4h_2024.csv"};  // NOLINT: a test reads its data
    REQUIRE(file);
    std::string line;
    std::getline(file, line);
    std::stringstream header{line};
    Panel panel;
    panel.bar_seconds = 4 * 3600;
    std::string field;
    std::getline(header, field, ',');
    while (std::getline(header, field, ',')) panel.names.push_back(field);
    std::vector<std::vector<double>> series(panel.names.size());
    while (std::getline(file, line)) {
        std::stringstream row{line};
        std::getline(row, field, ',');
        panel.times.push_back(timestamp_from_ms(number<std::int64_t>(field)));
        for (std::vector<double>& closes : series) {
            std::getline(row, field, ',');
            closes.push_back(number<double>(field));
        }
    }
    for (const std::vector<double>& closes : series)
        panel.closes.insert(panel.closes.end(), closes.begin(), closes.end());
    return panel;
}

// What the earlier program published (on futures prices), and statsmodels on the spot closes of the file.
struct Published {
    const char* symbol1;
    const char* symbol2;
    bool is_cointegrated;
    double t, p, hedge_ratio, correlation, mean, deviation, min, max, skewness, kurtosis, half_life;
    double statsmodels_t, statsmodels_p;
    double least_squares_half_life;  // numpy: -ln 2 / ln(1 + slope)
};
constexpr double kNone = -1;
const Published kPublished[] = {
    {"CYBERUSDT", "ETHFIUSDT", true, -5.715451227790482, 6.501814241533576e-06, 2.1231641824061405,
     0.934379407525367, -0.039888770884424066, 1.1222550245596596, -3.7728151306630995, 6.406270139101118,
     1.8923757819923714, 7.098192951988686, 6.159026236911265, -5.704147848521188, 6.862587098346767e-06,
     38.90757574521888},
    {"ETHFIUSDT", "MAGICUSDT", true, -6.812767221236324, 2.3774209399355215e-08, 4.844820672273834,
     0.9465371879165463, -0.06870725249732054, 0.4667323097845691, -2.126394234274245, 2.466042281675115,
     0.49128326904186576, 3.8549107854142117, 6.124967207944867, -6.805086841262932, 2.4780931291805044e-08,
     38.610785332113345},
    {"ETHFIUSDT", "SEIUSDT", false, -2.248342234236655, 0.3995924862063763, 5.868953359989618,
     0.7147939373610063, kNone, kNone, kNone, kNone, kNone, kNone, kNone, -2.251215561617836,
     0.3981313133568245, kNone},
};

}  // namespace

TEST_CASE("monthly_scan: published pairs get their published verdicts and figures") {
    const Panel panel = recorded_closes();
    const Result<MonthlyScan> scan = scan_monthly(panel);
    REQUIRE(scan.has_value());
    CHECK(scan->pairs.size() == 6);
    CHECK(scan->errors.empty());
    CHECK(std::ranges::is_sorted(scan->pairs, {}, &MonthlyPair::p_value));
    for (const Published& published : kPublished) {
        const auto pair = std::ranges::find_if(scan->pairs, [&](const MonthlyPair& one) {
            return panel.names[one.first] == published.symbol1 &&
                   panel.names[one.second] == published.symbol2;
        });
        REQUIRE(pair != scan->pairs.end());
        CHECK(pair->is_cointegrated == published.is_cointegrated);
        CHECK(pair->statistic == doctest::Approx(published.statsmodels_t).epsilon(1e-9));
        CHECK(pair->p_value == doctest::Approx(published.statsmodels_p).epsilon(1e-7));
        CHECK(std::abs(pair->statistic - published.t) < 0.02);
        CHECK(pair->hedge_ratio == doctest::Approx(published.hedge_ratio).epsilon(1e-3));
        CHECK(pair->correlation == doctest::Approx(published.correlation).epsilon(1e-3));
        CHECK(pair->rows == 1731);
        CHECK(to_text(pair->start) == "2024-03-18 12:00:00");
        CHECK(to_text(pair->end) == "2024-12-31 20:00:00");
        CHECK(pair->critical[0] == doctest::Approx(-3.9027817802131715));
        CHECK(pair->critical[1] == doctest::Approx(-3.3396641294396736));
        CHECK(pair->critical[2] == doctest::Approx(-3.0469024695111764));
        if (published.half_life == kNone) continue;  // the earlier program describes only the pairs it found
        CHECK(std::abs(pair->spread.mean - published.mean) < 1e-3);
        CHECK(pair->spread.deviation == doctest::Approx(published.deviation).epsilon(3e-3));
        CHECK(pair->spread.min == doctest::Approx(published.min).epsilon(3e-3));
        CHECK(pair->spread.max == doctest::Approx(published.max).epsilon(3e-3));
        CHECK(pair->spread.skewness == doctest::Approx(published.skewness).epsilon(0.03));
        CHECK(pair->spread.kurtosis == doctest::Approx(published.kurtosis).epsilon(0.02));
        // Theirs puts the correlation of change and level where the slope belongs, and is six times too short
        // here.
        REQUIRE(pair->spread.half_life.has_value());
        CHECK(*pair->spread.half_life == doctest::Approx(published.least_squares_half_life).epsilon(1e-6));
        CHECK(*pair->spread.half_life > 6 * published.half_life);
    }
}

TEST_CASE("monthly_scan: short pairs are counted, not tested") {
    Panel panel = recorded_closes();
    for (std::size_t row = 0; row < 732; ++row) panel.closes[row] = kMissing;  // CYBER: 999 rows remain
    const Result<MonthlyScan> scan = scan_monthly(panel);
    REQUIRE(scan.has_value());
    CHECK(scan->too_short == 3);
    CHECK(scan->pairs.size() == 3);
    panel.closes[731] = 10;
    CHECK(scan_monthly(panel)->too_short == 0);
}

TEST_CASE("monthly_scan: a pair without a statistic is named") {
    Rng rng{2};
    const auto walk = simulated_walk(rng, 1200, 100);
    const auto constant = std::vector<double>(1200, 5.0);
    const auto scan = scan_monthly(simulated_panel({{"A", walk}, {"B", constant}}));
    REQUIRE(scan.has_value());
    CHECK(scan->pairs.empty());
    REQUIRE(scan->errors.size() == 1);
    CHECK(scan->errors.front().find("A / B") != std::string::npos);
    CHECK(!scan_monthly(simulated_panel({{"A", walk}})).has_value());
    CHECK(scan_monthly(simulated_panel({{"A", walk}, {"B", walk}}), {.significance = 1.5}).error().code() ==
          Errc::invalid_argument);
}
