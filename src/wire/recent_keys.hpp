#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/bar.hpp"
#include "core/market_event.hpp"

namespace plumb::wire {

/// The last few things told, so that one told again is known: a trade in the snapshot after a reconnect, or
/// by both connections while one takes over from the other. Bounded: what is older than the last `size` is
/// taken for new.
class RecentKeys {
 public:
    explicit RecentKeys(std::size_t size) : keys_(size) {}

    /// False when `key` is among the last ones, else remembers it. `order` is a number that mostly grows: one
    /// above all before it needs no search. Cost: O(1) for growing orders, else O(size).
    bool fresh(std::uint64_t key, std::uint64_t order) {
        if (keys_.empty()) return true;
        const bool above = count_ == 0 || highest_ < order;
        if (!above && std::find(keys_.begin(), keys_.begin() + static_cast<std::ptrdiff_t>(count_), key) !=
                          keys_.begin() + static_cast<std::ptrdiff_t>(count_))
            return false;
        highest_ = std::max(highest_, order);
        keys_[next_] = key;
        next_ = (next_ + 1) % keys_.size();
        count_ = std::min(count_ + 1, keys_.size());
        return true;
    }

 private:
    std::vector<std::uint64_t> keys_;
    std::size_t count_ = 0, next_ = 0;
    std::uint64_t highest_ = 0;
};

/// splitmix64's finalizer over a running hash.
constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
    hash += 0x9e3779b97f4a7c15 + word;
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
    return hash ^ (hash >> 31);
}
constexpr std::uint64_t mix(std::uint64_t hash, Decimal value) {
    return mix(mix(hash, static_cast<std::uint64_t>(value.units())),
               static_cast<std::uint64_t>(value.units() >> 64));
}

/// A trade as its venue names it. The number alone is not enough: some venues count per exchange.
constexpr std::uint64_t key_of(const Trade& trade) {
    const std::uint64_t when = static_cast<std::uint64_t>(to_ns(trade.venue_time));
    return mix(mix(mix(mix(1, trade.trade_id), when), trade.price.value), trade.quantity.value);
}
/// A bar with its contents: a corrected bar is another one.
constexpr std::uint64_t key_of(const ClosedBar& bar) {
    std::uint64_t hash = mix(mix(2, static_cast<std::uint64_t>(to_ns(bar.open_time))),
                             static_cast<std::uint64_t>(bar.length.count()));
    for (const Price price : {bar.values.open, bar.values.high, bar.values.low, bar.values.close})
        hash = mix(hash, price.value);
    return mix(hash, bar.values.volume.value);
}

}  // namespace plumb::wire
