#include "exchange/coinbase/account.hpp"

#include <algorithm>
#include <charconv>

#include "exchange/coinbase/market_data.hpp"

namespace plumb::exchange::coinbase {

namespace {

constexpr std::string_view kOpenedAt = "2021-05-31T09:59:59Z";
constexpr std::size_t kPageDefault = 49;
constexpr std::size_t kPageMax = 250;

bool is_cash(std::string_view currency) {
    return currency == "USD" || currency == "EUR" || currency == "GBP";
}

std::optional<std::size_t> page_size(const Form& form, std::size_t otherwise) {
    const std::string_view text = form.get("limit");
    if (text.empty()) return otherwise;
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value == 0) return std::nullopt;
    return std::min(value, kPageMax);
}

void write_money(JsonOut& json, std::string_view key, Decimal value, std::string_view currency) {
    json.begin_object(key).quoted("value", value).member("currency", currency).end_object();
}

}  // namespace

std::vector<std::string> Account::currencies() const {
    std::vector<std::string> all{"USD"};
    for (const Product& product : desk_.products.all()) {
        if (std::ranges::find(all, product.base) == all.end()) all.push_back(product.base);
    }
    return all;
}

std::vector<Balance> Account::wallets(AccountId account, Timestamp now) const {
    std::vector<Balance> all = desk_.model.balances(account, now);
    for (const std::string& currency : currencies()) {
        const AssetId asset = desk_.model.asset(currency);
        const bool has = std::ranges::any_of(all, [&](const Balance& one) { return one.asset == asset; });
        if (!has) all.push_back({asset, {}, {}});
    }
    return all;
}

void Account::write_wallet(JsonOut& json, AccountId account, const Balance& balance) const {
    const std::string& currency = desk_.model.asset_name(balance.asset);
    json.begin_object().member("uuid", desk_.wallet_id(account, balance.asset));
    json.member("name", currency + " Wallet").member("currency", currency);
    write_money(json, "available_balance", balance.free(), currency);
    json.member("default", true).member("active", true).member("created_at", kOpenedAt);
    json.member("updated_at", kOpenedAt).null("deleted_at");
    json.member("type", is_cash(currency) ? "ACCOUNT_TYPE_FIAT" : "ACCOUNT_TYPE_CRYPTO");
    json.member("ready", true);
    write_money(json, "hold", balance.held, currency);
    json.member("retail_portfolio_id", desk_.portfolio_id(account));
    json.member("platform", "ACCOUNT_PLATFORM_CONSUMER").end_object();
}

Response Account::accounts(AccountId account, const Form& form, Timestamp now) const {
    const auto limit = page_size(form, kPageDefault);
    if (!limit) return invalid_argument("limit is invalid");
    const std::vector<Balance> all = wallets(account, now);
    std::size_t first = 0;
    if (const std::string_view cursor = form.get("cursor"); !cursor.empty()) {
        while (first < all.size() && desk_.wallet_id(account, all[first].asset) != cursor) ++first;
        if (first == all.size()) return invalid_argument("cursor is invalid");
    }
    const std::size_t last = std::min(first + *limit, all.size());
    JsonOut json;
    json.begin_object().begin_array("accounts");
    for (std::size_t i = first; i < last; ++i) write_wallet(json, account, all[i]);
    const bool more = last < all.size();
    json.end_array().member("has_next", more);
    json.member("cursor", more ? desk_.wallet_id(account, all[last].asset) : std::string{});
    json.member("size", last - first).end_object();
    return json_reply(json.take());
}

Response Account::account(AccountId account, std::string_view uuid, Timestamp now) const {
    for (const Balance& balance : wallets(account, now)) {
        if (desk_.wallet_id(account, balance.asset) != uuid) continue;
        JsonOut json;
        json.begin_object().key("account");
        write_wallet(json, account, balance);
        return json_reply(json.end_object().take());
    }
    return error_reply(404, "NOT_FOUND", "account not found");
}

