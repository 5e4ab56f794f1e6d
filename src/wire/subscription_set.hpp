#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "wire/recent_keys.hpp"
#include "wire/silence.hpp"
#include "wire/stream_protocol.hpp"

namespace plumb::wire {

/// Where a subscription stands. LIVE needs the venue's acknowledgement and data (F03).
enum class StreamState : unsigned char {
    waiting,       // no connection that could carry it yet
    asked,         // sent, not acknowledged
    acknowledged,  // no data yet
    live,
    stale,     // it was live; now silent for too long, or its connection is gone
    refused,   // by the venue, for good
    left_out,  // the venue's limit leaves no room
};
std::string_view to_string(StreamState state);

/// One subscription as its watchers see it.
struct StreamHealth {
    Subscription subscription;
    StreamState state = StreamState::waiting;
    Refusal refusal = Refusal::none;
    std::optional<Timestamp> last_data;  // by the session's clock
    Duration silence_allowed{};          // in force; zero where silence says nothing
    std::uint64_t events = 0;
    std::uint32_t resubscribed = 0;  // for silence
};

/// What one session carries: its subscriptions in order of need, those of an instrument side by side.
class SubscriptionSet {
 public:
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    static constexpr std::size_t kTradesRemembered = 128;  // Kraken's snapshot repeats 100
    static constexpr std::size_t kBarsRemembered = 8;

    struct Row {
        explicit Row(const Subscription& subscription, SilenceLimits limits);

        Subscription what;
        Refusal refusal = Refusal::none;
        bool left_out = false;
        bool market_open = true;  // else silence is expected
        bool stale_told = false;  // a note was made
        unsigned char owner = 0;  // the link whose quotes count
        SilenceWatch watch;
        std::optional<Timestamp> last_data;
        Timestamp venue_time_last;
        std::uint64_t events = 0;
        std::uint32_t resubscribed = 0;
        Timestamp retry_at = Timestamp::min();
        Duration retry_wait{};
        RecentKeys told;

        bool wanted() const { return refusal == Refusal::none && !left_out; }
        bool watched() const { return wanted() && market_open && watch.watched(); }
    };
    /// All subscriptions of one instrument: what a symbol limit counts.
    struct Unit {
        InstrumentId instrument;
        std::size_t first = 0, count = 0;
    };

    /// Repetitions are dropped. The first of an instrument gives the instrument's need.
    SubscriptionSet(std::span<const Subscription> by_need, const KindLimits& limits);

    /// The row that an event of this kind belongs to; kNone when nobody asked. A bar's length of zero matches
    /// any. Cost: O(subscriptions of the instrument).
    std::size_t find(InstrumentId instrument, DataKind kind, Duration bar_length = {}) const;
    /// The row of the account's own stream.
    std::size_t orders_row() const { return orders_row_; }

    std::vector<Row>& rows() { return rows_; }
    const std::vector<Row>& rows() const { return rows_; }
    std::span<const Unit> units() const { return units_; }
    std::span<Row> rows_of(const Unit& unit) { return std::span{rows_}.subspan(unit.first, unit.count); }
    /// The unit of a row.
    std::size_t unit_of(std::size_t row) const;

 private:
    std::vector<Row> rows_;
    std::vector<Unit> units_;
    std::vector<std::uint32_t> unit_by_instrument_;  // +1; 0: none
    std::size_t orders_row_ = kNone;
};

}  // namespace plumb::wire
