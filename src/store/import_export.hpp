#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "store/import_checks.hpp"

namespace plumb::store {

/// Files of the earlier programs that can be taken in and given back. docs/reference/files.md describes each.
enum class FileKind : unsigned char {
    benchmarks,
    positions,
    trades_history,
    pairs,
    pairs_csv,
    config,
    live_trades,
    portfolio_state,
    recent_signals,
    strategies,
};
inline constexpr std::array kFileKinds{
    FileKind::benchmarks,     FileKind::positions, FileKind::trades_history, FileKind::pairs,
    FileKind::pairs_csv,      FileKind::config,    FileKind::live_trades,    FileKind::portfolio_state,
    FileKind::recent_signals, FileKind::strategies};

std::string_view to_string(FileKind kind);  // "trades-history": as --kind takes it
/// Errc::invalid_argument lists the kinds there are.
Result<FileKind> parse_file_kind(std::string_view name);

/// What a file is, by its content; its name decides only where the content says nothing ({} and []).
/// Errc::unsupported says what was seen; bars in CSV and Parquet are named as such, since they go another
/// way.
Result<FileKind> detect_file_kind(std::string_view file_name, std::string_view bytes);

/// Where a workspace keeps a kind: state/positions.json and so on, as the earlier programs name them. Both
/// kinds of pairs share one file; for benchmarks it is benchmarks_latest.json.
std::filesystem::path workspace_file(const std::filesystem::path& workspace, FileKind kind);

struct ImportReport {
    FileKind kind{};
    std::int64_t rows = 0;              // groups, positions, trades, pairs, lines: what the file is a list of
    std::vector<std::string> warnings;  // one line each
    std::vector<std::filesystem::path> written;
};

struct ImportRequest {
    std::optional<FileKind> kind;  // detected when not given
    std::filesystem::path in;
    std::filesystem::path workspace;
    Timestamp now;    // for ages
    ClosesOf closes;  // prices to check spreads with; may be empty
};

/// Reads, checks and stores a file. What is stored is the earlier program's own format in its fullest form,
/// so that the old program could read it on. A file in the way is replaced only when it can be read and is
/// not newer than what comes in, and is then kept beside as NAME.replaced (or .replaced.2 and on); one that
/// cannot be read (Errc::corrupt) or is newer (Errc::stale) is left as it is, and nothing is written. Errors
/// of reading name the file and the place in it.
Result<ImportReport> import_file(const ImportRequest& request);

/// Writes what the workspace holds of a kind to `out`, in the format the earlier program reads.
/// Errc::not_found when it holds none, Errc::corrupt when it cannot be read. An existing `out` is replaced in
/// one step.
Result<ImportReport> export_file(FileKind kind, const std::filesystem::path& workspace,
                                 const std::filesystem::path& out);

}  // namespace plumb::store
