#include "exchange/binance/user_stream.hpp"

#include <algorithm>

#include "exchange/binance/order_note.hpp"
#include "exchange/binance/order_words.hpp"

namespace plumb::exchange::binance {

void UserStreams::listen(StreamId stream, AccountId account, UserForm form) {
    listeners_.push_back({stream, account, std::move(form)});
}

bool UserStreams::leave(StreamId stream, std::int64_t subscription) {
    return 0 < std::erase_if(listeners_, [&](const Listener& one) {
               return one.stream == stream && one.form.subscription == subscription;
           });
}

void UserStreams::leave(StreamId stream) {
    std::erase_if(listeners_, [&](const Listener& one) { return one.stream == stream; });
}

void UserStreams::leave_key(StreamId stream, std::string_view listen_key) {
    std::erase_if(listeners_, [&](const Listener& one) {
        return one.stream == stream && one.form.listen_key == listen_key;
    });
}

void UserStreams::expire(AccountId account, const std::string& listen_key, Timestamp now) {
    tell(account, {FrameKind::account, std::nullopt, 0, false, {}}, [&](JsonWriter& json, TimeUnit unit) {
        json.open()
            .text("e", "listenKeyExpired")
            .number("E", stamp(now, unit))
            .text("listenKey", listen_key)
            .close();
    });
    std::erase_if(listeners_, [&](const Listener& one) { return one.form.listen_key == listen_key; });
}

bool UserStreams::is_heard(AccountId account) const {
    return std::ranges::any_of(listeners_, [&](const Listener& one) { return one.account == account; });
}

template <class Write>
void UserStreams::tell(AccountId account, const Frame& about, Write write) {
    for (const TimeUnit unit : {TimeUnit::milliseconds, TimeUnit::microseconds}) {
        std::string event;
        for (const Listener& listener : listeners_) {
            if (listener.account != account || listener.form.unit != unit) continue;
            if (event.empty()) {
                JsonWriter json;
                write(json, unit);
                event = json.take();
            }
            Frame frame = about;
            frame.bytes = event;
            if (listener.form.wrap == UserForm::Wrap::combined) {
                wrapped_.assign(R"({"stream":")")
                    .append(listener.form.listen_key)
                    .append(R"(","data":)")
                    .append(event)
                    .append("}");
                frame.bytes = wrapped_;
            } else if (listener.form.wrap == UserForm::Wrap::subscription) {
                wrapped_.assign(R"({"subscriptionId":)");
                append_number(wrapped_, listener.form.subscription);
                wrapped_.append(R"(,"event":)").append(event).append("}");
                frame.bytes = wrapped_;
            }
            outlet_.send(listener.stream, frame);
        }
    }
}

void UserStreams::on_events(std::span<const ModelEvent> events, Timestamp now) {
    for (const ModelEvent& event : events) {
        if (const auto* order = std::get_if<OrderHappened>(&event.what)) {
            on_order(*order, event, now);
        } else if (const auto* balance = std::get_if<BalanceChanged>(&event.what)) {
            on_balance(*balance, event, now);
        } else if (const auto* position = std::get_if<PositionChanged>(&event.what)) {
            if (is_heard(position->account)) moved_[position->account].positions.insert(position->instrument);
        } else if (const auto* funding = std::get_if<FundingPaid>(&event.what)) {
            if (!is_heard(funding->account)) continue;
            Moved& moved = moved_[funding->account];
            moved.reason = "FUNDING_FEE";
            moved.change += funding->amount.value;
        }
    }
    tell_moved(now);
}

void UserStreams::on_order(const OrderHappened& order, const ModelEvent& event, Timestamp now) {
    const AccountId account = order.record.spec.account;
    std::string cancel_id;
    const auto named = desk_.cancel_ids.find(order.record.number);
    if (named != desk_.cancel_ids.end()) cancel_id = named->second;
    const bool has_ended = !is_open(order.record.status);
    if (named != desk_.cancel_ids.end() && has_ended && order.step != OrderStep::filled)
        desk_.cancel_ids.erase(named);
    if (!is_heard(account)) return;
    Frame frame;
    frame.kind = order.step == OrderStep::filled ? FrameKind::fill : FrameKind::order;
    frame.instrument = order.record.spec.instrument;
    frame.execution = order.step == OrderStep::filled ? order.execution.number : 0;
    if (desk_.is_spot()) {
        tell(account, frame, [&](JsonWriter& json, TimeUnit unit) {
            write_execution_report(json, desk_, order, event, cancel_id, now, unit);
        });
        return;
    }
    const OrderNote note = OrderNote::of(order.record.spec);
    const auto algo = [&](std::string_view status) {
        Frame about = frame;
        about.kind = FrameKind::order;
        about.execution = 0;
        tell(account, about, [&](JsonWriter& json, TimeUnit unit) {
            write_algo_update(json, desk_, order, status, now, unit);
        });
    };
    if (note.is_algo && !order.record.triggered) return algo(algo_status(order.record));
    if (note.is_algo && order.step == OrderStep::triggered) algo("TRIGGERING");
    if (order.step == OrderStep::filled) {
        // The quick word about a fill carries no execution of its own: dropping one fill must drop both.
        tell(account, frame, [&](JsonWriter& json, TimeUnit unit) {
            write_trade_lite(json, desk_, order, event, now, unit);
        });
    }
    tell(account, frame, [&](JsonWriter& json, TimeUnit unit) {
        write_order_trade_update(json, desk_, order, event, now, unit);
    });
    if (note.is_algo && order.step == OrderStep::triggered) algo("TRIGGERED");
    if (note.is_algo && has_ended) algo("FINISHED");
}

void UserStreams::on_balance(const BalanceChanged& change, const ModelEvent& event, Timestamp now) {
    if (!is_heard(change.account)) return;
    const bool is_transfer =
        change.reason == BalanceReason::deposit || change.reason == BalanceReason::withdrawal;
    const bool only_holds =
        change.reason == BalanceReason::reserve || change.reason == BalanceReason::release;
    if (!desk_.is_spot() && only_holds) return;
    Moved& moved = moved_[change.account];
    moved.assets.insert(change.asset);
    if (!is_transfer) return;
    moved.reason = change.reason == BalanceReason::deposit ? "DEPOSIT" : "WITHDRAW";
    moved.change += change.change;
    if (!desk_.is_spot()) return;
    tell(change.account, {FrameKind::account, std::nullopt, 0, false, {}},
         [&](JsonWriter& json, TimeUnit unit) {
             json.open()
                 .text("e", "balanceUpdate")
                 .number("E", stamp(now, unit))
                 .text("a", desk_.model.asset_name(change.asset));
             json.fixed("d", change.change, kAssetDecimals).number("T", stamp(event.at, unit)).close();
         });
}

void UserStreams::tell_moved(Timestamp now) {
    for (const auto& [account, moved] : moved_) {
        if (moved.assets.empty() && moved.positions.empty()) continue;
        tell(account, {FrameKind::account, std::nullopt, 0, false, {}}, [&](JsonWriter& json, TimeUnit unit) {
            if (desk_.is_spot())
                write_account_position(json, desk_, account, moved.assets, now, unit);
            else
                write_account_update(json, desk_, account,
                                     {moved.assets, moved.positions, moved.reason, moved.change}, now, unit);
        });
    }
    moved_.clear();
}

}  // namespace plumb::exchange::binance
