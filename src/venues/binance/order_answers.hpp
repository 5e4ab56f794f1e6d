#pragma once

#include <vector>

#include "venues/binance/answer_fields.hpp"
#include "venues/binance/answers.hpp"

namespace plumb::venues::binance {

/// What an answer's events are gathered in until it is known to be whole; the first refusal ends it.
struct Gathered {
    std::vector<wire::WireEvent> events;
    std::optional<wire::Refused> refused;

    /// False after remembering what was wrong.
    bool good(const AnswerFields& fields) {
        if (!fields.ok() && !refused) refused = fields.refused();
        return fields.ok();
    }
    bool refuse(const char* reason, std::string_view name = {}) {
        if (!refused) refused = wire::Refused{reason, name.substr(0, 24), 0};
        return false;
    }
};

// Each appends the events of one object, or refuses it. Of an order with `fills` there is one event per fill.
bool gather_order(simdjson::dom::element row, const AnswerContext& context, Gathered& out);
bool gather_algo_order(simdjson::dom::element row, const AnswerContext& context, Gathered& out);
/// A row of myTrades or userTrades. Its order stands as the row leaves it: only that it is there.
bool gather_fill(simdjson::dom::element row, const AnswerContext& context, Gathered& out);

}  // namespace plumb::venues::binance
