#include "exchange/kraken/account.hpp"

#include <algorithm>
#include <array>

#include "exchange/kraken/order_json.hpp"
#include "exchange/kraken/replies.hpp"
#include "exchange/kraken/text.hpp"

namespace plumb::exchange::kraken {

namespace {

constexpr auto kClosedStay = std::chrono::seconds{5};  // orders/status forgets closed orders after so long

Price mark_of(const Desk& desk, InstrumentId instrument) {
    const Price mark = desk.model.mark(instrument).mark;
    return mark.is_zero() ? desk.model.last_price(instrument) : mark;
}

std::string_view currency_key(const std::string& asset) { return asset == "BTC" ? "XBT" : asset; }

}  // namespace

Money unrealized_profit(const Desk& desk, const Position& position) {
    const Price mark = mark_of(desk, position.instrument);
    return Money{(mark.value - position.entry.value) * position.quantity.value};
}

FlexView view_flex(const Desk& desk, AccountId account, Timestamp now) {
    FlexView view;
    view.balance_value = Money{desk.model.balance(account, desk.usd(), now).total};
    for (const Position& position : desk.model.positions(account, now)) {
        view.profit += unrealized_profit(desk, position);
        const MarketSpec& market = desk.model.market(position.instrument);
        const Money value = mark_of(desk, position.instrument) * position.quantity.abs();
        view.initial_margin += Money{value.value / market.leverage_max};
    }
    view.portfolio_value = view.balance_value + view.profit;
    view.initial_margin_with_orders =
        std::max(view.initial_margin, desk.model.initial_margin(account, desk.usd()));
    view.maintenance_margin = desk.model.maintenance_margin(account, desk.usd());
    view.available_margin = view.portfolio_value - view.initial_margin_with_orders;
    return view;
}

Response Account::accounts(AccountId account, Timestamp now) const {
    const FlexView flex = view_flex(desk_, account, now);
    Reply reply{now};
    JsonOut& json = reply.json().begin_object("accounts");
    json.begin_object("cash")
        .begin_object("balances")
        .end_object()
        .member("type", "cashAccount")
        .end_object();
    json.begin_object("flex").begin_object("currencies");
    for (const Balance& balance : desk_.model.balances(account, now)) {
        const std::string& name = desk_.model.asset_name(balance.asset);
        const bool is_quote = balance.asset == desk_.usd();
        const Decimal value = is_quote ? balance.total : Decimal{};
        json.begin_object(currency_key(name)).member("quantity", balance.total).member("value", value);
        json.member("collateral", value);
        json.member("available",
                    is_quote ? std::max(Decimal{}, flex.available_margin.value) : balance.free());
        json.end_object();
    }
    json.end_object().member("initialMargin", flex.initial_margin);
    json.member("initialMarginWithOrders", flex.initial_margin_with_orders);
    json.member("maintenanceMargin", flex.maintenance_margin).member("balanceValue", flex.balance_value);
    json.member("portfolioValue", flex.portfolio_value).member("collateralValue", flex.balance_value);
    json.member("pnl", flex.profit).member("unrealizedFunding", flex.unrealized_funding);
    json.member("totalUnrealized", flex.profit).member("totalUnrealizedAsMargin", flex.profit);
    json.member("availableMargin", flex.available_margin).member("marginEquity", flex.portfolio_value);
    json.member("type", "multiCollateralMarginAccount").end_object().end_object();
    return reply.done();
}

Response Account::open_positions(AccountId account, Timestamp now) const {
    const auto preferences = desk_.preferences_of.find(account);
    const std::vector<Execution> executions = desk_.model.executions(account, 0, now);
    Reply reply{now};
    JsonOut& json = reply.json().begin_array("openPositions");
    for (const Position& position : desk_.model.positions(account, now)) {
        Timestamp filled_at = now;
        for (auto one = executions.rbegin(); one != executions.rend(); ++one) {
            if (one->instrument != position.instrument) continue;
            filled_at = one->at;
            break;
        }
        json.begin_object().member("side", position.quantity.sign() < 0 ? "short" : "long");
        json.member("symbol", desk_.contracts[position.instrument].symbol).member("price", position.entry);
        json.time("fillTime", filled_at, 3).member("size", position.quantity.abs());
        json.member("unrealizedFunding", 0).member("pnlCurrency", "USD");
        if (preferences != desk_.preferences_of.end()) {
            const auto leverage = preferences->second.leverage.find(position.instrument);
            if (leverage != preferences->second.leverage.end()) {
                json.member("maxFixedLeverage", leverage->second);
            }
        }
        json.end_object();
    }
    json.end_array();
    return reply.done();
}

Response Account::open_orders(AccountId account, Timestamp now) const {
    Reply reply{now};
    JsonOut& json = reply.json().begin_array("openOrders");
    for (const OrderRecord& order : desk_.model.open_orders(account, std::nullopt, now)) {
        write_open_order(json, desk_, order);
    }
    json.end_array();
    return reply.done();
}

Response Account::order_status(AccountId account, const Form& form, Timestamp now) const {
    const std::vector<std::string_view> ids = form.all("orderIds");
    const std::vector<std::string_view> client_ids = form.all("cliOrdIds");
    std::vector<OrderRecord> orders;
    const auto add = [&](std::optional<OrderRecord> order) {
        if (order && (is_open(order->status) || now < order->ended_at + kClosedStay)) {
            orders.push_back(std::move(*order));
        }
    };
    if (ids.empty() && client_ids.empty()) {
        for (OrderRecord& order : desk_.model.orders(account, std::nullopt, now)) add(std::move(order));
    }
    for (const std::string_view id : ids) add(desk_.find_order(account, id, {}, now));
    for (const std::string_view id : client_ids) add(desk_.find_order(account, {}, id, now));
    Reply reply{now};
    JsonOut& json = reply.json().begin_array("orders");
    for (const OrderRecord& order : orders) write_order_status(json, desk_, order);
    json.end_array();
    return reply.done();
}

Response Account::fills(AccountId account, const Form& form, Timestamp now) const {
    Timestamp before = now + std::chrono::seconds{1};
    if (const std::string_view text = form.get("lastFillTime"); !text.empty()) {
        const Result<Timestamp> time = parse_timestamp(text);
        if (!time) return error_reply("invalidArgument: lastFillTime", now);
        before = *time;
    }
    const std::vector<Execution> executions = desk_.model.executions(account, 0, now);
    Reply reply{now};
    JsonOut& json = reply.json().begin_array("fills");
    std::size_t count = 0;
    for (auto one = executions.rbegin(); one != executions.rend() && count < kFillsMax; ++one) {
        if (before <= one->at) continue;
        const std::optional<OrderRecord> order = desk_.order_now(account, one->order, now);
        write_fill(json, desk_, *one, order ? &*order : nullptr);
        ++count;
    }
    json.end_array();
    return reply.done();
}

Response Account::leverage(AccountId account, const Form& form, Timestamp now) const {
    const std::string_view symbol = form.get("symbol");
    const Contract* wanted = symbol.empty() ? nullptr : desk_.contracts.find(symbol);
    if (!symbol.empty() && wanted == nullptr) return error_reply("contractNotFound", now);
    Reply reply{now};
    JsonOut& json = reply.json().begin_array("leveragePreferences");
    if (const auto found = desk_.preferences_of.find(account); found != desk_.preferences_of.end()) {
        for (const auto& [instrument, leverage] : found->second.leverage) {
            if (wanted != nullptr && wanted->id != instrument) continue;
            json.begin_object().member("symbol", desk_.contracts[instrument].symbol);
            json.member("maxLeverage", leverage).end_object();
        }
    }
    json.end_array();
    return reply.done();
}

Response Account::set_leverage(AccountId account, const Form& form, Timestamp now) {
    if (form.get("symbol").empty()) return error_reply("requiredArgumentMissing", now);
    const Contract* contract = desk_.contracts.find(form.get("symbol"));
    if (contract == nullptr) return error_reply("contractNotFound", now);
    Preferences& preferences = desk_.preferences(account);
    if (form.get("maxLeverage").empty()) {
        preferences.leverage.erase(contract->id);
        return Reply{now}.done();
    }
    const std::optional<Decimal> leverage = sane_decimal(form.get("maxLeverage"));
    const Decimal highest = desk_.model.market(contract->id).leverage_max;
    if (!leverage || leverage->sign() <= 0 || highest < *leverage) {
        return error_reply("invalidArgument: maxLeverage", now);
    }
    preferences.leverage[contract->id] = *leverage;
    return Reply{now}.done();
}

Response Account::profit_preferences(AccountId account, Timestamp now) const {
    Reply reply{now};
    JsonOut& json = reply.json().begin_array("preferences");
    if (const auto found = desk_.preferences_of.find(account); found != desk_.preferences_of.end()) {
        for (const auto& [instrument, currency] : found->second.profit_currency) {
            json.begin_object().member("symbol", desk_.contracts[instrument].symbol);
            json.member("pnlCurrency", currency).end_object();
        }
    }
    json.end_array();
    return reply.done();
}

Response Account::set_profit_preference(AccountId account, const Form& form, Timestamp now) {
    static constexpr auto kCurrencies =
        std::to_array<std::string_view>({"USD", "EUR", "GBP", "USDC", "USDT", "XBT", "BTC", "ETH"});
    if (form.get("symbol").empty() || form.get("pnlPreference").empty()) {
        return error_reply("requiredArgumentMissing", now);
    }
    const Contract* contract = desk_.contracts.find(form.get("symbol"));
    if (contract == nullptr) return error_reply("contractNotFound", now);
    if (std::ranges::find(kCurrencies, form.get("pnlPreference")) == kCurrencies.end()) {
        return error_reply("invalidArgument: pnlPreference", now);
    }
    desk_.preferences(account).profit_currency[contract->id] = form.get("pnlPreference");
    return Reply{now}.done();
}

Response Account::self_trade(AccountId account, Timestamp now) const {
    const auto found = desk_.preferences_of.find(account);
    Reply reply{now};
    reply.json().member("strategy",
                        found == desk_.preferences_of.end() ? "REJECT_TAKER" : found->second.self_trade_word);
    return reply.done();
}

Response Account::set_self_trade(AccountId account, const Form& form, Timestamp now) {
    const std::string_view word = form.get("strategy");
    if (word.empty()) return error_reply("requiredArgumentMissing", now);
    const bool cancels_maker =
        word == "CANCEL_MAKER_SELF" || word == "CANCEL_MAKER_CHILD" || word == "CANCEL_MAKER_ANY";
    if (!cancels_maker && word != "REJECT_TAKER") return error_reply("invalidArgument: strategy", now);
    Preferences& preferences = desk_.preferences(account);
    preferences.self_trade = cancels_maker ? SelfTrade::cancel_maker : SelfTrade::cancel_taker;
    preferences.self_trade_word = word;
    return self_trade(account, now);
}

Response Account::fee_volumes(AccountId account, Timestamp now) const {
    Money volume;
    for (const Execution& execution : desk_.model.executions(account, 0, now)) {
        if (now - std::chrono::days{30} <= execution.at) volume += execution.price * execution.quantity;
    }
    Reply reply{now};
    reply.json().begin_object("volumesByFeeSchedule").member("723888f7-0a8e-4183-8648-f920a22339e3", volume);
    reply.json().end_object();
    return reply.done();
}

Response Account::transfer(AccountId, const Form& form, Timestamp now) const {
    const std::optional<Decimal> amount = sane_decimal(form.get("amount"));
    if (form.get("amount").empty()) return error_reply("requiredArgumentMissing", now);
    if (!amount || amount->sign() <= 0) return error_reply("invalidAmount", now);
    const std::string from = lower_case(form.get("fromAccount"));
    if (form.has("fromAccount") && from != "cash" && from != "flex")
        return error_reply("invalidAccount", now);
    return error_reply("insufficientFunds", now);
}

}  // namespace plumb::exchange::kraken
