#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "exchange/alpaca/alpaca.hpp"
#include "exchange/testing/in_process.hpp"

// Messages on a stream: the first byte says which one and in which encoding, each line is a message. Whatever
// they hold, what comes back can be read, and the venue goes on.

using namespace plumb;
using namespace plumb::exchange;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

testing::InProcessOptions one_market() {
    testing::InProcessOptions options;
    options.names = testing::usual_names();
    std::erase_if(options.names, [](const ListedName& name) { return name.instrument.base != "BTC"; });
    return options;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static const testing::InProcessOptions options = one_market();
    testing::InProcessVenue venue{alpaca::entry(), options};
    venue.seed_book(venue.market("BTC/USD"), *Price::parse("45000"), 3);
    constexpr std::string_view kPaths[] = {"/stream", "/v1beta3/crypto/us", "/v2/iex", "/v2/test"};
    const std::string_view path = kPaths[data[0] & 3];
    const bool is_msgpack = (data[0] & 4) != 0;
    std::vector<io::Header> headers;
    if (is_msgpack) headers.push_back({"Content-Type", "application/msgpack"});
    if ((data[0] & 8) == 0) {
        headers.push_back({"APCA-API-KEY-ID", venue.access.key});
        headers.push_back({"APCA-API-SECRET-KEY", venue.access.secret});
    }
    const auto stream = venue.open_stream(path, headers);
    require(stream.has_value());
    std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
    for (int lines = 0; !text.empty() && lines < 8; ++lines) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view message = text.substr(0, end);
        is_msgpack ? venue.send_binary(*stream, message) : venue.send(*stream, message);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    venue.trade_through(venue.market("BTC/USD"), Side::buy, *Quantity::parse("0.01"));
    venue.pump_for(std::chrono::seconds{61});
    for (const testing::SentFrame& frame : venue.frames(*stream)) {
        const auto message = is_msgpack ? nlohmann::json::from_msgpack(frame.bytes, true, false)
                                        : nlohmann::json::parse(frame.bytes, nullptr, false);
        require(!message.is_discarded());
        require(path == "/stream" ? message.is_object() : message.is_array() && message.size() == 1);
    }
    return 0;
}
