#pragma once

#include <optional>
#include <vector>

#include "core/bar.hpp"

namespace plumb::venues::coinmarketcap {

/// Polled prices as bars that are marked as such: BarOrigin::quoted, volume zero, high and low only of what
/// was polled. An interval without a new price gives no bar, and a price told again none either: nothing is
/// made up. Pure.
class QuotedBars {
 public:
    explicit QuotedBars(Duration length) : length_{length} {}

    struct News {
        std::optional<ClosedBar> closed;  // the interval before, now that a later price is known
        std::optional<OpenBar> open;      // the interval of this price so far
    };
    /// `priced_at` is when the venue made the price. Nothing for one that is not later than the last.
    News take(InstrumentId instrument, Price price, Timestamp priced_at);

 private:
    struct Slot {
        OpenBar bar;
        Timestamp priced_at;
        bool known = false;
    };
    Duration length_;
    std::vector<Slot> slots_;  // by instrument
};

}  // namespace plumb::venues::coinmarketcap
