#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "io/file.hpp"
#include "store/archive_source.hpp"
#include "store/bar_archive.hpp"
#include "store/duckdb.hpp"
#include "store/minute_parquet.hpp"
#include "store/parquet_bars.hpp"
#include "store/run_sql.hpp"
#include "store/trading_record.hpp"

using namespace plumb;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

struct Folder {
    fs::path path = fs::temp_directory_path() / ("plumb_archive_" + std::to_string(::getpid()));
    Folder() { fs::create_directories(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(path); }
};

Ohlcv ohlcv(std::string_view open, std::string_view high, std::string_view low, std::string_view close,
            std::string_view volume) {
    return {*Price::parse(open), *Price::parse(high), *Price::parse(low), *Price::parse(close),
            *Quantity::parse(volume)};
}

constexpr std::int64_t kStartMs = 1'600'000'020'000;

BarHistory minutes(std::string name, int first, int count, std::string_view price = "61837.63",
                   std::string_view volume = "0.1") {
    BarHistory bars{std::move(name), 1min};
    for (int i = first; i < first + count; ++i) {
        REQUIRE(bars.append(timestamp_from_ms(kStartMs) + i * 1min, ohlcv(price, price, price, price, volume),
                            BarOrigin::traded));
    }
    return bars;
}

bool equal(const BarHistory& a, const BarHistory& b) {
    if (a.size() != b.size() || a.length() != b.length()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a.bar(i, {}) != b.bar(i, {})) return false;
    }
    return true;
}

/// Writes a Parquet file with a query, as other programs would.
void other_program_writes(const fs::path& path, const std::string& query) {
    auto database = store::DuckDb::open();
    REQUIRE(database.has_value());
    const Status written =
        database->run("COPY (" + query + ") TO " + store::sql_literal(path.string()) + " (FORMAT parquet)");
    REQUIRE(written.has_value());
}

Error read_error(const fs::path& path) {
    const auto bars = store::read_parquet_bars(path);
    REQUIRE_FALSE(bars.has_value());
    CHECK(bars.error().message().find('\n') == std::string::npos);
    CHECK(bars.error().message().find(path.filename().string()) != std::string::npos);
    return bars.error();
}

std::size_t files_in(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator{folder}, {}));
}

std::string answer(const fs::path& workspace, const std::string& query) {
    const auto table = store::run_sql(workspace, query);
    if (!table) return std::string{to_string(table.error().code())};
    std::string text;
    for (const auto& row : table->rows) {
        for (const auto& cell : row) text += cell.value_or("NULL") + "|";
    }
    return text;
}

}  // namespace

TEST_CASE("archive: what is written comes back exactly, new bars win, nothing is left beside") {
    const Folder folder;
    const store::BarArchive archive{folder.path};
    BarHistory first{"SHIB/USDT", 1min};
    REQUIRE(first.append(timestamp_from_ms(kStartMs),
                         ohlcv("0.00000800", "9e-6", "0.000007", "8.1e-6", "12345678901234.123456789"),
                         BarOrigin::traded));
    REQUIRE(first.append(timestamp_from_ms(kStartMs) + 5min,
                         ohlcv("0.000000000000000001", "0.000000000000000001", "0.000000000000000001",
                               "0.000000000000000001", "0"),
                         BarOrigin::filled));
    REQUIRE(archive.write("binance", first));
    CHECK(equal(*archive.read("binance", 1min, "SHIB/USDT"), first));

    REQUIRE(archive.write("binance", minutes("SHIB/USDT", 3, 3, "7")));
    const auto both = archive.read("binance", 1min, "SHIB/USDT");
    REQUIRE(both.has_value());
    CHECK(both->size() == 4);  // 0, 3, 4 and the new 5
    CHECK(both->closes() == std::vector<double>{8.1e-6, 7, 7, 7});
    CHECK(both->origin(3) == BarOrigin::traded);
    const fs::path file = folder.path / "data/archive/source=binance/granularity=1m/SHIB-USDT.parquet";
    CHECK(archive.file_of("binance", 1min, "SHIB/USDT") == file);
    CHECK(files_in(file.parent_path()) == 1);

    const auto part = archive.read("binance", 1min, "SHIB/USDT", timestamp_from_ms(kStartMs) + 1min,
                                   timestamp_from_ms(kStartMs) + 5min);
    CHECK(part->size() == 2);
    REQUIRE(archive.entries()->size() == 1);
    CHECK((*archive.entries())[0].instrument == "SHIB/USDT");

    CHECK(archive.write("../x", first).error().code() == Errc::invalid_argument);
    CHECK(archive.write("x", minutes("../../etc", 0, 1)).error().code() == Errc::parse);
    CHECK(archive.write("x", minutes("A/B/C", 0, 1)).error().code() == Errc::invalid_argument);
    CHECK(archive.write("x", BarHistory{"A/USD", 1min}).error().code() == Errc::invalid_argument);
    CHECK(archive.read("binance", 5min, "SHIB/USDT").error().code() == Errc::not_found);
}

