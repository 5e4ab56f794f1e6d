#pragma once

#include "venues/alpaca/directory.hpp"
#include "wire/json_frame.hpp"

namespace plumb::venues::alpaca {

// Rows and objects of the trading API, each as one event, or wire::Refused. Every one reads the whole object.

/// A row of the account's activities of type FILL. It names the order by the venue's id only; the execution
/// id is what stands behind "::" in the activity's id, which is the stream's execution_id. No fee: see
/// README.
wire::WireEvent read_fill(wire::JsonFrame& frame, wire::JsonFrame::Object object, Directory& directory,
                          Timestamp received_at, std::string& id);
/// `quantity` is signed by `side`, however the venue signs `qty`.
wire::WireEvent read_position(wire::JsonFrame& frame, wire::JsonFrame::Object object, Directory& directory,
                              Timestamp received_at);
/// The account's cash. Coins are positions, not balances.
wire::WireEvent read_cash(wire::JsonFrame& frame, wire::JsonFrame::Object object, Timestamp received_at);
wire::WireEvent read_account(wire::JsonFrame& frame, wire::JsonFrame::Object object, bool is_paper,
                             Timestamp received_at);
/// A row of the list of assets; the directory learns it.
wire::WireEvent read_listing(wire::JsonFrame& frame, wire::JsonFrame::Object object, Directory& directory);
wire::WireEvent read_clock(wire::JsonFrame& frame, wire::JsonFrame::Object object, Timestamp received_at);

}  // namespace plumb::venues::alpaca
