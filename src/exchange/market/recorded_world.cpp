#include "exchange/market/recorded_world.hpp"

#include <algorithm>

#include "exchange/market/recorded_market.hpp"
#include "exchange/market/simulated_market.hpp"

namespace plumb::exchange::market {

RecordedWorld::RecordedWorld(Recording recording, Timestamp start)
    : recording_{std::move(recording)}, start_{start}, begins_at_{recording_.begin} {
    for (const RecordedName& name : recording_.names) {
        listed_.push_back(name.listed);
        minutes_.push_back(std::make_unique<RecordedMinutes>(name));
        const bool by_candles = !recording_.has_ticks();
        candles_.push_back(by_candles ? std::make_unique<CandlePath>(name, *minutes_.back()) : nullptr);
        if (!name.bars.empty()) begins_at_ = std::min(begins_at_, name.bars.open_time(0));
    }
}

Result<std::unique_ptr<World>> RecordedWorld::make(const WorldOptions& options) {
    Result<Recording> recording = read_recording(options.recording);
    if (!recording) return fail(recording.error());
    const bool inside = recording->begin <= options.start && options.start < recording->end;
    // Ticks begin at once; bars leave room for the past that clients warm up on.
    const Duration past =
        recording->has_ticks() ? Duration{} : std::min(options.past, (recording->end - recording->begin) / 2);
    const Timestamp start = inside ? options.start : recording->begin + past;
    return std::unique_ptr<World>{new RecordedWorld{std::move(*recording), start}};
}

std::int64_t RecordedWorld::find(std::string_view name) const {
    const auto found =
        std::ranges::find_if(listed_, [&](const ListedName& one) { return one.instrument.name() == name; });
    return found == listed_.end() ? -1 : found - listed_.begin();
}

std::unique_ptr<VenueMarket> RecordedWorld::open_venue(VenueModel& model, std::uint64_t seed) {
    std::vector<std::int64_t> names;
    std::vector<const RecordedMinutes*> minutes;
    std::vector<PricePath*> candles;
    for (std::uint32_t i = 0; i < model.market_count(); ++i) {
        const std::int64_t name = find(model.market(InstrumentId{i}).path);
        names.push_back(name);
        minutes.push_back(name < 0 ? nullptr : minutes_[static_cast<std::size_t>(name)].get());
        candles.push_back(name < 0 ? nullptr : candles_[static_cast<std::size_t>(name)].get());
    }
    if (!recording_.has_ticks())
        return std::make_unique<SimulatedMarket>(model, seed, start_, begins_at_, candles);
    return std::make_unique<RecordedMarket>(model, recording_, std::move(names), std::move(minutes), start_,
                                            begins_at_);
}

}  // namespace plumb::exchange::market
