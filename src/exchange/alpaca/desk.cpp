#include "exchange/alpaca/desk.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "exchange/alpaca/calendar.hpp"

namespace plumb::exchange::alpaca {
namespace {

using std::chrono::minutes;

}  // namespace

Desk::Desk(const ProtocolContext& context)
    : context_{context}, assets_{context.model}, ids_{context.seed}, dollar_{context.model.asset("USD")} {
    for (const Asset& asset : assets_.all()) bases_.push_back(context_.model.asset(asset.base));
    for (const ApiAccess& access : context_.access) {
        AccountState account;
        account.access = access;
        account.id = ids_.text(IdKind::account, access.account.value);
        account.number = fmt::format("PA3{:08d}", access.account.value);
        account.settings.no_shorting = !context_.model.account(access.account).may_short;
        accounts_.push_back(std::move(account));
    }
}

AccountState* Desk::account_of(std::string_view key, std::string_view secret, Timestamp now) {
    for (AccountState& account : accounts_) {
        const ApiAccess& access = account.access;
        if (access.key != key || access.secret != secret) continue;
        return access.expires_at && *access.expires_at <= now ? nullptr : &account;
    }
    return nullptr;
}

AccountState* Desk::account_of(AccountId id) {
    const auto found =
        std::ranges::find(accounts_, id, [](const AccountState& account) { return account.access.account; });
    return found == accounts_.end() ? nullptr : &*found;
}

Price Desk::price_of(InstrumentId instrument) const {
    const Price last = context_.model.last_price(instrument);
    if (0 < last.sign()) return last;
    const QuoteChanged quote = context_.model.quote(instrument);
    if (quote.bid_quantity.is_zero() || quote.ask_quantity.is_zero()) return Price{};
    return Price{(quote.bid.value + quote.ask.value) * Decimal::from_units(Decimal::kOne / 2)};
}

Held Desk::position(const AccountState& account, const Asset& asset, Timestamp now) const {
    const AccountId owner = account.access.account;
    Held held;
    held.asset = &asset;
    held.price = price_of(asset.instrument);
    const Position position = context_.model.position(owner, asset.instrument, now);
    held.entry = position.entry;
    if (asset.is_crypto) {
        const Balance balance = context_.model.balance(owner, base_asset(asset.instrument), now);
        held.quantity = Quantity{balance.total};
        held.available = Quantity{balance.free()};
    } else {
        held.quantity = position.quantity;
        const Side closing = 0 < position.quantity.sign() ? Side::sell : Side::buy;
        Quantity reserved;
        for (const OrderRecord& order : context_.model.open_orders(owner, asset.instrument, now)) {
            if (order.spec.side == closing) reserved += order.leaves();
        }
        const Quantity free = std::max(Quantity{}, position.quantity.abs() - reserved);
        held.available = 0 < position.quantity.sign() ? free : -free;
    }
    return held;
}

std::vector<Held> Desk::positions(const AccountState& account, Timestamp now) const {
    std::vector<Held> found;
    std::vector<bool> wanted(assets_.all().size());
    for (const Position& position : context_.model.positions(account.access.account, now)) {
        wanted[position.instrument.value] = true;
    }
    std::vector<AssetId> coins;
    for (const Balance& balance : context_.model.balances(account.access.account, now)) {
        if (0 < balance.total.sign()) coins.push_back(balance.asset);
    }
    for (const Asset& asset : assets_.all()) {
        if (asset.is_crypto) {
            wanted[asset.instrument.value] =
                std::ranges::find(coins, base_asset(asset.instrument)) != coins.end();
        }
        if (!wanted[asset.instrument.value]) continue;
        Held held = position(account, asset, now);
        if (held.quantity.is_zero()) continue;
        const auto days = context_.past.bars(asset.instrument, std::chrono::days{1},
                                             now - std::chrono::days{3}, now, 3, now);
        held.day_price = days.empty() ? held.price : days.back().values.close;
        found.push_back(held);
    }
    return found;
}

Worth Desk::worth(const AccountState& account, Timestamp now) const {
    Worth worth;
    const AccountId owner = account.access.account;
    const Balance cash = context_.model.balance(owner, dollar_, now);
    worth.cash_total = cash.total;
    worth.cash_free = cash.free();
    for (const Asset& asset : assets_.all()) {
        if (!asset.is_crypto) continue;
        const Balance balance = context_.model.balance(owner, base_asset(asset.instrument), now);
        if (0 < balance.total.sign()) worth.long_value += price_of(asset.instrument).value * balance.total;
    }
    for (const Position& position : context_.model.positions(owner, now)) {
        if (assets_.of(position.instrument).is_crypto) continue;
        const Decimal value = price_of(position.instrument).value * position.quantity.value;
        (0 < value.sign() ? worth.long_value : worth.short_value) += value;
    }
    worth.equity = worth.cash_total + worth.long_value + worth.short_value;
    worth.buying_power = std::max(Decimal{}, context_.model.buying_power(owner, dollar_).value);
    return worth;
}

void Desk::apply_transfer(const BalanceChanged& change, Timestamp at) {
    if (change.reason != BalanceReason::deposit && change.reason != BalanceReason::withdrawal) return;
    AccountState* account = account_of(change.account);
    if (account == nullptr) return;
    account->transfers.push_back({.number = next_number(),
                                  .at = at,
                                  .asset = context_.model.asset_name(change.asset),
                                  .amount = change.change});
    if (kTransfersMax < account->transfers.size()) account->transfers.pop_front();
}

void Desk::on_events(std::span<const ModelEvent> events) {
    for (const ModelEvent& event : events) {
        if (const auto* balance = std::get_if<BalanceChanged>(&event.what)) {
            apply_transfer(*balance, event.at);
        }
    }
}

void Desk::on_time(Timestamp now) {
    if (equity_due_ == Timestamp{}) {  // the first look
        equity_due_ = std::chrono::floor<minutes>(now);
        close_due_ = next_close_after(now).close;
        for (AccountState& account : accounts_) {
            account.created_at = now;
            account.last_equity = worth(account, now).equity;
        }
    }
    if (now < equity_due_) return;
    const bool is_close = close_due_ <= now;
    for (AccountState& account : accounts_) {
        const Decimal equity = worth(account, now).equity;
        account.equity.push_back({std::chrono::floor<minutes>(now), equity});
        if (kEquityPointsMax < account.equity.size()) account.equity.pop_front();
        if (is_close) account.last_equity = equity;
    }
    equity_due_ = std::chrono::floor<minutes>(now) + minutes{1};
    if (is_close) close_due_ = next_close_after(now).close;
}

}  // namespace plumb::exchange::alpaca
