#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/order_book.hpp"
#include "wire/book_rule.hpp"
#include "wire/wire_event.hpp"

namespace plumb::wire {

enum class BookTrouble : unsigned char {
    none,
    never_loaded,
    connection_lost,
    gap,
    crossed,
    poisoned,   // a price not above zero, a quantity below
    exhausted,  // the known levels of a side are used up
    unordered,  // a number that cannot be
};
std::string_view to_string(BookTrouble trouble);

struct BookOptions {
    BookRule rule = BookRule::contiguous;
    SnapshotBy snapshot_by = SnapshotBy::subscription;
    std::size_t levels_max = OrderBook::kLevelsMax;
    std::size_t deltas_max = 2048;         // kept while a snapshot is awaited
    std::size_t delta_levels_max = 65536;  // of them together
    Duration ask_again_first = std::chrono::seconds{1};
    Duration ask_again_max = std::chrono::seconds{30};
    Duration quiet = std::chrono::seconds{5};  // without a change before a snapshot is asked anyway
};

/// Keeps one book true or says that it is not (F09, F10): changes are applied in the venue's order, kept
/// while a snapshot is on its way, and whatever shows that one is missing makes the book invalid at once,
/// until a new snapshot. Pure. Bounded: what does not fit is let go, and counts as a gap.
class BookKeeper {
 public:
    explicit BookKeeper(BookOptions options);

    enum class Outcome : unsigned char {
        ignored,      // told already, or too old
        kept,         // for the snapshot to come
        changed,      // the book is valid and moved
        validated,    // valid from now on
        invalidated,  // it was valid and is not
    };
    /// A change or a snapshot (BookDelta::snapshot), from the stream or as the answer to AskBook.
    Outcome take(const BookDelta& delta, Timestamp now);

    /// The connection is gone: invalid, and what was kept belongs to a past that has a gap behind it.
    void lost();

    /// True when a snapshot should be fetched now: AskBook, or a fresh subscription, by
    /// BookOptions::snapshot_by. Call asked() when it is done. At once after a book that was good for long;
    /// at growing intervals while it stays or keeps getting invalid.
    bool wants_snapshot(Timestamp now);
    void asked(Timestamp now);

    bool valid() const { return valid_; }
    /// Only while valid(), else a bug.
    const OrderBook& book() const;
    std::uint64_t sequence() const { return last_; }
    BookTrouble trouble() const { return trouble_; }    // why it is invalid; none while valid
    std::uint64_t times_lost() const { return lost_; }  // gaps, crossings and all other reasons

 private:
    struct Kept {
        std::uint64_t first = 0, last = 0, previous = 0;
        std::size_t bids = 0, asks = 0;  // counts; the levels follow one another in `levels_`
    };

    Outcome take_snapshot(const BookDelta& snapshot, Timestamp now);
    Outcome take_change(const BookDelta& delta, Timestamp now);
    Outcome keep(const BookDelta& delta);
    BookTrouble judge(std::uint64_t first, std::uint64_t last, std::uint64_t previous) const;
    bool told_already(std::uint64_t last) const;
    BookTrouble apply(std::span<const BookLevel> bids, std::span<const BookLevel> asks);
    BookTrouble replay();
    Outcome invalidate(BookTrouble trouble, Timestamp now);
    void forget_kept();

    BookOptions options_;
    OrderBook book_;
    bool valid_ = false;
    bool fresh_ = false;  // nothing was applied since the snapshot
    std::uint64_t last_ = 0;
    BookTrouble trouble_ = BookTrouble::never_loaded;
    std::uint64_t lost_ = 0;
    std::vector<Kept> kept_;
    std::vector<BookLevel> levels_;
    Timestamp ask_at_ = Timestamp::min();
    Timestamp validated_at_;
    std::optional<Timestamp> waiting_since_;
    Duration ask_again_;
};

}  // namespace plumb::wire
