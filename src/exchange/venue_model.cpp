#include "exchange/venue_model.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "exchange/admission.hpp"
#include "exchange/funds.hpp"
#include "exchange/margin.hpp"
#include "exchange/matching.hpp"
#include "exchange/order_life.hpp"
#include "exchange/upkeep.hpp"
#include "exchange/views.hpp"

namespace plumb::exchange {

struct VenueModel::Impl : ModelState {
    using ModelState::ModelState;

    Answer<OrderNumber> submit(const OrderSpec& spec, Timestamp at, const Opening& opening) {
        PLUMB_CHECK(spec.account.value < accounts.size());
        begin_step(*this, at);
        std::optional<Refusal> refusal = admission_refusal(*this, spec);
        if (!refusal && spec.account.value != 0) refusal = funds(spec);
        if (refusal) {
            finish_step(*this);
            return std::unexpected{*refusal};
        }
        StoredOrder& order = open_order(*this, spec, opening);
        const OrderNumber number = order.record.number;
        start(*this, order);
        finish_step(*this);
        return number;
    }

    std::optional<Refusal> funds(const OrderSpec& spec) {
        OrderRecord probe;
        probe.spec = spec;
        const bool waits = OrderType::stop <= spec.type;
        if (waits) probe.status = OrderStatus::waiting;
        if (spec.type == OrderType::trailing_stop) {
            probe.trail_stop = first_trail(market(spec.instrument), spec);
        }
        return funds_refusal(*this, probe, spec.quantity);
    }

