#include "exchange/market/world.hpp"

#include "exchange/market/recorded_world.hpp"
#include "exchange/market/simulated_world.hpp"

namespace plumb::exchange {

Result<std::unique_ptr<World>> World::make(WorldOptions options) {
    if (!options.recording.empty()) return market::RecordedWorld::make(options);
    return market::SimulatedWorld::make(options);
}

}  // namespace plumb::exchange
