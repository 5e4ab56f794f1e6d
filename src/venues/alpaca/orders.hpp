#pragma once

#include "venues/alpaca/directory.hpp"
#include "wire/json_frame.hpp"
#include "wire/members.hpp"

namespace plumb::venues::alpaca {

/// The keys of an order, which the stream and every REST answer write alike.
namespace order_key {
enum Order : std::size_t {
    id,
    client_order_id,
    updated_at,
    submitted_at,
    symbol,
    qty,
    filled_qty,
    filled_avg_price,
    type,
    side,
    limit_price,
    stop_price,
    status,
    replaces,
    replaced_by,
    kCount
};
}  // namespace order_key
inline constexpr wire::KeyTable<order_key::kCount> kOrderKeys{
    {"id", "client_order_id", "updated_at", "submitted_at", "symbol", "qty", "filled_qty", "filled_avg_price",
     "type", "side", "limit_price", "stop_price", "status", "replaces", "replaced_by"}};

/// The order whose members these are, as it stands; without `fill`. False after refusing. Numbers may stand
/// with or without quotes: the venue's own examples have both.
bool read_order(const wire::Members& members, const char* frame, Directory& directory, Timestamp received_at,
                wire::OrderUpdate& out, wire::Refused& refused);

/// The asset that the venue takes its fee for a fill of this order in, by its documents: what is credited for
/// coins, dollars for stocks. How much, no message says. Empty for an instrument that is not ours.
wire::AssetText fee_asset_of(const wire::OrderUpdate& order, const Directory& directory);

}  // namespace plumb::venues::alpaca
