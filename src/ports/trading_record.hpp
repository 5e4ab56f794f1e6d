#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/effect.hpp"

namespace plumb {

/// The id of a recorded instrument or pair that the present configuration lacks. No table has it; its name
/// still tells whose the order, fill or position is, so that none is ever without an owner (S09).
constexpr std::uint32_t kAbsent = 0xFFFF'FFFF;

/// An order as the record knows it. Ids inside are those of the present session, or kAbsent.
struct RecordedOrder {
    OrderRequest request;
    OrderState state = OrderState::intended;
    VenueOrderId venue_order;
    std::string instrument;  // name: ids hold for one session only
    std::string pair;        // empty where no pair owns it
};

struct RecordedFill {
    Fill fill;
    std::string instrument;
    std::string pair;
};

struct RecordedPair {
    PairStatus status;
    PairModel model;  // as traded: while the pair holds anything, the model it was opened with, else the
                      // present one
    std::string pair;
    std::array<std::string, 2> legs;

    bool configured() const { return status.pair.value != kAbsent; }
};

/// What a record was started with. A resume must agree in mode, venue and account, on paper in data source
/// too; capital and started_at stay those of the first start.
struct SessionHeader {
    std::string mode;         // "paper" or "live"
    std::string venue;        // where orders go
    std::string data_source;  // where prices come from
    std::string account;      // fingerprint of the key, "paper" on paper
    Money capital;
    Timestamp started_at;
};

/// How far the session's market events are accounted for: their count, and the time of the last one.
struct Cursor {
    Timestamp at;
    std::uint64_t events = 0;

    friend bool operator==(const Cursor&, const Cursor&) = default;
};

/// All a restart needs.
struct RecordedState {
    std::uint32_t install = 0;
    std::uint32_t epoch = 0;  // of this start, already counted up
    SessionHeader header;
    std::vector<RecordedOrder> orders;  // not final ones
    std::vector<RecordedFill> fills;    // all, oldest first
    std::vector<RecordedPair> pairs;    // all
    Cursor cursor;                      // all events before it are accounted for
    Money equity_high;                  // the highest recorded; zero when none was
    bool resumed = false;               // false for a new record
};

/// The truth at restart: what we intended, sent, hold and own. Every call between begin and commit becomes
/// durable at once or not at all: after any failure in between, commit() fails too, with the first error.
class TradingRecord {
 public:
    virtual ~TradingRecord() = default;

    virtual Status begin() = 0;
    /// The same intent again is no error; another with the same id is Errc::duplicate (E22).
    virtual Status intent(const OrderRequest& order) = 0;
    /// Errc::not_found when no intent has this id.
    virtual Status order(const OrderReport& report) = 0;
    /// Fills are a set: a known execution id changes nothing. Errc::corrupt when it was recorded with other
    /// contents.
    virtual Status fill(const Fill& fill) = 0;
    virtual Status pair(const PairStatus& status) = 0;
    /// A closed round trip. Its fills are already recorded.
    virtual Status round_trip(const PairClosed& closed) = 0;
    virtual Status equity(const EquityPoint& point) = 0;
    virtual Status note(Timestamp at, std::string_view kind, std::string_view json) = 0;
    virtual Status cursor(const Cursor& cursor) = 0;
    /// Durable when it returns. Errc::disk_full and Errc::io leave the record as it was before begin().
    virtual Status commit() = 0;
};

}  // namespace plumb
