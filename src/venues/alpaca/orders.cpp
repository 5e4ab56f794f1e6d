#include "venues/alpaca/orders.hpp"

#include <array>

namespace plumb::venues::alpaca {
namespace {

using Reader = wire::MemberReader<order_key::kCount>;

struct StateName {
    std::string_view name;
    OrderState state;
};
// done_for_day, stopped, suspended and calculated are not ends: the order may go on the next day.
constexpr auto kStates = std::to_array<StateName>({
    {"new", OrderState::working},
    {"accepted", OrderState::working},
    {"pending_new", OrderState::working},
    {"accepted_for_bidding", OrderState::working},
    {"pending_review", OrderState::working},
    {"pending_cancel", OrderState::working},
    {"pending_replace", OrderState::working},
    {"stopped", OrderState::working},
    {"suspended", OrderState::working},
    {"calculated", OrderState::working},
    {"done_for_day", OrderState::working},
    {"held", OrderState::working},
    {"partially_filled", OrderState::partially_filled},
    {"filled", OrderState::filled},
    {"canceled", OrderState::canceled},
    {"expired", OrderState::canceled},
    {"replaced", OrderState::canceled},
    {"rejected", OrderState::rejected},
});

struct TypeName {
    std::string_view name;
    OrderType type;
};
constexpr auto kTypes = std::to_array<TypeName>({
    {"market", OrderType::market},
    {"limit", OrderType::limit},
    {"stop", OrderType::stop},
    {"stop_limit", OrderType::stop_limit},
    {"trailing_stop", OrderType::trailing_stop},
});

void read_names(Reader& read, Directory& directory, wire::OrderUpdate& out) {
    out.venue_order = read.fixed<40>(order_key::id);
    // Strangers' ids may have 128 characters; ours never reach 64, so a cut one is never taken for ours.
    out.client_order = read.text(order_key::client_order_id).substr(0, 64);
    if (read.says(order_key::symbol)) {  // an order of several legs has none
        out.symbol = read.fixed<32>(order_key::symbol);
        if (!out.symbol.empty()) out.instrument = directory.find(out.symbol.view());
    } else if (!read.has(order_key::symbol)) {
        read.text(order_key::symbol);
    }
    if (read.says(order_key::replaces)) out.replaces = read.fixed<64>(order_key::replaces);
}

void read_amounts(Reader& read, wire::OrderUpdate& out) {
    out.filled = read.quantity_or_zero(order_key::filled_qty);
    if (read.says(order_key::qty)) out.quantity = read.quantity(order_key::qty);
    if (read.says(order_key::limit_price)) out.limit = Price{read.decimal(order_key::limit_price)};
    if (read.says(order_key::stop_price)) out.stop = Price{read.decimal(order_key::stop_price)};
    if (read.says(order_key::filled_avg_price)) {
        const Price average = read.price_or_zero(order_key::filled_avg_price);
        if (!average.is_zero()) out.average = average;
    }
}

void read_state(Reader& read, wire::OrderUpdate& out) {
    const std::string_view status = read.text(order_key::status);
    const StateName* known = nullptr;
    for (const StateName& name : kStates)
        if (name.name == status) known = &name;
    if (known == nullptr) {
        read.refuse("expected an order status of the venue", order_key::status);
        return;
    }
    out.state = known->state;
    if (out.state == OrderState::working && out.filled && !out.filled->is_zero())
        out.state = OrderState::partially_filled;
    if (status == "expired") out.reason = std::string_view{"expired"};
    if (status == "replaced") out.reason = std::string_view{"replaced"};
    if (status == "rejected") out.reason = std::string_view{"rejected by the venue, which gives no reason"};
}

}  // namespace

bool read_order(const wire::Members& members, const char* frame, Directory& directory, Timestamp received_at,
                wire::OrderUpdate& out, wire::Refused& refused) {
    Reader read{kOrderKeys, members, frame, wire::Decimals::either};
    read_names(read, directory, out);
    if (!out.symbol.empty()) {  // the sides of an order of several legs are told per leg
        const std::string_view side = read.text(order_key::side);
        if (side != "buy" && side != "sell") read.refuse("expected buy or sell", order_key::side);
        out.side = side == "sell" ? Side::sell : Side::buy;
    }
    if (read.says(order_key::type)) {
        const std::string_view type = read.text(order_key::type);
        for (const TypeName& name : kTypes)
            if (name.name == type) out.type = name.type;
    }
    read_amounts(read, out);
    read_state(read, out);
    const std::size_t stamped =
        read.says(order_key::updated_at) ? order_key::updated_at : order_key::submitted_at;
    if (read.says(stamped)) out.venue_time = read.time(stamped);
    out.received_at = received_at;
    if (read.ok()) return true;
    refused = read.refused();
    return false;
}

wire::AssetText fee_asset_of(const wire::OrderUpdate& order, const Directory& directory) {
    if (!order.instrument) return {};
    const Instrument& instrument = directory.instruments()[*order.instrument];
    const bool in_base = order.side == Side::buy && directory.market_of(*order.instrument) == Market::crypto;
    const std::string_view asset = in_base ? instrument.base : instrument.quote;
    return wire::AssetText::fits(asset) ? wire::AssetText{asset} : wire::AssetText{};
}

}  // namespace plumb::venues::alpaca
