#pragma once

#include <variant>

#include "core/approved_order.hpp"
#include "core/pair.hpp"
#include "core/signal.hpp"

namespace plumb {

/// Why our gate refused. `check` is a static name such as "gross_limit"; refused by us is denied, by the
/// venue rejected.
struct Denied {
    PairId pair;
    const char* check = "";
    double found = 0;
    double limit = 0;
    Timestamp at;
};

/// On disk before the order leaves (FAULTS rule 2). The driver commits these before it performs any Submit.
struct RecordIntent {
    OrderRequest order;
};
struct RecordOrder {
    OrderReport report;
};
struct RecordFill {
    Fill fill;
};
struct RecordPair {
    PairStatus status;
};

struct Submit {
    ApprovedOrder order;
};
struct Cancel {
    ClientOrderId order;
    InstrumentId instrument;
};

struct Signaled {
    Signal signal;
};

/// The spread's mean and deviation were computed anew from recent prices.
struct Recalibrated {
    PairId pair;
    double mean_before, mean_after;
    double std_before, std_after;
    Timestamp at;
};

/// A round trip is over.
struct PairClosed {
    PairStatus status;  // realized and fees of the round trip, held at zero
    SpreadSide side;
    Signal signal;  // what closed it
};

struct EquityPoint {
    Timestamp at;
    Money cash;
    Money equity;
    Money realized;
    Money unrealized;
    Money fees;
    Money gross;  // sum of the absolute values of all positions
};

enum class TradingState : unsigned char { active, reducing, halted };
std::string_view to_string(TradingState state);

struct StateChanged {
    TradingState state;
    const char* why;
    Timestamp at;
};

/// What the engine wants done, in order. The engine does none of it.
using Effect = std::variant<RecordIntent, RecordOrder, RecordFill, RecordPair, Submit, Cancel, Signaled,
                            Denied, Recalibrated, PairClosed, EquityPoint, StateChanged>;

}  // namespace plumb
