#pragma once

#include <span>
#include <string_view>

namespace plumb::app::bench {

/// One message as a venue sends it, of the length and the digits of real ones.
struct WireFrame {
    std::string_view venue;
    std::string_view kind;  // trade, quote, bar
    std::string_view text;
};

/// The messages that decoders are timed on.
std::span<const WireFrame> wire_frames();

}  // namespace plumb::app::bench
