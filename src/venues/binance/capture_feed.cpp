#include "venues/binance/capture_feed.hpp"

#include <algorithm>

namespace plumb::venues::binance {

Result<CaptureFeed> CaptureFeed::open(std::span<const std::filesystem::path> paths, SymbolMap& symbols) {
    CaptureFeed feed;
    feed.sources_.reserve(paths.size());
    for (const std::filesystem::path& path : paths) {
        Result<FrameReader> reader = FrameReader::open(path);
        if (!reader) return fail(reader.error());
        feed.sources_.push_back({.reader = std::move(*reader),
                                 .decoder = Decoder{symbols},
                                 .decoded = {},
                                 .event = {},
                                 .at = {},
                                 .only = {}});
    }
    for (Source& source : feed.sources_)
        if (Status status = feed.advance(source); !status) return fail(status.error());
    return feed;
}

std::optional<MarketEvent> CaptureFeed::market_event(Source& source) {
    return std::visit(
        [&](const auto& each) -> std::optional<MarketEvent> {
            using Each = std::remove_cvref_t<decltype(each)>;
            if constexpr (std::is_same_v<Each, Trade> || std::is_same_v<Each, Quote> ||
                          std::is_same_v<Each, BookDelta> || std::is_same_v<Each, ClosedBar>) {
                ++counts_.events;
                source.several = source.several || (source.only && *source.only != each.instrument);
                if (!source.only) source.only = each.instrument;
                return MarketEvent{each};
            } else {
                ++(std::is_same_v<Each, Refused> ? counts_.refused : counts_.ignored);
                return std::nullopt;
            }
        },
        source.decoded);
}

Status CaptureFeed::advance(Source& source) {
    source.event.reset();
    while (!source.event) {
        const Result<std::optional<CapturedFrame>> frame = source.reader.next();
        if (!frame) return fail(frame.error());
        if (!*frame) return {};
        ++counts_.frames;
        const Timestamp stamp = (*frame)->received_at;
        if (stamp == Timestamp{}) {
            ++counts_.refused;
            continue;
        }
        if (stamp < source.at) ++counts_.backward;
        source.at = std::max(source.at, stamp);
        const std::optional<InstrumentId> unnamed = source.several ? std::nullopt : source.only;
        source.decoder.decode((*frame)->text, {source.at, unnamed}, source.decoded);
        source.event = market_event(source);
    }
    return {};
}

Result<std::optional<MarketEvent>> CaptureFeed::next() {
    if (given_ != nullptr)
        if (Status status = advance(*std::exchange(given_, nullptr)); !status) return fail(status.error());
    Source* first = nullptr;
    for (Source& source : sources_)
        if (source.event && (first == nullptr || source.at < first->at)) first = &source;
    if (first == nullptr) return std::nullopt;
    given_ = first;
    return first->event;
}

}  // namespace plumb::venues::binance
