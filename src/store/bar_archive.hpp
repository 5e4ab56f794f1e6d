#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/bar_history.hpp"

namespace plumb::store {

/// Our own archive of bars: one Parquet file per source, granularity and instrument, below the workspace as
/// data/archive/source=binance/granularity=1m/BTC-USDT.parquet, which any reader of partitioned Parquet
/// understands. Prices and volumes are exact (docs/decisions/0010). One process writes at a time (the
/// workspace's lock).
class BarArchive {
 public:
    explicit BarArchive(const std::filesystem::path& workspace) : root_{workspace / "data" / "archive"} {}

    struct Entry {
        std::string source;  // "binance"
        Duration length{};
        std::string instrument;  // "BTC/USDT"
        std::filesystem::path file;
    };
    /// All there is, by source, length and instrument. An archive that does not exist yet is empty. Errc::io.
    Result<std::vector<Entry>> entries() const;

    /// Adds bars to those already there; where both have a bar, the new one wins. In one step: a reader sees
    /// the old file or the new, and after Errc::disk_full the old one is intact. Errc::invalid_argument for a
    /// source that is not lower-case letters, digits, '-' and '_', or for an empty history. Cost: the whole
    /// file is written anew.
    Status write(const std::string& source, const BarHistory& bars) const;

    /// Errc::not_found says what to type; errors of read_parquet_bars.
    Result<BarHistory> read(const std::string& source, Duration length, const std::string& instrument,
                            Timestamp from = Timestamp::min(), Timestamp to = Timestamp::max()) const;

    std::filesystem::path file_of(const std::string& source, Duration length,
                                  const std::string& instrument) const;
    const std::filesystem::path& root() const { return root_; }

 private:
    std::filesystem::path root_;
};

/// All bars of both, oldest first; where both have an open time, `newer` wins. The lengths are equal.
Result<BarHistory> merged(const BarHistory& older, const BarHistory& newer);

}  // namespace plumb::store
