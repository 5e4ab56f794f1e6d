#pragma once

#include <algorithm>
#include <vector>

#include "exchange/order_record.hpp"

namespace plumb::exchange {

/// How many changes of one kind are kept for views that are behind. Where more happened within the lag the
/// view is not as late as asked.
constexpr std::size_t kJournalMax = 65'536;

/// What something was before it changed, for views that are behind. A ring: the oldest are written over.
template <class Key, class Value>
class Journal {
 public:
    /// `before` held until `at`, which never runs backwards.
    void keep(const Key& key, const Value& before, Timestamp at) {
        if (entries_.size() < kJournalMax) {
            entries_.push_back({at, key, before});
            return;
        }
        entries_[first_] = {at, key, before};
        first_ = (first_ + 1) % kJournalMax;
    }

    /// The value at `then`, where it has changed since; null: it is as it is now. Cost: O(changes since).
    const Value* at(const Key& key, Timestamp then) const {
        std::size_t low = 0, high = entries_.size();
        while (low < high) {
            const std::size_t middle = (low + high) / 2;
            if (entry(middle).at <= then) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        for (; low < entries_.size(); ++low) {
            if (entry(low).key == key) return &entry(low).before;
        }
        return nullptr;
    }

 private:
    struct Entry {
        Timestamp at;
        Key key;
        Value before;
    };
    const Entry& entry(std::size_t i) const { return entries_[(first_ + i) % entries_.size()]; }

    std::vector<Entry> entries_;
    std::size_t first_ = 0;  // the oldest
};

}  // namespace plumb::exchange
