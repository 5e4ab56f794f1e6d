#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace plumb::codec {

/// A JSON value whose objects keep the order of their keys, as the files people already have do.
using Json = nlohmann::ordered_json;

/// What a stranger's file may cost us. Above any of these the text is refused with Errc::out_of_range.
struct JsonLimits {
    std::size_t bytes_max = std::size_t{64} << 20;
    std::size_t depth_max = 64;
    std::size_t keys_max = 10'000;  // per object: finding a key is linear, so this bounds the work
};

/// Parses JSON as Python's json module writes it: the bare literals NaN, Infinity and -Infinity, which JSON
/// forbids, are read as the doubles they mean (outside strings only). Of doubled keys the last wins. A byte
/// order mark passes.
///
/// Errors are one line that starts with line:column. Errc::parse; Errc::truncated when the text ends too
/// early; Errc::overflow for a number beyond double; Errc::out_of_range above a limit. Cost: one copy of the
/// text.
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

/// Writes JSON that every parser reads: never NaN or Infinity (null stands for them), ASCII only, numbers in
/// the shortest text that reads back to the same double, laid out as Python does ("1e-05", "2.0"). With
/// indent >= 0 the bytes equal json.dump(value, indent=indent); below zero one line without blanks.
std::string write_json(const Json& value, int indent = 2);

/// The shortest decimal text that reads back to `number`, in Python's layout: repr(number). "NaN", "Infinity"
/// and
/// "-Infinity" for the three that have none, so the caller must decide about them first where JSON is meant.
std::string number_text(double number);

}  // namespace plumb::codec
