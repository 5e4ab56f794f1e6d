#include "core/order_book.hpp"

#include <algorithm>
#include <functional>

#include "base/check.hpp"

namespace plumb {
namespace {

/// Whether `a` is further from the market than `b`.
bool worse(Side side, Price a, Price b) { return side == Side::buy ? a < b : b < a; }

}  // namespace

OrderBook::OrderBook(std::size_t levels_max) : levels_max_{levels_max} { PLUMB_CHECK(0 < levels_max); }

void OrderBook::clear() {
    for (Half* half : {&bids_, &asks_}) {
        half->levels.clear();
        half->horizon.reset();
    }
}

void OrderBook::load(std::span<const BookLevel> bids, std::span<const BookLevel> asks) {
    clear();
    load(Side::buy, bids);
    load(Side::sell, asks);
}

void OrderBook::load(Side side, std::span<const BookLevel> given) {
    auto& levels = of(side).levels;
    const auto is_worse = [&](const BookLevel& a, const BookLevel& b) {
        return worse(side, a.price, b.price);
    };
    const auto is_better = [&](const BookLevel& a, const BookLevel& b) { return is_worse(b, a); };
    const auto empty = [](const BookLevel& level) { return level.quantity.is_zero(); };
    // Venues send the best first, or the worst: then it is a copy.
    const bool plain = given.size() <= levels_max_ && std::ranges::none_of(given, empty) &&
                       std::ranges::adjacent_find(given, std::not_fn(is_better)) == given.end();
    if (plain) {
        levels.assign(given.rbegin(), given.rend());
        return;
    }
    for (const BookLevel& level : given) set(side, level);
}

void OrderBook::set(Side side, BookLevel level) {
    Half& half = of(side);
    if (half.horizon && !worse(side, *half.horizon, level.price)) return;
    auto& levels = half.levels;
    const auto at =
        std::lower_bound(levels.begin(), levels.end(), level.price,
                         [&](const BookLevel& one, Price price) { return worse(side, one.price, price); });
    const bool there = at != levels.end() && at->price == level.price;
    if (level.quantity.is_zero()) {
        if (there) levels.erase(at);
        return;
    }
    if (there) {
        at->quantity = level.quantity;
        return;
    }
    if (levels.size() < levels_max_) {
        levels.insert(at, level);
        return;
    }
    if (at == levels.begin()) {  // it would be the worst itself
        half.horizon = level.price;
        return;
    }
    half.horizon = levels.front().price;
    std::move(std::next(levels.begin()), at, levels.begin());
    *std::prev(at) = level;
}

std::optional<BookLevel> OrderBook::best(Side side) const {
    const auto& levels = of(side).levels;
    if (levels.empty()) return std::nullopt;
    return levels.back();
}

BookLevel OrderBook::level(Side side, std::size_t depth) const {
    const auto& levels = of(side).levels;
    PLUMB_CHECK(depth < levels.size());
    return levels[levels.size() - 1 - depth];
}

bool OrderBook::crossed() const {
    if (bids_.levels.empty() || asks_.levels.empty()) return false;
    return asks_.levels.back().price <= bids_.levels.back().price;
}

bool OrderBook::exhausted() const {
    return (bids_.levels.empty() && bids_.horizon) || (asks_.levels.empty() && asks_.horizon);
}

Quote OrderBook::top() const {
    Quote quote;
    if (const auto bid = best(Side::buy)) {
        quote.bid = bid->price;
        quote.bid_quantity = bid->quantity;
    }
    if (const auto ask = best(Side::sell)) {
        quote.ask = ask->price;
        quote.ask_quantity = ask->quantity;
    }
    return quote;
}

}  // namespace plumb
