#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "store/trading_record.hpp"

// What the tests of the trading record share: a folder, a small market and a way to trade in it.
namespace plumb::store::testing {

/// A folder of its own that goes when the test ends.
struct Folder {
    std::filesystem::path path;
    explicit Folder(const std::string& name)
        : path{std::filesystem::temp_directory_path() / fmt::format("plumb_{}_{}", name, ::getpid())} {
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

inline PairModel model(const InstrumentTable& table, std::uint32_t id, const char* a, const char* b, double ratio) {
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
    return {.mode = "paper", .venue = "paper", .data_source = "csv", .account = "paper",
            .capital = Money{decimal("10000.50")}, .started_at = timestamp_from_ms(1'700'000'000'000)};
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

inline OrderReport report_of(const OrderRequest& order, OrderState state, std::string_view venue_order = "v-1") {
    OrderReport report;
    report.order = order.id;
    report.venue_order = VenueOrderId{venue_order};
    report.state = state;
    report.venue_time = report.received_at = order.decided_at;
    return report;
}

/// A text that is equal exactly when two recorded states mean the same (the epoch and names of ids apart).
std::string print(const RecordedState& state);

}  // namespace plumb::store::testing
