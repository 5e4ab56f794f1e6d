#include "io/http_framing.hpp"

#include <doctest/doctest.h>

#include "io/testing/script.hpp"

using namespace plumb;
using namespace plumb::io;
using io::testing::http_answer;

namespace {

struct Reading {
    Status status;
    std::size_t used = 0;
    bool complete = false;
    bool keeps_alive = false;
    HttpResponse response;
};

Reading read(const std::string& bytes, std::size_t piece, HttpLimits limits = {}) {
    HttpResponseReader reader{limits};
    Reading reading;
    while (reading.used < bytes.size() && !reader.complete()) {
        // Memory of exactly that size, so that the address sanitizer sees a read of one byte more.
        const std::string part = bytes.substr(reading.used, piece);
        const Result<std::size_t> used = reader.feed(part);
        if (!used) {
            reading.status = fail(used.error());
            return reading;
        }
        reading.used += *used;
    }
    reading.complete = reader.complete();
    reading.keeps_alive = reader.keeps_alive();
    if (reading.complete) reading.response = *reader.take();
    return reading;
}

}  // namespace

TEST_CASE("a request is written as HTTP/1.1 wants it") {
    HttpRequest request{
        .method = Method::post, .target = "/v2/orders?x=1", .headers = {{"X-Key", "k"}}, .body = "{}"};
    CHECK(*write_request({.host = "api.venue.test"}, request) ==
          "POST /v2/orders?x=1 HTTP/1.1\r\nHost: api.venue.test\r\nX-Key: k\r\nUser-Agent: "
          "plumbline\r\nAccept-Encoding: gzip\r\n"
          "Content-Length: 2\r\n\r\n{}");
    request = {.method = Method::get,
               .target = "/",
               .headers = {{"user-agent", "other"}, {"accept-encoding", "identity"}},
               .body = {}};
    CHECK(*write_request({.host = "127.0.0.1", .port = 8443}, request) ==
          "GET / HTTP/1.1\r\nHost: 127.0.0.1:8443\r\nuser-agent: other\r\naccept-encoding: identity\r\n\r\n");
    request.method = Method::del;
    CHECK(write_request({.host = "::1", .port = 80, .tls = false}, request)->contains("Host: [::1]\r\n"));
    CHECK(write_request({.host = "h"}, request)->contains("Content-Length: 0\r\n"));
}

TEST_CASE("answers are the same whatever the pieces, and what follows them is left alone") {
    const std::string chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
        "chunked\r\n\r\n3;note=1\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
    const std::pair<std::string, std::string> answers[] = {
        {http_answer(200, "hello", "A: 1\r\nA: 2\r\n"), "hello"},
        {http_answer(200, ""), ""},
        {chunked, "abc0123456789"},
        {"HTTP/1.1 204 No Content\r\n\r\n", ""},
        {"HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n", ""},
        {"HTTP/1.1 100 Continue\r\n\r\n" + http_answer(201, "made"), "made"},
    };
    for (const auto& [bytes, body] : answers) {
        for (std::size_t piece = 1; piece <= bytes.size() + 4; ++piece) {
            INFO(bytes, " in pieces of ", piece);
            const Reading reading = read(bytes + "NEXT", piece);
            REQUIRE(reading.status);
            REQUIRE(reading.complete);
            CHECK(reading.keeps_alive);
            CHECK(reading.used == bytes.size());
            CHECK(reading.response.body == body);
        }
    }
    const Reading two = read(answers[0].first, 1000);
    REQUIRE(two.response.headers.size() == 3);
    CHECK(two.response.headers[0].value == "1");
    CHECK(two.response.headers[1].value == "2");
}

TEST_CASE("a connection is kept only when both sides may") {
    CHECK_FALSE(read(http_answer(200, "x", "Connection: close\r\n"), 1000).keeps_alive);
    CHECK_FALSE(read("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 1000).keeps_alive);
    CHECK(read("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx", 1000).keeps_alive);
}

TEST_CASE("an answer without length ends with an announced end only") {
    for (const bool clean : {true, false}) {
        HttpResponseReader reader{{}};
        REQUIRE(reader.feed("HTTP/1.1 200 OK\r\n\r\nbody"));
        CHECK_FALSE(reader.complete());
        CHECK(reader.end(clean).has_value() == clean);
        CHECK(reader.complete() == clean);
        if (clean) CHECK(reader.take()->body == "body");
        if (clean) CHECK_FALSE(reader.keeps_alive());
    }
    HttpResponseReader nothing{{}};
    CHECK_FALSE(nothing.end(true));
    HttpResponseReader half{{}};
    REQUIRE(half.feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbody"));
    CHECK_FALSE(half.end(true));
}

TEST_CASE("fault_F20 the limits of header and body hold to the byte in any pieces") {
    const HttpLimits limits{.header_bytes_max = 200, .body_bytes_max = 100};
    for (const std::size_t piece : {std::size_t{1}, std::size_t{50}, std::size_t{100'000}}) {
        CHECK(read(http_answer(200, std::string(100, 'x')), piece, limits).complete);
        CHECK(read(http_answer(200, std::string(101, 'x')), piece, limits).status.error().code() ==
              Errc::out_of_range);
        const std::string chunk = "32\r\n" + std::string(50, 'x') + "\r\n";
        const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        CHECK(read(head + chunk + chunk + "0\r\n\r\n", piece, limits).complete);
        CHECK(read(head + chunk + chunk + "1\r\nx\r\n", piece, limits).status.error().code() ==
              Errc::out_of_range);
        const std::string lines = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: ";
        CHECK(read(lines + std::string(200 - lines.size() - 4, 'x') + "\r\n\r\n", piece, limits).complete);
        CHECK(read(lines + std::string(201 - lines.size() - 4, 'x') + "\r\n\r\n", piece, limits)
                  .status.error()
                  .code() == Errc::out_of_range);
        CHECK(read("SSH-2.0", piece, limits).status.error().code() == Errc::corrupt);
        CHECK(read(lines + std::string(201, 'x') + "\r\n\r\n", piece, limits).status.error().code() ==
              Errc::out_of_range);
        std::string interim;
        for (int i = 0; i < 9; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
        CHECK(read(interim, piece, limits).status.error().code() == Errc::corrupt);
    }
}
