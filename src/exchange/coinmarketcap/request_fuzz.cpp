#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "exchange/coinmarketcap/coinmarketcap.hpp"
#include "exchange/testing/in_process.hpp"

using namespace plumb;
using namespace plumb::exchange;

namespace {

testing::InProcessVenue& venue() {
    static const auto made = [] {
        auto one = std::make_unique<testing::InProcessVenue>(coinmarketcap::entry());
        for (std::uint32_t i = 0; i < one->model.market_count(); ++i) {
            one->seed_book(InstrumentId{i}, Price{Decimal{100}}, 5);
            one->trade_through(InstrumentId{i}, Side::buy, Quantity{Decimal{1}});
        }
        return one;
    }();
    return *made;
}

}  // namespace

/// The method and the target; the key goes with each. Time passes, so that none is refused
/// for those before it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text{reinterpret_cast<const char*>(data), size};
    const std::size_t blank = std::min(text.find(' '), text.size());
    const std::string target = blank < text.size() ? text.substr(blank + 1) : std::string{};
    static int requests = 0;
    if (++requests % 500 == 0) venue().pump_for(std::chrono::minutes{1});
    const Response answer =
        venue().request(text.substr(0, blank), target, {{"X-CMC_PRO_API_KEY", venue().access.key}});
    PLUMB_CHECK(200 <= answer.status && answer.status < 600);
    return 0;
}
