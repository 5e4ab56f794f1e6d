#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "exchange/binance/filters.hpp"
#include "exchange/binance/order_form.hpp"

namespace plumb::exchange::binance {
namespace {

using std::chrono::seconds;

constexpr Duration kGoodTillMin = seconds{600};
constexpr std::int64_t kGoodTillMax = 253402300799000;

struct FuturesType {
    std::string_view name;
    OrderType type;
    bool takes_profit = false;
    bool needs_price = false;
    bool needs_stop = false;
};
constexpr std::array kTypes{
    FuturesType{"LIMIT", OrderType::limit, false, true, false},
    FuturesType{"MARKET", OrderType::market},
    FuturesType{"STOP", OrderType::stop_limit, false, true, true},
    FuturesType{"STOP_MARKET", OrderType::stop, false, false, true},
    FuturesType{"TAKE_PROFIT", OrderType::stop_limit, true, true, true},
    FuturesType{"TAKE_PROFIT_MARKET", OrderType::stop, true, false, true},
    FuturesType{"TRAILING_STOP_MARKET", OrderType::trailing_stop},
};

/// The form while it is read.
struct Reading {
    Desk& desk;
    const Parameters& parameters;
    bool is_algo;
    Timestamp now;
    const FuturesType* type = nullptr;
    OrderForm form;
    FilterQuestion question;
};

Checked<bool> read_position_side(Reading& reading) {
    const auto side = reading.parameters.text("positionSide");
    if (!side) return refuse(side.error());
    if (!*side || **side == "BOTH") return true;
    if (**side == "LONG" || **side == "SHORT")
        return refuse(-4061, "Order's position side does not match user's setting.");
    return refuse(-4060, "Invalid position side.");
}

Checked<bool> read_time_in_force(Reading& reading) {
    OrderSpec& spec = reading.form.spec;
    std::string& word = reading.form.note.time_in_force;
    const auto text = reading.parameters.text("timeInForce");
    if (!text) return refuse(text.error());
    if (!*text && reading.type->name == "LIMIT") return missing("timeInForce");
    word = text->value_or("GTC");
    if (word == "GTC" || word == "GTE_GTC")
        spec.time_in_force = TimeInForce::good_till_canceled;
    else if (word == "IOC")
        spec.time_in_force = TimeInForce::immediate_or_cancel;
    else if (word == "FOK")
        spec.time_in_force = TimeInForce::fill_or_kill;
    else if (word == "GTX")
        spec.post_only = true;
    else if (word != "GTD")
        return refuse(-1115, "Invalid timeInForce.");
    if (reading.type->name == "MARKET" && *text) return not_required("timeInForce");
    const auto till = reading.parameters.number("goodTillDate");
    if (!till) return refuse(till.error());
    if (word != "GTD") {
        if (*till && **till != 0) return not_required("goodTillDate");
        return true;
    }
    if (!*till) return missing("goodTillDate");
    if (kGoodTillMax < **till || time_of(**till) <= reading.now + kGoodTillMin)
        return refuse(-4132,
                      "goodTillDate must be greater than the current time plus 600 seconds and smaller than "
                      "253402300799000");
    spec.expires_at = std::chrono::floor<seconds>(time_of(**till));
    reading.form.note.good_till = to_ms(spec.expires_at);
    return true;
}

Checked<bool> read_flags(Reading& reading) {
    OrderForm& form = reading.form;
    const auto reduce = reading.parameters.boolean("reduceOnly", false);
    const auto close = reading.parameters.boolean("closePosition", false);
    const auto protect = reading.parameters.boolean("priceProtect", false);
    for (const auto* flag : {&reduce, &close, &protect}) {
        if (!*flag) return refuse(flag->error());
    }
    form.note.close_position = *close;
    form.note.price_protect = *protect;
    form.spec.reduce_only = *reduce || *close;
    const auto working = reading.parameters.text("workingType");
    if (!working) return refuse(working.error());
    form.note.working_type = working->value_or("CONTRACT_PRICE");
    if (form.note.working_type == "MARK_PRICE")
        form.spec.trigger = TriggerPrice::mark;
    else if (form.note.working_type != "CONTRACT_PRICE")
        return refuse(-4044, "Invalid working type");
    const auto mode = reading.parameters.text("selfTradePreventionMode");
    if (!mode) return refuse(mode.error());
    form.note.self_trade = mode->value_or("EXPIRE_MAKER");
    form.spec.self_trade = self_trade_of(form.note.self_trade);
    if (!form.spec.self_trade) return invalid_data("selfTradePreventionMode");
    if (*close) {
        const bool fits = reading.type->name == "STOP_MARKET" || reading.type->name == "TAKE_PROFIT_MARKET";
        if (!fits)
            return refuse(-4136, fmt::format("Target strategy invalid for orderType {}, closePosition true",
                                             reading.type->name));
        if (reading.parameters.has("quantity")) return not_required("quantity");
        if (*reduce) return not_required("reduceOnly");
    }
    return true;
}

/// The best price of the other side, of one's own, so many levels deep: priceMatch.
std::optional<Price> matched_price(const Reading& reading, std::string_view match) {
    struct Row {
        std::string_view name;
        bool opposite;
        std::size_t level;
    };
    static constexpr std::array kRows{Row{"OPPONENT", true, 1},     Row{"OPPONENT_5", true, 5},
                                      Row{"OPPONENT_10", true, 10}, Row{"OPPONENT_20", true, 20},
                                      Row{"QUEUE", false, 1},       Row{"QUEUE_5", false, 5},
                                      Row{"QUEUE_10", false, 10},   Row{"QUEUE_20", false, 20}};
    const auto row = std::ranges::find(kRows, match, &Row::name);
    if (row == kRows.end()) return std::nullopt;
    const Side side = row->opposite ? opposite(reading.form.spec.side) : reading.form.spec.side;
    const auto levels = reading.desk.model.levels(reading.form.spec.instrument, side, row->level);
    return levels.empty() ? Price{} : levels.back().price;
}

Checked<bool> read_price(Reading& reading) {
    const auto price = reading.parameters.amount("price");
    if (!price) return refuse(price.error());
    const auto match = reading.parameters.text("priceMatch");
    if (!match) return refuse(match.error());
    if (match->value_or("NONE") != "NONE") {
        if (!reading.type->needs_price) return not_required("priceMatch");
        if (*price) return not_required("price");
        const auto matched = matched_price(reading, **match);
        if (!matched) return invalid_data("priceMatch");
        if (matched->is_zero()) return refuse(-5037, "Invalid price match");
        reading.form.note.price_match = **match;
        reading.question.price = reading.form.spec.limit = *matched;
        return true;
    }
    if (!reading.type->needs_price) {
        if (*price && !(*price)->is_zero()) return not_required("price");
        return true;
    }
    if (!*price) return missing("price");
    reading.question.price = reading.form.spec.limit = Price{**price};
    return true;
}

Checked<bool> read_trail(Reading& reading) {
    const auto rate = reading.parameters.amount("callbackRate");
    if (!rate) return refuse(rate.error());
    if (!*rate) return missing("callbackRate");
    const Decimal tenth = Decimal::from_units(Decimal::kOne / 10);
    if (**rate < tenth || Decimal{10} < **rate) return refuse(-2007, "Invalid callBack rate");
    if (!(*rate)->is_multiple_of(Decimal::from_units(Decimal::kOne / 100)))
        return too_precise("callbackRate");
    reading.form.spec.trail.fraction = **rate / Decimal{100};
    reading.form.note.callback = (*rate)->to_string();
    const char* name = reading.parameters.has("activatePrice") ? "activatePrice" : "activationPrice";
    const auto activation = reading.parameters.amount(name);
    if (!activation) return refuse(activation.error());
    if (!*activation || (*activation)->is_zero()) return true;
    // The trail begins at once here: an activation price is taken when the market has reached it.
    const Price last = reading.desk.model.last_price(reading.form.spec.instrument);
    const bool is_reached =
        reading.form.spec.side == Side::buy ? last.value <= **activation : **activation <= last.value;
    if (!is_reached) return refuse(-4135, "Invalid activation price");
    reading.form.note.activation = (*activation)->to_string();
    return true;
}

Checked<bool> read_stop(Reading& reading) {
    if (reading.type->type == OrderType::trailing_stop) return read_trail(reading);
    const char* name = reading.is_algo ? "triggerPrice" : "stopPrice";
    const auto stop = reading.parameters.amount(name);
    if (!stop) return refuse(stop.error());
    if (!reading.type->needs_stop) {
        if (*stop && !(*stop)->is_zero()) return not_required(name);
        return true;
    }
    if (!*stop) return missing(name);
    reading.question.stop = reading.form.spec.stop = Price{**stop};
    return true;
}

Checked<bool> read_quantity(Reading& reading) {
    OrderSpec& spec = reading.form.spec;
    if (reading.form.note.close_position) {
        // All of the position as it is now; the model never closes more than there is when the stop is met.
        const Quantity held =
            reading.desk.model.position(spec.account, spec.instrument, reading.now).quantity;
        const bool closes = spec.side == Side::sell ? 0 < held.sign() : held.sign() < 0;
        if (!closes)
            return refuse(-4509,
                          "Time in Force (TIF) GTE can only be used with open positions. Please ensure that "
                          "positions are available.");
        spec.quantity = held.abs();
        return true;
    }
    const auto quantity = reading.parameters.amount("quantity");
    if (!quantity) return refuse(quantity.error());
    if (!*quantity) return missing("quantity");
    reading.question.quantity = spec.quantity = Quantity{**quantity};
    return true;
}

Checked<bool> read_all(Reading& reading) {
    for (auto* part :
         {&read_position_side, &read_flags, &read_time_in_force, &read_price, &read_stop, &read_quantity}) {
        if (auto read = part(reading); !read) return read;
    }
    return true;
}

}  // namespace

Checked<OrderForm> read_futures_order(Desk& desk, const Parameters& parameters, AccountId account,
                                      bool is_algo, Timestamp now) {
    const auto symbol = desk.symbols.need(parameters);
    if (!symbol) return refuse(symbol.error());
    const auto side = read_side(parameters);
    if (!side) return refuse(side.error());
    const auto name = parameters.need_text("type");
    if (!name) return refuse(name.error());
    const auto type = std::ranges::find(kTypes, *name, &FuturesType::name);
    const bool is_conditional = type != kTypes.end() && *name != "LIMIT" && *name != "MARKET";
    if (type == kTypes.end() || (is_algo && !is_conditional)) return refuse(-1116, "Invalid orderType.");
    Reading reading{
        desk, parameters, is_algo, now, &*type, {}, {.symbol = **symbol, .side = *side, .account = account}};
    OrderForm& form = reading.form;
    form.symbol = *symbol;
    form.note.type = *name;
    form.note.is_algo = is_algo;
    form.spec.account = account;
    form.spec.instrument = (*symbol)->id;
    form.spec.side = *side;
    form.spec.type = type->type;
    form.spec.takes_profit = type->takes_profit;
    const auto id = parameters.client_id(is_algo ? "clientAlgoId" : "newClientOrderId", Board::futures);
    if (!id) return refuse(id.error());
    form.spec.client_id = *id ? std::string{**id} : desk.random_id();
    if (auto read = read_all(reading); !read) return refuse(read.error());
    const auto shape = read_shape(parameters, AnswerShape::ack);
    if (!shape) return refuse(shape.error());
    form.shape = *shape;
    reading.question.is_market = !type->needs_price;
    reading.question.is_algo = is_conditional;
    reading.question.reduces = form.spec.reduce_only;
    if (auto checked = check_futures_filters(desk, reading.question, now); !checked)
        return refuse(checked.error());
    form.spec.note = form.note.print();
    return form;
}

}  // namespace plumb::exchange::binance
