#include "wire/subscription_set.hpp"

#include "base/check.hpp"
#include "wire/symbol_map.hpp"

namespace plumb::wire {

SubscriptionSet::Row::Row(const Subscription& subscription, SilenceLimits limits)
    : what{subscription},
      watch{limits},
      told{subscription.kind == DataKind::trade ? kTradesRemembered
           : subscription.kind == DataKind::bar ? kBarsRemembered
                                                : 0} {}

SubscriptionSet::SubscriptionSet(std::span<const Subscription> by_need, const KindLimits& limits) {
    std::uint32_t instruments = 0;
    for (const Subscription& each : by_need) {
        PLUMB_CHECK(each.instrument.value < SymbolMap::kSymbolsMax);
        instruments = std::max(instruments, each.instrument.value + 1);
    }
    unit_by_instrument_.resize(instruments);
    std::vector<std::vector<Subscription>> by_unit;
    for (const Subscription& each : by_need) {
        std::uint32_t& unit = unit_by_instrument_[each.instrument.value];
        if (unit == 0) {
            by_unit.emplace_back();
            unit = static_cast<std::uint32_t>(by_unit.size());
        }
        auto& same = by_unit[unit - 1];
        if (std::ranges::find(same, each) == same.end()) same.push_back(each);
    }
    for (const auto& same : by_unit) {
        units_.push_back({same.front().instrument, rows_.size(), same.size()});
        for (const Subscription& each : same) {
            if (each.kind == DataKind::orders) orders_row_ = rows_.size();
            rows_.emplace_back(each, limits.of(each.kind, each.bar_length));
        }
    }
}

std::size_t SubscriptionSet::find(InstrumentId instrument, DataKind kind, Duration bar_length) const {
    if (unit_by_instrument_.size() <= instrument.value) return kNone;
    const std::uint32_t unit = unit_by_instrument_[instrument.value];
    if (unit == 0) return kNone;
    const Unit& found = units_[unit - 1];
    for (std::size_t row = found.first; row < found.first + found.count; ++row) {
        const Subscription& what = rows_[row].what;
        if (what.kind != kind) continue;
        if (kind != DataKind::bar || what.bar_length == bar_length || bar_length == Duration::zero())
            return row;
    }
    return kNone;
}

std::size_t SubscriptionSet::unit_of(std::size_t row) const {
    return unit_by_instrument_[rows_[row].what.instrument.value] - 1;
}

std::string_view to_string(StreamState state) {
    switch (state) {
        case StreamState::waiting: return "waiting";
        case StreamState::asked: return "asked";
        case StreamState::acknowledged: return "acknowledged";
        case StreamState::live: return "live";
        case StreamState::stale: return "stale";
        case StreamState::refused: return "refused";
        case StreamState::left_out: return "left_out";
    }
    return "";
}

}  // namespace plumb::wire
