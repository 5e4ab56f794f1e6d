#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/decimal.hpp"
#include "base/time.hpp"
#include "core/units.hpp"

namespace plumb::exchange {

/// "2024-01-15T10:30:45.123Z": `decimals` of the second in {0, 3, 6, 9}, cut, not rounded.
void append_iso(std::string& out, Timestamp time, int decimals);
std::string iso(Timestamp time, int decimals);

/// JSON into one reused buffer, member by member; commas are its own business. No allocation once the buffer
/// has grown. Keys are the program's own words and are not escaped; texts are.
class JsonOut {
 public:
    void clear() { text_.clear(); }
    const std::string& text() const { return text_; }
    std::string take() { return std::move(text_); }

    JsonOut& begin_object() { return open('{'); }
    JsonOut& begin_object(std::string_view name) { return key(name).open_value('{'); }
    JsonOut& end_object() { return close('}'); }
    JsonOut& begin_array() { return open('['); }
    JsonOut& begin_array(std::string_view name) { return key(name).open_value('['); }
    JsonOut& end_array() { return close(']'); }
    JsonOut& key(std::string_view name);

    // --- members -----------------------------------------------------------------------------------------
    JsonOut& member(std::string_view name, std::string_view text) { return key(name).put_text(text); }
    JsonOut& member(std::string_view name, const char* text) { return member(name, std::string_view{text}); }
    template <std::integral T>
    JsonOut& member(std::string_view name, T value) {
        return key(name).put(value);
    }
    JsonOut& member(std::string_view name, Decimal value) { return key(name).put(value); }
    template <class Unit>
    JsonOut& member(std::string_view name, Amount<Unit> value) {
        return member(name, value.value);
    }
    /// A decimal as a text: "0.01".
    JsonOut& quoted(std::string_view name, Decimal value);
    template <class Unit>
    JsonOut& quoted(std::string_view name, Amount<Unit> value) {
        return quoted(name, value.value);
    }
    template <std::integral T>
    JsonOut& quoted(std::string_view name, T value) {
        key(name);
        text_ += '"';
        put(value);
        text_ += '"';
        return *this;
    }
    JsonOut& null(std::string_view name);
    JsonOut& time(std::string_view name, Timestamp time, int decimals);
    /// JSON that is ready.
    JsonOut& raw(std::string_view name, std::string_view json);

    // --- elements of arrays --------------------------------------------------------------------------------
    JsonOut& element(std::string_view text) { return separate().put_text(text); }
    JsonOut& element(Decimal value) { return separate().put(value); }
    template <class Unit>
    JsonOut& element(Amount<Unit> value) {
        return element(value.value);
    }
    template <std::integral T>
    JsonOut& element(T value) {
        return separate().put(value);
    }
    JsonOut& quoted_element(Decimal value);
    template <class Unit>
    JsonOut& quoted_element(Amount<Unit> value) {
        return quoted_element(value.value);
    }
    JsonOut& raw_element(std::string_view json);

 private:
    JsonOut& open(char bracket);
    JsonOut& open_value(char bracket);
    JsonOut& close(char bracket);
    JsonOut& separate();
    JsonOut& put_text(std::string_view text);
    JsonOut& put(Decimal value);
    JsonOut& put(bool value);
    JsonOut& put_signed(std::int64_t value);
    JsonOut& put_unsigned(std::uint64_t value);
    template <std::signed_integral T>
    JsonOut& put(T value) {
        return put_signed(value);
    }
    template <std::unsigned_integral T>
        requires(!std::same_as<T, bool>)
    JsonOut& put(T value) {
        return put_unsigned(value);
    }

    std::string text_;
};

}  // namespace plumb::exchange
