#pragma once

#include <deque>
#include <optional>

#include "exchange/order_record.hpp"

namespace plumb::exchange {

/// How far back a late view can reach, and how many changes of one kind are kept for it. Where more happened
/// the view is not as late as asked.
constexpr Duration kViewLagMax = std::chrono::minutes{10};
constexpr std::size_t kJournalMax = 50'000;

/// What something was before it changed, for views that are behind. Oldest first, bounded.
template <class Key, class Value>
class Journal {
 public:
    /// `before` held until `at`.
    void keep(const Key& key, const Value& before, Timestamp at) {
        entries_.push_back({at, key, before});
        while (entries_.size() > kJournalMax || entries_.front().at + kViewLagMax < at) entries_.pop_front();
    }
    /// The value at `then`, where it has changed since; null: it is as it is now.
    const Value* at(const Key& key, Timestamp then) const {
        auto begin = entries_.begin();
        for (std::size_t count = entries_.size(); count > 0;) {
            const std::size_t half = count / 2;
            const auto middle = begin + static_cast<std::ptrdiff_t>(half);
            if (middle->at <= then) {
                begin = middle + 1;
                count -= half + 1;
            } else {
                count = half;
            }
        }
        for (; begin != entries_.end(); ++begin) {
            if (begin->key == key) return &begin->before;
        }
        return nullptr;
    }

 private:
    struct Entry {
        Timestamp at;
        Key key;
        Value before;
    };
    std::deque<Entry> entries_;
};

}  // namespace plumb::exchange
