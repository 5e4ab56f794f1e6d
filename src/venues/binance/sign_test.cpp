#include "venues/binance/sign.hpp"

#include "venues/binance/test_desk.hpp"

using namespace plumb;
using namespace plumb::venues::binance;

namespace {

const char* const kKey = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";
const char* const kSecret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";

Signer signer(const char* key_id, const char* secret) {
    wire::Credentials credentials;
    credentials.key_id = key_id;
    credentials.secret = Secret{secret};
    auto made = Signer::make(credentials);
    REQUIRE(made.has_value());
    return std::move(*made);
}

}  // namespace

TEST_CASE("HMAC signatures of the documents (rest-api.md, web-socket-api.md), recomputed independently") {
    const Signer ours = signer(kKey, kSecret);
    for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
             {"symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&"
              "timestamp="
              "1499827319559",
              "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"},
             {"symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTCquantity=1&price=0.1&recvWindow=5000&"
              "timestamp="
              "1499827319559",
              "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77"},
             {"symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&side=BUY&type=LIMIT&timeInForce="
              "GTC&"
              "quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559",
              "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3"},
             {std::string{"apiKey="} + kKey +
                  "&price=52000.00&quantity=0.01000000&recvWindow=100&side=SELL&symbol=BTCUSDT&timeInForce="
                  "GTC&"
                  "timestamp=1645423376532&type=LIMIT",
              "aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24"},
             {std::string{"apiKey="} + kKey + "&recvWindow=10000&timestamp=1747385641636",
              "cb50a5971ca65025a63a25b727f38802625e47d414e17505352efbd968c92c8e"}})
        CHECK(ours.sign(text) == expected);
    Form form;
    form.add("symbol", "LTCBTC").add("side", "BUY").add("type", "LIMIT").add("timeInForce", "GTC");
    form.add("quantity", "1").add("price", "0.1").add("recvWindow", 5000).add("timestamp", 1499827319559);
    CHECK(ours.signed_text(form) ==
          form.text() + "&signature=c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71");
    Form wide;
    wide.add("symbol", "\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x93\xEF\xBC\x94\xEF\xBC\x95\xEF\xBC\x96");
    CHECK(wide.text() == "symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96");
    CHECK_FALSE(ours.may_log_on());
}

TEST_CASE("Ed25519 signatures, with the key of RFC 8032 test 1, and encoded once more for a form") {
    const Signer ours = signer("4yNzx3yWC5bS6YTwEkSRaC0nRmSQIIStAUOh1b6kqaBrTLIhjCpI5lJH8q8R8WNO",
                               "-----BEGIN PRIVATE KEY-----\n"
                               "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
                               "-----END PRIVATE KEY-----\n");
    CHECK(ours.sign("apiKey=4yNzx3yWC5bS6YTwEkSRaC0nRmSQIIStAUOh1b6kqaBrTLIhjCpI5lJH8q8R8WNO&timestamp="
                    "1649729878532") ==
          "NBJq5sX1RkU7ta3XDctruMgnrhyBcouMvvPIxxQSCUbVWxhp3ai6W7a0Iip/3nOwmJxkVIv6n20cekYCOa5qAg==");
    Form form;
    form.add("symbol", "BTCUSDT").add("side", "SELL").add("type", "LIMIT").add("timeInForce", "GTC");
    form.add("quantity", "1").add("price", "0.2").add("timestamp", 1668481559918).add("recvWindow", 5000);
    CHECK(ours.signed_text(form) == form.text() +
                                        "&signature=XtZirsmmi0noRzUfkqktvkVfxpkq%"
                                        "2FWtbLg2UOL3QGYdUBZVlqOBEMuEVw8zioY93N54NcKj9UuAXQEa9zgTDBg"
                                        "%3D%3D");
    CHECK(ours.may_log_on());
}

TEST_CASE("keys that cannot be: missing, with characters that would end a header, broken, of another curve") {
    const auto refused = [](const char* key_id, const char* secret) {
        wire::Credentials credentials;
        credentials.key_id = key_id;
        credentials.secret = Secret{secret};
        const auto made = Signer::make(credentials);
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().message().find("topsecret") == std::string::npos);
        return made.error().code();
    };
    CHECK(refused("", "topsecret") == Errc::denied);
    CHECK(refused("key", "") == Errc::denied);
    CHECK(refused("key\r\nX-Other: 1", "topsecret") == Errc::denied);
    CHECK(refused("key\"", "topsecret") == Errc::denied);
    CHECK(refused("key", "-----BEGIN PRIVATE KEY-----\ntopsecret\n-----END PRIVATE KEY-----\n") ==
          Errc::parse);
    testing::Desk without{Market::spot, false};
    const auto asked = without.venue->ask(wire::AskAccount{}, without.now);
    REQUIRE_FALSE(asked.has_value());
    CHECK(asked.error().code() == Errc::denied);
    CHECK(without.venue->ask(wire::AskClock{}, without.now).has_value());
}
