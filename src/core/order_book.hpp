#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/market_event.hpp"

namespace plumb {

/// One instrument's book: levels by price, best first when asked. It only stores; whether it may be believed
/// (sequence, crossing) is wire::BookKeeper's business.
///
/// At most `levels_max` levels a side are kept. When one more comes the worst is let go, and from then on
/// nothing at or beyond it is known: the levels kept are exact, and exhausted() says when none is left.
class OrderBook {
 public:
    static constexpr std::size_t kLevelsMax = 8192;  // of one side

    explicit OrderBook(std::size_t levels_max = kLevelsMax);

    void clear();
    /// Replaces all: levels in any order; of several at one price the last one counts, and empty ones none.
    /// Cost: O(n) when they come best first.
    void load(std::span<const BookLevel> bids, std::span<const BookLevel> asks);
    /// Sets the quantity at a price; zero removes the level, also one that was not there. Price above zero,
    /// quantity not below. Cost: O(log n), and a move of the better levels; no allocation once a side has
    /// grown.
    void set(Side side, BookLevel level);

    std::optional<BookLevel> best(Side side) const;
    /// The level at `depth` from the best, which is 0.
    BookLevel level(Side side, std::size_t depth) const;
    std::size_t depth(Side side) const { return of(side).levels.size(); }
    /// Both sides there, and the bid not below the ask: no market looks like that.
    bool crossed() const;
    /// A side ran empty while worse levels had been let go: it is empty only as far as we know.
    bool exhausted() const;

    /// Best bid and ask as a quote; a side nobody quotes has quantity zero. Instrument, sequence and times
    /// are the caller's.
    Quote top() const;

 private:
    void load(Side side, std::span<const BookLevel> levels);

    struct Half {
        std::vector<BookLevel> levels;  // the best last, so that changes near it move little
        std::optional<Price> horizon;   // the best of the levels let go
    };
    Half& of(Side side) { return side == Side::buy ? bids_ : asks_; }
    const Half& of(Side side) const { return side == Side::buy ? bids_ : asks_; }

    std::size_t levels_max_;
    Half bids_, asks_;
};

}  // namespace plumb
