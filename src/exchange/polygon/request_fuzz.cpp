#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "exchange/polygon/polygon.hpp"
#include "exchange/testing/in_process.hpp"

using namespace plumb;
using namespace plumb::exchange;

namespace {

/// One venue for all inputs, on one clock: what a request does to it may matter to the next.
testing::InProcessVenue& venue() {
    static const auto made = [] {
        auto one = std::make_unique<testing::InProcessVenue>(polygon::entry());
        for (std::uint32_t i = 0; i < one->model.market_count(); ++i) {
            one->seed_book(InstrumentId{i}, Price{Decimal{100}}, 5);
            one->trade_through(InstrumentId{i}, Side::buy, Quantity{Decimal{1}});
        }
        one->pump_for(std::chrono::seconds{1});
        return one;
    }();
    return *made;
}

}  // namespace

/// First line: the method and the target. The rest: a message on a socket. A key in the input is the venue's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string text{reinterpret_cast<const char*>(data), size};
    for (std::size_t at = 0; (at = text.find("KEY", at)) != std::string::npos;
         at += venue().access.key.size())
        text.replace(at, 3, venue().access.key);
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string line = text.substr(0, end);
    const std::size_t blank = std::min(line.find(' '), line.size());
    const std::string target = blank < line.size() ? line.substr(blank + 1) : std::string{};
    const Response answer = venue().request(line.substr(0, blank), target);
    PLUMB_CHECK(200 <= answer.status && answer.status < 600);
    if (end == text.size()) return 0;
    static const StreamId stream = *venue().open_stream("/crypto");
    venue().send(stream, text.substr(end + 1));
    venue().take_frames(stream);
    return 0;
}
