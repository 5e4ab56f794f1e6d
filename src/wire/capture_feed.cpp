#include "wire/capture_feed.hpp"

#include <algorithm>
#include <utility>

namespace plumb::wire {

Result<CaptureFeed> CaptureFeed::open(std::span<const std::filesystem::path> paths, Venue& venue) {
    CaptureFeed feed;
    feed.sources_.reserve(paths.size());
    for (const std::filesystem::path& path : paths) {
        Result<FrameReader> reader = FrameReader::open(path);
        if (!reader) return fail(reader.error());
        feed.sources_.push_back({.reader = std::move(*reader),
                                 .decoder = venue.frame_decoder(),
                                 .frame = Frame{feed.counts_.get()},
                                 .at = {}});
    }
    for (Source& source : feed.sources_)
        if (Status status = feed.advance(source); !status) return fail(status.error());
    return feed;
}

void CaptureFeed::Frame::clear() {
    events.clear();
    given = levels_used = 0;
}

void CaptureFeed::Frame::take(const WireEvent& event) {
    const auto keep = [&](std::span<const BookLevel> borrowed) {
        if (levels.size() == levels_used) levels.emplace_back();
        std::vector<BookLevel>& kept = levels[levels_used++];
        kept.assign(borrowed.begin(), borrowed.end());
        return std::span<const BookLevel>{kept};
    };
    std::visit(
        [&](const auto& each) {
            using Each = std::remove_cvref_t<decltype(each)>;
            if constexpr (std::is_constructible_v<MarketEvent, Each>) {
                ++counts->events;
                several = several || (only && *only != each.instrument);
                if (!only) only = each.instrument;
                events.push_back(each);
                if constexpr (std::is_same_v<Each, BookDelta>) {
                    auto& delta = std::get<BookDelta>(events.back());
                    delta.bids = keep(each.bids);
                    delta.asks = keep(each.asks);
                }
            } else {
                ++(std::is_same_v<Each, Refused> ? counts->refused : counts->ignored);
            }
        },
        event);
}

Status CaptureFeed::advance(Source& source) {
    if (++source.frame.given < source.frame.events.size()) return {};
    source.frame.clear();
    while (source.frame.events.empty()) {
        const Result<std::optional<CapturedFrame>> frame = source.reader.next();
        if (!frame) return fail(frame.error());
        if (!*frame) return {};
        ++counts_->frames;
        const Timestamp stamp = (*frame)->received_at;
        if (stamp == Timestamp{}) {
            ++counts_->refused;
            continue;
        }
        if (stamp < source.at) ++counts_->backward;
        source.at = std::max(source.at, stamp);
        source.decoder->assume(source.frame.several ? std::nullopt : source.frame.only);
        source.decoder->decode((*frame)->text, source.at, source.frame);
    }
    return {};
}

Result<std::optional<MarketEvent>> CaptureFeed::next() {
    if (given_ != nullptr)
        if (Status status = advance(*std::exchange(given_, nullptr)); !status) return fail(status.error());
    Source* first = nullptr;
    for (Source& source : sources_)
        if (!source.frame.events.empty() && (first == nullptr || source.at < first->at)) first = &source;
    if (first == nullptr) return std::nullopt;
    given_ = first;
    return first->frame.events[first->frame.given];
}

}  // namespace plumb::wire
