#include "wire/price_band.hpp"

#include <cmath>

#include "base/check.hpp"

namespace plumb::wire {
namespace {

/// Within two units in the last place, which no band of a quarter feels; to_double() is exact and divides.
double about(Price price) {
    return static_cast<double>(price.value.units()) * (1.0 / static_cast<double>(Decimal::kOne));
}

}  // namespace

PriceBand::PriceBand(std::size_t instruments, BandOptions options)
    : options_{options}, references_(instruments), marks_(instruments) {
    PLUMB_CHECK(0 < options.step_max);
}

void PriceBand::seed(InstrumentId instrument, Price price) {
    PLUMB_CHECK(0 < price.sign());
    references_[instrument.value] = {about(price), 0, {}};
    marks_[instrument.value] = references_[instrument.value];
}

/// As far up as down: half the price and double the price are one step.
bool PriceBand::near(double price, double reference) const {
    return price <= reference * (1 + options_.step_max) && reference <= price * (1 + options_.step_max);
}

Poison PriceBand::judge(Reference& reference, double price, Timestamp at) {
    if (reference.price == 0 || near(price, reference.price)) {
        reference.price = price;
        reference.candidate = 0;
        return Poison::none;
    }
    const bool confirmed = reference.candidate != 0 && near(price, reference.candidate) &&
                           at - reference.candidate_at <= options_.confirm_within;
    if (confirmed) {
        reference = {price, 0, {}};
        return Poison::none;
    }
    reference.candidate = price;
    reference.candidate_at = at;
    ++held_;
    return Poison::out_of_band;
}

Poison PriceBand::check(const Trade& trade) {
    PLUMB_CHECK(trade.instrument.value < references_.size());
    if (trade.price.sign() <= 0 || trade.quantity.sign() <= 0) {
        ++held_;
        return Poison::not_positive;
    }
    return judge(references_[trade.instrument.value], about(trade.price), trade.received_at);
}

Poison PriceBand::check(const Quote& quote) {
    PLUMB_CHECK(quote.instrument.value < references_.size());
    const bool bid = !quote.bid_quantity.is_zero(), ask = !quote.ask_quantity.is_zero();
    const bool wrong = quote.bid_quantity.sign() < 0 || quote.ask_quantity.sign() < 0 ||
                       (bid && quote.bid.sign() <= 0) || (ask && quote.ask.sign() <= 0);
    if (wrong || (bid && ask && quote.ask < quote.bid)) {
        ++held_;
        return wrong ? Poison::not_positive : Poison::crossed;
    }
    if (!bid && !ask) return Poison::none;
    const double price = bid && ask ? (about(quote.bid) + about(quote.ask)) / 2
                         : bid      ? about(quote.bid)
                                    : about(quote.ask);
    return judge(references_[quote.instrument.value], price, quote.received_at);
}

Poison PriceBand::check(const WireEvent& event) {
    if (const auto* trade = std::get_if<Trade>(&event)) return check(*trade);
    if (const auto* quote = std::get_if<Quote>(&event)) return check(*quote);
    const auto* mark = std::get_if<MarkPrice>(&event);
    if (mark == nullptr) return Poison::none;
    PLUMB_CHECK(mark->instrument.value < marks_.size());
    if (0 < mark->mark.sign())
        return judge(marks_[mark->instrument.value], about(mark->mark), mark->received_at);
    ++held_;
    return Poison::not_positive;
}

std::string_view to_string(Poison poison) {
    switch (poison) {
        case Poison::none: return "none";
        case Poison::not_positive: return "not_positive";
        case Poison::crossed: return "crossed";
        case Poison::out_of_band: return "out_of_band";
    }
    return "";
}

}  // namespace plumb::wire
