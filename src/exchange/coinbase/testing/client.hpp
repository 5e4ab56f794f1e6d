#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "exchange/coinbase/coinbase.hpp"
#include "exchange/testing/in_process.hpp"
#include "signing/signing.hpp"

namespace plumb::exchange::coinbase {

/// A client of the venue for its tests: makes tokens as the venue's page on keys says.
struct Client {
    testing::InProcessVenue venue{entry()};
    InstrumentId btc = venue.market_of("BTC");

    Client() {
        venue.seed_book(btc, Price{Decimal{45'000}}, 10, Quantity{Decimal{1}});
        venue.pump_for(std::chrono::milliseconds{10});
    }

    std::int64_t seconds() const { return to_ms(venue.now) / 1'000; }
    nlohmann::json header() const {
        return {{"alg", "ES256"}, {"typ", "JWT"}, {"kid", venue.access.key}, {"nonce", "0a1b"}};
    }
    nlohmann::json claims(const std::string& uri) const {
        nlohmann::json claims{
            {"sub", venue.access.key}, {"iss", "cdp"}, {"nbf", seconds()}, {"exp", seconds() + 120}};
        if (!uri.empty()) claims["uri"] = uri;
        return claims;
    }
    std::string token(const nlohmann::json& header, const nlohmann::json& claims) const {
        const std::string text = signing::base64url(signing::bytes_of(header.dump())) + "." +
                                 signing::base64url(signing::bytes_of(claims.dump()));
        const auto key = signing::PrivateKey::parse(Secret{venue.access.secret});
        return text + "." + signing::base64url(signing::bytes_of(key->sign(text)));
    }
    std::string token(const std::string& uri) const { return token(header(), claims(uri)); }

    Response with_token(std::string_view method, const std::string& target, const std::string& token,
                        const std::string& body = {}) {
        return venue.request(method, target,
                             {{"Host", "127.0.0.1:8080"}, {"Authorization", "Bearer " + token}}, body);
    }
    Response raw(std::string_view method, const std::string& target, const std::string& body = {}) {
        const std::string path = target.substr(0, target.find('?'));
        return with_token(method, target, token(std::string{method} + " 127.0.0.1:8080" + path), body);
    }
    nlohmann::json get(const std::string& what) {
        return nlohmann::json::parse(raw("GET", "/api/v3/brokerage/" + what).body);
    }
    nlohmann::json post(const std::string& what, const nlohmann::json& body) {
        return nlohmann::json::parse(raw("POST", "/api/v3/brokerage/" + what, body.dump()).body);
    }
    nlohmann::json open_get(const std::string& target) {
        return nlohmann::json::parse(venue.request("GET", target).body);
    }
    nlohmann::json order(const std::string& id, const std::string& side,
                         const nlohmann::json& configuration) {
        return post("orders", {{"client_order_id", id},
                               {"product_id", "BTC-USD"},
                               {"side", side},
                               {"order_configuration", configuration}});
    }
    nlohmann::json limit(const std::string& id, const std::string& side, const std::string& size,
                         const std::string& price, bool post_only = false) {
        return order(
            id, side,
            {{"limit_limit_gtc", {{"base_size", size}, {"limit_price", price}, {"post_only", post_only}}}});
    }

    StreamId open() { return venue.open_stream("/").value_or(0); }
    void say(StreamId stream, const nlohmann::json& message) { venue.send(stream, message.dump()); }
    std::vector<nlohmann::json> hear(StreamId stream) {
        std::vector<nlohmann::json> messages;
        for (const testing::SentFrame& frame : venue.take_frames(stream)) {
            messages.push_back(nlohmann::json::parse(frame.bytes));
        }
        return messages;
    }
    std::vector<nlohmann::json> subscribe(StreamId stream, const std::string& channel,
                                          const std::vector<std::string>& products = {"BTC-USD"}) {
        say(stream,
            {{"type", "subscribe"}, {"channel", channel}, {"product_ids", products}, {"jwt", token("")}});
        return hear(stream);
    }
};

}  // namespace plumb::exchange::coinbase
