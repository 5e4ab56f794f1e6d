#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/rng.hpp"
#include "store/trading_record.hpp"

// What the tests of the trading record share: a folder, a small market and a way to trade in it.
namespace plumb::store::testing {

/// A folder of its own that goes when the test ends; in memory where the machine has such a place, because
/// the tests open records by the thousand and a sync costs milliseconds on a disk.
struct Folder {
    std::filesystem::path path;
    explicit Folder(const std::string& name) {
        const std::filesystem::path memory = "/dev/shm";
        const bool fast = ::access(memory.c_str(), W_OK) == 0;
        path = (fast ? memory : std::filesystem::temp_directory_path()) /
               fmt::format("plumb_{}_{}", name, ::getpid());
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path record() const { return trading_record_path(path); }
};

inline Decimal decimal(std::string_view text) { return *Decimal::parse(text); }

inline InstrumentTable market(const std::vector<std::string>& bases = {"BTC", "ETH", "SOL"}) {
    InstrumentTable table;
    for (const std::string& base : bases) {
        Instrument instrument;
        instrument.base = base;
        instrument.quote = "USD";
        instrument.tick = Price{decimal("0.01")};
        instrument.lot = Quantity{decimal("0.00001")};
        instrument.notional_min = Money{decimal("1")};
        (void)table.add(instrument);
    }
    return table;
}

inline PairModel model(const InstrumentTable& table, std::uint32_t id, const char* a, const char* b,
                       double ratio) {
    PairModel pair;
    pair.id = PairId{id};
    pair.name = fmt::format("{}-{}", a, b);
    pair.legs = {*table.find(fmt::format("{}/USD", a)), *table.find(fmt::format("{}/USD", b))};
    pair.weights = {1.0, -ratio};
    pair.spread_mean = 12.5;
    pair.spread_std = 3.25;
    pair.half_life = 17.75;
    pair.fitted_until = timestamp_from_ms(1'700'000'000'000);
    return pair;
}

inline SessionHeader paper_header() {
    return {.mode = "paper",
            .venue = "paper",
            .data_source = "csv",
            .account = "paper",
            .capital = Money{decimal("10000.50")},
            .started_at = timestamp_from_ms(1'700'000'000'000)};
}

inline OrderRequest request(const ClientOrderId& id, const PairModel& pair, unsigned char leg, Side side,
                            std::string_view quantity) {
    OrderRequest order;
    order.id = id;
    order.instrument = pair.legs[leg];
    order.pair = pair.id;
    order.leg = leg;
    order.side = side;
    order.type = OrderType::limit;
    order.time_in_force = TimeInForce::immediate_or_cancel;
    order.quantity = Quantity{decimal(quantity)};
    order.limit = Price{decimal("64000.01")};
    order.reference = Price{decimal("63999.99")};
    order.decided_at = timestamp_from_ms(1'700'000'100'000);
    return order;
}

inline Fill fill_of(const OrderRequest& order, std::string_view execution, std::string_view price,
                    std::string_view quantity, std::string_view fee) {
    Fill fill;
    fill.execution = ExecutionId{execution};
    fill.order = order.id;
    fill.instrument = order.instrument;
    fill.pair = order.pair;
    fill.leg = order.leg;
    fill.side = order.side;
    fill.price = Price{decimal(price)};
    fill.quantity = Quantity{decimal(quantity)};
    fill.fee = Money{decimal(fee)};
    fill.venue_time = order.decided_at + std::chrono::milliseconds{5};
    fill.received_at = order.decided_at + std::chrono::milliseconds{9};
    return fill;
}

inline OrderReport report_of(const OrderRequest& order, OrderState state,
                             std::string_view venue_order = "v-1") {
    OrderReport report;
    report.order = order.id;
    report.venue_order = VenueOrderId{venue_order};
    report.state = state;
    report.venue_time = report.received_at = order.decided_at;
    return report;
}

/// A text that is equal exactly when two recorded states mean the same. Epoch and `resumed` are left out:
/// they change with every opening.
inline std::string print(const RecordedState& state) {
    std::string text =
        fmt::format("{:08x} {} {} {} {} {} cursor {} {}\n", state.install, state.header.mode,
                    state.header.venue, state.header.data_source, state.header.account,
                    state.header.capital.to_string(), to_ns(state.cursor.at), state.cursor.events);
    for (const RecordedOrder& each : state.orders) {
        const OrderRequest& order = each.request;
        text +=
            fmt::format("order {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}\n", order.id.to_string(),
                        each.instrument, each.pair, order.leg, to_string(order.side), to_string(order.type),
                        to_string(order.time_in_force), to_string(order.purpose), order.quantity.to_string(),
                        order.limit.to_string(), order.stop.to_string(), order.reference.to_string(),
                        to_ns(order.decided_at), to_string(each.state), each.venue_order.view());
    }
    for (const RecordedFill& each : state.fills) {
        const Fill& fill = each.fill;
        text +=
            fmt::format("fill {} {} {} {} {} {} {} {} {} {} {} {}\n", fill.execution.view(),
                        fill.order.to_string(), each.instrument, each.pair, fill.leg, to_string(fill.side),
                        fill.price.to_string(), fill.quantity.to_string(), fill.fee.to_string(), fill.maker,
                        to_ns(fill.venue_time), to_ns(fill.received_at));
    }
    for (const RecordedPair& each : state.pairs) {
        const PairStatus& status = each.status;
        text += fmt::format("pair {} {} {} {} {} {} {} {} {}", each.pair, each.legs[0], each.legs[1],
                            each.model.weights[0], each.model.weights[1], each.model.spread_mean,
                            each.model.spread_std, each.model.half_life, to_ns(each.model.fitted_until));
        for (std::size_t leg = 0; leg < 2; ++leg) {
            text +=
                fmt::format(" [{} {} {} {}]", status.target[leg].to_string(), status.held[leg].to_string(),
                            status.residual[leg].to_string(), status.entry_value[leg].to_string());
        }
        text += fmt::format(" {} {} {} {} {} {} {} {} {} {}\n", to_string(status.phase),
                            to_string(status.side), status.realized.to_string(), status.fees.to_string(),
                            status.entry_z, status.entry_spread, to_ns(status.entered_at),
                            to_ns(status.deadline), status.cooling_down, status.attempts);
    }
    return text;
}

/// Opens the record with the market and the two pairs of these tests, or ends the test.
inline Result<SqliteTradingRecord::Opened> open_record(const Folder& folder,
                                                       Durability durability = Durability::power_loss) {
    const InstrumentTable table = market();
    const std::vector<PairModel> pairs{model(table, 0, "BTC", "ETH", 14.5),
                                       model(table, 1, "ETH", "SOL", 20.0)};
    return SqliteTradingRecord::open(folder.record(), paper_header(), table, pairs,
                                     {.durability = durability});
}

/// The cursor of these tests counts steps.
inline Cursor cursor_at(std::int64_t steps) {
    return {timestamp_from_ns(steps), static_cast<std::uint64_t>(steps)};
}

/// How many steps the recorded state has seen; -1 when its cursor is none of ours.
inline std::int64_t steps_of(const RecordedState& state) {
    const std::int64_t steps = to_ns(state.cursor.at);
    return state.cursor == cursor_at(steps) ? steps : -1;
}

/// Trades at random, one commit per step: an intent, its answer, fills, and the pair's holdings, which always
/// are the sum of the pair's fills, and the cursor, which counts steps.
class Trader {
 public:
    Trader(TradingRecord& record, const RecordedState& state, std::uint64_t seed)
        : record_{record}, rng_{seed} {
        const InstrumentTable table = market();
        models_ = {model(table, 0, "BTC", "ETH", 14.5), model(table, 1, "ETH", "SOL", 20.0)};
        next_ = {state.install, state.epoch, 1};
        steps_ = steps_of(state);
        for (std::size_t i = 0; i < 2; ++i) {
            for (const RecordedPair& pair : state.pairs) {
                if (pair.pair == models_[i].name) pairs_[i] = pair.status;
            }
            pairs_[i].pair = models_[i].id;
        }
    }

