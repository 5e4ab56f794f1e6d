#include <fmt/format.h>
#include <unistd.h>

#include "core/decimal_column.hpp"
#include "io/file.hpp"
#include "store/duckdb.hpp"
#include "store/parquet_bars.hpp"

namespace plumb::store {
namespace {

namespace fs = std::filesystem;

/// What pandas writes beside its columns, so that reading gives the times back as the index.
constexpr const char* kPandasMetadata =
    R"({"index_columns": ["__index_level_0__"], "column_indexes": [{"name": null, "field_name": null, )"
    R"("pandas_type": "unicode", "numpy_type": "object", "metadata": {"encoding": "UTF-8"}}], "columns": [)"
    R"({"name": "open", "field_name": "open", "pandas_type": "float64", "numpy_type": "float64", "metadata": null}, )"
    R"({"name": "high", "field_name": "high", "pandas_type": "float64", "numpy_type": "float64", "metadata": null}, )"
    R"({"name": "low", "field_name": "low", "pandas_type": "float64", "numpy_type": "float64", "metadata": null}, )"
    R"({"name": "close", "field_name": "close", "pandas_type": "float64", "numpy_type": "float64", "metadata": null}, )"
    R"({"name": "volume", "field_name": "volume", "pandas_type": "float64", "numpy_type": "float64", "metadata": null}, )"
    R"({"name": null, "field_name": "__index_level_0__", "pandas_type": "datetimetz", "numpy_type": "datetime64[ns]", )"
    R"("metadata": {"timezone": "UTC"}}], "creator": {"library": "plumbline", "version": "1"}, "pandas_version": "1.5.3"})";

constexpr Int128 kUnitsEnd =
    static_cast<Int128>(Decimal::kOne) * Decimal::kOne * 100;  // 38 digits: beyond DECIMAL(38,18)

std::int64_t micros(Timestamp time) {
    return std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count();
}

bool fits(const Ohlcv& values) {
    return values.high.value.units() < kUnitsEnd && values.volume.value.units() < kUnitsEnd;
}

Status append_archive(DuckAppender& rows, const BarHistory& history) {
    for (std::size_t i = 0; i < history.size(); ++i) {
        const Ohlcv values = history.values(i);
        if (!fits(values))
            return fail(Errc::out_of_range, "expected values below 1e20 in " + to_iso(history.open_time(i)));
        rows.bigint(0, micros(history.open_time(i)));
        rows.decimal(1, values.open.value);
        rows.decimal(2, values.high.value);
        rows.decimal(3, values.low.value);
        rows.decimal(4, values.close.value);
        rows.decimal(5, values.volume.value);
        rows.text(6, to_string(history.origin(i)));
        if (const Status ended = rows.end_row(); !ended) return ended;
    }
    return rows.finish();
}

Status append_pandas(DuckAppender& rows, const BarHistory& history) {
    for (std::size_t i = 0; i < history.size(); ++i) {
        const Ohlcv values = history.values(i);
        rows.real(0, nearest_double(values.open.value));
        rows.real(1, nearest_double(values.high.value));
        rows.real(2, nearest_double(values.low.value));
        rows.real(3, nearest_double(values.close.value));
        rows.real(4, nearest_double(values.volume.value));
        rows.bigint(5, micros(history.open_time(i)));
        if (const Status ended = rows.end_row(); !ended) return ended;
    }
    return rows.finish();
}

/// Writes the file at `path` itself, whole or in part.
Status write_at(const BarHistory& history, const fs::path& path, ParquetLayout layout) {
    const bool archive = layout == ParquetLayout::archive;
    Result<DuckDb> database = DuckDb::open();
    if (!database) return fail(database.error());
    const Status made = database->run(
        archive ? "CREATE TABLE bars(open_time TIMESTAMPTZ, open DECIMAL(38,18), high DECIMAL(38,18), low "
                  "DECIMAL(38,18), "
                  "close DECIMAL(38,18), volume DECIMAL(38,18), origin VARCHAR)"
                : "CREATE TABLE bars(open DOUBLE, high DOUBLE, low DOUBLE, close DOUBLE, volume DOUBLE, "
                  "__index_level_0__ TIMESTAMPTZ)");
    if (!made) return made;
    Result<DuckAppender> rows = database->append_to("bars");
    if (!rows) return fail(rows.error());
    const Status appended = archive ? append_archive(*rows, history) : append_pandas(*rows, history);
    if (!appended) return appended;
    const std::string options =
        archive ? "COMPRESSION zstd"
                : "COMPRESSION snappy, KV_METADATA {pandas: " + sql_literal(kPandasMetadata) + "}";
    return database->run("COPY bars TO " + sql_literal(path.string()) +
                         " (FORMAT parquet, USE_TMP_FILE false, " + options + ")");
}

}  // namespace

Status write_parquet_bars(const BarHistory& history, const fs::path& path, ParquetLayout layout) {
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path{"."};
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        errno = error.value();
        return fail(io::error_from_errno("cannot make the folder", folder));
    }
    const fs::path beside = folder / fmt::format(".{}.{}.new", path.filename().string(), ::getpid());
    fs::remove(beside, error);
    if (const Status written = write_at(history, beside, layout); !written) {
        fs::remove(beside, error);
        return fail(Error{written.error()}.at("cannot write " + path.string()));
    }
    return io::move_into_place(beside, path);
}

}  // namespace plumb::store
