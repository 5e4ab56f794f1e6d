#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/record_rows.hpp"
#include "store/round_trip.hpp"
#include "store/sqlite.hpp"

namespace plumb::store {

/// What a pair (or none) owns in one leg, folded exactly from its fills.
struct LegPosition {
    std::string pair;  // empty: owned by no pair
    unsigned char leg = 0;
    std::string instrument;
    Quantity quantity;  // signed
    Money paid;         // bought minus sold: what the position cost so far, fees apart
    Money fees;
    std::int64_t fills = 0;
};

/// What the account should hold of one instrument: the sum over all pairs.
struct NetPosition {
    std::string instrument;
    Quantity quantity;
    Money paid;
    Money fees;
    std::int64_t fills = 0;
};

struct RecordedNote {
    Timestamp at;
    std::string kind;
    std::string json;
};

/// An answer to free SQL; cells are text, none where SQL says NULL.
struct QueryAnswer {
    std::vector<std::string> columns;
    std::vector<std::vector<std::optional<std::string>>> rows;
    bool more = false;  // rows_max was reached
};

/// Reads a trading record while a session writes it, or when none runs; changes nothing in it. What it
/// answers until the next refresh() is of one moment, between two commits. Every row's checksum is verified:
/// Errc::corrupt otherwise. All the functions that list rows answer oldest first.
class RecordReader {
 public:
    static constexpr std::size_t kAll = static_cast<std::size_t>(-1) >> 1;

    /// Errc::not_found when there is no record, Errc::newer_format, Errc::corrupt, Errc::io.
    static Result<RecordReader> open(const std::filesystem::path& path);

    /// Moves on to the latest commit and stays there.
    Status refresh();
    /// Lets go of that moment until the next refresh(). The writer's log cannot be emptied while a reader
    /// stands in it, and grows with every commit: a reader that waits for its next look must let go.
    Status release();

    Result<RecordMeta> meta();
    Result<RecordProgress> progress();
    /// As recorded: with pairs(), what a restart needs to configure a pair that only the record knows.
    Result<std::vector<Instrument>> instruments();
    Result<std::vector<RecordedPair>> pairs();
    Result<std::vector<RecordedOrder>> open_orders();
    /// Every order with the state it stands in.
    Result<std::vector<RecordedOrder>> orders();
    /// All that was heard of one order. Errc::not_found when it was never recorded.
    Result<RecordedOrder> order(const ClientOrderId& id);
    Result<std::vector<RecordedOrderState>> order_states(const ClientOrderId& id);
    /// The latest `newest` of them.
    Result<std::vector<RecordedFill>> fills(std::size_t newest = kAll);
    Result<std::vector<EquityPoint>> equity(std::size_t newest = kAll);
    Result<std::vector<RecordedNote>> notes(std::size_t newest = kAll, std::string_view kind = {});
    Result<std::vector<LegPosition>> positions();      // those not zero, by pair and leg
    Result<std::vector<NetPosition>> net_positions();  // those not zero, by instrument
    Result<std::vector<RoundTrip>> round_trips();
    /// One SELECT of the user's. Errc::invalid_argument for anything else or a mistake in it.
    Result<QueryAnswer> query(std::string_view sql, std::size_t rows_max = 100'000);

 private:
    RecordReader(Database database, std::filesystem::path path)
        : database_{std::move(database)}, path_{std::move(path)} {}
    template <class Value>
    Result<std::vector<Value>> list(const Table& table, Result<Value> (*take)(const Row&),
                                    std::string_view where, std::size_t newest, std::string_view argument);
    Result<std::vector<RecordedOrder>> orders_where(std::string_view where, std::string_view argument);

    Database database_;
    std::filesystem::path path_;
};

}  // namespace plumb::store
