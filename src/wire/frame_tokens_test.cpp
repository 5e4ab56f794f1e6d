#include "wire/frame_tokens.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/rng.hpp"

using namespace plumb;
using namespace plumb::wire;

namespace {

/// Digits, mostly, with what may stand among them.
std::string any_token(Rng& rng) {
    static constexpr std::string_view kOthers = "..,,-+eE \"\"\\x\x80";
    std::string token;
    const bool quoted = rng.below(2) == 0;
    if (quoted) token += '"';
    const std::uint64_t size = rng.below(24);
    const std::uint64_t point = rng.below(12);
    for (std::uint64_t i = 0; i < size; ++i) {
        if (i == point)
            token += '.';
        else if (rng.below(24) == 0)
            token += kOthers[rng.below(kOthers.size())];
        else
            token += static_cast<char>('0' + rng.below(10));
    }
    if (quoted && rng.below(16) != 0) token += '"';
    if (rng.below(16) == 0) token += ' ';
    return token;
}

}  // namespace

TEST_CASE("tokens of a frame read as they do anywhere else, a million of them") {
    Rng rng{20'260'101};
    std::size_t decimals = 0, numbers = 0, texts = 0;
    for (int i = 0; i < 1'000'000; ++i) {
        const std::string token = any_token(rng);
        // What stands behind the token must not count: digits would, if anything did.
        const std::string padded = token + std::string(kFramePadding, rng.below(2) == 0 ? '7' : '"');
        const std::string_view at{padded.data(), token.size()};
        INFO(token);
        for (const Decimals style : {Decimals::quoted, Decimals::bare, Decimals::either}) {
            const auto expected = decimal_of(token, style);
            REQUIRE(frame_decimal_of(at, style) == expected);
            decimals += expected ? 1 : 0;
        }
        const auto number = number_of(token);
        REQUIRE(frame_number_of(at) == number);
        const auto text = text_of(token);
        REQUIRE(frame_text_of(at) == text);
        numbers += number ? 1 : 0;
        texts += text ? 1 : 0;
    }
    // Enough of each came out.
    CHECK(decimals > 100'000);
    CHECK(numbers > 50'000);
    CHECK(texts > 100'000);
}

TEST_CASE("tokens of a frame at the lengths where one word ends") {
    for (std::size_t before = 1; before <= 20; ++before) {
        for (std::size_t behind = 0; behind <= 20; ++behind) {
            std::string digits = std::string("98765432109876543210").substr(0, before);
            if (behind != 0) digits += "." + std::string("12345678901234567890").substr(0, behind);
            for (const std::string& token : {digits, "\"" + digits + "\"", digits + " "}) {
                const std::string padded = token + std::string(kFramePadding, '9');
                const std::string_view at{padded.data(), token.size()};
                INFO(token);
                CHECK(frame_decimal_of(at, Decimals::either) == decimal_of(token, Decimals::either));
                CHECK(frame_number_of(at) == number_of(token));
            }
        }
    }
}
