#include "signing/ec_pem.hpp"

#include <doctest/doctest.h>

#include "signing/signing.hpp"

namespace plumb::signing {

// The key of RFC 6979 A.2.5; the PEM is what `openssl ec` writes for it.
TEST_CASE("a number becomes the PEM that OpenSSL writes for it") {
    std::string number;
    for (const int byte :
         {0xC9, 0xAF, 0xA9, 0xD8, 0x45, 0xBA, 0x75, 0x16, 0x6B, 0x5C, 0x21, 0x57, 0x67, 0xB1, 0xD6, 0x93,
          0x4E, 0x50, 0xC3, 0xDB, 0x36, 0xE8, 0x9B, 0x12, 0x7B, 0x8A, 0x62, 0x2B, 0x12, 0x0F, 0x67, 0x21}) {
        number += static_cast<char>(byte);
    }
    const Result<std::string> pem = p256_pem(number);
    REQUIRE(pem.has_value());
    CHECK(*pem ==
          "-----BEGIN EC PRIVATE KEY-----\n"
          "MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49\n"
          "AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8\n"
          "maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==\n"
          "-----END EC PRIVATE KEY-----\n");
    const Result<PrivateKey> key = PrivateKey::parse(Secret{*pem});
    REQUIRE(key.has_value());
    CHECK(key->verify("text", key->sign("text")));
}

TEST_CASE("a number that is no key is refused") {
    CHECK(p256_pem(std::string(32, '\0')).error().code() == Errc::invalid_argument);
    CHECK(p256_pem(std::string(32, '\xff')).error().code() == Errc::invalid_argument);
    CHECK(p256_pem("short").error().code() == Errc::invalid_argument);
}

}  // namespace plumb::signing
