#include "store/record_rows.hpp"

namespace plumb::store {
namespace {

Result<OrderType> parse_order_type(std::string_view text) {
    for (const auto type : {OrderType::market, OrderType::limit, OrderType::stop, OrderType::stop_limit,
                            OrderType::trailing_stop}) {
        if (to_string(type) == text) return type;
    }
    return fail(Errc::parse, "expected an order type such as market or limit");
}

Result<TimeInForce> parse_time_in_force(std::string_view text) {
    for (const auto each : {TimeInForce::day, TimeInForce::good_till_canceled,
                            TimeInForce::immediate_or_cancel, TimeInForce::fill_or_kill}) {
        if (to_string(each) == text) return each;
    }
    return fail(Errc::parse, "expected a time in force such as day");
}

/// Each checksum is spread over 64 bits first (the finalizer of splitmix64), so that sums of few rows do not
/// meet.
std::uint64_t spread(std::uint32_t checksum) {
    std::uint64_t x = checksum + 0x9E3779B97F4A7C15ull;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return x ^ (x >> 31);
}

template <class Text>
Text fixed(RowReader& read) {
    const std::string_view text = read.text();
    if (Text::fits(text)) return Text{text};
    read.refuse("a text that is too long");
    return Text{};
}

ClientOrderId order_id(RowReader& read) { return read.word<ClientOrderId>(&ClientOrderId::parse); }

template <class Value>
Result<Value> finished(const RowReader& read, Value value) {
    if (Status done = read.done(); !done) return fail(done.error());
    return value;
}

unsigned char leg_of(RowReader& read) {
    const auto leg = read.number<unsigned char>();
    if (leg > 1) read.refuse("a leg that is neither 0 nor 1");
    return leg;
}

}  // namespace

void TableTotal::add(std::uint32_t checksum) {
    ++rows;
    sum += spread(checksum);
}

void TableTotal::remove(std::uint32_t checksum) {
    --rows;
    sum -= spread(checksum);
}

void put_meta(Row& row, const RecordMeta& meta) {
    const SessionHeader& header = meta.header;
    row.clear();
    row.add(std::int64_t{1})
        .add(std::int64_t{meta.install})
        .add(header.mode)
        .add(header.venue)
        .add(header.data_source);
    row.add(header.account).add(header.capital).add(header.started_at).add(std::int64_t{meta.epoch});
}

Result<RecordMeta> take_meta(const Row& row) {
    RowReader read{row, kMeta};
    RecordMeta meta;
    read.integer();
    meta.install = read.number<std::uint32_t>();
    meta.header.mode = read.text();
    meta.header.venue = read.text();
    meta.header.data_source = read.text();
    meta.header.account = read.text();
    meta.header.capital = read.amount<Money>();
    meta.header.started_at = read.time();
    meta.epoch = read.number<std::uint32_t>();
    return finished(read, std::move(meta));
}

void put_progress(Row& row, const RecordProgress& progress) {
    row.clear();
    row.add(std::int64_t{1})
        .add(progress.commits)
        .add(progress.cursor.at)
        .add(static_cast<std::int64_t>(progress.cursor.events));
    for (const TableTotal* total : {&progress.instruments, &progress.pairs, &progress.orders,
                                    &progress.order_states, &progress.fills, &progress.round_trips}) {
        row.add(total->rows).add(static_cast<std::int64_t>(total->sum));
    }
}

Result<RecordProgress> take_progress(const Row& row) {
    RowReader read{row, kProgress};
    RecordProgress progress;
    read.integer();
    progress.commits = read.integer();
    progress.cursor.at = read.time();
    progress.cursor.events = static_cast<std::uint64_t>(read.integer());
    for (TableTotal* total : {&progress.instruments, &progress.pairs, &progress.orders,
                              &progress.order_states, &progress.fills, &progress.round_trips}) {
        total->rows = read.integer();
        total->sum = static_cast<std::uint64_t>(read.integer());
    }
    return finished(read, progress);
}

void put_session(Row& row, const RecordMeta& meta) {
    row.clear();
    row.add(std::int64_t{meta.epoch}).add(meta.header.started_at).add(meta.header.data_source);
}

void put_instrument(Row& row, std::int64_t sequence, const Instrument& instrument) {
    row.clear();
    row.add(sequence).add(instrument.name()).add(instrument.base).add(instrument.quote).add(instrument.tick);
    row.add(instrument.lot)
        .add(instrument.quantity_min)
        .add(instrument.notional_min)
        .add_flag(instrument.can_short);
}

Result<Instrument> take_instrument(const Row& row) {
    RowReader read{row, kInstruments};
    Instrument instrument;
    read.integer();
    const std::string_view name = read.text();
    instrument.base = read.text();
    instrument.quote = read.text();
    instrument.tick = read.amount<Price>();
    instrument.lot = read.amount<Quantity>();
    instrument.quantity_min = read.amount<Quantity>();
    instrument.notional_min = read.amount<Money>();
    instrument.can_short = read.flag();
    instrument.id = InstrumentId{kAbsent};
    if (instrument.name() != name) read.refuse("a name that is not base/quote");
    return finished(read, std::move(instrument));
}

void put_pair(Row& row, std::int64_t sequence, const PairModel& model, const std::array<std::string, 2>& legs,
              const PairStatus& status) {
    row.clear();
    row.add(sequence).add(model.name).add(legs[0]).add(legs[1]).add(model.weights[0]).add(model.weights[1]);
    row.add(model.spread_mean).add(model.spread_std).add(model.half_life).add(model.fitted_until);
    row.add(to_string(status.phase)).add(to_string(status.side));
    row.add(status.target[0]).add(status.target[1]).add(status.held[0]).add(status.held[1]);
    row.add(status.residual[0]).add(status.residual[1]).add(status.entry_value[0]).add(status.entry_value[1]);
    row.add(status.realized).add(status.fees).add(status.entry_z).add(status.entry_spread);
    row.add(status.entered_at).add(status.deadline).add_flag(status.cooling_down);
    row.add(std::int64_t{status.attempts});
}

Result<RecordedPair> take_pair(const Row& row) {
    RowReader read{row, kPairs};
    RecordedPair pair;
    PairModel& model = pair.model;
    PairStatus& status = pair.status;
    read.integer();
    pair.pair = read.text();
    for (std::string& leg : pair.legs) leg = read.text();
    for (double& weight : model.weights) weight = read.real();
    model.spread_mean = read.real();
    model.spread_std = read.real();
    model.half_life = read.real();
    model.fitted_until = read.time();
    status.phase = read.word<PairPhase>(&parse_pair_phase);
    status.side = read.word<SpreadSide>(&parse_spread_side);
    for (Quantity& target : status.target) target = read.amount<Quantity>();
    for (Quantity& held : status.held) held = read.amount<Quantity>();
    for (Quantity& residual : status.residual) residual = read.amount<Quantity>();
    for (Money& value : status.entry_value) value = read.amount<Money>();
    status.realized = read.amount<Money>();
    status.fees = read.amount<Money>();
    status.entry_z = read.real();
    status.entry_spread = read.real();
    status.entered_at = read.time();
    status.deadline = read.time();
    status.cooling_down = read.flag();
    status.attempts = read.number<unsigned char>();
    model.name = pair.pair;
    model.id = status.pair = PairId{kAbsent};
    model.legs = {InstrumentId{kAbsent}, InstrumentId{kAbsent}};
    return finished(read, std::move(pair));
}

void put_order(Row& row, std::int64_t sequence, const OrderRequest& order, std::string_view instrument,
               std::string_view pair) {
    row.clear();
    row.add(sequence).add(order.id.to_string()).add(instrument).add_name(pair).add(std::int64_t{order.leg});
    row.add(to_string(order.side)).add(to_string(order.type)).add(to_string(order.time_in_force));
    row.add(to_string(order.purpose))
        .add(order.quantity)
        .add(order.limit)
        .add(order.stop)
        .add(order.reference);
    row.add(order.decided_at);
}

Result<RecordedOrder> take_order(const Row& row) {
    RowReader read{row, kOrders};
    RecordedOrder order;
    OrderRequest& request = order.request;
    read.integer();
    request.id = order_id(read);
    order.instrument = read.text();
    order.pair = read.name();
    request.instrument = InstrumentId{kAbsent};
    if (!order.pair.empty()) request.pair = PairId{kAbsent};
    request.leg = leg_of(read);
    request.side = read.word<Side>(&parse_side);
    request.type = read.word<OrderType>(&parse_order_type);
    request.time_in_force = read.word<TimeInForce>(&parse_time_in_force);
    request.purpose = read.word<OrderPurpose>(&parse_order_purpose);
    request.quantity = read.amount<Quantity>();
    request.limit = read.amount<Price>();
    request.stop = read.amount<Price>();
    request.reference = read.amount<Price>();
    request.decided_at = read.time();
    return finished(read, std::move(order));
}

void put_order_state(Row& row, std::int64_t sequence, const OrderReport& report) {
    row.clear();
    row.add(sequence)
        .add(report.order.to_string())
        .add(to_string(report.state))
        .add(report.venue_order.view());
    row.add(report.reason.view()).add(report.venue_time).add(report.received_at);
}

Result<RecordedOrderState> take_order_state(const Row& row) {
    RowReader read{row, kOrderStates};
    RecordedOrderState state;
    read.integer();
    state.order = read.text();
    state.state = read.word<OrderState>(&parse_order_state);
    state.venue_order = fixed<VenueOrderId>(read);
    state.reason = read.text();
    state.venue_time = read.time();
    state.received_at = read.time();
    return finished(read, std::move(state));
}

void put_fill(Row& row, std::int64_t sequence, const FillHome& home, const Fill& fill,
              std::string_view instrument, std::string_view pair) {
    row.clear();
    row.add(sequence)
        .add(home.venue)
        .add(home.account)
        .add(fill.execution.view())
        .add(fill.order.to_string());
    row.add(instrument).add_name(pair).add(std::int64_t{fill.leg}).add(to_string(fill.side)).add(fill.price);
    row.add(fill.quantity).add(fill.fee).add_flag(fill.maker).add(fill.venue_time).add(fill.received_at);
}

Result<RecordedFill> take_fill(const Row& row) {
    RowReader read{row, kFills};
    RecordedFill recorded;
    Fill& fill = recorded.fill;
    read.integer();
    read.text();  // venue and account: the same for all rows, and in the meta row
    read.text();
    fill.execution = fixed<ExecutionId>(read);
    fill.order = order_id(read);
    recorded.instrument = read.text();
    recorded.pair = read.name();
    fill.instrument = InstrumentId{kAbsent};
    if (!recorded.pair.empty()) fill.pair = PairId{kAbsent};
    fill.leg = leg_of(read);
    fill.side = read.word<Side>(&parse_side);
    fill.price = read.amount<Price>();
    fill.quantity = read.amount<Quantity>();
    fill.fee = read.amount<Money>();
    fill.maker = read.flag();
    fill.venue_time = read.time();
    fill.received_at = read.time();
    return finished(read, std::move(recorded));
}

void put_round_trip(Row& row, std::int64_t sequence, const PairClosed& closed, std::string_view pair,
                    std::int64_t fills_until) {
    row.clear();
    row.add(sequence)
        .add(pair)
        .add(to_string(closed.side))
        .add(closed.status.entered_at)
        .add(closed.signal.at);
    row.add(closed.status.entry_z)
        .add(closed.signal.z)
        .add(closed.status.entry_spread)
        .add(closed.signal.spread);
    row.add(to_string(closed.signal.type)).add(to_string(closed.signal.reason)).add(closed.status.realized);
    row.add(closed.status.fees).add(fills_until);
}

Result<RecordedTrip> take_round_trip(const Row& row) {
    RowReader read{row, kRoundTrips};
    RecordedTrip trip;
    read.integer();
    trip.pair = read.text();
    trip.side = read.word<SpreadSide>(&parse_spread_side);
    trip.entered_at = read.time();
    trip.exited_at = read.time();
    trip.entry_z = read.real();
    trip.exit_z = read.real();
    trip.entry_spread = read.real();
    trip.exit_spread = read.real();
    trip.signal = read.text();
    trip.reason = read.text();
    trip.realized = read.amount<Money>();
    trip.fees = read.amount<Money>();
    trip.fills_until = read.integer();
    return finished(read, std::move(trip));
}

void put_equity(Row& row, std::int64_t sequence, const EquityPoint& point) {
    row.clear();
    row.add(sequence)
        .add(point.at)
        .add(point.cash)
        .add(point.equity)
        .add(point.realized)
        .add(point.unrealized);
    row.add(point.fees).add(point.gross);
}

Result<EquityPoint> take_equity(const Row& row) {
    RowReader read{row, kEquity};
    EquityPoint point;
    read.integer();
    point.at = read.time();
    for (Money* amount :
         {&point.cash, &point.equity, &point.realized, &point.unrealized, &point.fees, &point.gross}) {
        *amount = read.amount<Money>();
    }
    return finished(read, point);
}

}  // namespace plumb::store
