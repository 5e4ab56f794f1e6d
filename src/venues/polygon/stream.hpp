#pragma once

#include <memory>

#include "base/secret.hpp"
#include "venues/polygon/symbols.hpp"
#include "wire/stream_protocol.hpp"

namespace plumb::venues::polygon {

/// Parameters in one subscribe message.
inline constexpr std::size_t kParametersPerMessage = 100;

/// One market's stream. `symbols` and `key` outlive it; without a key plan() refuses.
std::unique_ptr<wire::StreamProtocol> make_stream(io::Endpoint endpoint, Market market,
                                                  wire::SymbolMap& symbols, const Secret& key);

}  // namespace plumb::venues::polygon
