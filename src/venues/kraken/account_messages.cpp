#include <algorithm>
#include <array>

#include "venues/kraken/messages.hpp"
#include "venues/kraken/symbols.hpp"

namespace plumb::venues::kraken {
namespace {

using wire::OrderUpdate;
using wire::WireEvent;

/// Client ids may have 100 characters here, ours have 36: a longer one is a stranger's and told by the
/// venue's id alone.
FixedText<64> client_of(Reader& read) {
    if (!read.says(key::cli_ord_id)) return {};
    const std::string_view text = read.text(key::cli_ord_id);
    return FixedText<64>::fits(text) ? FixedText<64>{text} : FixedText<64>{};
}

void read_symbol(Reader& read, wire::SymbolMap& symbols, wire::SymbolText& symbol,
                 std::optional<InstrumentId>& instrument) {
    const std::string_view text = read.text(key::instrument);
    symbol = symbol_text(text);
    instrument = find_symbol(symbols, text);
}

struct Removal {
    std::string_view reason;
    OrderState untouched;  // how an order without fills ends for this reason
};
/// Why an order is no longer open. What is not listed ends nothing (FAULTS rule 1).
constexpr auto kRemovals = std::to_array<Removal>({
    {"full_fill", OrderState::filled},
    {"cancelled_by_user", OrderState::canceled},
    {"cancelled_by_admin", OrderState::canceled},
    {"dead_man_switch", OrderState::canceled},
    {"market_inactive", OrderState::canceled},
    {"contract_expired", OrderState::canceled},
    {"expired", OrderState::canceled},
    {"not_enough_margin", OrderState::canceled},
    {"liquidation", OrderState::canceled},
    {"ioc_order_failed_because_it_would_not_be_executed", OrderState::canceled},
    {"post_order_failed_because_it_would_filled", OrderState::rejected},
    {"post_order_failed_because_it_would_be_filled", OrderState::rejected},
    {"would_execute_self", OrderState::rejected},
    {"would_not_reduce_position", OrderState::rejected},
});

}  // namespace

std::optional<OrderType> order_type_of(std::string_view text, bool has_limit) {
    if (text == "limit" || text == "lmt" || text == "post" || text == "ioc" || text == "fok")
        return OrderType::limit;
    if (text == "mkt" || text == "market") return OrderType::market;
    if (text == "stop" || text == "stp") return has_limit ? OrderType::stop_limit : OrderType::stop;
    if (text == "trailing_stop") return OrderType::trailing_stop;
    return std::nullopt;
}

void apply_reason(OrderUpdate& order, bool is_cancel, std::string_view reason) {
    if (FixedText<96>::fits(reason)) order.reason = reason;
    if (!is_cancel) return;  // how it stands its quantities say
    // A stop that fired is no longer open but lives on as the order that it placed.
    if (reason == "stop_order_triggered" || reason == "limit_order_from_stop") return;
    const auto* known = std::ranges::find(kRemovals, reason, &Removal::reason);
    if (known == kRemovals.end()) {
        order.state = OrderState::unknown;
        return;
    }
    order.state = known->untouched;
    if (known->untouched == OrderState::rejected && order.filled && order.filled->sign() > 0)
        order.state = OrderState::canceled;
}

WireEvent read_order(Reader& read, wire::SymbolMap& symbols, Timestamp received_at) {
    OrderUpdate order;
    read_symbol(read, symbols, order.symbol, order.instrument);
    order.venue_order = read.fixed<40>(key::order_id);
    order.client_order = client_of(read);
    const std::uint64_t direction = read.number(key::direction);
    if (direction > 1) read.refuse("expected 0 (buy) or 1 (sell)", key::direction);
    order.side = direction == 1 ? Side::sell : Side::buy;
    const Quantity left = read.quantity_or_zero(key::qty);
    const Quantity filled = read.quantity_or_zero(key::filled);
    order.quantity = left + filled;
    order.filled = filled;
    order.state = filled.is_zero() ? OrderState::working : OrderState::partially_filled;
    if (read.says(key::limit_price)) {  // zero: none
        const Price limit = read.price_or_zero(key::limit_price);
        if (!limit.is_zero()) order.limit = limit;
    }
    if (read.says(key::stop_price)) {
        const Price stop = read.price_or_zero(key::stop_price);
        if (!stop.is_zero()) order.stop = stop;
    }
    order.type = order_type_of(read.text(key::type), order.limit.has_value());
    order.venue_time = read.time_of_count(key::last_update_time);
    order.received_at = received_at;
    if (!read.ok()) return read.refused();
    return order;
}

WireEvent read_removal(Reader& read, Timestamp received_at) {
    OrderUpdate order;
    order.venue_order = read.fixed<40>(key::order_id);
    order.client_order = client_of(read);
    order.venue_time = order.received_at = received_at;  // the venue sends no time
    if (!read.ok()) return read.refused();
    return order;
}

WireEvent read_fill(Reader& read, wire::SymbolMap& symbols, Timestamp received_at) {
    OrderUpdate order;
    wire::VenueFill fill;
    read_symbol(read, symbols, order.symbol, order.instrument);
    order.venue_order = read.fixed<40>(key::order_id);
    order.client_order = client_of(read);
    order.side = read.truth(key::buy) ? Side::buy : Side::sell;
    fill.execution = read.fixed<40>(key::fill_id);
    fill.price = read.price(key::price);
    fill.quantity = read.quantity(key::qty);
    fill.maker = is_maker(read.text(key::fill_type));
    if (read.says(key::fee_paid) && read.says(key::fee_currency)) {
        fill.fee = read.decimal(key::fee_paid);  // below zero: a rebate
        fill.fee_asset = asset_of(read.text(key::fee_currency));
        fill.fee_known = true;
    }
    // Some rows do not say what is left; then the order is known to have fills, and no more.
    const bool done =
        read.says(key::remaining_order_qty) && read.quantity_or_zero(key::remaining_order_qty).is_zero();
    order.state = done ? OrderState::filled : OrderState::partially_filled;
    order.fill = fill;
    order.venue_time = read.time_of_count(key::time);
    order.received_at = received_at;
    if (!read.ok()) return read.refused();
    return order;
}

WireEvent read_position(Reader& read, wire::SymbolMap& symbols, Timestamp received_at) {
    wire::VenuePosition position;
    read_symbol(read, symbols, position.symbol, position.instrument);
    position.quantity = Quantity{read.decimal(key::balance)};  // short is below zero
    position.available = position.quantity;                    // open orders hold no position here
    if (read.says(key::entry_price)) position.entry = read.price_or_zero(key::entry_price);
    if (read.says(key::mark_of_position)) {
        const Price mark = read.price_or_zero(key::mark_of_position);
        if (!mark.is_zero()) position.mark = mark;
    }
    position.received_at = received_at;
    if (!read.ok()) return read.refused();
    return position;
}

WireEvent read_balance(Reader& read, std::string_view currency, Timestamp received_at) {
    wire::Balance balance;
    balance.asset = asset_of(currency);
    balance.total = read.decimal(key::quantity);
    balance.available = read.decimal(key::available);
    balance.received_at = received_at;
    if (balance.asset.empty()) return wire::Refused{"expected the name of a currency", {}, 0};
    if (!read.ok()) return read.refused();
    return balance;
}

WireEvent read_account(Reader& read, std::string_view account, Timestamp received_at) {
    wire::AccountFacts facts;
    if (FixedText<40>::fits(account)) facts.account = account;
    facts.currency = std::string_view{"USD"};
    facts.equity = read.decimal(key::margin_equity);
    facts.buying_power = read.decimal(key::available_margin);
    facts.margin_used = read.decimal(key::initial_margin);
    facts.may_short = true;
    facts.received_at = received_at;
    if (!read.ok()) return read.refused();
    return facts;
}

}  // namespace plumb::venues::kraken
