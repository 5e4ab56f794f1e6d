#pragma once

#include <array>
#include <set>
#include <string>
#include <vector>

#include "exchange/kraken/private_feeds.hpp"
#include "exchange/kraken/public_feeds.hpp"

namespace plumb::exchange::kraken {

/// The WebSocket side (/ws/v1): what clients say, and who hears what.
class Feeds {
 public:
    explicit Feeds(Desk& desk) : desk_{desk}, public_{desk}, private_{desk} {}

    void open(StreamId stream);
    void on_message(StreamId stream, std::string_view bytes, Timestamp now);
    void on_closed(StreamId stream);
    void on_events(std::span<const ModelEvent> events, Timestamp now);
    void on_time(Timestamp now);

    static constexpr std::size_t kMessageMax = 64 * 1024;

 private:
    void say(StreamId stream, std::string_view event, std::string_view message);
    void challenge(StreamId stream, const std::string& api_key, Timestamp now);

    Desk& desk_;
    PublicFeeds public_;
    PrivateFeeds private_;
    std::map<StreamId, std::string> challenges_;  // the last one given to each open stream
    std::uint64_t challenge_count_ = 0;
    JsonOut json_;
};

}  // namespace plumb::exchange::kraken
