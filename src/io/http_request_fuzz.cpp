// Any bytes from a client are requests within the limits, or refused; the same whatever pieces they come in,
// and what follows a request is the next one. Only the limit on a chunk's head may depend on the pieces: it
// bounds what waits. The first byte chooses the size of the pieces.
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "io/http_framing.hpp"
#include "io/websocket_accept.hpp"

using namespace plumb;

namespace {

constexpr io::HttpLimits kLimits{
    .header_bytes_max = 1024, .body_bytes_max = 2048, .inflated_bytes_max = 16384, .inflate_ratio_max = 50};

struct Reading {
    std::vector<io::ReceivedRequest> requests;
    bool is_refused = false;
    bool is_too_big = false;
};

Reading read(std::string_view bytes, std::size_t piece) {
    io::HttpRequestReader reader{kLimits};
    Reading reading;
    while (!bytes.empty()) {
        const std::size_t size = std::min(piece, bytes.size());
        const std::unique_ptr<char[]> part{new char[size]};  // exactly that size: one byte more is seen
        std::memcpy(part.get(), bytes.data(), size);
        const Result<std::size_t> used = reader.feed({part.get(), size});
        if (!used) {
            reading.is_refused = true;
            reading.is_too_big = used.error().code() == Errc::out_of_range;
            return reading;
        }
        PLUMB_CHECK(*used <= size);
        PLUMB_CHECK(*used == size || reader.complete());
        PLUMB_CHECK(0 < *used);
        bytes.remove_prefix(*used);
        if (reader.has_header()) (void)reader.head();
        (void)reader.awaits_continue();
        if (reader.complete()) reading.requests.push_back(reader.take());
    }
    return reading;
}

void check_one(const io::ReceivedRequest& request) {
    PLUMB_CHECK(!request.method.empty());
    PLUMB_CHECK(!request.target.empty());
    PLUMB_CHECK(request.body.size() <= kLimits.body_bytes_max);
    const io::UpgradeAnswer answer =
        io::answer_upgrade(request, {.may_deflate = true, .subprotocols = {"a"}});
    PLUMB_CHECK(io::write_answer(answer.response, {}).has_value());
    PLUMB_CHECK(!answer.is_open() || io::asks_for_websocket(request));
    // What a stranger said, said back in a header, is one header or none.
    const auto echoed = io::write_answer(
        {.status = 200, .headers = {{"Location", request.target}}, .body = request.body}, {});
    PLUMB_CHECK(!echoed || echoed->header.find("\r\n\r\n") + 4 == echoed->header.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
    const Reading whole = read(bytes, bytes.size());
    const Reading pieces = read(bytes, 1U + data[0] % 64U);
    for (const io::ReceivedRequest& each : whole.requests) check_one(each);
    if (pieces.is_too_big) return 0;
    PLUMB_CHECK(whole.is_refused == pieces.is_refused);
    PLUMB_CHECK(whole.requests.size() == pieces.requests.size());
    for (std::size_t i = 0; i < whole.requests.size(); ++i) {
        const io::ReceivedRequest &one = whole.requests[i], &other = pieces.requests[i];
        PLUMB_CHECK(one.method == other.method && one.target == other.target && one.body == other.body);
        PLUMB_CHECK(one.headers.size() == other.headers.size() && one.keeps_alive == other.keeps_alive);
    }
    return 0;
}
