#include "venues/replay/csv_source.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "bars/bar_spec.hpp"
#include "bars/resample.hpp"
#include "codec/csv_bars.hpp"
#include "codec/gzip.hpp"
#include "core/instrument.hpp"
#include "io/file.hpp"

namespace plumb::replay {
namespace {

namespace fs = std::filesystem;
using codec::CsvKind;

constexpr std::size_t kHeadBytes = 64 * 1024;  // enough for the header of a wide file of thousands of symbols

bool is_csv(const fs::path& path) {
    const std::string name = path.filename().string();
    return !name.starts_with('.') && (name.ends_with(".csv") || name.ends_with(".csv.gz"));
}

std::string stem_of(const fs::path& file) {
    const std::string name = file.filename().string();
    return name.substr(0, name.rfind(".csv"));
}

Result<std::string> instrument_name(std::string_view text, std::string_view quote_default) {
    return map(parse_symbol(text, quote_default),
               [](const SymbolName& name) { return name.base + "/" + name.quote; });
}

Result<std::string> read_text(const fs::path& path) {
    Result<std::string> bytes = io::read_file(path);
    if (!bytes) return fail(bytes.error());
    return codec::csv_text(std::move(*bytes), path.string());
}

/// What the header says, from the first bytes of the file.
Result<CsvKind> kind_of(const fs::path& path) {
    Result<std::string> head = io::read_head(path, kHeadBytes);
    if (!head) return fail(head.error());
    if (codec::is_gzip(*head)) {
        head = codec::gunzip_head(*head, kHeadBytes);
        if (!head) return fail(Error{head.error()}.at(path.string()));
    }
    // Only the first line: the head may end inside a later one.
    const auto table =
        codec::CsvTable::open(std::string_view{*head}.substr(0, head->find('\n')), path.string());
    if (!table) return fail(table.error());
    return table->kind();
}

/// Bars of the length asked from those stored, whole slots only.
Result<BarHistory> shaped(const BarHistory& stored, Duration length, Timestamp from, Timestamp to) {
    if (length == Duration{} || length == stored.length()) return stored.slice(from, to);
    if (!bars::is_granularity(length)) {
        return fail(Errc::unsupported, "expected a granularity of " + bars::granularity_list() + ", found " +
                                           granularity_name(length));
    }
    const Result<BarHistory> longer = bars::resample(stored, length);
    if (!longer) return fail(longer.error());
    return longer->slice(from, to);
}

Status check_length(const BarHistory& history, const std::string& file) {
    if (bars::is_granularity(history.length())) return {};
    return fail(Errc::unsupported, file + ": expected bars of " + bars::granularity_list() +
                                       ", found bars of " + granularity_name(history.length()));
}

Error no_such_name(const std::string& name, const std::string& where) {
    return Error{Errc::not_found, where + ": no prices of " + name + " there"};
}

/// One file per instrument.
class FolderSource : public HistorySource {
 public:
    FolderSource(std::string folder, std::map<std::string, fs::path> files)
        : folder_{std::move(folder)}, files_{std::move(files)} {}

    Result<std::vector<std::string>> names() override {
        std::vector<std::string> names;
        for (const auto& [name, file] : files_) names.push_back(name);
        return names;
    }

    Result<BarHistory> bars(const std::string& name, Duration length, Timestamp from, Timestamp to) override {
        const auto found = files_.find(name);
        if (found == files_.end()) return fail(no_such_name(name, folder_));
        const std::string file = found->second.string();
        const Result<std::string> text = read_text(found->second);
        if (!text) return fail(text.error());
        Result<BarHistory> stored = codec::read_csv_bars(*text, {file, {}});
        if (!stored) return fail(stored.error());
        if (const Status known = check_length(*stored, file); !known) return fail(known.error());
        stored->rename(name);
        return shaped(*stored, length, from, to);
    }

 private:
    std::string folder_;
    std::map<std::string, fs::path> files_;
};

/// One wide file of closes, held in memory by column.
class WideSource : public HistorySource {
 public:
    WideSource(std::string file, std::map<std::string, BarHistory> histories)
        : file_{std::move(file)}, histories_{std::move(histories)} {}

    Result<std::vector<std::string>> names() override {
        std::vector<std::string> names;
        for (const auto& [name, history] : histories_) names.push_back(name);
        return names;
    }

    Result<BarHistory> bars(const std::string& name, Duration length, Timestamp from, Timestamp to) override {
        const auto found = histories_.find(name);
        if (found == histories_.end()) return fail(no_such_name(name, file_));
        return shaped(found->second, length, from, to);
    }

