#include <doctest/doctest.h>

#include <cstdlib>
#include <new>

#include "venues/kraken/decode.hpp"
#include "venues/kraken/symbols.hpp"
#include "wire/event_text.hpp"

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
using namespace plumb::venues::kraken;

namespace {

struct Count final : wire::WireSink {
    std::size_t events = 0;
    void take(const wire::WireEvent& event) override {
        events += !std::holds_alternative<wire::Ignored>(event) &&
                  !std::holds_alternative<wire::Refused>(event) &&
                  !std::holds_alternative<wire::Control>(event);
    }
};

}  // namespace

TEST_CASE("fault_P01_allocation: no frame of the streams costs an allocation once the first were read") {
    InstrumentTable instruments;
    wire::SymbolMap symbols{instruments, spelling(), wire::SymbolMap::Unknown::learn};
    Decoder decoder{symbols};
    const std::string dir = std::string{PLUMB_TESTDATA} + "/venues/kraken/";
    std::vector<std::string> frames = wire::testing::lines_of(dir + "ws_documents.jsonl");
    for (const std::string& frame : wire::testing::lines_of(dir + "ws_recorded.jsonl"))
        frames.push_back(frame);
    Count count;
    const Timestamp received_at = *parse_timestamp("2026-01-01T00:00:00Z");
    const auto all = [&] {
        for (const std::string& frame : frames) decoder.decode(frame, received_at, count);
    };
    all();
    symbols.set_unknown(wire::SymbolMap::Unknown::refuse);
    count.events = 0;
    all();
    const std::size_t before_events = count.events;
    CHECK(before_events > 150);
    const std::size_t before = allocations;
    for (int i = 0; i < 100; ++i) all();
    CHECK(allocations == before);
    CHECK(count.events == 101 * before_events);
}
