#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/time.hpp"
#include "exchange/protocol/form.hpp"

namespace plumb::exchange::alpaca {

/// "2022-12-16T06:43:18.327Z": as many decimals as the time has, at most nine, none for a whole second.
void append_time(std::string& out, Timestamp time);
std::string time_text(Timestamp time);
/// What the venue takes as a time in a query: RFC 3339, or a date, which is midnight in New York for stocks'
/// bars and UTC elsewhere. nullopt for anything else.
std::optional<Timestamp> parse_time(std::string_view text);

void append_decimal(std::string& out, Decimal value);
/// The decimal in JSON, a number or a text; "1.5e3" passes. nullopt for what is no number or lies outside.
std::optional<Decimal> parse_number(std::string_view text);
std::optional<std::int64_t> parse_integer(std::string_view text);

/// A part of a path: %41 is A. nullopt for a broken escape.
std::optional<std::string> percent_decoded(std::string_view text);

/// Items between commas, blanks cut off, empty ones left out.
std::vector<std::string> split_list(std::string_view text);

std::string upper_case(std::string_view text);

/// The parameters after the question mark.
using Query = Form;

}  // namespace plumb::exchange::alpaca
