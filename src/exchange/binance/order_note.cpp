#include "exchange/binance/order_note.hpp"

#include <charconv>

#include "exchange/binance/text.hpp"

namespace plumb::exchange::binance {
namespace {

void add(std::string& out, std::string_view key, std::string_view value) {
    if (value.empty()) return;
    if (!out.empty()) out += ' ';
    out.append(key).append("=").append(value);
}

std::int64_t whole(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::string_view type_of(const OrderSpec& spec) {
    switch (spec.type) {
        case OrderType::market: return "MARKET";
        case OrderType::limit: return "LIMIT";
        case OrderType::stop: return spec.takes_profit ? "TAKE_PROFIT_MARKET" : "STOP_MARKET";
        case OrderType::stop_limit: return spec.takes_profit ? "TAKE_PROFIT" : "STOP";
        case OrderType::trailing_stop: return "TRAILING_STOP_MARKET";
    }
    return "";
}

std::string_view time_in_force_of(const OrderSpec& spec) {
    if (spec.post_only) return "GTX";
    switch (spec.time_in_force) {
        case TimeInForce::immediate_or_cancel: return "IOC";
        case TimeInForce::fill_or_kill: return "FOK";
        case TimeInForce::day:
        case TimeInForce::good_till_canceled: return "GTC";
    }
    return "";
}

void read_word(OrderNote& note, std::string_view key, std::string_view value) {
    if (key == "type")
        note.type = value;
    else if (key == "tif")
        note.time_in_force = value;
    else if (key == "stp")
        note.self_trade = value;
    else if (key == "wt")
        note.working_type = value;
    else if (key == "pm")
        note.price_match = value;
    else if (key == "ap")
        note.activation = value;
    else if (key == "cr")
        note.callback = value;
    else if (key == "ice")
        note.iceberg = Decimal::parse(value).value_or(Decimal{});
    else if (key == "sid")
        note.strategy_id = whole(value);
    else if (key == "sty")
        note.strategy_type = whole(value);
    else if (key == "td")
        note.trailing_delta = whole(value);
    else if (key == "gtd")
        note.good_till = whole(value);
    else if (key == "pp")
        note.price_protect = true;
    else if (key == "cp")
        note.close_position = true;
    else if (key == "algo")
        note.is_algo = true;
}

}  // namespace

std::string OrderNote::print() const {
    std::string out;
    add(out, "type", type);
    add(out, "tif", time_in_force);
    add(out, "stp", self_trade);
    add(out, "wt", working_type);
    if (price_match != "NONE") add(out, "pm", price_match);
    add(out, "ap", activation);
    add(out, "cr", callback);
    if (!iceberg.is_zero()) add(out, "ice", iceberg.to_string());
    if (strategy_id) add(out, "sid", std::to_string(*strategy_id));
    if (strategy_type) add(out, "sty", std::to_string(*strategy_type));
    if (trailing_delta != 0) add(out, "td", std::to_string(trailing_delta));
    if (good_till != 0) add(out, "gtd", std::to_string(good_till));
    if (price_protect) add(out, "pp", "1");
    if (close_position) add(out, "cp", "1");
    if (is_algo) add(out, "algo", "1");
    return out;
}

OrderNote OrderNote::of(const OrderSpec& spec) {
    OrderNote note;
    for (std::string_view rest = spec.note; !rest.empty();) {
        const std::string_view word = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
        if (const std::size_t equals = word.find('='); equals != std::string_view::npos)
            read_word(note, word.substr(0, equals), word.substr(equals + 1));
    }
    if (note.type.empty()) note.type = type_of(spec);
    if (note.time_in_force.empty()) note.time_in_force = time_in_force_of(spec);
    if (note.working_type.empty())
        note.working_type = spec.trigger == TriggerPrice::mark ? "MARK_PRICE" : "CONTRACT_PRICE";
    return note;
}

bool OrderNote::is_conditional() const {
    return type != "LIMIT" && type != "MARKET" && type != "LIMIT_MAKER";
}

}  // namespace plumb::exchange::binance
