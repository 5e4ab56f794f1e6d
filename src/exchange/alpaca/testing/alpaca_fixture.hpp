#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/alpaca/alpaca.hpp"
#include "exchange/testing/in_process.hpp"

namespace plumb::exchange::alpaca {

struct Answer {
    int status = 0;
    nlohmann::json body;
    std::vector<io::Header> headers;

    std::string header(std::string_view name) const {
        const std::string* value = io::find_header(headers, name);
        return value ? *value : "";
    }
    /// "422 42210000 order is not open": what a client sees of an error.
    std::string error() const {
        const std::string code = body.contains("code") ? std::to_string(body["code"].get<long>()) : "-";
        return std::to_string(status) + " " + code + " " + body.value("message", "");
    }
};

/// The venue with books of BTC at 45 000, ETH at 3 000 and AAPL at 175, and a client with the right keys.
struct AlpacaFixture {
    testing::InProcessVenue venue{entry()};

    AlpacaFixture() {
        venue.seed_book(venue.market("BTC/USD"), price("45000"), 5);
        venue.seed_book(venue.market("ETH/USD"), price("3000"), 5);
        venue.seed_book(venue.market("AAPL/USD"), price("175"), 5, quantity("100"));
        for (const char* name : {"BTC/USD", "ETH/USD"}) {
            venue.trade_through(venue.market(name), Side::buy, quantity("0.001"));
        }
        venue.trade_through(venue.market("AAPL/USD"), Side::buy, quantity("1"));
        venue.pump_for(std::chrono::milliseconds{50});
    }

    static Price price(const char* text) { return *Price::parse(text); }
    static Quantity quantity(const char* text) { return *Quantity::parse(text); }

    std::vector<io::Header> keys() const {
        return {{"APCA-API-KEY-ID", venue.access.key}, {"APCA-API-SECRET-KEY", venue.access.secret}};
    }
    Answer ask(std::string_view method, std::string_view target, const std::string& body = {},
               std::vector<io::Header> headers = {{"", ""}}) {
        if (headers.size() == 1 && headers[0].name.empty()) headers = keys();
        const Response response = venue.request(method, target, std::move(headers), body);
        Answer answer{response.status, {}, response.headers};
        if (!response.body.empty()) answer.body = nlohmann::json::parse(response.body, nullptr, false);
        return answer;
    }
    Answer get(std::string_view target) { return ask("GET", target); }
    Answer post(std::string_view target, const nlohmann::json& body) {
        return ask("POST", target, body.dump());
    }
    Answer order(const nlohmann::json& body) { return post("/v2/orders", body); }
    nlohmann::json present(const Answer& placed) {
        return get("/v2/orders/" + placed.body["id"].get<std::string>()).body;
    }

    /// Words of a limit order that rests below the market.
    static nlohmann::json resting(const char* limit = "40000") {
        return {{"symbol", "BTC/USD"}, {"qty", "0.01"},        {"side", "buy"},
                {"type", "limit"},     {"limit_price", limit}, {"time_in_force", "gtc"}};
    }
    static nlohmann::json market(const char* symbol, const char* side, const char* quantity,
                                 const char* time_in_force = "gtc") {
        return {{"symbol", symbol},
                {"qty", quantity},
                {"side", side},
                {"type", "market"},
                {"time_in_force", time_in_force}};
    }
};

/// Messages of a stream, parsed.
inline std::vector<nlohmann::json> messages(const std::vector<testing::SentFrame>& frames,
                                            bool is_msgpack = false) {
    std::vector<nlohmann::json> found;
    for (const auto& frame : frames) {
        found.push_back(is_msgpack ? nlohmann::json::from_msgpack(frame.bytes)
                                   : nlohmann::json::parse(frame.bytes));
    }
    return found;
}

}  // namespace plumb::exchange::alpaca
