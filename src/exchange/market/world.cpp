#include "exchange/market/world.hpp"

#include "exchange/market/simulated_world.hpp"

namespace plumb::exchange {

Result<std::unique_ptr<World>> World::make(WorldOptions options) {
    return market::SimulatedWorld::make(options);
}

}  // namespace plumb::exchange
