#include "app/paper_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "app/commands/stopwatch.hpp"

namespace plumb::app {

Result<PaperRun> run_on_paper(const Settings& settings, const Streams& streams, TradingPlan& plan,
                              Money capital) {
    ReportCollector collector{settings};
    SessionRequest request;
    request.keep_record = false;
    request.capital = capital;
    request.watchers = {&collector};
    request.on_engine = [&](const engine::Engine& engine, const TradingPlan& each) {
        collector.attach(engine, each);
    };
    std::ostream nowhere{nullptr};
    const Stopwatch stopwatch;
    auto outcome =
        run_session(settings, {settings.flag("json") ? streams.out : nowhere, streams.err}, plan, request);
    if (!outcome) return fail(outcome.error());
    const double seconds = stopwatch.seconds();
    collector.finish(outcome->last);
    const SessionMetrics metrics = session_metrics(collector, *outcome, capital);
    return PaperRun{*outcome, std::move(collector), metrics, seconds};
}

Result<Timestamp> split_time(const Settings& settings, HistorySource& source, const HistoryWindow& window,
                             double share) {
    constexpr std::size_t kTimesMin = 100;
    const auto histories = load_histories(source, settings, window);
    if (!histories) return fail(histories.error());
    const auto longest = std::ranges::max_element(*histories, {}, &BarHistory::size);
    const std::size_t times = longest->size();
    if (times < kTimesMin) {
        return fail(Errc::too_short,
                    fmt::format("expected at least {} bars to choose pairs and trade them apart, found {}",
                                kTimesMin, times));
    }
    return longest->open_time(static_cast<std::size_t>(share * static_cast<double>(times)));
}

}  // namespace plumb::app
