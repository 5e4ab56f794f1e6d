#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <ostream>
#include <vector>

#include "app/commands.hpp"
#include "codec/csv_bars.hpp"
#include "codec/csv_table.hpp"
#include "io/file.hpp"
#include "stats/adf.hpp"
#include "stats/engle_granger.hpp"
#include "stats/half_life.hpp"
#include "stats/hurst.hpp"
#include "stats_cases/run_cases.hpp"

namespace plumb::app {
namespace {

/// Two columns of prices at their common rows, oldest first.
struct Legs {
    std::string y_name, x_name;
    std::vector<double> y, x;
    std::size_t skipped = 0;  // rows where either is empty
};

std::string lower(std::string_view text) {
    std::string copy;
    for (const char c : text) copy += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return copy;
}

Result<Legs> read_legs(const Settings& settings, const std::string& file) {
    Result<std::string> bytes = io::read_file(file);
    if (!bytes) return fail(bytes.error());
    const Result<std::string> text = codec::csv_text(std::move(*bytes), file);
    if (!text) return fail(text.error());
    Result<codec::CsvTable> table = codec::CsvTable::open(*text, file);
    if (!table) return fail(table.error());
    Legs legs{settings.text("y"), settings.text("x"), {}, {}, 0};
    const Result<std::size_t> y = table->need(lower(legs.y_name));
    if (!y) return fail(y.error());
    const Result<std::size_t> x = table->need(lower(legs.x_name));
    if (!x) return fail(x.error());
    const Result<std::size_t> time = table->time_column();
    if (!time) return fail(time.error());
    if (Status turned = table->orient(*time); !turned) return fail(turned.error());
    for (;;) {
        const Result<bool> row = table->next();
        if (!row) return fail(row.error());
        if (!*row) break;
        if (table->field(*y).empty() || table->field(*x).empty()) {
            ++legs.skipped;
            continue;
        }
        const Result<Decimal> y_price = table->price(*y);
        if (!y_price) return fail(y_price.error());
        const Result<Decimal> x_price = table->price(*x);
        if (!x_price) return fail(x_price.error());
        legs.y.push_back(y_price->to_double());
        legs.x.push_back(x_price->to_double());
    }
    return legs;
}

/// What the summary says of two legs.
struct Summary {
    stats::EngleGrangerResult test;
    stats::AdfResult y, x;
    double spread_mean = 0, spread_std = 0;  // of y - hedge ratio x
    std::optional<double> half_life;         // bars
    std::optional<double> hurst;
    double z = 0;  // of the last row
};

Result<Summary> summarise(const Legs& legs) {
    Summary summary;
    const Result<stats::EngleGrangerResult> test = stats::engle_granger(legs.y, legs.x);
    if (!test) return fail(test.error().at(legs.y_name + " on " + legs.x_name));
    const Result<stats::AdfResult> y = stats::adf_test(legs.y);
    if (!y) return fail(y.error().at(legs.y_name));
    const Result<stats::AdfResult> x = stats::adf_test(legs.x);
    if (!x) return fail(x.error().at(legs.x_name));
    summary.test = *test;
    summary.y = *y;
    summary.x = *x;
    const double ratio = test->hedge.parameters[0];
    const std::size_t n = legs.y.size();
    std::vector<double> spread(n);
    for (std::size_t i = 0; i < n; ++i) {
        spread[i] = legs.y[i] - ratio * legs.x[i];
        summary.spread_mean += spread[i] / static_cast<double>(n);
    }
    double squares = 0;
    for (const double value : spread)
        squares += (value - summary.spread_mean) * (value - summary.spread_mean);
    summary.spread_std = std::sqrt(squares / static_cast<double>(n - 1));
    summary.z = (spread.back() - summary.spread_mean) / summary.spread_std;
    if (const Result<double> half_life = stats::half_life(spread)) summary.half_life = *half_life;
    if (const Result<double> hurst =
            stats::hurst_from_deviations(spread, 2, std::min<std::size_t>(20, n / 4))) {
        summary.hurst = *hurst;
    }
    return summary;
}

void print_json(const Legs& legs, const Summary& summary, std::ostream& out) {
    const auto unit_root = [](const stats::AdfResult& test) {
        return nlohmann::ordered_json{{"t", test.statistic}, {"p", test.p_value}, {"lags", test.used_lag}};
    };
    nlohmann::ordered_json line{
        {"y", legs.y_name}, {"x", legs.x_name}, {"n", legs.y.size()}, {"skipped", legs.skipped}};
    line["hedge_ratio"] = summary.test.hedge.parameters[0];
    line["intercept"] = summary.test.hedge.parameters[1];
    line["t"] = summary.test.statistic;
    line["p"] = summary.test.p_value;
    line["lags"] = summary.test.used_lag;
    line["adf_y"] = unit_root(summary.y);
    line["adf_x"] = unit_root(summary.x);
    line["spread_mean"] = summary.spread_mean;
    line["spread_std"] = summary.spread_std;
    line["half_life"] =
        summary.half_life ? nlohmann::ordered_json(*summary.half_life) : nlohmann::ordered_json(nullptr);
    line["hurst"] = summary.hurst ? nlohmann::ordered_json(*summary.hurst) : nlohmann::ordered_json(nullptr);
    line["z"] = summary.z;
    out << line.dump() << '\n';
}

void print_table(const Legs& legs, const Summary& summary, std::ostream& out) {
    const auto row = [&](std::string_view name, const std::string& text) {
        out << fmt::format("{:<28} {}\n", name, text);
    };
    const auto unit_root = [](const stats::AdfResult& test) {
        return fmt::format("t {:.4f}   p {:.4g}   {} lags", test.statistic, test.p_value, test.used_lag);
    };
    row("series", fmt::format("{} on {}, {} rows ({} skipped)", one_line(legs.y_name), one_line(legs.x_name),
                              legs.y.size(), legs.skipped));
    row("hedge ratio", fmt::format("{:.6g}   intercept {:.6g}", summary.test.hedge.parameters[0],
                                   summary.test.hedge.parameters[1]));
    row("Engle-Granger", fmt::format("t {:.4f}   p {:.4g}   {} lags", summary.test.statistic,
                                     summary.test.p_value, summary.test.used_lag));
    if (summary.test.critical) {
        row("critical values 1 5 10 %",
            fmt::format("{:.4f}  {:.4f}  {:.4f}", (*summary.test.critical)[0], (*summary.test.critical)[1],
                        (*summary.test.critical)[2]));
    }
    row("unit root of " + one_line(legs.y_name), unit_root(summary.y));
    row("unit root of " + one_line(legs.x_name), unit_root(summary.x));
    row("spread mean, std", fmt::format("{:.6g}  {:.6g}", summary.spread_mean, summary.spread_std));
    row("half-life", summary.half_life ? fmt::format("{:.4g} bars", *summary.half_life)
                                       : "none: the spread does not revert");
    row("Hurst exponent", summary.hurst ? fmt::format("{:.3f}", *summary.hurst) : "none: too few rows");
    row("z of the last row", fmt::format("{:.3f}", summary.z));
}

}  // namespace

/// `plumb stats --cases FILE` runs recorded cases, for checks; `plumb stats FILE.csv --y A --x B` is for
/// people. Done even where the legs are not cointegrated: it reports, it does not judge.
Result<ExitStatus> run_stats(const Settings& settings, const Streams& streams) {
    if (settings.has("cases")) {
        const std::filesystem::path cases = settings.path("cases");
        const std::filesystem::path root =
            settings.has("data-root") ? settings.path("data-root") : cases.parent_path();
        return static_cast<ExitStatus>(stats_cases::run_cases(cases, root, streams.out, streams.err));
    }
    if (settings.arguments().empty() || !settings.has("y") || !settings.has("x")) {
        return fail(Errc::invalid_argument,
                    "stats expected FILE.csv --y COLUMN --x COLUMN, or --cases FILE.json");
    }
    const Result<Legs> legs = read_legs(settings, settings.arguments().front());
    if (!legs) return fail(legs.error());
    const Result<Summary> summary = summarise(*legs);
    if (!summary) return fail(summary.error());
    if (settings.flag("json")) {
        print_json(*legs, *summary, streams.out);
    } else {
        print_table(*legs, *summary, streams.out);
    }
    return ExitStatus::done;
}

}  // namespace plumb::app
