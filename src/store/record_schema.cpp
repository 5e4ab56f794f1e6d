#include "store/record_schema.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <vector>

namespace plumb::store {

// Amounts are TEXT: exact decimals. Times are INTEGER: nanoseconds since 1970 UTC. Statistics are REAL.
const Table kMeta{
    "meta",
    "CREATE TABLE meta(id INTEGER PRIMARY KEY CHECK(id = 1), install INTEGER NOT NULL, mode TEXT NOT NULL, "
    "venue TEXT NOT NULL, data_source TEXT NOT NULL, account TEXT NOT NULL, capital TEXT NOT NULL, "
    "started_at INTEGER NOT NULL, epoch INTEGER NOT NULL, crc INTEGER NOT NULL) STRICT",
    10};

const Table kProgress{
    "progress",
    "CREATE TABLE progress(id INTEGER PRIMARY KEY CHECK(id = 1), commits INTEGER NOT NULL, cursor INTEGER "
    "NOT NULL, "
    "cursor_events INTEGER NOT NULL, "
    "instruments INTEGER NOT NULL, instruments_sum INTEGER NOT NULL, pairs INTEGER NOT NULL, pairs_sum "
    "INTEGER NOT NULL, "
    "orders INTEGER NOT NULL, orders_sum INTEGER NOT NULL, order_states INTEGER NOT NULL, "
    "order_states_sum INTEGER NOT NULL, fills INTEGER NOT NULL, fills_sum INTEGER NOT NULL, "
    "round_trips INTEGER NOT NULL, round_trips_sum INTEGER NOT NULL, crc INTEGER NOT NULL) STRICT",
    17};

const Table kSessions{"sessions",
                      "CREATE TABLE sessions(epoch INTEGER PRIMARY KEY, started_at INTEGER NOT NULL, "
                      "data_source TEXT NOT NULL, crc INTEGER NOT NULL) STRICT",
                      4};

const Table kInstruments{
    "instruments",
    "CREATE TABLE instruments(sequence INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, base TEXT NOT NULL, "
    "quote TEXT NOT NULL, tick TEXT NOT NULL, lot TEXT NOT NULL, quantity_min TEXT NOT NULL, notional_min "
    "TEXT NOT NULL, "
    "can_short INTEGER NOT NULL, crc INTEGER NOT NULL) STRICT",
    10};

const Table kPairs{
    "pairs",
    "CREATE TABLE pairs(sequence INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, "
    "leg_a TEXT NOT NULL REFERENCES instruments(name), leg_b TEXT NOT NULL REFERENCES instruments(name), "
    "weight_a REAL, weight_b REAL, spread_mean REAL, spread_std REAL, half_life REAL, fitted_until INTEGER "
    "NOT NULL, "
    "phase TEXT NOT NULL, side TEXT NOT NULL, target_a TEXT NOT NULL, target_b TEXT NOT NULL, held_a TEXT "
    "NOT NULL, "
    "held_b TEXT NOT NULL, residual_a TEXT NOT NULL, residual_b TEXT NOT NULL, entry_value_a TEXT NOT NULL, "
    "entry_value_b TEXT NOT NULL, realized TEXT NOT NULL, fees TEXT NOT NULL, entry_z REAL, entry_spread "
    "REAL, "
    "entered_at INTEGER NOT NULL, deadline INTEGER NOT NULL, cooling_down INTEGER NOT NULL, attempts INTEGER "
    "NOT NULL, "
    "crc INTEGER NOT NULL) STRICT",
    29};

const Table kOrders{"orders",
                    "CREATE TABLE orders(sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, "
                    "instrument TEXT NOT NULL REFERENCES instruments(name), pair TEXT REFERENCES "
                    "pairs(name), leg INTEGER NOT NULL, "
                    "side TEXT NOT NULL, type TEXT NOT NULL, time_in_force TEXT NOT NULL, purpose TEXT NOT "
                    "NULL, quantity TEXT NOT NULL, "
                    "limit_price TEXT NOT NULL, stop_price TEXT NOT NULL, reference_price TEXT NOT NULL, "
                    "decided_at INTEGER NOT NULL, "
                    "crc INTEGER NOT NULL) STRICT",
                    15};

const Table kOrderStates{
    "order_states",
    "CREATE TABLE order_states(sequence INTEGER PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders(id), "
    "state TEXT NOT NULL, venue_order TEXT NOT NULL, reason TEXT NOT NULL, venue_time INTEGER NOT NULL, "
    "received_at INTEGER NOT NULL, crc INTEGER NOT NULL) STRICT",
    8};

const Table kFills{"fills",
                   "CREATE TABLE fills(sequence INTEGER PRIMARY KEY, venue TEXT NOT NULL, account TEXT NOT "
                   "NULL, execution TEXT NOT NULL, "
                   "order_id TEXT NOT NULL, instrument TEXT NOT NULL REFERENCES instruments(name), pair TEXT "
                   "REFERENCES pairs(name), "
                   "leg INTEGER NOT NULL, side TEXT NOT NULL, price TEXT NOT NULL, quantity TEXT NOT NULL, "
                   "fee TEXT NOT NULL, "
                   "maker INTEGER NOT NULL, venue_time INTEGER NOT NULL, received_at INTEGER NOT NULL, crc "
                   "INTEGER NOT NULL, "
                   "UNIQUE(venue, account, execution)) STRICT",
                   16};

const Table kRoundTrips{
    "round_trips",
    "CREATE TABLE round_trips(sequence INTEGER PRIMARY KEY, pair TEXT NOT NULL REFERENCES pairs(name), side "
    "TEXT NOT NULL, "
    "entered_at INTEGER NOT NULL, exited_at INTEGER NOT NULL, entry_z REAL, exit_z REAL, entry_spread REAL, "
    "exit_spread REAL, signal TEXT NOT NULL, reason TEXT NOT NULL, realized TEXT NOT NULL, fees TEXT NOT "
    "NULL, "
    "fills_until INTEGER NOT NULL, crc INTEGER NOT NULL) STRICT",
    15};

const Table kEquity{
    "equity",
    "CREATE TABLE equity(sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, cash TEXT NOT NULL, "
    "equity TEXT NOT NULL, realized TEXT NOT NULL, unrealized TEXT NOT NULL, fees TEXT NOT NULL, "
    "gross TEXT NOT NULL, crc INTEGER NOT NULL) STRICT",
    9};

const Table kNotes{
    "notes",
    "CREATE TABLE notes(sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, "
    "json TEXT NOT NULL, crc INTEGER NOT NULL) STRICT",
    5};

namespace {

constexpr std::array kTables{&kMeta,        &kProgress, &kSessions,   &kInstruments, &kPairs, &kOrders,
                             &kOrderStates, &kFills,    &kRoundTrips, &kEquity,      &kNotes};

struct Definition {
    std::string_view name;
    std::string_view sql;
};

// Views are for people. SQLite can only add TEXT decimals up as binary floating point, so such columns end in
// _approx; the program never reads them.
constexpr std::array kIndexesAndViews{
    Definition{"order_states_by_order",
               "CREATE INDEX order_states_by_order ON order_states(order_id, sequence)"},
    Definition{"order_standing",
               "CREATE VIEW order_standing AS SELECT o.*, coalesce((SELECT s.state FROM order_states s WHERE "
               "s.order_id = o.id ORDER BY s.sequence DESC LIMIT 1), 'intended') AS state FROM orders o"},
    Definition{
        "open_orders",
        "CREATE VIEW open_orders AS SELECT id, pair, leg, instrument, side, type, purpose, quantity, state, "
        "datetime(decided_at / 1000000000, 'unixepoch') AS decided FROM order_standing WHERE state NOT IN "
        "('filled', 'canceled', 'rejected')"},
    Definition{"positions",
               "CREATE VIEW positions AS SELECT pair, leg, instrument, sum(CASE side WHEN 'buy' THEN 1 ELSE "
               "-1 END * "
               "CAST(quantity AS REAL)) AS quantity_approx, sum(CAST(fee AS REAL)) AS fees_approx, count(*) "
               "AS fills "
               "FROM fills GROUP BY pair, leg, instrument"},
    Definition{
        "profit_by_pair",
        "CREATE VIEW profit_by_pair AS SELECT pair, count(*) AS round_trips, sum(CAST(realized AS REAL)) AS "
        "realized_approx, sum(CAST(fees AS REAL)) AS fees_approx, avg((exited_at - entered_at) / 1e9) AS "
        "seconds_held_mean FROM round_trips GROUP BY pair"},
};

Result<std::int64_t> pragma_number(Database& database, std::string_view pragma) {
    const Result<std::string> text = database.answer(pragma);
    if (!text) return fail(text.error());
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc{} || end != text->data() + text->size())
        return fail(Errc::corrupt, "no number in the header");
    return value;
}

Status check_definition(Statement& find, std::string_view name, std::string_view sql) {
    find.bind(1, name);
    const Result<bool> row = find.step();
    const bool same = row && *row && find.text(0) == sql;
    find.reset();
    if (!row) return fail(row.error());
    if (!same) return fail(Errc::corrupt, fmt::format("the definition of {} is missing or not ours", name));
    return {};
}

/// Column names in order, read from the definition: the first word of each part between commas.
std::vector<std::string_view> column_names(const Table& table) {
    std::vector<std::string_view> names;
    const std::string_view rest = table.sql.substr(table.sql.find('(') + 1);
    int depth = 0;
    bool at_start = true;
    for (std::size_t i = 0; i < rest.size() && static_cast<int>(names.size()) < table.columns; ++i) {
        if (at_start && rest[i] != ' ') {
            names.push_back(rest.substr(i, rest.find(' ', i) - i));
            at_start = false;
        }
        if (rest[i] == '(') ++depth;
        if (rest[i] == ')') --depth;
        if (rest[i] == ',' && depth == 0) at_start = true;
    }
    return names;
}

std::string parameters(int first, int last) {
    std::string text;
    for (int i = first; i <= last; ++i) text += fmt::format("{}?{}", i > first ? ", " : "", i);
    return text;
}

}  // namespace

