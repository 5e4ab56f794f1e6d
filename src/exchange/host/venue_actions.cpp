#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "exchange/host/venue_host.hpp"

// What a fault script does to the venue itself.

namespace plumb::exchange {
namespace {

constexpr std::size_t kLaterMax = 100'000;

constexpr auto kNames =
    std::to_array<std::string_view>({"fill",           "cancel",    "status",      "delist",
                                     "transfer",       "order",     "liquidate",   "expire_stream_keys",
                                     "disconnect",     "stop_data", "resume_data", "stall_streams",
                                     "refuse_streams", "lag",       "clock",       "dead_man",
                                     "mark",           "funding",   "fees",        "id_rule"});
static_assert(kNames.size() == std::variant_size_v<VenueAction>);

std::unexpected<Error> refused(std::string_view doing, Refusal refusal) {
    return fail(Errc::rejected, fmt::format("{}: {}", doing, to_string(refusal)));
}

}  // namespace

Status VenueHost::perform_all(const std::vector<VenueAction>& actions) {
    Status all;
    for (const VenueAction& each : actions) {
        Status done = perform(each);
        truth_.begin("action", venue_now_).text("action", kNames[each.index()]);
        truth_.text("outcome", done ? "done" : done.error().message()).end();
        if (!done && all) all = std::move(done);
        pump();
    }
    return all;
}

Status VenueHost::perform(const VenueAction& action) {
    return std::visit([this](const auto& each) { return perform(each); }, action);
}

// --- finding what a script names ---------------------------------------------------------------------------

Result<AccountId> VenueHost::find_account(const std::string& name) const {
    for (std::size_t i = 0; i < options_.accounts.size(); ++i) {
        if (name.empty() || options_.accounts[i] == name) return access_[i].account;
    }
    return fail(Errc::not_found, fmt::format("expected an account of this venue, found \"{}\"", name));
}

Result<InstrumentId> VenueHost::find_instrument(const std::string& name) const {
    if (const std::optional<InstrumentId> found = model_.find_market(name)) return *found;
    return fail(Errc::not_found,
                fmt::format("expected a market of this venue such as BTC/USD, found \"{}\"", name));
}

Result<std::vector<InstrumentId>> VenueHost::find_instruments(const std::string& name) const {
    std::vector<InstrumentId> all;
    if (!name.empty()) {
        return map(find_instrument(name),
                   [](InstrumentId found) { return std::vector<InstrumentId>{found}; });
    }
    for (std::uint32_t i = 0; i < model_.market_count(); ++i) all.push_back(InstrumentId{i});
    return all;
}

Result<OrderRecord> VenueHost::find_order(const OrderChoice& choice) const {
    std::optional<AccountId> account;
    if (!choice.account.empty()) {
        const Result<AccountId> found = find_account(choice.account);
        if (!found) return fail(found.error());
        account = *found;
    }
    for (auto each = open_orders_.rbegin(); each != open_orders_.rend(); ++each) {
        const OrderRecord& record = each->second;
        if (choice.number != 0 && record.number != choice.number) continue;
        if (!choice.client_id.empty() && record.spec.client_id != choice.client_id) continue;
        if (account && record.spec.account != *account) continue;
        if (!choice.instrument.empty() &&
            model_.market(record.spec.instrument).instrument.name() != choice.instrument)
            continue;
        return record;
    }
    return fail(Errc::not_found, "expected an open order of this kind, found none");
}

// --- orders ------------------------------------------------------------------------------------------------

Status VenueHost::fill_now(OrderNumber order, std::optional<Price> price, Quantity quantity) {
    const auto found = open_orders_.find(order);
    if (found == open_orders_.end()) return fail(Errc::not_found, "the order has ended");
    const OrderSpec& spec = found->second.spec;
    Price at = price.value_or(spec.limit);
    if (at.is_zero()) at = model_.last_price(spec.instrument);
    if (at.is_zero()) return fail(Errc::not_found, "expected a price: nothing was traded yet");
    if (!notional(at, quantity)) return fail(Errc::overflow, "expected a value that can be counted");
    const auto filled =
        model_.fill_resting(order, at, std::min(quantity, found->second.leaves()), venue_now_);
    if (!filled) return refused("fill", filled.error());
    return {};
}

Status VenueHost::perform(const FillOrder& wanted) {
    const Result<OrderRecord> record = find_order(wanted.order);
    if (!record) return fail(record.error());
    const Quantity lot = model_.market(record->spec.instrument).instrument.lot;
    const Quantity whole = (record->leaves() * wanted.fraction).quantized(lot, Rounding::up);
    const Quantity part =
        std::max(lot, Quantity{whole.value / Decimal{wanted.parts}}.quantized(lot, Rounding::down));
    Quantity rest = whole;
    for (int i = 0; i < wanted.parts && 0 < rest.sign(); ++i) {
        const Quantity quantity = i + 1 == wanted.parts ? rest : std::min(part, rest);
        rest -= quantity;
        if (i == 0 || wanted.every == Duration{}) {
            if (Status filled = fill_now(record->number, wanted.price, quantity); !filled) return filled;
            pump();
        } else if (later_.size() < kLaterMax) {
            later_.emplace(now_ + wanted.every * i, FillPart{record->number, quantity, wanted.price});
        }
    }
    return {};
}

Status VenueHost::perform(const CancelByVenue& cancel) {
    if (cancel.all) {
        const Result<AccountId> account = find_account(cancel.order.account);
        if (!account) return fail(account.error());
        std::optional<InstrumentId> instrument;
        if (!cancel.order.instrument.empty()) {
            const Result<InstrumentId> found = find_instrument(cancel.order.instrument);
            if (!found) return fail(found.error());
            instrument = *found;
        }
        static_cast<void>(model_.cancel_all(*account, instrument, EndReason::by_venue, venue_now_));
        return {};
    }
    const Result<OrderRecord> record = find_order(cancel.order);
    if (!record) return fail(record.error());
    const auto canceled = model_.cancel(record->spec.account, record->number, venue_now_);
    if (!canceled) return refused("cancel", canceled.error());
    return {};
}

Status VenueHost::perform(const ManualOrder& order) {
    const Result<AccountId> account = find_account(order.account);
    if (!account) return fail(account.error());
    const Result<InstrumentId> instrument = find_instrument(order.instrument);
    if (!instrument) return fail(instrument.error());
    OrderSpec spec;
    spec.account = *account;
    spec.instrument = *instrument;
    spec.client_id = order.client_id;
    spec.side = order.side;
    spec.quantity = order.quantity;
    spec.type = order.limit ? OrderType::limit : OrderType::market;
    if (order.limit) spec.limit = *order.limit;
    const auto placed = model_.submit_by_hand(spec, venue_now_);
    if (!placed) return refused("order", placed.error());
    return {};
}

Status VenueHost::perform(const Liquidate& liquidate) {
    const Result<AccountId> account = find_account(liquidate.account);
    if (!account) return fail(account.error());
    const Result<InstrumentId> instrument = find_instrument(liquidate.instrument);
    if (!instrument) return fail(instrument.error());
    model_.liquidate(*account, *instrument, venue_now_);
    return {};
}

Status VenueHost::perform(const Transfer& transfer) {
    const Result<AccountId> account = find_account(transfer.account);
    if (!account) return fail(account.error());
    const AssetId asset = model_.asset(transfer.asset);
    // What is reserved by open orders cannot leave, as at any venue.
    const Balance before = model_.balance(*account, asset, venue_now_);
    if ((before.free() + transfer.amount).sign() < 0 && transfer.amount.sign() < 0)
        return fail(Errc::out_of_range,
                    fmt::format("expected at most {} to leave", before.free().to_string()));
    model_.transfer(*account, asset, transfer.amount, venue_now_);
    return {};
}

Status VenueHost::perform(const SetDeadMan& dead_man) {
    const Result<AccountId> account = find_account(dead_man.account);
    if (!account) return fail(account.error());
    model_.set_dead_man(*account,
                        dead_man.after ? std::optional{venue_now_ + *dead_man.after} : std::nullopt);
    return {};
}

// --- markets -----------------------------------------------------------------------------------------------

Status VenueHost::perform(const SetStatus& change) {
    const Result<std::vector<InstrumentId>> instruments = find_instruments(change.instrument);
    if (!instruments) return fail(instruments.error());
    for (const InstrumentId each : *instruments) model_.set_status(each, change.status, venue_now_);
    if (change.lasts > Duration{} && later_.size() < kLaterMax) {
        later_.emplace(now_ + change.lasts,
                       VenueAction{SetStatus{change.instrument, TradingStatus::open, Duration{}}});
    }
    return {};
}

Status VenueHost::perform(const Delist& delist) {
    const Result<InstrumentId> instrument = find_instrument(delist.instrument);
    if (!instrument) return fail(instrument.error());
    model_.delist(*instrument, venue_now_);
    return {};
}

Status VenueHost::perform(const SetMark& mark) {
    const Result<InstrumentId> instrument = find_instrument(mark.instrument);
    if (!instrument) return fail(instrument.error());
    for (const ApiAccess& each : access_) {
        const Quantity held = model_.position(each.account, *instrument, venue_now_).quantity;
        if (!notional(mark.mark, held)) return fail(Errc::overflow, "expected a value that can be counted");
    }
    model_.set_mark(*instrument, mark.mark, mark.index, venue_now_);
    return {};
}

Status VenueHost::perform(const SetFunding& funding) {
    const Result<InstrumentId> instrument = find_instrument(funding.instrument);
    if (!instrument) return fail(instrument.error());
    model_.set_funding_rate(*instrument, funding.rate, venue_now_ + funding.after, venue_now_);
    return {};
}

Status VenueHost::perform(const SetFees& fees) {
    const Result<std::vector<InstrumentId>> instruments = find_instruments(fees.instrument);
    if (!instruments) return fail(instruments.error());
    for (const InstrumentId each : *instruments) model_.set_fees(each, fees.fees);
    return {};
}

Status VenueHost::perform(const SetIdRule& rule) {
    model_.set_id_rule(rule.rule);
    return {};
}

// --- streams and views -------------------------------------------------------------------------------------

Status VenueHost::perform(const ExpireStreamKeys&) {
    protocol_->expire_stream_keys(venue_now_);
    return {};
}

Status VenueHost::perform(const Disconnect& disconnect) {
    const std::vector<StreamId> streams{frames_.open().begin(), frames_.open().end()};
    for (const StreamId stream : streams) {
        if (disconnect.reset) {
            doors_.streams.cut(stream, {}, 0, Ending::reset);
        } else {
            doors_.streams.close(stream, disconnect.code, "");
        }
    }
    return {};
}

Status VenueHost::perform(const StopData& stop) {
    std::optional<InstrumentId> instrument;
    if (!stop.instrument.empty()) {
        const Result<InstrumentId> found = find_instrument(stop.instrument);
        if (!found) return fail(found.error());
        instrument = *found;
    }
    frames_.stop(stop, instrument, stop.lasts == Duration{} ? Timestamp::max() : now_ + stop.lasts);
    return {};
}

Status VenueHost::perform(const ResumeData&) {
    frames_.resume();
    return {};
}

Status VenueHost::perform(const StallStreams& stall) {
    for (const StreamId stream : frames_.open()) doors_.streams.stall(stream, true);
    later_.emplace(now_ + stall.lasts, EndStall{});
    return {};
}

Status VenueHost::perform(const RefuseStreams& refuse) {
    const std::vector<StreamId> streams{frames_.open().begin(), frames_.open().end()};
    for (const StreamId stream : streams) end_stream(stream, refuse.trouble);
    return {};
}

Status VenueHost::perform(const SetLag& lag) {
    const Result<AccountId> account = find_account(lag.account);
    if (!account) return fail(account.error());
    model_.set_lag(*account, lag.lag);
    if (lag.lasts > Duration{} && later_.size() < kLaterMax)
        later_.emplace(now_ + lag.lasts, VenueAction{SetLag{lag.account, ViewLag{}, Duration{}}});
    return {};
}

Status VenueHost::perform(const SetClock& clock) {
    clock_offset_ = clock.offset;
    set_now(now_);
    return {};
}

}  // namespace plumb::exchange
