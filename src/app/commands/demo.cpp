#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "app/arguments.hpp"
#include "app/bundled_data.hpp"
#include "app/capture_plan.hpp"
#include "app/commands.hpp"
#include "app/commands/stopwatch.hpp"
#include "app/report_sections.hpp"
#include "codec/json.hpp"

namespace plumb::app {
namespace {

constexpr double kSelectionShare = 0.65;  // of the panel's days; the rest is traded

/// What all steps share.
struct Demo {
    const Settings& settings;
    std::ostream& out;
    std::ostream& err;
    std::filesystem::path data;    // bundled
    std::filesystem::path folder;  // what the demo writes
    report::ReportData report;
    std::filesystem::path report_path;
};

using Defaults = std::vector<std::pair<std::string, std::string>>;

/// The settings of a step: its own defaults, and over them what the user gave the demo.
Result<Settings> step_settings(const Demo& demo, std::string_view name, Defaults values) {
    static constexpr auto kOwn = std::to_array<std::string_view>(
        {"report", "speed", "days", "duration", "granularity", "serve", "share"});
    for (std::size_t i = 0; i < kSettings.size(); ++i) {
        const Setting& setting = kSettings[i];
        const Value& value = demo.settings.value(i);
        const bool global = setting.commands.empty();
        if (global || value.origin == Origin::fallback || !value.set || !takes("demo", setting)) continue;
        if (std::ranges::find(kOwn, setting.key) != kOwn.end() || setting.type == Type::flag) continue;
        const std::string key{setting.key};
        const auto same = [&](const auto& each) { return each.first == key; };
        if (const auto at = std::ranges::find_if(values, same); at != values.end())
            at->second = value.text;
        else
            values.emplace_back(key, value.text);
    }
    std::vector<std::string> words{"trade", "--workspace", (demo.folder / name).string()};
    for (const auto& [key, text] : values) words.insert(words.end(), {"--" + key, text});
    const auto line = parse_command_line(words);
    if (!line) return fail(line.error());
    return load_settings(*line, {});
}

/// Paragraphs of at most 100 columns, set in.
void say(Demo& demo, const std::string& text, std::string_view margin = "   ") {
    std::size_t column = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        if (column > 0 && 100 < column + 1 + (end - at)) {
            demo.out << '\n';
            column = 0;
        }
        demo.out << (column == 0 ? margin : std::string_view{" "})
                 << std::string_view{text}.substr(at, end - at);
        column += (column == 0 ? margin.size() : 1) + (end - at);
        at = end + 1;
    }
    demo.out << '\n';
}

void say_result(Demo& demo, const SessionMetrics& metrics) {
    demo.out << fmt::format("   {} round trips, {} with profit; fees {:.2f}; deepest fall {:.2f} %\n",
                            metrics.round_trips, metrics.winners, metrics.fees, 100 * metrics.drawdown_max);
    demo.out << fmt::format("   {:.2f} became {:.2f}: {} of {:+.2f} % after costs", metrics.capital,
                            metrics.equity, metrics.profit() < 0 ? "a loss" : "a gain",
                            100 * metrics.total_return);
    if (metrics.open_pairs > 0)
        demo.out << fmt::format(", {} pairs still open ({:+.2f})", metrics.open_pairs, metrics.unrealized);
    demo.out << '\n';
    if (metrics.open_pairs > 0 && metrics.unrealized < 0) {
        say(demo,
            "The open pairs carry a loss: a pair that does not come back is never closed unless "
            "--stop-zscore says "
            "when, so the round trips alone look better than the account.");
    }
    demo.out << '\n';
}

void say_funnel(Demo& demo, const BenchmarkSearch& search) {
    const selection::Findings& findings = search.findings;
    demo.out << fmt::format(
        "   {} pairs in {:.0f} ms: {} tested, {} below p {:g}; chance alone would pass up to {:.0f}\n",
        findings.pairs.size(), 1000 * search.seconds, findings.family.pairs, findings.family.below_threshold,
        search.options.p_threshold, findings.family.expected_by_chance);
    std::string why = "why the others fell:";
    bool first = true;
    for (const selection::Refusal kind : selection::kRefusals) {
        const std::size_t fell = findings.refused_by(kind);
        if (fell == 0) continue;
        why += fmt::format("{} {} ({})", first ? "" : ",", question(kind), fell);
        first = false;
    }
    say(demo, why);
    demo.out << fmt::format("   {} survive every question\n", findings.survivors().size());
}

std::string pair_name(const BenchmarkSearch& search, const selection::PairReport& pair) {
    return search.panel.names[pair.x] + "-" + search.panel.names[pair.y];
}

void say_survivors(Demo& demo, const BenchmarkSearch& search, std::string_view unit) {
    for (const std::size_t index : search.findings.survivors()) {
        const selection::PairReport& pair = search.findings.pairs[index];
        demo.out << fmt::format(
            "     {:<10} hedge ratio {:<8.4g} p {:<8.2g} q {:<5.2f} half-life {:.0f} {}; held back: p "
            "{:.3f}\n",
            pair_name(search, pair), pair.tested->hedge_ratio, *pair.p_pair, *pair.q,
            pair.spread->half_life.value_or(0), unit, pair.holdout ? pair.holdout->adf_p.value_or(1) : 1);
    }
}

std::string q_sentence(const BenchmarkSearch& search) {
    if (search.findings.survivors().empty())
        return "No pair survives, so none is traded: that is an answer too.";
    double low = 1, high = 0;
    for (const std::size_t index : search.findings.survivors()) {
        low = std::min(low, search.findings.pairs[index].q.value_or(1));
        high = std::max(high, search.findings.pairs[index].q.value_or(1));
    }
    if (high <= search.options.fdr_level) {
        return fmt::format(
            "Their false-discovery rates (q at most {:.2g}) say that nearly all of them are real.", high);
    }
    return fmt::format(
        "Their q-values run from {:.2f} to {:.2f}: among so many tests such p-values are what chance gives. "
        "Corrected for that, {} of them would pass at {:g}. They are traded here to show the machine, not "
        "because they are proven.",
        low, high, search.findings.family.below_fdr_level, search.options.fdr_level);
}

/// Steps 1 and 2: stocks, chosen on the first part, traded on the rest.
Status stocks(Demo& demo) {
    const auto file = demo.data / "us100_daily_close_2017_2020.csv.gz";
    const auto settings = step_settings(
        demo, "stocks", {{"data-source", "csv"}, {"data-dir", file.string()}, {"capital", "100000"}});
    if (!settings) return fail(settings.error());
    const auto source = open_history(*settings);
    if (!source) return fail(source.error());
    HistoryWindow window{.length = {}, .back = {}, .from = {}, .to = {}};
    const auto split = split_time(*settings, **source, window, kSelectionShare);
    if (!split) return fail(split.error());
    window.to = *split;
    const auto search = search_benchmarks(*settings, **source, window);
    if (!search) return fail(search.error());
    const Timestamp first = search->panel.times.front();
    demo.out << fmt::format(
        "1. Which of 100 large US stocks move together? Daily closes {} to {}\n"
        "   (the last third of these is held back and tests each pair again)\n",
        to_date(first), to_date(*split));
    say_funnel(demo, *search);
    const std::string honest = q_sentence(*search);
    say_survivors(demo, *search, "days");
    say(demo, honest);
    demo.out << '\n';
    demo.report.sections.push_back({"1 · Search: 100 US stocks",
                                    {fmt::format("Every pair of 100 large US companies, daily closes {} to "
                                                 "{}. Both orientations are tested, the legs by "
                                                 "themselves first; the last third of the days is held back "
                                                 "and each pair is tested on it again.",
                                                 to_date(first), to_date(*split)),
                                     honest},
                                    {},
                                    report_search(*search),
                                    {}});
    if (search->benchmarks.groups.empty()) return {};
    if (const auto saved = store::save_benchmarks(settings->workspace(), search->benchmarks); !saved)
        return fail(saved.error());
    auto plan = plan_trading(*settings, **source, search->benchmarks, {});
    if (!plan) return fail(plan.error());
    const auto run = run_on_paper(*settings, {demo.out, demo.err}, *plan, Money{settings->money("capital")});
    if (!run) return fail(run.error());
    const std::string span = fmt::format("{} to {}", to_date(run->outcome.summary.first),
                                         to_date(run->outcome.summary.last - std::chrono::seconds{1}));
    demo.out << fmt::format(
        "2. Trade them on paper over what came next, {}: days they were not chosen on\n"
        "   fee {:g} bps, half a bid-ask spread of {:g} bps and slippage of {:g} bps on each fill\n",
        span, settings->number("taker-fee-bps"), settings->number("half-spread-bps"),
        settings->number("slippage-bps"));
    say_result(demo, run->metrics);
    demo.report.sections.push_back({"2 · Trading the survivors",
                                    {fmt::format("The survivors on paper over {}, data they were not chosen "
                                                 "on, with fees, bid-ask spread and slippage. "
                                                 "An order decided on a close is filled on the next bar.",
                                                 span)},
                                    {},
                                    {},
                                    report_session(run->collector, run->metrics)});
    return {};
}

std::string base_of(const std::string& name) { return name.substr(0, name.find('/')); }

/// What a search said of the pairs a market was built with.
struct Judged {
    std::vector<std::string> found, missed, broken_refused, not_built;
    std::string joined(const std::vector<std::string>& names) const {
        std::string text;
        for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
        return text.empty() ? "none" : text;
    }
};

/// The question at which a pair that was built in fell.
std::string why_not(const BenchmarkSearch& search, const venues::demo::PairTruth& truth) {
    for (const selection::PairReport& pair : search.findings.pairs) {
        const std::string &y = search.panel.names[pair.y], &x = search.panel.names[pair.x];
        const bool same = (y == base_of(truth.y) && x == base_of(truth.x)) ||
                          (y == base_of(truth.x) && x == base_of(truth.y));
        if (same && pair.refused) return std::string{question(pair.refused->kind)};
    }
    return "not among the names";
}

Judged judge(const BenchmarkSearch& search, const venues::demo::DemoSpec& spec) {
    Judged judged;
    std::vector<std::string> survivors;
    for (const std::size_t index : search.findings.survivors())
        survivors.push_back(pair_name(search, search.findings.pairs[index]));
    const Timestamp end = search.panel.times.back();
    for (const venues::demo::PairTruth& truth : venues::demo::truth(spec)) {
        const std::string one = base_of(truth.x) + "-" + base_of(truth.y),
                          other = base_of(truth.y) + "-" + base_of(truth.x);
        const auto at = std::ranges::find_if(
            survivors, [&](const std::string& name) { return name == one || name == other; });
        const bool broken = truth.breaks_at && *truth.breaks_at <= end;
        if (at != survivors.end()) {
            (broken ? judged.not_built : judged.found).push_back(*at);
            survivors.erase(at);
        } else {
            (broken ? judged.broken_refused : judged.missed)
                .push_back(one + " (" + why_not(search, truth) + ")");
        }
    }
    judged.not_built.insert(judged.not_built.end(), survivors.begin(), survivors.end());
    return judged;
}

/// Step 3: a market whose truth is known.
Status known_market(Demo& demo) {
    const auto settings = step_settings(demo, "market",
                                        {{"data-source", "demo"},
                                         {"capital", "10000"},
                                         {"speed", "0"},
                                         {"duration", "2880"},
                                         {"stop-zscore", "4"},
                                         {"recalibrate-interval", "0"}});
    if (!settings) return fail(settings.error());
    const auto source = open_history(*settings);
    if (!source) return fail(source.error());
    const HistoryWindow window{.length = std::chrono::hours{1}, .back = {}, .from = {}, .to = {}};
    const auto search = search_benchmarks(*settings, **source, window);
    if (!search) return fail(search.error());
    const venues::demo::DemoSpec spec = demo_market(static_cast<std::uint64_t>(settings->integer("seed")));
    const Judged judged = judge(*search, spec);
    demo.out << fmt::format(
        "3. The same search on a simulated market, where the truth is known: {} names, 90 days of hours\n",
        search->panel.series_count());
    say_funnel(demo, *search);
    const std::string verdict = fmt::format(
        "Built in and found: {}. Built in and not found: {}. Broke on the way and "
        "refused: {}. Not built in, yet passed: {}.",
        judged.joined(judged.found), judged.joined(judged.missed), judged.joined(judged.broken_refused),
        judged.joined(judged.not_built));
    say_survivors(demo, *search, "hours");
    say(demo, verdict);
    demo.report.sections.push_back(
        {"3 · A market whose truth is known",
         {fmt::format(
              "A simulated market of {} names (seed {}) in which {} pairs were built to be cointegrated. ",
              search->panel.series_count(), settings->integer("seed"), venues::demo::truth(spec).size()),
          verdict},
         {},
         report_search(*search),
         {}});
    if (search->benchmarks.groups.empty()) return {};
    if (const auto saved = store::save_benchmarks(settings->workspace(), search->benchmarks); !saved)
        return fail(saved.error());
    auto plan = plan_trading(*settings, **source, search->benchmarks, {});
    if (!plan) return fail(plan.error());
    const auto run = run_on_paper(*settings, {demo.out, demo.err}, *plan, Money{settings->money("capital")});
    if (!run) return fail(run.error());
    demo.out << fmt::format(
        "   then two days of it traded on paper from bid and ask: {} events in {:.2f} s\n",
        run->outcome.summary.events, run->seconds);
    say_result(demo, run->metrics);
    demo.report.sections.back().session = report_session(run->collector, run->metrics);
    return {};
}

/// Step 4: a recorded exchange stream through the same engine.
Status captured_stream(Demo& demo) {
    const auto settings = step_settings(demo, "capture",
                                        {{"data-source", "replay"},
                                         {"capital", "10000"},
                                         {"speed", "0"},
                                         {"cycle-interval", "1"},
                                         {"recalibrate-interval", "1"},
                                         {"lookback-bars", "300"}});
    if (!settings) return fail(settings.error());
    auto captured = plan_capture(demo.data / "binance_spot_ticks_20240808");
    if (!captured) return fail(captured.error());
    const CaptureFit& fit = captured->fit;
    const auto run =
        run_on_paper(*settings, {demo.out, demo.err}, captured->plan, Money{settings->money("capital")});
    if (!run) return fail(run.error());
    const double gain = 1e4 * (settings->number("entry-zscore") - settings->number("exit-zscore")) *
                        fit.deviation / fit.price_y;
    const double cost = 4 * (settings->number("taker-fee-bps") + settings->number("slippage-bps"));
    const double seconds = std::max(run->seconds, 1e-9);
    const std::string what = fmt::format("Binance BTC/USDT and ETH/USDT as recorded {} to {} UTC: {} events.",
                                         to_text(fit.first), to_text(fit.last), fit.events);
    const std::string model = fmt::format(
        "BTC = {:.2f} + {:.4f} ETH, fitted on {} seconds of the first half (R² {:.2f}), traded on "
        "the second half from bid and ask.",
        fit.intercept, fit.hedge_ratio, fit.seconds, fit.r_squared);
    const std::string honest = fmt::format(
        "From entry to exit such a spread moves {:.1f} bps of BTC's price; a round trip costs "
        "{:.0f} bps: the search would refuse this pair as uneconomic. It is run to show the machine on real "
        "quotes.",
        gain, cost);
    demo.out << "4. A real exchange stream through the same engine\n";
    for (const std::string& text : {what, model, honest}) say(demo, text);
    demo.out << fmt::format(
        "   {} quotes and {} trades decided on, {} fills; {:.0f} events a second, decoding included\n",
        run->collector.quotes(), run->collector.trades(), run->collector.fills(),
        static_cast<double>(fit.events) / seconds);
    say_result(demo, run->metrics);
    demo.report.sections.push_back({"4 · A recorded exchange stream",
                                    {what, model, honest},
                                    {},
                                    {},
                                    report_session(run->collector, run->metrics)});
    return {};
}

Status finish(Demo& demo, double seconds) {
    const std::filesystem::path path =
        demo.settings.has("report") ? demo.settings.path("report") : demo.folder / "report.html";
    const std::string stocks = (demo.folder / "stocks").string();
    demo.report.next = {fmt::format("plumb backtest --data-source csv --data-dir {} --workspace {}",
                                    (demo.data / "us100_daily_close_2017_2020.csv.gz").string(), stocks),
                        "plumb compute-benchmarks --data-source demo --days 90",
                        "plumb trade --data-source demo --duration 10", "plumb --help"};
    if (const Status written = write_report(path, demo.report); !written) return written;
    demo.out << fmt::format(
        "5. The report, with pictures: {}\n   Diaries and benchmarks: {}\n\nAll this took {:.1f} s. "
        "What to type next:\n",
        path.string(), demo.folder.string(), seconds);
    for (const std::string& line : demo.report.next) demo.out << "   " << line << '\n';
    demo.report_path = path;
    return {};
}

}  // namespace

