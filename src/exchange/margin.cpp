#include "exchange/margin.hpp"

#include <algorithm>

namespace plumb::exchange {
namespace {

/// The part of a position's value that must be there in equity before it is opened.
Decimal initial_fraction(const AccountState& account, const MarketState& market, const Exposure& exposure) {
    const Decimal chosen = exposure.leverage.is_zero() ? account.spec.leverage : exposure.leverage;
    const Decimal leverage = market.is_perpetual() && 0 < market.spec.leverage_max.sign()
                                 ? std::min(chosen, market.spec.leverage_max)
                                 : account.spec.leverage;
    return Decimal{1} / std::max(leverage, Decimal{1});
}

Price value_price(const MarketState& market, const Exposure& exposure) {
    const Price price = market.value_price();
    return price.is_zero() ? exposure.entry() : price;
}

/// Signed, in the market's quote.
Money position_value(const MarketState& market, const Exposure& exposure) {
    return exposure.is_flat() ? Money{} : value_price(market, exposure) * exposure.position;
}

/// The larger of the two ways the open orders can go, before leverage.
Money worst_value(Money position, Money buys, Money sells) {
    return std::max((position + buys).abs(), (position - sells).abs());
}

Decimal quote_rate(const ModelState& state, const MarketState& market, AssetId quote) {
    return market.quote == quote ? Decimal{1} : rate_of(state, market.quote, quote);
}

Money scaled(Money value, Decimal rate) { return rate == Decimal{1} ? value : value * rate; }

}  // namespace

bool on_margin(const AccountState& account, const MarketState& market) {
    switch (market.spec.kind) {
        case MarketKind::perpetual: return true;
        case MarketKind::equity: return account.is_margin();
        case MarketKind::spot: return account.is_margin() && market.spec.instrument.can_short;
    }
    return false;
}

Decimal rate_of(const ModelState& state, AssetId asset, AssetId quote) {
    if (asset == quote) return Decimal{1};
    const auto direct = state.markets_of.find({asset, quote});
    if (direct != state.markets_of.end()) return state.market(direct->second).last.value;
    const auto inverse = state.markets_of.find({quote, asset});
    if (inverse == state.markets_of.end()) return {};
    const Price last = state.market(inverse->second).last;
    return last.is_zero() ? Decimal{} : Decimal{1} / last.value;
}

Money equity_of(const ModelState& state, AccountId id, AssetId quote) {
    const AccountState& account = state.account(id);
    Money sum;
    for (std::uint32_t i = 0; i < account.holdings.size(); ++i) {
        const Decimal total = account.holdings[i].total;
        if (!total.is_zero()) sum += scaled(Money{total}, rate_of(state, AssetId{i}, quote));
    }
    for (std::uint32_t i = 0; i < account.exposures.size(); ++i) {
        const Exposure& exposure = account.exposures[i];
        const MarketState& market = state.markets[i];
        if (exposure.is_flat() || !market.is_perpetual()) continue;
        const Money unrealized = position_value(market, exposure) - exposure.cost;
        sum += scaled(unrealized, quote_rate(state, market, quote));
    }
    return sum;
}

Money initial_margin_of(const ModelState& state, AccountId id, AssetId quote) {
    const AccountState& account = state.account(id);
    Money sum;
    for (std::uint32_t i = 0; i < account.exposures.size(); ++i) {
        const Exposure& exposure = account.exposures[i];
        if (exposure.is_flat() && exposure.open_buys.is_zero() && exposure.open_sells.is_zero()) continue;
        const MarketState& market = state.markets[i];
        const Money position = position_value(market, exposure);
        if (on_margin(account, market)) {
            const Money worst = worst_value(position, exposure.open_buys, exposure.open_sells);
            sum +=
                scaled(worst * initial_fraction(account, market, exposure), quote_rate(state, market, quote));
        } else if (account.is_margin()) {
            sum += scaled(position.abs(), quote_rate(state, market, quote));
        }
    }
    const Decimal held = account.holdings[quote.value].held;
    return account.is_margin() ? sum + Money{held} : sum;
}

Money maintenance_margin_of(const ModelState& state, AccountId id, AssetId quote) {
    const AccountState& account = state.account(id);
    Money sum;
    for (std::uint32_t i = 0; i < account.exposures.size(); ++i) {
        const Exposure& exposure = account.exposures[i];
        const MarketState& market = state.markets[i];
        if (exposure.is_flat() || market.spec.maintenance_margin.is_zero() || !on_margin(account, market)) {
            continue;
        }
        const Money value = position_value(market, exposure).abs();
        sum += scaled(value * market.spec.maintenance_margin, quote_rate(state, market, quote));
    }
    return sum;
}

Money buying_power_of(const ModelState& state, AccountId id, AssetId quote) {
    const AccountState& account = state.account(id);
    const bool has_perpetuals =
        std::ranges::any_of(state.markets, [](const MarketState& market) { return market.is_perpetual(); });
    if (!account.is_margin() && !has_perpetuals) {
        return std::max(Money{account.holdings[quote.value].free()}, Money{});
    }
    const Money available = equity_of(state, id, quote) - initial_margin_of(state, id, quote);
    return std::max(available, Money{}) * std::max(account.spec.leverage, Decimal{1});
}

std::optional<Refusal> margin_refusal(const ModelState& state, AccountId id, const MarketState& market,
                                      const MarginAsk& ask) {
    const AccountState& account = state.account(id);
    const Exposure& exposure = state.exposure(id, market.spec.instrument.id);
    const Money position = position_value(market, exposure);
    const Money before = worst_value(position, exposure.open_buys, exposure.open_sells);
    const bool buys = ask.side == Side::buy;
    const Money after = worst_value(position, buys ? exposure.open_buys + ask.value : exposure.open_buys,
                                    buys ? exposure.open_sells : exposure.open_sells + ask.value);
    if (after <= before) return std::nullopt;
    const Money equity = equity_of(state, id, market.quote);
    const Money available = equity - initial_margin_of(state, id, market.quote);
    if (available < (after - before) * initial_fraction(account, market, exposure))
        return Refusal::insufficient_funds;
    const Money maintenance =
        maintenance_margin_of(state, id, market.quote) + (after - before) * market.spec.maintenance_margin;
    if (equity - ask.loss < maintenance) return Refusal::would_liquidate;
    if (available - ask.loss < (after - before) * initial_fraction(account, market, exposure)) {
        return Refusal::insufficient_funds;
    }
    return std::nullopt;
}

}  // namespace plumb::exchange
