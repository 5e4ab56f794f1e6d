#include "store/tape_codec.hpp"

namespace plumb::store {
namespace {

// Tags never change their meaning; a new alternative gets a new one and a new format version.
enum class Tag : std::uint8_t {
    tick = 1,
    trade,
    quote,
    closed_bar,
    market_status,
    order_report,
    fill,
    command,
    mark_price
};

void write_order_id(ByteWriter& out, const ClientOrderId& id) {
    out.u32(id.install);
    out.u32(id.epoch);
    out.u64(id.counter);
}

void write_pair_id(ByteWriter& out, const std::optional<PairId>& pair) {
    out.u8(pair ? 1 : 0);
    out.u32(pair ? pair->value : 0);
}

template <class Enum>
void write_choice(ByteWriter& out, Enum value) {
    out.u8(static_cast<std::uint8_t>(value));
}

void write_tag(ByteWriter& out, Tag tag) { out.u8(static_cast<std::uint8_t>(tag)); }

void write(ByteWriter& out, const OrderReport& report) {
    write_order_id(out, report.order);
    out.text(report.venue_order.view());
    write_choice(out, report.state);
    out.text(report.reason.view());
    out.time(report.venue_time);
    out.time(report.received_at);
}

void write(ByteWriter& out, const Fill& fill) {
    out.text(fill.execution.view());
    write_order_id(out, fill.order);
    out.u32(fill.instrument.value);
    write_pair_id(out, fill.pair);
    out.u8(fill.leg);
    write_choice(out, fill.side);
    out.amount(fill.price);
    out.amount(fill.quantity);
    out.amount(fill.fee);
    out.u8(fill.maker ? 1 : 0);
    out.time(fill.venue_time);
    out.time(fill.received_at);
}

void write(ByteWriter& out, const Ohlcv& values) {
    out.amount(values.open);
    out.amount(values.high);
    out.amount(values.low);
    out.amount(values.close);
    out.amount(values.volume);
}

struct EventWriter {
    ByteWriter& out;

    void operator()(const Tick& tick) {
        write_tag(out, Tag::tick);
        out.time(tick.now);
    }
    void operator()(const Trade& trade) {
        write_tag(out, Tag::trade);
        out.u32(trade.instrument.value);
        write_choice(out, trade.aggressor);
        out.amount(trade.price);
        out.amount(trade.quantity);
        out.u64(trade.trade_id);
        out.time(trade.venue_time);
        out.time(trade.received_at);
    }
    void operator()(const Quote& quote) {
        write_tag(out, Tag::quote);
        out.u32(quote.instrument.value);
        out.amount(quote.bid);
        out.amount(quote.ask);
        out.amount(quote.bid_quantity);
        out.amount(quote.ask_quantity);
        out.u64(quote.sequence);
        out.time(quote.venue_time);
        out.time(quote.received_at);
    }
    void operator()(const ClosedBar& bar) {
        write_tag(out, Tag::closed_bar);
        out.u32(bar.instrument.value);
        write_choice(out, bar.origin);
        out.time(bar.open_time);
        out.duration(bar.length);
        write(out, bar.values);
    }
    void operator()(const MarketStatus& status) {
        write_tag(out, Tag::market_status);
        out.u32(status.instrument.value);
        write_choice(out, status.status);
        out.time(status.received_at);
    }
    void operator()(const MarkPrice& mark) {
        write_tag(out, Tag::mark_price);
        out.u32(mark.instrument.value);
        out.amount(mark.mark);
        out.amount(mark.index);
        out.time(mark.venue_time);
        out.time(mark.received_at);
    }
    void operator()(const OrderReport& report) {
        write_tag(out, Tag::order_report);
        write(out, report);
    }
    void operator()(const Fill& fill) {
        write_tag(out, Tag::fill);
        write(out, fill);
    }
    void operator()(const Command& command) {
        write_tag(out, Tag::command);
        write_choice(out, command.type);
        out.time(command.at);
    }
};

ClientOrderId read_order_id(ByteReader& in) {
    ClientOrderId id;
    id.install = in.u32();
    id.epoch = in.u32();
    id.counter = in.u64();
    return id;
}

std::optional<PairId> read_pair_id(ByteReader& in) {
    const std::uint8_t there = in.u8();
    const PairId pair{in.u32()};
    return there != 0 ? std::optional{pair} : std::nullopt;
}

Trade read_trade(ByteReader& in) {
    Trade trade;
    trade.instrument.value = in.u32();
    trade.aggressor = in.choice(Side::sell);
    trade.price = in.amount<Price>();
    trade.quantity = in.amount<Quantity>();
    trade.trade_id = in.u64();
    trade.venue_time = in.time();
    trade.received_at = in.time();
    return trade;
}

Quote read_quote(ByteReader& in) {
    Quote quote;
    quote.instrument.value = in.u32();
    quote.bid = in.amount<Price>();
    quote.ask = in.amount<Price>();
    quote.bid_quantity = in.amount<Quantity>();
    quote.ask_quantity = in.amount<Quantity>();
    quote.sequence = in.u64();
    quote.venue_time = in.time();
    quote.received_at = in.time();
    return quote;
}

ClosedBar read_closed_bar(ByteReader& in) {
    ClosedBar bar;
    bar.instrument.value = in.u32();
    bar.origin = in.choice(BarOrigin::simulated);
    bar.open_time = in.time();
    bar.length = in.duration();
    bar.values.open = in.amount<Price>();
    bar.values.high = in.amount<Price>();
    bar.values.low = in.amount<Price>();
    bar.values.close = in.amount<Price>();
    bar.values.volume = in.amount<Quantity>();
    return bar;
}

MarketStatus read_market_status(ByteReader& in) {
    MarketStatus status;
    status.instrument.value = in.u32();
    status.status = in.choice(TradingStatus::closed);
    status.received_at = in.time();
    return status;
}

MarkPrice read_mark_price(ByteReader& in) {
    MarkPrice mark;
    mark.instrument.value = in.u32();
    mark.mark = in.amount<Price>();
    mark.index = in.amount<Price>();
    mark.venue_time = in.time();
    mark.received_at = in.time();
    return mark;
}

OrderReport read_order_report(ByteReader& in) {
    OrderReport report;
    report.order = read_order_id(in);
    report.venue_order = in.fixed<40>();
    report.state = in.choice(OrderState::rejected);
    report.reason = in.fixed<96>();
    report.venue_time = in.time();
    report.received_at = in.time();
    return report;
}

Fill read_fill(ByteReader& in) {
    Fill fill;
    fill.execution = in.fixed<40>();
    fill.order = read_order_id(in);
    fill.instrument.value = in.u32();
    fill.pair = read_pair_id(in);
    fill.leg = in.u8();
    fill.side = in.choice(Side::sell);
    fill.price = in.amount<Price>();
    fill.quantity = in.amount<Quantity>();
    fill.fee = in.amount<Money>();
    fill.maker = in.u8() != 0;
    fill.venue_time = in.time();
    fill.received_at = in.time();
    return fill;
}

Command read_command(ByteReader& in) {
    Command command;
    command.type = in.choice(CommandType::shut_down);
    command.at = in.time();
    return command;
}

std::optional<Event> read_tagged(ByteReader& in) {
    switch (static_cast<Tag>(in.u8())) {
        case Tag::tick: return Tick{in.time()};
        case Tag::trade: return read_trade(in);
        case Tag::quote: return read_quote(in);
        case Tag::closed_bar: return read_closed_bar(in);
        case Tag::market_status: return read_market_status(in);
        case Tag::order_report: return read_order_report(in);
        case Tag::fill: return read_fill(in);
        case Tag::command: return read_command(in);
        case Tag::mark_price: return read_mark_price(in);
    }
    return std::nullopt;
}

void write(ByteWriter& out, const OrderRequest& order) {
    write_order_id(out, order.id);
    out.u32(order.instrument.value);
    write_pair_id(out, order.pair);
    out.u8(order.leg);
    write_choice(out, order.side);
    write_choice(out, order.type);
    write_choice(out, order.time_in_force);
    write_choice(out, order.purpose);
    out.amount(order.quantity);
    out.amount(order.limit);
    out.amount(order.stop);
    out.amount(order.reference);
    out.time(order.decided_at);
}

void write(ByteWriter& out, const PairStatus& status) {
    out.u32(status.pair.value);
    write_choice(out, status.phase);
    write_choice(out, status.side);
    for (const auto* quantities : {&status.target, &status.held, &status.residual})
        for (const Quantity quantity : *quantities) out.amount(quantity);
    for (const Money value : status.entry_value) out.amount(value);
    out.amount(status.realized);
    out.amount(status.fees);
    out.f64(status.entry_z);
    out.f64(status.entry_spread);
    out.time(status.entered_at);
    out.time(status.deadline);
    out.u8(status.cooling_down ? 1 : 0);
    out.u8(status.attempts);
}

void write(ByteWriter& out, const Signal& signal) {
    out.u32(signal.pair.value);
    write_choice(out, signal.type);
    write_choice(out, signal.reason);
    out.f64(signal.z);
    out.f64(signal.confidence);
    out.f64(signal.spread);
    out.time(signal.at);
}

struct EffectWriter {
    ByteWriter& out;

