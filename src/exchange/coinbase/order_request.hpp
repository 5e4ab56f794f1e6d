#pragma once

#include <expected>
#include <nlohmann/json_fwd.hpp>

#include "exchange/coinbase/desk.hpp"
#include "exchange/coinbase/replies.hpp"

namespace plumb::exchange::coinbase {

/// Why no order came out of a request: an answer of its own (400), or a failure inside a 200.
struct OrderTrouble {
    std::string_view malformed{};  // what INVALID_ARGUMENT says; empty where `failure` tells
    Failure failure{};
};

/// An order as POST /orders and /orders/preview ask for it.
std::expected<OrderSpec, OrderTrouble> parse_order(const Desk& desk, AccountId account,
                                                   const nlohmann::json& request, Timestamp now);

/// The text member `name`, empty when it is not there or no text.
std::string text_member(const nlohmann::json& object, const char* name);
/// A decimal as a text or a number, within +-1e12; nullopt when it is not there or none.
std::optional<Decimal> decimal_member(const nlohmann::json& object, const char* name);

}  // namespace plumb::exchange::coinbase