    std::int64_t steps() const { return steps_; }

    /// One transaction. On failure nothing changes here either, as nothing does in the record.
    Status step() {
        const Trader before = *this;
        Status done = try_step();
        if (!done) {
            const std::uint64_t counter = next_.counter;
            *this = Trader{before};
            next_.counter = counter;  // an id is never used again
        }
        return done;
    }

    Trader(const Trader&) = default;
    Trader& operator=(const Trader& other) {
        rng_ = other.rng_;
        models_ = other.models_;
        pairs_ = other.pairs_;
        next_ = other.next_;
        steps_ = other.steps_;
        return *this;
    }

 private:
    Status try_step() {
        if (Status begun = record_.begin(); !begun) return begun;
        const std::size_t which = rng_.below(2);
        const OrderRequest order = random_order(which);
        ++steps_;
        (void)record_.intent(order);
        const std::uint64_t fills = rng_.below(3);
        for (std::uint64_t i = 0; i < fills; ++i) add_fill(order, which, i);
        (void)record_.order(report_of(order, fills == 2 ? OrderState::filled : OrderState::working));
        (void)record_.pair(pairs_[which]);
        EquityPoint point;
        point.at = timestamp_from_ns(steps_);
        point.equity = pairs_[which].fees;
        if (rng_.below(4) == 0) (void)record_.equity(point);
        (void)record_.cursor(cursor_at(steps_));
        return record_.commit();
    }

