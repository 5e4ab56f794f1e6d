#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "io/line_reader.hpp"
#include "venues/binance/binance.hpp"
#include "venues/binance/market.hpp"

namespace plumb::venues::binance::testing {

inline std::vector<std::string> lines_of(const std::string& name) {
    auto reader = io::LineReader::open(std::filesystem::path{PLUMB_TESTDATA} / "venues" / "binance" / name);
    REQUIRE(reader.has_value());
    std::vector<std::string> lines;
    while (true) {
        const auto line = reader->next();
        REQUIRE(line.has_value());
        if (!*line) return lines;
        lines.emplace_back(**line);
    }
}

/// Keeps what it is given.
struct Taken : wire::WireSink {
    std::vector<wire::WireEvent> events;
    void take(const wire::WireEvent& event) override { events.push_back(event); }

    template <class Event>
    std::vector<Event> of() const {
        std::vector<Event> found;
        for (const wire::WireEvent& event : events)
            if (const auto* each = std::get_if<Event>(&event)) found.push_back(*each);
        return found;
    }
};

inline Instrument instrument(const char* base, const char* quote, int tick, int lot) {
    Instrument made;
    made.base = base;
    made.quote = quote;
    made.tick = Price{Decimal::power_of_ten(tick)};
    made.lot = made.quantity_min = Quantity{Decimal::power_of_ten(lot)};
    return made;
}

inline constexpr InstrumentId kBtc{0}, kEth{1};

/// A venue with the documents' example key, and what it was told.
struct Desk {
    InstrumentTable instruments;
    Market market;
    std::unique_ptr<wire::Venue> venue;
    Taken taken;
    Timestamp now = timestamp_from_ms(1499827319559);

    explicit Desk(Market of_market, bool with_key = true, bool demo = false) : market{of_market} {
        REQUIRE(instruments.add(instrument("BTC", "USDT", -2, -5)).has_value());
        REQUIRE(instruments.add(instrument("ETH", "USDT", -2, -4)).has_value());
        wire::VenueOptions options;
        options.instruments = &instruments;
        options.paper_endpoint = demo;
        if (with_key) {
            options.credentials.key_id = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";
            options.credentials.secret =
                Secret{"NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"};
        }
        venue = market == Market::spot ? make_venue(options) : make_futures_venue(options);
        REQUIRE(venue->symbols().add_all().has_value());
    }
    wire::Reply read(const wire::Question& question, int status, std::string body,
                     std::vector<io::Header> headers = {}) {
        taken.events.clear();
        return venue->read(question, {status, std::move(headers), std::move(body)}, now, taken);
    }
    std::string target(const wire::Question& question) {
        const auto request = venue->ask(question, now);
        REQUIRE_MESSAGE(request.has_value(), request.error().message());
        return std::string{to_string(request->http.method)} + " " + request->http.target + " " +
               request->http.body;
    }
};

inline OrderRequest order(OrderType type = OrderType::limit, Side side = Side::buy) {
    OrderRequest made;
    made.id = {0x1a2b3c4d, 7, 42};
    made.instrument = kBtc;
    made.side = side;
    made.type = type;
    made.quantity = *Quantity::parse("0.5");
    if (type == OrderType::limit || type == OrderType::stop_limit) made.limit = *Price::parse("60000.1");
    if (type == OrderType::stop || type == OrderType::stop_limit) made.stop = *Price::parse("61000");
    made.reference = *Price::parse("60010");
    return made;
}

}  // namespace plumb::venues::binance::testing
