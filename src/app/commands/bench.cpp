#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ostream>

#include "app/bench/figure.hpp"
#include "app/commands.hpp"
#include "base/nearest.hpp"
#include "codec/json.hpp"

namespace plumb::app {
namespace {

using bench::Benchmark;
using bench::Figure;

// Memory first, while this process is small: see its comment.
constexpr auto kBenchmarks = std::to_array<Benchmark>({
    {"memory", "peak memory of a month of minute bars, traded", &bench::measure_memory},
    {"start-up", "time to the first byte of output", &bench::measure_start_up},
    {"engine", "bar events a second, pairs strategy and paper venue on", &bench::measure_engine},
    {"allocations", "heap allocations an event, after a warm-up", &bench::measure_allocations},
    {"decode", "venue messages into events, beside simdjson alone and Node", &bench::measure_wire_decode},
    {"stream", "a live feed over a socket on loopback", &bench::measure_stream},
    {"exchange", "the local exchange: orders, requests, streams, memory", &bench::measure_exchange},
    {"engle-granger", "cointegration tests beside statsmodels", &bench::measure_engle_granger},
});

Status check_names(const std::vector<std::string>& names) {
    std::vector<std::string_view> known;
    for (const Benchmark& each : kBenchmarks) known.emplace_back(each.name);
    for (const std::string& name : names) {
        if (std::ranges::find(known, name) != known.end()) continue;
        return fail(Errc::invalid_argument,
                    fmt::format("unknown benchmark {}: nearest known is {}", name, nearest(name, known)));
    }
    return {};
}

codec::Json optional(const auto& value) { return value ? codec::Json(*value) : codec::Json(nullptr); }

void print_json(const Figure& figure, std::ostream& out) {
    codec::Json line{{"name", figure.name}, {"ours", figure.ours}};
    line["peer"] = optional(figure.peer);
    line["limit"] = optional(figure.limit);
    line["unit"] = figure.unit;
    line["ratio"] = optional(figure.ratio());
    line["peer_name"] = figure.peer ? codec::Json(figure.peer_name) : codec::Json(nullptr);
    line["limit_name"] = figure.limit ? codec::Json(figure.limit_name) : codec::Json(nullptr);
    line["target"] = optional(figure.target);
    line["met"] = optional(figure.met());
    line["note"] = figure.note;
    out << codec::write_json(line, -1) << '\n';
}

/// Four significant digits, thousands apart.
std::string shown(double value) {
    if (value == 0) return "0";
    if (std::abs(value) < 10'000) return fmt::format("{:.4g}", value);
    const std::string digits = fmt::format("{:.0f}", value);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) text += ' ';
        text += digits[i];
    }
    return text;
}

std::string shown(const std::optional<double>& value) { return value ? shown(*value) : "-"; }

void print_row(const Figure& figure, std::ostream& out) {
    const std::string target = !figure.target                          ? "-"
                               : figure.peer && figure.target_is_ratio ? shown(*figure.target) + " x"
                                                                       : shown(*figure.target);
    const auto met = figure.met();
    out << fmt::format("{:<22} {:>12} {:>12} {:<18} {:>9} {:>10} {}\n", figure.name, shown(figure.ours),
                       shown(figure.peer ? figure.peer : figure.limit), figure.unit, shown(figure.ratio()),
                       target,
                       !met   ? ""
                       : *met ? "met"
                              : "NOT MET");
    out << fmt::format("    beside {}. {}\n", figure.peer ? figure.peer_name : figure.limit_name,
                       figure.note);
    out.flush();
}

}  // namespace

/// `plumb bench [NAME...]`: each figure beside its peer or limit, measured in the same run. Status 1 when a
/// target is missed; a benchmark that cannot run (no statsmodels) is said on standard error, the others go
/// on, and the status is 3.
Result<ExitStatus> run_bench(const Settings& settings, const Streams& streams) {
    const std::vector<std::string>& names = settings.arguments();
    if (Status known = check_names(names); !known) return fail(known.error());
    const bool json = settings.flag("json");
    if (!json) {
        streams.out << fmt::format("{:<22} {:>12} {:>12} {:<18} {:>9} {:>10}\n", "figure", "ours",
                                   "peer/limit", "unit", "ratio", "target");
    }
    ExitStatus status = ExitStatus::done;
    for (const Benchmark& benchmark : kBenchmarks) {
        const bool chosen = names.empty() || std::ranges::find(names, benchmark.name) != names.end();
        if (!chosen) continue;
        const auto figures = benchmark.run();
        if (!figures) {
            streams.err << "plumb: " << benchmark.name << ": " << one_line(figures.error().message()) << '\n';
            status = ExitStatus::outside_failed;
            continue;
        }
        for (const Figure& figure : *figures) {
            json ? print_json(figure, streams.out) : print_row(figure, streams.out);
            if (figure.met() == false && status == ExitStatus::done) status = ExitStatus::answer_is_no;
        }
    }
    return status;
}

}  // namespace plumb::app