TEST_CASE("archive: as a history, longer bars from stored ones, names of two sources refused") {
    const Folder folder;
    CHECK(store::open_archive(folder.path).error().code() == Errc::not_found);
    const store::BarArchive archive{folder.path};
    REQUIRE(archive.write("binance", minutes("BTC/USDT", 0, 120)));
    REQUIRE(archive.write("coinbase", minutes("BTC/USD", 0, 10)));
    REQUIRE(archive.write("coinbase", minutes("BRK.B/USD", 0, 10)));
    const auto source = store::open_archive(folder.path);
    REQUIRE(source.has_value());
    CHECK((*source)->names() == std::vector<std::string>{"BRK.B/USD", "BTC/USD", "BTC/USDT"});
    const auto all = (*source)->bars("BTC/USDT", {}, Timestamp::min(), Timestamp::max());
    CHECK(equal(*all, minutes("BTC/USDT", 0, 120)));
    const auto five = (*source)->bars("BTC/USDT", 5min, timestamp_from_ms(kStartMs) + 7min,
                                      timestamp_from_ms(kStartMs) + 20min);
    REQUIRE(five.has_value());
    CHECK(five->name() == "BTC/USDT");
    CHECK(five->size() == 3);
    CHECK(five->values(0).volume == *Quantity::parse("0.5"));
    CHECK((*source)->bars("BTC/USDT", 1s, {}, {}).error().code() == Errc::unsupported);
    CHECK((*source)->bars("ETH/USDT", 1min, {}, {}).error().code() == Errc::not_found);
    REQUIRE(archive.write("kraken", minutes("BTC/USD", 0, 10)));
    CHECK((*store::open_archive(folder.path))->bars("BTC/USD", 1min, {}, {}).error().code() ==
          Errc::duplicate);
    CHECK((*store::open_archive(folder.path, "kraken"))
              ->bars("BTC/USD", 1min, Timestamp::min(), Timestamp::max())
              ->size() == 10);
    CHECK(store::open_archive(folder.path, "polygon").error().code() == Errc::not_found);
}

TEST_CASE("parquet of others: pandas' index, dates, epoch numbers, whole volumes, floats") {
    const Folder folder;
    const fs::path file = folder.path / "a.parquet";
    other_program_writes(
        file,
        "SELECT 111105.22::DOUBLE AS open, 111134.84::DOUBLE AS high, 111096.52::DOUBLE AS low, "
        "111134.83::DOUBLE AS close, 1.1015403::DOUBLE AS volume, "
        "TIMESTAMPTZ '2025-09-08 00:00:00+00' + INTERVAL (i) MINUTE AS __index_level_0__ FROM range(3) t(i)");
    auto bars = store::read_parquet_bars(file);
    REQUIRE(bars.has_value());
    CHECK(bars->length() == 1min);
    CHECK(bars->values(2) == ohlcv("111105.22", "111134.84", "111096.52", "111134.83", "1.1015403"));
    CHECK(to_iso(bars->open_time(0)) == "2025-09-08T00:00:00.000000000Z");

    other_program_writes(
        file,
        "SELECT DATE '2024-01-01' + i::INT AS Date, 2::FLOAT AS Open, 2.1::FLOAT AS High, 2 AS Low, "
        "2 AS Close, 100::BIGINT AS Volume FROM range(3) t(i)");
    bars = store::read_parquet_bars(file);
    REQUIRE(bars.has_value());
    CHECK(bars->length() == 24h);
    CHECK(bars->values(0) == ohlcv("2", "2.1", "2", "2", "100"));

    other_program_writes(
        file,
        "SELECT 1617580800000 + i * 60000 AS ts, 5.0 AS open, 5.0 AS high, 5.0 AS low, 5.0 AS close, 0 AS "
        "volume FROM range(2) t(i)");
    bars = store::read_parquet_bars(file);
    REQUIRE(bars.has_value());
    CHECK(bars->origin(1) == BarOrigin::filled);
    CHECK(to_iso(bars->open_time(1)) == "2021-04-05T00:01:00.000000000Z");
}

