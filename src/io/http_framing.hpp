#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "io/endpoint.hpp"
#include "io/http_message.hpp"

namespace plumb::io {

struct HttpLimits {
    std::size_t header_bytes_max = std::size_t{32} << 10;
    std::size_t body_bytes_max = std::size_t{16} << 20;      // as sent
    std::size_t inflated_bytes_max = std::size_t{64} << 20;  // of a gzip body
    std::size_t inflate_ratio_max = 200;
};

/// The bytes of a request as HTTP/1.1 wants them, with Host, and where they are not given User-Agent,
/// Accept-Encoding: gzip and, for all but GET, Content-Length. Errc::invalid_argument for a target that is no
/// "/path", a header that could be read as two, or one that is ours (Host, Content-Length,
/// Transfer-Encoding).
Result<std::string> write_request(const Endpoint& endpoint, const HttpRequest& request);

/// The same for a GET that asks for something else than a body, such as the upgrade to WebSocket.
/// `headers` then may hold Connection and Upgrade.
std::string host_header(const Endpoint& endpoint);
Status check_headers(const std::vector<Header>& headers);

/// An answer of ours as bytes: status line and header fields with the empty line, and what follows them.
struct AnswerBytes {
    std::string header;
    std::string body;  // empty for HEAD, 1xx, 204 and 304, whatever the answer holds
};
struct AnswerTerms {
    bool is_to_head = false;
    bool keeps_alive = true;
    bool is_to_http_10 = false;
    std::optional<std::uint64_t> content_length = {};  // said instead of the true one
};
/// Content-Length and Connection are added, and are not the answer's own. Errc::invalid_argument for a status
/// outside [100, 999] and for a header that could be read as two.
Result<AnswerBytes> write_answer(const HttpResponse& response, const AnswerTerms& terms);

/// "Not Found" for 404; empty for a status without a name of its own.
std::string_view reason_phrase(int status);

/// Whether a list in these headers ("Connection: keep-alive, Upgrade") holds this word, any case.
bool header_names(const std::vector<Header>& headers, std::string_view header, std::string_view word);

/// Reads one HTTP/1.1 answer from bytes as they come. Pure: no socket, no clock. Beast's parser inside, our
/// limits around it. Interim answers (1xx but 101) are passed over.
class HttpResponseReader {
 public:
    explicit HttpResponseReader(HttpLimits limits);
    ~HttpResponseReader();
    HttpResponseReader(HttpResponseReader&&) noexcept;
    HttpResponseReader& operator=(HttpResponseReader&&) noexcept;

    /// How many of `bytes` belong to this answer: all, until it is complete; what is left then is not its.
    /// Errc::corrupt: no HTTP; Errc::out_of_range: above a limit. After an error nothing more is to be fed.
    Result<std::size_t> feed(std::string_view bytes);

    /// The peer closed. `clean`: it announced that. Completes a body that only the end of the connection
    /// ends; Errc::truncated for any other incomplete answer, and for such a body when the end was not
    /// announced.
    Status end(bool clean);

    bool started() const;     // at least one byte came
    bool has_header() const;  // of the final answer
    bool complete() const;
    bool keeps_alive() const;  // the connection may be used again, by the header

    /// Once, when complete: the answer with its body inflated. Errc::out_of_range, Errc::corrupt,
    /// Errc::truncated when the body does not inflate within the limits; Errc::unsupported for another
    /// encoding than gzip.
    Result<HttpResponse> take();

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Reads one HTTP/1.1 or HTTP/1.0 request from bytes as they come, for a server. Pure, as its sibling, and
/// the same parser and limits. A request whose length can be understood in two ways is refused.
class HttpRequestReader {
 public:
    explicit HttpRequestReader(HttpLimits limits);
    ~HttpRequestReader();
    HttpRequestReader(HttpRequestReader&&) noexcept;
    HttpRequestReader& operator=(HttpRequestReader&&) noexcept;

    /// How many of `bytes` belong to this request: all, until it is complete; what is left then is the next
    /// one's. Errc::corrupt: no such request (400); Errc::out_of_range: above a limit (431 when
    /// header_is_too_big(), else 413). After an error nothing more is to be fed.
    Result<std::size_t> feed(std::string_view bytes);

    bool started() const;
    bool has_header() const;
    bool complete() const;
    bool header_is_too_big() const;
    /// The client waits for "100 Continue" before it sends the body, and has not begun to.
    bool awaits_continue() const;

    /// When has_header(): the request without its body.
    ReceivedRequest head() const;
    /// When complete: the request; then as new, for the next one.
    ReceivedRequest take();

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace plumb::io
