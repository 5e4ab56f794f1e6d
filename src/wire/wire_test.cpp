#include <doctest/doctest.h>

#include "wire/json_frame.hpp"
#include "wire/symbol_map.hpp"
#include "wire/venue.hpp"

using namespace plumb;
using namespace plumb::wire;

namespace {

Result<SymbolName> split(std::string_view symbol) {
    const std::size_t dash = symbol.find('-');
    if (dash == std::string_view::npos) return fail(Errc::parse, "expected BASE-QUOTE");
    return SymbolName{std::string{symbol.substr(0, dash)}, std::string{symbol.substr(dash + 1)}};
}
std::string spell(std::string_view base, std::string_view quote) {
    return std::string{base} + "-" + std::string{quote};
}

constexpr KeyTable<3> kKeys{{"price", "size", "p"}};

}  // namespace

TEST_CASE("a symbol map learns within its policy and spells back") {
    InstrumentTable instruments;
    SymbolMap map{instruments, {split, spell}, SymbolMap::Unknown::learn};
    const auto btc = map.find("BTC-USD");
    REQUIRE(btc);
    CHECK(instruments[*btc].name() == "BTC/USD");
    CHECK(map.symbol_of(*btc) == "BTC-USD");
    CHECK_FALSE(map.find("BTCUSD"));
    map.set_unknown(SymbolMap::Unknown::refuse);
    CHECK_FALSE(map.find("ETH-USD"));
    CHECK(map.add("XBT-USD", *btc));
    CHECK(map.find("XBT-USD") == btc);
    CHECK(map.symbol_of(*btc) == "BTC-USD");
    CHECK_FALSE(map.add("XBT-USD", *btc));
}

TEST_CASE("decimals are read in the style the venue writes, and no other") {
    CHECK(decimal_of("\"0.10\"", Decimals::quoted)->to_string() == "0.1");
    CHECK_FALSE(decimal_of("0.10", Decimals::quoted));
    CHECK(decimal_of("0.10 ", Decimals::bare)->to_string() == "0.1");
    CHECK_FALSE(decimal_of("\"0.10\"", Decimals::bare));
    CHECK(decimal_of("1.2345678901234567e-7", Decimals::bare)->to_string() == "0.000000123456789012");
    for (const auto* bad : {"null", "NaN", "\"\"", "\"NaN\"", "true", "", "\"1,5\"", ".", "1."})
        CHECK_MESSAGE(!decimal_of(bad, Decimals::either), bad);
}

TEST_CASE("times are read as venues write them") {
    CHECK(to_iso(*time_of_text("2024-08-08T23:54:15.342Z")) == "2024-08-08T23:54:15.342000000Z");
    CHECK(to_iso(*time_of_text("2022-12-16T06:53:00Z")) == "2022-12-16T06:53:00.000000000Z");
    CHECK(to_iso(*time_of_text("2022-04-19T14:12:30.656741353-04:00")) == "2022-04-19T18:12:30.656741353Z");
    CHECK(to_iso(*time_of_text("2020-02-29T00:00:00.1234567891+00:00")) == "2020-02-29T00:00:00.123456789Z");
    CHECK(to_iso(*time_of_text("2024-08-08T23:54:15.3Z")) == "2024-08-08T23:54:15.300000000Z");
    CHECK(to_iso(*time_of_text("2024-08-08T23:54:15.1234567Z")) == "2024-08-08T23:54:15.123456700Z");
    CHECK(to_iso(*time_of_text("2024-08-08T23:54:15.12345678Z")) == "2024-08-08T23:54:15.123456780Z");
    CHECK(to_iso(*time_of_text("2024-08-08T23:54:15.12+05:30")) == "2024-08-08T18:24:15.120000000Z");
    for (const auto* bad :
         {"2024-08-08T23:54:15.+00:00", "2024-08-08T23:54:15.1x3456789Z", "2024-08-0:T23:54:15Z",
          "2024-08-/8T23:54:15Z", "2023-02-29T00:00:00Z", "2024-08-08", "2024-08-08T24:00:00Z",
          "2024-08-08T23:54:15", "", "2024-08-08T23:54:15.Z", "2024-08-08T23:54:15+0000"})
        CHECK_MESSAGE(!time_of_text(bad), bad);
    CHECK(to_iso(*time_of_number(1723161255343)) == "2024-08-08T23:54:15.343000000Z");
    CHECK(to_iso(*time_of_number(1723161255343001)) == "2024-08-08T23:54:15.343001000Z");
    CHECK(to_iso(*time_of_number(1723161255343001002)) == "2024-08-08T23:54:15.343001002Z");
}

TEST_CASE("members of known keys are read, unknown ones skipped, wrong ones refused with their place") {
    JsonFrame frame{1024};
    Members members;
    const auto nothing = [](std::size_t, JsonFrame::Value) { return true; };
    const auto read = [&](std::string_view text) {
        JsonFrame::Object object;
        return frame.start(text) && frame.document().get_object().get(object) == simdjson::SUCCESS &&
               frame.read(object, kKeys, members, nothing) && frame.at_end();
    };
    REQUIRE(read(R"({"new":[1,{"price":2}],"price":1.5,"size":"2"})"));
    MemberReader<3> reader{kKeys, members, frame.begin(), Decimals::bare};
    CHECK(reader.price(0).to_string() == "1.5");
    CHECK_FALSE(reader.says(2));
    CHECK(reader.ok());
    reader.quantity(1);
    REQUIRE_FALSE(reader.ok());
    CHECK(reader.refused().field.view() == "size");
    CHECK(reader.refused().offset == 42);
    CHECK_FALSE(read(R"({"price":1,"price":2})"));
    CHECK(frame.refused()->reason == std::string_view{"a key stands twice"});
    CHECK_FALSE(read(R"({"price":1} x)"));
    CHECK_FALSE(read(std::string(2000, ' ')));
}
