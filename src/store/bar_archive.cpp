#include "store/bar_archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "core/instrument.hpp"
#include "store/parquet_bars.hpp"

namespace plumb::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSourceKey = "source=", kGranularityKey = "granularity=", kSuffix = ".parquet";

/// "BTC/USDT" to "BTC-USDT" and back. A base has no dash (parse_symbol splits at the first), so the first
/// dash is ours.
std::string file_stem(std::string instrument) {
    std::ranges::replace(instrument, '/', '-');
    return instrument;
}

std::string instrument_of(std::string stem) {
    if (const auto dash = stem.find('-'); dash != std::string::npos) stem[dash] = '/';
    return stem;
}

bool is_source(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

std::vector<fs::path> inside(const fs::path& folder, std::error_code& error) {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator{folder, error}) paths.push_back(entry.path());
    return paths;
}

}  // namespace

Result<std::vector<BarArchive::Entry>> BarArchive::entries() const {
    std::vector<Entry> found;
    std::error_code error;
    if (!fs::exists(root_, error)) return found;
    for (const fs::path& source : inside(root_, error)) {
        const std::string source_name = source.filename().string();
        if (!source_name.starts_with(kSourceKey)) continue;
        for (const fs::path& granularity : inside(source, error)) {
            const std::string length_name = granularity.filename().string();
            if (!length_name.starts_with(kGranularityKey)) continue;
            const auto length = parse_duration(std::string_view{length_name}.substr(kGranularityKey.size()));
            if (!length) continue;
            for (const fs::path& file : inside(granularity, error)) {
                const std::string name = file.filename().string();
                if (name.starts_with('.') || !name.ends_with(kSuffix)) continue;
                found.push_back({source_name.substr(kSourceKey.size()), *length,
                                 instrument_of(name.substr(0, name.size() - kSuffix.size())), file});
            }
        }
    }
    if (error) return fail(Errc::io, "cannot list " + root_.string() + ": " + error.message());
    std::ranges::sort(found, {},
                      [](const Entry& each) { return std::tie(each.source, each.length, each.instrument); });
    return found;
}

fs::path BarArchive::file_of(const std::string& source, Duration length,
                             const std::string& instrument) const {
    return root_ / (std::string{kSourceKey} + source) /
           (std::string{kGranularityKey} + granularity_name(length)) /
           (file_stem(instrument) + std::string{kSuffix});
}

Status BarArchive::write(const std::string& source, const BarHistory& bars) const {
    if (!is_source(source)) {
        return fail(Errc::invalid_argument,
                    "expected a source of lower-case letters, digits, - and _, found \"" + source + "\"");
    }
    const Result<SymbolName> symbol = parse_symbol(bars.name());
    if (!symbol) return fail(symbol.error());
    const std::string instrument = symbol->base + "/" + symbol->quote;
    if (instrument != bars.name() || symbol->quote.find('/') != std::string::npos) {
        return fail(Errc::invalid_argument,
                    "expected an instrument such as BTC/USD, found \"" + bars.name() + "\"");
    }
    if (bars.empty())
        return fail(Errc::invalid_argument, bars.name() + ": expected bars to archive, found none");
    const fs::path file = file_of(source, bars.length(), bars.name());
    std::error_code error;
    if (!fs::exists(file, error)) return write_parquet_bars(bars, file, ParquetLayout::archive);
    const Result<BarHistory> old = read_parquet_bars(file, {.length = bars.length()});
    if (!old) return fail(old.error());
    const Result<BarHistory> both = merged(*old, bars);
    if (!both) return fail(Error{both.error()}.at(file.string()));
    return write_parquet_bars(*both, file, ParquetLayout::archive);
}

Result<BarHistory> BarArchive::read(const std::string& source, Duration length, const std::string& instrument,
                                    Timestamp from, Timestamp to) const {
    const fs::path file = file_of(source, length, instrument);
    std::error_code error;
    if (!fs::exists(file, error)) {
        return fail(
            Errc::not_found,
            fmt::format("{}: no {} bars of {} from {}; import some with `plumb import --kind csv-bars`",
                        root_.string(), granularity_name(length), instrument, source));
    }
    Result<BarHistory> bars = read_parquet_bars(file, {.length = length, .from = from, .to = to});
    if (bars) bars->rename(instrument);
    return bars;
}

Result<BarHistory> merged(const BarHistory& older, const BarHistory& newer) {
    BarHistory both{newer.name(), newer.length()};
    both.reserve(older.size() + newer.size());
    std::size_t i = 0, j = 0;
    while (i < older.size() || j < newer.size()) {
        const bool take_new =
            i == older.size() || (j < newer.size() && newer.open_time(j) <= older.open_time(i));
        const BarHistory& from = take_new ? newer : older;
        const std::size_t at = take_new ? j : i;
        if (take_new && i < older.size() && older.open_time(i) == newer.open_time(j)) ++i;
        const Status appended = both.append(from.open_time(at), from.values(at), from.origin(at));
        if (!appended) return fail(appended.error());
        ++(take_new ? j : i);
    }
    both.shrink_to_fit();
    return both;
}

}  // namespace plumb::store
