#include "store/record_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "store/record_load.hpp"

namespace plumb::store {
namespace {

namespace fs = std::filesystem;

Result<RecordedNote> take_note(const Row& row) {
    RowReader read{row, kNotes};
    RecordedNote note;
    read.integer();
    note.at = read.time();
    note.kind = read.text();
    note.json = read.text();
    if (Status done = read.done(); !done) return fail(done.error());
    return note;
}

template <class Value>
Result<Value> only(Result<std::vector<Value>> rows) {
    if (!rows) return fail(rows.error());
    if (rows->size() != 1)
        return fail(Errc::corrupt, "expected one row in a table that describes the record");
    return std::move(rows->front());
}

/// Folds fills into positions under the key that `key_of` gives.
template <class Position, class KeyOf, class Start>
Result<std::vector<Position>> fold(const std::vector<RecordedFill>& fills, KeyOf key_of, Start start) {
    std::map<decltype(key_of(fills.front())), Position> positions;
    for (const RecordedFill& each : fills) {
        const auto [place, fresh] = positions.try_emplace(key_of(each));
        Position& position = place->second;
        if (fresh) start(position, each);
        const Result<Money> value = notional(each.fill.price, each.fill.signed_quantity());
        if (!value) return fail(value.error());
        position.quantity += each.fill.signed_quantity();
        position.paid += *value;
        position.fees += each.fill.fee;
        ++position.fills;
    }
    std::vector<Position> open;
    for (auto& [key, position] : positions) {
        if (!position.quantity.is_zero()) open.push_back(std::move(position));
    }
    return open;
}

/// A folder nobody may write cannot hold the -shm file of a reader. Where no log waits either, the file is
/// all there is.
Result<Database> open_readable(const fs::path& path) {
    Result<Database> database = Database::open(path, Database::Access::read_only);
    if (!database) return database;
    const Result<std::string> readable = database->answer("SELECT count(*) FROM sqlite_schema");
    if (readable) return database;
    const Errc code = readable.error().code();
    if (code != Errc::not_found && code != Errc::io) return fail(readable.error());
    std::error_code error;
    fs::path log = path;
    log += "-wal";
    if (fs::exists(log, error) && fs::file_size(log, error) != 0) return fail(readable.error());
    return Database::open(path, Database::Access::immutable);
}

}  // namespace

Result<RecordReader> RecordReader::open(const fs::path& path) {
    std::error_code error;
    if (!fs::exists(path, error)) {
        return fail(Errc::not_found,
                    fmt::format("expected a trading record at {}, found none: `plumb trade` makes one",
                                path.string()));
    }
    if (fs::is_regular_file(path, error) && fs::file_size(path, error) == 0) {
        return fail(Errc::corrupt, path.string() + ": expected a trading record, found an empty file");
    }
    Result<Database> database = open_readable(path);
    if (!database) return fail(database.error().at(path.string()));
    if (Status format = check_format(*database); !format) return fail(format.error().at(path.string()));
    RecordReader reader{std::move(*database), path};
    if (Status begun = reader.refresh(); !begun) return fail(begun.error());
    return reader;
}

Status RecordReader::release() {
    if (!database_.in_transaction()) return {};
    const Status ended = database_.execute("ROLLBACK");
    return ended ? ended : fail(ended.error().at(path_.string()));
}

Status RecordReader::refresh() {
    if (Status released = release(); !released) return released;
    if (Status begun = database_.execute("BEGIN"); !begun) return fail(begun.error().at(path_.string()));
    const Result<std::string> pinned =
        database_.answer("SELECT commits FROM progress");  // the moment is chosen here
    return pinned ? Status{} : fail(pinned.error().at(path_.string()));
}

template <class Value>
Result<std::vector<Value>> RecordReader::list(const Table& table, Result<Value> (*take)(const Row&),
                                              std::string_view where, std::size_t newest,
                                              std::string_view argument) {
    Result<Statement> query =
        database_.prepare(fmt::format("SELECT * FROM {}{}{} ORDER BY 1 DESC LIMIT {}", table.name,
                                      where.empty() ? "" : " WHERE ", where, std::min(newest, kAll)));
    if (!query) return fail(query.error().at(path_.string()));
    if (!argument.empty()) query->bind(1, argument);
    std::vector<Value> values;
    Row row;
    const Status read = for_each_row(*query, table, row, [&](const Row& each) -> Status {
        Result<Value> value = take(each);
        if (!value) return fail(value.error());
        values.push_back(std::move(*value));
        return {};
    });
    if (!read) return fail(read.error().at(path_.string()));
    std::reverse(values.begin(), values.end());
    return values;
}

Result<RecordMeta> RecordReader::meta() { return only(list(kMeta, &take_meta, {}, kAll, {})); }
Result<RecordProgress> RecordReader::progress() {
    return only(list(kProgress, &take_progress, {}, kAll, {}));
}

Result<std::vector<Instrument>> RecordReader::instruments() {
    return list(kInstruments, &take_instrument, {}, kAll, {});
}

Result<std::vector<RecordedPair>> RecordReader::pairs() { return list(kPairs, &take_pair, {}, kAll, {}); }

Result<std::vector<RecordedOrder>> RecordReader::orders_where(std::string_view where,
                                                              std::string_view argument) {
    Result<std::vector<RecordedOrder>> orders = list(kOrders, &take_order, where, kAll, argument);
    if (!orders) return orders;
    for (RecordedOrder& order : *orders) {
        const Result<std::vector<RecordedOrderState>> states = order_states(order.request.id);
        if (!states) return fail(states.error());
        for (const RecordedOrderState& each : *states) {
            order.state = each.state;
            if (!each.venue_order.empty()) order.venue_order = each.venue_order;
        }
    }
    return orders;
}

Result<std::vector<RecordedOrder>> RecordReader::orders() { return orders_where({}, {}); }

Result<std::vector<RecordedOrder>> RecordReader::open_orders() {
    return orders_where("id IN (SELECT id FROM open_orders)", {});
}

Result<RecordedOrder> RecordReader::order(const ClientOrderId& id) {
    Result<std::vector<RecordedOrder>> found = orders_where("id = ?1", id.to_string());
    if (!found) return fail(found.error());
    if (found->empty()) return fail(Errc::not_found, "no order " + id.to_string() + " in " + path_.string());
    return std::move(found->front());
}

Result<std::vector<RecordedOrderState>> RecordReader::order_states(const ClientOrderId& id) {
    return list(kOrderStates, &take_order_state, "order_id = ?1", kAll, id.to_string());
}

Result<std::vector<RecordedFill>> RecordReader::fills(std::size_t newest) {
    return list(kFills, &take_fill, {}, newest, {});
}

Result<std::vector<EquityPoint>> RecordReader::equity(std::size_t newest) {
    return list(kEquity, &take_equity, {}, newest, {});
}

Result<std::vector<RecordedNote>> RecordReader::notes(std::size_t newest, std::string_view kind) {
    return list(kNotes, &take_note, kind.empty() ? "" : "kind = ?1", newest, kind);
}

Result<std::vector<LegPosition>> RecordReader::positions() {
    const Result<std::vector<RecordedFill>> all = fills();
    if (!all) return fail(all.error());
    return fold<LegPosition>(
        *all,
        [](const RecordedFill& each) {
            return std::tuple<std::string_view, unsigned char, std::string_view>{each.pair, each.fill.leg,
                                                                                 each.instrument};
        },
        [](LegPosition& position, const RecordedFill& each) {
            position.pair = each.pair;
            position.leg = each.fill.leg;
            position.instrument = each.instrument;
        });
}

Result<std::vector<NetPosition>> RecordReader::net_positions() {
    const Result<std::vector<RecordedFill>> all = fills();
    if (!all) return fail(all.error());
    return fold<NetPosition>(
        *all, [](const RecordedFill& each) { return std::string_view{each.instrument}; },
        [](NetPosition& position, const RecordedFill& each) { position.instrument = each.instrument; });
}

Result<std::vector<RoundTrip>> RecordReader::round_trips() {
    const Result<std::vector<RecordedTrip>> trips = list(kRoundTrips, &take_round_trip, {}, kAll, {});
    if (!trips) return fail(trips.error());
    const Result<std::vector<RecordedFill>> all = fills();
    if (!all) return fail(all.error());
    return join_round_trips(*trips, *all);
}

Result<QueryAnswer> RecordReader::query(std::string_view sql, std::size_t rows_max) {
    Result<Statement> statement = database_.prepare(sql);
    if (!statement) return fail(statement.error());
    if (!statement->read_only() || statement->columns() == 0) {
        return fail(Errc::invalid_argument, "expected a SELECT: the trading record is only read here");
    }
    QueryAnswer answer;
    for (int i = 0; i < statement->columns(); ++i) answer.columns.emplace_back(statement->column_name(i));
    for (;;) {
        const Result<bool> row = statement->step();
        if (!row) return fail(row.error());
        if (!*row) return answer;
        answer.more = answer.rows.size() == rows_max;
        if (answer.more) return answer;
        std::vector<std::optional<std::string>>& cells = answer.rows.emplace_back();
        for (int i = 0; i < statement->columns(); ++i) {
            const bool null = statement->kind(i) == Statement::Kind::null;
            cells.push_back(null ? std::optional<std::string>{} : std::string{statement->text(i)});
        }
    }
}

}  // namespace plumb::store
