#pragma once

#include <string>
#include <vector>

#include "app/trading_plan.hpp"
#include "engine/engine.hpp"
#include "ports/observer.hpp"
#include "store/digest.hpp"
#include "store/tape.hpp"

namespace plumb::app {

/// All that a session's decisions depend on besides its events; with them, a tape decides again bit for bit.
struct TapeSession {
    std::string data_source;
    bool bars = true;
    std::vector<PairModel> models;
    std::vector<strategies::PairStaleness> staleness;
    std::vector<bool> close_only;
    strategies::PairsParams params;
    engine::EngineConfig config;
    engine::Recovered recovered;  // what the session resumed with
};

std::string tape_session_json(const TapeSession& session);
/// Errc::corrupt names what is missing or of another type.
Result<TapeSession> read_tape_session(const std::string& json);

/// Records a session: past events first, then each event with what was decided on it. A tape that cannot be
/// written any more is given up with a word, since the trading record is the truth; the session goes on.
class TapeRecorder : public SessionObserver {
 public:
    TapeRecorder(store::TapeWriter writer, const InstrumentTable& instruments);

    void on_warm_up(const Event& event) override;
    void on_event(const Event& event) override;
    void on_effect(const Effect& effect) override;
    /// The last decision and everything buffered. The first trouble met, if any.
    Status finish();

 private:
    void begin();
    void write_decision();
    void keep(Status status);

    store::TapeWriter writer_;
    const InstrumentTable& instruments_;
    store::DecisionDigest digest_;
    std::vector<Effect> effects_;
    Status trouble_;
    bool begun_ = false;
    bool durable_ = false;  // the step in hand moves money: the tape follows the trading record to the file
};

/// The decision texts that stand where warm-up ends and deciding begins, and where a session that was not
/// killed ends.
inline constexpr const char* kDecidingBegins = "deciding begins";
inline constexpr const char* kSessionOver = "session over";

}  // namespace plumb::app
