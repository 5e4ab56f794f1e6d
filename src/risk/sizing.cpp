#include "risk/sizing.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace plumb::risk {
namespace {

/// The least quantity of the leg its venue takes, at this price.
Quantity least(const Instrument& instrument, Price price) {
    const auto units = Decimal::divide(instrument.notional_min.value, price.value);
    constexpr Quantity kNever{
        Decimal{100'000'000'000'000'000}};  // a price so small that no order can be worth enough
    const Quantity by_value =
        units && *units < kNever.value ? Quantity{*units}.quantized(instrument.lot, Rounding::up) : kNever;
    const Quantity by_count = instrument.quantity_min.quantized(instrument.lot, Rounding::up);
    return std::max({by_value, by_count, instrument.lot});
}

Result<Quantity> fine_units(Quantity coarse, double ratio) {
    return Quantity::from_double(coarse.to_double() * ratio, 12);
}

Result<Money> value_of(const std::array<Quantity, 2>& units, const std::array<Price, 2>& prices) {
    const auto first = notional(prices[0], units[0]);
    if (!first) return first;
    const auto second = notional(prices[1], units[1]);
    if (!second) return second;
    constexpr Money kValueMax{Decimal{1'000'000'000'000'000'000}};  // sums of a few stay inside the range
    if (kValueMax < *first || kValueMax < *second)
        return fail(Errc::overflow, "the value of a leg is out of range");
    return *first + *second;
}

}  // namespace

Result<PairSize> size_pair(const PairModel& model, SpreadSide side, Money gross,
                           const std::array<Price, 2>& prices, const InstrumentTable& instruments) {
    PLUMB_CHECK(side != SpreadSide::flat);
    const std::array<const Instrument*, 2> legs = {&instruments[model.legs[0]], &instruments[model.legs[1]]};
    std::array<double, 2> price{}, weight{}, lot_value{};
    for (std::size_t i = 0; i < 2; ++i) {
        price[i] = prices[i].to_double();
        weight[i] = std::abs(model.weights[i]);
        lot_value[i] = legs[i]->lot.to_double() * price[i];
        if (!(price[i] > 0) || !(weight[i] > 0) || !std::isfinite(weight[i])) {
            return fail(Errc::out_of_range, "sizing: expected prices and weights above zero");
        }
    }
    const double k = gross.to_double() / (weight[0] * price[0] + weight[1] * price[1]);
    const std::size_t coarse = lot_value[0] >= lot_value[1] ? 0 : 1;
    const std::size_t fine = 1 - coarse;

    PairSize size;
    std::array<Quantity, 2> units{};
    const auto coarse_units = Quantity::from_double(k * weight[coarse], 12);
    if (!coarse_units) return fail(coarse_units.error().at("sizing"));
    units[coarse] = coarse_units->quantized(legs[coarse]->lot, Rounding::down);
    auto fine_exact = fine_units(units[coarse], weight[fine] / weight[coarse]);
    if (!fine_exact) return fail(fine_exact.error().at("sizing"));
    units[fine] = fine_exact->quantized(legs[fine]->lot, Rounding::nearest);
    const auto value = value_of(units, prices);
    if (!value) return fail(value.error().at("sizing"));
    if (gross < *value && units[coarse].sign() > 0) {
        // Rounding the finer leg up went over the budget: one coarse lot less leaves room for it.
        units[coarse] -= legs[coarse]->lot;
        fine_exact = fine_units(units[coarse], weight[fine] / weight[coarse]);
        if (!fine_exact) return fail(fine_exact.error().at("sizing"));
        units[fine] = fine_exact->quantized(legs[fine]->lot, Rounding::nearest);
    }
    for (std::size_t i = 0; i < 2; ++i) {
        const Quantity smallest = least(*legs[i], prices[i]);
        if (units[i] < smallest) {
            const double wanted =
                smallest.to_double() / weight[i] * (weight[0] * price[0] + weight[1] * price[1]);
            return fail(Errc::out_of_range, legs[i]->name() + ": expected at least " + smallest.to_string() +
                                                " units, found " + units[i].to_string() +
                                                "; a gross of about " + std::to_string(std::ceil(wanted)) +
                                                " would do");
        }
        const int direction = (model.weights[i] > 0 ? 1 : -1) * static_cast<int>(side);
        size.target[i] = direction > 0 ? units[i] : -units[i];
    }
    const auto total = value_of(units, prices);
    if (!total) return fail(total.error().at("sizing"));
    // Only where the budget has more lots than a double has digits.
    if (gross < *total) return fail(Errc::out_of_range, "sizing: the budget is too large for lots so small");
    size.gross = *total;
    const Quantity residual = units[fine] - *fine_exact;
    size.residual[fine] = size.target[fine].sign() > 0 ? residual : -residual;
    return size;
}

}  // namespace plumb::risk
