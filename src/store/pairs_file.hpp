#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace plumb::store {

/// Moments of the spread symbol1 - hedge_ratio * symbol2 over the scanned history.
struct SpreadProperties {
    std::optional<double> mean, std, min, max, skewness, kurtosis;
    std::optional<double> half_life;  // bars; by an estimator that is one bar misaligned, so only approximate
    std::string extra;                // later versions add percentiles and more
    friend bool operator==(const SpreadProperties&, const SpreadProperties&) = default;
};

/// One tested pair of the earlier program's scan: symbol1 ~ a + hedge_ratio * symbol2.
struct TestedPair {
    bool is_cointegrated = false;
    std::optional<double> p_value;
    std::vector<double> critical_values;  // 1, 5, 10 %
    std::optional<double> test_statistic;
    std::optional<double> hedge_ratio;
    std::optional<std::string>
        regression_results;        // a Python object's name; of no use to anybody, kept as it is
    std::string symbol1, symbol2;  // "ETHFIUSDT"
    std::int64_t data_points = 0;
    std::string start_date, end_date;  // naive ISO, in UTC by their data
    std::optional<double> correlation;
    std::optional<SpreadProperties> spread;
    std::string extra;  // intercept, use_log_prices and regression figures of later runs
    friend bool operator==(const TestedPair&, const TestedPair&) = default;
};

struct PairsMetadata {
    std::string analysis_date;  // naive ISO
    std::vector<std::int64_t> data_years;
    std::vector<std::vector<std::int64_t>> data_months;
    std::string resample_interval;
    double significance_level = 0;
    std::int64_t min_data_points = 0;
    std::int64_t total_symbols = 0;
    std::int64_t symbols_with_data = 0;
    std::int64_t total_pairs_tested = 0;
    std::int64_t cointegrated_pairs_found = 0;
    std::string extra;
    friend bool operator==(const PairsMetadata&, const PairsMetadata&) = default;
};

/// state/cointegrated_pairs.json and state/cointegration_results_*.json.
struct PairsFile {
    std::optional<PairsMetadata> metadata;               // the CSV has none
    std::vector<TestedPair> pairs;                       // sorted by p value
    std::optional<std::vector<TestedPair>> all_results;  // every pair tested
    std::string extra;
    friend bool operator==(const PairsFile&, const PairsFile&) = default;
};

/// Reads the JSON. Only "cointegrated_pairs" must be there, and in each pair the symbols and the hedge ratio
/// of those called cointegrated. Errors name the pair: Errc::missing_column, Errc::parse, Errc::not_finite.
Result<PairsFile> read_pairs(std::string_view json);
std::string write_pairs(const PairsFile& file);

/// Reads cointegrated_pairs.csv: its columns in any order, all of them needed (Errc::missing_column names
/// one).
Result<PairsFile> read_pairs_csv(std::string_view csv);
/// Writes the CSV of the cointegrated pairs; what the columns do not hold (metadata, all_results) is not in
/// it.
std::string write_pairs_csv(const PairsFile& file);

}  // namespace plumb::store
