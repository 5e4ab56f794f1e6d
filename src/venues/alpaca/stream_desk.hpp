#pragma once

#include <string>

#include "venues/alpaca/directory.hpp"
#include "wire/stream_protocol.hpp"
#include "wire/venue.hpp"

namespace plumb::venues::alpaca {

/// What both kinds of stream are made from. Everything outlives them.
struct StreamDesk {
    Directory& directory;
    const wire::Credentials& credentials;
    io::Endpoint endpoint;
    std::string feed;  // of stocks: "iex", "sip"
};

/// A login later than this is refused by the venue (404).
inline constexpr Duration kLoginWithin = std::chrono::seconds{10};

}  // namespace plumb::venues::alpaca
