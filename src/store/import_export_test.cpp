#include "store/import_export.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "io/file.hpp"

using namespace plumb;
using store::FileKind;

namespace {

const std::filesystem::path kData = std::filesystem::path{PLUMB_TESTDATA} / "store";

/// A workspace of its own, and a folder beside it for files to import.
struct Workspace {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("plumb_import_" + std::to_string(::getpid()));
    Workspace() { std::filesystem::remove_all(path); }
    ~Workspace() { std::filesystem::remove_all(path); }

    Result<store::ImportReport> take(const std::filesystem::path& in, std::optional<FileKind> kind = {},
                                     store::ClosesOf closes = {}) const {
        return store::import_file({.kind = kind,
                                   .in = in,
                                   .workspace = path,
                                   .now = *parse_timestamp("2026-01-10T00:00:00Z"),
                                   .closes = std::move(closes)});
    }
    std::filesystem::path file(const std::string& name, std::string_view bytes) const {
        const auto where = path / "in" / name;
        REQUIRE(io::replace_file(where, bytes).has_value());
        return where;
    }
    std::string held(const char* name) const { return io::read_file(path / name).value_or("(none)"); }
};

store::ImportReport must(Result<store::ImportReport> report) {
    REQUIRE_MESSAGE(report.has_value(), report.error().message());
    return *std::move(report);
}

bool warns(const store::ImportReport& report, std::string_view text) {
    return std::any_of(report.warnings.begin(), report.warnings.end(),
                       [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

struct Case {
    const char* file;
    FileKind kind;
    std::int64_t rows;
};
constexpr Case kCases[] = {
    {"tp-link/benchmarks_2025-42.v1.1-empty.json", FileKind::benchmarks, 0},
    {"tp-link/benchmarks_2025-52.v1.1.json", FileKind::benchmarks, 10},
    {"tp-link/benchmarks_2025-52.v3.json", FileKind::benchmarks, 40},
    {"tp-link/benchmarks_2026-01.v2.json", FileKind::benchmarks, 38},
    {"tp-link/benchmarks_2026-02.v1.3.json", FileKind::benchmarks, 6},
    {"mean_reversion/positions.old.json", FileKind::positions, 1},
    {"mean_reversion/positions.json", FileKind::positions, 2},
    {"mean_reversion/trades_history.json", FileKind::trades_history, 2},
    {"mean_reversion/cointegration_results_20250101_000000.json", FileKind::pairs, 3},
    {"mean_reversion/cointegrated_pairs.csv", FileKind::pairs_csv, 3},
    {"mean_reversion/config.json", FileKind::config, 9},
    {"ensemble/live_trades.csv", FileKind::live_trades, 2},
    {"ensemble/portfolio_state.json", FileKind::portfolio_state, 2},
    {"ensemble/recent_signals.json", FileKind::recent_signals, 2},
};

}  // namespace

TEST_CASE("import and export: every kind is known by its content and comes back byte for byte") {
    for (const Case& c : kCases) {
        CAPTURE(c.file);
        const Workspace workspace;
        const auto report = must(workspace.take(kData / c.file));
        CHECK(report.kind == c.kind);
        CHECK(report.rows == c.rows);
        CHECK(report.written.back() == store::workspace_file(workspace.path, c.kind));
        const auto out = workspace.path / "out";
        CHECK(must(store::export_file(c.kind, workspace.path, out)).rows == c.rows);
        CHECK(io::read_file(out).value() == io::read_file(kData / c.file).value());
    }
}

TEST_CASE("import: strategies come back with the same meaning") {
    const Workspace workspace;
    CHECK(must(workspace.take(kData / "strategies.txt")).kind == FileKind::strategies);
    const auto out = workspace.path / "out";
    must(store::export_file(FileKind::strategies, workspace.path, out));
    CHECK(store::read_strategies(io::read_file(out).value()).value() ==
          store::read_strategies(io::read_file(kData / "strategies.txt").value()).value());
}

TEST_CASE("import: kinds by name, and what is none of them") {
    for (const FileKind kind : store::kFileKinds)
        CHECK(store::parse_file_kind(store::to_string(kind)).value() == kind);
    CHECK(store::parse_file_kind("position").error().message().find("trades-history") != std::string::npos);
    CHECK(store::detect_file_kind("positions.json", "{}").value() == FileKind::positions);
    CHECK(store::detect_file_kind("trades_history.json", "[]").value() == FileKind::trades_history);
    CHECK(store::detect_file_kind("x.json", "{}").error().code() == Errc::unsupported);
    CHECK(store::detect_file_kind("x.json", "{\"a\": {}}").error().code() == Errc::unsupported);
    CHECK(store::detect_file_kind("AAPL.csv", "Date,Open,High,Low,Close,Volume\n")
              .error()
              .message()
              .find("csv-bars") != std::string::npos);
    CHECK(store::detect_file_kind("x.parquet", "PAR1....").error().message().find("parquet-1m") !=
          std::string::npos);
    CHECK(store::detect_file_kind("x", "").error().code() == Errc::empty);
    CHECK(store::detect_file_kind("x", "hello\n").error().code() == Errc::unsupported);
}

TEST_CASE("import: pegged, one-sided and extreme pairs of old benchmarks are flagged, and their age") {
    const Workspace workspace;
    const auto report = must(workspace.take(kData / "tp-link/benchmarks_2025-52.v1.1.json"));
    CHECK(warns(report, "computed 14 days ago: stale"));
    CHECK(warns(report, "USDTUSD-YFIUSD: USDT/USD is pegged: not tradable; extreme hedge ratio 24322.3"));
    CHECK(warns(report, "BATUSD-LTCUSD: both weights have one sign"));
    CHECK(warns(report, "190 pairs of this universe at p < 0.1 would pass 19.0 by chance"));
    const auto fresh = must(workspace.take(kData / "tp-link/benchmarks_2026-02.v1.3.json"));
    CHECK_FALSE(warns(fresh, "stale"));
    CHECK_FALSE(warns(fresh, "pegged"));
    CHECK_FALSE(warns(fresh, "extreme"));
}

TEST_CASE("import: a benchmarks time without zone is told") {
    const Workspace workspace;
    std::string text = io::read_file(kData / "tp-link/benchmarks_2026-02.v1.3.json").value();
    CHECK_FALSE(warns(must(workspace.take(workspace.file("a.json", text))), "no zone"));
    text.erase(text.find("+00:00"), 6);
    CHECK(warns(must(workspace.take(workspace.file("b.json", text))), "no zone"));
}

TEST_CASE("import: older benchmarks do not become the latest") {
    const Workspace workspace;
    must(workspace.take(kData / "tp-link/benchmarks_2026-02.v1.3.json"));
    const auto report = must(workspace.take(kData / "tp-link/benchmarks_2026-01.v2.json"));
    CHECK(warns(report, "is newer and stays the latest"));
    CHECK(report.written.size() == 1);
    CHECK(workspace.held("data/benchmarks/benchmarks_latest.json") ==
          io::read_file(kData / "tp-link/benchmarks_2026-02.v1.3.json").value());
    CHECK(workspace.held("data/benchmarks/benchmarks_2026-01.json") ==
          io::read_file(kData / "tp-link/benchmarks_2026-01.v2.json").value());
}

TEST_CASE("import: what is replaced is kept beside, twice over; the same twice writes nothing") {
    const Workspace workspace;
    const std::string first = io::read_file(kData / "mean_reversion/positions.old.json").value();
    std::string second = first;
    second.replace(second.find("2025-08-20"), 10, "2025-08-21");
    must(workspace.take(workspace.file("a.json", first)));
    const auto again = must(workspace.take(workspace.file("a.json", first)));
    CHECK(again.written.empty());
    CHECK(warns(again, "holds the same already"));
    must(workspace.take(workspace.file("b.json", second)));
    CHECK(workspace.held("state/positions.json") == second);
    CHECK(workspace.held("state/positions.json.replaced") == first);
    must(workspace.take(workspace.file("c.json", "{}"), FileKind::positions));
    CHECK(workspace.held("state/positions.json.replaced") == first);
    CHECK(workspace.held("state/positions.json.replaced.2") == second);
}

TEST_CASE("import: a newer file in the workspace is left as it is") {
    const Workspace workspace;
    const std::string newer = io::read_file(kData / "mean_reversion/positions.old.json").value();
    std::string older = newer;
    older.replace(older.find("2025-08-20"), 10, "2025-08-19");
    must(workspace.take(workspace.file("a.json", newer)));
    const auto refused = workspace.take(workspace.file("b.json", older));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code() == Errc::stale);
    CHECK(workspace.held("state/positions.json") == newer);
}

TEST_CASE("fault_S04_unreadable_file: import never overwrites what it cannot read") {
    for (const Case& c : kCases) {
        CAPTURE(c.file);
        const Workspace workspace;
        const auto home = store::workspace_file(workspace.path, c.kind);
        REQUIRE(io::replace_file(home, "{\"torn").has_value());
        const auto refused = workspace.take(kData / c.file);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code() == Errc::corrupt);
        CHECK(refused.error().message().find(home.string()) != std::string::npos);
        CHECK(io::read_file(home).value() == "{\"torn");
        CHECK(std::distance(std::filesystem::directory_iterator{home.parent_path()}, {}) == 1);
        CHECK(store::export_file(c.kind, workspace.path, workspace.path / "out").error().code() ==
              Errc::corrupt);
        CHECK_FALSE(std::filesystem::exists(workspace.path / "out"));
    }
}

TEST_CASE("import: a file that cannot be read changes nothing and names itself") {
    const Workspace workspace;
    std::string text = io::read_file(kData / "mean_reversion/positions.json").value();
    text.resize(text.size() / 2);
    const auto torn = workspace.take(workspace.file("torn.json", text));
    CHECK(torn.error().code() == Errc::truncated);
    CHECK(torn.error().message().find("torn.json") != std::string::npos);
    CHECK(workspace.take(workspace.path / "absent").error().code() == Errc::not_found);
    CHECK_FALSE(std::filesystem::exists(workspace.path / "state"));
    CHECK(store::export_file(FileKind::positions, workspace.path, workspace.path / "out").error().code() ==
          Errc::not_found);
}

TEST_CASE("import: the sign of a spread is checked against prices and the file") {
    // Legs that move together with ratio 2: the difference barely moves, the sum moves twice as much as the
    // legs.
    const std::vector<double> second{10, 11, 12, 11, 10, 9, 10, 12};
    std::vector<double> first;
    for (std::size_t i = 0; i < second.size(); ++i)
        first.push_back(2 * second[i] + (i % 2 == 0 ? 0.1 : -0.1));
    const auto signs = store::spread_with_both_signs(first, second, 2.0).value();
    CHECK(signs.mean_minus == doctest::Approx(0.0));
    CHECK(signs.std_minus == doctest::Approx(0.1 * std::sqrt(8.0 / 7.0)));
    CHECK(signs.mean_plus == doctest::Approx(42.5));
    CHECK(signs.std_plus > 4);
    CHECK(store::spread_with_both_signs(first, std::vector<double>{1.0}, 2.0).error().code() ==
          Errc::length_mismatch);
    CHECK(store::spread_with_both_signs({}, {}, 2.0).error().code() == Errc::too_short);

    const Workspace workspace;
    const auto report =
        must(workspace.take(kData / "mean_reversion/cointegration_results_20250101_000000.json", {},
                            [&](std::string_view one, std::string_view two) -> Result<store::AlignedCloses> {
                                if (one == "AAAUSDT" && two == "BBBUSDT")
                                    return store::AlignedCloses{first, second};
                                return fail(Errc::not_found, "no prices");
                            }));
    CHECK(warns(report, "3 of 3 hedge ratios are above zero"));
    CHECK(warns(report, "AAAUSDT-BBBUSDT: deviation of price1 - ratio * price2"));
    CHECK(warns(report, "BBBUSDT-USDCUSDT: USDCUSDT is pegged"));
    CHECK(warns(report, "5 pairs tested at 0.05 would pass 0.2 by chance"));
    CHECK(warns(report, "1 pairs have no half-life"));
}

TEST_CASE("import: positions tell which spread their numbers are of") {
    const Workspace workspace;
    const auto report = must(workspace.take(kData / "mean_reversion/positions.json"));
    CHECK(warns(report,
                "AAAUSDT-BBBUSDT: the entry spread 11.25 is not the tested one (plus)"));  // 7.5 + 0.75 * 5
    CHECK(warns(report, "2 of 2 times have no zone"));
    CHECK(warns(report, "judge its exit anew"));
    const auto history = must(workspace.take(kData / "mean_reversion/trades_history.json"));
    CHECK(warns(history, "an exit price is missing"));
    CHECK(warns(history, "4 of 4 times have no zone"));
}
