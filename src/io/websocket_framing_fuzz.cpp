// Any bytes from a server or a client are messages within the limits, or refused; the same whatever pieces
// they come in. The first byte chooses the size of the pieces, who sends, and what was agreed on compression.
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "io/websocket_framing.hpp"

using namespace plumb;

namespace {

using Step = io::WebSocketReader::Step;

constexpr io::WebSocketReader::Limits kLimits{.message_bytes_max = 4096, .inflate_ratio_max = 50};

struct Reading {
    std::vector<std::pair<io::Opcode, std::string>> events;
    std::string error;
};

Reading read(std::string_view bytes, std::size_t piece, std::optional<io::WebSocketReader::Deflate> deflate,
             io::WebSocketReader::Sender sender) {
    io::WebSocketReader reader{kLimits, deflate, sender};
    Reading reading;
    unsigned padding = 0;
    while (!bytes.empty()) {
        const std::size_t size = std::min(piece, bytes.size());
        const std::unique_ptr<char[]> chunk{new char[size + io::FlatBuffer::kPadding]()};
        std::memcpy(chunk.get(), bytes.data(), size);
        bytes.remove_prefix(size);
        reader.feed({chunk.get(), size});
        io::WebSocketReader::Event event;
        Step step = Step::event;
        while ((step = reader.next(event)) == Step::event) {
            PLUMB_CHECK(event.bytes.size() <= kLimits.message_bytes_max);
            const bool is_data = event.opcode == io::Opcode::text || event.opcode == io::Opcode::binary;
            PLUMB_CHECK(is_data || event.bytes.size() <= 125);
            for (std::size_t i = 0; is_data && i < io::FlatBuffer::kPadding; ++i)
                padding += static_cast<unsigned char>(event.bytes.data()[event.bytes.size() + i]);
            if (event.opcode == io::Opcode::close) (void)io::parse_close(event.bytes);
            reading.events.emplace_back(event.opcode, event.bytes);
        }
        if (step == Step::failed) {
            reading.error = reader.error().message();
            break;
        }
    }
    PLUMB_CHECK(padding + 1 != 0);
    return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
    std::optional<io::WebSocketReader::Deflate> deflate;
    if ((data[0] & 0x80U) != 0) deflate = {.no_context_takeover = (data[0] & 0x40U) != 0};
    using Sender = io::WebSocketReader::Sender;
    const Sender sender = (data[0] & 0x20U) != 0 ? Sender::client : Sender::server;
    const Reading whole = read(bytes, bytes.size(), deflate, sender);
    const Reading pieces = read(bytes, 1U + data[0] % 32U, deflate, sender);
    PLUMB_CHECK(whole.error == pieces.error);
    PLUMB_CHECK(whole.events == pieces.events);
    return 0;
}
