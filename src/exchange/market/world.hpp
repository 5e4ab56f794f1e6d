#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "exchange/protocol/past_market.hpp"
#include "exchange/protocol/protocol.hpp"
#include "exchange/venue_model.hpp"

namespace plumb::exchange {

struct WorldOptions {
    std::uint64_t seed = 1;
    Timestamp start;  // the exchange opens here; the past lies before it
    Duration past = std::chrono::days{30};
    std::size_t names = 0;             // at least so many: made-up ones beyond the standard universe
    std::vector<std::string> symbols;  // beyond the universe, by any spelling
    std::filesystem::path recording;   // empty: the simulated market; else the folder or file to replay
};

/// The other participants of one venue, and its past.
class VenueMarket : public PastMarket {
 public:
    /// Moves the market to `now` through calls of the model (as the house), in steps whose times depend on
    /// the seed only, not on how often this is called. Several minutes at once are fine.
    virtual void advance(Timestamp now) = 0;
    /// To be shown every event of the model, so that bars and trades know what was traded.
    virtual void on_events(std::span<const ModelEvent> events) = 0;
};

/// The prices and the other participants of all venues of one process. Two venues see one path, so that what
/// one buys on one and sells on the other makes sense.
class World {
 public:
    /// Errc::not_found, Errc::parse, Errc::unsupported for a recording that cannot be used.
    static Result<std::unique_ptr<World>> make(WorldOptions options);
    virtual ~World() = default;

    virtual std::span<const ListedName> names() const = 0;
    /// The part of the world at one venue; `model` has its markets already and outlives what is returned.
    virtual std::unique_ptr<VenueMarket> open_venue(VenueModel& model, std::uint64_t seed) = 0;
    /// Where the exchange's clock begins: for a recording its own beginning, or WorldOptions::start where
    /// that lies inside it (what lies before is past). nullopt for the simulated market: at
    /// WorldOptions::start.
    virtual std::optional<Timestamp> starts_at() const { return std::nullopt; }
    /// When a recording has no more; nullopt for the simulated market.
    virtual std::optional<Timestamp> ends_at() const = 0;
};

}  // namespace plumb::exchange
