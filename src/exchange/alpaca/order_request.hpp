#pragma once

#include <expected>

#include "exchange/alpaca/desk.hpp"
#include "exchange/alpaca/json_in.hpp"
#include "exchange/protocol/message.hpp"

namespace plumb::exchange::alpaca {

/// The order that a body asks for, checked against the venue's rules as far as they are not the model's; else
/// the venue's answer.
std::expected<OrderSpec, Response> read_order(Desk& desk, const AccountState& account, const Json& body,
                                              Timestamp now);

/// The venue's words for what the model refused.
Response refused(const Desk& desk, const AccountState& account, const OrderSpec& spec, Refusal refusal,
                 Timestamp now);

/// 422 for a limit off the venue's grid; nullopt for a good one.
std::optional<Response> check_price(const Asset& asset, const char* field, Decimal price);

inline constexpr std::size_t kClientIdMax = 128;

}  // namespace plumb::exchange::alpaca
