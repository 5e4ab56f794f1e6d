#include "store/round_trip.hpp"

#include <map>

namespace plumb::store {
namespace {

/// Amounts traded on one side of one leg.
struct Traded {
    Quantity quantity;
    Money value;

    Result<Price> average() const {
        if (quantity.is_zero()) return Price{};
        return map(Decimal::divide(value.value, quantity.value), [](Decimal price) { return Price{price}; });
    }
};

struct LegSums {
    std::array<Traded, 2> sides;  // by Side
};

Status add_fill(RoundTrip& trip, std::array<LegSums, 2>& sums, const RecordedFill& recorded) {
    const Fill& fill = recorded.fill;
    const Result<Money> value = notional(fill.price, fill.quantity);
    if (!value) return fail(value.error().at("fill " + std::string{fill.execution.view()}));
    RoundTripLeg& leg = trip.legs[fill.leg];
    if (leg.fills++ == 0) {
        leg.instrument = recorded.instrument;
        leg.entry_side = fill.side;
    }
    leg.fees += fill.fee;
    Traded& traded = sums[fill.leg].sides[static_cast<std::size_t>(fill.side)];
    traded.quantity += fill.quantity;
    traded.value += *value;
    trip.profit_of_fills += (fill.side == Side::sell ? *value : -*value) - fill.fee;
    return {};
}

Status finish(RoundTrip& trip, const std::array<LegSums, 2>& sums) {
    for (std::size_t i = 0; i < trip.legs.size(); ++i) {
        RoundTripLeg& leg = trip.legs[i];
        const Traded& in = sums[i].sides[static_cast<std::size_t>(leg.entry_side)];
        const Traded& out = sums[i].sides[static_cast<std::size_t>(opposite(leg.entry_side))];
        const Result<Price> entry = in.average();
        if (!entry) return fail(entry.error());
        const Result<Price> exit = out.average();
        if (!exit) return fail(exit.error());
        leg.entry_quantity = in.quantity;
        leg.exit_quantity = out.quantity;
        leg.entry_price = *entry;
        leg.exit_price = *exit;
    }
    return {};
}

RoundTrip told(const RecordedTrip& recorded) {
    RoundTrip trip;
    trip.pair = recorded.pair;
    trip.side = recorded.side;
    trip.entered_at = recorded.entered_at;
    trip.exited_at = recorded.exited_at;
    trip.entry_z = recorded.entry_z;
    trip.exit_z = recorded.exit_z;
    trip.entry_spread = recorded.entry_spread;
    trip.exit_spread = recorded.exit_spread;
    trip.realized = recorded.realized;
    trip.fees = recorded.fees;
    trip.signal = recorded.signal;
    trip.reason = recorded.reason;
    return trip;
}

}  // namespace

Result<std::vector<RoundTrip>> join_round_trips(std::span<const RecordedTrip> trips,
                                                std::span<const RecordedFill> fills) {
    std::map<std::string_view, std::vector<std::size_t>> of_pair;  // positions in `fills`, oldest first
    for (std::size_t i = 0; i < fills.size(); ++i) of_pair[fills[i].pair].push_back(i);
    std::map<std::string_view, std::size_t> used;  // of a pair's fills, by earlier trips
    std::vector<RoundTrip> joined;
    joined.reserve(trips.size());
    for (const RecordedTrip& recorded : trips) {
        RoundTrip trip = told(recorded);
        std::array<LegSums, 2> sums;
        const std::vector<std::size_t>& own = of_pair[recorded.pair];
        std::size_t& next = used[recorded.pair];
        for (; next < own.size() && own[next] < static_cast<std::size_t>(recorded.fills_until); ++next) {
            if (Status added = add_fill(trip, sums, fills[own[next]]); !added) return fail(added.error());
        }
        if (Status finished = finish(trip, sums); !finished)
            return fail(finished.error().at("pair " + trip.pair));
        joined.push_back(std::move(trip));
    }
    return joined;
}

}  // namespace plumb::store
