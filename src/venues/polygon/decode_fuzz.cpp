#include "venues/polygon/decode.hpp"
#include "venues/polygon/symbols.hpp"
#include "wire/fuzz_judge.hpp"

using namespace plumb;
using namespace plumb::venues::polygon;

namespace {

struct Desk {
    InstrumentTable instruments;
    wire::SymbolMap symbols{instruments, {split_symbol, spell_symbol}, wire::SymbolMap::Unknown::learn};
    Decoder decoder{symbols};
};

}  // namespace

/// No bytes crash, hang or grow the decoder, and no event that it lets through has an impossible price.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Desk desk;
    // Every frame says something, if only that it was refused.
    wire::testing::Judge judge{size};
    desk.decoder.decode({reinterpret_cast<const char*>(data), size}, timestamp_from_ms(1723161255343), judge);
    return 0;
}
