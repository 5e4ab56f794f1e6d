#include "app/benchmarks.hpp"
#include "app/commands.hpp"
#include "app/trading_session.hpp"

namespace plumb::app {
namespace {

Result<ExitStatus> trade(const Settings& settings, const Streams& streams, bool indefinite) {
    if (settings.flag("live")) {
        return fail(Errc::unsupported, "--live: this version trades on paper only; leave the flag out");
    }
    if (settings.text("strategy") != "pairs") {
        return fail(Errc::unsupported, "--strategy " + settings.text("strategy") + ": this version trades pairs; expected pairs");
    }
    const auto source = open_history(settings);
    if (!source) return fail(source.error());
    const auto held = held_pairs(settings);
    if (!held) return fail(held.error());
    const auto benchmarks = benchmarks_to_trade(settings, **source, streams);
    if (!benchmarks) return fail(benchmarks.error());
    auto plan = plan_trading(settings, **source, *benchmarks, *held);
    if (!plan) return fail(plan.error());
    SessionRequest request;
    request.indefinite = indefinite;
    request.capital = Money{settings.money("capital")};
    const auto outcome = run_session(settings, streams, *plan, request);
    if (!outcome) return fail(outcome.error());
    return outcome->halted ? ExitStatus::halted : ExitStatus::done;
}

}  // namespace

/// `plumb trade`: pairs on paper for a while, or to the end of the data.
Result<ExitStatus> run_trade(const Settings& settings, const Streams& streams) { return trade(settings, streams, false); }

/// `plumb trade-indefinite`: the same until Ctrl+C.
Result<ExitStatus> run_trade_indefinite(const Settings& settings, const Streams& streams) {
    return trade(settings, streams, true);
}

}  // namespace plumb::app
