#include "store/minute_parquet.hpp"

#include "core/instrument.hpp"

namespace plumb::store {
namespace {

constexpr Duration kMinute = std::chrono::minutes{1};

std::string base_of(const std::string& instrument) { return instrument.substr(0, instrument.find('/')); }

Status check_minutes(const BarHistory& bars, const std::filesystem::path& file) {
    if (bars.length() == kMinute) return {};
    return fail(Errc::unsupported, file.string() + ": expected bars of 1m, found bars of " +
                                       granularity_name(bars.length()) + "; that program knows minutes only");
}

}  // namespace

std::filesystem::path minute_file_collected(const std::filesystem::path& workspace,
                                            const std::string& instrument) {
    return workspace / "data" / (base_of(instrument) + "_1m_historical.parquet");
}

std::filesystem::path minute_file_signals(const std::filesystem::path& workspace,
                                          const std::string& instrument) {
    return workspace / "data" / "crypto_db" / (base_of(instrument) + "_historical.parquet");
}

Result<std::string> instrument_of_minute_file(const std::filesystem::path& file) {
    std::string stem = file.stem().string();
    for (const std::string_view suffix : {"_historical", "_1m"}) {
        if (stem.ends_with(suffix)) stem.resize(stem.size() - suffix.size());
    }
    return map(parse_symbol(stem), [](const SymbolName& symbol) { return symbol.base + "/" + symbol.quote; });
}

Result<ParquetBars> import_minute_parquet(const std::filesystem::path& file) {
    const Result<std::string> name = instrument_of_minute_file(file);
    if (!name) return fail(Error{name.error()}.at(file.string()));
    Result<ParquetBars> read = read_parquet_counted(file, {.polled_into = kMinute});
    if (!read) return read;
    if (const Status minutes = check_minutes(read->bars, file); !minutes) return fail(minutes.error());
    read->bars.rename(*name);
    return read;
}

Status export_minute_parquet(const BarHistory& bars, const std::filesystem::path& file) {
    if (const Status minutes = check_minutes(bars, file); !minutes) return minutes;
    return write_parquet_bars(bars, file, ParquetLayout::pandas);
}

}  // namespace plumb::store