TEST_CASE("bad input: Parquet files that are no bars, damaged or cut short say so in one line") {
    const Folder folder;
    const fs::path file = folder.path / "b.parquet";
    CHECK(read_error(file).code() == Errc::not_found);
    other_program_writes(
        file, "SELECT 1.0 AS open, 1.0 AS high, 1.0 AS low, 1.0 AS close, 5 AS volume, 0.0 AS dividends");
    CHECK(read_error(file).code() == Errc::missing_column);
    CHECK(read_error(file).message().find("rows without times cannot be bars") != std::string::npos);
    const std::string good =
        "SELECT TIMESTAMP '2024-01-01' + INTERVAL (i) MINUTE AS ts, {} AS open, 9.0 AS high, 1.0 AS low, 2.0 "
        "AS "
        "close FROM range(3) t(i)";
    const auto with_open = [&](const std::string& open) {
        std::string query = good;
        query.replace(query.find("{}"), 2, open);
        other_program_writes(file, query);
    };
    with_open("if(i = 1, 'nan'::DOUBLE, 2)");
    CHECK(read_error(file).code() == Errc::not_finite);
    CHECK(read_error(file).message().find("row 2, column open") != std::string::npos);
    with_open("if(i = 2, NULL, 2.0)");
    CHECK(read_error(file).message().find("row 3, column open: expected a number, found nothing") !=
          std::string::npos);
    with_open("-2.0");
    CHECK(read_error(file).code() == Errc::non_positive);
    with_open("10.0");
    CHECK(read_error(file).code() == Errc::out_of_range);
    with_open("'two'");
    CHECK(read_error(file).code() == Errc::parse);
    other_program_writes(file,
                         "SELECT TIMESTAMP '2024-01-01' - INTERVAL (i) MINUTE AS ts, 1.0 AS open, 1.0 AS "
                         "high, 1.0 AS low, 1.0 "
                         "AS close FROM range(3) t(i)");
    CHECK(read_error(file).code() == Errc::unsorted);
    other_program_writes(file,
                         "SELECT TIMESTAMP '2024-01-01' AS ts, 1.0 AS open, 1.0 AS high, 1.0 AS low, 1.0 AS "
                         "close FROM range(2)");
    CHECK(read_error(file).code() == Errc::duplicate);
    other_program_writes(
        file, "SELECT TIMESTAMP '2024-01-01' AS ts, 1.0 AS open, 1.0 AS high, 1.0 AS low FROM range(2)");
    CHECK(read_error(file).message().find("expected a column named close") != std::string::npos);
    other_program_writes(
        file,
        "SELECT TIMESTAMP '2024-01-01' AS ts, 1.0 AS open, 1.0 AS high, 1.0 AS low, 1.0 AS close LIMIT 0");
    CHECK(read_error(file).code() == Errc::empty);

    REQUIRE(store::write_parquet_bars(minutes("A/USD", 0, 5000), file, store::ParquetLayout::archive));
    const std::string whole = *io::read_file(file);
    for (const std::size_t size : {whole.size() - 1, whole.size() / 2, std::size_t{4}, std::size_t{0}}) {
        REQUIRE(io::replace_file(file, whole.substr(0, size)));
        const Error error = read_error(file);
        CHECK(error.code() == Errc::truncated);
        CHECK(error.message().find("cut short") != std::string::npos);
    }
    std::string damaged = whole;
    for (std::size_t i = whole.size() - 300; i < whole.size() - 8; ++i)
        damaged[i] = static_cast<char>(i * 37);
    REQUIRE(io::replace_file(file, damaged));
    const Errc code = read_error(file).code();
    CHECK((code == Errc::corrupt || code == Errc::io));
}

