#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.hpp"

namespace plumb::exchange::alpaca {

/// What a client sent.
using Json = nlohmann::json;

inline constexpr std::size_t kMessageBytesMax = 64 * 1024;  // of one body or one frame
inline constexpr int kNestingMax = 16;

/// Reads JSON of bounded size and depth. A number that is no integer becomes the text it was written with, so
/// that 0.1 is a tenth. nullopt for anything else.
std::optional<Json> read_json(std::string_view text);
/// The same from MessagePack, where numbers are as they are.
std::optional<Json> read_msgpack(std::string_view bytes);

/// A decimal field, written as a number or as a text: nullopt when it is not there or null; `is_bad` when it
/// is there and no number.
std::optional<Decimal> decimal_field(const Json& object, const char* name, bool& is_bad);
/// A text field; empty when it is not there or null; `is_bad` when it is something else.
std::string text_field(const Json& object, const char* name, bool& is_bad);
bool bool_field(const Json& object, const char* name, bool otherwise, bool& is_bad);

}  // namespace plumb::exchange::alpaca
