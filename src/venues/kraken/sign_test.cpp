#include "venues/kraken/sign.hpp"

#include <doctest/doctest.h>

#include "signing/signing.hpp"

using namespace plumb;
using namespace plumb::venues::kraken;

namespace {

SigningKey key_of(const char* secret) {
    Result<SigningKey> key = SigningKey::parse(Secret{secret});
    REQUIRE(key);
    return std::move(*key);
}

constexpr const char* kSecret =
    "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==";
constexpr const char* kOrder =
    "orderType=lmt&symbol=PF_XBTUSD&side=sell&size=0.01&limitPrice=65000&cliOrdId=my-id-1";

}  // namespace

// Computed with Python's hashlib and hmac; rows without a nonce also by ccxt 4.5.84 sign().
TEST_CASE("Authent, with and without a nonce, of bodies, queries and percent-encoded text") {
    const SigningKey key = key_of(kSecret);
    CHECK(key.authent(kOrder, "", "/api/v3/sendorder") ==
          "1fIQ6rf5eYavOgcuyhsm40OO23peONMAlxvSxgQFyJp6AeTt9J/ELOsZaY5zk45nMnHZyoDGlXyELBDMgW7P/Q==");
    CHECK(key.authent(kOrder, "1415957147987", "/api/v3/sendorder") ==
          "JeAzNuOFeYvJF6d/6ljWRLT+pi3sDU971S0XuDZGuEMddVZuuPDS00I0cTW3z+ZHOwZQXqlPea5hKDjMoBhG7g==");
    CHECK(key.authent("", "1415957147987", "/api/v3/openorders") ==
          "zT6uunDvvmVlBZt7AMWzqnuFsrdMQCFGuVBaVhMeYLGI9lKZJN073dXRYVBw9Kqpc28DfMKeJEzlV9WeTV8rwA==");
    CHECK(key.authent("count=1", "", "/api/history/v2/orders") ==
          "0iBBOLq4+n2Z4qrp4hV+rKCMknWsHMv8yY5oxFv2P+ue4+r4o/4CkI59UtEe0qpQLlftajMvla5v5+xGJiyTVA==");
    const std::string encoded = "cliOrdId=" + signing::percent_encoded("cid 1/\xc3\xa9");
    CHECK(encoded == "cliOrdId=cid%201%2F%C3%A9");
    CHECK(key.authent(encoded, "", "/api/v3/cancelorder") ==
          "Ym/EPo/k/oREvw0NSR8lOTCDh7Ek054Es8Hb9+0KCCgI4rf/SZV6ZK6ExFvCVox0Z6TLir/5GRyPlClkk0WZwA==");
}

TEST_CASE("the challenge, and the venue's own example of it") {
    CHECK(key_of(kSecret).signed_challenge("226aee50-88fc-4618-a42a-34f7709570b2") ==
          "jOB9A6TjXzzK7EROpuvbS7BT7zKsOe1VNn3++PVzF3XYb4agyTsU0kRAQJPb59PAhxSaoQn8qQDjhoNkFlgIWA==");
    CHECK(key_of("7zxMEF5p/Z8l2p2U7Ghv6x14Af+Fx+92tPgUdVQ748FOIrEoT9bgT+bTRfXc5pz8na+hL/QdrCVG7bh9KpT0eMTm")
              .signed_challenge("c100b894-1729-464d-ace1-52dbce11db42") ==
          "4JEpF3ix66GA2B+ooK128Ift4XQVtc137N9yeg4Kqsn9PI0Kpzbysl9M1IeCEdjg0zl00wkVqcsnG4bmnlMb3A==");
}

TEST_CASE("a secret that is not base64 is refused, and not shown") {
    for (const char* bad : {"", "!", "not base64 at all"}) {
        const Result<SigningKey> key = SigningKey::parse(Secret{bad});
        REQUIRE_FALSE(key);
        CHECK(key.error().code() == Errc::parse);
        if (*bad != '\0' && std::string_view{bad}.size() > 3)
            CHECK(key.error().message().find(bad) == std::string::npos);
    }
}
