#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "ports/market_data_feed.hpp"
#include "wire/frame_reader.hpp"
#include "wire/venue.hpp"

namespace plumb::wire {

/// Recorded exchange streams as a feed: files of `<receive time in ns> <json>` per line, one or several
/// merged by the time of receipt (ties in the order of the files).
///
/// The receiving clock is taken as it is: it may run behind the venue's, and a stamp earlier than the one
/// before it in its file counts as that one, so that time never runs backward. Frames of symbols not in the
/// map, refused frames and frames without a stamp are counted and left out; what is damaged in one frame
/// never ends the feed. A message that names no instrument belongs to the only one its file spoke of.
class CaptureFeed : public MarketDataFeed {
 public:
    struct Counts {
        std::uint64_t frames = 0;
        std::uint64_t events = 0;
        std::uint64_t ignored = 0;  // summaries, open bars, the venue's own messages
        std::uint64_t refused = 0;
        std::uint64_t backward = 0;  // stamps that went back and were held
    };

    /// `venue` outlives the feed. Errors as io::LineReader's.
    static Result<CaptureFeed> open(std::span<const std::filesystem::path> paths, Venue& venue);

    Result<std::optional<MarketEvent>> next() override;
    const Counts& counts() const { return *counts_; }

 private:
    /// Market events of the frame in hand, with copies of the levels they borrow.
    struct Frame : WireSink {
        explicit Frame(Counts* all) : counts{all} {}
        void take(const WireEvent& event) override;
        void clear();

        Counts* counts;
        std::vector<MarketEvent> events;
        std::size_t given = 0;
        std::deque<std::vector<BookLevel>> levels;
        std::size_t levels_used = 0;
        std::optional<InstrumentId> only;
        bool several = false;
    };
    struct Source {
        FrameReader reader;
        std::unique_ptr<FrameDecoder> decoder;
        Frame frame;
        Timestamp at;
    };

    CaptureFeed() = default;
    Status advance(Source& source);

    std::unique_ptr<Counts> counts_ = std::make_unique<Counts>();  // where it stays when the feed moves
    std::vector<Source> sources_;
    Source* given_ = nullptr;  // advanced at the next call, since its levels live until then
};

}  // namespace plumb::wire
