#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "app/bench/child.hpp"
#include "app/bench/figure.hpp"
#include "app/bench/simulated_market.hpp"
#include "app/wall_pacer.hpp"
#include "codec/json.hpp"
#include "io/file.hpp"
#include "store/benchmarks_file.hpp"

namespace plumb::app::bench {
namespace {

constexpr std::size_t kDays = 30;
constexpr double kTargetMegabytes = 60;
constexpr double kMegabyte = 1024.0 * 1024.0;

std::string symbol_of(const Instrument& instrument) { return instrument.base + instrument.quote; }

Status write_bars(const SimulatedMarket& market, std::size_t index, const std::filesystem::path& folder) {
    const BarHistory& history = market.histories[index];
    std::string text = "ts,open,high,low,close,volume\n";
    for (std::size_t i = 0; i < history.size(); ++i) {
        const Ohlcv bar = history.values(i);
        text += fmt::format("{},{},{},{},{},{}\n", to_ms(history.open_time(i)), bar.open.to_string(),
                            bar.high.to_string(), bar.low.to_string(), bar.close.to_string(),
                            bar.volume.to_string());
    }
    const InstrumentId id{static_cast<std::uint32_t>(index)};
    return io::replace_file(folder / (symbol_of(market.instruments[id]) + ".csv"), text);
}

store::Benchmarks benchmarks_of(const SimulatedMarket& market) {
    store::Benchmarks benchmarks;
    benchmarks.computed_at = wall_clock_now();  // older ones would be computed anew
    benchmarks.lookback_days = static_cast<std::int64_t>(kDays);
    for (const Instrument& instrument : market.instruments.all())
        benchmarks.universe.push_back(instrument.name());
    for (const PairModel& model : market.models) {
        store::BenchmarkGroup group =
            store::benchmark_group(market.instruments[model.legs[0]].name(),
                                   market.instruments[model.legs[1]].name(), -model.weights[0]);
        group.spread_mean = model.spread_mean;
        group.spread_std = model.spread_std;
        group.half_life = model.half_life;
        benchmarks.groups.push_back(std::move(group));
    }
    return benchmarks;
}

/// Writes the session's input. @return the bytes of its numbers at their least: columns in memory, nothing
/// else
Result<double> prepare(const std::filesystem::path& folder) {
    const SimulatedMarket market = simulate_market(kDays * kMinutesOfDay);
    double bytes = 0;
    for (std::size_t i = 0; i < market.histories.size(); ++i) {
        if (const Status written = write_bars(market, i, folder / "prices"); !written)
            return fail(written.error());
        bytes += static_cast<double>(market.histories[i].bytes());
    }
    const auto saved = store::save_benchmarks(folder / "workspace", benchmarks_of(market));
    if (!saved) return fail(saved.error());
    return bytes;
}

/// Makes the input in a process of its own, so that this one stays small. @return as prepare()
Result<double> prepare_apart(const std::filesystem::path& folder) {
    const pid_t child = fork();
    if (child < 0) return fail(Errc::io, std::string{"cannot fork: "} + std::strerror(errno));
    if (child == 0) {
        const auto bytes = prepare(folder);
        const Status told = bytes ? io::replace_file(folder / "bytes", fmt::format("{:.0f}", *bytes))
                                  : io::replace_file(folder / "trouble", bytes.error().message());
        _exit(bytes && told ? 0 : 1);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return fail(Errc::io, std::string{"lost a child process: "} + std::strerror(errno));
    }
    if (status != 0) {
        const auto trouble = io::read_file(folder / "trouble");
        return fail(Errc::io, trouble ? *trouble : "could not write the input of the memory benchmark");
    }
    const auto bytes = io::read_file(folder / "bytes");
    if (!bytes) return fail(bytes.error());
    return map(Decimal::parse(*bytes), [](Decimal count) { return count.to_double(); });
}

/// The number of fills that the session's last line tells of; nothing when it did not get there.
std::optional<int> fills_of(const std::string& output) {
    const std::size_t end = output.find_last_not_of('\n');
    if (end == std::string::npos) return std::nullopt;
    const std::size_t line = output.rfind('\n', end);
    const auto last =
        codec::parse_json(std::string_view{output}.substr(line == std::string::npos ? 0 : line + 1));
    if (!last || !last->contains("summary")) return std::nullopt;
    return last->at("summary").value("fills", 0);
}

}  // namespace

/// Peak resident memory of a whole `plumb trade` process that loads 20 symbols x 30 days of 1-minute bars
/// from CSV and trades ten pairs on paper, trading record included. Linux counts into it the peak of the
/// process that starts it, so this is measured first, while that is small, and another process makes the
/// data.
Result<std::vector<Figure>> measure_memory() {
    const auto program = own_program();
    if (!program) return fail(program.error());
    const auto folder = ScratchFolder::make();
    if (!folder) return fail(folder.error());
    const auto bytes = prepare_apart(folder->path());
    if (!bytes) return fail(bytes.error());
    const double floor = own_peak_bytes();
    const auto child = run_child({*program, "trade", "--json", "--data-source", "csv", "--data-dir",
                                  (folder->path() / "prices").string(), "--workspace",
                                  (folder->path() / "workspace").string(), "--granularity", "1m", "--capital",
                                  "1000000", "--pair-gross", "0.1", "--drawdown-max", "0.95"});
    if (!child) return fail(child.error());
    const auto fills = fills_of(child->output);
    if (child->status != 0 || !fills || *fills == 0) {
        return fail(Errc::io,
                    fmt::format("plumb trade: expected status 0 and fills, found status {} and {} fills",
                                child->status, fills.value_or(0)));
    }
    Figure figure;
    figure.name = "memory_peak";
    figure.ours = child->resident_peak_bytes / kMegabyte;
    figure.limit = *bytes / kMegabyte;
    figure.limit_name = "the bars' columns alone";
    figure.unit = "MB";
    figure.target = kTargetMegabytes;
    figure.better = Better::less;
    figure.note =
        fmt::format("plumb trade over {} symbols x {} days of 1-minute bars from CSV, {} fills, {:.1f} s{}",
                    kInstruments, kDays, *fills, child->seconds,
                    child->resident_peak_bytes > floor ? "" : "; AT MOST: this process is larger");
    return std::vector<Figure>{std::move(figure)};
}

}  // namespace plumb::app::bench
