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
                                 [](const auto& other) { return other.received_at; }},
                      event);
}

InstrumentId instrument_of(const MarketEvent& event) {
    return std::visit([](const auto& each) { return each.instrument; }, event);
}

}  // namespace plumb
