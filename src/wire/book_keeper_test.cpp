// Books from snapshots and changes, against a reference that knows every change (F09, F10).
#include "wire/book_keeper.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "base/rng.hpp"

using namespace plumb;
using namespace plumb::wire;
using namespace std::chrono_literals;

namespace {

const Timestamp kNow = timestamp_from_ms(1'700'000'000'000);

BookLevel level(std::int64_t price, std::int64_t quantity) {
    return {Price{Decimal{price}}, Quantity{Decimal{quantity}}};
}

/// The truth: plain maps, and all it ever was.
struct Reference {
    using Half = std::map<std::int64_t, std::int64_t>;  // price to quantity
    struct Change {
        Side side;
        std::int64_t price, quantity;
        std::uint64_t number;
    };

    Half bids, asks;
    std::vector<Change> changes;
    std::uint64_t number = 1000;

    void apply(const Change& change) {
        Half& half = change.side == Side::buy ? bids : asks;
        if (change.quantity == 0)
            half.erase(change.price);
        else
            half[change.price] = change.quantity;
    }
    /// What it was after the change of this number.
    static Reference at(const std::vector<Change>& changes, std::uint64_t number) {
        Reference past;
        for (const Change& change : changes) {
            if (number < change.number) break;
            past.apply(change);
        }
        return past;
    }
};

/// A venue's book as it sends it: changes in groups, with the numbers of its class.
struct Sender {
    Sender(std::uint64_t seed, BookRule sender_rule) : rng{seed}, rule{sender_rule} {}

    struct Message {
        bool snapshot = false;
        std::uint64_t first = 0, last = 0, previous = 0;
        std::vector<BookLevel> bids, asks;

        BookDelta delta() const {
            BookDelta delta;
            delta.snapshot = snapshot;
            delta.first_sequence = first;
            delta.last_sequence = last;
            delta.previous_sequence = previous;
            delta.bids = bids;
            delta.asks = asks;
            return delta;
        }
    };

    Message next_change() {
        Message message;
        message.previous = last_sent;
        const std::size_t count = rule == BookRule::contiguous ? 1 + rng.below(4) : 1 + rng.below(3);
        for (std::size_t i = 0; i < count; ++i) {
            truth.number += rule == BookRule::contiguous ? 1 : 1 + rng.below(5);
            const Side side = rng.below(2) == 0 ? Side::buy : Side::sell;
            // Bids below 100, asks from 100: never crossed by themselves.
            const auto price =
                static_cast<std::int64_t>(side == Side::buy ? 90 + rng.below(10) : 100 + rng.below(10));
            const auto quantity = static_cast<std::int64_t>(rng.below(3) == 0 ? 0 : 1 + rng.below(9));
            const Reference::Change change{side, price, quantity, truth.number};
            truth.apply(change);
            truth.changes.push_back(change);
            (side == Side::buy ? message.bids : message.asks).push_back(level(price, quantity));
            if (i == 0) message.first = truth.number;
        }
        message.last = last_sent = truth.number;
        return message;
    }
    /// The book after the change `number`, as REST or the stream's first message gives it.
    Message snapshot(std::uint64_t number) const {
        const Reference past = Reference::at(truth.changes, number);
        Message message;
        message.snapshot = true;
        message.last = number;
        for (const auto& [price, quantity] : past.bids) message.bids.push_back(level(price, quantity));
        for (const auto& [price, quantity] : past.asks) message.asks.push_back(level(price, quantity));
        return message;
    }

    Rng rng;
    BookRule rule;
    Reference truth;
    std::uint64_t last_sent = 1000;
};

bool equals(const OrderBook& book, const Reference& reference) {
    const auto same = [&](Side side, const auto& half, bool from_above) {
        if (book.depth(side) != half.size()) return false;
        std::size_t depth = from_above ? half.size() : 0;
        for (const auto& [price, quantity] : half) {
            const BookLevel found = book.level(side, from_above ? --depth : depth++);
            if (found.price != Price{Decimal{price}} || found.quantity != Quantity{Decimal{quantity}})
                return false;
        }
        return true;
    };
    return same(Side::buy, reference.bids, true) && same(Side::sell, reference.asks, false);
}

/// One seed: changes lost, repeated and late, snapshots old and new, asked for whenever the keeper wants one.
/// While the keeper calls its book valid it equals the reference at its own number.
struct Trial {
    Trial(std::uint64_t seed, BookRule rule)
        : sender{seed, rule},
          keeper{BookOptions{.rule = rule, .snapshot_by = SnapshotBy::question, .deltas_max = 32}} {}

