#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "core/bar_step.hpp"
#include "store/duckdb.hpp"
#include "store/parquet_bars.hpp"

namespace plumb::store {
namespace {

constexpr std::array<std::string_view, 8> kTimeNames = {"open_time", "ts",   "timestamp", "__index_level_0__",
                                                        "datetime",  "date", "time",      "index"};
constexpr std::array<std::string_view, 5> kValueNames = {"open", "high", "low", "close", "volume"};

std::string lower_case(std::string_view text) {
    std::string lower;
    for (const char c : text) lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    return lower;
}

/// How a column arrives: as it is, where that keeps every digit, else cast to decimals.
enum class Arrival : unsigned char { real, real32, decimal };

struct Column {
    std::string name;  // as in the file
    Arrival arrival = Arrival::decimal;
};

/// Which columns of the file hold what.
struct Schema {
    std::string time, time_expression;  // to nanoseconds, or a plain epoch number
    bool epoch = false;
    std::array<std::optional<Column>, 5> values;  // volume may be missing
    std::optional<std::string> origin;
};

bool is_whole(std::string_view type) {
    return type.ends_with("INT") || type == "INTEGER" || type == "UINTEGER";
}

std::string names_of(const std::vector<DuckColumn>& columns) {
    std::string names;
    for (const DuckColumn& column : columns) names += (names.empty() ? "" : ", ") + column.name;
    return names;
}

Status find_time(const std::vector<DuckColumn>& columns, const std::string& file, Schema& schema) {
    for (const std::string_view wanted : kTimeNames) {
        for (const DuckColumn& column : columns) {
            if (lower_case(column.name) != wanted) continue;
            schema.time = column.name;
            const bool timed = column.type.starts_with("TIMESTAMP") || column.type == "DATE";
            schema.epoch = is_whole(column.type);
            if (!timed && !schema.epoch) {
                return fail(Errc::missing_column,
                            fmt::format("{}: expected column {} to hold times, found {}; write it as a "
                                        "timestamp",
                                        file, column.name, column.type));
            }
            const std::string name = sql_name(column.name);
            schema.time_expression = schema.epoch ? "CAST(" + name + " AS BIGINT)" : "epoch_ns(" + name + ")";
            return {};
        }
    }
    return fail(Errc::missing_column,
                fmt::format("{}: expected a time column (open_time, timestamp, date or pandas' index), "
                            "found only {}; rows without times cannot be bars: save the file again "
                            "with its times",
                            file, names_of(columns)));
}

Result<Schema> schema_of(const std::vector<DuckColumn>& columns, const std::string& file) {
    Schema schema;
    if (const Status found = find_time(columns, file, schema); !found) return fail(found.error());
    for (const DuckColumn& column : columns) {
        const std::string lower = lower_case(column.name);
        if (lower == "origin" && column.type == "VARCHAR") schema.origin = column.name;
        for (std::size_t i = 0; i < kValueNames.size(); ++i) {
            if (lower != kValueNames[i]) continue;
            const bool number = is_whole(column.type) || column.type == "DOUBLE" || column.type == "FLOAT" ||
                                column.type.starts_with("DECIMAL");
            if (!number) {
                return fail(Errc::parse,
                            fmt::format("{}: expected numbers in column {}, found {}; write them as DOUBLE",
                                        file, column.name, column.type));
            }
            if (schema.values[i]) {
                return fail(Errc::duplicate,
                            fmt::format("{}: expected one column {}, found two; rename one", file, lower));
            }
            schema.values[i] = Column{column.name, column.type == "DOUBLE"  ? Arrival::real
                                                   : column.type == "FLOAT" ? Arrival::real32
                                                                            : Arrival::decimal};
        }
    }
    for (std::size_t i = 0; i < 4; ++i) {
        if (schema.values[i]) continue;
        return fail(Errc::missing_column,
                    fmt::format("{}: expected a column named {}, found {}; add or rename it", file,
                                kValueNames[i], names_of(columns)));
    }
    return schema;
}

std::string select_of(const Schema& schema, const std::string& from) {
    std::string sql = "SELECT " + schema.time_expression;
    for (const auto& column : schema.values) {
        if (!column) continue;
        const std::string name = sql_name(column->name);
        sql += ", " + (column->arrival == Arrival::decimal ? "CAST(" + name + " AS DECIMAL(38,18))" : name);
    }
    if (schema.origin) sql += ", " + sql_name(*schema.origin);
    return sql + " FROM " + from;
}

/// The shortest decimal text that is the same binary number, as a decimal.
template <class Real>
Result<Decimal> decimal_of(Real value, bool round) {
    if (!std::isfinite(value)) return fail(Errc::not_finite, "a finite number");
    char text[64];
    const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
    const std::string_view digits{text, static_cast<std::size_t>(end - text)};
    return round ? Decimal::parse_rounded(digits) : Decimal::parse(digits);
}

/// An epoch number, by the same rule as in CSV files.
Result<Timestamp> time_of_epoch(std::int64_t value) {
    if (value >= 100'000'000'000'000'000) return timestamp_from_ns(value);
    if (value >= 100'000'000'000'000) return timestamp_from_ns(value * 1'000);
    if (value >= 100'000'000'000) return timestamp_from_ns(value * 1'000'000);
    if (value >= 100'000'000 && value < 9'200'000'000) return timestamp_from_ns(value * 1'000'000'000);
    return fail(Errc::parse, "an epoch time of 1973 or later");
}

class Reader {
 public:
    Reader(const Schema& schema, DuckRows& rows, std::string file, const ParquetRead& how)
        : schema_{schema}, rows_{rows}, file_{std::move(file)}, how_{how} {}

    Result<ParquetBars> read() {
        for (;;) {
            const Result<bool> more = rows_.next_block();
            if (!more) return fail(Error{more.error()}.at(file_));
            if (!*more) break;
            for (std::size_t row = 0; row < rows_.rows(); ++row, ++count_) {
                if (const Status read = read_row(row); !read) return fail(read.error());
            }
        }
        if (count_ == 0) return fail(Errc::empty, file_ + ": expected bars, found no rows");
        const Result<Duration> length = step_.length(how_.length);
        if (!length) return fail(Error{length.error()}.at(file_));
        out_.bars.set_length(*length);
        out_.bars.shrink_to_fit();
        return std::move(out_);
    }

 private:
    std::unexpected<Error> trouble(Errc code, std::string_view column, std::string_view expected,
                                   std::string_view found) {
        return fail(code,
                    fmt::format("{}: row {}, column {}: expected {}, found {}; correct or remove that row",
                                file_, count_ + 1, column, expected, found));
    }

    Result<Timestamp> read_time(std::size_t row) {
        if (rows_.is_null(0, row)) return trouble(Errc::empty, schema_.time, "a time", "nothing");
        const std::int64_t number = rows_.bigint(0, row);
        const Result<Timestamp> at = schema_.epoch ? time_of_epoch(number) : timestamp_from_ns(number);
        if (!at)
            return trouble(at.error().code(), schema_.time, at.error().message(), std::to_string(number));
        return at;
    }

    Result<Decimal> read_value(std::size_t value, std::size_t column, std::size_t row) {
        const bool volume = value == 4;
        const Column& about = *schema_.values[value];
        if (rows_.is_null(column, row)) return trouble(Errc::empty, about.name, "a number", "nothing");
        const Result<Decimal> number =
            about.arrival == Arrival::real     ? decimal_of(rows_.real(column, row), volume)
            : about.arrival == Arrival::real32 ? decimal_of(rows_.real32(column, row), volume)
                                               : Decimal::from_units(rows_.hugeint(column, row));
        if (!number) return trouble(number.error().code(), about.name, number.error().message(), "another");
        if (volume ? number->sign() < 0 : number->sign() <= 0) {
            return trouble(volume ? Errc::out_of_range : Errc::non_positive, about.name,
                           volume ? "zero or more" : "a price above zero", number->to_string());
        }
        return number;
    }

    Result<Ohlcv> read_values(std::size_t row) {
        std::array<Decimal, 5> numbers{};
        std::size_t column = 1;
        for (std::size_t i = 0; i < 5; ++i) {
            if (!schema_.values[i]) continue;
            const Result<Decimal> number = read_value(i, column++, row);
            if (!number) return fail(number.error());
            numbers[i] = *number;
        }
        const Ohlcv values{Price{numbers[0]}, Price{numbers[1]}, Price{numbers[2]}, Price{numbers[3]},
                           Quantity{numbers[4]}};
        if (const Status sane = check_bar(values); !sane) {
            return trouble(sane.error().code(), "low", "low <= open, close <= high",
                           values.low.to_string() + " to " + values.high.to_string());
        }
        return values;
    }

    bool is_polled(Timestamp at, Quantity volume) const {
        return how_.polled_into > Duration{} && at.time_since_epoch() % how_.polled_into != Duration{} &&
               volume.is_zero();
    }

    Status read_row(std::size_t row) {
        const Result<Timestamp> at = read_time(row);
        if (!at) return fail(at.error());
        if (count_ > 0 && *at <= last_) {
            return trouble(*at == last_ ? Errc::duplicate : Errc::unsorted, schema_.time,
                           "times that ascend, after " + to_text(last_), to_text(*at));
        }
        last_ = *at;
        const bool wanted = *at >= how_.from && *at < how_.to;
        if (!wanted) {
            see(*at);
            return {};
        }
        const Result<Ohlcv> values = read_values(row);
        if (!values) return fail(values.error());
        if (is_polled(*at, values->volume)) return add_polled(*at, *values);
        const Result<BarOrigin> origin = read_origin(*values, row);
        if (!origin)
            return trouble(origin.error().code(), "origin", "traded, quoted, filled or simulated",
                           "another word");
        see(*at);
        if (const Status appended = out_.bars.append(*at, *values, *origin); !appended) {
            return trouble(appended.error().code(), schema_.time, "an open time on a whole second",
                           to_iso(*at));
        }
        return {};
    }

    Status add_polled(Timestamp at, const Ohlcv& values) {
        const Timestamp slot = at - at.time_since_epoch() % how_.polled_into;
        if (out_.bars.empty() || out_.bars.open_time(out_.bars.size() - 1) < slot) {
            ++out_.polled;
            see(slot);
            return out_.bars.append(slot, values, BarOrigin::quoted);
        }
        ++out_.polled_dropped;
        return {};
    }

    void see(Timestamp at) {
        if (at > seen_) step_.see(at);
        seen_ = std::max(seen_, at);
    }

    Result<BarOrigin> read_origin(const Ohlcv& values, std::size_t row) {
        if (schema_.origin) {
            const std::size_t column = schema_.values[4] ? 6 : 5;
            if (rows_.is_null(column, row)) return fail(Errc::empty, "no origin");
            return parse_bar_origin(rows_.text(column, row));
        }
        const bool quiet = schema_.values[4] && values.volume.is_zero() && values.low == values.high;
        return quiet ? BarOrigin::filled : BarOrigin::traded;
    }

    const Schema& schema_;
    DuckRows& rows_;
    std::string file_;
    ParquetRead how_;
    ParquetBars out_;
    BarStep step_;
    Timestamp last_;                     // of the row before
    Timestamp seen_ = Timestamp::min();  // what step_ saw last
    std::size_t count_ = 0;
};

}  // namespace

Result<BarHistory> read_parquet_bars(const std::filesystem::path& path, const ParquetRead& how) {
    Result<ParquetBars> read = read_parquet_counted(path, how);
    if (!read) return fail(read.error());
    return std::move(read->bars);
}

Result<ParquetBars> read_parquet_counted(const std::filesystem::path& path, const ParquetRead& how) {
    const std::string file = path.string();
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) {
        return fail(Errc::not_found, file + ": expected a Parquet file, found none");
    }
    Result<DuckDb> database = DuckDb::open();
    if (!database) return fail(database.error());
    const std::string from = "read_parquet(" + sql_literal(file) + ", hive_partitioning = false)";
    const auto columns = database->describe("SELECT * FROM " + from);
    if (!columns) return fail(Error{columns.error()}.at(file));
    const Result<Schema> schema = schema_of(*columns, file);
    if (!schema) return fail(schema.error());
    Result<DuckRows> rows = database->query(select_of(*schema, from));
    if (!rows) return fail(Error{rows.error()}.at(file));
    return Reader{*schema, *rows, file, how}.read();
}

}  // namespace plumb::store
