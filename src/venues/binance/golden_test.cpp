#include "venues/binance/test_desk.hpp"
#include "wire/decode_json.hpp"

using namespace plumb;
using namespace plumb::venues::binance;

namespace {

void check_golden(Market market, const std::string& name) {
    InstrumentTable instruments;
    wire::VenueOptions options;
    options.instruments = &instruments;
    const auto venue = market == Market::spot ? make_venue(options) : make_futures_venue(options);
    venue->symbols().set_unknown(wire::SymbolMap::Unknown::learn);
    const auto decoder = venue->frame_decoder();
    std::string found;
    std::uint64_t line = 0;
    for (const std::string& frame : testing::lines_of(name + ".jsonl")) {
        testing::Taken taken;
        decoder->decode(frame, {}, taken);
        ++line;
        for (const wire::WireEvent& event : taken.events)
            wire::append_json_lines(found, event, venue->capabilities().name, instruments, {line, 0});
    }
    std::size_t at = 0;
    for (const std::string& expected : testing::lines_of(name + ".events")) {
        const std::size_t end = std::min(found.find('\n', at), found.size());
        CHECK(found.substr(at, end - at) == expected);
        at = end + 1;
    }
    CHECK(found.size() == at);
}

}  // namespace

TEST_CASE("golden: spot frames, recorded and of the documents") { check_golden(Market::spot, "spot_ws"); }
TEST_CASE("golden: USD-M frames, recorded and of the documents") {
    check_golden(Market::futures, "futures_ws");
}

TEST_CASE("positions in hedge mode are refused, with the way out of it") {
    testing::Desk desk{Market::futures};
    const auto decoder = desk.venue->frame_decoder();
    decoder->decode(
        R"({"e":"ACCOUNT_UPDATE","E":1564745798939,"T":1564745798938,"a":{"m":"ORDER","B":[],"P":[)"
        R"({"s":"BTCUSDT","pa":"20","ep":"6563.6","ps":"LONG"}]}})",
        {}, desk.taken);
    REQUIRE(desk.taken.of<wire::Refused>().size() == 1);
    CHECK(std::string{desk.taken.of<wire::Refused>()[0].reason}.find("one-way mode") != std::string::npos);
}

TEST_CASE("what the insurance fund takes over on USD-M is no trade of the market") {
    testing::Desk desk{Market::futures};
    const auto decoder = desk.venue->frame_decoder();
    for (
        const char* frame :
        {R"({"e":"trade","E":1672515782136,"T":1672515782100,"s":"BTCUSDT","t":1,"p":"0","q":"0","X":"NA","m":true})",
         R"({"e":"trade","E":1672515782136,"T":1672515782100,"s":"BTCUSDT","t":2,"p":"16800","q":"1","X":"INSURANCE_FUND","m":true})",
         R"({"e":"trade","E":1672515782136,"T":1672515782100,"s":"BTCUSDT","t":3,"p":"16800","q":"1","X":"MARKET","m":true})"})
        decoder->decode(frame, {}, desk.taken);
    REQUIRE(desk.taken.of<Trade>().size() == 1);
    CHECK(desk.taken.of<Trade>()[0].trade_id == 3);
    CHECK(desk.taken.of<wire::Ignored>().size() == 2);
}

TEST_CASE(
    "fault_E08_two_sides_of_one_trade: a trade with oneself gives two executions, symbols never share ids") {
    testing::Desk desk{Market::spot};
    const auto decoder = desk.venue->frame_decoder();
    const auto report = [&](const char* symbol, const char* side) {
        decoder->decode(
            std::string{R"({"e":"executionReport","E":1,"s":")"} + symbol + R"(","c":"a","S":")" + side +
                R"(","o":"LIMIT","f":"GTC","q":"1","p":"2","P":"0","C":"","x":"TRADE","X":"FILLED","r":"NONE","i":7,)"
                R"("l":"1","z":"1","L":"2","n":"0","N":null,"T":1499405658657,"t":56,"m":false,"Z":"2"})",
            {}, desk.taken);
    };
    report("BTCUSDT", "BUY");
    report("BTCUSDT", "SELL");
    report("ETHUSDT", "BUY");
    const auto orders = desk.taken.of<wire::OrderUpdate>();
    REQUIRE(orders.size() == 3);
    CHECK(orders[0].fill->execution.view() == "BTCUSDT-56-b");
    CHECK(orders[1].fill->execution.view() == "BTCUSDT-56-s");
    CHECK(orders[2].fill->execution.view() == "ETHUSDT-56-b");
    CHECK(orders[0].fill->fee_known);
}
