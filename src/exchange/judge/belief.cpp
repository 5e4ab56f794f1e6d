#include "exchange/judge/belief.hpp"

#include <fmt/format.h>

#include "store/sqlite.hpp"

namespace plumb::exchange {
namespace {

constexpr int kFormat = 1;

/// Reads one statement row by row; `take` gets each.
template <class Take>
Status each_row(store::Database& database, std::string_view sql, Take take) {
    Result<store::Statement> statement = database.prepare(sql);
    if (!statement) return fail(statement.error());
    while (true) {
        const Result<bool> row = statement->step();
        if (!row) return fail(row.error());
        if (!*row) return {};
        if (Status taken = take(*statement); !taken) return taken;
    }
}

Result<Decimal> amount(const store::Statement& row, int column) {
    const Result<Decimal> value = Decimal::parse(row.text(column));
    if (!value)
        return fail(Errc::corrupt, fmt::format("expected a decimal in {}, found \"{}\"",
                                               row.column_name(column), row.text(column)));
    return value;
}

Status read_meta(store::Database& database, Belief& belief) {
    bool is_there = false;
    Status read = each_row(database, "SELECT install, venue, account, capital FROM meta",
                           [&](const store::Statement& row) -> Status {
                               is_there = true;
                               belief.install = static_cast<std::uint32_t>(row.integer(0));
                               belief.venue = row.text(1);
                               belief.account = row.text(2);
                               const Result<Decimal> capital = amount(row, 3);
                               if (!capital) return fail(capital.error());
                               belief.capital = Money{*capital};
                               return {};
                           });
    if (read && !is_there) return fail(Errc::corrupt, "the trading record says not whose it is");
    return read;
}

Status read_orders(store::Database& database, Belief& belief) {
    Status read = each_row(database, "SELECT id, instrument, coalesce(pair, '') FROM orders",
                           [&](const store::Statement& row) -> Status {
                               const std::string id{row.text(0)};
                               belief.orders[id] = {id, std::string{row.text(1)}, std::string{row.text(2)}};
                               return {};
                           });
    if (!read) return read;
    return each_row(database, "SELECT order_id, state FROM order_states ORDER BY sequence",
                    [&](const store::Statement& row) -> Status {
                        const auto order = belief.orders.find(std::string{row.text(0)});
                        if (order == belief.orders.end())
                            return fail(Errc::corrupt, "a state belongs to an order that is not there");
                        order->second.state = row.text(1);
                        return {};
                    });
}

Status read_fills(store::Database& database, Belief& belief) {
    return each_row(database,
                    "SELECT execution, order_id, instrument, side, price, quantity, fee, received_at FROM "
                    "fills ORDER BY sequence",
                    [&](const store::Statement& row) -> Status {
                        const Result<Decimal> price = amount(row, 4);
                        const Result<Decimal> quantity = amount(row, 5);
                        const Result<Decimal> fee = amount(row, 6);
                        for (const auto* each : {&price, &quantity, &fee}) {
                            if (!*each) return fail(each->error());
                        }
                        belief.fills.push_back({.execution = std::string{row.text(0)},
                                                .order = std::string{row.text(1)},
                                                .instrument = std::string{row.text(2)},
                                                .side = std::string{row.text(3)},
                                                .price = Price{*price},
                                                .quantity = Quantity{*quantity},
                                                .fee = Money{*fee},
                                                .received_at = timestamp_from_ns(row.integer(7))});
                        return {};
                    });
}

Status read_rest(store::Database& database, Belief& belief) {
    Status read = each_row(
        database, "SELECT at, cash, equity FROM equity ORDER BY sequence",
        [&](const store::Statement& row) -> Status {
            const Result<Decimal> cash = amount(row, 1);
            const Result<Decimal> equity = amount(row, 2);
            if (!cash) return fail(cash.error());
            if (!equity) return fail(equity.error());
            belief.equity.push_back({timestamp_from_ns(row.integer(0)), Money{*cash}, Money{*equity}});
            return {};
        });
    if (!read) return read;
    return each_row(database, "SELECT name, quote FROM instruments",
                    [&](const store::Statement& row) -> Status {
                        belief.quotes[std::string{row.text(0)}] = row.text(1);
                        return {};
                    });
}

Status read_all(store::Database& database, Belief& belief) {
    const Result<std::string> format = database.answer("PRAGMA user_version");
    if (!format) return fail(format.error());
    if (const Result<Decimal> number = Decimal::parse(*format); !number || Decimal{kFormat} < *number)
        return fail(Errc::newer_format,
                    fmt::format("the trading record has format {}, known is {}", *format, kFormat));
    // One transaction: all of one moment.
    if (Status begun = database.execute("BEGIN"); !begun) return begun;
    for (const auto read : {&read_meta, &read_orders, &read_fills, &read_rest}) {
        if (Status done = read(database, belief); !done) return done;
    }
    return database.execute("COMMIT");
}

}  // namespace

Result<Belief> read_belief(const std::filesystem::path& workspace) {
    const std::filesystem::path path = workspace / "state" / "trading_record.db";
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
        return fail(Error{Errc::not_found, "expected a trading record, found none"}.at(path.string()));
    Result<store::Database> database = store::Database::open(path, store::Database::Access::read_only);
    if (!database) return fail(std::move(database.error()).at(path.string()));
    Belief belief;
    Status read = read_all(*database, belief);
    if (read) return belief;
    // A statement that does not compile means that a table is missing.
    if (read.error().code() == Errc::invalid_argument)
        return fail(
            Error{Errc::corrupt, "expected a trading record: " + read.error().message()}.at(path.string()));
    return fail(std::move(read.error()).at(path.string()));
}

}  // namespace plumb::exchange
