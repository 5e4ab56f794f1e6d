#pragma once

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "exchange/binance/entries.hpp"
#include "exchange/testing/in_process.hpp"
#include "signing/signing.hpp"

namespace plumb::exchange::binance {

using Json = nlohmann::json;

/// One board in process, with a book in BTC, and a client that signs.
struct VenueFixture {
    explicit VenueFixture(const VenueEntry& entry = spot_entry(), testing::InProcessOptions options = {})
        : venue{entry, options}, is_spot{entry.name == spot_entry().name} {
        btc = venue.market_of("BTC");
        venue.seed_book(btc, *Price::parse("40000"), 20);
        if (!is_spot) {
            venue.model.set_mark(btc, *Price::parse("40000"), *Price::parse("40001"), venue.now);
            venue.model.set_funding_rate(btc, *Decimal::parse("0.0001"), venue.now + std::chrono::hours{1},
                                         venue.now);
        }
        venue.trade_through(btc, Side::buy, venue.model.market(btc).instrument.quantity_min);
        venue.pump_for(std::chrono::milliseconds{50});
    }

    std::int64_t now_ms() const { return to_ms(venue.now); }
    std::string signed_query(std::string query) const {
        query += (query.empty() ? "" : "&") + std::string{"timestamp="} + std::to_string(now_ms());
        return query + "&signature=" + signing::hex(signing::hmac_sha256(venue.access.secret, query));
    }
    Response get(const std::string& target) { return venue.request("GET", target); }
    /// Signed, everything in the query.
    Response ask(std::string_view method, const std::string& path, const std::string& query = {}) {
        return venue.request(method, path + "?" + signed_query(query), {{"X-MBX-APIKEY", venue.access.key}});
    }
    Json got(const std::string& target) { return Json::parse(get(target).body); }
    Json asked(std::string_view method, const std::string& path, const std::string& query = {}) {
        return Json::parse(ask(method, path, query).body);
    }
    std::string order_path() const { return is_spot ? "/api/v3/order" : "/fapi/v1/order"; }
    Json order(const std::string& query) { return asked("POST", order_path(), query); }
    std::vector<Json> frames(StreamId stream) {
        std::vector<Json> frames;
        for (const auto& frame : venue.take_frames(stream)) frames.push_back(Json::parse(frame.bytes));
        return frames;
    }

    testing::InProcessVenue venue;
    bool is_spot;
    InstrumentId btc;
};

/// Every key of the documents' example is there, with a value of the same kind.
inline void check_shape(const Json& example, const Json& found, const std::string& where = "answer") {
    INFO(where);
    if (example.is_object()) {
        REQUIRE(found.is_object());
        for (const auto& [key, value] : example.items()) {
            INFO(where << "." << key);
            REQUIRE(found.contains(key));
            check_shape(value, found[key], where + "." + key);
        }
    } else if (example.is_array()) {
        REQUIRE(found.is_array());
        if (!example.empty() && !found.empty()) check_shape(example[0], found[0], where + "[0]");
    } else {
        CHECK(example.type_name() == std::string{found.type_name()});
    }
}

}  // namespace plumb::exchange::binance
