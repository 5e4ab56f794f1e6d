#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string_view>

#include "base/time.hpp"
#include "core/order.hpp"
#include "wire/book_rule.hpp"
#include "wire/wire_event.hpp"

namespace plumb::wire {

/// A small set of the values of an enumeration.
template <class Enum>
class Set {
 public:
    constexpr Set() = default;
    constexpr Set(std::initializer_list<Enum> values) {
        for (const Enum value : values) bits_ |= 1u << static_cast<unsigned>(value);
    }
    constexpr bool has(Enum value) const { return (bits_ >> static_cast<unsigned>(value) & 1u) != 0; }
    constexpr bool empty() const { return bits_ == 0; }

 private:
    unsigned bits_ = 0;
};

enum class ShortSelling : unsigned char {
    never,           // spot
    per_instrument,  // where the listing says so
    always,          // derivatives
};

/// How long a client order id stays unique (E32): what a blind resend would do.
enum class IdClass : unsigned char {
    for_ever,    // a second order of the id is refused
    while_open,  // only among open orders: a resend of a filled order executes twice
    none,
};

/// What a venue can do, as data. A venue claims only what its conformance tests prove.
struct Capabilities {
    std::string_view name{};     // "binance-futures"
    std::string_view title{};    // "Binance USD-M futures"
    Set<DataKind> streams{};     // market data by WebSocket
    bool history = false;        // bars by REST
    bool polled_quotes = false;  // quotes by REST only
    bool account = false;
    bool orders = false;
    bool replace = false;
    bool needs_key_for_data = false;
    Set<OrderType> order_types{};
    Set<TimeInForce> times_in_force{};
    ShortSelling short_selling = ShortSelling::never;
    std::string_view short_words{};  // why not, and what can be done, in plain words
    IdClass id_class = IdClass::none;
    bool fills_are_cumulative =
        false;  // E09: what an update's fill quantity means before decode made it one fill
    unsigned char order_endpoints = 1;  // places where one order may be found
    Duration not_found_settles{};       // "not found" younger than this says nothing (E05)
    std::span<const Duration> bar_lengths{};
    std::span<const Duration> stream_bar_lengths{};
    std::size_t bars_per_request = 0;
    std::size_t symbols_per_connection = 0;     // zero: no limit known
    std::size_t symbols_per_subscribe = 0;      // per message; zero: all in one
    std::size_t connections_per_key = 0;        // zero: no limit known
    Duration connection_life{};                 // the venue cuts after this; zero: never (F18)
    Duration clock_tolerance{};                 // a stamp further off is refused; zero: not checked (E23)
    Duration dead_man_max{};                    // zero: no dead-man switch
    BookRule book_rule = BookRule::unnumbered;  // how changes of a book are known to be complete
    bool frames_are_lists = false;              // a WebSocket message is a JSON list of events
    SnapshotBy book_snapshot = SnapshotBy::subscription;  // where a book begins
};

}  // namespace plumb::wire
