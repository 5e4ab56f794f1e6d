#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <variant>
#include <vector>

#include "wire/wire_event.hpp"

namespace plumb::wire {

/// What the market says, without borrowed contents.
using MarketNews = std::variant<Trade, Quote, ClosedBar, OpenBar, MarkPrice, MarketStatus>;
/// What the account's own stream says. Never dropped, never conflated.
using AccountNews = std::variant<OrderUpdate, Balance, VenuePosition, AccountFacts>;
using News = std::variant<MarketNews, AccountNews>;

struct InboxOptions {
    std::size_t instruments = 0;         // ids are below this
    std::size_t conflate_above = 4096;   // market news waiting; below it nothing is conflated
    std::size_t trades_max = 65'536;     // waiting; more are dropped and counted per instrument
    std::size_t bars_max = 16'384;       // closed bars, as trades
    std::size_t account_reserve = 1024;  // room made at the start
    std::size_t account_max = 262'144;   // beyond it push() says no, and the private stream must be left
    std::size_t wake_at = 1;  // market news waiting that wake a sleeping consumer; fewer wait for settle()
};

struct InboxCounters {
    std::uint64_t taken_in = 0;
    std::uint64_t given_out = 0;
    std::uint64_t conflated = 0;  // replaced by a later one of the same instrument and kind
    std::uint64_t dropped_trades = 0;
    std::uint64_t dropped_bars = 0;
    std::uint64_t waiting_high = 0;  // the most market news that ever waited
};

/// The way from the thread that reads sockets to the one that thinks: one producer, one consumer. The
/// producer never waits for the consumer (F08). While the consumer keeps up everything comes through in the
/// order it was taken in. When more than `conflate_above` wait, a quote, mark price, open bar or status
/// replaces the one of its instrument that waits, and goes to the end of the line; so what waits is bounded
/// by the number of instruments, besides trades and closed bars, which have bounds of their own.
///
/// Cost: one uncontended lock a push, one a batch of takes; no allocation after the constructor, but for more
/// account news than account_reserve.
class Inbox {
 public:
    explicit Inbox(const InboxOptions& options);

    /// The producer's. False only for account news beyond account_max: nothing may be missed in silence, so
    /// close the private stream and reconcile (E06). Other events (Control, Listing, BookDelta, ...) are not
    /// for the inbox and ignored.
    [[nodiscard]] bool push(const WireEvent& event);
    /// The producer's: whether the consumer sleeps over news, fewer than `wake_at`. Then settle() is due as
    /// soon as nothing more is at hand: waking costs both sides more than ten news do.
    bool owes_wake() const { return owes_wake_; }
    /// The producer's: wakes the consumer if it sleeps over news.
    void settle();

    /// The consumer's: the next in order, living until the next call; null after waiting until `wait` passed
    /// or wake() was called.
    const News* take(Duration wait);
    /// Ends a take() that waits, or else the next one that would. From any thread.
    void wake();

    InboxCounters counters() const;
    /// Trades and bars of this instrument that never came through. From any thread.
    std::uint64_t dropped(InstrumentId instrument) const;

 private:
    static constexpr std::size_t kBatch = 64;
    static constexpr std::size_t kSlots = 4;  // kinds that conflate
    struct Entry {
        std::uint64_t number = 0;  // order among all news; 0: a later one has replaced it
        MarketNews news;
    };
    struct AccountEntry {
        std::uint64_t number = 0;
        AccountNews news;
    };

    template <class Each>
    void push_market(const Each& each);
    bool push_account(AccountNews news);
    std::uint64_t* replace_waiting(const MarketNews& news, InstrumentId instrument);
    std::uint64_t* place_of(const MarketNews& news);
    void compact();
    void refill();
    void wake_sleeper();
    Entry& at(std::uint64_t position) { return ring_[position & (ring_.size() - 1)]; }

    const InboxOptions options_;

    mutable std::mutex mutex_;  // over all up to the batch
    std::condition_variable arrived_;
    bool woken_ = false;
    bool consumer_waits_ = false;  // and was not woken yet
    bool owes_wake_ = false;       // the producer's own
    std::uint64_t next_number_ = 1;
    std::vector<Entry> ring_;             // a power of two
    std::uint64_t head_ = 0, tail_ = 0;   // positions, modulo the size
    std::size_t live_ = 0;                // entries of the ring that still count
    std::size_t trades_ = 0, bars_ = 0;   // of them
    std::vector<std::uint64_t> places_;   // by instrument and slot: position + 1 of the last one put in
    std::vector<std::uint32_t> dropped_;  // by instrument
    std::vector<AccountEntry> account_;   // a plain line: taken from `account_head_` on
    std::size_t account_head_ = 0;
    InboxCounters counters_;

    std::vector<News> batch_;  // the consumer's own, without the lock
    std::size_t batch_at_ = 0, batch_size_ = 0;
};

}  // namespace plumb::wire
