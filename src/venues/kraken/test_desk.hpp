#pragma once

#include <doctest/doctest.h>

#include "venues/kraken/kraken.hpp"
#include "wire/event_text.hpp"

/// For this room's tests only.
namespace plumb::venues::kraken::testing {

/// A venue with a key, two linear contracts and an inverse one, whose grids the documents' instruments give.
struct Desk {
    InstrumentTable instruments = wire::testing::instruments_of({"BTC/USD", "ETH/USD", "BTC/USD:BTC"});
    std::unique_ptr<wire::Venue> venue;
    wire::testing::Recorder sink{instruments};
    Timestamp now = *parse_timestamp("2024-01-15T10:30:45.123Z");

    explicit Desk(wire::VenueOptions options = with_key()) {
        options.instruments = &instruments;
        venue = make_venue(options);
        const wire::Reply reply = read(
            wire::AskListings{},
            R"({"result":"success","serverTime":"2024-01-15T10:30:45.123Z","instruments":[)"
            R"({"symbol":"PF_XBTUSD","type":"flexible_futures","tickSize":0.5,"contractSize":1,"tradeable":true,)"
            R"("maxPositionSize":1000.0,"contractValueTradePrecision":4,"postOnly":false},)"
            R"({"symbol":"PF_ETHUSD","type":"flexible_futures","tickSize":0.1,"contractSize":1,"tradeable":false,)"
            R"("contractValueTradePrecision":3},)"
            R"({"symbol":"PF_PEPEUSD","type":"flexible_futures","tickSize":1e-10,"contractSize":1,)"
            R"("tradeable":true,"contractValueTradePrecision":-3},)"
            R"({"symbol":"pi_xbtusd","type":"futures_inverse","tickSize":0.5,"contractSize":1,"tradeable":true},)"
            R"({"symbol":"PF_BADUSD","tickSize":0,"contractSize":1,"tradeable":true,)"
            R"("contractValueTradePrecision":3}]})");
        REQUIRE(reply.verdict == wire::Verdict::ok);
    }
    static wire::VenueOptions with_key() {
        wire::VenueOptions options;
        options.credentials.key_id = "public";
        options.credentials.secret = Secret{
            "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg=="};
        return options;
    }
    static wire::VenueOptions without_key() { return {}; }

    wire::Reply read(const wire::Question& question, std::string body, int status = 200,
                     std::vector<io::Header> headers = {}) {
        sink.clear();
        return venue->read(question, {status, std::move(headers), std::move(body)}, now, sink);
    }
    wire::WireRequest ask(const wire::Question& question) {
        const Result<wire::WireRequest> request = venue->ask(question, now);
        INFO((request ? std::string{} : request.error().message()));
        REQUIRE(request);
        return *request;
    }
    std::string refusal(const wire::Question& question) {
        const Result<wire::WireRequest> request = venue->ask(question, now);
        return request ? "nothing was refused" : request.error().message();
    }

    static OrderRequest order(OrderType type = OrderType::limit) {
        OrderRequest order;
        order.id = {0x1a2b3c4d, 7, 42};
        order.side = Side::sell;
        order.type = type;
        order.quantity = *Quantity::parse("0.01");
        if (type == OrderType::limit || type == OrderType::stop_limit) order.limit = *Price::parse("65000");
        if (type == OrderType::stop || type == OrderType::stop_limit) order.stop = *Price::parse("64000.5");
        return order;
    }
};

}  // namespace plumb::venues::kraken::testing
