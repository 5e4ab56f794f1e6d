#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace plumb::codec {

/// The most a file may inflate to: a bomb of a few kilobytes must not fill the machine (F20).
inline constexpr std::size_t kInflatedMax = std::size_t{1} << 30;

bool is_gzip(std::string_view bytes);

/// Inflates one or more gzip members. Errc::truncated when the end is missing, Errc::corrupt for a wrong
/// checksum or broken stream, Errc::out_of_range beyond `inflated_max`.
Result<std::string> gunzip(std::string_view bytes, std::size_t inflated_max = kInflatedMax);

/// The first `count` inflated bytes, or fewer where the input ends before: enough for a look at a header.
Result<std::string> gunzip_head(std::string_view bytes, std::size_t count);

}  // namespace plumb::codec