 private:
    std::string file_;
    std::map<std::string, BarHistory> histories_;
};

Result<std::unique_ptr<HistorySource>> open_wide(const fs::path& path, std::string_view quote_default) {
    const std::string file = path.string();
    const Result<std::string> text = read_text(path);
    if (!text) return fail(text.error());
    Result<std::vector<BarHistory>> panel = codec::read_csv_closes(*text, {file, {}});
    if (!panel) return fail(panel.error());
    std::map<std::string, BarHistory> histories;
    for (BarHistory& history : *panel) {
        if (const Status known = check_length(history, file); !known) return fail(known.error());
        const Result<std::string> name = instrument_name(history.name(), quote_default);
        if (!name) return fail(Error{name.error()}.at(file));
        history.rename(*name);
        if (!histories.emplace(*name, std::move(history)).second) {
            return fail(Errc::duplicate, file + ": two columns are named " + *name + "; remove one");
        }
    }
    return std::make_unique<WideSource>(file, std::move(histories));
}

/// The price files of a folder, sorted by what they hold.
struct Catalog {
    std::map<std::string, fs::path> bars, quote_bars;
    std::vector<fs::path> wide;

    Status add(const fs::path& path, std::string_view quote_default) {
        const Result<CsvKind> kind = kind_of(path);
        if (!kind) return fail(kind.error());
        if (*kind == CsvKind::closes) wide.push_back(path);
        if (*kind != CsvKind::bars && *kind != CsvKind::quote_bars) return {};
        const Result<std::string> name = instrument_of_file(path, quote_default);
        if (!name) return fail(Error{name.error()}.at(path.string()));
        auto& kept = *kind == CsvKind::bars ? bars : quote_bars;
        const auto [at, added] = kept.emplace(*name, path);
        if (added) return {};
        return fail(Errc::duplicate, at->second.string() + " and " + path.string() + " both hold prices of " +
                                         *name + "; remove one");
    }
};

}  // namespace

Result<std::string> instrument_of_file(const fs::path& file, std::string_view quote_default) {
    static constexpr std::array<std::string_view, 8> kSuffixes = {"bars", "quotebars",  "trades", "quotes",
                                                                  "bbo",  "historical", "ohlcv",  "daily"};
    std::string stem = stem_of(file);
    for (;;) {
        const std::size_t cut = stem.rfind('_');
        if (cut == std::string::npos || cut == 0) break;
        const std::string_view last = std::string_view{stem}.substr(cut + 1);
        const bool is_number_first = !last.empty() && last[0] >= '0' && last[0] <= '9';
        const bool granularity = is_number_first && bars::parse_granularity(last).has_value();
        if (!granularity && std::ranges::find(kSuffixes, last) == kSuffixes.end()) break;
        stem.resize(cut);
    }
    return instrument_name(stem, quote_default);
}

Result<std::unique_ptr<HistorySource>> open_csv_folder(const fs::path& path, std::string_view quote_default) {
    std::error_code error;
    std::vector<fs::path> files;
    if (fs::is_directory(path, error)) {
        for (const auto& entry : fs::directory_iterator{path, error}) {
            if (entry.is_regular_file(error) && is_csv(entry.path())) files.push_back(entry.path());
        }
        if (error) return fail(Errc::io, "cannot list " + path.string() + ": " + error.message());
    } else if (fs::exists(path, error)) {
        files.push_back(path);
    } else {
        return fail(Errc::not_found,
                    path.string() + ": expected a folder of price files (SYMBOL.csv), found nothing there");
    }
    std::ranges::sort(files);
    Catalog catalog;
    for (const fs::path& file : files) {
        if (const Status added = catalog.add(file, quote_default); !added) return fail(added.error());
    }
    catalog.bars.merge(catalog.quote_bars);
    if (catalog.bars.empty() && catalog.wide.size() == 1) return open_wide(catalog.wide[0], quote_default);
    if (!catalog.wide.empty()) {
        const std::string other =
            catalog.bars.empty() ? catalog.wide[1].string() : catalog.bars.begin()->second.string();
        return fail(Errc::duplicate,
                    path.string() + ": expected one wide file or files of one symbol each, found " +
                        catalog.wide[0].string() + " beside " + other + "; name the file itself");
    }
    if (catalog.bars.empty()) {
        return fail(Errc::not_found,
                    path.string() +
                        ": expected price files (SYMBOL.csv with ts,open,high,low,close,volume), "
                        "found none");
    }
    return std::make_unique<FolderSource>(path.string(), std::move(catalog.bars));
}

}  // namespace plumb::replay
