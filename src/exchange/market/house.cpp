#include "exchange/market/house.hpp"

#include <algorithm>
#include <cmath>

namespace plumb::exchange::market {
namespace {

constexpr int kLevels = 10;           // a side
constexpr std::size_t kKeptMax = 14;  // deeper ones stay when the price goes away, and come in handy
constexpr double kGridBps = 1.5;      // between the deeper levels, before rounding to a round number of ticks
constexpr double kRequoteShare = 0.25;  // of the half spread: smaller moves are not worth an order
constexpr double kTouchTrades = 4;      // expected trades that the touch lasts for
constexpr double kDepthGrowth = 0.6;    // of the touch's size, a level
constexpr std::int64_t kLotsMax = 1'000'000'000'000'000;

/// 1, 2 or 5 times a power of ten, at or above `value`.
std::int64_t round_number(double value) {
    std::int64_t number = 1;
    for (;; number *= 10) {
        for (const std::int64_t part : {1, 2, 5}) {
            if (value <= static_cast<double>(number * part)) return number * part;
        }
    }
}

std::int64_t lots_in(Decimal amount, Decimal lot) {
    return static_cast<std::int64_t>(std::min<Int128>(amount.units() / lot.units(), kLotsMax));
}

}  // namespace

House::House(InstrumentId instrument, const MarketSpec& market, const HouseStyle& style)
    : instrument_{instrument},
      tick_{market.instrument.tick},
      lot_{market.instrument.lot},
      tick_size_{tick_.to_double()},
      lot_size_{lot_.to_double()},
      style_{style},
      half_spread_{style.spread_bps * 1e-4 / 2},
      grid_ticks_{round_number(std::min(1e15, style.price / tick_size_ * kGridBps * 1e-4))},
      lots_mean_{std::max(1.0, style.trade_size / lot_size_)} {
    // The least that may be ordered, by quantity and by value, and a lot more: prices move.
    const double least = std::max(market.instrument.quantity_min.to_double(),
                                  2 * market.instrument.notional_min.to_double() / style.price);
    lots_min_ = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(least / lot_size_)));
    lots_max_ = market.quantity_max.is_zero() ? kLotsMax : lots_in(market.quantity_max.value, lot_.value);
    if (!market.market_quantity_max.is_zero())
        lots_max_ = std::min(lots_max_, lots_in(market.market_quantity_max.value, lot_.value));
    if (!market.notional_max.is_zero())
        lots_max_ =
            std::min(lots_max_, static_cast<std::int64_t>(std::min(
                                    1e15, market.notional_max.to_double() / 2 / style.price / lot_size_)));
    lots_max_ = std::max(lots_max_, lots_min_);
}

Price House::price_of(std::int64_t ticks) const {
    return Price{Decimal::from_units(tick_.value.units() * ticks)};
}

Quantity House::quantity(int level, Rng& rng) const {
    const double mean = lots_mean_ * kTouchTrades * (1 + kDepthGrowth * level);
    const double lots = std::min(1e15, mean * (0.5 + rng.uniform()));
    const auto count = std::clamp(static_cast<std::int64_t>(lots), lots_min_, lots_max_);
    return Quantity{Decimal::from_units(lot_.value.units() * count)};
}

OrderSpec House::order(Side side, std::int64_t ticks, Quantity quantity) const {
    OrderSpec spec;
    spec.instrument = instrument_;
    spec.side = side;
    spec.type = OrderType::limit;
    spec.quantity = quantity;
    spec.limit = price_of(ticks);
    spec.self_trade = SelfTrade::allow;
    return spec;
}

/// Level 0 is the touch, the others are the next multiples of the grid away from it.
std::int64_t House::level_ticks(Side side, std::int64_t touch, int level) const {
    if (level == 0) return touch;
    if (side == Side::buy) return ((touch - 1) / grid_ticks_ - (level - 1)) * grid_ticks_;
    return (touch / grid_ticks_ + level) * grid_ticks_;
}