TEST_CASE("fault_S05_disk_full: an archive that cannot grow stays as it was, with nothing left beside it") {
    const Folder folder;
    const store::BarArchive archive{folder.path};
    const BarHistory old = minutes("A/USD", 0, 10);
    REQUIRE(archive.write("demo", old));
    BarHistory large{"A/USD", 1min};
    for (int i = 0; i < 20'000; ++i) {
        const Price price{Decimal::from_units((static_cast<Int128>(i) * 7919 % 10'007 + 1) * 1'000'000'000)};
        REQUIRE(large.append(timestamp_from_ms(kStartMs) + i * 1min, {price, price, price, price, {}},
                             BarOrigin::traded));
    }
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{8192, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    const Status written = archive.write("demo", large);
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    REQUIRE_FALSE(written.has_value());
    CHECK(to_string(written.error().code()) == "disk_full");
    CHECK(written.error().message().find('\n') == std::string::npos);
    CHECK(equal(*archive.read("demo", 1min, "A/USD"), old));
    CHECK(files_in(archive.file_of("demo", 1min, "A/USD").parent_path()) == 1);
    CHECK(store::duckdb_error("IO Error: Could not write file \"x\": No space left on device").code() ==
          Errc::disk_full);
}

TEST_CASE("minute files of the earlier collector: both names, exact round trip, minutes only") {
    const Folder folder;
    CHECK(store::minute_file_collected(folder.path, "BTC/USD") ==
          folder.path / "data/BTC_1m_historical.parquet");
    CHECK(store::minute_file_signals(folder.path, "BTC/USD") ==
          folder.path / "data/crypto_db/BTC_historical.parquet");
    const BarHistory bars = minutes("BTC/USD", 0, 3000, "111134.83", "1.1015403");
    for (const fs::path& file : {store::minute_file_collected(folder.path, "BTC/USD"),
                                 store::minute_file_signals(folder.path, "BTC/USD")}) {
        REQUIRE(store::export_minute_parquet(bars, file));
        const auto back = store::import_minute_parquet(file);
        REQUIRE(back.has_value());
        CHECK(back->bars.name() == "BTC/USD");
        CHECK(equal(back->bars, bars));
        CHECK(back->polled == 0);
        auto database = store::DuckDb::open();
        const std::string read = store::sql_literal(file.string());
        const auto columns = database->describe("SELECT * FROM read_parquet(" + read + ")");
        REQUIRE(columns.has_value());
        REQUIRE(columns->size() == 6);
        CHECK((*columns)[0].type == "DOUBLE");
        CHECK((*columns)[5].name == "__index_level_0__");
        CHECK((*columns)[5].type == "TIMESTAMP WITH TIME ZONE");
        auto meta = database->query("SELECT DISTINCT compression FROM parquet_metadata(" + read + ")");
        REQUIRE(meta->next_block());
        CHECK(meta->text(0, 0) == "SNAPPY");
        auto pandas = database->query("SELECT decode(value) FROM parquet_kv_metadata(" + read +
                                      ") WHERE decode(key) = 'pandas'");
        REQUIRE(*pandas->next_block());
        CHECK(pandas->text(0, 0).starts_with(R"({"index_columns": ["__index_level_0__"])"));
    }
    BarHistory hours = bars;
    hours.set_length(1h);
    CHECK(store::export_minute_parquet(hours, folder.path / "x.parquet").error().code() == Errc::unsupported);
}

TEST_CASE(
    "minute files: bars of prices seen between minutes, without volume, are quoted; other times off the "
    "minute are refused") {
    const Folder folder;
    const fs::path file = folder.path / "BTC_1m_historical.parquet";
    const auto write = [&](const std::string& close) {
        other_program_writes(
            file,
            "SELECT 5.5 AS open, 5.6 AS high, 5.4 AS low, " + close +
                " AS close, 0.0 AS volume, t::TIMESTAMPTZ AS "
                "__index_level_0__ FROM (VALUES ('2025-10-04 16:54:00+00'), ('2025-10-04 "
                "16:55:34.358406+00'), "
                "('2025-10-04 16:55:40.1+00'), ('2025-10-04 16:57:00+00'), ('2025-10-04 16:58:00+00')) v(t)");
    };
    write("5.5");
    const auto read = store::import_minute_parquet(file);
    REQUIRE(read.has_value());
    CHECK(read->bars.size() == 4);
    CHECK(read->polled == 1);
    CHECK(read->polled_dropped == 1);
    CHECK(to_iso(read->bars.open_time(1)) == "2025-10-04T16:55:00.000000000Z");
    CHECK(read->bars.origin(1) == BarOrigin::quoted);
    CHECK(store::read_parquet_bars(file).error().code() == Errc::out_of_range);
    other_program_writes(file,
                         "SELECT 5.5 AS open, 5.6 AS high, 5.5 AS low, 5.5 AS close, 1.0 AS volume, "
                         "TIMESTAMPTZ '2025-10-04 16:55:34+00' "
                         "+ INTERVAL (i * i) SECOND AS ts FROM range(3) t(i)");
    CHECK(store::import_minute_parquet(file).error().code() == Errc::unsupported);
}

TEST_CASE("sql: the archive answers, and nothing can be written or reached") {
    const Folder folder;
    CHECK(answer(folder.path, "SELECT count(*) FROM bars") == "0|");
    const store::BarArchive archive{folder.path};
    REQUIRE(archive.write("binance", minutes("BTC/USDT", 0, 10, "0.5")));
    REQUIRE(archive.write("coinbase", minutes("BRK.B/USD", 0, 5, "2")));
    CHECK(answer(folder.path,
                 "SELECT source, granularity, instrument, count(*), sum(close) FROM bars GROUP BY ALL ORDER "
                 "BY 1;") == "binance|1m|BTC/USDT|10|5.0|coinbase|1m|BRK.B/USD|5|10.0|");
    CHECK(answer(folder.path, "SELECT sum(close) FROM bars_exact WHERE source = 'binance' -- a comment") ==
          "5.000000000000000000|");
    CHECK(
        answer(folder.path, "SELECT open_time FROM bars WHERE source = 'coinbase' ORDER BY 1 DESC LIMIT 1") ==
        "2020-09-13 12:31:00+00|");
    CHECK(answer(folder.path, "SELECT 1 AS a, 2 AS a, NULL") == "1|2|NULL|");
    CHECK(answer(folder.path, "SELECT wrong FROM bars") == "invalid_argument");
    CHECK(answer(folder.path, "") == "invalid_argument");
    CHECK(answer(folder.path, "SELECT 1 FROM") == "invalid_argument");
    CHECK(answer(folder.path, "  \n(SELECT 1) UNION ALL (SELECT 2) ;\n") == "1|2|");
    CHECK(answer(folder.path, "DESCRIBE bars").starts_with("source|VARCHAR|"));
    CHECK(answer(folder.path, "SELECT 1) AS a; CREATE TABLE t(i INT); SELECT * FROM (SELECT 2") == "denied");
    CHECK(answer(folder.path, "/* x */ EXPORT DATABASE '" + (folder.path / "y").string() + "'") ==
          "invalid_argument");
    CHECK(answer(folder.path, "SELECT 1; SELECT 2") == "invalid_argument");
    const std::string inside = (archive.root() / "x.parquet").string(),
                      outside = (folder.path / "x.csv").string();
    for (const std::string& query :
         {"COPY (SELECT 1) TO '" + inside + "'", "COPY (SELECT 1) TO '" + outside + "'",
          std::string{"CREATE TABLE t(i INT)"}, "ATTACH '" + outside + "'", std::string{"SET threads = 8"},
          std::string{"INSTALL httpfs"}, std::string{"SELECT * FROM read_csv('/etc/passwd')"},
          std::string{"SELECT * FROM read_text('/etc/hostname')"}, "EXPORT DATABASE '" + inside + "'"}) {
        CAPTURE(query);
        CHECK(answer(folder.path, query) == "denied");
    }
    CHECK_FALSE(fs::exists(inside));
    CHECK_FALSE(fs::exists(outside));
    CHECK_FALSE(fs::exists(folder.path / "y"));
    CHECK(store::run_sql(folder.path, "SELECT * FROM range(11)", {.rows_max = 10}).error().code() ==
          Errc::out_of_range);
    CHECK(store::run_sql(folder.path, "SELECT * FROM range(10)", {.rows_max = 10})->rows.size() == 10);
}

TEST_CASE("sql: the trading record is read under its own names, open or not") {
    const Folder folder;
    const SessionHeader header{
        "paper", "paper", "demo", "paper", Money{Decimal{100000}}, timestamp_from_ms(kStartMs)};
    const auto opened = store::SqliteTradingRecord::open(store::trading_record_path(folder.path), header,
                                                         InstrumentTable{}, {});
    REQUIRE(opened.has_value());
    CHECK(answer(folder.path, "SELECT count(*), min(started_at) FROM sessions") == "1|1600000020000000000|");
    CHECK(answer(folder.path, "SELECT mode, venue FROM \"META\"") == "paper|paper|");
    CHECK(answer(folder.path, "SELECT count(*) FROM fills f JOIN orders o ON f.order_id = o.id") == "0|");
    CHECK(answer(folder.path, "DELETE FROM fills") == "denied");
}
