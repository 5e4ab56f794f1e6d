#include "store/trading_record.hpp"

#include <fmt/format.h>

#include "base/check.hpp"

namespace plumb::store {
namespace {

/// A note is for people and `why`: longer ones are a bug elsewhere.
constexpr std::size_t kNoteBytesMax = std::size_t{1} << 20;

}  // namespace

std::filesystem::path trading_record_path(const std::filesystem::path& workspace) {
    return workspace / "state" / "trading_record.db";
}

SqliteTradingRecord::SqliteTradingRecord(io::FileLock lock, Database database)
    : lock_{std::move(lock)}, database_{std::move(database)} {}

SqliteTradingRecord::~SqliteTradingRecord() {
    if (active_) undo();
}

/// Everything is compiled once; a later call only binds and steps.
Status SqliteTradingRecord::prepare() {
    const auto into = [this](Statement& statement, std::string_view sql) -> Status {
        Result<Statement> prepared = database_.prepare(sql);
        if (!prepared) return fail(prepared.error());
        statement = std::move(*prepared);
        return {};
    };
    const auto fresh = [](const Table& table, std::string_view key) {
        return fmt::format("{} ON CONFLICT({}) DO NOTHING", table.insert(), key);
    };
    const std::pair<Statement*, std::string> all[] = {
        {&statements_.begin, "BEGIN IMMEDIATE"},
        {&statements_.commit, "COMMIT"},
        {&statements_.rollback, "ROLLBACK"},
        {&statements_.intent, fresh(kOrders, "id")},
        {&statements_.order_state, kOrderStates.insert()},
        {&statements_.fill, fresh(kFills, "venue, account, execution")},
        {&statements_.pair, kPairs.replace()},
        {&statements_.round_trip, kRoundTrips.insert()},
        {&statements_.equity, kEquity.insert()},
        {&statements_.note, kNotes.insert()},
        {&statements_.progress, kProgress.replace()},
        {&statements_.find_intent, "SELECT * FROM orders WHERE id = ?1"},
        {&statements_.find_fill, "SELECT * FROM fills WHERE venue = ?1 AND account = ?2 AND execution = ?3"},
    };
    for (const auto& [statement, sql] : all) {
        if (Status prepared = into(*statement, sql); !prepared) return prepared;
    }
    return {};
}

Result<const SqliteTradingRecord::PairSlot*> SqliteTradingRecord::slot(PairId id) const {
    if (id.value < pairs_.size() && pairs_[id.value].sequence != 0) return &pairs_[id.value];
    return fail(Errc::not_found, "expected a pair of this session, found an id that none has");
}

Result<std::string_view> SqliteTradingRecord::instrument_name(InstrumentId id) const {
    if (id.value < instruments_.size()) return std::string_view{instruments_[id.value]};
    return fail(Errc::not_found, "expected an instrument of this session, found an id that none has");
}

Result<std::string_view> SqliteTradingRecord::pair_name(const std::optional<PairId>& id) const {
    if (!id) return std::string_view{};
    return map(slot(*id), [](const PairSlot* pair) { return std::string_view{pair->model.name}; });
}

/// Writes row_. False when the row was there already.
Result<bool> SqliteTradingRecord::append(Statement& insert, const Table& table, TableTotal& total) {
    const std::uint32_t checksum = row_.bind(insert, table);
    if (Status run = insert.run(); !run) return fail(run.error());
    if (database_.changes() == 0) return false;
    total.add(checksum);
    changed_ = true;
    return true;
}

/// The first failure decides: what follows is not even tried, and commit() will answer with it.
template <class Write>
Status SqliteTradingRecord::within(Write write) {
    PLUMB_CHECK(active_);
    if (!failed_) return failed_;
    failed_ = write();
    return failed_;
}

Status SqliteTradingRecord::begin() {
    PLUMB_CHECK(!active_);
    if (database_.in_transaction()) {  // a rollback that failed before is tried again
        if (Status ended = statements_.rollback.run(); !ended) return ended;
    }
    if (Status begun = statements_.begin.run(); !begun) return begun;
    active_ = true;
    changed_ = false;
    failed_ = {};
    working_ = committed_;
    equity_committed_ = equity_;
    notes_committed_ = notes_;
    pair_checksums_before_.clear();
    return {};
}

Status SqliteTradingRecord::intent(const OrderRequest& order) {
    return within([&] { return write_intent(order); });
}

Status SqliteTradingRecord::order(const OrderReport& report) {
    return within([&] { return write_order_state(report); });
}

Status SqliteTradingRecord::fill(const Fill& fill) {
    return within([&] { return write_fill(fill); });
}

Status SqliteTradingRecord::pair(const PairStatus& status) {
    return within([&] { return write_pair(status); });
}

Status SqliteTradingRecord::round_trip(const PairClosed& closed) {
    return within([&] { return write_round_trip(closed); });
}

Status SqliteTradingRecord::equity(const EquityPoint& point) {
    return within([&]() -> Status {
        put_equity(row_, equity_.rows + 1, point);
        const Result<bool> added = append(statements_.equity, kEquity, equity_);
        return added ? Status{} : fail(added.error());
    });
}

Status SqliteTradingRecord::note(Timestamp at, std::string_view kind, std::string_view json) {
    return within([&]() -> Status {
        if (json.size() > kNoteBytesMax) return fail(Errc::out_of_range, "expected a note of at most 1 MiB");
        row_.clear();
        row_.add(notes_.rows + 1).add(at).add(kind).add(json);
        const Result<bool> added = append(statements_.note, kNotes, notes_);
        return added ? Status{} : fail(added.error());
    });
}

Status SqliteTradingRecord::cursor(const Cursor& cursor) {
    return within([&]() -> Status {
        changed_ = changed_ || working_.cursor != cursor;
        working_.cursor = cursor;
        return {};
    });
}

Status SqliteTradingRecord::commit() {
    PLUMB_CHECK(active_);
    Status done = failed_;
    if (done && changed_) {
        ++working_.commits;
        put_progress(row_, working_);
        row_.bind(statements_.progress, kProgress);
        done = statements_.progress.run();
    }
    if (done) done = statements_.commit.run();
    if (!done) {
        undo();
        return done;
    }
    active_ = false;
    committed_ = working_;
    return {};
}

void SqliteTradingRecord::undo() {
    active_ = false;
    if (database_.in_transaction()) (void)statements_.rollback.run();  // begin() tries again
    // Frames of the failed commit may stand in the log; emptying it forgets them. On a full disk this may
    // fail too.
    if (changed_) database_.try_checkpoint();
    working_ = committed_;
    equity_ = equity_committed_;
    notes_ = notes_committed_;
    for (auto each = pair_checksums_before_.rbegin(); each != pair_checksums_before_.rend(); ++each) {
        pairs_[each->first].checksum = each->second;
    }
    pair_checksums_before_.clear();
}

Status SqliteTradingRecord::write_intent(const OrderRequest& order) {
    const Result<std::string_view> instrument = instrument_name(order.instrument);
    if (!instrument) return fail(instrument.error());
    const Result<std::string_view> pair = pair_name(order.pair);
    if (!pair) return fail(pair.error());
    put_order(row_, working_.orders.rows + 1, order, *instrument, *pair);
    const Result<bool> added = append(statements_.intent, kOrders, working_.orders);
    if (!added) return fail(added.error());
    return *added ? Status{} : same_intent(order, *instrument, *pair);
}

Status SqliteTradingRecord::same_intent(const OrderRequest& order, std::string_view instrument,
                                        std::string_view pair) {
    const std::string id = order.id.to_string();
    Statement& find = statements_.find_intent;
    find.bind(1, id);
    const Result<bool> there = find.step();
    Row known;
    Status read = there ? known.read(find, kOrders) : Status{fail(there.error())};
    find.reset();
    if (!read) return read;
    put_order(row_, known.number(), order, instrument, pair);
    if (row_.checksum(kOrders) == known.checksum(kOrders)) return {};
    return fail(Errc::duplicate, "the client order id " + id + " was already used for another order");
}

Status SqliteTradingRecord::write_order_state(const OrderReport& report) {
    put_order_state(row_, working_.order_states.rows + 1, report);
    const Result<bool> added = append(statements_.order_state, kOrderStates, working_.order_states);
    if (added) return {};
    if (added.error().code() != Errc::not_found) return fail(added.error());
    return fail(Errc::not_found, "no intent was recorded for the order " + report.order.to_string());
}

Status SqliteTradingRecord::write_fill(const Fill& fill) {
    const Result<std::string_view> instrument = instrument_name(fill.instrument);
    if (!instrument) return fail(instrument.error());
    const Result<std::string_view> pair = pair_name(fill.pair);
    if (!pair) return fail(pair.error());
    put_fill(row_, working_.fills.rows + 1, {venue_, account_}, fill, *instrument, *pair);
    const Result<bool> added = append(statements_.fill, kFills, working_.fills);
    if (!added) return fail(added.error());
    return *added ? Status{} : same_fill(fill, *instrument);
}

/// Stream and REST may tell times, liquidity or ownership of one execution differently; what it did to the
/// account must be the same.
Status SqliteTradingRecord::same_fill(const Fill& fill, std::string_view instrument) {
    Statement& find = statements_.find_fill;
    find.bind(1, venue_);
    find.bind(2, account_);
    find.bind(3, fill.execution.view());
    const Result<bool> there = find.step();
    Status read = there ? row_.read(find, kFills) : Status{fail(there.error())};
    find.reset();
    if (!read) return read;
    const Result<RecordedFill> known = take_fill(row_);
    if (!known) return fail(known.error());
    const Fill& old = known->fill;
    const bool same = old.order == fill.order && known->instrument == instrument && old.side == fill.side &&
                      old.price == fill.price && old.quantity == fill.quantity && old.fee == fill.fee;
    if (same) return {};
    return fail(Errc::corrupt,
                fmt::format("fill {}: recorded {} {} at {}, fee {}; now told {} {} at {}, fee {}",
                            fill.execution.view(), to_string(old.side), old.quantity.to_string(),
                            old.price.to_string(), old.fee.to_string(), to_string(fill.side),
                            fill.quantity.to_string(), fill.price.to_string(), fill.fee.to_string()));
}

Status SqliteTradingRecord::write_pair(const PairStatus& status) {
    const Result<const PairSlot*> found = slot(status.pair);
    if (!found) return fail(found.error());
    PairSlot& pair = pairs_[status.pair.value];
    put_pair(row_, pair.sequence, pair.model, pair.legs, status);
    const std::uint32_t checksum = row_.bind(statements_.pair, kPairs);
    if (Status run = statements_.pair.run(); !run) return run;
    if (database_.changes() != 1)
        return fail(Errc::corrupt, "the row of pair " + pair.model.name + " is gone");
    pair_checksums_before_.emplace_back(status.pair.value, pair.checksum);
    working_.pairs.remove(pair.checksum);
    working_.pairs.add(checksum);
    pair.checksum = checksum;
    changed_ = true;
    return {};
}

Status SqliteTradingRecord::write_round_trip(const PairClosed& closed) {
    const Result<const PairSlot*> pair = slot(closed.status.pair);
    if (!pair) return fail(pair.error());
    put_round_trip(row_, working_.round_trips.rows + 1, closed, (*pair)->model.name, working_.fills.rows);
    const Result<bool> added = append(statements_.round_trip, kRoundTrips, working_.round_trips);
    return added ? Status{} : fail(added.error());
}

}  // namespace plumb::store
