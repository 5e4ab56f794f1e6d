#pragma once

#include <memory>
#include <vector>

#include "exchange/market/candle_path.hpp"
#include "exchange/market/world.hpp"

namespace plumb::exchange::market {

/// A recording that is replayed: ticks where there are any, else bars.
class RecordedWorld : public World {
 public:
    /// Errors of read_recording.
    static Result<std::unique_ptr<World>> make(const WorldOptions& options);

    std::span<const ListedName> names() const override { return listed_; }
    std::unique_ptr<VenueMarket> open_venue(VenueModel& model, std::uint64_t seed) override;
    std::optional<Timestamp> starts_at() const override { return start_; }
    std::optional<Timestamp> ends_at() const override { return recording_.end; }

 private:
    RecordedWorld(Recording recording, Timestamp start);
    std::int64_t find(std::string_view name) const;

    Recording recording_;
    Timestamp start_;
    Timestamp begins_at_;  // of the past
    std::vector<ListedName> listed_;
    std::vector<std::unique_ptr<RecordedMinutes>> minutes_;
    std::vector<std::unique_ptr<CandlePath>> candles_;  // null for names with ticks
};

}  // namespace plumb::exchange::market
