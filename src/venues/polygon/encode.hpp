#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "venues/polygon/symbols.hpp"
#include "wire/venue.hpp"

namespace plumb::venues::polygon {

/// The words of VenueOptions::plan.
struct Plan {
    bool basic = false, delayed = false, adjusted = true;
    std::optional<Market> market;  // what every instrument is; nothing: by is_coin()

    static Plan parse(std::string_view words);
};

/// A span as the aggregates spell it: {4, "hour"}.
struct Span {
    unsigned multiplier = 0;
    std::string_view timespan;
};
std::optional<Span> span_of(Duration length);

/// Base aggregates a request may use up: fewer bars come where they are longer than a minute.
inline constexpr std::size_t kRowsPerRequest = 50'000;

/// As Venue::ask. The key travels in a header, never in an address that could be logged.
Result<wire::WireRequest> encode(const wire::Question& question, const wire::SymbolMap& symbols,
                                 const Secret& key, const Plan& plan);

/// The part of a next_url that is asked of our own server: path and query. Errc::denied where it leads to a
/// host that is neither the endpoint's nor one of the venue's, away from `path`, or carries a key.
Result<std::string> page_of(std::string_view next_url, const io::Endpoint& endpoint, std::string_view path);

}  // namespace plumb::venues::polygon
