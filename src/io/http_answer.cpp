#include <algorithm>

#include "io/http_framing.hpp"

namespace plumb::io {
namespace {

bool same_text(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

bool has_body(int status) { return 200 <= status && status != 204 && status != 304; }

struct Phrase {
    int status;
    std::string_view text;
};

/// RFC 9110, 15; 418 as Binance uses it.
constexpr Phrase kPhrases[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {418, "I'm a teapot"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
};

}  // namespace

std::string_view reason_phrase(int status) {
    const auto* const found = std::ranges::find(kPhrases, status, &Phrase::status);
    return found == std::end(kPhrases) ? std::string_view{} : found->text;
}

bool header_names(const std::vector<Header>& headers, std::string_view header, std::string_view word) {
    for (const Header& each : headers) {
        if (!same_text(each.name, header)) continue;
        for (std::string_view rest = each.value;;) {
            const std::size_t comma = rest.find(',');
            if (same_text(trimmed(rest.substr(0, comma)), word)) return true;
            if (comma == std::string_view::npos) break;
            rest.remove_prefix(comma + 1);
        }
    }
    return false;
}

Result<AnswerBytes> write_answer(const HttpResponse& response, const AnswerTerms& terms) {
    if (response.status < 100 || 999 < response.status)
        return fail(Errc::invalid_argument,
                    "expected a status of three digits, found " + std::to_string(response.status));
    if (Status checked = check_headers(response.headers); !checked) return fail(checked.error());
    AnswerBytes bytes;
    std::string& header = bytes.header;
    header.reserve(256);
    const auto line = [&](std::string_view name, std::string_view value) {
        header.append(name).append(": ").append(value).append("\r\n");
    };
    header.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
    header.append(reason_phrase(response.status)).append("\r\n");
    for (const Header& each : response.headers) line(each.name, each.value);
    const bool may_have_body = has_body(response.status);
    if (may_have_body)
        line("Content-Length", std::to_string(terms.content_length.value_or(response.body.size())));
    if (!terms.keeps_alive) line("Connection", "close");
    if (terms.keeps_alive && terms.is_to_http_10) line("Connection", "keep-alive");
    header.append("\r\n");
    if (may_have_body && !terms.is_to_head) bytes.body = response.body;
    return bytes;
}

}  // namespace plumb::io
