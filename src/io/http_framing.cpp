#include "io/http_framing.hpp"

#include <algorithm>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <iterator>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/check.hpp"
#include "io/inflate.hpp"

namespace plumb::io {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr int kInterimAnswersMax = 8;

bool is_token_char(char c) {
    constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
    return ('0' <= c && c <= '9') || ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || kOthers.contains(c);
}

bool is_visible(char c) { return '!' <= c && c <= '~'; }

bool is_value_char(char c) { return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != '\x7f'); }

Status check_target(const std::string& target) {
    if (!target.starts_with('/') || !std::ranges::all_of(target, is_visible))
        return fail(Errc::invalid_argument,
                    "expected a target such as /path?query in visible ASCII, found \"" + target + "\"");
    return {};
}

std::string_view as_view(boost::beast::string_view text) { return {text.data(), text.size()}; }

bool same_text(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

Status check_headers(const std::vector<Header>& headers) {
    for (const Header& header : headers) {
        if (header.name.empty() || !std::ranges::all_of(header.name, is_token_char))
            return fail(Errc::invalid_argument, "expected a header name, found \"" + header.name + "\"");
        // The value may be a secret: it is not shown.
        if (!std::ranges::all_of(header.value, is_value_char))
            return fail(Errc::invalid_argument,
                        "the value of header " + header.name + " holds a control character");
        for (const std::string_view ours : {"host", "content-length", "transfer-encoding"}) {
            if (same_text(header.name, ours))
                return fail(Errc::invalid_argument,
                            "header " + header.name + " is the client's own business");
        }
    }
    return {};
}

std::string host_header(const Endpoint& endpoint) {
    const bool is_v6 = endpoint.host.contains(':');
    std::string host = is_v6 ? "[" + endpoint.host + "]" : endpoint.host;
    if (endpoint.port != (endpoint.tls ? 443 : 80)) host += ":" + std::to_string(endpoint.port);
    return host;
}

Result<std::string> write_request(const Endpoint& endpoint, const HttpRequest& request) {
    if (Status checked = check_target(request.target); !checked) return fail(checked.error());
    if (Status checked = check_headers(request.headers); !checked) return fail(checked.error());
    std::string bytes;
    bytes.reserve(256 + request.target.size() + request.body.size());
    const auto line = [&](std::string_view name, std::string_view value) {
        bytes.append(name).append(": ").append(value).append("\r\n");
    };
    bytes.append(to_string(request.method)).append(" ").append(request.target).append(" HTTP/1.1\r\n");
    line("Host", host_header(endpoint));
    for (const Header& header : request.headers) line(header.name, header.value);
    if (!find_header(request.headers, "User-Agent")) line("User-Agent", "plumbline");
    if (!find_header(request.headers, "Accept-Encoding")) line("Accept-Encoding", "gzip");
    if (request.method != Method::get || !request.body.empty())
        line("Content-Length", std::to_string(request.body.size()));
    bytes.append("\r\n").append(request.body);
    return bytes;
}

namespace {

/// Beast's parser of one message, fed without a socket, with our limits around it.
template <bool is_request>
class MessageFraming {
 public:
    using Parser = std::conditional_t<is_request, http::request_parser<http::string_body>,
                                      http::response_parser<http::string_body>>;

    /// "0", end of line, end of line: Beast 1.74 asserts so much when it looks at a last chunk for the second
    /// time.
    static constexpr std::size_t kLastChunkBytes = 5;

    explicit MessageFraming(HttpLimits given) : limits{given} { renew(); }

    void renew() {
        parser.emplace();
        // Ours is asked before (header_size), from the first byte; Beast counts from where it stopped last.
        parser->header_limit(static_cast<std::uint32_t>(limits.header_bytes_max) + 1);
        parser->body_limit(limits.body_bytes_max);
        // Never eager: Beast 1.74 then reads on after refusing a Content-Length above the limit, forgets the
        // refusal and reserves as much memory as the server claims.
        parser->eager(false);
        searched = 0;
    }

    bool is_interim() const {
        if constexpr (is_request)
            return false;
        else {
            const unsigned status = parser->get().result_int();
            return parser->is_header_done() && 100 <= status && status < 200 && status != 101;
        }
    }

    Result<std::size_t> feed(std::string_view bytes);

    HttpLimits limits;
    std::optional<Parser> parser;  // renewed after each interim answer
    FlatBuffer waiting;            // what the parser wants to see again with more
    std::size_t searched = 0;      // of it, for the end of the header
    int interim_answers = 0;
    bool started = false;
    bool complete = false;
    bool header_is_too_big = false;

 private:
    static constexpr const char* kNotHttp =
        is_request ? "expected an HTTP/1.1 request" : "expected an HTTP/1.1 answer";

    Result<std::size_t> header_size();
    /// The end of the chunk before it is in front of it, or was used up already. What can be no chunk is
    /// shown to Beast, and refused, at once.
    bool may_begin_last_chunk() const {
        return parser->chunked() && (waiting.view().front() == '0' || waiting.view().front() == '\r');
    }
    Status check_lengths() const;
    Status parse();
};

/// How many of the waiting bytes are the header; 0 while its end is not there.
template <bool is_request>
Result<std::size_t> MessageFraming<is_request>::header_size() {
    constexpr std::string_view kBegin = "HTTP/1.";
    const std::string_view view = waiting.view();
    // A stranger who speaks another protocol (TLS, for one) is told at once.
    const bool begins_well = is_request
                                 ? is_token_char(view.front())
                                 : view.substr(0, kBegin.size()).starts_with(kBegin.substr(0, view.size()));
    if (!begins_well) return fail(Errc::corrupt, std::string{kNotHttp} + ", found something else");
    constexpr std::string_view kEnd = "\r\n\r\n";
    const std::size_t at = view.find(kEnd, searched);
    const std::size_t size = at == std::string_view::npos ? view.size() : at + kEnd.size();
    if (limits.header_bytes_max < size) {
        header_is_too_big = true;
        return fail(Errc::out_of_range, is_request ? "the header of the request is above the size limit"
                                                   : "the header of the answer is above the size limit");
    }
    searched = size < kEnd.size() ? 0 : size - kEnd.size() + 1;
    return at == std::string_view::npos ? 0 : size;
}

/// A request that two readers could end at different bytes is how one client's request becomes another's.
template <bool is_request>
Status MessageFraming<is_request>::check_lengths() const {
    if constexpr (is_request) {
        const auto& fields = parser->get().base();
        const auto encodings = fields.equal_range(http::field::transfer_encoding);
        for (auto each = encodings.first; each != encodings.second; ++each) {
            if (!same_text(as_view(each->value()), "chunked"))
                return fail(Errc::corrupt, "expected no transfer encoding but chunked");
        }
        if (encodings.first != encodings.second &&
            (std::next(encodings.first) != encodings.second || fields.version() < 11))
            return fail(Errc::corrupt, "expected one transfer encoding, and in HTTP/1.1 only");
        if (1 < fields.count(http::field::host) ||
            (11 <= fields.version() && fields.count(http::field::host) == 0))
            return fail(Errc::corrupt, "expected one Host header");
    }
    return {};
}

/// Uses up what it can of the waiting bytes.
template <bool is_request>
Status MessageFraming<is_request>::parse() {
    while (!waiting.empty()) {
        std::size_t size = waiting.size();
        const bool had_header = parser->is_header_done();
        if (!had_header) {
            const Result<std::size_t> header = header_size();
            if (!header) return fail(header.error());
            if (*header == 0) return {};
            size = *header;
        }
        if (had_header && size < kLastChunkBytes && may_begin_last_chunk()) return {};
        boost::beast::error_code error;
        waiting.consume(parser->put(asio::const_buffer{waiting.view().data(), size}, error));
        if (error == http::error::need_more) {
            // Of a whole header it wants more when the first line is too short for a version.
            if (!had_header)
                return fail(Errc::corrupt, std::string{kNotHttp} + ": its first line ends early");
            break;
        }
        if (error == http::error::header_limit || error == http::error::body_limit ||
            error == http::error::buffer_overflow) {
            return fail(Errc::out_of_range, std::string{is_request ? "the request" : "the answer"} +
                                                " is above the size limit: " + error.message());
        }
        if (error) return fail(Errc::corrupt, std::string{kNotHttp} + ": " + error.message());
        if (!had_header) {
            if (Status checked = check_lengths(); !checked) return checked;
        }
        if (is_interim()) {
            if (++interim_answers > kInterimAnswersMax)
                return fail(Errc::corrupt, "expected an answer, found interim ones without end");
            renew();
        } else if (parser->is_done()) {
            complete = true;
            return {};
        }
    }
    // A body is used up as it comes; what waits is the head of a chunk, or trailers.
    if (limits.header_bytes_max < waiting.size())
        return fail(Errc::out_of_range, std::string{is_request ? "the request" : "the answer"} +
                                            " is above the size limit: a chunk's head without end");
    return {};
}

template <bool is_request>
Result<std::size_t> MessageFraming<is_request>::feed(std::string_view bytes) {
    if (complete || bytes.empty()) return std::size_t{0};
    started = true;
    waiting.append(bytes);
    if (Status parsed = parse(); !parsed) return fail(parsed.error());
    if (!complete) return bytes.size();
    const std::size_t left = std::min(waiting.size(), bytes.size());
    waiting.clear();
    return bytes.size() - left;
}

template <class Fields>
std::vector<Header> copy_headers(const Fields& fields) {
    std::vector<Header> headers;
    for (const auto& field : fields)
        headers.push_back({std::string{as_view(field.name_string())}, std::string{as_view(field.value())}});
    return headers;
}

}  // namespace

struct HttpResponseReader::Impl : MessageFraming<false> {
    using MessageFraming::MessageFraming;
};

HttpResponseReader::HttpResponseReader(HttpLimits limits) : impl_{std::make_unique<Impl>(limits)} {}
HttpResponseReader::~HttpResponseReader() = default;
HttpResponseReader::HttpResponseReader(HttpResponseReader&&) noexcept = default;
HttpResponseReader& HttpResponseReader::operator=(HttpResponseReader&&) noexcept = default;

Result<std::size_t> HttpResponseReader::feed(std::string_view bytes) { return impl_->feed(bytes); }

Status HttpResponseReader::end(bool clean) {
    if (impl_->complete) return {};
    if (!impl_->parser->is_header_done()) return fail(Errc::truncated, "the answer ended within its header");
    if (!impl_->parser->need_eof())
        return fail(Errc::truncated, "the answer ended before its body was complete");
    if (!clean) return fail(Errc::truncated, "the answer has no length and its end was not announced");
    boost::beast::error_code error;
    impl_->parser->put_eof(error);
    if (error) return fail(Errc::truncated, "the answer ended early: " + error.message());
    impl_->complete = true;
    return {};
}

bool HttpResponseReader::started() const { return impl_->started; }
bool HttpResponseReader::has_header() const {
    return impl_->parser->is_header_done() && !impl_->is_interim();
}
bool HttpResponseReader::complete() const { return impl_->complete; }
bool HttpResponseReader::keeps_alive() const { return impl_->complete && impl_->parser->keep_alive(); }

Result<HttpResponse> HttpResponseReader::take() {
    PLUMB_CHECK(impl_->complete);
    auto message = impl_->parser->release();
    HttpResponse response;
    response.status = static_cast<int>(message.result_int());
    response.headers = copy_headers(message.base());
    response.body = std::move(message.body());
    const std::string* encoding = response.find("Content-Encoding");
    if (!encoding || same_text(*encoding, "identity") || response.body.empty()) return response;
    if (!same_text(*encoding, "gzip") && !same_text(*encoding, "x-gzip"))
        return fail(Errc::unsupported, "expected a plain or gzip body, found Content-Encoding: " + *encoding);
    Inflater inflater{
        Inflater::Format::gzip,
        {.bytes_max = impl_->limits.inflated_bytes_max, .ratio_max = impl_->limits.inflate_ratio_max}};
    FlatBuffer plain;
    if (Status inflated = inflater.feed(response.body, plain); !inflated)
        return fail(inflated.error().at("gzip body"));
    if (!inflater.ended()) return fail(Errc::truncated, "gzip body: the compressed bytes end early");
    response.body.assign(plain.view());
    return response;
}

struct HttpRequestReader::Impl : MessageFraming<true> {
    using MessageFraming::MessageFraming;
};

HttpRequestReader::HttpRequestReader(HttpLimits limits) : impl_{std::make_unique<Impl>(limits)} {}
HttpRequestReader::~HttpRequestReader() = default;
HttpRequestReader::HttpRequestReader(HttpRequestReader&&) noexcept = default;
HttpRequestReader& HttpRequestReader::operator=(HttpRequestReader&&) noexcept = default;

Result<std::size_t> HttpRequestReader::feed(std::string_view bytes) { return impl_->feed(bytes); }

bool HttpRequestReader::started() const { return impl_->started; }
bool HttpRequestReader::has_header() const { return impl_->parser->is_header_done(); }
bool HttpRequestReader::complete() const { return impl_->complete; }

bool HttpRequestReader::header_is_too_big() const { return impl_->header_is_too_big; }

bool HttpRequestReader::awaits_continue() const {
    if (!has_header() || impl_->complete || !impl_->waiting.empty()) return false;
    const auto& request = impl_->parser->get();
    return request.body().empty() && request.version() >= 11 &&
           same_text(as_view(request[http::field::expect]), "100-continue");
}

ReceivedRequest HttpRequestReader::head() const {
    PLUMB_CHECK(has_header());
    const auto& message = impl_->parser->get();
    return {.method = std::string{as_view(message.method_string())},
            .target = std::string{as_view(message.target())},
            .headers = copy_headers(message.base()),
            .body = {},
            .keeps_alive = impl_->parser->keep_alive(),
            .is_http_10 = message.version() < 11};
}

ReceivedRequest HttpRequestReader::take() {
    PLUMB_CHECK(impl_->complete);
    ReceivedRequest request = head();
    request.body = std::move(impl_->parser->get().body());
    impl_->renew();
    impl_->started = impl_->complete = false;
    return request;
}

}  // namespace plumb::io
