#pragma once

#include <mutex>
#include <vector>

#include "app/logging.hpp"
#include "wire/stream_effects.hpp"

namespace plumb::app {

/// What a live feed says of its connections, as lines of the diary: trouble as warnings, that it is over as
/// information, the rest for --verbose. One for each feed, used by the feed's thread alone.
class FeedDiary {
 public:
    void tell(const wire::StreamNote& note, Log& log);

 private:
    bool lost_ = false;
};

/// The same for a feed that starts before its session's diary is open: what is said until then waits. Any
/// thread.
class LateFeedDiary {
 public:
    void tell(const wire::StreamNote& note);
    /// From now on into this diary, what waits first.
    void open(Log& log);
    /// The diary goes: what is said from now on is dropped.
    void close();

 private:
    static constexpr std::size_t kWaitingMax = 100;
    std::mutex mutex_;
    FeedDiary diary_;
    Log* log_ = nullptr;
    bool closed_ = false;
    std::vector<wire::StreamNote> waiting_;
};

}  // namespace plumb::app
