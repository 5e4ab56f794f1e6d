#include "core/market_event.hpp"

namespace plumb {
namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};

}  // namespace

Timestamp known_at(const MarketEvent& event) {
    return std::visit(Overloaded{[](const ClosedBar& bar) { return bar.close_time(); },
                                 [](const Tick& tick) { return tick.now; },
                                 [](const auto& other) { return other.received_at; }},
                      event);
}

std::optional<InstrumentId> instrument_of(const MarketEvent& event) {
    using Found = std::optional<InstrumentId>;
    return std::visit(Overloaded{[](const Tick&) { return Found{}; },
                                 [](const auto& each) { return Found{each.instrument}; }},
                      event);
}

}  // namespace plumb