    OrderRequest random_order(std::size_t which) {
        const auto leg = static_cast<unsigned char>(rng_.below(2));
        OrderRequest order =
            request(next_, models_[which], leg, rng_.below(2) == 0 ? Side::buy : Side::sell, "1");
        ++next_.counter;
        order.quantity =
            Quantity{Decimal::from_units(static_cast<Int128>(rng_.next()))} + Quantity{decimal("0.5")};
        order.purpose = rng_.below(2) == 0 ? OrderPurpose::entry : OrderPurpose::exit;
        return order;
    }

    void add_fill(const OrderRequest& order, std::size_t which, std::uint64_t number) {
        Fill fill = fill_of(order, fmt::format("x-{}-{}", order.id.to_string(), number), "100", "1", "0");
        fill.price = Price{Decimal::from_units(static_cast<Int128>(rng_.next()) * 1000 + 1)};
        fill.quantity = Quantity{Decimal::from_units(static_cast<Int128>(rng_.next() >> 4) + 1)};
        fill.fee = Money{Decimal::from_units(static_cast<std::int64_t>(rng_.next()) >> 8)};
        fill.maker = rng_.below(2) == 0;
        (void)record_.fill(fill);
        if (rng_.below(3) == 0) (void)record_.fill(fill);  // told twice
        pairs_[which].held[order.leg] += fill.signed_quantity();
        pairs_[which].fees += fill.fee;
        pairs_[which].entry_z = rng_.normal();
    }

    TradingRecord& record_;
    Rng rng_;
    std::array<PairModel, 2> models_;
    std::array<PairStatus, 2> pairs_;
    ClientOrderId next_;
    std::int64_t steps_ = 0;
};

/// What pairs hold is the sum of their fills, and each fill counts once.
inline bool holdings_are_sums(const RecordedState& state) {
    std::map<std::pair<std::string, int>, Quantity> sums;
    std::set<std::string> executions;
    for (const RecordedFill& each : state.fills) {
        if (!executions.insert(std::string{each.fill.execution.view()}).second) return false;
        sums[{each.pair, each.fill.leg}] += each.fill.signed_quantity();
    }
    for (const RecordedPair& each : state.pairs) {
        for (int leg = 0; leg < 2; ++leg) {
            if (sums[{each.pair, leg}] != each.status.held[static_cast<std::size_t>(leg)]) return false;
        }
    }
    return true;
}

}  // namespace plumb::store::testing