Response Account::transaction_summary(AccountId account, Timestamp now) const {
    Money volume;
    Decimal fees;
    for (const Execution& execution : desk_.model.executions(account, 0, now)) {
        if (execution.at < now - std::chrono::days{30}) continue;
        volume += execution.price * execution.quantity;
        fees += execution.fee;
    }
    FeeRule rule;
    if (!desk_.products.all().empty()) rule = desk_.model.market(desk_.products.all().front().id).fees;
    JsonOut json;
    json.begin_object().member("total_volume", volume).member("total_fees", fees).begin_object("fee_tier");
    json.member("pricing_tier", "Advanced 1").member("usd_from", "0").member("usd_to", "1000");
    json.quoted("taker_fee_rate", rule.taker).quoted("maker_fee_rate", rule.maker).member("aop_from", "");
    json.member("aop_to", "").end_object().null("margin_rate").null("goods_and_services_tax");
    json.member("advanced_trade_only_volume", volume).member("advanced_trade_only_fees", fees);
    json.member("coinbase_pro_volume", 0).member("coinbase_pro_fees", 0).member("total_balance", "");
    return json_reply(json.end_object().take());
}

Response Account::key_permissions(const ApiAccess& access) const {
    JsonOut json;
    json.begin_object().member("can_view", true).member("can_trade", access.may_trade);
    json.member("can_transfer", access.may_withdraw);
    json.member("portfolio_uuid", desk_.portfolio_id(access.account)).member("portfolio_type", "DEFAULT");
    return json_reply(json.end_object().take());
}

Response Account::portfolios(AccountId account) const {
    JsonOut json;
    json.begin_object().begin_array("portfolios").begin_object().member("name", "Default");
    json.member("uuid", desk_.portfolio_id(account)).member("type", "DEFAULT").member("deleted", false);
    return json_reply(json.end_object().end_array().end_object().take());
}

Response Account::portfolio(AccountId account, std::string_view uuid, Timestamp now) const {
    if (uuid != desk_.portfolio_id(account)) return error_reply(404, "NOT_FOUND", "portfolio not found");
    Decimal cash, crypto;
    JsonOut positions;
    positions.begin_array();
    for (const Balance& balance : desk_.model.balances(account, now)) {
        const std::string& currency = desk_.model.asset_name(balance.asset);
        const Product* product = desk_.products.find(currency + "-USD");
        const Price price = product == nullptr ? Price{Decimal{1}} : last_price(desk_, product->id, now);
        const Decimal value = balance.total * price.value;
        (is_cash(currency) ? cash : crypto) += value;
        positions.begin_object().member("asset", currency);
        positions.member("account_uuid", desk_.wallet_id(account, balance.asset));
        positions.member("total_balance_fiat", value).member("total_balance_crypto", balance.total);
        positions.member("available_to_trade_fiat", balance.free() * price.value);
        positions.member("is_cash", is_cash(currency)).end_object();
    }
    positions.end_array();
    JsonOut json;
    json.begin_object().begin_object("breakdown").begin_object("portfolio").member("name", "Default");
    json.member("uuid", uuid).member("type", "DEFAULT").member("deleted", false).end_object();
    json.begin_object("portfolio_balances");
    write_money(json, "total_balance", cash + crypto, "USD");
    write_money(json, "total_futures_balance", Decimal{}, "USD");
    write_money(json, "total_cash_equivalent_balance", cash, "USD");
    write_money(json, "total_crypto_balance", crypto, "USD");
    json.end_object().raw("spot_positions", positions.text()).begin_array("perp_positions").end_array();
    json.begin_array("futures_positions").end_array().end_object().end_object();
    return json_reply(json.take());
}

Response Account::app_currencies() const {
    return json_reply(R"({"data":[{"id":"USD","name":"US Dollar","min_size":"0.01000000"}]})");
}

Response Account::app_crypto_currencies() const {
    JsonOut json;
    json.begin_object().begin_array("data");
    int index = 100;
    for (const std::string& currency : currencies()) {
        if (is_cash(currency)) continue;
        const AssetId asset = desk_.model.asset(currency);
        json.begin_object().member("code", currency).member("name", currency_name(currency));
        json.member("color", "#000000").member("sort_index", ++index).member("exponent", 8);
        json.member("type", "crypto").member("address_regex", "");
        json.member("asset_id", desk_.wallet_ids.text(asset.value)).end_object();
    }
    return json_reply(json.end_array().end_object().take());
}

Response Account::app_exchange_rates(const Form& form, Timestamp now) const {
    const std::string currency = form.get("currency").empty() ? "USD" : std::string{form.get("currency")};
    const auto dollars = [&](const std::string& code) {
        const Product* product = desk_.products.find(code + "-USD");
        return product == nullptr ? Price{Decimal{code == "USD" ? 1 : 0}}
                                  : last_price(desk_, product->id, now);
    };
    const Price unit = dollars(currency);
    if (unit.sign() <= 0) return gateway_error(400, "invalid_request", "Currency is invalid");
    JsonOut json;
    json.begin_object().begin_object("data").member("currency", currency).begin_object("rates");
    for (const std::string& code : currencies()) {
        const Price price = dollars(code);
        if (0 < price.sign()) json.quoted(code, unit.value / price.value);
    }
    return json_reply(json.end_object().end_object().end_object().take());
}

