#pragma once

#include "exchange/coinbase/desk.hpp"
#include "exchange/coinbase/replies.hpp"
#include "exchange/protocol/form.hpp"

namespace plumb::exchange::coinbase {

/// Wallets, portfolios, fees and the key's rights: Advanced Trade's, and the app's (v2) that clients ask
/// beside them.
class Account {
 public:
    explicit Account(Desk& desk) : desk_{desk} {}

    Response accounts(AccountId account, const Form& form, Timestamp now) const;
    Response account(AccountId account, std::string_view uuid, Timestamp now) const;
    Response transaction_summary(AccountId account, Timestamp now) const;
    Response key_permissions(const ApiAccess& access) const;
    Response portfolios(AccountId account) const;
    Response portfolio(AccountId account, std::string_view uuid, Timestamp now) const;

    Response app_currencies() const;
    Response app_crypto_currencies() const;
    Response app_exchange_rates(const Form& form, Timestamp now) const;
    Response app_price(std::string_view pair, Timestamp now) const;
    Response app_time(Timestamp now) const;
    Response app_accounts(AccountId account, const Form& form, Timestamp now) const;
    Response app_account(AccountId account, std::string_view id, Timestamp now) const;
    Response app_user(AccountId account) const;

 private:
    /// Every currency of the venue, the account's own first.
    std::vector<std::string> currencies() const;
    void write_wallet(JsonOut& json, AccountId account, const Balance& balance) const;
    void write_app_wallet(JsonOut& json, AccountId account, const Balance& balance) const;
    std::vector<Balance> wallets(AccountId account, Timestamp now) const;

    Desk& desk_;
};

}  // namespace plumb::exchange::coinbase
