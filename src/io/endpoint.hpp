#pragma once

#include <cstdint>
#include <string>

namespace plumb::io {

/// Where a server listens. Plain text is for loopback only; see decision 0011.
struct Endpoint {
    std::string host;
    std::uint16_t port = 443;
    bool tls = true;

    friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

}  // namespace plumb::io
