#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "base/fixed_text.hpp"
#include "core/market_event.hpp"

namespace plumb::wire {

/// Longest spelling of an instrument at any venue.
using SymbolText = FixedText<32>;
using AssetText = FixedText<16>;

/// Understood, and nothing for us.
struct Ignored {
    const char* reason = "";
};

/// Not what the venue's documents promise: counted and left out, never guessed (F19).
struct Refused {
    const char* reason = "";
    FixedText<24> field;     // the key at fault, where there is one
    std::size_t offset = 0;  // bytes into the frame
};

/// What kind of data a subscription brings; each has its own watchdog (F02).
enum class DataKind : unsigned char { trade, quote, bar, book, mark_price, status, orders };
std::string_view to_string(DataKind kind);

/// Why a venue refuses a subscription. Only `symbol_limit` is answered by asking for fewer (F07).
enum class Refusal : unsigned char {
    none,
    symbol_limit,
    unknown_symbol,
    not_entitled,      // the plan or the key does not give it
    unauthorized,      // wrong or expired key: stop, do not repeat
    connection_limit,  // another session of this key is alive
    slow_client,
    other,
};

/// The venue talking about the connection rather than the market.
struct Control {
    enum class Kind : unsigned char {
        welcome,
        authenticated,
        acknowledged,
        refused,
        error,
        heartbeat,
        shutdown
    };
    Kind kind = Kind::welcome;
    Refusal refusal = Refusal::none;
    std::optional<DataKind> data;            // what is acknowledged or refused, where the venue says it
    std::optional<InstrumentId> instrument;  //
    std::int64_t code = 0;                   // of an error
    FixedText<96> text;                      // the venue's words, cut
};

/// One fill as the venue tells it. The fee may be in any asset (E17).
struct VenueFill {
    ExecutionId execution;
    Price price;
    Quantity quantity;  // above zero
    Decimal fee;        // negative for a rebate
    AssetText fee_asset;
    bool fee_known = false;  // some venues tell fees later or elsewhere
    bool maker = false;
};

/// What a venue says of one order, on a stream or in an answer. Client ids are text here since the order may
/// be a stranger's (EXTERNAL).
struct OrderUpdate {
    std::optional<InstrumentId> instrument;
    SymbolText symbol;  // as the venue writes it
    FixedText<64> client_order;
    VenueOrderId venue_order;
    Side side = Side::buy;
    std::optional<OrderType> type;
    OrderState state = OrderState::working;
    FixedText<96> reason;              // the venue's words where it refused or canceled
    std::optional<Quantity> quantity;  // of the order
    std::optional<Quantity> filled;    // in sum until now
    std::optional<Price> limit, stop, average;
    std::optional<VenueFill> fill;  // the one this update is about
    FixedText<64> replaces;         // client or venue id of the order this one took the place of
    Timestamp venue_time;
    Timestamp received_at;
};

/// An asset in the account. `available` is what no order holds.
struct Balance {
    AssetText asset;
    Decimal total;
    Decimal available;
    Timestamp received_at;
};

/// Signed: short is below zero.
struct VenuePosition {
    std::optional<InstrumentId> instrument;
    SymbolText symbol;
    Quantity quantity;
    Quantity available;  // what no order holds, with the same sign
    Price entry;         // average; zero where unknown
    std::optional<Price> mark;
    Timestamp received_at;
};

/// What a key and its account may do. Absent where the venue does not say.
struct AccountFacts {
    FixedText<40> account;  // the venue's number or name of it
    FixedText<8> currency;
    std::optional<bool> may_trade, may_withdraw, may_short;
    std::optional<Decimal> equity, cash, buying_power, margin_used;
    FixedText<96> trouble;  // blocked, suspended: the venue's words; empty when all is well
    Timestamp received_at;
};

/// One instrument on offer, with its grid.
struct Listing {
    SymbolText symbol;
    AssetText base, quote;
    Price tick;
    Quantity lot;
    Quantity quantity_min, quantity_max;  // max: zero is none
    Money notional_min, notional_max;     //
    TradingStatus status = TradingStatus::open;
    bool can_short = false;
    bool fractional = true;
    bool is_derivative = false;
    Quantity contract_size = Quantity{Decimal::from_units(Decimal::kOne)};  // units of base in one contract
};

/// The venue's clock, for the offset of ours (E23).
struct ServerClock {
    Timestamp venue_time;
    Timestamp received_at;
};

/// The key of a private stream, with the time to renew it by (E24).
struct StreamKey {
    FixedText<128> key;
    Timestamp received_at;
};

/// All that bytes of a venue can mean. Trivial to copy, so that nothing is allocated per message.
using WireEvent = std::variant<Ignored, Refused, Control, Trade, Quote, ClosedBar, OpenBar, BookDelta,
                               MarkPrice, MarketStatus, OrderUpdate, Balance, VenuePosition, AccountFacts,
                               Listing, ServerClock, StreamKey>;

/// Takes what a decoder finds, in the order of the bytes. Borrowed contents live until it returns.
class WireSink {
 public:
    virtual ~WireSink() = default;
    virtual void take(const WireEvent& event) = 0;
};

}  // namespace plumb::wire
