#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace plumb::signing {

/// "-----BEGIN EC PRIVATE KEY-----" (SEC 1) of the P-256 key whose secret number is these 32 bytes, big end
/// first, with its public point. For keys of simulated venues: the same bytes, the same text.
/// Errc::invalid_argument unless 0 < number < the order of the curve.
Result<std::string> p256_pem(std::string_view number);

}  // namespace plumb::signing