/// `plumb demo`: the whole story on bundled data, told in plain words, ending with a report. Writes below
/// <workspace>/demo only, and anew each time.
Result<ExitStatus> run_demo(const Settings& settings, const Streams& streams) {
    if (settings.flag("serve")) {
        return fail(Errc::unsupported,
                    "--serve: this version has no dashboard; open the report that plumb demo writes");
    }
    const auto data = bundled_data(settings);
    if (!data) return fail(data.error());
    const Stopwatch stopwatch;
    Demo demo{settings,
              settings.flag("json") ? streams.err : streams.out,
              streams.err,
              *data,
              settings.workspace() / "demo",
              {},
              {}};
    demo.report.title = "Plumbline: the demo";
    demo.report.subtitle =
        "From prices to pairs to paper trades, on bundled data; every figure was computed by this run.";
    for (const auto step : {&stocks, &known_market, &captured_stream}) {
        if (const Status done = step(demo); !done) return fail(done.error());
    }
    if (const Status done = finish(demo, stopwatch.seconds()); !done) return fail(done.error());
    if (settings.flag("json")) {
        const codec::Json summary{{"report", demo.report_path.string()}, {"seconds", stopwatch.seconds()}};
        streams.out << codec::write_json(codec::Json{{"summary", summary}}, -1) << '\n';
    }
    return ExitStatus::done;
}

}  // namespace plumb::app
