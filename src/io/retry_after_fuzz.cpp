// Any bytes are a time within a year of the arrival (or in the past), or refused.
#include <cstdint>
#include <string>

#include "base/check.hpp"
#include "io/retry_after.hpp"

using namespace plumb;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const Timestamp now = timestamp_from_ms(1'772'712'000'250);
    const Result<Timestamp> until = io::parse_retry_after(text, now);
    if (until) PLUMB_CHECK(*until <= now + io::kRetryAfterMax);
    if (const Result<Timestamp> date = io::parse_http_date(text, now)) {
        PLUMB_CHECK(to_ns(*date) % 1'000'000'000 == 0);
        PLUMB_CHECK(!until || *until == *date);
    }
    // Two headers, the second the sender's clock: never before the arrival where that is known.
    const std::size_t line = text.find('\n');
    if (line == std::string_view::npos) return 0;
    const io::HttpResponse response{.status = 429,
                                    .headers = {{"Retry-After", std::string{text.substr(0, line)}},
                                                {"Date", std::string{text.substr(line + 1)}}},
                                    .body = {}};
    const std::optional<Timestamp> at = io::retry_at(response, now);
    const bool clock_is_known = io::parse_http_date(response.headers[1].value, now).has_value();
    if (at && clock_is_known && io::parse_http_date(response.headers[0].value, now)) PLUMB_CHECK(now <= *at);
    return 0;
}