Response Account::app_price(std::string_view pair, Timestamp now) const {
    const Product* product = desk_.products.find(pair);
    if (product == nullptr) return gateway_error(404, "not_found", "Invalid base currency");
    JsonOut json;
    json.begin_object().begin_object("data").member("base", product->base).member("currency", product->quote);
    json.quoted("amount", last_price(desk_, product->id, now));
    return json_reply(json.end_object().end_object().take());
}

Response Account::app_time(Timestamp now) const {
    JsonOut json;
    json.begin_object().begin_object("data").time("iso", now, 0).member("epoch", to_ms(now) / 1'000);
    return json_reply(json.end_object().end_object().take());
}

void Account::write_app_wallet(JsonOut& json, AccountId account, const Balance& balance) const {
    const std::string& currency = desk_.model.asset_name(balance.asset);
    const std::string id = desk_.wallet_id(account, balance.asset);
    const bool cash = is_cash(currency);
    json.begin_object().member("id", id).member("name", currency + " Wallet").member("primary", false);
    json.member("type", cash ? "fiat" : "wallet").begin_object("currency").member("code", currency);
    json.member("name", currency_name(currency)).member("color", "#000000").member("sort_index", 100);
    json.member("exponent", cash ? 2 : 8).member("type", cash ? "fiat" : "crypto");
    if (!cash) json.member("asset_id", desk_.wallet_ids.text(balance.asset.value));
    json.end_object().begin_object("balance").quoted("amount", balance.total).member("currency", currency);
    json.end_object().member("created_at", kOpenedAt).member("updated_at", kOpenedAt);
    json.member("resource", "account").member("resource_path", "/v2/accounts/" + id);
    json.member("allow_deposits", true).member("allow_withdrawals", true).end_object();
}

Response Account::app_accounts(AccountId account, const Form& form, Timestamp now) const {
    const auto limit = page_size(form, 25);
    if (!limit) return gateway_error(400, "validation_error", "Limit is invalid");
    const std::vector<Balance> all = wallets(account, now);
    std::size_t first = 0;
    if (const std::string_view after = form.get("starting_after"); !after.empty()) {
        while (first < all.size() && desk_.wallet_id(account, all[first].asset) != after) ++first;
        first = std::min(first + 1, all.size());
    }
    const std::size_t last = std::min(first + *limit, all.size());
    JsonOut json;
    json.begin_object().begin_object("pagination").null("ending_before").null("starting_after");
    json.null("previous_ending_before");
    last < all.size() ? json.member("next_starting_after", desk_.wallet_id(account, all[last - 1].asset))
                      : json.null("next_starting_after");
    json.member("limit", *limit).member("order", "desc").null("previous_uri");
    last < all.size() ? json.member("next_uri", "/v2/accounts?starting_after=" +
                                                    desk_.wallet_id(account, all[last - 1].asset))
                      : json.null("next_uri");
    json.end_object().begin_array("data");
    for (std::size_t i = first; i < last; ++i) write_app_wallet(json, account, all[i]);
    return json_reply(json.end_array().end_object().take());
}

Response Account::app_account(AccountId account, std::string_view id, Timestamp now) const {
    for (const Balance& balance : wallets(account, now)) {
        if (desk_.wallet_id(account, balance.asset) != id && desk_.model.asset_name(balance.asset) != id)
            continue;
        JsonOut json;
        json.begin_object().key("data");
        write_app_wallet(json, account, balance);
        return json_reply(json.end_object().take());
    }
    return gateway_error(404, "not_found", "Not found");
}

Response Account::app_user(AccountId account) const {
    JsonOut json;
    json.begin_object().begin_object("data").member("id", desk_.user_id(account));
    json.member("name", desk_.model.account(account).name).null("username").null("profile_location");
    json.null("profile_bio")
        .null("profile_url")
        .member("resource", "user")
        .member("resource_path", "/v2/user");
    return json_reply(json.end_object().end_object().take());
}

}  // namespace plumb::exchange::coinbase
