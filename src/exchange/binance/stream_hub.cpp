#include "exchange/binance/stream_hub.hpp"

#include <algorithm>

namespace plumb::exchange::binance {
namespace {

constexpr int kBarsClosedMost = 100;  // at once, after a leap of the clock
constexpr std::size_t kChangesMax = 100'000;

bool is_of_all(StreamKind kind) { return StreamKind::all_book_tickers <= kind; }

Timestamp next_due(Timestamp now, Duration period) {
    const std::int64_t since = now.time_since_epoch().count();
    return Timestamp{Duration{(since / period.count() + 1) * period.count()}};
}

FrameKind frame_kind(StreamKind kind) {
    switch (kind) {
        case StreamKind::trade:
        case StreamKind::aggregate_trade:
        case StreamKind::forced_order:
        case StreamKind::all_forced_orders: return FrameKind::trade;
        case StreamKind::kline: return FrameKind::bar;
        case StreamKind::depth:
        case StreamKind::partial_depth: return FrameKind::book;
        case StreamKind::mark_price:
        case StreamKind::all_mark_prices: return FrameKind::mark;
        case StreamKind::book_ticker:
        case StreamKind::mini_ticker:
        case StreamKind::ticker:
        case StreamKind::window_ticker:
        case StreamKind::average_price:
        case StreamKind::all_book_tickers:
        case StreamKind::all_mini_tickers:
        case StreamKind::all_tickers: return FrameKind::quote;
    }
    return FrameKind::control;
}

}  // namespace

bool StreamHub::Channel::is_heard() const {
    return std::ranges::any_of(listeners, [](const auto& form) { return !form.empty(); });
}

StreamHub::StreamHub(Desk& desk, Outlet& outlet)
    : desk_{desk}, outlet_{outlet}, by_symbol_(desk.symbols.all().size()) {}

template <class Write>
void StreamHub::publish(const Channel& channel, FrameKind kind, std::optional<InstrumentId> instrument,
                        Write write) {
    for (const TimeUnit unit : {TimeUnit::milliseconds, TimeUnit::microseconds}) {
        const auto& plain = channel.listeners[StreamForm{false, unit}.index()];
        const auto& combined = channel.listeners[StreamForm{true, unit}.index()];
        if (plain.empty() && combined.empty()) continue;
        data_.clear();
        FrameWriter writer{desk_, data_, unit};
        write(writer);
        Frame frame;
        frame.kind = kind;
        frame.instrument = instrument;
        if (!plain.empty()) {
            frame.bytes = data_;
            outlet_.send_all(plain, frame);
        }
        if (combined.empty()) continue;
        wrapped_.assign(R"({"stream":")")
            .append(channel.text)
            .append(R"(","data":)")
            .append(data_)
            .append("}");
        frame.bytes = wrapped_;
        outlet_.send_all(combined, frame);
    }
}

void StreamHub::subscribe(StreamId stream, std::string_view text, StreamForm form) {
    auto found = channels_.find(text);
    if (found == channels_.end()) {
        const auto name = parse_stream_name(desk_, text);
        if (!name) return;
        auto channel = std::make_unique<Channel>();
        channel->text = text;
        channel->name = *name;
        if (is_of_all(name->kind)) channel->changed.resize(by_symbol_.size());
        if (is_of_all(name->kind))
            of_all_.push_back(channel.get());
        else
            of(name->instrument, name->kind).push_back(channel.get());
        found = channels_.emplace(std::string{text}, std::move(channel)).first;
    }
    auto& listeners = found->second->listeners[form.index()];
    if (std::ranges::find(listeners, stream) == listeners.end()) listeners.push_back(stream);
}

void StreamHub::unsubscribe(StreamId stream, std::string_view text, StreamForm form) {
    const auto found = channels_.find(text);
    if (found == channels_.end()) return;
    Channel& channel = *found->second;
    std::erase(channel.listeners[form.index()], stream);
    if (channel.is_heard()) return;
    std::erase(is_of_all(channel.name.kind) ? of_all_ : of(channel.name.instrument, channel.name.kind),
               &channel);
    channels_.erase(found);
}

void StreamHub::on_event(const ModelEvent& event, Timestamp now) {
    if (const auto* trade = std::get_if<TradeHappened>(&event.what))
        on_trade(*trade, event.at, now);
    else if (const auto* level = std::get_if<LevelChanged>(&event.what))
        on_level(*level);
    else if (const auto* quote = std::get_if<QuoteChanged>(&event.what))
        on_quote(*quote, event.at, now);
    else if (const auto* order = std::get_if<OrderHappened>(&event.what))
        on_order(*order, now);
}

void StreamHub::symbol_changed(InstrumentId instrument) {
    for (Channel* channel : of_all_) channel->changed[instrument.value] = true;
}

void StreamHub::on_trade(const TradeHappened& trade, Timestamp at, Timestamp now) {
    symbol_changed(trade.instrument);
    for (Channel* channel : of(trade.instrument, StreamKind::trade))
        publish(*channel, FrameKind::trade, trade.instrument,
                [&](FrameWriter& out) { out.trade(trade, at, now); });
    for (Channel* channel : of(trade.instrument, StreamKind::aggregate_trade))
        publish(*channel, FrameKind::trade, trade.instrument,
                [&](FrameWriter& out) { out.aggregate_trade(trade, at, now); });
    for (Channel* channel : of(trade.instrument, StreamKind::kline)) {
        close_bars(*channel, at);
        channel->is_dirty = true;
        FrameWriter::TradeRange& seen = channel->bar_trades;
        seen.last = static_cast<std::int64_t>(trade.number);
        if (seen.first < 0) seen.first = seen.last;
    }
    for (const StreamKind kind : {StreamKind::mini_ticker, StreamKind::ticker, StreamKind::window_ticker,
                                  StreamKind::average_price}) {
        for (Channel* channel : of(trade.instrument, kind)) channel->is_dirty = true;
    }
}

void StreamHub::on_quote(const QuoteChanged& quote, Timestamp at, Timestamp now) {
    symbol_changed(quote.instrument);
    const auto write = [&](FrameWriter& out) { out.book_ticker(quote, at, now); };
    for (Channel* channel : of(quote.instrument, StreamKind::book_ticker))
        publish(*channel, FrameKind::quote, quote.instrument, write);
    for (Channel* channel : of_all_) {
        if (channel->name.kind == StreamKind::all_book_tickers)
            publish(*channel, FrameKind::quote, quote.instrument, write);
    }
    for (Channel* channel : of(quote.instrument, StreamKind::ticker)) channel->is_dirty = true;
}

void StreamHub::on_level(const LevelChanged& level) {
    for (Channel* channel : of(level.instrument, StreamKind::depth)) {
        if (channel->changes.size() < kChangesMax) channel->changes.push_back(level);
    }
    for (Channel* channel : of(level.instrument, StreamKind::partial_depth)) channel->is_dirty = true;
}

void StreamHub::on_order(const OrderHappened& order, Timestamp now) {
    const bool is_forced =
        order.step == OrderStep::filled && order.execution.liquidation && !order.execution.maker;
    if (!is_forced) return;
    const InstrumentId instrument = order.execution.instrument;
    const auto write = [&](FrameWriter& out) { out.forced_order(order.record, order.execution, now); };
    for (Channel* channel : of(instrument, StreamKind::forced_order))
        publish(*channel, FrameKind::trade, instrument, write);
    for (Channel* channel : of_all_) {
        if (channel->name.kind == StreamKind::all_forced_orders)
            publish(*channel, FrameKind::trade, instrument, write);
    }
}

void StreamHub::on_time(Timestamp now) {
    for (auto& [text, channel] : channels_) {
        if (channel->name.period == Duration{}) continue;
        if (channel->name.kind == StreamKind::kline) close_bars(*channel, now);
        if (now < channel->due) continue;
        const bool is_first = channel->due == Timestamp{};
        channel->due = next_due(now, channel->name.period);
        if (is_first && channel->name.kind == StreamKind::depth)
            continue;  // one whole period of changes first
        flush(*channel, now);
    }
}

void StreamHub::flush(Channel& channel, Timestamp now) {
    switch (channel.name.kind) {
        case StreamKind::depth: return flush_depth(channel, now);
        case StreamKind::partial_depth: return flush_partial_depth(channel, now);
        case StreamKind::kline: return flush_kline(channel, now);
        case StreamKind::mini_ticker:
        case StreamKind::ticker:
        case StreamKind::window_ticker:
        case StreamKind::average_price:
        case StreamKind::mark_price: return flush_ticker(channel, now);
        case StreamKind::all_mini_tickers:
        case StreamKind::all_tickers:
        case StreamKind::all_mark_prices: return flush_all(channel, now);
        case StreamKind::trade:
        case StreamKind::aggregate_trade:
        case StreamKind::book_ticker:
        case StreamKind::forced_order:
        case StreamKind::all_book_tickers:
        case StreamKind::all_forced_orders: return;
    }
}

void StreamHub::flush_depth(Channel& channel, Timestamp now) {
    if (channel.changes.empty()) return;
    const std::uint64_t first = channel.changes.front().sequence;
    const std::uint64_t last = channel.changes.back().sequence;
    const std::uint64_t previous = channel.last_update == 0 ? first - 1 : channel.last_update;
    // The last word on each level, best first.
    std::ranges::stable_sort(channel.changes, [](const LevelChanged& a, const LevelChanged& b) {
        if (a.side != b.side) return a.side < b.side;
        return a.side == Side::buy ? b.price < a.price : a.price < b.price;
    });
    std::vector<BookLevel> sides[2];
    for (std::size_t i = 0; i < channel.changes.size(); ++i) {
        const LevelChanged& change = channel.changes[i];
        const bool is_last = i + 1 == channel.changes.size() || channel.changes[i + 1].side != change.side ||
                             channel.changes[i + 1].price != change.price;
        if (is_last) sides[static_cast<std::size_t>(change.side)].push_back({change.price, change.quantity});
    }
    channel.changes.clear();
    channel.last_update = last;
    publish(channel, FrameKind::book, channel.name.instrument, [&](FrameWriter& out) {
        out.depth(desk_.symbols[channel.name.instrument], {first, last, previous}, sides[0], sides[1], now);
    });
}

void StreamHub::flush_partial_depth(Channel& channel, Timestamp now) {
    const InstrumentId id = channel.name.instrument;
    const std::uint64_t update = desk_.model.book_sequence(id);
    if (update == channel.last_update) return;
    channel.last_update = update;
    const auto bids = desk_.model.levels(id, Side::buy, channel.name.levels);
    const auto asks = desk_.model.levels(id, Side::sell, channel.name.levels);
    publish(channel, FrameKind::book, id,
            [&](FrameWriter& out) { out.partial_depth(desk_.symbols[id], update, bids, asks, now); });
}

void StreamHub::close_bars(Channel& channel, Timestamp now) {
    const StreamName& name = channel.name;
    if (channel.bar_open == Timestamp{}) channel.bar_open = bar_open(name.interval, now, name.offset);
    for (int i = 0; i < kBarsClosedMost; ++i) {
        const Timestamp end = bar_end(name.interval, channel.bar_open, name.offset);
        if (now < end) return;
        if (const auto bar = kline_at(desk_, desk_.symbols[name.instrument], name.interval, channel.bar_open,
                                      name.offset, now))
            send_kline(channel, *bar, true, now);
        channel.bar_open = end;
        channel.bar_trades = {};
    }
    channel.bar_open = bar_open(name.interval, now, name.offset);
}

void StreamHub::flush_kline(Channel& channel, Timestamp now) {
    if (!channel.is_dirty) return;
    channel.is_dirty = false;
    const StreamName& name = channel.name;
    if (const auto bar = kline_at(desk_, desk_.symbols[name.instrument], name.interval, channel.bar_open,
                                  name.offset, now))
        send_kline(channel, *bar, false, now);
}

void StreamHub::send_kline(Channel& channel, const Kline& kline, bool is_closed, Timestamp now) {
    const Symbol& symbol = desk_.symbols[channel.name.instrument];
    publish(channel, FrameKind::bar, symbol.id, [&](FrameWriter& out) {
        out.kline(symbol, kline, channel.name.interval.name, channel.bar_trades, is_closed, now);
    });
}

void StreamHub::flush_ticker(Channel& channel, Timestamp now) {
    const Symbol& symbol = desk_.symbols[channel.name.instrument];
    const StreamKind kind = channel.name.kind;
    if (kind != StreamKind::mark_price && !channel.is_dirty) return;
    channel.is_dirty = false;
    publish(channel, frame_kind(kind), symbol.id, [&](FrameWriter& out) {
        if (kind == StreamKind::mark_price) {
            out.mark_price(symbol, desk_.model.mark(symbol.id), now);
        } else if (kind == StreamKind::average_price) {
            out.average_price(symbol, desk_.average_price(symbol, now),
                              desk_.memory[symbol.id.value].last_trade_at, now);
        } else if (kind == StreamKind::window_ticker) {
            const Timestamp from =
                std::chrono::floor<std::chrono::minutes>(now - channel.name.interval.length);
            out.ticker(symbol, window_numbers(desk_, symbol, from, now),
                       std::string{channel.name.interval.name} + "Ticker", now);
        } else if (kind == StreamKind::ticker) {
            out.ticker(symbol, day_numbers(desk_, symbol, now), "24hrTicker", now);
        } else {
            out.mini_ticker(symbol, day_numbers(desk_, symbol, now), now);
        }
    });
}

void StreamHub::flush_all(Channel& channel, Timestamp now) {
    const StreamKind kind = channel.name.kind;
    const bool marks = kind == StreamKind::all_mark_prices;
    const bool any = marks || std::ranges::find(channel.changed, true) != channel.changed.end();
    if (!any) return;
    publish(channel, frame_kind(kind), std::nullopt, [&](FrameWriter& out) {
        out.begin_list();
        for (const Symbol& symbol : desk_.symbols.all()) {
            if (!marks && !channel.changed[symbol.id.value]) continue;
            out.next_of_list();
            if (marks)
                out.mark_price(symbol, desk_.model.mark(symbol.id), now);
            else if (kind == StreamKind::all_tickers)
                out.ticker(symbol, day_numbers(desk_, symbol, now), "24hrTicker", now);
            else
                out.mini_ticker(symbol, day_numbers(desk_, symbol, now), now);
        }
        out.end_list();
    });
    std::fill(channel.changed.begin(), channel.changed.end(), false);
}

}  // namespace plumb::exchange::binance