    /// False at the first lie.
    bool run(int steps) {
        for (int step = 0; step < steps; ++step) {
            now += Duration{static_cast<std::int64_t>(sender.rng.below(400'000'000))};
            if (!change()) return false;
            if (keeper.wants_snapshot(now)) {
                keeper.asked(now);
                // The venue takes it now, or took it a little ago; it arrives some messages later.
                const std::uint64_t back = sender.rng.below(4);
                pending.push_back({sender.snapshot(number_back(back)), 1 + sender.rng.below(6)});
            }
            if (!deliver()) return false;
        }
        // Then nothing is lost any more, and the book must come back and stay.
        losses = false;
        if (!change()) return false;  // shows whether the one before was lost
        for (int step = 0; step < 400 && !keeper.valid(); ++step) {
            now += 500ms;
            if (!change()) return false;
            if (keeper.wants_snapshot(now)) {
                keeper.asked(now);
                pending.push_back({sender.snapshot(sender.truth.number), 2});
            }
            if (!deliver()) return false;
        }
        for (int step = 0; step < 5; ++step) {
            if (!change() || !deliver()) return false;
        }
        return keeper.valid() && keeper.sequence() == sender.truth.number;
    }

    std::uint64_t number_back(std::uint64_t messages) const {
        const auto& changes = sender.truth.changes;
        return changes.size() <= messages ? 1000 : changes[changes.size() - 1 - messages].number;
    }
    bool change() {
        Sender::Message message = sender.next_change();
        const std::uint64_t fate = losses ? sender.rng.below(20) : 1;
        if (fate == 0) return true;  // lost
        keeper.take(message.delta(), now);
        if (!honest()) return false;
        if (fate == 1) keeper.take(message.delta(), now);                     // twice
        if (fate == 2 && before.last != 0) keeper.take(before.delta(), now);  // an old one again
        before = std::move(message);
        return honest();
    }
    bool deliver() {
        for (auto& [message, wait] : pending) {
            if (wait != 0 && --wait == 0) keeper.take(message.delta(), now);
            if (!honest()) return false;
        }
        std::erase_if(pending, [](const auto& each) { return each.second == 0; });
        return true;
    }
    bool honest() {
        if (!keeper.valid()) return true;
        ++valid_looks;
        if (expected_at != keeper.sequence())
            expected = Reference::at(sender.truth.changes, keeper.sequence());
        expected_at = keeper.sequence();
        return equals(keeper.book(), expected);
    }

    Sender sender;
    BookKeeper keeper;
    Timestamp now = kNow;
    std::vector<std::pair<Sender::Message, std::uint64_t>> pending;
    Sender::Message before;
    bool losses = true;
    Reference expected;
    std::uint64_t valid_looks = 0, expected_at = 0;
};

}  // namespace

