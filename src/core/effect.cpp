#include "core/effect.hpp"

namespace plumb {

std::string_view to_string(TradingState state) {
    switch (state) {
        case TradingState::active: return "active";
        case TradingState::reducing: return "reducing";
        case TradingState::halted: return "halted";
    }
    return "unknown";
}

}  // namespace plumb
