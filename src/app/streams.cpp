#include "app/streams.hpp"

#include <fmt/format.h>

#include <iterator>

namespace plumb::app {

std::string one_line(std::string_view text) {
    std::string line;
    line.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool c1_control =
            byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (byte < 0x20 || byte == 0x7F || c1_control) {
            fmt::format_to(std::back_inserter(line), "\\x{:02x}", byte);
            if (c1_control)
                fmt::format_to(std::back_inserter(line), "\\x{:02x}", static_cast<unsigned char>(text[++i]));
        } else {
            line += text[i];
        }
    }
    return line;
}

}  // namespace plumb::app
