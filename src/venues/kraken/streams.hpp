#pragma once

#include <memory>
#include <optional>

#include "venues/kraken/sign.hpp"
#include "wire/stream_protocol.hpp"
#include "wire/symbol_map.hpp"

namespace plumb::venues::kraken {

/// Contracts in one subscribe message.
inline constexpr std::size_t kProductsPerMessage = 50;

/// Market data: trades, quotes and mark prices (one feed, `ticker`, brings both), books. `symbols` outlives
/// it.
std::unique_ptr<wire::StreamProtocol> make_market_stream(io::Endpoint endpoint, wire::SymbolMap& symbols);

/// The account: open orders, fills, positions, balances. Asks for a challenge, signs it, and subscribes to
/// all of them by itself; DataKind::orders is acknowledged when open orders and fills both are. `key`
/// outlives it; null: plan() refuses.
std::unique_ptr<wire::StreamProtocol> make_private_stream(io::Endpoint endpoint, wire::SymbolMap& symbols,
                                                          std::string key_id, const SigningKey* key);

}  // namespace plumb::venues::kraken
