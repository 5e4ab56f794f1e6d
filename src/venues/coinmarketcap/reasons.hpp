#pragma once

#include <optional>
#include <string>

#include "wire/question.hpp"

namespace plumb::venues::coinmarketcap {

struct Judgement {
    wire::Verdict verdict = wire::Verdict::unknown;
    std::string words;               // empty: the venue's own will do
    std::optional<Timestamp> until;  // of a limit, by the venue's rules for when it ends
};

/// What a failure is worth: the HTTP status, and the `error_code` of the body where there is one (else zero).
Judgement judgement_of(int http, std::int64_t code, Timestamp now);

}  // namespace plumb::venues::coinmarketcap
