#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "live/live_feed.hpp"

namespace plumb::live {

/// What a server on loopback sends, as a venue would.
struct StreamLoad {
    std::vector<std::string>
        messages;  // sent in turn, over and over; quotes, since a trade is told once only
    /// What the venue answers to a frame of the client's: acknowledgements.
    std::function<std::vector<std::string>(std::string_view client_frame)> answer;
    std::uint64_t per_second = 0;  // zero: as many as the client takes
    Duration warm_up = std::chrono::seconds{1};
    Duration lasts = std::chrono::seconds{3};
};

struct StreamLoadResult {
    std::uint64_t messages = 0;   // of the market, through socket, frame, decoder, session, band and queue
    std::uint64_t given_out = 0;  // by next(), above zero; the others were conflated in the queue
    Duration wall{};
    Duration reader_cpu{};    // the feed's own thread
    Duration consumer_cpu{};  // who called next()

    double read_ns() const { return 1e9 * to_seconds(reader_cpu) / static_cast<double>(messages); }
    /// Of each that was handed out: what was conflated cost the taker nothing.
    double take_ns() const { return 1e9 * to_seconds(consumer_cpu) / static_cast<double>(given_out); }
    /// As if one core did all of it: reading each message and taking each out, none conflated.
    double per_core_second() const { return 1e9 / (read_ns() + take_ns()); }
    /// Of one core, while it lasted.
    double core_share() const { return to_seconds(reader_cpu + consumer_cpu) / to_seconds(wall); }
};

/// Measures a whole LiveFeed over a real socket on 127.0.0.1, plain text, one connection: kernel, WebSocket
/// frames, the venue's own decoder, session, price band, queue, next(). The server has a thread of its own,
/// whose time is not counted. `make_venue` gives a venue whose stream goes to the endpoint. Errors of
/// LiveFeed::start; Errc::network when the client never came or nothing arrived.
Result<StreamLoadResult> measure_stream_load(
    const std::function<std::unique_ptr<wire::Venue>(const io::Endpoint&)>& make_venue,
    LiveFeedOptions options, const StreamLoad& load);

}  // namespace plumb::live
