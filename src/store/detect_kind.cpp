#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "codec/json.hpp"
#include "store/import_export.hpp"
#include "store/strategies_file.hpp"

namespace plumb::store {
namespace {

using codec::Json;

std::string lower(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

auto unsupported(std::string what) {
    return fail(
        Errc::unsupported,
        fmt::format("expected a file of the earlier programs, found {}; name its kind with --kind", what));
}

/// An empty container fits two kinds; only the name can tell.
Result<FileKind> detect_by_name(std::string_view file_name) {
    const std::string name = lower(file_name);
    if (name.find("position") != std::string::npos) return FileKind::positions;
    if (name.find("history") != std::string::npos) return FileKind::trades_history;
    if (name.find("signals") != std::string::npos) return FileKind::recent_signals;
    if (name.find("portfolio") != std::string::npos) return FileKind::portfolio_state;
    return unsupported("empty JSON");
}

Result<FileKind> detect_json(std::string_view file_name, std::string_view bytes) {
    const auto json = codec::parse_json(bytes);
    if (!json) return fail(json.error());
    if (json->is_structured() && json->empty()) return detect_by_name(file_name);
    const auto holds = [](const Json& object, const char* key) {
        return object.is_object() && object.contains(key);
    };
    if (json->is_array()) {
        if (holds(json->front(), "exit_time")) return FileKind::trades_history;
        return unsupported("a JSON array without exit_time in its entries");
    }
    if (!json->is_object()) return unsupported(std::string{"JSON that is "} + json->type_name());
    if (holds(*json, "cointegration_groups") || holds(*json, "computed_at_utc")) return FileKind::benchmarks;
    if (holds(*json, "cointegrated_pairs")) return FileKind::pairs;
    if (holds(*json, "current_positions") || holds(*json, "cash_balance")) return FileKind::portfolio_state;
    const Json& first = json->begin().value();
    if (holds(first, "symbol1")) return FileKind::positions;
    if (holds(first, "has_signals")) return FileKind::recent_signals;
    for (const char* name : {"trading", "strategy", "files"}) {
        if (holds(*json, name) && (*json)[name].is_object()) return FileKind::config;
    }
    return unsupported("JSON with the key \"" + json->begin().key().substr(0, 40) + '"');
}

}  // namespace

Result<FileKind> detect_file_kind(std::string_view file_name, std::string_view bytes) {
    if (bytes.starts_with("PAR1")) return unsupported("a Parquet file (bars are imported as parquet-1m)");
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    const std::size_t first = bytes.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos)
        return fail(Errc::empty, "expected a file with content, found an empty one");
    if (bytes[first] == '{' || bytes[first] == '[') return detect_json(file_name, bytes);
    const std::string header =
        lower(bytes.substr(first, std::min(bytes.find('\n', first), bytes.size()) - first));
    const auto has = [&](std::string_view column) { return header.find(column) != std::string::npos; };
    if (has("is_cointegrated") && has("hedge_ratio")) return FileKind::pairs_csv;
    if (has("signal_type") && has("timestamp")) return FileKind::live_trades;
    if (has("open") && has("close")) return unsupported("a CSV of bars (imported as csv-bars)");
    if (read_strategies(bytes)) return FileKind::strategies;
    return unsupported("text of no kind known");
}

}  // namespace plumb::store
