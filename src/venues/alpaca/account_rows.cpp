#include "venues/alpaca/account_rows.hpp"

#include <algorithm>

#include "venues/alpaca/orders.hpp"
#include "venues/alpaca/rules.hpp"

namespace plumb::venues::alpaca {
namespace {

using wire::Decimals;
using wire::Ignored;
using wire::WireEvent;

bool skip_nested(std::size_t, wire::JsonFrame::Value) { return true; }

namespace fill_key {
enum Fill : std::size_t {
    id,
    activity_type,
    order_id,
    price,
    qty,
    side,
    symbol,
    transaction_time,
    type,
    cum_qty,
    kCount
};
}  // namespace fill_key
constexpr wire::KeyTable<fill_key::kCount> kFillKeys{{"id", "activity_type", "order_id", "price", "qty",
                                                      "side", "symbol", "transaction_time", "type",
                                                      "cum_qty"}};

namespace position_key {
enum Position : std::size_t { symbol, qty, qty_available, side, avg_entry_price, current_price, kCount };
}  // namespace position_key
constexpr wire::KeyTable<position_key::kCount> kPositionKeys{
    {"symbol", "qty", "qty_available", "side", "avg_entry_price", "current_price"}};

namespace account_key {
enum Account : std::size_t {
    account_number,
    currency,
    status,
    cash,
    equity,
    buying_power,
    non_marginable_buying_power,
    initial_margin,
    trading_blocked,
    transfers_blocked,
    account_blocked,
    trade_suspended_by_user,
    shorting_enabled,
    kCount
};
}  // namespace account_key
constexpr wire::KeyTable<account_key::kCount> kAccountKeys{
    {"account_number", "currency", "status", "cash", "equity", "buying_power", "non_marginable_buying_power",
     "initial_margin", "trading_blocked", "transfers_blocked", "account_blocked", "trade_suspended_by_user",
     "shorting_enabled"}};

namespace asset_key {
enum AssetKey : std::size_t {
    asset_class,
    symbol,
    status,
    tradable,
    shortable,
    easy_to_borrow,
    borrow_status,
    fractionable,
    min_order_size,
    min_trade_increment,
    price_increment,
    kCount
};
}  // namespace asset_key
constexpr wire::KeyTable<asset_key::kCount> kAssetKeys{
    {"class", "symbol", "status", "tradable", "shortable", "easy_to_borrow", "borrow_status", "fractionable",
     "min_order_size", "min_trade_increment", "price_increment"}};

using AccountReader = wire::MemberReader<account_key::kCount>;
using AssetReader = wire::MemberReader<asset_key::kCount>;

template <std::size_t Count>
bool flag(wire::MemberReader<Count>& read, std::size_t key) {
    return read.says(key) && read.truth(key);
}

/// Why the account cannot trade, empty when it can.
std::string_view trouble_of(AccountReader& read, std::string_view status) {
    if (flag(read, account_key::account_blocked)) return "the account is blocked";
    if (flag(read, account_key::trading_blocked)) return "trading is blocked";
    if (flag(read, account_key::trade_suspended_by_user))
        return "trading was suspended by the account's owner";
    if (status != "ACTIVE") return "the account is not active";
    return {};
}

std::optional<Decimal> decimal_if_said(AccountReader& read, std::size_t key) {
    return read.says(key) ? std::optional{read.decimal(key)} : std::nullopt;
}

void read_coin_grid(AssetReader& read, const SymbolName& name, wire::Listing& listing) {
    listing.tick = read.price(asset_key::price_increment);
    listing.lot = read.quantity(asset_key::min_trade_increment);
    listing.quantity_min = read.quantity_or_zero(asset_key::min_order_size);
    if (name.quote != "USD") return;
    listing.notional_min = Money{kCoinValueMin};
    listing.notional_max = Money{kCoinValueMax};
}

void read_stock_grid(AssetReader& read, wire::Listing& listing) {
    listing.fractional = flag(read, asset_key::fractionable);
    listing.tick = Price{Decimal::power_of_ten(-2)};
    listing.lot = Quantity{listing.fractional ? Decimal::power_of_ten(-kQuantityDecimalsMax) : Decimal{1}};
    listing.quantity_min = listing.lot;
    if (listing.fractional) listing.notional_min = Money{Decimal{1}};
    // borrow_status took the place of easy_to_borrow in 2026; both are read.
    const bool easy = read.says(asset_key::borrow_status)
                          ? read.text(asset_key::borrow_status) == "easy_to_borrow"
                          : flag(read, asset_key::easy_to_borrow);
    listing.can_short = flag(read, asset_key::shortable) && easy;
}

}  // namespace

WireEvent read_fill(wire::JsonFrame& frame, wire::JsonFrame::Object object, Directory& directory,
                    Timestamp received_at, std::string& id) {
    wire::Members members;
    if (!frame.read(object, kFillKeys, members, skip_nested)) return *frame.refused();
    wire::MemberReader<fill_key::kCount> read{kFillKeys, members, frame.begin(), Decimals::either};
    id = read.text(fill_key::id);
    const std::string_view activity = read.text(fill_key::activity_type);
    if (read.ok() && activity != "FILL") return Ignored{"an activity that is no fill"};
    wire::OrderUpdate out;
    wire::VenueFill fill;
    const std::size_t mark = id.find("::");
    const std::string_view execution =
        mark == std::string::npos ? std::string_view{} : std::string_view{id}.substr(mark + 2);
    if (execution.empty() || !ExecutionId::fits(execution))
        read.refuse("expected the id of the execution behind ::", fill_key::id);
    else
        fill.execution = execution;
    fill.price = read.price(fill_key::price);
    fill.quantity = read.quantity(fill_key::qty);
    out.venue_order = read.fixed<40>(fill_key::order_id);
    out.symbol = read.fixed<32>(fill_key::symbol);
    out.instrument = directory.find(out.symbol.view());
    const std::string_view side = read.text(fill_key::side), type = read.text(fill_key::type);
    // Short sales are told as sell_short in some accounts' activities.
    if (side != "buy" && side != "sell" && side != "sell_short")
        read.refuse("expected buy or sell", fill_key::side);
    out.side = side == "buy" ? Side::buy : Side::sell;
    if (type != "fill" && type != "partial_fill")
        read.refuse("expected fill or partial_fill", fill_key::type);
    out.state = type == "fill" ? OrderState::filled : OrderState::partially_filled;
    if (read.says(fill_key::cum_qty)) out.filled = read.quantity(fill_key::cum_qty);
    fill.fee_asset = fee_asset_of(out, directory);
    out.fill = fill;
    out.venue_time = read.time(fill_key::transaction_time);
    out.received_at = received_at;
    if (!read.ok()) return read.refused();
    return out;
}

WireEvent read_position(wire::JsonFrame& frame, wire::JsonFrame::Object object, Directory& directory,
                        Timestamp received_at) {
    wire::Members members;
    if (!frame.read(object, kPositionKeys, members, skip_nested)) return *frame.refused();
    wire::MemberReader<position_key::kCount> read{kPositionKeys, members, frame.begin(), Decimals::either};
    wire::VenuePosition out;
    out.symbol = read.fixed<32>(position_key::symbol);
    out.instrument = directory.find(out.symbol.view());
    const std::string_view side = read.text(position_key::side);
    if (side != "long" && side != "short") read.refuse("expected long or short", position_key::side);
    const bool is_short = side == "short";
    const auto signed_amount = [&](std::size_t key) {
        const Decimal amount = read.decimal(key);
        if (amount.sign() < 0 && !is_short) read.refuse("expected a long position not below zero", key);
        return Quantity{is_short ? -amount.abs() : amount};
    };
    out.quantity = signed_amount(position_key::qty);
    // Left out where no order holds any of it.
    out.available =
        read.says(position_key::qty_available) ? signed_amount(position_key::qty_available) : out.quantity;
    out.entry = read.price_or_zero(position_key::avg_entry_price);
    if (read.says(position_key::current_price)) out.mark = read.price_or_zero(position_key::current_price);
    out.received_at = received_at;
    if (!read.ok()) return read.refused();
    return out;
}

WireEvent read_cash(wire::JsonFrame& frame, wire::JsonFrame::Object object, Timestamp received_at) {
    wire::Members members;
    if (!frame.read(object, kAccountKeys, members, skip_nested)) return *frame.refused();
    AccountReader read{kAccountKeys, members, frame.begin(), Decimals::either};
    wire::Balance out;
    out.asset = read.fixed<16>(account_key::currency);
    out.total = read.decimal(account_key::cash);
    // What may be spent on coins, where nothing is lent: never `buying_power`, and never more than the cash.
    out.available = out.total;
    if (const auto free = decimal_if_said(read, account_key::non_marginable_buying_power))
        out.available = std::min(out.total, *free);
    out.received_at = received_at;
    if (!read.ok()) return read.refused();
    return out;
}

WireEvent read_account(wire::JsonFrame& frame, wire::JsonFrame::Object object, bool is_paper,
                       Timestamp received_at) {
    wire::Members members;
    if (!frame.read(object, kAccountKeys, members, skip_nested)) return *frame.refused();
    AccountReader read{kAccountKeys, members, frame.begin(), Decimals::either};
    wire::AccountFacts out;
    out.account = read.fixed<40>(account_key::account_number);
    if (read.says(account_key::currency)) out.currency = read.fixed<8>(account_key::currency);
    out.trouble = trouble_of(read, read.text(account_key::status));
    out.may_trade = out.trouble.empty();
    // Paper money cannot leave. A live key can ask for a transfer of coins to an address whitelisted a day
    // before, unless transfers are blocked; the account does not say whether it has coin wallets at all.
    if (is_paper || flag(read, account_key::transfers_blocked)) out.may_withdraw = false;
    if (read.says(account_key::shorting_enabled)) out.may_short = read.truth(account_key::shorting_enabled);
    out.equity = decimal_if_said(read, account_key::equity);
    out.cash = decimal_if_said(read, account_key::cash);
    out.buying_power = decimal_if_said(read, account_key::buying_power);
    out.margin_used = decimal_if_said(read, account_key::initial_margin);
    out.received_at = received_at;
    if (!read.ok()) return read.refused();
    return out;
}

WireEvent read_listing(wire::JsonFrame& frame, wire::JsonFrame::Object object, Directory& directory) {
    wire::Members members;
    if (!frame.read(object, kAssetKeys, members, skip_nested)) return *frame.refused();
    AssetReader read{kAssetKeys, members, frame.begin(), Decimals::either};
    const std::string_view market = read.text(asset_key::asset_class), symbol = read.text(asset_key::symbol);
    if (!read.ok()) return read.refused();
    if (market != "crypto" && market != "us_equity")
        return Ignored{"an asset that is neither coin nor stock"};
    const Result<SymbolName> name = split_symbol(symbol);
    const bool fits = name && wire::AssetText::fits(name->base) && wire::AssetText::fits(name->quote);
    if (!fits || (market == "crypto") != (symbol.find('/') != std::string_view::npos))
        return Ignored{"an asset whose name is no pair and no ticker"};
    Asset asset;
    asset.market = market == "crypto" ? Market::crypto : Market::stocks;
    wire::Listing& out = asset.listing;
    out.symbol = symbol;
    out.base = std::string_view{name->base};
    out.quote = std::string_view{name->quote};
    const bool is_open = read.truth(asset_key::tradable) && read.text(asset_key::status) == "active";
    out.status = is_open ? TradingStatus::open : TradingStatus::closed;
    if (asset.market == Market::crypto)
        read_coin_grid(read, *name, out);
    else
        read_stock_grid(read, out);
    if (!read.ok()) return read.refused();
    if (!directory.take(asset)) return Ignored{"a stock whose name a coin has"};
    return out;
}

WireEvent read_clock(wire::JsonFrame& frame, wire::JsonFrame::Object object, Timestamp received_at) {
    constexpr wire::KeyTable<1> kKeys{{"timestamp"}};
    wire::Members members;
    if (!frame.read(object, kKeys, members, skip_nested)) return *frame.refused();
    wire::MemberReader<1> read{kKeys, members, frame.begin(), Decimals::either};
    const wire::ServerClock out{read.time(0), received_at};
    if (!read.ok()) return read.refused();
    return out;
}

}  // namespace plumb::venues::alpaca
