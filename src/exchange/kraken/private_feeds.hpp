#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "exchange/kraken/desk.hpp"

namespace plumb::exchange::kraken {

enum class PrivateFeed : unsigned char {
    fills,
    open_orders,
    open_orders_verbose,
    open_positions,
    balances,
    account_log,
    notifications_auth
};
std::optional<PrivateFeed> parse_private_feed(std::string_view name);
std::string_view to_string(PrivateFeed feed);

/// What an account hears of itself, on streams that have signed a challenge.
class PrivateFeeds {
 public:
    explicit PrivateFeeds(Desk& desk) : desk_{desk} {}

    /// `only`: the contracts of a fills feed; empty for all.
    void subscribe(StreamId stream, AccountId account, PrivateFeed feed, std::set<InstrumentId> only,
                   Timestamp now);
    bool unsubscribe(StreamId stream, PrivateFeed feed);
    void remove(StreamId stream);

    void on_events(std::span<const ModelEvent> events, Timestamp now);
    void on_time(Timestamp now);

    static constexpr std::size_t kFillsInSnapshot = 100;

 private:
    struct Listener {
        StreamId stream = 0;
        AccountId account;
        PrivateFeed feed = PrivateFeed::fills;
        std::uint64_t sequence = 0;
        std::set<InstrumentId> only;
    };

    void send(Listener& listener, FrameKind kind, std::optional<InstrumentId> instrument = {},
              ExecutionNumber execution = 0);
    void send_snapshot(Listener& listener, Timestamp now);
    void send_orders_snapshot(Listener& listener, Timestamp now);
    void send_fills_snapshot(Listener& listener, Timestamp now);
    void send_balances(Listener& listener, bool snapshot, Timestamp now);
    void send_positions(Listener& listener, Timestamp now);
    void send_fill(Listener& listener, const OrderHappened& happened);
    void send_order(Listener& listener, const OrderHappened& happened);
    void send_order_body(Listener& listener, const OrderRecord& order, bool is_cancel,
                         std::string_view reason);
    void send_order_end(Listener& listener, const OrderRecord& order, std::string_view reason);
    void write_fill(const Execution& execution, const OrderRecord& order, std::uint64_t sequence);
    void write_order(std::string_view key, const OrderRecord& order);

    Desk& desk_;
    std::vector<Listener> listeners_;
    std::map<AccountId, std::uint64_t> logs_sent_;
    Timestamp ticked_at_{};
    JsonOut json_;
};

}  // namespace plumb::exchange::kraken