/// Brings one side to its touch: first what is missing, then away with what is stale, so that the best price
/// goes from the old one to the new one without a hole between.
void House::settle(VenueModel& model, Book& book, std::int64_t touch, Rng& rng, Timestamp now) {
    const auto better = [&](std::int64_t a, std::int64_t b) {
        return book.side == Side::buy ? b < a : a < b;
    };
    const std::size_t before = book.levels.size();
    std::int64_t deepest = touch;
    for (int level = 0; level < kLevels; ++level) {
        const std::int64_t ticks = level_ticks(book.side, touch, level);
        if (ticks <= 0) break;
        deepest = ticks;
        const auto held = book.levels.begin() + static_cast<std::ptrdiff_t>(before);
        if (std::find_if(book.levels.begin(), held, [&](const Level& one) { return one.ticks == ticks; }) !=
            held)
            continue;
        const Quantity amount = quantity(level, rng);
        const auto number = model.submit(order(book.side, ticks, amount), now);
        if (!number) continue;
        book.levels.push_back({ticks, *number});
        if (level == 0) book.touch_quantity = amount;
    }
    std::ranges::sort(book.levels, better, &Level::ticks);
    std::erase_if(book.levels, [&](const Level& one) {
        const bool deeper = better(deepest, one.ticks);
        const bool on_grid = one.ticks % grid_ticks_ == 0;
        const bool stays = one.ticks == touch || deeper || (on_grid && better(touch, one.ticks));
        if (!stays) (void)model.cancel({}, one.order, now);
        return !stays;
    });
    for (; kKeptMax < book.levels.size(); book.levels.pop_back())
        (void)model.cancel({}, book.levels.back().order, now);
}

/// Whether the best prices are ours, and whole. Orders of others at our price do not show; they stand behind.
bool House::is_whole(const VenueModel& model) const {
    if (bids_.levels.empty() || asks_.levels.empty()) return false;
    const QuoteChanged quote = model.quote(instrument_);
    return quote.bid == price_of(bids_.levels.front().ticks) && bids_.touch_quantity <= quote.bid_quantity &&
           quote.ask == price_of(asks_.levels.front().ticks) && asks_.touch_quantity <= quote.ask_quantity;
}

void House::forget_ended(VenueModel& model, Book& book, Timestamp now) {
    std::erase_if(book.levels, [&](const Level& one) {
        const std::optional<OrderRecord> record = model.find_order({}, one.order, now);
        if (!record || !is_open(record->status)) return true;
        if (record->filled.is_zero()) return false;
        (void)model.cancel({}, one.order, now);
        return true;
    });
}

void House::requote(VenueModel& model, double mid, Rng& rng, Timestamp now) {
    const double ticks = std::min(mid / tick_size_, 1e15);
    const bool whole = is_whole(model);
    if (whole && std::abs(ticks - quoted_mid_) < kRequoteShare * half_spread_ * ticks) return;
    if (!whole) {
        forget_ended(model, bids_, now);
        forget_ended(model, asks_, now);
    }
    const auto bid =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(std::floor(ticks * (1 - half_spread_))));
    const auto ask = std::max(bid + 1, static_cast<std::int64_t>(std::ceil(ticks * (1 + half_spread_))));
    // The side that gives way goes first, so that the two never meet.
    const bool up = quoted_mid_ < ticks;
    quoted_mid_ = ticks;
    if (up) settle(model, asks_, ask, rng, now);
    settle(model, bids_, bid, rng, now);
    if (!up) settle(model, asks_, ask, rng, now);
}

void House::take(VenueModel& model, Rng& rng, Timestamp now) {
    const Side side = rng.uniform() < 0.5 ? Side::buy : Side::sell;
    const double lots = std::min(1e15, std::ceil(-std::log1p(-rng.uniform()) * lots_mean_));
    const auto count = std::clamp(static_cast<std::int64_t>(lots), lots_min_, lots_max_);
    const Book& other = side == Side::buy ? asks_ : bids_;
    if (other.levels.empty()) return;
    // Not through the whole book: the limit is two levels behind the touch.
    const std::int64_t touch = other.levels.front().ticks;
    const std::int64_t limit = level_ticks(other.side, touch, 2);
    if (limit <= 0) return;
    OrderSpec spec = order(side, limit, Quantity{Decimal::from_units(lot_.value.units() * count)});
    spec.time_in_force = TimeInForce::immediate_or_cancel;
    (void)model.submit(spec, now);
}

void House::step(VenueModel& model, double mid, Rng& rng, Timestamp now) {
    if (model.status(instrument_) != TradingStatus::open) return;
    requote(model, mid, rng, now);
    if (rng.uniform() < style_.trade_chance) take(model, rng, now);
}

void House::begin(VenueModel& model, double mid, Rng& rng, Timestamp now) {
    if (model.status(instrument_) != TradingStatus::open) return;
    requote(model, mid, rng, now);
    take(model, rng, now);
}

}  // namespace plumb::exchange::market
