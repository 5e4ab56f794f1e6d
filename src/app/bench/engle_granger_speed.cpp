#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "app/bench/child.hpp"
#include "app/bench/figure.hpp"
#include "app/bench/stopwatches.hpp"
#include "base/rng.hpp"
#include "codec/json.hpp"
#include "io/file.hpp"
#include "stats/engle_granger.hpp"
#include "stats/panel_scan.hpp"

namespace plumb::app::bench {
namespace {

constexpr std::size_t kObservations = 720;  // a month of hours
constexpr std::size_t kSeries = 60;
constexpr std::size_t kPeerPairs = 60;  // the peer takes tens of milliseconds each
constexpr int kRuns = 9;
constexpr double kTarget = 1000;
constexpr double kTolerance = 1e-9;

// Tests the pairs (2i, 2i+1) and (2i+1, 2i + 2) of the panel with the lag search inside; prints one line of
// JSON. The wrapper only looks at what coint() asked adfuller(), which is how the used lag is known.
constexpr std::string_view kPeerProgram = R"(import json, sys, time, warnings
import numpy as np
import statsmodels
import statsmodels.tsa.stattools as st
warnings.simplefilter("ignore")
path, observations, pairs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
panel = np.fromfile(path, dtype="<f8").reshape(-1, observations)
lags, inner = [], st.adfuller
def watched(*args, **kwargs):
    answer = inner(*args, **kwargs)
    lags.append(int(answer[2]))
    return answer
st.adfuller = watched
st.coint(panel[0], panel[1], autolag="aic")
lags.clear()
rows = []
for i in range(pairs):
    begin = time.process_time()
    t, p, _ = st.coint(panel[i], panel[i + 1], trend="c", autolag="aic")
    rows.append([float(t), float(p), lags[-1], time.process_time() - begin])
print(json.dumps({"version": statsmodels.__version__, "rows": rows}))
)";

/// Random walks; every second one follows its neighbour with a reversion, so that both verdicts occur.
std::vector<std::vector<double>> simulate_panel() {
    Rng rng{720};
    std::vector<std::vector<double>> panel(kSeries, std::vector<double>(kObservations));
    for (std::size_t i = 0; i < kSeries; ++i) {
        double level = std::log(20.0 + static_cast<double>(7 * i));
        double reversion = 0;
        for (std::size_t t = 0; t < kObservations; ++t) {
            level += 0.008 * rng.normal();
            reversion = 0.93 * reversion + 0.4 * rng.normal();
            panel[i][t] = i % 2 == 1 ? 5 + 1.3 * panel[i - 1][t] + reversion : std::exp(level);
        }
    }
    return panel;
}

struct PeerRow {
    double statistic = 0;
    double p_value = 1;
    int used_lag = 0;
    double seconds = 0;
};

struct PeerAnswer {
    std::string version;
    std::vector<PeerRow> rows;
};

/// The first Python that has statsmodels. Errc::not_found says how to get it.
Result<std::string> python_with_statsmodels() {
    for (const std::string python : {"python3", "/usr/bin/python3"}) {
        const auto child =
            run_child({python, "-c", "import statsmodels.tsa.stattools as s; print(s.coint.__name__)"});
        if (child && child->status == 0) return python;
    }
    return fail(Errc::not_found,
                "expected a python3 with statsmodels, found none: apt install python3-statsmodels, or "
                "`./do bench`, which installs it");
}

Result<PeerAnswer> ask_peer(const std::vector<std::vector<double>>& panel) {
    const auto python = python_with_statsmodels();
    if (!python) return fail(python.error());
    const auto folder = ScratchFolder::make();
    if (!folder) return fail(folder.error());
    std::string bytes(kSeries * kObservations * sizeof(double), '\0');
    for (std::size_t i = 0; i < kSeries; ++i) {
        std::memcpy(bytes.data() + i * kObservations * sizeof(double), panel[i].data(),
                    kObservations * sizeof(double));
    }
    const std::filesystem::path file = folder->path() / "panel.f8";
    if (const Status written = io::replace_file(file, bytes); !written) return fail(written.error());
    const auto child = run_child({*python, "-c", std::string{kPeerProgram}, file.string(),
                                  std::to_string(kObservations), std::to_string(kPeerPairs - 1)},
                                 {"OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1", "MKL_NUM_THREADS=1"});
    if (!child) return fail(child.error());
    const auto answer = codec::parse_json(child->output);
    if (child->status != 0 || !answer)
        return fail(Errc::io, "statsmodels: expected one line of JSON, found none");
    PeerAnswer peer;
    peer.version = answer->value("version", "");
    for (const codec::Json& row : answer->at("rows")) {
        peer.rows.push_back(
            {row[0].get<double>(), row[1].get<double>(), row[2].get<int>(), row[3].get<double>()});
    }
    return peer;
}

bool same_decision(const PeerRow& peer, double statistic, double p_value, int used_lag) {
    const double scale = std::max(1.0, std::abs(peer.statistic));
    return used_lag == peer.used_lag && std::abs(statistic - peer.statistic) <= kTolerance * scale &&
           (p_value < 0.05) == (peer.p_value < 0.05);
}

struct Ours {
    double scan_seconds = 0;    // a pair, all ordered pairs of the panel in one call
    double single_seconds = 0;  // a pair, one call each
    std::size_t scan_same = 0;
    std::size_t single_same = 0;
};

Result<Ours> measure_ours(const std::vector<std::vector<double>>& panel, const std::vector<PeerRow>& peer) {
    const std::vector<std::span<const double>> series{panel.begin(), panel.end()};
    Ours ours;
    std::optional<stats::ScanReport> report;
    for (int run = 0; run < 2; ++run) {  // the first warms caches
        ours.scan_seconds = median_computing_seconds(kRuns, [&] {
            auto scan = stats::scan_panel({series});
            if (scan) report = std::move(*scan);
        });
    }
    if (!report) return fail(Errc::invalid_argument, "the panel of the benchmark was refused");
    ours.scan_seconds /= static_cast<double>(report->tested);
    std::vector<double> seconds;
    for (std::size_t i = 0; i < peer.size(); ++i) {
        Result<stats::EngleGrangerResult> test = fail(Errc::empty, "");
        seconds.push_back(
            median_computing_seconds(kRuns, [&] { test = stats::engle_granger(series[i], series[i + 1]); }));
        if (!test) return fail(test.error());
        const stats::PairTest& scanned = report->at(i, i + 1);
        ours.single_same += same_decision(peer[i], test->statistic, test->p_value, test->used_lag);
        ours.scan_same += same_decision(peer[i], scanned.statistic, scanned.p_value, scanned.used_lag);
    }
    ours.single_seconds = median(std::move(seconds));
    return ours;
}

Figure figure_of(const char* name, double seconds, double peer_seconds, std::size_t same,
                 const PeerAnswer& peer) {
    Figure figure;
    figure.name = name;
    figure.ours = 1e6 * seconds;
    figure.peer = 1e6 * peer_seconds;
    figure.peer_name = "statsmodels " + peer.version + " coint()";
    figure.unit = "us/pair";
    figure.target = kTarget;
    figure.better = Better::less;
    const auto cointegrated =
        std::ranges::count_if(peer.rows, [](const PeerRow& row) { return row.p_value < 0.05; });
    figure.note = fmt::format(
        "n = {}; same decisions: {} of {} (used lag equal, t within 1e-9, same side of p = 0.05; {} "
        "cointegrated)",
        kObservations, same, peer.rows.size(), cointegrated);
    return figure;
}

}  // namespace

/// Engle-Granger with the lag chosen by AIC, one processor, on the same simulated pairs as the peer: as the
/// panel scan that selection uses, and as single calls.
Result<std::vector<Figure>> measure_engle_granger() {
    const OnOneProcessor pinned;
    const auto panel = simulate_panel();
    const auto peer = ask_peer(panel);
    if (!peer) return fail(peer.error());
    const auto ours = measure_ours(panel, peer->rows);
    if (!ours) return fail(ours.error());
    std::vector<double> seconds;
    for (const PeerRow& row : peer->rows) seconds.push_back(row.seconds);
    const double peer_seconds = median(std::move(seconds));
    std::vector<Figure> figures{
        figure_of("engle_granger_scan", ours->scan_seconds, peer_seconds, ours->scan_same, *peer),
        figure_of("engle_granger_single", ours->single_seconds, peer_seconds, ours->single_same, *peer)};
    figures[1].target.reset();  // the target is of the path that selection takes
    return figures;
}

}  // namespace plumb::app::bench
