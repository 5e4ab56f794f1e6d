#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/decimal.hpp"
#include "base/time.hpp"

namespace plumb::exchange::alpaca {

/// Writes one JSON text from left to right into a string that is reused; commas come by themselves.
class JsonOut {
 public:
    explicit JsonOut(std::string& out) : out_{out} {}

    JsonOut& begin_object() { return open('{'); }
    JsonOut& end_object() { return close('}'); }
    JsonOut& begin_array() { return open('['); }
    JsonOut& end_array() { return close(']'); }
    JsonOut& key(std::string_view name);

    JsonOut& text(std::string_view value);  // escaped
    JsonOut& number(Decimal value);
    JsonOut& number(std::int64_t value);
    JsonOut& boolean(bool value) { return raw(value ? "true" : "false"); }
    JsonOut& null() { return raw("null"); }
    JsonOut& time(Timestamp value);
    /// The decimal as a text: how the trading API writes money and quantities.
    JsonOut& amount(Decimal value);
    JsonOut& raw(std::string_view json);

    JsonOut& text(std::string_view name, std::string_view value) { return key(name).text(value); }
    JsonOut& number(std::string_view name, Decimal value) { return key(name).number(value); }
    JsonOut& number(std::string_view name, std::int64_t value) { return key(name).number(value); }
    JsonOut& boolean(std::string_view name, bool value) { return key(name).boolean(value); }
    JsonOut& null(std::string_view name) { return key(name).null(); }
    JsonOut& amount(std::string_view name, Decimal value) { return key(name).amount(value); }
    JsonOut& time(std::string_view name, Timestamp value) { return key(name).time(value); }
    /// null for the time zero.
    JsonOut& time_or_null(std::string_view name, Timestamp value);

 private:
    JsonOut& open(char bracket);
    JsonOut& close(char bracket);
    void separate();

    std::string& out_;
    bool needs_comma_ = false;
};

}  // namespace plumb::exchange::alpaca
