#pragma once

#include "venues/binance/rules.hpp"
#include "wire/question.hpp"

namespace plumb::venues::binance {

/// What reading an answer needs to know of the venue. Listings fill the book of rules.
struct AnswerContext {
    Market market = Market::spot;
    wire::SymbolMap& symbols;
    RuleBook& rules;
    Timestamp received_at;
};

/// Answers about the account, orders and listings, all but market data. Nothing is given to the sink unless
/// the whole answer is what the documents promise: a list with one bad row proves nothing about what is not
/// in it, so its verdict is unknown and the bad row comes as Refused.
wire::Reply read_answer(const wire::Question& question, const io::HttpResponse& response,
                        const AnswerContext& context, wire::WireSink& sink);

/// Whether the answer is JSON with a status of success and no complaint; else `reply` says what it is. For
/// market data, whose rows are read elsewhere.
bool is_success(const io::HttpResponse& response, const AnswerContext& context, wire::Reply& reply);

}  // namespace plumb::venues::binance
