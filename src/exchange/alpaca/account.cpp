#include <fmt/format.h>

#include <algorithm>

#include "exchange/alpaca/answers.hpp"
#include "exchange/alpaca/calendar.hpp"
#include "exchange/alpaca/json_in.hpp"
#include "exchange/alpaca/trading.hpp"

namespace plumb::exchange::alpaca {
namespace {

Decimal cents(Decimal value) { return value.quantized(Decimal::power_of_ten(-2), Rounding::nearest); }

std::string write_account(const Desk& desk, const AccountState& account, Timestamp now) {
    const Worth worth = desk.worth(account, now);
    const AccountId owner = account.access.account;
    const Decimal free_cash = cents(std::max(Decimal{}, worth.cash_free));
    const Decimal half = Decimal::from_units(Decimal::kOne / 2);
    const Decimal stocks = desk.model().initial_margin(owner, desk.dollar()).value;
    const bool may_short = !account.settings.no_shorting && desk.model().account(owner).may_short;
    std::string body;
    JsonOut out{body};
    out.begin_object();
    out.text("id", account.id);
    out.null("admin_configurations");
    out.null("user_configurations");
    out.text("account_number", account.number);
    out.text("status", "ACTIVE");
    out.text("crypto_status", "ACTIVE");
    out.number("crypto_tier", std::int64_t{1});
    out.number("options_approved_level", std::int64_t{0});
    out.number("options_trading_level", std::int64_t{0});
    out.text("currency", "USD");
    out.amount("buying_power", cents(worth.buying_power));
    out.amount("regt_buying_power", cents(worth.buying_power * half));
    out.amount("effective_buying_power", cents(worth.buying_power));
    out.amount("non_marginable_buying_power", free_cash);
    out.amount("options_buying_power", free_cash);
    out.amount("bod_dtbp", Decimal{});
    out.amount("cash", cents(worth.cash_free));
    out.amount("accrued_fees", Decimal{});
    out.amount("pending_reg_taf_fees", Decimal{});
    out.amount("portfolio_value", cents(worth.equity));
    out.boolean("trading_blocked", !account.access.may_trade);
    out.boolean("transfers_blocked", false);
    out.boolean("account_blocked", false);
    out.time("created_at", account.created_at);
    out.boolean("trade_suspended_by_user", account.settings.suspend_trade);
    out.text("multiplier", desk.model().account(owner).leverage.to_string());
    out.boolean("shorting_enabled", may_short);
    out.amount("equity", cents(worth.equity));
    out.amount("last_equity", cents(account.last_equity));
    out.amount("long_market_value", cents(worth.long_value));
    out.amount("short_market_value", cents(worth.short_value));
    out.amount("position_market_value", cents(worth.long_value + worth.short_value));
    out.amount("initial_margin", cents(stocks));
    out.amount("maintenance_margin", cents(desk.model().maintenance_margin(owner, desk.dollar()).value));
    out.amount("last_maintenance_margin", Decimal{});
    out.amount("sma", Decimal{});
    out.amount("intraday_adjustments", Decimal{});
    out.text("balance_asof", to_date(Timestamp{new_york_date(now)} - std::chrono::days{1}));
    out.end_object();
    return body;
}

std::string write_settings(const Settings& settings) {
    std::string body;
    JsonOut{body}
        .begin_object()
        .boolean("fractional_trading", settings.fractional_trading)
        .text("max_margin_multiplier", settings.max_margin_multiplier)
        .number("max_options_trading_level", std::int64_t{settings.max_options_trading_level})
        .boolean("no_shorting", settings.no_shorting)
        .boolean("ptp_no_exception_entry", settings.ptp_no_exception_entry)
        .boolean("suspend_trade", settings.suspend_trade)
        .text("trade_confirm_email", settings.trade_confirm_email)
        .end_object();
    return body;
}

Response change_settings(AccountState& account, std::string_view text) {
    const auto body = read_json(text);
    if (!body || !body->is_object()) return bad_body();
    bool is_bad = false;
    Settings next = account.settings;
    next.suspend_trade = bool_field(*body, "suspend_trade", next.suspend_trade, is_bad);
    next.no_shorting = bool_field(*body, "no_shorting", next.no_shorting, is_bad);
    next.fractional_trading = bool_field(*body, "fractional_trading", next.fractional_trading, is_bad);
    next.ptp_no_exception_entry =
        bool_field(*body, "ptp_no_exception_entry", next.ptp_no_exception_entry, is_bad);
    const std::string multiplier = text_field(*body, "max_margin_multiplier", is_bad);
    const std::string mail = text_field(*body, "trade_confirm_email", is_bad);
    const auto level = decimal_field(*body, "max_options_trading_level", is_bad);
    if (is_bad) return bad_body();
    if (!multiplier.empty()) {
        if (multiplier != "1" && multiplier != "2" && multiplier != "4") {
            return invalid_field("invalid max_margin_multiplier");
        }
        next.max_margin_multiplier = multiplier;
    }
    if (!mail.empty()) {
        if (mail != "all" && mail != "none") return invalid_field("invalid trade_confirm_email");
        next.trade_confirm_email = mail;
    }
    if (level) {
        if (level->sign() < 0 || Decimal{3} < *level || !level->is_multiple_of(Decimal{1})) {
            return invalid_field("invalid max_options_trading_level");
        }
        next.max_options_trading_level = static_cast<int>(level->to_double());
    }
    account.settings = next;
    return json_answer(200, write_settings(next));
}

Response wallets(const Call& call) {
    // No coin leaves or enters by itself here: there are no addresses and no transfers on a chain.
    if (call.path.size() == 2 && call.path[1] == "transfers" && call.method == "GET") {
        return json_answer(200, "[]");
    }
    if (call.path.size() == 2 && call.path[1] == "whitelists" && call.method == "GET") {
        return json_answer(200, "[]");
    }
    if (call.path.size() == 1 && call.method == "GET" && !call.query.has("asset")) {
        return json_answer(200, "[]");
    }
    return forbidden("crypto transfers are not enabled for this account");
}

}  // namespace

std::optional<Response> answer_account(Desk& desk, AccountState& account, const Call& call) {
    if (call.path.front() == "wallets") return wallets(call);
    if (call.path.front() != "account") return std::nullopt;
    const bool is_get = call.method == "GET";
    if (call.path.size() == 1) {
        if (!is_get) return std::nullopt;
        return json_answer(200, write_account(desk, account, call.now));
    }
    if (call.path[1] == "configurations" && call.path.size() == 2) {
        if (is_get) return json_answer(200, write_settings(account.settings));
        if (call.method == "PATCH") return change_settings(account, call.body);
        return std::nullopt;
    }
    if (call.path[1] == "activities" && is_get && call.path.size() <= 3) {
        return list_activities(desk, account, call, call.path.size() == 3 ? call.path[2] : "");
    }
    if (call.path[1] == "portfolio" && call.path.size() == 3 && call.path[2] == "history" && is_get) {
        return portfolio_history(desk, account, call);
    }
    return std::nullopt;
}

}  // namespace plumb::exchange::alpaca
