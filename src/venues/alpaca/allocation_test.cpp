#include <doctest/doctest.h>

#include <cstdlib>
#include <new>

#include "venues/alpaca/decode.hpp"
#include "venues/alpaca/test_desk.hpp"

// Counts every allocation of this program.
namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

using namespace plumb;
using namespace plumb::venues::alpaca;

namespace {

struct Count final : wire::WireSink {
    std::size_t events = 0, others = 0;
    void take(const wire::WireEvent& event) override {
        const bool is_event = !std::holds_alternative<wire::Ignored>(event) &&
                              !std::holds_alternative<wire::Refused>(event) &&
                              !std::holds_alternative<wire::Control>(event);
        ++(is_event ? events : others);
    }
};

}  // namespace

TEST_CASE("fault_P01_allocation: no frame of the streams costs an allocation once the first were read") {
    InstrumentTable instruments = testing::instruments_of(
        {"BTC/USD", "BTC/USDT", "ETH/USD", "SOL/USD", "AAPL/USD", "AMD/USD", "SPY/USD"});
    Directory directory{instruments};
    Decoder decoder{directory};
    std::vector<std::string> frames = testing::lines_of("ws_documents.jsonl");
    for (const std::string& frame : testing::lines_of("ws_recorded.jsonl")) frames.push_back(frame);
    Count count;
    const Timestamp received_at = *parse_timestamp("2022-06-24T12:00:00Z");
    const auto all = [&] {
        for (const std::string& frame : frames) decoder.decode(frame, received_at, count);
    };
    all();
    const std::size_t events = count.events;
    CHECK(events == 17);
    const std::size_t before = allocations;
    for (int i = 0; i < 200; ++i) all();
    CHECK(allocations == before);
    CHECK(count.events == 201 * events);
}
