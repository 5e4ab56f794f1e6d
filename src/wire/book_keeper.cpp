#include "wire/book_keeper.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace plumb::wire {
namespace {

bool poisoned(std::span<const BookLevel> levels) {
    return std::ranges::any_of(
        levels, [](const BookLevel& level) { return level.price.sign() <= 0 || level.quantity.sign() < 0; });
}

}  // namespace

BookKeeper::BookKeeper(BookOptions options)
    : options_{options}, book_{options.levels_max}, ask_again_{options.ask_again_first} {
    PLUMB_CHECK(Duration::zero() < options.ask_again_first);
    PLUMB_CHECK(options.ask_again_first <= options.ask_again_max);
}

BookKeeper::Outcome BookKeeper::take(const BookDelta& delta, Timestamp now) {
    if (poisoned(delta.bids) || poisoned(delta.asks)) {
        forget_kept();
        return invalidate(BookTrouble::poisoned, now);
    }
    return delta.snapshot ? take_snapshot(delta, now) : take_change(delta, now);
}

BookKeeper::Outcome BookKeeper::take_snapshot(const BookDelta& snapshot, Timestamp now) {
    const bool was_valid = valid_;
    const bool numbered = options_.rule != BookRule::unnumbered;
    if (valid_ && numbered && snapshot.last_sequence < last_) return Outcome::ignored;  // late answer
    book_.load(snapshot.bids, snapshot.asks);
    last_ = snapshot.last_sequence;
    fresh_ = true;
    BookTrouble trouble = book_.crossed() ? BookTrouble::crossed : replay();
    if (trouble == BookTrouble::none && book_.exhausted()) trouble = BookTrouble::exhausted;
    if (trouble != BookTrouble::none) {
        // Too old a snapshot, or a bad one: what is kept may still fit the next.
        if (trouble != BookTrouble::gap) forget_kept();
        return invalidate(trouble, now);
    }
    forget_kept();
    valid_ = true;
    trouble_ = BookTrouble::none;
    waiting_since_.reset();
    if (!was_valid) validated_at_ = now;
    return was_valid ? Outcome::changed : Outcome::validated;
}

BookKeeper::Outcome BookKeeper::take_change(const BookDelta& delta, Timestamp now) {
    if (!valid_) return keep(delta);
    if (told_already(delta.last_sequence)) return Outcome::ignored;
    BookTrouble trouble = judge(delta.first_sequence, delta.last_sequence, delta.previous_sequence);
    if (trouble == BookTrouble::none) trouble = apply(delta.bids, delta.asks);
    if (trouble == BookTrouble::none) {
        last_ = delta.last_sequence;
        fresh_ = false;
        return Outcome::changed;
    }
    const Outcome outcome = invalidate(trouble, now);
    keep(delta);  // it is the first of what the next snapshot must reach
    return outcome;
}

BookKeeper::Outcome BookKeeper::keep(const BookDelta& delta) {
    // Without numbers nobody could say which of them a snapshot contains.
    if (options_.rule == BookRule::unnumbered) return Outcome::ignored;
    if (!kept_.empty() && delta.last_sequence <= kept_.back().last) return Outcome::ignored;
    const std::size_t count = delta.bids.size() + delta.asks.size();
    if (kept_.size() == options_.deltas_max || options_.delta_levels_max < levels_.size() + count)
        forget_kept();
    if (options_.delta_levels_max < count) return Outcome::ignored;
    kept_.push_back({delta.first_sequence, delta.last_sequence, delta.previous_sequence, delta.bids.size(),
                     delta.asks.size()});
    levels_.insert(levels_.end(), delta.bids.begin(), delta.bids.end());
    levels_.insert(levels_.end(), delta.asks.begin(), delta.asks.end());
    return Outcome::kept;
}

bool BookKeeper::told_already(std::uint64_t last) const {
    return options_.rule != BookRule::unnumbered && last <= last_;
}

