#include "io/inflate.hpp"

#include <doctest/doctest.h>

#include <string>

#include "io/testing/script.hpp"

using namespace plumb;
using namespace plumb::io;
using io::testing::deflated;
using io::testing::gzipped;

namespace {

constexpr InflateLimits kLimits{.bytes_max = 1'000'000, .ratio_max = 100};

Result<std::string> inflate_gzip(const std::string& bytes, std::size_t piece,
                                 InflateLimits limits = kLimits) {
    Inflater inflater{Inflater::Format::gzip, limits};
    FlatBuffer out;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        if (const Status fed = inflater.feed(std::string_view{bytes}.substr(at, piece), out); !fed)
            return fail(fed.error());
    if (!inflater.ended()) return fail(Errc::truncated, "early");
    return std::string{out.view()};
}

std::string some_text(std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('a' + (i * i * 31 + i / 3) % 26);
    return text;
}

}  // namespace

TEST_CASE("gzip comes out as it went in, whatever the pieces") {
    for (const std::size_t size : {0, 1, 1000, 16384, 16385, 100'000}) {
        const std::string text = some_text(size);
        const std::string bytes = gzipped(text);
        for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, bytes.size()})
            CHECK(*inflate_gzip(bytes, piece) == text);
    }
}

TEST_CASE("fault_F20 the size limit holds to the byte, the ratio limit beyond its free part") {
    const InflateLimits wide{.bytes_max = 1'000'000, .ratio_max = 5000};
    CHECK(inflate_gzip(gzipped(std::string(1'000'000, '0')), 100, wide));
    CHECK(inflate_gzip(gzipped(std::string(1'000'001, '0')), 100, wide).error().code() == Errc::out_of_range);
    CHECK(inflate_gzip(gzipped(std::string(InflateLimits::kRatioFreeBytes, '0')), 100,
                       {.bytes_max = 1'000'000, .ratio_max = 2}));
    CHECK(inflate_gzip(gzipped(std::string(600'000, '0')), 100, kLimits).error().code() ==
          Errc::out_of_range);
    CHECK(inflate_gzip(gzipped(std::string(10, '0')), 1, {.bytes_max = 0}).error().code() ==
          Errc::out_of_range);
}

TEST_CASE("fault_F20 every flipped bit of a gzip stream is refused or harmless, and every cut is seen") {
    const std::string text = some_text(200);
    const std::string bytes = gzipped(text);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        CHECK(inflate_gzip(bytes.substr(0, i), 7).error().code() == Errc::truncated);
        for (int bit = 0; bit < 8; ++bit) {
            std::string damaged = bytes;
            damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
            // The header's time, flags of speed and system say nothing of the contents; the check sum guards
            // the rest.
            const Result<std::string> out = inflate_gzip(damaged, 50);
            if (out) CHECK(*out == text);
        }
    }
    CHECK(inflate_gzip(bytes + "x", 1000).error().code() == Errc::corrupt);
}

TEST_CASE("the limits count per message, the window goes on") {
    Inflater inflater{Inflater::Format::raw, {.bytes_max = 600'000, .ratio_max = 5000}};
    FlatBuffer out;
    const std::string half = deflated(std::string(500'000, '1')) + std::string{"\x00\x00\xff\xff", 4};
    CHECK(inflater.feed(half, out));
    CHECK_FALSE(inflater.feed(half, out));
    Inflater again{Inflater::Format::raw, {.bytes_max = 600'000, .ratio_max = 5000}};
    out.clear();
    for (int i = 0; i < 3; ++i) {
        again.next_message();
        CHECK(again.feed(half, out));
        CHECK(out.size() == 500'000);
        out.clear();
    }
}
