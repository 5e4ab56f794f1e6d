// Requests and messages that strangers may send, byte by byte: the venue answers with its own words and goes
// on.
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "exchange/kraken/testing/client.hpp"

namespace {

using plumb::exchange::kraken::Client;

/// One line of the input is one thing a client does: "!" a WebSocket message, "?" an unsigned GET, else
/// "METHOD target" with the query signed.
void play(Client& client, plumb::exchange::StreamId stream, std::string_view line) {
    if (line.starts_with('!')) return client.venue.send(stream, line.substr(1));
    if (line.starts_with('?')) {
        const auto response = client.venue.request("GET", line.substr(1));
        PLUMB_CHECK(200 <= response.status && response.status < 500);
        return;
    }
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos) return;
    const std::string_view target = line.substr(blank + 1);
    const std::size_t mark = target.find('?');
    const std::string path{target.substr(0, mark)};
    const std::string query{mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1)};
    const auto response = client.raw(line.substr(0, blank), path, query);
    PLUMB_CHECK(200 <= response.status && response.status < 500);
    PLUMB_CHECK(nlohmann::json::accept(response.body) || response.find("Content-Type") != nullptr);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (4'096 < size) return 0;
    std::string_view text{reinterpret_cast<const char*>(data), size};
    Client client;
    const auto stream = client.open();
    for (int lines = 0; !text.empty() && lines < 16; ++lines) {
        const std::size_t end = text.find('\n');
        play(client, stream, text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    client.venue.pump_for(std::chrono::seconds{2});
    for (const auto& frame : client.venue.take_frames(stream))
        PLUMB_CHECK(nlohmann::json::accept(frame.bytes));
    return 0;
}
