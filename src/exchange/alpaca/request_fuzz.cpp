#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "exchange/alpaca/alpaca.hpp"
#include "exchange/testing/in_process.hpp"

// Requests of a stranger who has the keys: lines of "METHOD target body". Whatever they hold, the answer is
// one of the venue's: a status it has, a body that is JSON, a message with every error.

using namespace plumb;
using namespace plumb::exchange;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

testing::InProcessOptions two_markets() {
    testing::InProcessOptions options;
    options.names = testing::usual_names();
    std::erase_if(options.names, [](const ListedName& name) {
        return name.instrument.base != "BTC" && name.instrument.base != "AAPL";
    });
    return options;
}

void check(const Response& response) {
    constexpr int kKnown[] = {200, 204, 207, 400, 401, 403, 404, 405, 422, 429};
    require(std::ranges::find(kKnown, response.status) != std::end(kKnown));
    require((response.status == 204) == response.body.empty());
    if (response.body.empty()) return;
    const auto body = nlohmann::json::parse(response.body, nullptr, false);
    require(!body.is_discarded());
    if (400 <= response.status) require(body.is_object() && body.contains("message"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const testing::InProcessOptions options = two_markets();
    testing::InProcessVenue venue{alpaca::entry(), options};
    venue.seed_book(venue.market("BTC/USD"), *Price::parse("45000"), 3);
    venue.seed_book(venue.market("AAPL/USD"), *Price::parse("175"), 3);
    const std::vector<io::Header> keys{{"APCA-API-KEY-ID", venue.access.key},
                                       {"APCA-API-SECRET-KEY", venue.access.secret}};
    std::string_view text{reinterpret_cast<const char*>(data), size};
    for (int lines = 0; !text.empty() && lines < 8; ++lines) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto word = [&line] {
            const std::size_t blank = std::min(line.find(' '), line.size());
            const std::string_view taken = line.substr(0, blank);
            line.remove_prefix(std::min(blank + 1, line.size()));
            return taken;
        };
        const std::string_view method = word();
        const std::string_view target = word();
        check(venue.request(method, target, keys, std::string{line}));
        venue.pump_for(std::chrono::milliseconds{50});
    }
    return 0;
}