    void operator()(const RecordIntent& effect) { write(out, effect.order); }
    void operator()(const RecordOrder& effect) { write(out, effect.report); }
    void operator()(const RecordFill& effect) { write(out, effect.fill); }
    void operator()(const RecordPair& effect) { write(out, effect.status); }
    void operator()(const Submit& effect) { write(out, effect.order.request()); }
    void operator()(const Cancel& effect) {
        write_order_id(out, effect.order);
        out.u32(effect.instrument.value);
    }
    void operator()(const Signaled& effect) { write(out, effect.signal); }
    void operator()(const Denied& effect) {
        out.u32(effect.pair.value);
        out.text(effect.check);
        out.f64(effect.found);
        out.f64(effect.limit);
        out.time(effect.at);
    }
    void operator()(const Recalibrated& effect) {
        out.u32(effect.pair.value);
        for (const double number :
             {effect.mean_before, effect.mean_after, effect.std_before, effect.std_after})
            out.f64(number);
        out.time(effect.at);
    }
    void operator()(const PairClosed& effect) {
        write(out, effect.status);
        write_choice(out, effect.side);
        write(out, effect.signal);
    }
    void operator()(const EquityPoint& effect) {
        out.time(effect.at);
        for (const Money value :
             {effect.cash, effect.equity, effect.realized, effect.unrealized, effect.fees, effect.gross})
            out.amount(value);
    }
    void operator()(const StateChanged& effect) {
        write_choice(out, effect.state);
        out.text(effect.why);
        out.time(effect.at);
    }
};

}  // namespace

void write_event(ByteWriter& out, const Event& event) { std::visit(EventWriter{out}, event); }

std::optional<Event> read_event(std::string_view bytes) {
    ByteReader in{bytes};
    std::optional<Event> event = read_tagged(in);
    if (!in.ok() || !in.at_end()) return std::nullopt;
    return event;
}

void write_effect(ByteWriter& out, const Effect& effect) {
    out.u8(static_cast<std::uint8_t>(effect.index()));
    std::visit(EffectWriter{out}, effect);
}

}  // namespace plumb::store
