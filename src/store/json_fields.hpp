#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.hpp"

namespace plumb::store {

/// Reads the fields of one JSON object. The first trouble sticks and later reads give empty values, so that a
/// reader is a list of fields and asks for status() once at the end. What nobody asked for is extra().
class JsonFields {
 public:
    /// `where` names the object in errors: "cointegration_groups[3]". Anything but an object is Errc::parse.
    JsonFields(const codec::Json& object, std::string where);

    std::string text(const char* key);
    std::string text_or(const char* key, std::string_view fallback);
    /// A finite number; NaN, Infinity and null are Errc::not_finite.
    double number(const char* key);
    double number_or(const char* key, double fallback);
    /// Nothing when absent, null, NaN or infinite.
    std::optional<double> number_if(const char* key);
    /// A whole number; a fraction is cut toward zero, as the earlier programs do.
    std::int64_t integer(const char* key);
    std::int64_t integer_or(const char* key, std::int64_t fallback);
    bool boolean(const char* key);
    std::optional<bool> boolean_if(const char* key);
    std::optional<std::string> text_if(const char* key);
    std::vector<std::string> texts(const char* key);
    std::vector<double> numbers(const char* key);
    /// Null when absent; trouble when it is there and is not an array or object.
    const codec::Json* array(const char* key);
    const codec::Json* object(const char* key);
    bool has(const char* key) const;

    /// The keys nobody read, as one JSON object on one line; empty when there are none.
    std::string extra() const;
    std::vector<std::string> unknown_keys() const;
    const std::string& where() const { return where_; }
    /// Notes a trouble found by the caller; the first stays.
    void trouble(Error error);
    Status status() const;

 private:
    const codec::Json* find(const char* key);
    const codec::Json* require(const char* key);
    void wrong_type(const char* key, const char* expected, const codec::Json& found);

    const codec::Json* object_ = nullptr;
    std::string where_;
    std::set<std::string, std::less<>> read_;
    std::optional<Error> trouble_;
};

/// Adds the keys kept in `extra` (JsonFields::extra) back to an object, never replacing one that is there.
void add_extra(codec::Json& object, std::string_view extra);

/// Null for nothing, the number otherwise.
codec::Json number_or_null(const std::optional<double>& number);

}  // namespace plumb::store
