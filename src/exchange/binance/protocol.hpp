#pragma once

#include <memory>

#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange::binance {

std::unique_ptr<Protocol> make_spot_protocol(const ProtocolContext& context);
std::unique_ptr<Protocol> make_futures_protocol(const ProtocolContext& context);

}  // namespace plumb::exchange::binance