    StoredOrder* find_own(AccountId owner, OrderNumber number) {
        StoredOrder* order = orders.find(number);
        return order != nullptr && order->record.spec.account == owner ? order : nullptr;
    }
};

VenueModel::VenueModel(ModelOptions options) : impl_{std::make_unique<Impl>(options)} {
    AccountSpec house;
    house.name = "house";
    house.may_short = true;
    house.self_trade = SelfTrade::allow;
    impl_->accounts.push_back({});
    impl_->accounts.back().spec = std::move(house);
}
VenueModel::~VenueModel() = default;
VenueModel::VenueModel(VenueModel&&) noexcept = default;
VenueModel& VenueModel::operator=(VenueModel&&) noexcept = default;

Result<InstrumentId> VenueModel::add_market(MarketSpec spec) {
    const Result<InstrumentId> id = impl_->instruments.add(spec.instrument);
    if (!id) return fail(id.error());
    spec.instrument.id = *id;
    MarketState& market = impl_->markets.emplace_back();
    market.base = impl_->add_asset(spec.instrument.base);
    market.quote = impl_->add_asset(spec.instrument.quote);
    if (spec.fees.asset == FeeAsset::third) market.third = impl_->add_asset(spec.fees.third);
    market.told.instrument = market.mark.instrument = *id;
    if (spec.kind != MarketKind::perpetual)
        impl_->markets_of.emplace(std::pair{market.base, market.quote}, *id);
    impl_->market_names.emplace(spec.instrument.name(), *id);
    market.spec = std::move(spec);
    impl_->make_room();
    return *id;
}

AccountId VenueModel::add_account(const AccountSpec& spec, Timestamp now) {
    const AccountId id{static_cast<std::uint32_t>(impl_->accounts.size())};
    impl_->accounts.emplace_back().spec = spec;
    impl_->make_room();
    begin_step(*impl_, now);
    for (const auto& [name, amount] : spec.deposits) {
        impl_->move_total(id, impl_->add_asset(name), amount, BalanceReason::deposit);
    }
    finish_step(*impl_);
    return id;
}

const MarketSpec& VenueModel::market(InstrumentId instrument) const {
    PLUMB_CHECK(instrument.value < impl_->markets.size());
    return impl_->market(instrument).spec;
}
std::size_t VenueModel::market_count() const { return impl_->markets.size(); }
std::optional<InstrumentId> VenueModel::find_market(std::string_view name) const {
    const auto at = impl_->market_names.find(name);
    return at == impl_->market_names.end() ? std::nullopt : std::optional{at->second};
}
std::size_t VenueModel::account_count() const { return impl_->accounts.size(); }
const AccountSpec& VenueModel::account(AccountId account) const {
    PLUMB_CHECK(account.value < impl_->accounts.size());
    return impl_->account(account).spec;
}
AssetId VenueModel::asset(std::string_view name) { return impl_->add_asset(name); }
const std::string& VenueModel::asset_name(AssetId asset) const {
    PLUMB_CHECK(asset.value < impl_->assets.size());
    return impl_->assets[asset.value];
}

VenueModel::Answer<OrderNumber> VenueModel::submit(const OrderSpec& spec, Timestamp now) {
    return impl_->submit(spec, now, {});
}

VenueModel::Answer<OrderNumber> VenueModel::submit_by_hand(const OrderSpec& spec, Timestamp now) {
    Opening opening;
    opening.by_hand = true;
    return impl_->submit(spec, now, opening);
}

VenueModel::Answer<OrderNumber> VenueModel::cancel(AccountId account, OrderNumber number, Timestamp now) {
    begin_step(*impl_, now);
    StoredOrder* order = impl_->find_own(account, number);
    const bool ends = order != nullptr && is_open(order->record.status);
    if (ends) end_order(*impl_, *order, canceled(EndReason::by_owner));
    const Refusal refusal = order == nullptr ? Refusal::unknown_order : Refusal::order_ended;
    finish_step(*impl_);
    if (!ends) return std::unexpected{refusal};
    return number;
}

VenueModel::Answer<OrderNumber> VenueModel::replace(AccountId account, OrderNumber number,
                                                    const Replacement& change, Timestamp now) {
    begin_step(*impl_, now);
    StoredOrder* order = impl_->find_own(account, number);
    Answer<OrderNumber> answer = std::unexpected{Refusal::unknown_order};
    if (order != nullptr) {
        answer = is_open(order->record.status) ? replace_order(*impl_, *order, change)
                                               : std::unexpected{Refusal::order_ended};
    }
    finish_step(*impl_);
    return answer;
}

std::vector<OrderNumber> VenueModel::cancel_all(AccountId account, std::optional<InstrumentId> instrument,
                                                EndReason why, Timestamp now) {
    begin_step(*impl_, now);
    std::vector<OrderNumber> ended;
    for (const MarketState& market : impl_->markets) {
        const InstrumentId id = market.spec.instrument.id;
        if (instrument && *instrument != id) continue;
        const std::vector<OrderNumber> here = end_all(*impl_, account, id, why);
        ended.insert(ended.end(), here.begin(), here.end());
    }
    std::ranges::sort(ended);
    finish_step(*impl_);
    return ended;
}

void VenueModel::set_dead_man(AccountId account, std::optional<Timestamp> deadline) {
    impl_->account(account).dead_man = deadline;
}
void VenueModel::set_leverage(AccountId account, InstrumentId instrument, Decimal leverage) {
    PLUMB_CHECK(Decimal{1} <= leverage);
    impl_->exposure(account, instrument).leverage = leverage;
}
void VenueModel::set_lag(AccountId account, ViewLag lag) { impl_->account(account).lag = lag; }

std::optional<OrderRecord> VenueModel::find_order(AccountId account, OrderNumber number,
                                                  Timestamp now) const {
    const StoredOrder* order = impl_->orders.find(number);
    return order == nullptr ? std::nullopt : seen_order(*impl_, account, *order, now);
}

std::optional<OrderRecord> VenueModel::find_order(AccountId account, std::string_view client_id,
                                                  Timestamp now) const {
    const ClientIds& ids = impl_->account(account).client_ids;
    const auto at = ids.find(client_id);
    return at == ids.end() ? std::nullopt : find_order(account, at->second, now);
}

std::vector<OrderRecord> VenueModel::open_orders(AccountId account, std::optional<InstrumentId> instrument,
                                                 Timestamp now) const {
    return seen_orders(*impl_, account, instrument, true, now);
}
std::vector<OrderRecord> VenueModel::orders(AccountId account, std::optional<InstrumentId> instrument,
                                            Timestamp now) const {
    return seen_orders(*impl_, account, instrument, false, now);
}
std::vector<Execution> VenueModel::executions(AccountId account, ExecutionNumber after, Timestamp now) const {
    return seen_executions(*impl_, account, after, now);
}
std::optional<Execution> VenueModel::find_execution(ExecutionNumber number) const {
    const auto at = std::ranges::lower_bound(impl_->executions, number, {}, &Execution::number);
    return at == impl_->executions.end() || at->number != number ? std::nullopt : std::optional{*at};
}

std::optional<OrderRecord> VenueModel::order_now(OrderNumber number) const {
    const StoredOrder* order = impl_->orders.find(number);
    return order == nullptr ? std::nullopt : std::optional{order->record};
}

std::vector<Balance> VenueModel::balances(AccountId account, Timestamp now) const {
    std::vector<Balance> balances;
    const AccountState& owner = impl_->account(account);
    for (std::uint32_t i = 0; i < owner.holdings.size(); ++i) {
        if (owner.holdings[i].known) balances.push_back(seen_balance(*impl_, account, AssetId{i}, now));
    }
    return balances;
}
Balance VenueModel::balance(AccountId account, AssetId asset, Timestamp now) const {
    return seen_balance(*impl_, account, asset, now);
}
std::vector<Position> VenueModel::positions(AccountId account, Timestamp now) const {
    std::vector<Position> positions;
    for (const MarketState& market : impl_->markets) {
        const Position seen = seen_position(*impl_, account, market.spec.instrument.id, now);
        if (!seen.quantity.is_zero()) positions.push_back(seen);
    }
    return positions;
}
Position VenueModel::position(AccountId account, InstrumentId instrument, Timestamp now) const {
    return seen_position(*impl_, account, instrument, now);
}

Money VenueModel::equity(AccountId account, AssetId quote) const { return equity_of(*impl_, account, quote); }
Money VenueModel::initial_margin(AccountId account, AssetId quote) const {
    return initial_margin_of(*impl_, account, quote);
}
Money VenueModel::maintenance_margin(AccountId account, AssetId quote) const {
    return maintenance_margin_of(*impl_, account, quote);
}
Money VenueModel::buying_power(AccountId account, AssetId quote) const {
    return buying_power_of(*impl_, account, quote);
}

QuoteChanged VenueModel::quote(InstrumentId instrument) const { return quote_of(impl_->market(instrument)); }
std::vector<BookLevel> VenueModel::levels(InstrumentId instrument, Side side, std::size_t count) const {
    const auto levels = impl_->market(instrument).side(side).levels();
    std::vector<BookLevel> best;
    best.reserve(std::min(count, levels.size()));
    for (std::size_t i = levels.size(); i > 0 && best.size() < count; --i) {
        best.push_back({levels[i - 1].price, levels[i - 1].quantity});
    }
    return best;
}
std::uint64_t VenueModel::book_sequence(InstrumentId instrument) const {
    return impl_->market(instrument).sequence;
}
Price VenueModel::last_price(InstrumentId instrument) const { return impl_->market(instrument).last; }
MarkChanged VenueModel::mark(InstrumentId instrument) const { return impl_->market(instrument).mark; }
TradingStatus VenueModel::status(InstrumentId instrument) const { return impl_->market(instrument).status; }

void VenueModel::advance(Timestamp now) {
    begin_step(*impl_, now);
    pay_funding(*impl_);
    liquidate_short_of_margin(*impl_);
    finish_step(*impl_);
}

void VenueModel::set_status(InstrumentId instrument, TradingStatus status, Timestamp now) {
    begin_step(*impl_, now);
    change_status(*impl_, instrument, status);
    finish_step(*impl_);
}

void VenueModel::delist(InstrumentId instrument, Timestamp now) {
    begin_step(*impl_, now);
    delist_market(*impl_, instrument);
    finish_step(*impl_);
}

void VenueModel::set_mark(InstrumentId instrument, Price mark, Price index, Timestamp now) {
    begin_step(*impl_, now);
    see_mark(*impl_, instrument, mark, index);
    finish_step(*impl_);
}

void VenueModel::set_funding_rate(InstrumentId instrument, Decimal rate, Timestamp next, Timestamp now) {
    begin_step(*impl_, now);
    MarkChanged& mark = impl_->market(instrument).mark;
    mark.funding_rate = rate;
    mark.next_funding = next;
    impl_->tell(mark);
    finish_step(*impl_);
}

void VenueModel::set_fees(InstrumentId instrument, const FeeRule& fees) {
    MarketState& market = impl_->market(instrument);
    if (fees.asset == FeeAsset::third) market.third = impl_->add_asset(fees.third);
    market.spec.fees = fees;
    impl_->make_room();
}

void VenueModel::set_id_rule(IdRule rule) { impl_->options.id_rule = rule; }

void VenueModel::transfer(AccountId account, AssetId asset, Decimal amount, Timestamp now) {
    begin_step(*impl_, now);
    impl_->move_total(account, asset, amount,
                      amount.sign() < 0 ? BalanceReason::withdrawal : BalanceReason::deposit);
    finish_step(*impl_);
}

void VenueModel::liquidate(AccountId account, InstrumentId instrument, Timestamp now) {
    begin_step(*impl_, now);
    liquidate_position(*impl_, account, instrument);
    finish_step(*impl_);
}

void VenueModel::print(InstrumentId instrument, Side aggressor, Price price, Quantity quantity,
                       Timestamp now) {
    begin_step(*impl_, now);
    impl_->tell(TradeHappened{++impl_->last_trade, instrument, aggressor, price, quantity, 0, 0, false});
    see_last(*impl_, instrument, price);
    finish_step(*impl_);
}

VenueModel::Answer<ExecutionNumber> VenueModel::fill_resting(OrderNumber number, Price price,
                                                             Quantity quantity, Timestamp now) {
    begin_step(*impl_, now);
    StoredOrder* order = impl_->orders.find(number);
    Answer<ExecutionNumber> answer = std::unexpected{Refusal::unknown_order};
    if (order != nullptr) answer = fill_from_outside(*impl_, *order, price, quantity);
    finish_step(*impl_);
    return answer;
}

std::span<const ModelEvent> VenueModel::take_events() {
    impl_->taken.clear();
    std::swap(impl_->taken, impl_->events);
    return impl_->taken;
}

}  // namespace plumb::exchange