TEST_CASE("fault_F10_snapshot_and_changes_race: equals the reference for 100 000 seeds") {
    std::uint64_t looks = 0, lost = 0, wrong = 0;
    for (std::uint64_t seed = 1; seed <= 100'000; ++seed) {
        Trial trial{seed, seed % 2 == 0 ? BookRule::contiguous : BookRule::previous};
        if (!trial.run(30)) {
            ++wrong;
            MESSAGE("seed ", seed);
        }
        looks += trial.valid_looks;
        lost += trial.keeper.times_lost();
        REQUIRE(wrong < 5);
    }
    MESSAGE(looks, " looks at a valid book, ", lost, " gaps seen, ", wrong, " seeds wrong");
    CHECK(wrong == 0);
    CHECK(100'000 < lost);
    CHECK(2'000'000 < looks);
}

TEST_CASE("fault_F09_gap: invalid at once, and valid again only by a snapshot") {
    BookKeeper keeper{{.rule = BookRule::contiguous, .snapshot_by = SnapshotBy::subscription}};
    Sender sender{1, BookRule::contiguous};
    using Outcome = BookKeeper::Outcome;
    CHECK(keeper.wants_snapshot(kNow));
    CHECK(keeper.take(sender.snapshot(1000).delta(), kNow) == Outcome::validated);
    CHECK(keeper.take(sender.next_change().delta(), kNow) == Outcome::changed);
    sender.next_change();  // lost on the way
    CHECK(keeper.take(sender.next_change().delta(), kNow + 60s) == Outcome::invalidated);
    CHECK_FALSE(keeper.valid());
    CHECK(keeper.trouble() == BookTrouble::gap);
    CHECK(keeper.wants_snapshot(kNow + 60s));
    keeper.asked(kNow + 60s);
    CHECK(keeper.take(sender.next_change().delta(), kNow + 61s) == Outcome::kept);
    CHECK(keeper.take(sender.snapshot(sender.truth.number).delta(), kNow + 61s) == Outcome::validated);
    CHECK(equals(keeper.book(), sender.truth));
}

TEST_CASE("fault_F09_crossed: bid at or above ask ends the book's word") {
    for (const std::int64_t bid : {100, 101}) {
        BookKeeper keeper{{.rule = BookRule::unnumbered}};
        const std::vector<BookLevel> bids{level(99, 1)}, asks{level(100, 1)}, cross{level(bid, 2)};
        BookDelta snapshot;
        snapshot.snapshot = true;
        snapshot.bids = bids;
        snapshot.asks = asks;
        keeper.take(snapshot, kNow);
        REQUIRE(keeper.valid());
        BookDelta delta;
        delta.bids = cross;
        CHECK(keeper.take(delta, kNow) == BookKeeper::Outcome::invalidated);
        CHECK(keeper.trouble() == BookTrouble::crossed);
        // What follows cannot mend it; a snapshot can.
        delta.bids = bids;
        keeper.take(delta, kNow);
        CHECK_FALSE(keeper.valid());
        keeper.take(snapshot, kNow);
        CHECK(keeper.valid());
    }
}

TEST_CASE("a book that keeps breaking is asked for ever less often") {
    BookKeeper keeper{{.rule = BookRule::unnumbered}};
    const std::vector<BookLevel> bids{level(99, 1)}, asks{level(100, 1)}, cross{level(100, 1)};
    int asked = 0;
    for (Timestamp now = kNow; now < kNow + 10min; now += 50ms) {
        if (!keeper.wants_snapshot(now)) continue;
        keeper.asked(now);
        ++asked;
        BookDelta delta;
        delta.snapshot = true;
        delta.bids = bids;
        delta.asks = asks;
        keeper.take(delta, now);
        delta.snapshot = false;
        delta.bids = cross;
        keeper.take(delta, now);
        REQUIRE_FALSE(keeper.valid());
    }
    CHECK(asked < 30);
    CHECK(20 <= asked);
}

TEST_CASE("a book beyond its bound keeps its best levels exact, and says when they are used up") {
    OrderBook book{3};
    for (const std::int64_t price : {10, 12, 11, 9, 13}) book.set(Side::buy, level(price, price));
    REQUIRE(book.depth(Side::buy) == 3);
    CHECK(book.level(Side::buy, 0).price == Price{Decimal{13}});
    CHECK(book.level(Side::buy, 2).price == Price{Decimal{11}});
    book.set(Side::buy, level(10, 7));  // beyond the horizon: not known, so not told
    CHECK(book.depth(Side::buy) == 3);
    for (const std::int64_t price : {13, 12, 11}) book.set(Side::buy, level(price, 0));
    CHECK(book.exhausted());
    CHECK_FALSE(book.best(Side::buy).has_value());
    const std::vector<BookLevel> many{level(5, 1), level(7, 1), level(6, 1),
                                      level(7, 0), level(8, 2), level(4, 1)};
    book.load(many, {});
    CHECK(book.depth(Side::buy) == 3);
    CHECK(book.best(Side::buy)->price == Price{Decimal{8}});
    CHECK(book.level(Side::buy, 1).price == Price{Decimal{6}});
    CHECK_FALSE(book.exhausted());
}
