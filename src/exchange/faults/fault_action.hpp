#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "exchange/protocol/message.hpp"
#include "exchange/venue_model.hpp"

namespace plumb::exchange {

/// Where in the life of a request its connection ends.
enum class CloseAt : unsigned char {
    never,
    before,           // the request was read; nothing is done, nothing answered
    inside,           // its head was read, its body not
    before_answer,    // it is done, nothing is answered
    after,            // done and answered; the head does not say that the connection ends
    at_next_request,  // done and answered; the next request on the connection meets its end
};

/// What goes wrong with a request or its answer.
struct RequestFault {
    std::optional<bool> process;  // else: not when it is refused, closed before or inside
    std::optional<Trouble> refuse;
    std::optional<int> status;
    std::optional<std::string> body;
    std::optional<std::string> content_type;
    std::optional<std::string> retry_after;  // "none" takes the header away
    Duration delay{};                        // before the first byte
    Duration slow_head{};                    // after each byte of it
    Duration delay_body{};
    Duration slow_body{};  // after each byte of it
    std::optional<std::size_t> cut_at;
    bool cut_each = false;  // one byte later each time, from zero
    bool cut_counts_body = false;
    CloseAt close = CloseAt::never;
    bool reset = false;                  // ends by a reset instead of a close
    bool hang = false;                   // no answer, and no end either
    Duration idle{};                     // with close: after
    std::optional<Decimal> fill_before;  // fraction of the order in question that fills before it is done
    std::optional<Decimal> fill_after;
};

/// How a frame is spoilt. What needs a field that is not there changes nothing.
enum class Mutation : unsigned char {
    zero,             // a price is 0
    negative,         // a price is below zero
    nan,              // a price is "NaN"
    absurd,           // a price is 1e15 times itself
    crossed,          // bids and asks change places
    unknown_fields,   // each object gets one more
    numbers_as_text,  // 1 becomes "1"
    text_as_numbers,  // "1" becomes 1
    null_fields,      // a price is null
    deep,             // one more field, nested a thousand times
    huge,             // one more field of a megabyte
    truncated,        // the second half is missing
    not_json,         // no JSON at all
    checksum,         // a checksum that does not agree
    sequence,         // a sequence number that was left out
};
std::string_view to_string(Mutation mutation);

/// What goes wrong with a frame on its way out.
struct FrameFault {
    bool drop = false;
    int copies = 1;     // how often it is sent
    Duration delay{};   // so long later, behind what is sent meanwhile
    int hold_back = 0;  // sent after so many later frames of its stream
    std::optional<Mutation> mutate;
    std::vector<std::string> fields;    // which fields are prices; else the usual names
    std::optional<std::size_t> cut_at;  // bytes of the frame, then the connection ends
    bool reset = false;                 // with cut_at
};

/// What goes wrong with a client's message.
struct MessageFault {
    bool drop = false;
    std::optional<StreamTrouble> refuse_stream;  // instead of doing it
    std::optional<std::uint16_t> close_code;
    bool cut = false;  // the connection ends without a close frame
};

/// Which orders an action is about: by client id, by the venue's number, else the newest open one.
struct OrderChoice {
    std::string account;  // empty: the first
    std::string instrument;
    std::string client_id;
    OrderNumber number = 0;
};

struct FillOrder {
    OrderChoice order;
    Decimal fraction{1};  // of what is left
    int parts = 1;
    Duration every{};              // between the parts
    std::optional<Price> price{};  // else its limit, else the last price
};
struct CancelByVenue {
    OrderChoice order;
    bool all = false;
};
struct SetStatus {
    std::string instrument;  // empty: all
    TradingStatus status = TradingStatus::halted;
    Duration lasts{};  // zero: until changed
};
struct Delist {
    std::string instrument;
};
struct Transfer {
    std::string account;
    std::string asset;
    Decimal amount;
};
struct ManualOrder {
    std::string account;
    std::string instrument;
    Side side = Side::buy;
    Quantity quantity;
    std::optional<Price> limit;  // else at market
    std::string client_id;
};
struct Liquidate {
    std::string account;
    std::string instrument;
};
struct ExpireStreamKeys {};
struct Disconnect {
    bool reset = false;  // else a close frame
    std::uint16_t code = 1001;
};
struct StopData {
    std::string instrument;         // empty: all
    std::vector<FrameKind> frames;  // empty: all that tell of the market
    Duration lasts{};               // zero: until resumed
};
struct ResumeData {};
struct StallStreams {
    Duration lasts{};
};
struct RefuseStreams {
    StreamTrouble trouble = StreamTrouble::slow_client;
};
struct SetLag {
    std::string account;
    ViewLag lag;
    Duration lasts{};
};
struct SetClock {
    Duration offset{};
};
struct SetDeadMan {
    std::string account;
    std::optional<Duration> after;  // nullopt takes the timer away
};
struct SetMark {
    std::string instrument;
    Price mark;
    Price index;
};
struct SetFunding {
    std::string instrument;
    Decimal rate;
    Duration after{};
};
struct SetFees {
    std::string instrument;  // empty: all
    FeeRule fees;
};
struct SetIdRule {
    IdRule rule = IdRule::unique_forever;
};

using VenueAction =
    std::variant<FillOrder, CancelByVenue, SetStatus, Delist, Transfer, ManualOrder, Liquidate,
                 ExpireStreamKeys, Disconnect, StopData, ResumeData, StallStreams, RefuseStreams, SetLag,
                 SetClock, SetDeadMan, SetMark, SetFunding, SetFees, SetIdRule>;

/// The `do` of a rule.
struct FaultAction {
    std::optional<RequestFault> request;
    std::optional<FrameFault> frame;
    std::optional<MessageFault> message;
    std::vector<VenueAction> venue;
    std::string json;  // as it was written, on one line, for the truth log
};

}  // namespace plumb::exchange
