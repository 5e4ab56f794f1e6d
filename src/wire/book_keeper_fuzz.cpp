// Any sequence of changes, snapshots, losses and times: the keeper never stops the program, its book is never
// crossed while valid, it never holds more than its bounds, and what it says happened did.
#include <cstdint>
#include <vector>

#include "base/check.hpp"
#include "wire/book_keeper.hpp"

using namespace plumb;
using namespace plumb::wire;

namespace {

struct Bytes {
    const std::uint8_t* at;
    const std::uint8_t* end;

    bool empty() const { return at == end; }
    std::uint8_t next() { return at == end ? 0 : *at++; }
};

std::vector<BookLevel> levels(Bytes& bytes, std::uint8_t count) {
    std::vector<BookLevel> found;
    for (std::uint8_t i = 0; i < count; ++i) {
        const auto price = static_cast<std::int64_t>(bytes.next()) - 4;
        const auto quantity = static_cast<std::int64_t>(bytes.next() % 8) - 1;
        found.push_back({Price{Decimal{price}}, Quantity{Decimal{quantity}}});
    }
    return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes bytes{data, data + size};
    const std::uint8_t shape = bytes.next();
    BookKeeper keeper{{.rule = static_cast<BookRule>(shape % 4),
                       .snapshot_by = static_cast<SnapshotBy>(shape / 4 % 2),
                       .levels_max = 1u + shape / 8 % 8,
                       .deltas_max = 4,
                       .delta_levels_max = 16}};
    Timestamp now = timestamp_from_ms(1'700'000'000'000);
    std::uint64_t base = 0;
    while (!bytes.empty()) {
        const std::uint8_t what = bytes.next();
        now += Duration{bytes.next() * 50'000'000ll};
        const bool was_valid = keeper.valid();
        const std::uint64_t lost = keeper.times_lost();
        if (what % 16 == 0) {
            keeper.lost();
            PLUMB_CHECK(!keeper.valid());
            continue;
        }
        if (what % 16 == 1) {
            if (keeper.wants_snapshot(now)) keeper.asked(now);
            PLUMB_CHECK(!keeper.valid() || !keeper.wants_snapshot(now));
            continue;
        }
        const std::uint8_t counts = bytes.next(), numbers = bytes.next();
        base += numbers % 4;
        const auto bids = levels(bytes, counts % 4), asks = levels(bytes, counts / 4 % 4);
        BookDelta delta;
        delta.snapshot = what % 16 < 5;
        delta.first_sequence = base + numbers / 4 % 4;
        delta.last_sequence = delta.first_sequence + numbers / 16 % 4;
        delta.previous_sequence = numbers / 64 % 2 == 0 ? keeper.sequence() : base;
        delta.bids = bids;
        delta.asks = asks;
        const BookKeeper::Outcome outcome = keeper.take(delta, now);
        using Outcome = BookKeeper::Outcome;
        PLUMB_CHECK((outcome == Outcome::validated) == (!was_valid && keeper.valid()));
        PLUMB_CHECK((outcome == Outcome::invalidated) == (was_valid && !keeper.valid()));
        PLUMB_CHECK(keeper.times_lost() == lost + (outcome == Outcome::invalidated ? 1 : 0));
        PLUMB_CHECK(keeper.valid() == (keeper.trouble() == BookTrouble::none));
        if (!keeper.valid()) continue;
        const OrderBook& book = keeper.book();
        PLUMB_CHECK(!book.crossed() && !book.exhausted());
        for (const Side side : {Side::buy, Side::sell}) {
            PLUMB_CHECK(book.depth(side) <= 1u + shape / 8 % 8);
            for (std::size_t i = 0; i < book.depth(side); ++i) {
                PLUMB_CHECK(0 < book.level(side, i).quantity.sign() && 0 < book.level(side, i).price.sign());
                if (i == 0) continue;
                const Price better = book.level(side, i - 1).price, worse = book.level(side, i).price;
                PLUMB_CHECK(side == Side::buy ? worse < better : better < worse);
            }
        }
    }
    return 0;
}
