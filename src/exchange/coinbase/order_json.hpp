#pragma once

#include "exchange/coinbase/desk.hpp"

namespace plumb::exchange::coinbase {

/// {"limit_limit_gtc":{"base_size":"0.1","limit_price":"20000","post_only":false}}
void write_configuration(JsonOut& json, std::string_view key, const OrderSpec& spec,
                         std::string_view configuration);
/// One order of /orders/historical.
void write_order(JsonOut& json, const Desk& desk, const OrderRecord& order);
/// One order of the user channel: cumulative, no fills.
void write_user_order(JsonOut& json, const Desk& desk, const OrderRecord& order);
/// One element of /orders/historical/fills.
void write_fill(JsonOut& json, const Desk& desk, const Execution& execution);

}  // namespace plumb::exchange::coinbase
