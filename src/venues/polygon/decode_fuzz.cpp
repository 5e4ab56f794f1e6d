#include "venues/polygon/decode.hpp"
#include "venues/polygon/symbols.hpp"
#include "wire/fuzz_judge.hpp"

using namespace plumb;
using namespace plumb::venues::polygon;

namespace {

struct Desk {
    InstrumentTable instruments;
    wire::SymbolMap symbols{instruments, {split_symbol, spell_symbol}, wire::SymbolMap::Unknown::learn};
    Decoder decoder{symbols}, general{symbols};
};

}  // namespace

/// No bytes crash, hang or grow the decoder, no event that it lets through has an impossible price, and the
/// quick way tells what the general way does.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Desk desk;
    const std::string_view frame{reinterpret_cast<const char*>(data), size};
    const Timestamp now = timestamp_from_ms(1723161255343);
    wire::testing::Judge judge{size};
    desk.decoder.decode(frame, now, judge);
    wire::testing::demand_same_both_ways(desk.decoder, desk.general, frame, now, desk.instruments);
    return 0;
}
