#include <fmt/format.h>

#include <ostream>

#include "app/benchmarks.hpp"
#include "app/commands.hpp"
#include "app/report_sections.hpp"
#include "app/trading_session.hpp"
#include "app/venue_session.hpp"

namespace plumb::app {
namespace {

/// --report: what this start of the session did.
Status report_session_of(const Settings& settings, const Streams& streams, const ReportCollector& collector,
                         const SessionOutcome& outcome, Money capital) {
    report::ReportData data;
    data.title = "Trading session on paper";
    data.subtitle = fmt::format("{}, {} to {} UTC", settings.text("data-source"),
                                to_text(outcome.summary.first), to_text(outcome.summary.last));
    data.sections.push_back(
        {"Trading", {}, {}, {}, report_session(collector, session_metrics(collector, outcome, capital))});
    const std::filesystem::path path = settings.path("report");
    if (Status written = write_report(path, data); !written) return written;
    (settings.flag("json") ? streams.err : streams.out) << "wrote " << path.string() << '\n';
    return {};
}

Result<ExitStatus> trade(const Settings& settings, const Streams& streams, bool indefinite) {
    const bool live = settings.flag("live");
    if (live && !is_venue(settings.text("data-source"))) {
        return fail(Errc::unsupported,
                    "--live: expected --venue, a venue to trade at; and this version trades on "
                    "paper only: leave the flag out");
    }
    if (settings.text("strategy") != "pairs") {
        return fail(Errc::unsupported, "--strategy " + settings.text("strategy") +
                                           ": this version trades pairs; expected pairs");
    }
    const auto source = open_history(settings, &streams);
    if (!source) return fail(source.error());
    const auto held = held_pairs(settings);
    if (!held) return fail(held.error());
    const auto benchmarks = benchmarks_to_trade(settings, **source, streams);
    if (!benchmarks) return fail(benchmarks.error());
    auto plan = plan_trading(settings, **source, *benchmarks, *held);
    if (!plan) return fail(plan.error());
    if (live) {
        return fail(Errc::unsupported,
                    "--live: the pairs and the venue were looked at and could be traded, but real "
                    "orders are not in this version; leave the flag out for paper");
    }
    SessionRequest request;
    request.indefinite = indefinite;
    request.capital = Money{settings.money("capital")};
    std::optional<ReportCollector> collector;
    if (settings.has("report")) {
        request.watchers.push_back(&collector.emplace(settings));
        request.on_engine = [&](const engine::Engine& engine, const TradingPlan& each) {
            collector->attach(engine, each);
        };
    }
    const auto outcome = run_session(settings, streams, *plan, request);
    if (!outcome) return fail(outcome.error());
    if (collector) {
        collector->finish(outcome->last);
        if (const Status written =
                report_session_of(settings, streams, *collector, *outcome, request.capital);
            !written) {
            return fail(written.error());
        }
    }
    return outcome->halted ? ExitStatus::halted : ExitStatus::done;
}

}  // namespace

/// `plumb trade`: pairs on paper for a while, or to the end of the data.
Result<ExitStatus> run_trade(const Settings& settings, const Streams& streams) {
    return trade(settings, streams, false);
}

/// `plumb trade-indefinite`: the same until Ctrl+C.
Result<ExitStatus> run_trade_indefinite(const Settings& settings, const Streams& streams) {
    return trade(settings, streams, true);
}

}  // namespace plumb::app
