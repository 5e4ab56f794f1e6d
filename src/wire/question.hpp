#pragma once

#include <optional>
#include <string>
#include <variant>

#include "core/order.hpp"
#include "io/http_message.hpp"
#include "wire/wire_event.hpp"

namespace plumb::wire {

/// An order as both sides name it. Either name may be missing where it is not known yet.
struct OrderKey {
    InstrumentId instrument;
    ClientOrderId client;
    VenueOrderId venue;  // empty: ask by the client id
};

// All that can be asked of a venue. `page` is what the answer before gave as `Reply::next_page`.
struct AskPlace {
    OrderRequest order;
};
struct AskCancel {
    OrderKey order;
};
/// Changes quantity and prices of a working order to those of `order`, whose id is the new client id.
struct AskReplace {
    OrderKey replaced;
    OrderRequest order;
};
struct AskOrder {
    OrderKey order;
    unsigned char endpoint =
        0;  // venues look for one order in up to Capabilities::order_endpoints places (E05)
};
struct AskOpenOrders {
    std::optional<InstrumentId> instrument;
    std::string page;
};
struct AskFills {
    std::optional<InstrumentId> instrument;  // some venues answer for one instrument only
    Timestamp since;
    std::string page;
};
struct AskPositions {
    std::string page;
};
struct AskBalances {
    std::string page;
};
struct AskAccount {};
/// What the key may do, where that is another question than the account.
struct AskPermissions {};
struct AskListings {
    std::string page;
};
/// Bars of `length` that open in [from, to), oldest first where the venue can.
struct AskBars {
    InstrumentId instrument;
    Duration length{};
    Timestamp from, to;
    std::string page;
};
struct AskTrades {
    InstrumentId instrument;
    Timestamp from, to;
    std::string page;
};
/// Latest quotes by REST, for venues without a stream.
struct AskQuotes {
    std::vector<InstrumentId> instruments;
};
struct AskBook {
    InstrumentId instrument;
};
struct AskClock {};
struct AskStreamKey {
    enum class Step : unsigned char { create, renew, close };
    Step step = Step::create;
    FixedText<128> key;
};
/// The dead-man switch: the venue cancels all orders unless this is asked again within `after`; zero ends it.
struct AskCancelAllAfter {
    Duration after{};
};

using Question = std::variant<AskPlace, AskCancel, AskReplace, AskOrder, AskOpenOrders, AskFills,
                              AskPositions, AskBalances, AskAccount, AskPermissions, AskListings, AskBars,
                              AskTrades, AskQuotes, AskBook, AskClock, AskStreamKey, AskCancelAllAfter>;

/// "place order", "candles": for messages.
std::string_view name_of(const Question& question);
/// A question that changes nothing may be asked again when its answer is lost.
bool changes_something(const Question& question);

/// Which server of a venue a request goes to.
enum class Host : unsigned char {
    trading,
    market_data,
    permissions,  // where a key's rights are told, at venues that have that elsewhere
};

/// A question in the venue's own words.
struct WireRequest {
    io::HttpRequest http;
    Host host = Host::trading;
    unsigned char bucket = 0;  // index into Venue::rate_limits()
    unsigned weight = 1;
    bool uses_reserve = false;  // cancels and exits may draw on what is kept for them (E20)
};

/// What an answer is worth. Only `refused`, and `not_found` where settled, are definitive (FAULTS rule 1).
enum class Verdict : unsigned char {
    ok,
    refused,       // listed by the venue as final: the order does not exist
    not_found,     // not known there, or not yet (E05)
    duplicate,     // proof that an order of this client id exists or existed
    rate_limited,  // not executed; ask again at `retry_at`
    unauthorized,  // wrong, expired or insufficient key: stop asking
    clock,         // our time stamp was refused: not executed; measure the clock
    unavailable,   // definitely not executed, may be asked again later (maintenance)
    unknown,       // 5xx, unparsable, anything else: it may have happened (E02)
};
std::string_view to_string(Verdict verdict);

struct Reply {
    Verdict verdict = Verdict::unknown;
    std::int64_t code = 0;              // the venue's, else the HTTP status
    std::string words;                  // the venue's reason in plain words, one line, no secrets
    std::optional<Timestamp> retry_at;  // exact, where the venue said it
    std::string next_page;              // empty: this was the last
};

}  // namespace plumb::wire
