#pragma once

#include "venues/alpaca/orders.hpp"

namespace plumb::venues::alpaca {

/// One object of the trading stream as an event: the login's answer, the answer to `listen`, or a change of
/// one of the account's orders.
///
/// An update's `price` and `qty` are those of this fill; the order's own `filled_qty` and `filled_avg_price`
/// are sums and become `filled` and `average`. The stream tells no fees (see README).
class TradingObject {
 public:
    void read(wire::JsonFrame& frame, wire::JsonFrame::Object object, Directory& directory,
              Timestamp received_at, wire::WireSink& sink);

 private:
    bool read_data(wire::JsonFrame& frame, wire::JsonFrame::Value value);
    bool read_streams(wire::JsonFrame& frame, wire::JsonFrame::Value value);
    wire::WireEvent authorization(const char* frame) const;
    wire::WireEvent update(const char* frame, Directory& directory, Timestamp received_at);

    wire::Members envelope_, data_, order_;
    bool has_data_ = false, has_order_ = false, has_streams_ = false, hears_updates_ = false;
};

}  // namespace plumb::venues::alpaca
