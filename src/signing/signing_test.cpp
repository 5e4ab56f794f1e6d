#include "signing/signing.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

using namespace plumb;
using namespace plumb::signing;

namespace {

nlohmann::json vectors() {
    std::ifstream in{PLUMB_TESTDATA "/signing/vectors.json"};
    return nlohmann::json::parse(in).at("vectors");
}

std::string venue_digest(const nlohmann::json& vector) {
    const std::string text = vector.value("signed_text", ""), secret = vector.at("secret");
    const std::string algorithm = vector.at("algorithm"), encoding = vector.at("secret_encoding");
    const std::string key = encoding == "base64" ? *from_base64(secret) : secret;
    if (algorithm == "HMAC-SHA256, hex") return hex(hmac_sha256(key, text));
    if (algorithm == "HMAC-SHA256, base64") return base64(hmac_sha256(key, text));
    if (vector.at("venue") == "kraken-futures") {
        const auto inner = sha256(text);
        CHECK(hex(inner) == vector.at("inner_sha256_hex").get<std::string>());
        return base64(hmac_sha512(key, {reinterpret_cast<const char*>(inner.data()), inner.size()}));
    }
    const auto inner = sha256(vector.at("nonce").get<std::string>() + vector.at("body").get<std::string>());
    const std::string path = vector.at("endpoint_path");
    return base64(
        hmac_sha512(key, path + std::string{reinterpret_cast<const char*>(inner.data()), inner.size()}));
}

}  // namespace

TEST_CASE("digests are those of the standards") {
    // FIPS 180-4 "abc"; RFC 4231 cases 1, 2 and 6.
    CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(hex(hmac_sha512("Jefe", "what do ya want for nothing?")) ==
          "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdca"
          "eab1a34d4a6b4b636e"
          "070a38bce737");
    CHECK(hex(hmac_sha256(std::string(131, '\xaa'),
                          "Test Using Larger Than Block-Size Key - Hash Key First")) ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    CHECK(hex(hmac_sha256("", "")) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("base64 is that of RFC 4648, both ways") {
    const std::pair<const char*, const char*> cases[] = {
        {"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
        {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
    for (const auto& [text, coded] : cases) {
        CHECK(base64(bytes_of(text)) == coded);
        CHECK(*from_base64(coded) == text);
        CHECK(*from_base64(base64url(bytes_of(text))) == text);
    }
    CHECK(base64url(bytes_of("\xfb\xff\xfe")) == "-__-");
    CHECK(*from_base64(" Zm9v\n") == "foo");
    for (const auto* bad : {"Z", "Zg=", "Z m9v", "Zm9v!", "Zm9vY", "Zg===", "-__-", "Zm9=v"})
        CHECK_MESSAGE(!from_base64(bad), bad);
}

TEST_CASE("percent encoding leaves only the unreserved") {
    CHECK(percent_encoded("aZ09-._~") == "aZ09-._~");
    CHECK(percent_encoded("a b+c/d=%") == "a%20b%2Bc%2Fd%3D%25");
    CHECK(percent_encoded("\xef\xbc\x91") == "%EF%BC%91");
}

TEST_CASE("every worked example of the venues' documents is signed to the same bytes") {
    std::size_t digests = 0, keys = 0;
    for (const auto& vector : vectors()) {
        const std::string name = vector.at("name"), text = vector.value("signed_text", "");
        CAPTURE(name);
        if (!vector.contains("private_key_pem")) {
            CHECK(venue_digest(vector) == vector.at("expected").get<std::string>());
            ++digests;
            continue;
        }
        ++keys;
        const auto key = PrivateKey::parse(Secret{vector.at("private_key_pem").get<std::string>()});
        REQUIRE(key);
        const std::string signature = key->sign(text), expected = vector.at("expected");
        CHECK(key->verify(text, signature));
        CHECK_FALSE(key->verify(text + "x", signature));
        if (vector.at("venue") == "binance") {
            CHECK(base64(bytes_of(signature)) == expected);
            CHECK(percent_encoded(base64(bytes_of(signature))) ==
                  vector.at("expected_url_encoded").get<std::string>());
            continue;
        }
        const std::string token_end = expected.substr(expected.rfind('.') + 1);
        std::string plain = token_end;
        for (char& c : plain) c = c == '-' ? '+' : c == '_' ? '/' : c;
        CHECK(key->verify(text, *from_base64(plain)));  // theirs is one of this key's
        if (key->kind() == PrivateKey::Kind::ed25519) CHECK(base64url(bytes_of(signature)) == token_end);
    }
    CHECK(digests == 15);
    CHECK(keys == 6);
}

TEST_CASE("an Ed25519 key is read from its seed as from PEM, and signs as RFC 8032 says") {
    // RFC 8032 section 7.1, test 1: the empty message.
    const std::string seed = *from_base64("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=");
    const auto key = PrivateKey::parse(Secret{base64(bytes_of(seed))});
    REQUIRE(key);
    CHECK(key->kind() == PrivateKey::Kind::ed25519);
    CHECK(hex(bytes_of(key->sign(""))) ==
          "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd2"
          "5bf5f0595bbe24655141"
          "438e7a100b");
    const auto with_public = PrivateKey::parse(Secret{base64(bytes_of(seed + std::string(32, 'p')))});
    REQUIRE(with_public);
    CHECK(with_public->sign("x") == key->sign("x"));
}

TEST_CASE("a key that cannot sign is refused without a byte of it in the message") {
    const std::pair<const char*, Errc> cases[] = {
        {"", Errc::parse},
        {"c2VjcmV0LXNlY3JldA==", Errc::parse},
        {"-----BEGIN PRIVATE KEY-----\nc2VjcmV0LXNlY3JldA==\n-----END PRIVATE KEY-----\n", Errc::parse},
        {"-----BEGIN ENCRYPTED PRIVATE KEY-----\nc2VjcmV0LXNlY3JldA==\n-----END ENCRYPTED PRIVATE KEY-----\n",
         Errc::unsupported},
    };
    for (const auto& [text, code] : cases) {
        const auto key = PrivateKey::parse(Secret{text});
        REQUIRE_FALSE(key);
        CHECK(key.error().code() == code);
        CHECK(key.error().message().find("c2Vj") == std::string::npos);
    }
}

TEST_CASE("line ends spelt out in an environment file are read as line ends") {
    for (const auto& vector : vectors()) {
        if (!vector.contains("private_key_pem")) continue;
        std::string pem = vector.at("private_key_pem");
        for (std::size_t at = 0; (at = pem.find('\n', at)) != std::string::npos; at += 2)
            pem.replace(at, 1, "\\n");
        CHECK(PrivateKey::parse(Secret{pem}));
    }
}
