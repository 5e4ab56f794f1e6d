#pragma once

#include <expected>
#include <string>

#include "exchange/kraken/desk.hpp"
#include "exchange/protocol/form.hpp"

namespace plumb::exchange::kraken {

/// Why a request for an order did not come to the engine: an error of the whole request, or a status of the
/// order.
struct OrderTrouble {
    std::string_view error{};        // "requiredArgumentMissing"; empty where `send_status` tells
    std::string_view send_status{};  // "invalidSize"
    std::string detail{};            // behind an error: "invalidArgument: size"
    bool is_bad_type = false;        // answered as BAD_REQUEST, code 11
};

/// An order as sendorder or one element of batchorder asks for it.
std::expected<OrderSpec, OrderTrouble> parse_order(Desk& desk, AccountId account, const Form& form,
                                                   Timestamp now);

/// "processBefore" is over: the engine does not touch the request any more. Errors as OrderTrouble::error.
bool is_too_late(const Form& form, Timestamp now);

}  // namespace plumb::exchange::kraken
