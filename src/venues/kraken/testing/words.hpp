#pragma once

#include <string>

#include "venues/conformance/fixture.hpp"

namespace plumb::venues::kraken::served {

/// "2024-01-15T10:30:45.123Z"
std::string iso_ms(Timestamp time);
std::string quoted_or_null(const std::string& text);

/// The order of an orderEvent, of orders/status (with its type and trigger), of openorders.
std::string event_order(const conformance::TrueOrder& order, const std::string& symbol);
std::string status_row(const conformance::TrueOrder& order, const std::string& symbol);
std::string open_order_row(const conformance::TrueOrder& order, const std::string& symbol);
std::string fill_row(const conformance::TrueFill& fill, const std::string& symbol);
/// {"result":"success","serverTime":...,REST}
std::string success(Timestamp now, const std::string& rest);
std::string error(Timestamp now, const char* name);

}  // namespace plumb::venues::kraken::served
