#include "exchange/kraken/private_feeds.hpp"

#include <algorithm>

#include "exchange/kraken/account.hpp"
#include "exchange/kraken/order_json.hpp"

namespace plumb::exchange::kraken {

namespace {

constexpr std::array<std::string_view, 7> kFeedNames{
    "fills",    "open_orders", "open_orders_verbose", "open_positions",
    "balances", "account_log", "notifications_auth"};

bool hears_orders(PrivateFeed feed) {
    return feed == PrivateFeed::open_orders || feed == PrivateFeed::open_orders_verbose;
}

std::string_view feed_order_type(const OrderRecord& order) {
    const std::string_view type = order_type_of(order);
    if (order.status == OrderStatus::waiting || (is_trigger(order) && !order.triggered)) {
        return type == "take_profit" ? "take_profit" : type == "trailing_stop" ? "trailing_stop" : "stop";
    }
    return "limit";
}

std::string_view fill_order_type(const OrderRecord& order) {
    const std::string_view type = order_type_of(order);
    if (type == "mkt") return "market";
    if (type == "ioc" || type == "fok" || type == "post") return type;
    if (type == "lmt") return "limit";
    return order.spec.limit.is_zero() ? "market" : "limit";
}

/// Orders that are over at once never stand among the open ones.
bool never_rests(const OrderRecord& order) {
    return order.spec.time_in_force == TimeInForce::immediate_or_cancel ||
           order.spec.time_in_force == TimeInForce::fill_or_kill || order.spec.type == OrderType::market;
}

}  // namespace

std::optional<PrivateFeed> parse_private_feed(std::string_view name) {
    if (name == "open_position") return PrivateFeed::open_positions;
    const auto found = std::ranges::find(kFeedNames, name);
    if (found == kFeedNames.end()) return std::nullopt;
    return static_cast<PrivateFeed>(found - kFeedNames.begin());
}

std::string_view to_string(PrivateFeed feed) { return kFeedNames[static_cast<std::size_t>(feed)]; }

void PrivateFeeds::subscribe(StreamId stream, AccountId account, PrivateFeed feed,
                             std::set<InstrumentId> only, Timestamp now) {
    const auto found = std::ranges::find_if(
        listeners_, [&](const Listener& one) { return one.stream == stream && one.feed == feed; });
    if (found != listeners_.end()) {
        found->only = std::move(only);
        send_snapshot(*found, now);
        return;
    }
    listeners_.push_back({stream, account, feed, 0, std::move(only)});
    send_snapshot(listeners_.back(), now);
}

bool PrivateFeeds::unsubscribe(StreamId stream, PrivateFeed feed) {
    return 0 < std::erase_if(listeners_,
                             [&](const Listener& one) { return one.stream == stream && one.feed == feed; });
}

void PrivateFeeds::remove(StreamId stream) {
    std::erase_if(listeners_, [&](const Listener& one) { return one.stream == stream; });
}

void PrivateFeeds::send(Listener& listener, FrameKind kind, std::optional<InstrumentId> instrument,
                        ExecutionNumber execution) {
    desk_.outlet.send(listener.stream, {kind, instrument, execution, false, json_.text()});
}

void PrivateFeeds::send_snapshot(Listener& listener, Timestamp now) {
    switch (listener.feed) {
        case PrivateFeed::fills: return send_fills_snapshot(listener, now);
        case PrivateFeed::open_orders:
        case PrivateFeed::open_orders_verbose: return send_orders_snapshot(listener, now);
        case PrivateFeed::open_positions: return send_positions(listener, now);
        case PrivateFeed::balances: return send_balances(listener, true, now);
        case PrivateFeed::account_log: {
            json_.clear();
            json_.begin_object().member("feed", "account_log_snapshot").begin_array("logs");
            const Preferences& preferences = desk_.preferences(listener.account);
            const std::size_t skip =
                preferences.log.size() - std::min<std::size_t>(preferences.log.size(), 500);
            for (std::size_t i = preferences.log.size(); skip < i--;) {
                write_log_entry(json_, desk_, preferences.log[i]);
            }
            json_.end_array().end_object();
            logs_sent_[listener.account] = preferences.log_count;
            return send(listener, FrameKind::account);
        }
        case PrivateFeed::notifications_auth: {
            json_.clear();
            json_.begin_object()
                .member("feed", "notifications_auth")
                .begin_array("notifications")
                .end_array();
            json_.end_object();
            return send(listener, FrameKind::account);
        }
    }
}

void PrivateFeeds::write_order(std::string_view key, const OrderRecord& order) {
    key.empty() ? json_.begin_object() : json_.begin_object(key);
    json_.member("instrument", desk_.contracts[order.spec.instrument].symbol);
    json_.member("time", to_ms(order.created_at)).member("last_update_time", to_ms(order.updated_at));
    json_.member("qty", order.spec.quantity - order.filled).member("filled", order.filled);
    json_.member("limit_price", order.spec.limit);
    json_.member("stop_price",
                 order.spec.type == OrderType::trailing_stop ? order.trail_stop : order.spec.stop);
    json_.member("type", feed_order_type(order)).member("order_id", desk_.order_ids.text(order.number));
    if (!order.spec.client_id.empty()) json_.member("cli_ord_id", order.spec.client_id);
    json_.member("direction", order.spec.side == Side::buy ? 0 : 1);
    json_.member("reduce_only", order.spec.reduce_only);
    if (is_trigger(order)) json_.member("triggerSignal", signal_word(order.spec.trigger));
    json_.end_object();
}

void PrivateFeeds::send_orders_snapshot(Listener& listener, Timestamp now) {
    json_.clear();
    json_.begin_object().member("feed", std::string{to_string(listener.feed)} + "_snapshot");
    json_.member("account", desk_.account_ids.text(listener.account.value)).begin_array("orders");
    for (const OrderRecord& order : desk_.model.open_orders(listener.account, std::nullopt, now)) {
        write_order("", order);
    }
    json_.end_array().end_object();
    send(listener, FrameKind::order);
}

void PrivateFeeds::write_fill(const Execution& execution, const OrderRecord& order, std::uint64_t sequence) {
    json_.begin_object().member("instrument", desk_.contracts[execution.instrument].symbol);
    json_.member("time", to_ms(execution.at)).member("price", execution.price).member("seq", sequence);
    json_.member("buy", execution.side == Side::buy).member("qty", execution.quantity);
    json_.member("remaining_order_qty", order.spec.quantity - execution.filled_after);
    json_.member("order_id", desk_.order_ids.text(execution.order));
    if (!order.spec.client_id.empty()) json_.member("cli_ord_id", order.spec.client_id);
    json_.member("fill_id", desk_.fill_ids.text(execution.number));
    json_.member("fill_type", execution.liquidation ? "liquidation" : execution.maker ? "maker" : "taker");
    json_.member("fee_paid", execution.fee)
        .member("fee_currency", desk_.model.asset_name(execution.fee_asset));
    json_.member("taker_order_type", execution.maker ? std::string_view{"limit"} : fill_order_type(order));
    json_.member("order_type", fill_order_type(order)).end_object();
}

void PrivateFeeds::send_fills_snapshot(Listener& listener, Timestamp now) {
    const std::vector<Execution> all = desk_.model.executions(listener.account, 0, now);
    std::vector<std::pair<const Execution*, std::uint64_t>> wanted;
    std::uint64_t sequence = 0;
    for (const Execution& execution : all) {
        ++sequence;
        if (!listener.only.empty() && !listener.only.contains(execution.instrument)) continue;
        wanted.emplace_back(&execution, sequence);
    }
    json_.clear();
    json_.begin_object().member("feed", "fills_snapshot");
    json_.member("account", desk_.account_ids.text(listener.account.value)).begin_array("fills");
    const std::size_t first = wanted.size() - std::min(wanted.size(), kFillsInSnapshot);
    for (std::size_t i = first; i < wanted.size(); ++i) {
        const auto order = desk_.order_now(listener.account, wanted[i].first->order, now);
        if (order) write_fill(*wanted[i].first, *order, wanted[i].second);
    }
    json_.end_array().end_object();
    send(listener, FrameKind::fill);
}

void PrivateFeeds::send_balances(Listener& listener, bool snapshot, Timestamp now) {
    const FlexView flex = view_flex(desk_, listener.account, now);
    const auto write_totals = [&] {
        json_.member("balance_value", flex.balance_value).member("portfolio_value", flex.portfolio_value);
        json_.member("collateral_value", flex.balance_value);
        json_.member("initial_margin", flex.initial_margin_with_orders);
        json_.member("initial_margin_without_orders", flex.initial_margin);
        json_.member("maintenance_margin", flex.maintenance_margin).member("pnl", flex.profit);
        json_.member("unrealized_funding", flex.unrealized_funding).member("total_unrealized", flex.profit);
        json_.member("total_unrealized_as_margin", flex.profit).member("margin_equity", flex.portfolio_value);
        json_.member("available_margin", flex.available_margin);
    };
    json_.clear();
    json_.begin_object().member("feed", snapshot ? "balances_snapshot" : "balances");
    json_.member("account", desk_.account_ids.text(listener.account.value));
    if (snapshot) json_.begin_object("holding").end_object().begin_object("futures").end_object();
    json_.begin_object("flex_futures").begin_object("currencies");
    for (const Balance& balance : desk_.model.balances(listener.account, now)) {
        const std::string& name = desk_.model.asset_name(balance.asset);
        const Decimal value = balance.asset == desk_.usd() ? balance.total : Decimal{};
        json_.begin_object(name == "BTC" ? "XBT" : name).member("quantity", balance.total);
        json_.member("value", value).member("collateral_value", value);
        json_.member("available", balance.asset == desk_.usd()
                                      ? std::max(Decimal{}, flex.available_margin.value)
                                      : balance.free());
        json_.member("haircut", 0).member("conversion_spread", 0).end_object();
    }
    json_.end_object();
    write_totals();
    json_.begin_object("isolated").end_object().begin_object("cross");
    write_totals();
    Money exposure;
    for (const Position& position : desk_.model.positions(listener.account, now)) {
        exposure += desk_.model.mark(position.instrument).mark * position.quantity.abs();
    }
    const bool has_equity = 0 < flex.portfolio_value.sign();
    json_.member("effective_leverage", has_equity ? exposure.value / flex.portfolio_value.value : Decimal{});
    json_.end_object().end_object().member("timestamp", to_ms(now)).member("seq", listener.sequence++);
    json_.end_object();
    send(listener, FrameKind::account);
}

void PrivateFeeds::send_positions(Listener& listener, Timestamp now) {
    const FlexView flex = view_flex(desk_, listener.account, now);
    json_.clear();
    json_.begin_object().member("feed", "open_positions");
    json_.member("account", desk_.account_ids.text(listener.account.value)).begin_array("positions");
    for (const Position& position : desk_.model.positions(listener.account, now)) {
        const MarketSpec& market = desk_.model.market(position.instrument);
        const MarkChanged mark = desk_.model.mark(position.instrument);
        const Money value = mark.mark * position.quantity.abs();
        const Money profit = unrealized_profit(desk_, position);
        const Money cost = position.entry * position.quantity.abs();
        const Decimal initial = value.value / market.leverage_max;
        json_.begin_object().member("instrument", desk_.contracts[position.instrument].symbol);
        json_.member("balance", position.quantity)
            .member("pnl", profit)
            .member("entry_price", position.entry);
        json_.member("mark_price", mark.mark).member("index_price", mark.index);
        json_.member("liquidation_threshold", 0);
        json_.member("effective_leverage",
                     0 < flex.portfolio_value.sign() ? value.value / flex.portfolio_value.value : Decimal{});
        json_.member("return_on_equity",
                     cost.is_zero() ? Decimal{} : profit.value * market.leverage_max / cost.value);
        json_.member("unrealized_funding", 0).member("initial_margin", initial);
        json_.member("initial_margin_with_orders", initial);
        json_.member("maintenance_margin", value.value * market.maintenance_margin);
        json_.member("pnl_currency", "USD").end_object();
    }
    json_.end_array().member("seq", listener.sequence++).member("timestamp", to_ms(now)).end_object();
    send(listener, FrameKind::account);
}

void PrivateFeeds::send_fill(Listener& listener, const OrderHappened& happened) {
    const Execution& execution = happened.execution;
    if (!listener.only.empty() && !listener.only.contains(execution.instrument)) return;
    json_.clear();
    json_.begin_object().member("feed", "fills");
    json_.member("username", desk_.account_ids.text(listener.account.value)).begin_array("fills");
    write_fill(execution, happened.record, desk_.preferences(listener.account).fill_count);
    json_.end_array().end_object();
    send(listener, FrameKind::fill, execution.instrument, execution.number);
}

void PrivateFeeds::send_order_body(Listener& listener, const OrderRecord& order, bool is_cancel,
                                   std::string_view reason) {
    json_.clear();
    json_.begin_object().member("feed", to_string(listener.feed));
    write_order("order", order);
    json_.member("is_cancel", is_cancel).member("reason", reason).end_object();
    send(listener, FrameKind::order, order.spec.instrument);
}

void PrivateFeeds::send_order_end(Listener& listener, const OrderRecord& order, std::string_view reason) {
    json_.clear();
    json_.begin_object().member("feed", to_string(listener.feed));
    json_.member("order_id", desk_.order_ids.text(order.number));
    if (!order.spec.client_id.empty()) json_.member("cli_ord_id", order.spec.client_id);
    json_.member("is_cancel", true).member("reason", reason).end_object();
    send(listener, FrameKind::order, order.spec.instrument);
}

void PrivateFeeds::send_order(Listener& listener, const OrderHappened& happened) {
    const OrderRecord& order = happened.record;
    const bool verbose = listener.feed == PrivateFeed::open_orders_verbose;
    switch (happened.step) {
        case OrderStep::accepted:
            if (!never_rests(order)) send_order_body(listener, order, false, "new_placed_order_by_user");
            return;
        case OrderStep::replaced:
        case OrderStep::changed: return send_order_body(listener, order, false, "edited_by_user");
        case OrderStep::triggered:
            send_order_end(listener, order, "stop_order_triggered");
            if (!order.spec.limit.is_zero()) send_order_body(listener, order, false, "limit_order_from_stop");
            return;
        case OrderStep::filled:
            if (order.status == OrderStatus::filled) return send_order_end(listener, order, "full_fill");
            if (!never_rests(order)) send_order_body(listener, order, false, "partial_fill");
            return;
        case OrderStep::canceled:
        case OrderStep::expired:
            if (verbose && order.end_reason == EndReason::post_only) {
                return send_order_body(listener, order, true, end_word_of(order));
            }
            return send_order_end(listener, order, end_word_of(order));
        case OrderStep::rejected:
            if (happened.refusal != Refusal::post_only_would_take) return;
            if (verbose) {
                return send_order_body(listener, order, true, "post_order_failed_because_it_would_filled");
            }
            return send_order_end(listener, order, "post_order_failed_because_it_would_filled");
    }
}

void PrivateFeeds::on_events(std::span<const ModelEvent> events, Timestamp now) {
    std::set<AccountId> richer, moved;
    for (const ModelEvent& event : events) {
        if (const auto* order = std::get_if<OrderHappened>(&event.what)) {
            const AccountId account = order->record.spec.account;
            if (account.value == 0) continue;
            if (order->step == OrderStep::filled) ++desk_.preferences(account).fill_count;
            for (std::size_t i = 0; i < listeners_.size(); ++i) {
                if (listeners_[i].account != account) continue;
                if (hears_orders(listeners_[i].feed)) send_order(listeners_[i], *order);
                if (listeners_[i].feed == PrivateFeed::fills && order->step == OrderStep::filled) {
                    send_fill(listeners_[i], *order);
                }
            }
        } else if (const auto* balance = std::get_if<BalanceChanged>(&event.what)) {
            richer.insert(balance->account);
        } else if (const auto* position = std::get_if<PositionChanged>(&event.what)) {
            richer.insert(position->account);
            moved.insert(position->account);
        }
    }
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
        Listener& one = listeners_[i];
        if (one.feed == PrivateFeed::balances && richer.contains(one.account)) send_balances(one, false, now);
        if (one.feed == PrivateFeed::open_positions && moved.contains(one.account)) send_positions(one, now);
    }
    for (auto& [account, sent] : logs_sent_) {
        const Preferences& preferences = desk_.preferences(account);
        for (const LogEntry& entry : preferences.log) {
            if (entry.id <= sent) continue;
            json_.clear();
            json_.begin_object().member("feed", "account_log").key("new_entry");
            write_log_entry(json_, desk_, entry);
            json_.end_object();
            for (Listener& one : listeners_) {
                if (one.feed == PrivateFeed::account_log && one.account == account)
                    send(one, FrameKind::account);
            }
        }
        sent = preferences.log_count;
    }
}

void PrivateFeeds::on_time(Timestamp now) {
    if (now < ticked_at_ + std::chrono::seconds{1}) return;
    ticked_at_ = now;
    for (Listener& one : listeners_) {
        if (one.feed != PrivateFeed::open_positions) continue;
        if (!desk_.model.positions(one.account, now).empty()) send_positions(one, now);
    }
}

}  // namespace plumb::exchange::kraken
