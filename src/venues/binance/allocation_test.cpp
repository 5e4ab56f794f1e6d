#include <cstdlib>
#include <new>

#include "venues/binance/decode.hpp"
#include "venues/binance/symbols.hpp"
#include "venues/binance/test_desk.hpp"

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
using namespace plumb::venues::binance;

TEST_CASE("fault_P01_allocation: no frame of the streams costs an allocation once the first were read") {
    struct Count : wire::WireSink {
        std::size_t events = 0;
        void take(const wire::WireEvent&) override { ++events; }
    } count;
    InstrumentTable instruments;
    wire::SymbolMap symbols{instruments, kSpelling, wire::SymbolMap::Unknown::learn};
    Decoder decoder{symbols};
    std::vector<std::string> frames = testing::lines_of("spot_ws.jsonl");
    for (const std::string& frame : testing::lines_of("futures_ws.jsonl")) frames.push_back(frame);
    const auto all = [&] {
        for (const std::string& frame : frames) decoder.decode(frame, {}, count);
    };
    all();
    const std::size_t events = count.events, before = allocations;
    for (int i = 0; i < 200; ++i) all();
    CHECK(allocations == before);
    CHECK(count.events == 201 * events);
    CHECK(events == 55);  // the golden lines, an order and its fill being one event
}
