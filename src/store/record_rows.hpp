#pragma once

#include "core/instrument.hpp"
#include "ports/trading_record.hpp"
#include "store/record_row.hpp"

namespace plumb::store {

/// Between the words of the house and the rows of the record. Each put_ fills a cleared row whose first cell
/// is the row number given; each take_ answers Errc::corrupt when the row holds anything else. Ids are not
/// set by take_: they hold for one session only, and names are what the record keeps.

/// What the record is, and how often it was opened.
struct RecordMeta {
    std::uint32_t install = 0;
    std::uint32_t epoch = 0;
    SessionHeader header;
};

/// How many rows a table has and the sum of their checksums (each spread over 64 bits), so that a lost row is
/// found.
struct TableTotal {
    std::int64_t rows = 0;
    std::uint64_t sum = 0;

    void add(std::uint32_t checksum);
    void remove(std::uint32_t checksum);
    friend bool operator==(const TableTotal&, const TableTotal&) = default;
};

struct RecordProgress {
    std::int64_t commits = 0;
    Cursor cursor;
    TableTotal instruments, pairs, orders, order_states, fills, round_trips;

    friend bool operator==(const RecordProgress&, const RecordProgress&) = default;
};

struct RecordedOrderState {
    std::string order;
    OrderState state = OrderState::intended;
    VenueOrderId venue_order;
    std::string reason;
    Timestamp venue_time;
    Timestamp received_at;
};

/// A closed round trip as the engine told it.
struct RecordedTrip {
    std::string pair;
    SpreadSide side = SpreadSide::flat;
    Timestamp entered_at, exited_at;
    double entry_z = 0, exit_z = 0;
    double entry_spread = 0, exit_spread = 0;
    std::string signal;
    std::string reason;
    Money realized;  // fees included
    Money fees;
    std::int64_t fills_until =
        0;  // rows of fills when it was written: its own are among them, the next one's are not
};

void put_meta(Row& row, const RecordMeta& meta);
Result<RecordMeta> take_meta(const Row& row);
void put_progress(Row& row, const RecordProgress& progress);
Result<RecordProgress> take_progress(const Row& row);
void put_session(Row& row, const RecordMeta& meta);
void put_instrument(Row& row, std::int64_t sequence, const Instrument& instrument);
Result<Instrument> take_instrument(const Row& row);

/// The pair of a status and the names it goes by.
void put_pair(Row& row, std::int64_t sequence, const PairModel& model, const std::array<std::string, 2>& legs,
              const PairStatus& status);
Result<RecordedPair> take_pair(const Row& row);

void put_order(Row& row, std::int64_t sequence, const OrderRequest& order, std::string_view instrument,
               std::string_view pair);
Result<RecordedOrder> take_order(const Row& row);
void put_order_state(Row& row, std::int64_t sequence, const OrderReport& report);
Result<RecordedOrderState> take_order_state(const Row& row);

/// Where fills were made: with the execution id, the key of the set.
struct FillHome {
    std::string_view venue;
    std::string_view account;
};
void put_fill(Row& row, std::int64_t sequence, const FillHome& home, const Fill& fill,
              std::string_view instrument, std::string_view pair);
Result<RecordedFill> take_fill(const Row& row);

void put_round_trip(Row& row, std::int64_t sequence, const PairClosed& closed, std::string_view pair,
                    std::int64_t fills_until);
Result<RecordedTrip> take_round_trip(const Row& row);
void put_equity(Row& row, std::int64_t sequence, const EquityPoint& point);
Result<EquityPoint> take_equity(const Row& row);

}  // namespace plumb::store
