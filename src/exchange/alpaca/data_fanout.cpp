#include "exchange/alpaca/data_stream.hpp"

// What the data streams tell: trades, quotes, books and states as they happen, bars as their minute ends.

namespace plumb::exchange::alpaca {
namespace {

const Asset& fake_asset() {
    static const Asset asset = [] {
        Asset fake;
        fake.symbol = kFakeSymbol;
        return fake;
    }();
    return asset;
}

}  // namespace

void DataStreams::flush_levels(Timestamp at) {
    if (bids_.empty() && asks_.empty()) return;
    const Asset& asset = desk_.assets().of(levels_of_);
    tell(listeners(Channel::orderbooks, levels_of_), FrameKind::book, levels_of_, [&](auto& out) {
        begin_message(out, "o", asset.symbol);
        out.time("t", at);
        out.key("b");
        write_levels(out, bids_);
        out.key("a");
        write_levels(out, asks_);
        end_message(out);
    });
    bids_.clear();
    asks_.clear();
}

void DataStreams::on_events(std::span<const ModelEvent> events) {
    if (sessions_.empty()) return;
    for (const ModelEvent& event : events) {
        if (const auto* level = std::get_if<LevelChanged>(&event.what)) {
            if (listeners(Channel::orderbooks, level->instrument).empty()) continue;
            if (levels_of_ != level->instrument) flush_levels(event.at);
            levels_of_ = level->instrument;
            (level->side == Side::buy ? bids_ : asks_).push_back({level->price, level->quantity});
        } else if (const auto* quote = std::get_if<QuoteChanged>(&event.what)) {
            flush_levels(event.at);
            const Listeners& to = listeners(Channel::quotes, quote->instrument);
            if (to.empty()) continue;
            const Asset& asset = desk_.assets().of(quote->instrument);
            tell(to, FrameKind::quote, quote->instrument, [&](auto& out) {
                begin_message(out, "q", asset.symbol);
                write_quote(out, asset, {event.at, *quote});
                end_message(out);
            });
        } else if (const auto* trade = std::get_if<TradeHappened>(&event.what)) {
            const Listeners& to = listeners(Channel::trades, trade->instrument);
            if (to.empty()) continue;
            const Asset& asset = desk_.assets().of(trade->instrument);
            const PastTrade print{trade->number, trade->aggressor, trade->price, trade->quantity, event.at};
            tell(to, FrameKind::trade, trade->instrument, [&](auto& out) {
                begin_message(out, "t", asset.symbol);
                write_trade(out, asset, print);
                end_message(out);
            });
        } else if (const auto* status = std::get_if<StatusChanged>(&event.what)) {
            const Listeners& to = listeners(Channel::statuses, status->instrument);
            if (to.empty()) continue;
            const bool is_open = status->status == TradingStatus::open;
            tell(to, FrameKind::status, status->instrument, [&](auto& out) {
                begin_message(out, "s", desk_.assets().of(status->instrument).symbol);
                out.text("sc", is_open ? "T" : "H");
                out.text("sm", is_open ? "Trading Resumption" : "Trading Halt");
                out.text("rc", is_open ? "" : "T12");
                out.text("rm", is_open ? "" : "Trading Halted; For information requested by NASDAQ");
                out.time("t", event.at);
                out.text("z", "C");
                end_message(out);
            });
        }
    }
    if (!events.empty()) flush_levels(events.back().at);
}

/// Bars of the minute that is over. A coin that nobody traded gets one from its quote, without volume.
void DataStreams::tell_bars(Timestamp minute, Timestamp now) {
    for (const Asset& asset : desk_.assets().all()) {
        const Listeners& bars = listeners(Channel::bars, asset.instrument);
        const Listeners& days = listeners(Channel::daily_bars, asset.instrument);
        if (bars.empty() && days.empty()) continue;
        const auto closed = desk_.past().detailed_bars(asset.instrument, std::chrono::minutes{1}, minute,
                                                       minute + std::chrono::minutes{1}, 1, now);
        std::optional<DataBar> bar;
        if (!closed.empty()) {
            bar = closed_minute(closed.front());
        } else if (const QuoteChanged quote = desk_.model().quote(asset.instrument);
                   asset.is_crypto && !quote.bid_quantity.is_zero() && !quote.ask_quantity.is_zero()) {
            const Price middle{(quote.bid.value + quote.ask.value) * Decimal::from_units(Decimal::kOne / 2)};
            bar = DataBar{
                .at = minute, .values = {middle, middle, middle, middle, {}}, .trades = 0, .average = {}};
        }
        if (bar && !bars.empty()) {
            tell(bars, FrameKind::bar, asset.instrument, [&](auto& out) {
                begin_message(out, "b", asset.symbol);
                write_bar(out, asset, *bar);
                end_message(out);
            });
        }
        const auto day = days.empty() ? std::nullopt : running_day(desk_, asset, now);
        if (!day) continue;
        tell(days, FrameKind::bar, asset.instrument, [&](auto& out) {
            begin_message(out, "d", asset.symbol);
            write_bar(out, asset, *day);
            end_message(out);
        });
    }
}

/// FAKEPACA: a quote and a trade each second, a bar each minute, the same ones every day.
void DataStreams::tell_test(Timestamp now) {
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    if (second <= test_second_) return;
    const bool is_minute = std::chrono::floor<std::chrono::minutes>(second) !=
                           std::chrono::floor<std::chrono::minutes>(test_second_);
    test_second_ = second;
    const std::int64_t count = second.time_since_epoch().count();
    const Price middle{Decimal{133} + Decimal{count * 37 % 100} * Decimal::power_of_ten(-2)};
    const Price cent{Decimal::power_of_ten(-2)};
    const Quantity hundred{Decimal{100}};
    const Asset& asset = fake_asset();
    const auto of = [this](Channel channel) -> const Listeners& {
        return test_listeners_[static_cast<std::size_t>(channel)];
    };
    tell(of(Channel::quotes), FrameKind::quote, std::nullopt, [&](auto& out) {
        begin_message(out, "q", asset.symbol);
        QuoteChanged quote;
        quote.bid = middle - cent;
        quote.ask = middle + cent;
        quote.bid_quantity = quote.ask_quantity = hundred;
        write_quote(out, asset, {second, quote});
        end_message(out);
    });
    tell(of(Channel::trades), FrameKind::trade, std::nullopt, [&](auto& out) {
        begin_message(out, "t", asset.symbol);
        write_trade(out, asset, {static_cast<TradeNumber>(count), Side::buy, middle, hundred, second});
        end_message(out);
    });
    if (!is_minute) return;
    const DataBar bar{.at = second - std::chrono::minutes{1},
                      .values = {middle, middle + cent, middle - cent, middle, hundred},
                      .trades = 60,
                      .average = middle.value};
    for (const auto& [channel, type] : {std::pair{Channel::bars, "b"}, std::pair{Channel::daily_bars, "d"}}) {
        tell(of(channel), FrameKind::bar, std::nullopt, [&](auto& out) {
            begin_message(out, type, asset.symbol);
            write_bar(out, asset, bar);
            end_message(out);
        });
    }
}

}  // namespace plumb::exchange::alpaca
