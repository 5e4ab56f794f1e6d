#include "store/record_load.hpp"

#include <fmt/format.h>

#include <unordered_map>

namespace plumb::store {
namespace {

/// Reads all rows of a table, counts them up, and appends what `take` makes of them.
template <class Value>
Status load_table(Database& database, const Table& table, Result<Value> (*take)(const Row&),
                  std::vector<Value>& out, TableTotal& total,
                  std::vector<std::uint32_t>* checksums = nullptr) {
    Result<Statement> query = database.prepare(table.select_all());
    if (!query) return fail(query.error());
    Row row;
    return for_each_row(*query, table, row, [&](const Row& each) -> Status {
        Result<Value> value = take(each);
        if (!value) return fail(value.error());
        const std::uint32_t checksum = each.checksum(table);
        total.add(checksum);
        if (checksums != nullptr) checksums->push_back(checksum);
        if (each.number() != total.rows) {
            return fail(Errc::corrupt, fmt::format("table {}: expected row {}, found {}", table.name,
                                                   total.rows, each.number()));
        }
        out.push_back(std::move(*value));
        return {};
    });
}

template <class Value>
Result<Value> load_only(Database& database, const Table& table, Result<Value> (*take)(const Row&)) {
    std::vector<Value> rows;
    TableTotal total;
    if (Status loaded = load_table(database, table, take, rows, total); !loaded) return fail(loaded.error());
    if (rows.size() != 1) {
        return fail(Errc::corrupt,
                    fmt::format("table {}: expected one row, found {}", table.name, rows.size()));
    }
    return std::move(rows[0]);
}

Result<std::int64_t> rows_of(Database& database, const Table& table) {
    Result<Statement> query =
        database.prepare(fmt::format("SELECT coalesce(max(sequence), 0) FROM {}", table.name));
    if (!query) return fail(query.error());
    const Result<bool> row = query->step();
    if (!row) return fail(row.error());
    return query->integer(0);
}

/// The highest equity ever recorded. SQLite finds the row, in binary floating point; its checksum and its
/// exact text count.
Result<Money> equity_high_of(Database& database) {
    Result<Statement> query = database.prepare(
        fmt::format("SELECT * FROM {} ORDER BY CAST(equity AS REAL) DESC LIMIT 1", kEquity.name));
    if (!query) return fail(query.error());
    Row row;
    Money high;
    const Status read = for_each_row(*query, kEquity, row, [&](const Row& each) -> Status {
        const Result<EquityPoint> point = take_equity(each);
        if (!point) return fail(point.error());
        high = point->equity;
        return {};
    });
    if (!read) return fail(read.error());
    return high;
}

/// The last state of each order holds; a venue's id once told is kept.
Status fold_states(const std::vector<RecordedOrderState>& states, std::vector<RecordedOrder>& orders) {
    std::unordered_map<std::string, std::size_t> index;
    index.reserve(orders.size());
    for (std::size_t i = 0; i < orders.size(); ++i) index.emplace(orders[i].request.id.to_string(), i);
    for (const RecordedOrderState& each : states) {
        const auto found = index.find(each.order);
        if (found == index.end())
            return fail(Errc::corrupt, "a state of an order that is not recorded: " + each.order);
        RecordedOrder& order = orders[found->second];
        order.state = each.state;
        if (!each.venue_order.empty()) order.venue_order = each.venue_order;
    }
    return {};
}

Status load_counted(Database& database, LoadedRecord& record) {
    RecordProgress counted = record.progress;
    counted.instruments = counted.pairs = counted.orders = counted.order_states = counted.fills = {};
    counted.round_trips = {};
    std::vector<RecordedOrderState> states;
    std::vector<RecordedTrip> trips;
    Status loaded = load_table(database, kInstruments, &take_instrument, record.instruments,
                               counted.instruments, &record.instrument_checksums);
    if (loaded) {
        loaded =
            load_table(database, kPairs, &take_pair, record.pairs, counted.pairs, &record.pair_checksums);
    }
    if (loaded) loaded = load_table(database, kOrders, &take_order, record.orders, counted.orders);
    if (loaded) loaded = load_table(database, kOrderStates, &take_order_state, states, counted.order_states);
    if (loaded) loaded = load_table(database, kFills, &take_fill, record.fills, counted.fills);
    if (loaded) loaded = load_table(database, kRoundTrips, &take_round_trip, trips, counted.round_trips);
    if (loaded) loaded = fold_states(states, record.orders);
    if (!loaded) return loaded;
    if (counted == record.progress) return {};
    return fail(Errc::corrupt, "rows are missing: the tables do not add up to the totals of the last commit");
}

Result<LoadedRecord> load_in_transaction(Database& database) {
    const Result<std::string> sound = database.answer("PRAGMA integrity_check(1)");
    if (!sound) return fail(sound.error());
    if (*sound != "ok") return fail(Errc::corrupt, *sound);
    if (Status schema = check_schema(database); !schema) return fail(schema.error());

    LoadedRecord record;
    Result<RecordMeta> meta = load_only(database, kMeta, &take_meta);
    if (!meta) return fail(meta.error());
    record.meta = std::move(*meta);
    const Result<RecordProgress> progress = load_only(database, kProgress, &take_progress);
    if (!progress) return fail(progress.error());
    record.progress = *progress;
    if (Status loaded = load_counted(database, record); !loaded) return fail(loaded.error());
    const Result<std::int64_t> equity_rows = rows_of(database, kEquity);
    if (!equity_rows) return fail(equity_rows.error());
    const Result<std::int64_t> note_rows = rows_of(database, kNotes);
    if (!note_rows) return fail(note_rows.error());
    record.equity_rows = *equity_rows;
    if (*equity_rows > 0) {
        const Result<Money> high = equity_high_of(database);
        if (!high) return fail(high.error());
        record.equity_high = *high;
    }
    record.note_rows = *note_rows;
    return record;
}

}  // namespace

Result<LoadedRecord> load_record(Database& database) {
    if (Status format = check_format(database); !format) return fail(format.error());
    if (Status begun = database.execute("BEGIN"); !begun) return fail(begun.error());
    Result<LoadedRecord> record = load_in_transaction(database);
    Status ended = database.execute("ROLLBACK");
    if (record && !ended) return fail(ended.error());
    return record;
}

}  // namespace plumb::store
