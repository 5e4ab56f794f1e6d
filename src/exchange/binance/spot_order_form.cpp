#include <algorithm>
#include <array>

#include "exchange/binance/filters.hpp"
#include "exchange/binance/order_form.hpp"

namespace plumb::exchange::binance {
namespace {

constexpr std::int64_t kStrategyTypeMin = 1'000'000;
constexpr Decimal kQuoteQuantityMax{1'000'000'000'000};  // beyond it nobody has the money

/// What a type of order must bring, may bring, and is to the model.
struct SpotType {
    std::string_view name;
    OrderType type;
    bool takes_profit = false;
    bool needs_price = false;
    bool needs_time_in_force = false;
    bool needs_stop = false;
};
constexpr std::array kTypes{
    SpotType{"LIMIT", OrderType::limit, false, true, true, false},
    SpotType{"MARKET", OrderType::market},
    SpotType{"STOP_LOSS", OrderType::stop, false, false, false, true},
    SpotType{"STOP_LOSS_LIMIT", OrderType::stop_limit, false, true, true, true},
    SpotType{"TAKE_PROFIT", OrderType::stop, true, false, false, true},
    SpotType{"TAKE_PROFIT_LIMIT", OrderType::stop_limit, true, true, true, true},
    SpotType{"LIMIT_MAKER", OrderType::limit, false, true, false, false},
};

struct Amounts {
    std::optional<Decimal> quantity, quote_quantity, price, stop, iceberg;
};

Checked<Amounts> read_amounts(const Parameters& parameters) {
    Amounts amounts;
    struct Row {
        const char* name;
        std::optional<Decimal>* into;
    };
    for (const Row row : {Row{"quantity", &amounts.quantity}, Row{"quoteOrderQty", &amounts.quote_quantity},
                          Row{"price", &amounts.price}, Row{"stopPrice", &amounts.stop},
                          Row{"icebergQty", &amounts.iceberg}}) {
        const auto amount = parameters.amount(row.name);
        if (!amount) return refuse(amount.error());
        if (*amount && kAssetDecimals < (*amount)->decimals()) return too_precise(row.name);
        *row.into = *amount;
    }
    return amounts;
}

/// What the type needs, and what it may not bring.
Checked<bool> check_composition(const Parameters& parameters, const SpotType& type, const Amounts& amounts) {
    const bool is_market = type.name == "MARKET";
    if (type.needs_time_in_force && !parameters.has("timeInForce")) return missing("timeInForce");
    if (!type.needs_time_in_force && parameters.has("timeInForce")) return not_required("timeInForce");
    if (is_market) {
        if (!amounts.quantity && !amounts.quote_quantity)
            return refuse(-1102,
                          "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!");
        if (amounts.quantity && amounts.quote_quantity) return not_required("quoteOrderQty");
    } else {
        if (!amounts.quantity) return missing("quantity");
        if (amounts.quote_quantity) return not_required("quoteOrderQty");
    }
    if (type.needs_price && !amounts.price) return missing("price");
    if (!type.needs_price && amounts.price) return not_required("price");
    if (parameters.has("trailingDelta")) {
        if (!type.needs_stop) return not_required("trailingDelta");
        return refuse(-2010, "Trailing stop orders are not supported for this symbol.");
    }
    if (parameters.has("pegPriceType") || parameters.has("pegOffsetType") || parameters.has("pegOffsetValue"))
        return refuse(-2010, "Pegged orders are not supported for this symbol.");
    if (type.needs_stop && !amounts.stop)
        return refuse(-1102, "Param 'stopPrice' or 'trailingDelta' must be sent, but both were empty/null!");
    if (!type.needs_stop && amounts.stop) return not_required("stopPrice");
    return true;
}

Checked<bool> read_iceberg(const Parameters& parameters, const SpotType& type, const Amounts& amounts,
                           OrderNote& note) {
    if (!amounts.iceberg || amounts.iceberg->is_zero()) return true;
    if (!type.needs_price) return not_required("icebergQty");
    if (type.needs_time_in_force && *parameters.find("timeInForce") != "GTC")
        return refuse(-2010, "Unsupported order combination");
    if (*amounts.quantity < *amounts.iceberg) return refuse(-2010, "IcebergQty exceeds QTY.");
    note.iceberg = *amounts.iceberg;
    return true;
}

Checked<bool> read_time_in_force(const Parameters& parameters, OrderSpec& spec, OrderNote& note) {
    const std::string* text = parameters.find("timeInForce");
    note.time_in_force = text == nullptr ? "GTC" : *text;
    if (note.time_in_force == "GTC")
        spec.time_in_force = TimeInForce::good_till_canceled;
    else if (note.time_in_force == "IOC")
        spec.time_in_force = TimeInForce::immediate_or_cancel;
    else if (note.time_in_force == "FOK")
        spec.time_in_force = TimeInForce::fill_or_kill;
    else
        return refuse(-1115, "Invalid timeInForce.");
    return true;
}

Checked<bool> read_labels(Desk& desk, const Parameters& parameters, OrderSpec& spec, OrderNote& note) {
    const auto id = parameters.client_id("newClientOrderId", Board::spot);
    if (!id) return refuse(id.error());
    spec.client_id = *id ? std::string{**id} : desk.random_id();
    const auto strategy = parameters.number("strategyId");
    const auto strategy_type = parameters.number("strategyType", 0, INT32_MAX);
    if (!strategy) return refuse(strategy.error());
    if (!strategy_type) return refuse(strategy_type.error());
    if (*strategy_type && **strategy_type < kStrategyTypeMin)
        return refuse(-1134, "`strategyType` was less than 1000000.");
    note.strategy_id = *strategy;
    note.strategy_type = *strategy_type;
    const auto mode = parameters.text("selfTradePreventionMode");
    if (!mode) return refuse(mode.error());
    note.self_trade = mode->value_or("EXPIRE_MAKER");
    if (note.self_trade == "DECREMENT" || note.self_trade == "TRANSFER")
        return refuse(-1013, "This symbol does not allow the specified self-trade prevention mode.");
    spec.self_trade = self_trade_of(note.self_trade);
    if (!spec.self_trade) return invalid_data("selfTradePreventionMode");
    return true;
}

Checked<const SpotType*> read_type(const Parameters& parameters) {
    const auto name = parameters.need_text("type");
    if (!name) return refuse(name.error());
    const auto type = std::ranges::find(kTypes, *name, &SpotType::name);
    if (type == kTypes.end()) return refuse(-1116, "Invalid orderType.");
    return &*type;
}

}  // namespace

Checked<Side> read_side(const Parameters& parameters) {
    const auto side = parameters.need_text("side");
    if (!side) return refuse(side.error());
    if (*side == "BUY") return Side::buy;
    if (*side == "SELL") return Side::sell;
    return refuse(-1117, "Invalid side.");
}

std::optional<SelfTrade> self_trade_of(std::string_view mode) {
    if (mode == "NONE") return SelfTrade::allow;
    if (mode == "EXPIRE_TAKER") return SelfTrade::cancel_taker;
    if (mode == "EXPIRE_MAKER") return SelfTrade::cancel_maker;
    if (mode == "EXPIRE_BOTH") return SelfTrade::cancel_both;
    return std::nullopt;
}

Checked<AnswerShape> read_shape(const Parameters& parameters, AnswerShape otherwise) {
    const auto text = parameters.text("newOrderRespType");
    if (!text) return refuse(text.error());
    if (!*text) return otherwise;
    if (**text == "ACK") return AnswerShape::ack;
    if (**text == "RESULT") return AnswerShape::result;
    if (**text == "FULL") return AnswerShape::full;
    return invalid_data("newOrderRespType");
}

Checked<OrderForm> read_spot_order(Desk& desk, const Parameters& parameters, AccountId account,
                                   Timestamp now) {
    OrderForm form;
    const auto symbol = desk.symbols.need(parameters);
    if (!symbol) return refuse(symbol.error());
    const auto side = read_side(parameters);
    if (!side) return refuse(side.error());
    const auto type = read_type(parameters);
    if (!type) return refuse(type.error());
    const auto amounts = read_amounts(parameters);
    if (!amounts) return refuse(amounts.error());
    form.symbol = *symbol;
    form.note.type = (*type)->name;
    form.spec.account = account;
    form.spec.instrument = (*symbol)->id;
    form.spec.side = *side;
    form.spec.type = (*type)->type;
    form.spec.takes_profit = (*type)->takes_profit;
    form.spec.post_only = (*type)->name == "LIMIT_MAKER";
    if (auto checked = check_composition(parameters, **type, *amounts); !checked)
        return refuse(checked.error());
    if (auto read = read_time_in_force(parameters, form.spec, form.note); !read) return refuse(read.error());
    if (auto read = read_labels(desk, parameters, form.spec, form.note); !read) return refuse(read.error());
    if (auto read = read_iceberg(parameters, **type, *amounts, form.note); !read) return refuse(read.error());
    const bool is_quick = (*type)->name == "MARKET" || (*type)->name == "LIMIT";
    const auto shape = read_shape(parameters, is_quick ? AnswerShape::full : AnswerShape::ack);
    if (!shape) return refuse(shape.error());
    form.shape = *shape;
    FilterQuestion question{.symbol = **symbol, .side = *side, .account = account};
    question.is_market = !(*type)->needs_price;
    question.is_algo = (*type)->needs_stop;
    question.iceberg = Quantity{form.note.iceberg};
    if (amounts->quantity) question.quantity = form.spec.quantity = Quantity{*amounts->quantity};
    if (amounts->quote_quantity) {
        if (kQuoteQuantityMax < *amounts->quote_quantity)
            return refuse(order_refused(Board::spot, Refusal::insufficient_funds));
        question.notional = form.spec.notional = Money{*amounts->quote_quantity};
    }
    if (amounts->price) question.price = form.spec.limit = Price{*amounts->price};
    if (amounts->stop) question.stop = form.spec.stop = Price{*amounts->stop};
    if (auto checked = check_spot_filters(desk, question, now); !checked) return refuse(checked.error());
    form.spec.note = form.note.print();
    return form;
}

}  // namespace plumb::exchange::binance
