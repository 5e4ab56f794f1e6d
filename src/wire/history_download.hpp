#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/bar.hpp"
#include "core/time_spans.hpp"
#include "wire/question.hpp"
#include "wire/wire_event.hpp"

namespace plumb::wire {

/// What to fetch: bars of one instrument that open in `wanted`, and what of it is known already.
struct DownloadPlan {
    InstrumentId instrument;
    Duration length{};
    TimeSpan wanted;
    TimeSpans known;                             // asked and answered before, or held by the archive
    std::size_t bars_per_request = 0;            // zero: no limit known, one question for all
    Duration settles = std::chrono::seconds{3};  // after its close a venue may still write a bar
};

/// What answers held besides good bars. Everything here was left out, counted, and is not guessed.
struct DownloadCounts {
    std::uint64_t questions = 0;
    std::uint64_t bars = 0;        // kept
    std::uint64_t duplicates = 0;  // the same bar again
    std::uint64_t conflicts =
        0;  // another bar of the same time: the one with more volume stays, a later revision
    std::uint64_t unfinished = 0;  // still being built (F13)
    std::uint64_t outside = 0;     // not of the time asked for
    std::uint64_t foreign = 0;     // of another instrument or length, or off its grid
    std::uint64_t unordered = 0;   // a page that neither rises nor falls; sorted here
    std::uint64_t refused = 0;     // not what the venue's documents promise
};

/// Downloads the bars of one instrument, page by page. Pure: the time comes in, questions go out, answers
/// come back; it waits for nothing and keeps no clock, so tests run it under virtual time.
///
/// It never asks twice for what was answered, never loops on a page that brings nothing new, and knows of
/// each moment whether the venue was asked and answered (and then a bar that is not there is a gap of the
/// venue) or not (a gap of ours). Nothing is filled in.
class HistoryDownload {
 public:
    /// `now` is the venue's time: bars that close after it are not asked for. Nothing is asked where all is
    /// known.
    HistoryDownload(DownloadPlan plan, Timestamp now);

    /// The next question, or nothing: while one is out, until wake_at(), or when done.
    std::optional<AskBars> next(Timestamp now);
    /// What the question that is out was answered with. Whoever asks repeats what is worth repeating; a reply
    /// that is not ok ends the download, except for a rate limit, which is waited for.
    void answered(const Reply& reply, std::span<const WireEvent> events, Timestamp now);

    bool done() const { return stopped_ || (!asking_ && windows_.empty()); }
    /// When next() has something again, while it waits for the venue's rate limit.
    std::optional<Timestamp> wake_at() const { return wake_at_; }
    /// Why it ended before all was answered.
    const std::optional<Reply>& trouble() const { return trouble_; }

    /// Closed bars of all windows answered since the last call: ascending, each open time once.
    std::vector<ClosedBar> take();
    /// The time asked and answered by this download; take() is due for all of it.
    const TimeSpans& answered_spans() const { return answered_; }
    /// What is wanted and can be had now: without bars that are still open.
    TimeSpan wanted() const { return plan_.wanted; }
    const DownloadCounts& counts() const { return counts_; }
    /// Share of the time wanted that is known, 0 to 1.
    double progress() const;

    static constexpr int kPagesPerWindowMax = 2'000;
    static constexpr int kEmptyPagesMax = 8;  // in a row, each with another token
    static constexpr int kRateWaitsMax = 20;  // in a row, without an answer between them

 private:
    struct Window {
        TimeSpan span;
        std::string page;
        std::vector<std::string> pages_seen;
        std::vector<ClosedBar> bars;
        int pages = 0, empty_pages = 0;
        std::uint64_t outside = 0;
        bool another_time = false;  // a bar far from what was asked
        std::optional<Timestamp> unfinished_from;
    };

    void plan_windows(TimeSpan span);
    void take_bars(std::span<const WireEvent> events, Timestamp now);
    void take_bar(const Ohlcv& values, Timestamp open, Duration length, InstrumentId instrument,
                  BarOrigin origin, Timestamp now);
    void finish_window();
    void ask_again_at(const Reply& reply, Timestamp now);
    void stop(Verdict verdict, std::string words);

    DownloadPlan plan_;
    Duration known_before_{};
    std::deque<Window> windows_;
    std::vector<ClosedBar> ready_;
    TimeSpans answered_;
    DownloadCounts counts_;
    std::optional<Timestamp> wake_at_;
    std::optional<Reply> trouble_;
    int rate_waits_ = 0;
    bool asking_ = false, stopped_ = false;
};

}  // namespace plumb::wire
