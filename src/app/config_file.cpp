#include "app/config_file.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "app/settings_table.hpp"
#include "base/nearest.hpp"
#include "io/file.hpp"

namespace plumb::app {
namespace {

constexpr std::size_t kBytesMax = 256 * 1024;

/// A key of the earlier 4-hour program's config.json and ours.
struct EarlierKey {
    std::string_view section;
    std::string_view key;
    std::string_view ours;
};

constexpr auto kEarlierKeys = std::to_array<EarlierKey>({
    {"trading", "sandbox", "allow-live"},
    {"trading", "portfolio_value", "capital"},
    {"trading", "risk_per_trade", "risk-per-trade"},
    {"trading", "max_positions", "max-positions"},
    {"trading", "timeframe", "granularity"},
    {"strategy", "lookback_period", "zscore-window"},
    {"strategy", "entry_threshold", "entry-zscore"},
    {"strategy", "exit_threshold", "exit-zscore"},
    {"strategy", "stop_loss_threshold", "stop-zscore"},
    {"data", "lookback_periods", "lookback-bars"},
    {"data", "max_pairs_to_trade", "max-pairs"},
    {"files", "cointegrated_pairs", "pairs-file"},
    {"files", "positions", ""},  // where the workspace keeps them; see earlier_entry()
    {"files", "trades_history", ""},
});

std::string where_of(const std::filesystem::path& path, const YAML::Mark& mark) {
    return fmt::format("{}:{}", path.string(), mark.line + 1);
}

Result<YAML::Node> load(const std::filesystem::path& path) {
    const Result<std::string> bytes = io::read_file(path, kBytesMax);
    if (!bytes) return fail(bytes.error());
    try {
        return YAML::Load(*bytes);
    } catch (
        const YAML::Exception& trouble) {  // its message may quote the file, which may hold a key: not shown
        const bool has_place = !trouble.mark.is_null();
        return fail(Error{Errc::parse, "expected YAML or JSON: the text cannot be read from here on"}.at(
            has_place ? where_of(path, trouble.mark) : path.string()));
    }
}

/// A scalar, or a list of scalars joined by blanks.
Result<std::string> text_of(const YAML::Node& node, const std::string& where, std::string_view key) {
    if (node.IsScalar()) return node.Scalar();
    if (node.IsNull()) return std::string{};
    if (node.IsSequence()) {
        std::string words;
        for (const YAML::Node& item : node) {
            if (!item.IsScalar())
                return fail(Error{Errc::parse, fmt::format("{}: expected a list of words", key)}.at(where));
            words += (words.empty() ? "" : " ") + item.Scalar();
        }
        return words;
    }
    return fail(Error{Errc::parse, fmt::format("{}: expected a value, found a section", key)}.at(where));
}

bool is_earlier_section(const std::string& key) {
    return std::any_of(kEarlierKeys.begin(), kEarlierKeys.end(),
                       [&](const EarlierKey& row) { return row.section == key; });
}

/// Translates one key of the earlier layout. sandbox: true is our default; false asks for what allow-live
/// says.
Status add_earlier_entry(const EarlierKey& row, std::string text, std::string where,
                         std::vector<FileEntry>& entries) {
    if (row.key == "sandbox") {
        if (text != "true" && text != "false") {
            return fail(
                Error{Errc::parse, fmt::format("trading.sandbox: expected true or false, found \"{}\"", text)}
                    .at(where));
        }
        text = text == "true" ? "false" : "true";
    }
    if (row.ours.empty()) {
        const std::string kept =
            row.key == "positions" ? "state/positions.json" : "state/trades_history.json";
        if (text == kept) return {};
        return fail(Error{
            Errc::unsupported,
            fmt::format("files.{}: expected {}, found \"{}\": `plumb import` and `plumb export` read and "
                        "write such a file anywhere",
                        row.key, kept, text)}
                        .at(where));
    }
    entries.push_back({std::string{row.ours}, std::move(text), std::move(where)});
    return {};
}

Status add_earlier_section(const std::filesystem::path& path, const std::string& section,
                           const YAML::Node& node, std::vector<FileEntry>& entries) {
    for (const auto& item : node) {
        const std::string key = item.first.IsScalar() ? item.first.Scalar() : std::string{};
        const std::string where = where_of(path, item.first.Mark());
        std::vector<std::string_view> known;
        const EarlierKey* row = nullptr;
        for (const EarlierKey& each : kEarlierKeys) {
            if (each.section != section) continue;
            known.push_back(each.key);
            if (each.key == key) row = &each;
        }
        if (row == nullptr) {
            return fail(Error{Errc::invalid_argument, fmt::format("unknown key {}.{}: nearest known is {}.{}",
                                                                  section, key, section, nearest(key, known))}
                            .at(where));
        }
        Result<std::string> text = text_of(item.second, where, key);
        if (!text) return fail(text.error());
        if (Status added = add_earlier_entry(*row, std::move(*text), where, entries); !added) return added;
    }
    return {};
}

Error expected_map(const std::filesystem::path& path, const YAML::Node& node) {
    return Error{Errc::parse, "expected lines of `key: value`"}.at(where_of(path, node.Mark()));
}

}  // namespace

Result<std::vector<FileEntry>> read_config_file(const std::filesystem::path& path) {
    const Result<YAML::Node> root = load(path);
    if (!root) return fail(root.error());
    std::vector<FileEntry> entries;
    if (root->IsNull()) return entries;
    if (!root->IsMap()) return fail(expected_map(path, *root));
    for (const auto& item : *root) {
        const std::string where = where_of(path, item.first.Mark());
        if (!item.first.IsScalar())
            return fail(Error{Errc::parse, "expected a key, found a section"}.at(where));
        const std::string key = item.first.Scalar();
        if (item.second.IsMap() && is_earlier_section(key)) {
            if (Status added = add_earlier_section(path, key, item.second, entries); !added)
                return fail(added.error());
            continue;
        }
        Result<std::string> text = text_of(item.second, where, key);
        if (!text) return fail(text.error());
        entries.push_back({key, std::move(*text), where});
    }
    std::set<std::string> seen;
    for (const FileEntry& entry : entries) {
        if (seen.insert(entry.key).second) continue;
        return fail(
            Error{Errc::duplicate, fmt::format("{} is set twice in this file", entry.key)}.at(entry.where));
    }
    return entries;
}

}  // namespace plumb::app
