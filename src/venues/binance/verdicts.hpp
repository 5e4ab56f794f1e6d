#pragma once

#include <string_view>

#include "venues/binance/market.hpp"
#include "wire/question.hpp"

namespace plumb::venues::binance {

/// {"code": …, "msg": …} of an answer.
struct Complaint {
    std::int64_t code = 0;
    std::string_view message;
};

/// What a complaint means (FAULTS rule 1, E02, E03). Only codes listed here as final are Verdict::refused;
/// -1006, -1007 and all that is not listed leave open what happened.
wire::Verdict verdict_of(Market market, const Complaint& complaint);

/// An answer that is no success: its verdict, code, words in one plain line, and when to ask again.
wire::Reply reply_of(Market market, const Complaint& complaint, const io::HttpResponse& response,
                     Timestamp received_at);

/// An answer without a complaint that can be read: 5xx, HTML, nothing.
wire::Reply reply_without_words(const io::HttpResponse& response, Timestamp received_at);

}  // namespace plumb::venues::binance
