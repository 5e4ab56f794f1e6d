#pragma once

#include <optional>

#include "venues/coinbase/keys.hpp"
#include "wire/symbol_map.hpp"

namespace plumb::venues::coinbase {

/// Where a row's tokens stand, and when they came.
struct Context {
    const char* frame = nullptr;  // the first byte, for offsets
    Timestamp sent_at;            // the envelope's time; the receipt where there is none
    Timestamp received_at;
    std::uint64_t sequence = 0;
};

/// What a row came to: an event, a refusal, or nothing for us (a product nobody follows, an empty ticker).
template <class Event>
struct Row {
    std::optional<Event> event;
    std::optional<wire::Refused> refused;
    const char* ignored = nullptr;
};

inline constexpr const char* kNotFollowed = "a product that nobody follows";

/// Digits with or without quotes and leading zeros, as this venue writes ids and seconds; 19 at most.
std::optional<std::uint64_t> digits_of(std::string_view token);
/// The text of a token for people: cut, and with escapes as they came.
template <std::size_t Capacity>
FixedText<Capacity> words_of(std::string_view token) {
    while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') token.remove_suffix(1);
    if (token.size() < 2 || token.front() != '"' || token.back() != '"') return {};
    return FixedText<Capacity>{token.substr(1, std::min(token.size() - 2, Capacity))};
}
/// Missing, null or "".
bool is_blank(const wire::Members& members, std::size_t key);

/// The taker's side: market_trades tells it ("BUY"); see the README for the doubt.
Row<Trade> read_trade(const wire::Members& members, const Context& context, wire::SymbolMap& symbols);
Row<Quote> read_ticker(const wire::Members& members, const Context& context, wire::SymbolMap& symbols);
/// A bar of five minutes on the stream. Whether it is over is for the caller to say.
Row<OpenBar> read_candle(const wire::Members& members, const Context& context, InstrumentId instrument,
                         Duration length);
Row<MarketStatus> read_status(const wire::Members& members, const Context& context, wire::SymbolMap& symbols);
/// `venue_time` is the envelope's where the row has none of its own.
Row<wire::OrderUpdate> read_order(const wire::Members& members, const Context& context,
                                  wire::SymbolMap& symbols);

}  // namespace plumb::venues::coinbase
