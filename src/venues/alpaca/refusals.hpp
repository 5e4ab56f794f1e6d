#pragma once

#include "wire/question.hpp"

namespace plumb::venues::alpaca {

/// What an answer that is no success is worth (FAULTS rule 1). Definitive are only the codes the venue
/// documents for a request it did not carry out; 5xx, HTML, an empty or torn body stay unknown.
wire::Reply read_failure(const wire::Question& question, const io::HttpResponse& response,
                         Timestamp received_at);

/// When the venue's headers say that its budget is whole again: X-RateLimit-Reset (seconds since 1970) or
/// Retry-After (seconds from now), the later of both.
std::optional<Timestamp> refilled_at(const io::HttpResponse& response, Timestamp received_at);

/// A header that is a whole number; nothing when it is missing or is none.
std::optional<std::uint64_t> number_header(const io::HttpResponse& response, std::string_view name);

/// The text without control characters, cut at 200 bytes: one line for people.
std::string one_line(std::string_view text);

}  // namespace plumb::venues::alpaca
