#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/time.hpp"
#include "exchange/binance/venue_error.hpp"

namespace plumb::exchange::binance {

/// What was sent with one request: names and values, decoded, in the order they came. Every reader below
/// gives the venue's own error for what it cannot take.
class Parameters {
 public:
    static constexpr std::size_t kParametersMax = 100;

    struct One {
        std::string name;
        std::string value;
        bool is_literal = false;  // a JSON number or the like, not a text
    };

    /// Of a query and a form, percent-encoded; the query wins. -1101 for a name that one of them has twice.
    static Checked<Parameters> read(std::string_view query, std::string_view body);
    /// Of the params of a WebSocket request: numbers keep the digits they were written with.
    static Checked<Parameters> read_json(std::string_view object);

    const std::vector<One>& all() const { return all_; }
    const std::string* find(std::string_view name) const;
    bool has(std::string_view name) const { return find(name) != nullptr; }
    void set(std::string_view name, std::string value);
    /// -1104 when something was sent that is not among the names of `known` ("symbol limit"; "*": any), the
    /// words of a signed request aside.
    Checked<bool> check_known(std::string_view known) const;

    /// The value of one that may be missing; -1105 when it is there and empty.
    Checked<std::optional<std::string_view>> text(std::string_view name) const;
    Checked<std::string_view> need_text(std::string_view name) const;
    /// Whole numbers in [low, high]: -1100 for other letters, -1130 beyond.
    Checked<std::optional<std::int64_t>> number(std::string_view name, std::int64_t low = 0,
                                                std::int64_t high = INT64_MAX) const;
    Checked<std::int64_t> need_number(std::string_view name) const;
    /// 1..max; more than max is taken as max, as the venue does.
    Checked<std::size_t> limit(std::size_t otherwise, std::size_t max) const;
    /// Not below zero: -1100 for other letters, -1111 for more than 18 decimals.
    Checked<std::optional<Decimal>> amount(std::string_view name) const;
    Checked<bool> boolean(std::string_view name, bool otherwise) const;
    /// Milliseconds or microseconds, told apart by their size.
    Checked<std::optional<Timestamp>> time(std::string_view name) const;
    /// ["A","B"], or A,B as some clients send it.
    Checked<std::optional<std::vector<std::string>>> list(std::string_view name) const;
    /// ^[a-zA-Z0-9-_]{1,36}$ (spot) or ^[\.A-Z\:/a-z0-9_-]{1,36}$ (futures).
    Checked<std::optional<std::string_view>> client_id(std::string_view name, Board board) const;

 private:
    std::vector<One> all_;
};

/// %XX and + decoded; nothing for a broken escape.
std::optional<std::string> percent_decoded(std::string_view text);
/// 1e14 and above is microseconds.
Timestamp time_of(std::int64_t stamp);

}  // namespace plumb::exchange::binance
