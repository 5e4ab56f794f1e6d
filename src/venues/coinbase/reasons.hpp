#pragma once

#include <string>
#include <string_view>

#include "wire/question.hpp"

namespace plumb::venues::coinbase {

/// What a failure code of the venue is worth. Codes that stand in no list of the documents are unknown: the
/// order may live (FAULTS rule 1, E03).
wire::Verdict verdict_of_order(std::string_view code);
wire::Verdict verdict_of_cancel(std::string_view code);
/// For an answer whose status is not 200: the code under `error` or `errors[0].id`.
wire::Verdict verdict_of_error(std::string_view code);
/// A plain sentence for the codes people meet; empty for the others.
std::string_view sentence_of(std::string_view code);

}  // namespace plumb::venues::coinbase
