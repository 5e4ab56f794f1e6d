#pragma once

#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "io/http_message.hpp"

namespace plumb::io {

/// An HTTP date in any of the three forms of RFC 9110, 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT",
/// "Sunday, 06-Nov-94 08:49:37 GMT" (the year within 50 years of `now`), "Sun Nov  6 08:49:37 1994".
/// The name of the day must be one, it need not fit the date. Errc::parse.
Result<Timestamp> parse_http_date(std::string_view text, Timestamp now);

/// The time before which the sender must not be asked again, from the value of a Retry-After header (RFC
/// 9110, 10.2.3): whole seconds counted from `received_at`, or an HTTP date as it stands. Errc::parse for
/// anything else, Errc::out_of_range for more than kRetryAfterMax.
Result<Timestamp> parse_retry_after(std::string_view text, Timestamp received_at);

constexpr Duration kRetryAfterMax = std::chrono::hours{24 * 366};

/// The same from an answer; nothing when it has no readable Retry-After. A date is read by the sender's own
/// clock where the answer tells it (Date header), so that a difference between its clock and ours cannot make
/// us early.
std::optional<Timestamp> retry_at(const HttpResponse& response, Timestamp received_at);

}  // namespace plumb::io
