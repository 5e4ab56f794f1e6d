#include "exchange/binance/key_ring.hpp"

#include <doctest/doctest.h>

using namespace plumb;
using namespace plumb::exchange;
using namespace plumb::exchange::binance;

namespace {

// Published in the venue's documents (rest-api.md, web-socket-api.md); Ed25519: RFC 8032, test 1.
constexpr const char* kKey = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";
constexpr const char* kSecret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";
constexpr const char* kPem =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END "
    "PRIVATE KEY-----\n";

ApiAccess access(const char* secret) {
    ApiAccess one;
    one.account = AccountId{1};
    one.key = kKey;
    one.secret = secret;
    return one;
}

Checked<bool> verify(const char* secret, const std::string& query, const std::string& body,
                     std::int64_t now_ms) {
    const KeyRing ring{{access(secret)}};
    const auto parameters = Parameters::read(query, body);
    REQUIRE(parameters.has_value());
    return KeyRing::verify(**ring.find(kKey, {}), *parameters, signed_payload(query, body),
                           timestamp_from_ms(now_ms));
}

constexpr std::int64_t kThen = 1499827319559;

}  // namespace

TEST_CASE("the documents' HMAC examples are accepted, in the query, in the body and mixed") {
    const std::string all =
        "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp="
        "1499827319559";
    const std::string signature =
        "&signature=c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71";
    CHECK(verify(kSecret, all + signature, "", kThen).has_value());
    CHECK(verify(kSecret, "", all + signature, kThen).has_value());
    CHECK(verify(kSecret, all, signature.substr(1), kThen).has_value());
    CHECK(verify(kSecret, "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC",
                 "quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559&signature="
                 "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77",
                 kThen)
              .has_value());
    std::string upper = signature;
    for (std::size_t i = 11; i < upper.size(); ++i) upper[i] = static_cast<char>(std::toupper(upper[i]));
    CHECK(verify(kSecret, all + upper, "", kThen).has_value());
    CHECK(verify(kSecret,
                 "symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&side=BUY&type=LIMIT&"
                 "timeInForce=GTC&quantity=1&price=0.1&"
                 "recvWindow=5000&timestamp=1499827319559&signature="
                 "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3",
                 "", kThen)
              .has_value());
}

TEST_CASE("a signature over anything else is -1022, and one of another form -1100") {
    const std::string all = "symbol=LTCBTC&timestamp=1499827319559";
    CHECK(verify(kSecret, all + "&signature=" + std::string(64, 'a'), "", kThen).error().code == -1022);
    CHECK(verify(kSecret, all + "&signature=zz", "", kThen).error().code == -1100);
    CHECK(verify(kSecret, all, "", kThen).error().code == -1102);
    CHECK(verify(kPem, all + "&signature=zz", "", kThen).error().code == -1022);
}

TEST_CASE("Ed25519: the RFC's key over the documents' payload") {
    const std::string query =
        "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=0.2&timestamp=1668481559918&"
        "recvWindow=5000&signature="
        "XtZirsmmi0noRzUfkqktvkVfxpkq%2FWtbLg2UOL3QGYdUBZVlqOBEMuEVw8zioY93N54NcKj9UuAXQEa9zgTDBg%3D%3D";
    CHECK(verify(kPem, query, "", 1668481559918).has_value());
}

TEST_CASE("the WebSocket API signs sorted and raw") {
    const auto parameters = Parameters::read_json(
        R"({"symbol":"BTCUSDT","side":"SELL","type":"LIMIT","timeInForce":"GTC","quantity":"0.01000000","price":"52000.00",)"
        R"("recvWindow":100,"timestamp":1645423376532,"apiKey":"vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",)"
        R"("signature":"aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24"})");
    REQUIRE(parameters.has_value());
    const KeyRing ring{{access(kSecret)}};
    CHECK(KeyRing::verify(**ring.find(kKey, {}), *parameters, signed_payload(*parameters),
                          timestamp_from_ms(1645423376532))
              .has_value());
    // A number keeps the digits it was written with.
    CHECK(signed_payload(*Parameters::read_json(R"({"b":0.0100,"a":65000})")) == "a=65000&b=0.0100");
}

TEST_CASE("the receive window: -1021 on both sides, -1131 when it is too long") {
    const auto code = [](std::int64_t now_ms, const std::string& window) {
        const std::string query = "timestamp=1499827319559" + window;
        const auto parameters = Parameters::read(query, "");
        const auto checked = KeyRing::check_time(*parameters, timestamp_from_ms(now_ms));
        return checked ? 0 : checked.error().code;
    };
    CHECK(code(kThen + 5000, "") == 0);
    CHECK(code(kThen + 5001, "") == -1021);
    CHECK(code(kThen - 999, "") == 0);
    CHECK(code(kThen - 1000, "") == -1021);
    CHECK(code(kThen + 60000, "&recvWindow=60000") == 0);
    CHECK(code(kThen, "&recvWindow=60001") == -1131);
    CHECK(code(kThen + 7, "&recvWindow=6.5") == -1021);
    CHECK(code(kThen, "&recvWindow=6.5555") == -1111);
    const auto micro = Parameters::read("timestamp=1499827319559000", "");
    CHECK(KeyRing::check_time(*micro, timestamp_from_ms(kThen)).has_value());
}

TEST_CASE("keys: -2014 for what is none, -2015 for a stranger's and for one that is over") {
    ApiAccess over = access(kSecret);
    over.expires_at = timestamp_from_ms(kThen);
    const KeyRing ring{{over}};
    CHECK(ring.find("", {}).error().code == -2014);
    CHECK(ring.find("no key!", {}).error().code == -2014);
    CHECK(ring.find(std::string(64, 'x'), {}).error().code == -2015);
    CHECK(ring.find(kKey, timestamp_from_ms(kThen - 1)).has_value());
    CHECK(ring.find(kKey, timestamp_from_ms(kThen)).error().status == 401);
}
