#pragma once

#include "exchange/alpaca/desk.hpp"
#include "exchange/alpaca/text.hpp"
#include "exchange/protocol/message.hpp"

namespace plumb::exchange::alpaca {

/// One request to the trading interface, its address taken apart.
struct Call {
    std::string_view method;
    std::vector<std::string> path;  // decoded, after "v2": {"orders", "61e69015-..."}
    Query query;
    std::string_view body;
    Timestamp now;
};

// Each answers one family of addresses; nullopt where there is no such address or method.
std::optional<Response> answer_orders(Desk& desk, AccountState& account, const Call& call);
std::optional<Response> answer_positions(Desk& desk, AccountState& account, const Call& call);
std::optional<Response> answer_account(Desk& desk, AccountState& account, const Call& call);
std::optional<Response> answer_reference(Desk& desk, const Call& call);  // assets, clock, calendar
std::optional<Response> answer_watchlists(Desk& desk, AccountState& account, const Call& call);

/// Fills and transfers, newest first unless asked otherwise.
Response list_activities(Desk& desk, const AccountState& account, const Call& call, std::string_view type);
Response portfolio_history(const Desk& desk, const AccountState& account, const Call& call);

/// Sends an order to the model; the venue's answer, 200 with the order as it was received.
Response submit_order(Desk& desk, const AccountState& account, const OrderSpec& spec, Timestamp now);

}  // namespace plumb::exchange::alpaca
