#include "venues/coinbase/rest_rows.hpp"

#include "venues/coinbase/symbols.hpp"

namespace plumb::venues::coinbase {
namespace {

using wire::Decimals;
using wire::MemberReader;
using wire::Members;

}  // namespace

Row<wire::OrderUpdate> read_fill(const Members& members, const Context& context, wire::SymbolMap& symbols) {
    MemberReader read{fill::kKeys, members, context.frame, Decimals::quoted};
    wire::OrderUpdate update;
    wire::VenueFill done;
    update.symbol = read.fixed<32>(fill::product_id);
    update.venue_order = read.fixed<40>(fill::order_id);
    const std::string_view side = read.text(fill::side);
    if (side != "BUY" && side != "SELL") read.refuse("expected BUY or SELL", fill::side);
    update.side = side == "SELL" ? Side::sell : Side::buy;
    update.state = OrderState::partially_filled;
    if (read.says(fill::trade_type) && read.text(fill::trade_type) != "FILL")
        read.refuse("a reversed or corrected fill cannot be told as one", fill::trade_type);
    done.execution = read.fixed<40>(fill::trade_id);
    if (read.ok() && done.execution.empty()) read.refuse("expected a trade's id", fill::trade_id);
    done.price = read.price(fill::price);
    done.quantity = read.quantity(fill::size);
    if (read.ok() && read.says(fill::size_in_quote) && read.truth(fill::size_in_quote)) {
        // Orders by value are counted in the quote currency.
        const Result<Decimal> base = Decimal::divide(done.quantity.value, done.price.value);
        if (!base || base->sign() <= 0 || wire::kQuantityMax < *base)
            read.refuse("expected a size that is some of the base", fill::size);
        else
            done.quantity = Quantity{*base};
    }
    if (!is_blank(members, fill::commission)) {
        done.fee = read.decimal(fill::commission);
        done.fee_known = true;
    }
    done.maker = read.says(fill::liquidity_indicator) && read.text(fill::liquidity_indicator) == "MAKER";
    update.venue_time = read.time(fill::trade_time);
    update.received_at = context.received_at;
    if (!read.ok()) return {{}, read.refused(), nullptr};
    const Result<SymbolName> name = split_symbol(update.symbol.view());
    if (name && wire::AssetText::fits(name->quote)) done.fee_asset = std::string_view{name->quote};
    update.instrument = symbols.find(update.symbol.view());
    update.fill = done;
    return {update, {}, nullptr};
}

Row<Grid> read_listing(const Members& members, const Context& context) {
    MemberReader read{product::kKeys, members, context.frame, Decimals::quoted};
    if (read.says(product::product_type) && read.text(product::product_type) != "SPOT")
        return {{}, {}, "no spot product"};
    Grid grid;
    wire::Listing& listing = grid.listing;
    listing.symbol = read.fixed<32>(product::product_id);
    listing.base = read.fixed<16>(product::base_currency_id);
    listing.quote = read.fixed<16>(product::quote_currency_id);
    // The price grid has a member of its own; older answers have only the quote's.
    listing.tick = read.price(is_blank(members, product::price_increment) ? product::quote_increment
                                                                          : product::price_increment);
    listing.lot = read.quantity(product::base_increment);
    listing.quantity_min = read.quantity_or_zero(product::base_min_size);
    listing.notional_min = Money{read.quantity_or_zero(product::quote_min_size).value};
    if (!is_blank(members, product::base_max_size))
        listing.quantity_max = read.quantity_or_zero(product::base_max_size);
    if (!is_blank(members, product::quote_max_size))
        listing.notional_max = Money{read.quantity_or_zero(product::quote_max_size).value};
    const auto is = [&](std::size_t key) { return read.says(key) && read.truth(key); };
    const std::string_view word = read.text(product::status);
    grid.cancel_only = is(product::cancel_only);
    grid.limit_only = is(product::limit_only) || is(product::auction_mode);
    grid.post_only = is(product::post_only);
    const bool disabled = is(product::is_disabled),
               halted = is(product::trading_disabled) || is(product::view_only);
    if (word == "offline" || word == "delisted" || disabled)
        listing.status = TradingStatus::closed;
    else if (halted || grid.cancel_only || (word != "online" && !word.empty()))
        listing.status = TradingStatus::halted;
    grid.known = true;
    if (!read.ok()) return {{}, read.refused(), nullptr};
    return {grid, {}, nullptr};
}

std::optional<wire::Refused> read_terms(const Members& members, const Context& context, OrderTerms& out) {
    MemberReader read{configuration::kKeys, members, context.frame, Decimals::quoted};
    if (!is_blank(members, configuration::base_size)) out.quantity = read.quantity(configuration::base_size);
    if (!is_blank(members, configuration::limit_price)) out.limit = read.price(configuration::limit_price);
    if (!is_blank(members, configuration::stop_price)) out.stop = read.price(configuration::stop_price);
    if (!read.ok()) return read.refused();
    return std::nullopt;
}

}  // namespace plumb::venues::coinbase
