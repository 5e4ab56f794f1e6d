#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/time_spans.hpp"

namespace plumb::store {

/// What is known of one file of bars beyond the bars: which time the source was asked for and answered. A bar
/// missing there is a gap of the source; one missing elsewhere is a gap of ours.
struct BarCoverage {
    struct Gap {
        TimeSpan span;
        std::size_t bars = 0;
    };
    TimeSpans answered;
    std::vector<Gap> gaps_of_source, gaps_of_ours;  // as of the last download; at most kGapsMax of each
    std::string trouble;                            // why the last download ended early; empty: it did not

    static constexpr std::size_t kGapsMax = 1'000;
};

/// "BTC-USDT.parquet" -> "BTC-USDT.coverage.json", beside it.
std::filesystem::path coverage_file(const std::filesystem::path& bars_file);

/// Nothing answered where there is no file. Errc::corrupt for one that cannot be read: its bars are asked for
/// again once it is deleted.
Result<BarCoverage> load_coverage(const std::filesystem::path& file);
/// In one step. Errc::disk_full, Errc::io.
Status save_coverage(const std::filesystem::path& file, const BarCoverage& coverage);

}  // namespace plumb::store
