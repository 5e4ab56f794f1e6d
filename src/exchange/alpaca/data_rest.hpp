#pragma once

#include "exchange/alpaca/desk.hpp"
#include "exchange/alpaca/tape.hpp"
#include "exchange/alpaca/text.hpp"
#include "exchange/protocol/message.hpp"

namespace plumb::exchange::alpaca {

/// One request to the market data interface.
struct DataCall {
    std::vector<std::string> path;  // decoded: {"v2", "stocks", "bars"}
    Query query;
    Timestamp now;
};

/// Whether this address belongs to the market data interface.
bool is_data_path(const std::vector<std::string>& path);
/// Whether it may be asked without a key: crypto, as the venue has it.
bool is_open_data_path(const std::vector<std::string>& path);

/// nullopt where there is no such address.
std::optional<Response> answer_data(const Desk& desk, const Tape& tape, const DataCall& call);

}  // namespace plumb::exchange::alpaca
