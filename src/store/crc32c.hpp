#pragma once

#include <cstdint>
#include <string_view>

namespace plumb::store {

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4): finds every single flipped bit and every burst of up to 32
/// bits.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

}  // namespace plumb::store
