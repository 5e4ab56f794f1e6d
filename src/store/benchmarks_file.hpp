#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace plumb::store {

struct ZscoreThresholds {
    double entry = 0;
    double exit = 0;
    friend bool operator==(const ZscoreThresholds&, const ZscoreThresholds&) = default;
};

/// How a pair did on the part of the history it was not chosen on.
struct HoldoutCheck {
    std::optional<double> p_value;
    std::optional<double> half_life;   // bars; nothing when the spread did not revert
    std::optional<double> mean_shift;  // in standard deviations of the fit
    std::optional<double> std_ratio;   // held-out deviation over fitted deviation
    friend bool operator==(const HoldoutCheck&, const HoldoutCheck&) = default;
};

/// What we know about a pair beyond the earlier program's file. Keys of the group; none of theirs is renamed.
struct GroupEvidence {
    std::optional<double> q_value;          // false-discovery rate at which this pair would still pass
    std::optional<double> p_value_reverse;  // of the test with the other leg as the dependent one
    std::string dependent;                  // the tested and traded spread is dependent - hedge_ratio * other
    std::optional<double> hedge_ratio;
    std::optional<double> intercept;  // quote currency
    std::optional<HoldoutCheck> holdout;
    friend bool operator==(const GroupEvidence&, const GroupEvidence&) = default;
};

/// One stored spread model: spread = weights[0] * price of assets[0] + weights[1] * price of assets[1].
struct BenchmarkGroup {
    std::string id;                     // "SOL-LINK"; older files join without slash: "USDTUSD-YFIUSD"
    std::array<std::string, 2> assets;  // as the file spells them: "SOL" or "SOL/USD"
    std::string method = "EngleGranger";
    std::int64_t rank = 1;
    std::array<double, 2> weights{};  // units per leg, by position in `assets`; {-b, 1}
    double spread_mean = 0;           // quote currency, the intercept included
    double spread_std = 0;  // quote currency; 0 where the file has none: such a group gives no signal
    std::optional<double> half_life;  // bars; nothing for the file's Infinity, NaN and null
    std::optional<double> t_stat;
    std::optional<double> p_value;
    double selection_score = 0;
    std::optional<ZscoreThresholds> zscore_thresholds;  // version 1.1 only, never used in trading
    std::string notes;
    std::optional<GroupEvidence> evidence;
    // Keys we do not know, as JSON objects in text, written back as they were.
    std::string extra, vector_extra, test_stats_extra;
    std::string other_vectors;  // vectors after the first, a JSON array; the earlier program never used them
    friend bool operator==(const BenchmarkGroup&, const BenchmarkGroup&) = default;
};

/// How the selection was made; our one top-level key, "plumbline".
struct SelectionRecord {
    std::string data_source;
    std::string granularity;
    std::optional<Timestamp> data_start, data_end, holdout_start;
    std::int64_t pairs_tested = 0;
    double expected_by_chance = 0;  // pairs that would pass the p threshold without any relation
    std::int64_t passed = 0;
    std::optional<double> fdr;  // the false-discovery rate asked for
    struct Refused {
        std::string reason;
        std::int64_t pairs = 0;
        friend bool operator==(const Refused&, const Refused&) = default;
    };
    std::vector<Refused> refused;  // why the others did not pass
    std::string extra;
    friend bool operator==(const SelectionRecord&, const SelectionRecord&) = default;
};

/// A benchmarks file, versions 1.1 to 1.3 of the earlier program's schema and ours.
struct Benchmarks {
    std::string version = "1.3";
    Timestamp computed_at;
    std::optional<std::string> computed_on_exchange;
    std::optional<bool> computed_on_testnet;
    std::vector<std::string> universe;
    std::int64_t lookback_days = 0;
    std::optional<double> p_threshold;
    std::vector<BenchmarkGroup> groups;
    std::string metrics = "{}";  // JSON object in text; always empty in files seen
    std::optional<SelectionRecord> selection;
    std::string extra;
    friend bool operator==(const Benchmarks&, const Benchmarks&) = default;
};

/// The group of a tested relation dependent = a + hedge_ratio * other, in the earlier program's layout:
/// assets {other, dependent}, weights {-hedge_ratio, +1}, id "OTHER-DEPENDENT" in upper case without slashes.
BenchmarkGroup benchmark_group(std::string_view other, std::string_view dependent, double hedge_ratio);

/// Reads the text of a benchmarks file. The five top keys (version, computed_at_utc, universe, lookback_days,
/// cointegration_groups) must be there: Errc::missing_column names the first that is not. Other trouble is
/// Errc::parse, Errc::not_finite, Errc::truncated with the place, Errc::unsupported for a group of more or
/// fewer than two assets.
Result<Benchmarks> read_benchmarks(std::string_view json);

/// The file's text: indent 2, keys in the earlier program's order, ours after theirs. A file of theirs that
/// is read and written again has the same bytes, but for Infinity and NaN, which become null.
std::string write_benchmarks(const Benchmarks& benchmarks);

/// Reads a file; errors name it.
Result<Benchmarks> load_benchmarks(const std::filesystem::path& path);

/// "benchmarks_2026-02.json": the ISO week of computed_at, in UTC.
std::string benchmarks_file_name(Timestamp computed_at);
std::filesystem::path benchmarks_folder(const std::filesystem::path& workspace);  // data/benchmarks
std::filesystem::path latest_benchmarks(
    const std::filesystem::path& workspace);  // .../benchmarks_latest.json

/// Writes data/benchmarks/benchmarks_YYYY-WW.json and benchmarks_latest.json, each in one step, the week's
/// first; a second run in a week replaces it. Errc::corrupt when a file in the way cannot be read: it is left
/// as it is (S04).
Result<std::vector<std::filesystem::path>> save_benchmarks(const std::filesystem::path& workspace,
                                                           const Benchmarks& benchmarks);

/// Strictly older than `days` times 24 hours at `now`. The earlier program let 7 days pass until the eighth
/// was over and overwrote the time's own offset; we do neither.
bool older_than(const Benchmarks& benchmarks, Timestamp now, int days = 7);

}  // namespace plumb::store
