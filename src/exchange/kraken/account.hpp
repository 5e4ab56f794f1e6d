#pragma once

#include "exchange/kraken/desk.hpp"
#include "exchange/protocol/form.hpp"

namespace plumb::exchange::kraken {

/// What the multi-collateral account is worth and needs, in USD.
struct FlexView {
    Money balance_value, profit, unrealized_funding, portfolio_value;
    Money initial_margin, initial_margin_with_orders, maintenance_margin, available_margin;
};
FlexView view_flex(const Desk& desk, AccountId account, Timestamp now);
/// Profit of one position at mark, in quote.
Money unrealized_profit(const Desk& desk, const Position& position);

/// The endpoints that tell an account what it has, and keep its preferences.
class Account {
 public:
    explicit Account(Desk& desk) : desk_{desk} {}

    Response accounts(AccountId account, Timestamp now) const;
    Response open_positions(AccountId account, Timestamp now) const;
    Response open_orders(AccountId account, Timestamp now) const;
    Response order_status(AccountId account, const Form& form, Timestamp now) const;
    Response fills(AccountId account, const Form& form, Timestamp now) const;
    Response leverage(AccountId account, const Form& form, Timestamp now) const;
    Response set_leverage(AccountId account, const Form& form, Timestamp now);
    Response profit_preferences(AccountId account, Timestamp now) const;
    Response set_profit_preference(AccountId account, const Form& form, Timestamp now);
    Response self_trade(AccountId account, Timestamp now) const;
    Response set_self_trade(AccountId account, const Form& form, Timestamp now);
    Response fee_volumes(AccountId account, Timestamp now) const;
    /// Wallets are one here: moving out of the multi-collateral account finds the others empty.
    Response transfer(AccountId account, const Form& form, Timestamp now) const;

    static constexpr std::size_t kFillsMax = 100;

 private:
    Desk& desk_;
};

}  // namespace plumb::exchange::kraken
