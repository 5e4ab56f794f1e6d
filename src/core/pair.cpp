#include "core/pair.hpp"

namespace plumb {

std::string_view to_string(SpreadSide side) {
    switch (side) {
        case SpreadSide::flat: return "flat";
        case SpreadSide::long_spread: return "long";
        case SpreadSide::short_spread: return "short";
    }
    return "unknown";
}

std::string_view to_string(PairPhase phase) {
    switch (phase) {
        case PairPhase::flat: return "flat";
        case PairPhase::opening: return "opening";
        case PairPhase::open: return "open";
        case PairPhase::closing: return "closing";
        case PairPhase::unwinding: return "unwinding";
        case PairPhase::halted: return "halted";
    }
    return "unknown";
}

Result<SpreadSide> parse_spread_side(std::string_view text) {
    for (const auto side : {SpreadSide::flat, SpreadSide::long_spread, SpreadSide::short_spread}) {
        if (to_string(side) == text) return side;
    }
    return fail(Errc::parse, "expected a spread side: flat, long or short");
}

Result<PairPhase> parse_pair_phase(std::string_view text) {
    for (const auto phase : {PairPhase::flat, PairPhase::opening, PairPhase::open, PairPhase::closing,
                             PairPhase::unwinding, PairPhase::halted}) {
        if (to_string(phase) == text) return phase;
    }
    return fail(Errc::parse, "expected a pair phase such as flat, open or halted");
}

}  // namespace plumb