std::string Table::insert() const {
    return fmt::format("INSERT INTO {} VALUES({})", name, parameters(1, columns));
}

std::string Table::replace() const {
    const std::vector<std::string_view> names = column_names(*this);
    std::string sets;
    for (std::size_t i = 1; i < names.size(); ++i) {
        // A name is a parent key: setting it, even to itself, makes SQLite search all orders and fills for
        // children.
        if (names[i] == "name") continue;
        sets += fmt::format("{}{} = ?{}", sets.empty() ? "" : ", ", names[i], i + 1);
    }
    return fmt::format("UPDATE {} SET {} WHERE {} = ?1", name, sets, names[0]);
}

std::string Table::select_all() const { return fmt::format("SELECT * FROM {} ORDER BY 1", name); }

Status create_schema(Database& database) {
    for (const Table* table : kTables) {
        if (Status made = database.execute(std::string{table->sql}.c_str()); !made) return made;
    }
    for (const Definition& each : kIndexesAndViews) {
        if (Status made = database.execute(std::string{each.sql}.c_str()); !made) return made;
    }
    return database.execute(
        fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, kFormatVersion)
            .c_str());
}

Status check_format(Database& database) {
    const Result<std::int64_t> application = pragma_number(database, "PRAGMA application_id");
    if (!application) return fail(application.error());
    if (*application != kApplicationId) {
        return fail(Errc::corrupt,
                    fmt::format("expected a trading record (application id {:#x}), found {:#x}",
                                kApplicationId, *application));
    }
    const Result<std::int64_t> version = pragma_number(database, "PRAGMA user_version");
    if (!version) return fail(version.error());
    if (*version > kFormatVersion) {
        return fail(Errc::newer_format,
                    fmt::format("the trading record has format {}, this program knows up to {}: "
                                "use the newer program that wrote it",
                                *version, kFormatVersion));
    }
    if (*version < 1)
        return fail(Errc::corrupt, fmt::format("expected format 1 or above, found {}", *version));
    return {};
}

Status check_schema(Database& database) {
    Result<Statement> find = database.prepare("SELECT sql FROM sqlite_schema WHERE name = ?1");
    if (!find) return fail(find.error());
    for (const Table* table : kTables) {
        if (Status same = check_definition(*find, table->name, table->sql); !same) return same;
    }
    for (const Definition& each : kIndexesAndViews) {
        if (Status same = check_definition(*find, each.name, each.sql); !same) return same;
    }
    const Result<std::int64_t> count =
        pragma_number(database, "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'");
    if (!count) return fail(count.error());
    if (*count != 0) return fail(Errc::corrupt, "expected no triggers, found some");
    return {};
}

}  // namespace plumb::store
