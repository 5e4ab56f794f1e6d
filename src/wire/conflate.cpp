#include "wire/conflate.hpp"

#include <algorithm>
#include <bit>

#include "base/check.hpp"

namespace plumb::wire {
namespace {

/// The line is compacted when it is full; this much room beyond what can count keeps that rare.
constexpr std::size_t kSpareDivisor = 4;

/// Which of an instrument's waiting news it replaces; kSlots for what never does.
std::size_t slot_of(const MarketNews& news) {
    if (std::holds_alternative<Quote>(news)) return 0;
    if (std::holds_alternative<MarkPrice>(news)) return 1;
    if (std::holds_alternative<OpenBar>(news)) return 2;
    if (std::holds_alternative<MarketStatus>(news)) return 3;
    return 4;
}

InstrumentId instrument_of(const MarketNews& news) {
    return std::visit([](const auto& each) { return each.instrument; }, news);
}

}  // namespace

Inbox::Inbox(const InboxOptions& options) : options_{options} {
    const std::size_t counting =
        options.conflate_above + options.trades_max + options.bars_max + kSlots * options.instruments + 1;
    ring_.resize(std::bit_ceil(counting + counting / kSpareDivisor));
    places_.resize(kSlots * options.instruments);
    dropped_.resize(options.instruments);
    account_.reserve(options.account_reserve);
    batch_.resize(kBatch);
}

bool Inbox::push(const WireEvent& event) {
    return std::visit(
        [&](const auto& each) {
            using Each = std::decay_t<decltype(each)>;
            if constexpr (std::is_constructible_v<AccountNews, Each>) {
                return push_account(AccountNews{each});
            } else if constexpr (std::is_constructible_v<MarketNews, Each>) {
                push_market(each);
                return true;
            } else {
                return true;
            }
        },
        event);
}

std::uint64_t* Inbox::place_of(const MarketNews& news) {
    const std::size_t slot = slot_of(news);
    if (slot == kSlots) return nullptr;
    return &places_[instrument_of(news).value * kSlots + slot];
}

template <class Each>
void Inbox::push_market(const Each& each) {
    PLUMB_CHECK(each.instrument.value < options_.instruments);
    const std::lock_guard lock{mutex_};
    if constexpr (std::is_same_v<Each, Trade>) {
        if (trades_ == options_.trades_max) {
            ++counters_.dropped_trades;
            ++dropped_[each.instrument.value];
            return;
        }
        ++trades_;
    }
    if constexpr (std::is_same_v<Each, ClosedBar>) {
        if (bars_ == options_.bars_max) {
            ++counters_.dropped_bars;
            ++dropped_[each.instrument.value];
            return;
        }
        ++bars_;
    }
    if (tail_ - head_ == ring_.size()) compact();
    Entry& entry = at(tail_);
    entry.news = each;
    if (std::uint64_t* place = place_of(entry.news)) {
        // Among several lengths of open bars only the one put in last can be replaced; that keeps the bound,
        // for then all others are replaced in turn.
        const bool waits = *place != 0 && head_ < *place;
        if (waits && options_.conflate_above <= live_) {
            Entry& waiting = at(*place - 1);
            waiting.number = 0;
            --live_;
            ++counters_.conflated;
        }
        *place = tail_ + 1;
    }
    entry.number = next_number_++;
    ++tail_;
    ++live_;
    ++counters_.taken_in;
    counters_.waiting_high = std::max<std::uint64_t>(counters_.waiting_high, live_);
    if (consumer_waits_ && options_.wake_at <= live_) wake_sleeper();
    owes_wake_ = consumer_waits_;
}

/// Under the lock. Once for each sleep: from then on news find the consumer awake.
void Inbox::wake_sleeper() {
    consumer_waits_ = false;
    arrived_.notify_one();
}

void Inbox::settle() {
    owes_wake_ = false;
    const std::lock_guard lock{mutex_};
    if (consumer_waits_ && (live_ != 0 || account_head_ != account_.size())) wake_sleeper();
}

bool Inbox::push_account(AccountNews news) {
    const std::lock_guard lock{mutex_};
    if (account_.size() - account_head_ == options_.account_max) return false;
    if (account_.size() == account_.capacity() && account_head_ != 0) {
        account_.erase(account_.begin(), account_.begin() + static_cast<std::ptrdiff_t>(account_head_));
        account_head_ = 0;
    }
    account_.push_back({next_number_++, std::move(news)});
    ++counters_.taken_in;
    if (consumer_waits_) wake_sleeper();
    return true;
}

/// Closes the holes that replaced news left.
void Inbox::compact() {
    std::uint64_t to = head_;
    for (std::uint64_t from = head_; from != tail_; ++from) {
        Entry& entry = at(from);
        if (entry.number == 0) continue;
        if (std::uint64_t* place = place_of(entry.news); place != nullptr && *place == from + 1)
            *place = to + 1;
        if (to != from) at(to) = entry;
        ++to;
    }
    tail_ = to;
    PLUMB_CHECK(tail_ - head_ < ring_.size());
}

/// Takes up to a batch of the oldest news, under the lock.
void Inbox::refill() {
    batch_at_ = batch_size_ = 0;
    while (batch_size_ < kBatch) {
        while (head_ != tail_ && at(head_).number == 0) ++head_;
        const bool market = head_ != tail_;
        const bool account = account_head_ != account_.size();
        if (!market && !account) break;
        News& next = batch_[batch_size_++];
        if (account && (!market || account_[account_head_].number < at(head_).number)) {
            next.emplace<AccountNews>(std::move(account_[account_head_++].news));
            continue;
        }
        const MarketNews& news = at(head_).news;
        if (std::holds_alternative<Trade>(news)) --trades_;
        if (std::holds_alternative<ClosedBar>(news)) --bars_;
        next.emplace<MarketNews>(news);
        ++head_;
        --live_;
    }
    if (account_head_ == account_.size()) {
        account_.clear();
        account_head_ = 0;
    }
    counters_.given_out += batch_size_;
}

const News* Inbox::take(Duration wait) {
    if (batch_at_ == batch_size_) {
        std::unique_lock lock{mutex_};
        refill();
        if (batch_size_ == 0 && Duration::zero() < wait) {
            consumer_waits_ = true;
            arrived_.wait_for(lock, wait, [&] { return woken_ || live_ != 0 || !account_.empty(); });
            consumer_waits_ = false;
            woken_ = false;
            refill();
        }
    }
    return batch_at_ == batch_size_ ? nullptr : &batch_[batch_at_++];
}

void Inbox::wake() {
    const std::lock_guard lock{mutex_};
    woken_ = true;
    arrived_.notify_one();
}

InboxCounters Inbox::counters() const {
    const std::lock_guard lock{mutex_};
    return counters_;
}

std::uint64_t Inbox::dropped(InstrumentId instrument) const {
    const std::lock_guard lock{mutex_};
    return instrument.value < dropped_.size() ? dropped_[instrument.value] : 0;
}

}  // namespace plumb::wire
