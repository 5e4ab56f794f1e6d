#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "exchange/kraken/kraken.hpp"
#include "exchange/testing/in_process.hpp"
#include "signing/signing.hpp"

namespace plumb::exchange::kraken {

/// A client of the venue for its tests: signs as the venue's page on authentication says.
struct Client {
    testing::InProcessVenue venue{entry()};
    InstrumentId btc = venue.market_of("BTC");

    Client() {
        venue.seed_book(btc, Price{Decimal{45'000}}, 10, Quantity{Decimal{1}});
        venue.pump_for(std::chrono::milliseconds{10});
    }

    std::string authent(std::string_view path, std::string_view data, std::string_view nonce = {}) const {
        const std::string text = std::string{data} + std::string{nonce} + std::string{path};
        const auto digest = signing::sha256(text);
        const std::string secret = *signing::from_base64(venue.access.secret);
        return signing::base64(
            signing::hmac_sha512(secret, {reinterpret_cast<const char*>(digest.data()), digest.size()}));
    }
    Response raw(std::string_view method, const std::string& path, const std::string& query,
                 const std::string& body = {}, const std::string& nonce = {}) {
        const std::string prefix = "/derivatives";
        const std::string signed_path = path.starts_with(prefix) ? path.substr(prefix.size()) : path;
        std::vector<io::Header> headers{{"APIKey", venue.access.key},
                                        {"Authent", authent(signed_path, query + body, nonce)}};
        if (!nonce.empty()) headers.push_back({"Nonce", nonce});
        return venue.request(method, query.empty() ? path : path + "?" + query, headers, body);
    }
    nlohmann::json call(std::string_view method, const std::string& what, const std::string& query = {}) {
        return nlohmann::json::parse(raw(method, "/derivatives/api/v3/" + what, query).body);
    }
    nlohmann::json get(const std::string& target) {
        return nlohmann::json::parse(venue.request("GET", target).body);
    }
    /// sendStatus of an order in PF_XBTUSD.
    nlohmann::json send(const std::string& fields) {
        const nlohmann::json reply = call("POST", "sendorder", "symbol=PF_XBTUSD&" + fields);
        return reply.contains("sendStatus") ? reply["sendStatus"] : reply;
    }

    StreamId open() {
        const auto stream = venue.open_stream("/ws/v1");
        return stream.value_or(0);
    }
    void say(StreamId stream, const nlohmann::json& message) { venue.send(stream, message.dump()); }
    /// What came since the last call.
    std::vector<nlohmann::json> hear(StreamId stream) {
        std::vector<nlohmann::json> messages;
        for (const testing::SentFrame& frame : venue.take_frames(stream)) {
            messages.push_back(nlohmann::json::parse(frame.bytes));
        }
        return messages;
    }
    /// Subscribes a private feed; what came for it.
    std::vector<nlohmann::json> listen(StreamId stream, const std::string& feed) {
        say(stream, {{"event", "challenge"}, {"api_key", venue.access.key}});
        const std::string challenge = hear(stream).back()["message"];
        const auto digest = signing::sha256(challenge);
        const std::string secret = *signing::from_base64(venue.access.secret);
        const std::string proof = signing::base64(
            signing::hmac_sha512(secret, {reinterpret_cast<const char*>(digest.data()), digest.size()}));
        say(stream, {{"event", "subscribe"},
                     {"feed", feed},
                     {"api_key", venue.access.key},
                     {"original_challenge", challenge},
                     {"signed_challenge", proof}});
        return hear(stream);
    }
};

}  // namespace plumb::exchange::kraken
