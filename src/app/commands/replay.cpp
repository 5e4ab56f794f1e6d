#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "app/commands.hpp"
#include "app/tape_session.hpp"
#include "strategies/pairs/pairs_zscore.hpp"

namespace plumb::app {
namespace {

/// What came of running a tape again.
struct Replayed {
    std::uint64_t events = 0;
    std::uint64_t past = 0;       // of these, before deciding began
    std::uint64_t decisions = 0;  // steps with effects
    std::optional<std::string> difference;
    std::optional<std::string> cut;  // why the tape ends early
    EquityPoint last;
};

/// Runs the events through the same engine and holds each step's decision against the recorded one.
class Replay {
 public:
    Replay(engine::Engine& engine, const InstrumentTable& instruments)
        : engine_{engine}, instruments_{instruments} {}

    Result<Replayed> run(store::TapeReader& tape) {
        while (!replayed_.difference) {
            auto record = tape.next();
            if (!record) {
                // A killed session leaves a torn end: what stands before it is good and was checked.
                replayed_.cut = record.error().message();
                break;
            }
            if (!*record) {
                // The last step's decision may be lost with the end: only a whole tape can be held against
                // us.
                if (!over_ && !replayed_.cut) replayed_.cut = "it has no end mark: the session was killed";
                break;
            }
            if (const auto* decision = std::get_if<store::TapeDecision>(&**record)) {
                take(*decision);
            } else {
                take(std::get<Event>(**record));
            }
        }
        if (!replayed_.cut) expect_none();
        replayed_.last = engine_.portfolio().snapshot(now_);
        return std::move(replayed_);
    }

 private:
    void take(const store::TapeDecision& decision) {
        if (!deciding_) {
            deciding_ = decision.text == kDecidingBegins;
            if (deciding_) expect(engine_.take_up());
            return;
        }
        if (decision.text == kSessionOver) {
            expect_none();
            over_ = true;
            return;
        }
        ++replayed_.decisions;
        if (pending_ && *pending_ == decision.digest) {
            pending_.reset();
            return;
        }
        replayed_.difference =
            fmt::format("event {} at {}: recorded \"{}\", decided \"{}\"", replayed_.events, to_text(now_),
                        decision.text, pending_ ? text_ : "nothing");
    }

    void take(const Event& event) {
        expect_none();
        if (replayed_.difference) return;
        ++replayed_.events;
        now_ = std::max(now_, time_of(event));
        if (!deciding_) {
            ++replayed_.past;
            engine_.warm_up(event);
            return;
        }
        expect(engine_.step(event));
    }

    /// The tape must go on with just these effects; without effects it has no decision.
    void expect(std::span<const Effect> effects) {
        if (effects.empty()) return;
        pending_ = digest_.add(effects);
        text_ = store::describe(effects, instruments_);
    }

    void expect_none() {
        if (!pending_) return;
        replayed_.difference = fmt::format("event {} at {}: recorded nothing, decided \"{}\"",
                                           replayed_.events, to_text(now_), text_);
    }

    engine::Engine& engine_;
    const InstrumentTable& instruments_;
    store::DecisionDigest digest_;
    std::optional<std::uint64_t> pending_;
    std::string text_;
    bool deciding_ = false;
    bool over_ = false;
    Timestamp now_;
    Replayed replayed_;
};

}  // namespace

/// `plumb replay --tape FILE`: runs a recorded session again and compares every decision with the one
/// recorded. Status 0 when all are the same, 1 at the first difference, which it names.
Result<ExitStatus> run_replay(const Settings& settings, const Streams& streams) {
    if (!settings.has("tape"))
        return fail(Errc::invalid_argument, "replay: expected --tape FILE, a session's tape from data/tapes");
    auto tape = store::TapeReader::open(settings.path("tape"));
    if (!tape) return fail(tape.error());
    auto session = read_tape_session(tape->header().session_json);
    if (!session) return fail(session.error());
    InstrumentTable instruments;
    for (const Instrument& instrument : tape->header().instruments) {
        if (const auto added = instruments.add(instrument); !added) return fail(added.error());
    }
    auto strategy =
        std::make_unique<strategies::PairsZscore>(session->params, session->models, session->staleness);
    for (const PairModel& model : session->models) {
        if (session->close_only[model.id.value]) strategy->close_only(model.id);
    }
    engine::Engine engine{session->config, instruments, std::move(strategy)};
    engine.restore(session->recovered);
    const auto begin = std::chrono::steady_clock::now();
    const auto replayed = Replay{engine, instruments}.run(*tape);
    if (!replayed) return fail(replayed.error());
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();

    if (settings.flag("json")) {
        nlohmann::ordered_json line{{"events", replayed->events},
                                    {"warm_up", replayed->past},
                                    {"decisions", replayed->decisions},
                                    {"same", !replayed->difference},
                                    {"equity", replayed->last.equity.to_string()},
                                    {"seconds", seconds}};
        if (replayed->difference) line["difference"] = *replayed->difference;
        if (replayed->cut) line["cut"] = *replayed->cut;
        streams.out << line.dump() << '\n';
    } else {
        streams.out << fmt::format("{} events ({} of them warm-up), {} decisions in {:.2f} s, equity {}\n",
                                   replayed->events, replayed->past, replayed->decisions, seconds,
                                   replayed->last.equity.to_string());
        if (replayed->cut) streams.out << "the tape ends early: " << one_line(*replayed->cut) << '\n';
        streams.out << (replayed->difference       ? "first difference: " + one_line(*replayed->difference)
                        : replayed->decisions == 0 ? std::string{"the tape holds no decision"}
                                                   : std::string{"every decision is the one recorded"})
                    << '\n';
    }
    return replayed->difference ? ExitStatus::answer_is_no : ExitStatus::done;
}

}  // namespace plumb::app
