#include <doctest/doctest.h>

#include "io/http_framing.hpp"

using namespace plumb;
using namespace plumb::io;

namespace {

struct Reading {
    Status status;
    std::size_t used = 0;
    bool complete = false;
    ReceivedRequest request;
};

Reading read(const std::string& bytes, std::size_t piece, HttpLimits limits = {}) {
    HttpRequestReader reader{limits};
    Reading reading;
    while (reading.used < bytes.size() && !reader.complete()) {
        const std::string part = bytes.substr(reading.used, piece);
        const Result<std::size_t> used = reader.feed(part);
        if (!used) {
            reading.status = fail(used.error());
            return reading;
        }
        reading.used += *used;
    }
    reading.complete = reader.complete();
    if (reading.complete) reading.request = reader.take();
    return reading;
}

std::string with(const std::string& headers, const std::string& body = {}) {
    return "POST /orders?a=1 HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n" + body;
}

Errc refusal(const std::string& bytes, HttpLimits limits = {}) {
    const Reading reading = read(bytes, bytes.size(), limits);
    REQUIRE_FALSE(reading.status.has_value());
    return reading.status.error().code();
}

}  // namespace

TEST_CASE("requests are the same whatever the pieces, and what follows them is left alone") {
    const std::string requests[] = {
        with("Content-Length: 5\r\n", "hello"),
        with("Transfer-Encoding: chunked\r\n", "2\r\nhe\r\n3;x=1\r\nllo\r\n0\r\nTrailer: t\r\n\r\n"),
    };
    for (const std::string& bytes : requests) {
        for (std::size_t piece = 1; piece <= bytes.size() + 4; ++piece) {
            const Reading reading = read(bytes + "GET ", piece);
            REQUIRE(reading.complete);
            CHECK(reading.used == bytes.size());
            CHECK(reading.request.method == "POST");
            CHECK(reading.request.target == "/orders?a=1");
            CHECK(*reading.request.find("host") == "h");
            CHECK(reading.request.body == "hello");
            CHECK(reading.request.keeps_alive);
        }
    }
}

TEST_CASE("one reader reads request after request") {
    HttpRequestReader reader{{}};
    for (int i = 0; i < 3; ++i) {
        const std::string bytes = with("Content-Length: 2\r\n", "{" + std::to_string(i));
        CHECK(*reader.feed(bytes) == bytes.size());
        REQUIRE(reader.complete());
        CHECK(reader.take().body == "{" + std::to_string(i));
        CHECK_FALSE(reader.started());
    }
}

TEST_CASE("whether the connection stays is what the request says, by its version") {
    const auto stays = [](const std::string& bytes) { return read(bytes, bytes.size()).request.keeps_alive; };
    CHECK(stays("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    CHECK_FALSE(stays("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
    CHECK_FALSE(stays("GET / HTTP/1.0\r\n\r\n"));
    CHECK(stays("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST_CASE("what is no request is refused, at once where it can be seen") {
    CHECK(refusal("\x16\x03\x01") == Errc::corrupt);
    CHECK(refusal("GET /\r\n\r\n") == Errc::corrupt);
    CHECK(refusal("GET /a: 2\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n") == Errc::corrupt);
    CHECK(refusal("PRI * HTTP/2.0\r\n\r\n") == Errc::corrupt);
    CHECK(refusal("GET / HTTP/1.1\r\nHost : h\r\n\r\n") == Errc::corrupt);
    CHECK(refusal(with("Content-Length: five\r\n")) == Errc::corrupt);
    CHECK(refusal(with("Content-Length: -1\r\n")) == Errc::corrupt);
    CHECK(refusal(with("Transfer-Encoding: chunked\r\n", "zz\r\n")) == Errc::corrupt);
    CHECK(refusal("GET / HTTP/1.1\r\n\r\n") == Errc::corrupt);                        // no Host
    CHECK(refusal("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") == Errc::corrupt);  // two
}

TEST_CASE("a request that can be read in two ways is refused") {
    CHECK(refusal(with("Content-Length: 3\r\nContent-Length: 5\r\n", "hello")) == Errc::corrupt);
    CHECK(refusal(with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")) == Errc::corrupt);
    CHECK(refusal(with("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n")) == Errc::corrupt);
    CHECK(refusal(with("Transfer-Encoding: gzip\r\n")) == Errc::corrupt);
    CHECK(refusal(with("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")) == Errc::corrupt);
    CHECK(refusal(with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")) ==
          Errc::corrupt);
    CHECK(refusal("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == Errc::corrupt);
}

TEST_CASE("limits hold at the byte") {
    const std::string head = with("Content-Length: 5\r\n");
    CHECK(read(head + "hello", 7, {.header_bytes_max = head.size(), .body_bytes_max = 5}).complete);
    CHECK(refusal(head + "hello", {.header_bytes_max = head.size() - 1}) == Errc::out_of_range);
    CHECK(refusal(head + "hello", {.body_bytes_max = 4}) == Errc::out_of_range);
    CHECK(refusal(with("Content-Length: 99999999999\r\n"), {.body_bytes_max = 5}) == Errc::out_of_range);
    CHECK(refusal(with("Transfer-Encoding: chunked\r\n", "6\r\nhello!\r\n0\r\n\r\n"),
                  {.body_bytes_max = 5}) == Errc::out_of_range);
    CHECK(refusal("GET /" + std::string(40'000, 'a')) == Errc::out_of_range);
}

TEST_CASE("a client that waits to be told to go on is seen, until it has begun") {
    HttpRequestReader reader{{}};
    CHECK(reader.feed(with("Content-Length: 2\r\nExpect: 100-continue\r\n")));
    CHECK(reader.awaits_continue());
    CHECK(reader.head().find("Expect"));
    CHECK(reader.feed("{"));
    CHECK_FALSE(reader.awaits_continue());
    CHECK(reader.feed("}"));
    CHECK(reader.complete());
}

TEST_CASE("an answer is written with its length and what becomes of the connection") {
    const HttpResponse response{.status = 429, .headers = {{"Retry-After", "3"}}, .body = "slow"};
    const AnswerBytes bytes = *write_answer(response, {});
    CHECK(bytes.header == "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nContent-Length: 4\r\n\r\n");
    CHECK(bytes.body == "slow");
    CHECK(write_answer(response, {.is_to_head = true})->body.empty());
    CHECK(write_answer(response, {.is_to_head = true})->header == bytes.header);
    CHECK(write_answer(response, {.keeps_alive = false})->header.contains("Connection: close\r\n"));
    CHECK(write_answer(response, {.is_to_http_10 = true})->header.contains("Connection: keep-alive\r\n"));
    CHECK(write_answer(response, {.content_length = 9})->header.contains("Content-Length: 9\r\n"));
    const AnswerBytes nothing = *write_answer({.status = 204, .headers = {}, .body = "no"}, {});
    CHECK(nothing.header == "HTTP/1.1 204 No Content\r\n\r\n");
    CHECK(nothing.body.empty());
    CHECK_FALSE(write_answer({.status = 20, .headers = {}, .body = {}}, {}).has_value());
    CHECK_FALSE(write_answer({.status = 200, .headers = {{"A", "b\r\nC: d"}}, .body = {}}, {}).has_value());
}
