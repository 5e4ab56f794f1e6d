#pragma once

#include "venues/polygon/encode.hpp"

namespace plumb::venues::polygon {

/// What reading an answer needs to know.
struct ReadContext {
    wire::SymbolMap& symbols;
    const io::Endpoint& endpoint;  // whose next_url is followed
    const Plan& plan;
};

/// As Venue::read: a body that is not what the documents promise is Verdict::unknown, and then no event
/// leaves.
wire::Reply read_answer(const wire::Question& question, const io::HttpResponse& response,
                        Timestamp received_at, ReadContext& context, wire::WireSink& sink);

/// Data of plans that are not live are this old: a bar is complete only when it ended before.
inline constexpr Duration kDelay = std::chrono::minutes{15};

}  // namespace plumb::venues::polygon
