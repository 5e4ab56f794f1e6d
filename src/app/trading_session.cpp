#include "app/trading_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "app/logging.hpp"
#include "app/session_log.hpp"
#include "app/tape_session.hpp"
#include "app/wall_pacer.hpp"
#include "app/workspace.hpp"
#include "engine/recovery.hpp"
#include "store/record_reader.hpp"
#include "store/trading_record.hpp"
#include "venues/paper/paper_venue.hpp"

namespace plumb::app {
namespace {

std::string joined_names(const InstrumentTable& instruments) {
    std::string text;
    for (const Instrument& each : instruments.all())
        text += fmt::format("{}'{}'", text.empty() ? "" : ", ", each.name());
    return text;
}

std::string how_it_ended(engine::SessionEnd end) {
    switch (end) {
        case engine::SessionEnd::data_over:
            return "Ended: the data is over; what is open stays open and is recorded";
        case engine::SessionEnd::time_over: return "Ended: the time is over";
        case engine::SessionEnd::commanded: return "Ended: by request, positions closed";
        case engine::SessionEnd::commanded_twice:
            return "Ended: at once by request; what is open stays open and is recorded";
    }
    return "";
}

double speed_of(const Settings& settings, const TradingPlan& plan) {
    // What comes live is paced by the market; holding it to a second clock could only delay it.
    if (plan.live) return 0;
    if (settings.has("speed")) return settings.number("speed");
    return plan.bars ? 0 : 1;
}

engine::DriverOptions driver_options(const Settings& settings, const TradingPlan& plan,
                                     const SessionRequest& request, const RecordedState& state) {
    engine::DriverOptions options;
    options.bars = plan.bars;
    options.trade_from = plan.trade_from;
    if (state.resumed) options.resume = state.cursor;
    options.wind_down = std::max<Duration>(std::chrono::minutes{5}, 4 * plan.bar_length);
    // Files are played to their end unless a duration was asked for; it counts market time.
    const bool timed =
        !request.indefinite && settings.has("duration") && (!plan.bars || settings.chosen("duration"));
    if (timed) options.duration = from_seconds(60 * settings.number("duration"));
    return options;
}

/// The record, opened, or nothing for a backtest.
struct OpenRecord {
    std::unique_ptr<TradingRecord> record;
    RecordedState state;
};

Result<OpenRecord> open_record(const Settings& settings, const TradingPlan& plan,
                               const SessionRequest& request) {
    if (!request.keep_record) return OpenRecord{};
    SessionHeader header;
    header.mode = "paper";
    header.venue = "paper";
    header.data_source = plan.data_source;
    header.account = "paper";
    header.capital = request.capital;
    header.started_at = wall_clock_now();
    store::RecordOptions options;
    // Replayed files can be replayed again after a power cut; what runs in real time cannot.
    if (plan.bars) options.durability = store::Durability::process_death;
    auto opened = store::SqliteTradingRecord::open(store::trading_record_path(settings.workspace()), header,
                                                   plan.instruments, plan.models, options);
    if (!opened) return fail(opened.error());
    return OpenRecord{std::move(opened->record), std::move(opened->state)};
}

void announce(Log& log, const Settings& settings, const TradingPlan& plan, const SessionRequest& request,
              const RecordedState& state, const engine::Recovered& recovered) {
    log.info(request.indefinite ? "🚀 STARTING INDEFINITE TRADING SESSION" : "🚀 STARTING TRADING SESSION");
    log.info("📝 Mode: PAPER TRADING");
    log.info(fmt::format("Cycle interval: {}", to_text(from_seconds(settings.number("cycle-interval")))));
    if (request.indefinite) log.info("Press Ctrl+C to stop gracefully");
    for (const std::string& note : plan.notes) log.warning(note);
    log.info(fmt::format(
        "✅ Started {} for [{}]",
        plan.bars ? "playing bars of " + granularity_name(plan.bar_length) : "real-time streaming",
        joined_names(plan.instruments)));
    for (const PairModel& model : plan.models) {
        const strategies::PairStaleness& limits = plan.staleness[model.id.value];
        log.info(
            fmt::format("  {}: half-life {:.1f} bars, staleness entry/exit/emergency {:.0f}/{:.0f}/{:.0f} s",
                        model.name, model.half_life, to_seconds(limits.entry), to_seconds(limits.exit),
                        to_seconds(limits.emergency)));
    }
    if (!state.resumed) return;
    int holding = 0;
    for (const PairStatus& status : recovered.pairs) holding += status.phase == PairPhase::flat ? 0 : 1;
    log.info(fmt::format(
        "♻️ Resumed session (start {}): {} fills, {} pairs in position, {} orders open, market time {}",
        state.epoch, recovered.fills.size(), holding, recovered.open_orders.size(),
        to_text(state.cursor.at)));
}

}  // namespace

namespace {

/// The session's tape: data/tapes/<start>-<epoch>.tape, or where --tape says.
Result<std::unique_ptr<TapeRecorder>> open_tape(const Settings& settings, const TradingPlan& plan,
                                                const engine::EngineConfig& config,
                                                const engine::Recovered& recovered, std::uint32_t epoch) {
    const TapeSession session{plan.data_source,       plan.bars, plan.models, plan.staleness, plan.close_only,
                              pairs_params(settings), config,    recovered};
    const auto all = plan.instruments.all();
    const store::TapeHeader header{tape_session_json(session), {all.begin(), all.end()}};
    const std::filesystem::path folder = settings.workspace() / "data" / "tapes";
    if (const Status made = Workspace::make(folder); !made) return fail(made.error());
    std::string started = to_iso(wall_clock_now()).substr(0, 19);
    std::erase(started, ':');
    auto writer = store::TapeWriter::create(folder / fmt::format("{}-{}.tape", started, epoch), header);
    if (!writer) return fail(writer.error());
    return std::make_unique<TapeRecorder>(std::move(*writer), plan.instruments);
}

}  // namespace

Result<SessionOutcome> run_session(const Settings& settings, const Streams& streams, TradingPlan& plan,
                                   const SessionRequest& request) {
    const Workspace workspace{settings};
    std::optional<io::FileLock> lock;
    if (request.keep_record) {
        auto locked = workspace.open();
        if (!locked) return fail(locked.error());
        lock = std::move(*locked);
    }
    auto log = Log::open(settings, workspace, streams);
    if (!log) return fail(log.error());
    auto opened = open_record(settings, plan, request);
    if (!opened) return fail(opened.error());
    const auto recovered = engine::recover(opened->state);
    if (!recovered) return fail(recovered.error());

    const Money capital = opened->state.resumed ? opened->state.header.capital : request.capital;
    engine::EngineConfig config = engine_config(settings, plan, capital);
    config.first_id = {opened->state.install, opened->state.epoch, 1};
    engine::Engine engine{config, plan.instruments, make_strategy(settings, plan)};
    engine.restore(*recovered);
    venues::paper::PaperVenue venue{paper_costs(settings), plan.instruments};
    venue.restore(opened->state);

    const double speed = speed_of(settings, plan);
    SessionLog diary{*log,
                     streams.out,
                     plan,
                     engine,
                     {.json = settings.flag("json"),
                      .market_time = plan.bars,
                      .health_interval = settings.has("health-interval")
                                             ? from_seconds(60 * settings.number("health-interval"))
                                             : Duration{std::chrono::minutes{15}},
                      .cycles = speed > 0 || plan.live}};
    if (request.on_engine) request.on_engine(engine, plan);
    announce(*log, settings, plan, request, opened->state, *recovered);
    listen_for_signals();
    WallPacer pacer{speed};
    const auto feed = open_feed(plan);
    if (plan.feed_diary) plan.feed_diary->open(*log);
    const struct Closing {
        LateFeedDiary* diary;
        ~Closing() {
            if (diary) diary->close();
        }
    } closing{plan.feed_diary.get()};
    engine::SessionDriver::Doors doors{*feed, venue, opened->record.get(), &pacer, {&diary}};
    std::unique_ptr<TapeRecorder> tape;
    if (request.keep_record) {
        auto recorder = open_tape(settings, plan, config, *recovered, opened->state.epoch);
        if (!recorder) return fail(recorder.error());
        tape = std::move(*recorder);
        doors.observers.push_back(tape.get());
    }
    doors.observers.insert(doors.observers.end(), request.watchers.begin(), request.watchers.end());
    engine::SessionDriver driver{engine, std::move(doors),
                                 driver_options(settings, plan, request, opened->state)};
    const auto summary = driver.run();
    if (tape) {
        if (const Status taped = tape->finish(); !taped)
            log->warning("the tape is incomplete: " + taped.error().message());
    }
    if (!summary) {
        log->error("🛑 STOPPED: " + summary.error().message());
        log->flush();
        return fail(summary.error());
    }
    log->info("🛑 SHUTTING DOWN");
    diary.summarize(how_it_ended(summary->end), summary->last - summary->first);
    log->info("✅ Shutdown complete");
    log->flush();
    const auto holds = [](const PairStatus& status) { return status.phase != PairPhase::flat; };
    return SessionOutcome{*summary, engine.portfolio().snapshot(summary->last),
                          engine.state() == TradingState::halted,
                          static_cast<std::size_t>(std::ranges::count_if(engine.pairs(), holds))};
}

Result<HeldPairs> held_pairs(const Settings& settings) {
    auto reader = store::RecordReader::open(store::trading_record_path(settings.workspace()));
    if (!reader && reader.error().code() == Errc::not_found) return HeldPairs{};
    if (!reader) return fail(reader.error());
    auto pairs = reader->pairs();
    if (!pairs) return fail(pairs.error());
    auto instruments = reader->instruments();
    if (!instruments) return fail(instruments.error());
    return HeldPairs{std::move(*pairs), std::move(*instruments)};
}

}  // namespace plumb::app
