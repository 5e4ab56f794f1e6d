#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/decimal.hpp"
#include "base/time.hpp"

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

/// %41 is A; a plus is a blank where `is_query`. nullopt for a broken escape.
std::optional<std::string> percent_decoded(std::string_view text, bool is_query);

/// Items between commas, blanks cut off, empty ones left out.
std::vector<std::string> split_list(std::string_view text);

std::string upper_case(std::string_view text);

/// The parameters after the question mark. Of doubled ones the first counts; broken ones are not there, as
/// with the venue's own library.
class Query {
 public:
    explicit Query(std::string_view text);
    const std::string* find(std::string_view name) const;
    /// Empty where it is not given.
    std::string_view get(std::string_view name) const;
    bool has(std::string_view name) const { return find(name) != nullptr; }

 private:
    std::vector<std::pair<std::string, std::string>> values_;
};

}  // namespace plumb::exchange::alpaca
