#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "ports/market_data_feed.hpp"
#include "venues/binance/decode.hpp"
#include "venues/binance/frame_reader.hpp"

namespace plumb::venues::binance {

/// Recorded exchange streams as a feed: files of `<receive time in ns> <json>` per line, one or several
/// merged by the time of receipt (ties in the order of the files).
///
/// The receiving clock is taken as it is: it may run behind the venue's, and a stamp earlier than the one
/// before it in its file counts as that one, so that time never runs backward. Frames of symbols not in the
/// map, refused frames and frames without a stamp are counted and left out; what is damaged in one frame
/// never ends the feed.
class CaptureFeed : public MarketDataFeed {
 public:
    struct Counts {
        std::uint64_t frames = 0;
        std::uint64_t events = 0;
        std::uint64_t ignored = 0;  // summaries, open bars, the venue's own messages
        std::uint64_t refused = 0;
        std::uint64_t backward = 0;  // stamps that went back and were held
    };

    /// `symbols` outlives the feed. Errors as io::LineReader's.
    static Result<CaptureFeed> open(std::span<const std::filesystem::path> paths, SymbolMap& symbols);

    Result<std::optional<MarketEvent>> next() override;
    const Counts& counts() const { return counts_; }

 private:
    struct Source {
        FrameReader reader;
        Decoder decoder;
        Decoded decoded;
        std::optional<MarketEvent> event;
        Timestamp at;
        std::optional<InstrumentId> only;  // the instrument a snapshot without symbol belongs to
        bool several = false;
    };

    CaptureFeed() = default;
    Status advance(Source& source);
    std::optional<MarketEvent> market_event(Source& source);

    std::vector<Source> sources_;
    Source* given_ = nullptr;  // advanced at the next call, since its levels live until then
    Counts counts_;
};

}  // namespace plumb::venues::binance