/// Whether the change follows what we have. Right after a snapshot the change may reach back before it, since
/// quantities are absolute; later it must begin where the one before ended (Binance, "How to manage a local
/// order book").
BookTrouble BookKeeper::judge(std::uint64_t first, std::uint64_t last, std::uint64_t previous) const {
    switch (options_.rule) {
        case BookRule::contiguous:
            if (first == 0 || last < first) return BookTrouble::unordered;
            return first <= last_ + 1 ? BookTrouble::none : BookTrouble::gap;
        case BookRule::previous:
            if (last <= previous) return BookTrouble::unordered;
            if (fresh_) return previous <= last_ ? BookTrouble::none : BookTrouble::gap;
            return previous == last_ ? BookTrouble::none : BookTrouble::gap;
        case BookRule::ordered:
        case BookRule::unnumbered: return BookTrouble::none;
    }
    return BookTrouble::unordered;
}

BookTrouble BookKeeper::apply(std::span<const BookLevel> bids, std::span<const BookLevel> asks) {
    for (const BookLevel& level : bids) book_.set(Side::buy, level);
    for (const BookLevel& level : asks) book_.set(Side::sell, level);
    if (book_.crossed()) return BookTrouble::crossed;
    return book_.exhausted() ? BookTrouble::exhausted : BookTrouble::none;
}

/// Applies what was kept on top of the snapshot just loaded.
BookTrouble BookKeeper::replay() {
    std::size_t at = 0;
    for (const Kept& kept : kept_) {
        const std::span<const BookLevel> bids = std::span{levels_}.subspan(at, kept.bids);
        const std::span<const BookLevel> asks = std::span{levels_}.subspan(at + kept.bids, kept.asks);
        at += kept.bids + kept.asks;
        if (told_already(kept.last)) continue;
        if (const BookTrouble trouble = judge(kept.first, kept.last, kept.previous);
            trouble != BookTrouble::none)
            return trouble;
        if (const BookTrouble trouble = apply(bids, asks); trouble != BookTrouble::none) return trouble;
        last_ = kept.last;
        fresh_ = false;
    }
    return BookTrouble::none;
}

BookKeeper::Outcome BookKeeper::invalidate(BookTrouble trouble, Timestamp now) {
    const bool was_valid = valid_;
    valid_ = false;
    trouble_ = trouble;
    book_.clear();
    if (!was_valid) return Outcome::ignored;
    ++lost_;
    if (validated_at_ + options_.ask_again_max <= now) {
        ask_again_ = options_.ask_again_first;
        ask_at_ = now;
    }
    return Outcome::invalidated;
}

void BookKeeper::forget_kept() {
    kept_.clear();
    levels_.clear();
}

void BookKeeper::lost() {
    forget_kept();
    if (valid_) ++lost_;
    valid_ = false;
    trouble_ = BookTrouble::connection_lost;
    book_.clear();
    ask_at_ = Timestamp::min();
    ask_again_ = options_.ask_again_first;
    waiting_since_.reset();
}

bool BookKeeper::wants_snapshot(Timestamp now) {
    if (valid_ || now < ask_at_) return false;
    if (options_.snapshot_by == SnapshotBy::subscription || !kept_.empty()) return true;
    // A snapshot asked before the first change may be older than it, and would have to be asked again.
    if (!waiting_since_) waiting_since_ = now;
    return *waiting_since_ + options_.quiet <= now;
}

void BookKeeper::asked(Timestamp now) {
    ask_at_ = now + ask_again_;
    ask_again_ = std::min(ask_again_ * 2, options_.ask_again_max);
    // A new subscription begins with its own snapshot, and its numbers may have nothing to do with the old.
    if (options_.snapshot_by == SnapshotBy::subscription) forget_kept();
}

const OrderBook& BookKeeper::book() const {
    PLUMB_CHECK(valid_);
    return book_;
}

std::string_view to_string(BookTrouble trouble) {
    switch (trouble) {
        case BookTrouble::none: return "none";
        case BookTrouble::never_loaded: return "never_loaded";
        case BookTrouble::connection_lost: return "connection_lost";
        case BookTrouble::gap: return "gap";
        case BookTrouble::crossed: return "crossed";
        case BookTrouble::poisoned: return "poisoned";
        case BookTrouble::exhausted: return "exhausted";
        case BookTrouble::unordered: return "unordered";
    }
    return "";
}

}  // namespace plumb::wire
