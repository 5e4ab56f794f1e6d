#include "app/feed_diary.hpp"

namespace plumb::app {

void FeedDiary::tell(const wire::StreamNote& note, Log& log) {
    using Kind = wire::StreamNote::Kind;
    switch (note.kind) {
        case Kind::lost: lost_ = true; return log.warning("⚠️ connection lost: " + note.text);
        case Kind::ready:
            if (lost_)
                log.info("🔌 Reconnected: subscribing again");
            else
                log.debug("connected");
            lost_ = false;
            return;
        case Kind::zombie: return log.warning("⚠️ dead connection: " + note.text);
        case Kind::refused: return log.warning("⚠️ refused: " + note.text);
        case Kind::left_out: return log.warning("⚠️ left out: " + note.text);
        case Kind::stopped: return log.warning("⚠️ stopped: " + note.text);
        case Kind::slow_client: return log.warning("⚠️ the venue says that we read too slowly: " + note.text);
        case Kind::connecting: return log.debug("connecting");
        case Kind::renewing: return log.debug("a second connection, before the venue cuts this one");
        case Kind::renewed: return log.debug("renewed without a gap");
        case Kind::silent: return log.debug("silent, asked again: " + note.text);
        case Kind::venue_error: return log.warning("⚠️ the venue says: " + note.text);
    }
}

void LateFeedDiary::tell(const wire::StreamNote& note) {
    const std::lock_guard lock{mutex_};
    if (log_ != nullptr)
        diary_.tell(note, *log_);
    else if (!closed_ && waiting_.size() < kWaitingMax)
        waiting_.push_back(note);
}

void LateFeedDiary::open(Log& log) {
    const std::lock_guard lock{mutex_};
    log_ = &log;
    for (const wire::StreamNote& each : waiting_) diary_.tell(each, log);
    waiting_.clear();
}

void LateFeedDiary::close() {
    const std::lock_guard lock{mutex_};
    log_ = nullptr;
    closed_ = true;
}

}  // namespace plumb::app
