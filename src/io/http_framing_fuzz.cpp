// Any bytes from a server are an answer within the limits, or refused; the same whatever pieces they come in.
// Only the limit on a chunk's head may depend on the pieces: it bounds what waits. The first byte chooses the
// size of the pieces.
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>

#include "base/check.hpp"
#include "io/http_framing.hpp"

using namespace plumb;

namespace {

constexpr io::HttpLimits kLimits{
    .header_bytes_max = 1024, .body_bytes_max = 2048, .inflated_bytes_max = 16384, .inflate_ratio_max = 50};

struct Reading {
    bool is_complete = false;
    bool is_too_big = false;
    bool keeps_alive = false;
    std::size_t used = 0;
    std::optional<io::HttpResponse> response;
};

Reading read(std::string_view bytes, std::size_t piece) {
    io::HttpResponseReader reader{kLimits};
    Reading reading;
    while (!bytes.empty() && !reader.complete()) {
        const std::size_t size = std::min(piece, bytes.size());
        const std::unique_ptr<char[]> part{
            new char[size]};  // exactly that size: one byte more is seen by the sanitizer
        std::memcpy(part.get(), bytes.data(), size);
        const Result<std::size_t> used = reader.feed({part.get(), size});
        if (!used) {
            reading.is_too_big = used.error().code() == Errc::out_of_range;
            return reading;
        }
        PLUMB_CHECK(*used <= size);
        PLUMB_CHECK(*used == size || reader.complete());
        reading.used += *used;
        bytes.remove_prefix(*used);
    }
    if (!reader.complete() && !reader.end(true)) return reading;
    reading.is_complete = true;
    reading.keeps_alive = reader.keeps_alive();
    if (Result<io::HttpResponse> response = reader.take()) reading.response = std::move(*response);
    return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
    const Reading whole = read(bytes, bytes.size());
    const Reading pieces = read(bytes, 1U + data[0] % 64U);
    if (pieces.is_too_big) return 0;
    PLUMB_CHECK(whole.is_complete == pieces.is_complete);
    if (!whole.is_complete) return 0;
    PLUMB_CHECK(whole.used == pieces.used);
    PLUMB_CHECK(whole.keeps_alive == pieces.keeps_alive);
    PLUMB_CHECK(whole.response.has_value() == pieces.response.has_value());
    if (!whole.response) return 0;
    PLUMB_CHECK(whole.response->status == pieces.response->status);
    PLUMB_CHECK(whole.response->body == pieces.response->body);
    PLUMB_CHECK(whole.response->body.size() <= kLimits.inflated_bytes_max);
    PLUMB_CHECK(whole.response->headers.size() == pieces.response->headers.size());
    return 0;
}
