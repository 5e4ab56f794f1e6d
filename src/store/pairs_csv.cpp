#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "store/csv_fields.hpp"
#include "store/pairs_file.hpp"

namespace plumb::store {
namespace {

enum Column : std::size_t {
    kIsCointegrated,
    kPValue,
    kCriticalValues,
    kTestStatistic,
    kHedgeRatio,
    kRegression,
    kSymbol1,
    kSymbol2,
    kDataPoints,
    kStart,
    kEnd,
    kCorrelation,
    kMean,
    kStd,
    kMin,
    kMax,
    kSkewness,
    kKurtosis,
    kHalfLife
};
const std::vector<std::string_view>& columns() {
    static const std::vector<std::string_view> names{
        "is_cointegrated",    "p_value",         "critical_values", "test_statistic",  "hedge_ratio",
        "regression_results", "symbol1",         "symbol2",         "data_points",     "start_date",
        "end_date",           "correlation",     "spread_mean",     "spread_std",      "spread_min",
        "spread_max",         "spread_skewness", "spread_kurtosis", "spread_half_life"};
    return names;
}

/// NumPy's text of an array: "[-3.90278178 -3.33966413 -3.04690247]", blanks of any number between.
Result<std::vector<double>> parse_array(std::string_view text, std::size_t row) {
    std::vector<double> numbers;
    const auto refuse = [&] {
        return fail(Errc::parse,
                    fmt::format("row {}, column \"critical_values\": expected [a b c], found \"{}\"", row + 1,
                                text.substr(0, 60)));
    };
    if (text.size() < 2 || text.front() != '[' || text.back() != ']') return refuse();
    const std::string_view inside = text.substr(1, text.size() - 2);
    for (std::size_t at = inside.find_first_not_of(" ,\n"); at < inside.size();) {
        double number = 0;
        const auto [end, error] = std::from_chars(inside.data() + at, inside.data() + inside.size(), number);
        if (error != std::errc{}) return refuse();
        numbers.push_back(number);
        at = inside.find_first_not_of(" ,\n", static_cast<std::size_t>(end - inside.data()));
    }
    return numbers;
}

/// As NumPy prints an array of floats: eight decimals at most, trailing zeros given up to blanks of the same
/// width.
std::string array_text(const std::vector<double>& numbers) {
    std::vector<std::string> texts;
    std::size_t decimals = 0, width = 0;
    for (const double number : numbers) {
        std::string text = fmt::format("{:.8f}", number);
        text.erase(text.find_last_not_of('0') + 1);
        decimals = std::max(decimals, text.size() - text.find('.'));
        texts.push_back(std::move(text));
    }
    for (std::string& text : texts) {
        text.append(decimals - (text.size() - text.find('.')), ' ');
        width = std::max(width, text.size());
    }
    std::string out;
    for (const std::string& text : texts) out += fmt::format("{}{:>{}}", out.empty() ? "" : " ", text, width);
    return '[' + out + ']';
}

Result<TestedPair> read_row(const CsvFields& csv, std::size_t row) {
    TestedPair pair;
    const std::string& verdict = csv.text(row, kIsCointegrated);
    if (verdict != "True" && verdict != "False") {
        return fail(Errc::parse,
                    fmt::format("row {}, column \"is_cointegrated\": expected True or False, found \"{}\"",
                                row + 1, verdict.substr(0, 40)));
    }
    pair.is_cointegrated = verdict == "True";
    auto critical = parse_array(csv.text(row, kCriticalValues), row);
    if (!critical) return fail(critical.error());
    pair.critical_values = *std::move(critical);
    pair.regression_results = csv.text(row, kRegression);
    pair.symbol1 = csv.text(row, kSymbol1);
    pair.symbol2 = csv.text(row, kSymbol2);
    pair.start_date = csv.text(row, kStart);
    pair.end_date = csv.text(row, kEnd);
    if (pair.symbol1.empty() || pair.symbol2.empty()) {
        return fail(Errc::parse, fmt::format("row {}: expected two symbols, found an empty one", row + 1));
    }
    const auto points = csv.number(row, kDataPoints);
    if (!points) return fail(points.error());
    if (*points < 0 || *points > 9e15) {
        return fail(Errc::out_of_range,
                    fmt::format("row {}, column \"data_points\": expected a count", row + 1));
    }
    pair.data_points = static_cast<std::int64_t>(*points);
    pair.spread.emplace();
    struct Target {
        Column column;
        std::optional<double>* value;
    };
    for (const Target& target : {Target{kPValue, &pair.p_value},
                                 {kTestStatistic, &pair.test_statistic},
                                 {kHedgeRatio, &pair.hedge_ratio},
                                 {kCorrelation, &pair.correlation},
                                 {kMean, &pair.spread->mean},
                                 {kStd, &pair.spread->std},
                                 {kMin, &pair.spread->min},
                                 {kMax, &pair.spread->max},
                                 {kSkewness, &pair.spread->skewness},
                                 {kKurtosis, &pair.spread->kurtosis},
                                 {kHalfLife, &pair.spread->half_life}}) {
        const auto number = csv.number_if(row, target.column);
        if (!number) return fail(number.error());
        *target.value = *number;
    }
    if (pair.is_cointegrated && !pair.hedge_ratio) {
        return fail(Errc::not_finite,
                    fmt::format("row {}, column \"hedge_ratio\": expected a finite number", row + 1));
    }
    return pair;
}

}  // namespace

Result<PairsFile> read_pairs_csv(std::string_view text) {
    const auto csv = CsvFields::read(text, columns());
    if (!csv) return fail(csv.error());
    PairsFile file;
    for (std::size_t row = 0; row < csv->rows(); ++row) {
        auto pair = read_row(*csv, row);
        if (!pair) return fail(pair.error());
        file.pairs.push_back(*std::move(pair));
    }
    return file;
}

std::string write_pairs_csv(const PairsFile& file) {
    std::string out = fmt::format("{}\n", fmt::join(columns(), ","));
    for (const TestedPair& pair : file.pairs) {
        const SpreadProperties spread = pair.spread.value_or(SpreadProperties{});
        out += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n",
                           pair.is_cointegrated ? "True" : "False", csv_number(pair.p_value),
                           csv_text(array_text(pair.critical_values)), csv_number(pair.test_statistic),
                           csv_number(pair.hedge_ratio), csv_text(pair.regression_results.value_or("")),
                           csv_text(pair.symbol1), csv_text(pair.symbol2), pair.data_points,
                           csv_text(pair.start_date), csv_text(pair.end_date), csv_number(pair.correlation),
                           csv_number(spread.mean), csv_number(spread.std), csv_number(spread.min),
                           csv_number(spread.max), csv_number(spread.skewness), csv_number(spread.kurtosis),
                           csv_number(spread.half_life));
    }
    return out;
}

}  // namespace plumb::store
