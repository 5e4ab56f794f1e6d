#pragma once

#include <memory>
#include <vector>

#include "exchange/market/price_walk.hpp"
#include "exchange/market/world.hpp"

namespace plumb::exchange::market {

/// The simulated market: the demo market's universe, and made-up names beyond it.
class SimulatedWorld : public World {
 public:
    /// Errc::parse for a symbol that is none, Errc::invalid_argument for a past that is not above zero.
    static Result<std::unique_ptr<World>> make(const WorldOptions& options);

    std::span<const ListedName> names() const override { return names_; }
    std::unique_ptr<VenueMarket> open_venue(VenueModel& model, std::uint64_t seed) override;
    std::optional<Timestamp> ends_at() const override { return std::nullopt; }

 private:
    SimulatedWorld(venues::demo::DemoSpec spec, Timestamp start);
    /// Walked to the start when it is first asked for; null for a name that is not there.
    PriceWalk* walk(std::string_view name);

    venues::demo::DemoSpec spec_;
    Timestamp start_;
    FarPast far_past_;
    std::vector<ListedName> names_;
    std::vector<std::unique_ptr<PriceWalk>> walks_;
};

}  // namespace plumb::exchange::market
