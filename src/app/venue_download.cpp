#include "app/venue_download.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <utility>

#include "app/venue_universe.hpp"
#include "app/wall_pacer.hpp"
#include "io/file.hpp"
#include "io/reactor.hpp"
#include "store/bar_coverage.hpp"
#include "wire/history_download.hpp"
#include "wire/history_gaps.hpp"

namespace plumb::app {
namespace {

constexpr std::size_t kTogether = 4;          // instruments at once: as many as connections to one server
constexpr std::size_t kStoreEvery = 100'000;  // bars: the whole file is written anew each time
constexpr Duration kLook = std::chrono::milliseconds{100};  // between two looks at the signals

/// Hears Ctrl+C while it lives, and gives the signals back to whoever had them.
class Interrupts {
 public:
    Interrupts() {
        ::sigaction(SIGINT, nullptr, &interrupt_);
        ::sigaction(SIGTERM, nullptr, &terminate_);
        listen_for_signals();
    }
    ~Interrupts() {
        ::sigaction(SIGINT, &interrupt_, nullptr);
        ::sigaction(SIGTERM, &terminate_, nullptr);
    }
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;
    static bool heard() { return signals_heard() > 0; }

 private:
    struct sigaction interrupt_{}, terminate_{};
};

/// The download of one instrument, and what of it is not on disk yet.
struct Job {
    Job(std::string given, wire::DownloadPlan plan, Timestamp now)
        : name{std::move(given)}, machine{std::move(plan), now} {}

    std::string name;
    wire::HistoryDownload machine;
    store::BarCoverage coverage;  // as on disk
    std::vector<ClosedBar> unsaved;
    std::optional<live::RestAnswer> answer;  // come and not looked at
    std::optional<live::RestAnswer> failure;
    bool asking = false, finished = false;
    std::size_t bars = 0;
};

/// Runs of bars that are there already, such as those of an import.
TimeSpans runs_of(const BarHistory& bars) {
    TimeSpans runs;
    TimeSpan run{};
    for (std::size_t i = 0; i < bars.size(); ++i) {
        if (!run.empty() && bars.open_time(i) == run.to) {
            run.to = bars.close_time(i);
            continue;
        }
        runs.add(run);
        run = {bars.open_time(i), bars.close_time(i)};
    }
    runs.add(run);
    return runs;
}

class Downloader {
 public:
    Downloader(VenueSession& session, const store::BarArchive& archive, const DownloadOrder& order,
               DownloadProgress& progress)
        : session_{session}, archive_{archive}, order_{order}, progress_{progress} {}

    Result<DownloadOutcome> run() {
        if (const Status ready = prepare(); !ready) return fail(ready.error());
        const Interrupts interrupts;
        while (!all_finished() && !stopping_) {
            ask_more();
            session_.reactor().run_until([&] { return any_answer() || Interrupts::heard(); }, kLook);
            if (const Status taken = take_answers(); !taken) return fail(taken.error());
            if (Interrupts::heard()) stop(Error{Errc::network, "stopped by request"});
            show();
        }
        if (!stopping_) return outcome_;
        for (const auto& job : jobs_) {
            if (job->finished) continue;
            if (const Status stored = store(*job, stopping_->message()); !stored) return fail(stored.error());
        }
        return fail(
            Error{stopping_->code(), fmt::format("{}; {} bars that came are kept: run it again to go on",
                                                 stopping_->message(), outcome_.bars)});
    }

 private:
    std::filesystem::path bars_file(const Job& job) const {
        return archive_.file_of(session_.name(), order_.length, job.name);
    }

    Status prepare() {
        for (const std::string& name : order_.names) {
            const auto symbol = parse_symbol(name);
            if (!symbol) return fail(symbol.error());
            const auto id = session_.add(*symbol);
            if (!id) return fail(id.error());
            wire::DownloadPlan plan;
            plan.instrument = *id;
            plan.length = order_.length;
            plan.wanted = order_.wanted;
            plan.bars_per_request = session_.can().bars_per_request;
            const std::filesystem::path file = archive_.file_of(session_.name(), order_.length, name);
            auto coverage = store::load_coverage(store::coverage_file(file));
            if (!coverage) return fail(coverage.error());
            auto bars =
                archive_.read(session_.name(), order_.length, name, order_.wanted.from, order_.wanted.to);
            if (!bars && bars.error().code() != Errc::not_found && bars.error().code() != Errc::empty)
                return fail(bars.error());
            // A record of answers without the bars they brought is no proof of anything.
            std::error_code ignored;
            if (std::filesystem::exists(file, ignored)) plan.known = coverage->answered;
            if (bars) plan.known.add(runs_of(*bars));
            jobs_.push_back(std::make_shared<Job>(name, std::move(plan), session_.now()));
            jobs_.back()->coverage = *std::move(coverage);
            jobs_.back()->finished = jobs_.back()->machine.done();
        }
        return {};
    }

    bool all_finished() const {
        return std::ranges::all_of(jobs_, [](const auto& job) { return job->finished; });
    }
    bool any_answer() const {
        return std::ranges::any_of(jobs_, [](const auto& job) { return job->answer.has_value(); });
    }

    void ask_more() {
        std::size_t active = 0;
        for (const auto& job : jobs_) {
            if (job->finished) continue;
            if (++active > kTogether) return;
            if (job->asking) continue;
            auto question = job->machine.next(session_.now());
            if (!question) continue;
            job->asking = true;
            ++outcome_.questions;
            // Held weakly: the client may still hold the question when this download has ended.
            session_.rest().ask(*std::move(question), [asked = std::weak_ptr{job}](live::RestAnswer answer) {
                if (const auto there = asked.lock()) there->answer = std::move(answer);
            });
        }
    }

    Status take_answers() {
        for (const auto& job : jobs_) {
            if (!job->answer) continue;
            live::RestAnswer answer = *std::exchange(job->answer, std::nullopt);
            job->asking = false;
            if (answer.reply.retry_at) *answer.reply.retry_at += session_.now() - session_.reactor().now();
            job->machine.answered(answer.reply, answer.events, session_.now());
            std::vector<ClosedBar> bars = job->machine.take();
            job->bars += bars.size();
            outcome_.bars += bars.size();
            std::ranges::move(bars, std::back_inserter(job->unsaved));
            if (job->machine.trouble()) {
                answer.reply = *job->machine.trouble();
                if (const Status ended = end_in_trouble(*job, answer); !ended) return ended;
            } else if (job->machine.done()) {
                if (const Status stored = finish(*job); !stored) return stored;
            } else if (job->unsaved.size() >= kStoreEvery) {
                if (const Status stored = store(*job, {}); !stored) return stored;
            }
        }
        return {};
    }

    /// A name that the venue does not know concerns that name alone; everything else concerns all.
    Status end_in_trouble(Job& job, const live::RestAnswer& answer) {
        Error error = session_.error_of(answer).at(job.name);
        const wire::Verdict verdict = answer.reply.verdict;
        const bool about_the_name = verdict == wire::Verdict::refused || verdict == wire::Verdict::not_found;
        if (about_the_name && !answer.not_asked) {
            const auto listings = session_.can().orders ? session_.listings() : std::vector<wire::Listing>{};
            const auto symbol = parse_symbol(job.name);
            const bool listed =
                !listings || listings->empty() || find_listing(session_, *listings, *symbol) != nullptr;
            if (!listed) error = not_on_offer(session_, *listings, job.name).at("--symbols");
            if (!order_.names_are_the_users) {
                outcome_.unknown.push_back(job.name);
                progress_.say(fmt::format("left out: {}", error.message()));
                job.finished = true;
                return {};
            }
        }
        stop(std::move(error));
        return {};
    }

    Status finish(Job& job) {
        job.finished = true;
        if (const Status stored = store(job, {}); !stored) return stored;
        const wire::DownloadCounts& counts = job.machine.counts();
        std::string line = fmt::format("{} {} {}: {} new bars", session_.name(),
                                       granularity_name(order_.length), job.name, job.bars);
        const auto total = [](const std::vector<store::BarCoverage::Gap>& gaps) {
            std::size_t sum = 0;
            for (const auto& gap : gaps) sum += gap.bars;
            return sum;
        };
        if (const std::size_t theirs = total(job.coverage.gaps_of_source))
            line += fmt::format(", {} missing at the venue", theirs);
        if (const std::size_t ours = total(job.coverage.gaps_of_ours))
            line += fmt::format(", {} not asked for yet", ours);
        if (counts.conflicts > 0)
            line += fmt::format(", {} given twice with different values", counts.conflicts);
        if (counts.refused + counts.foreign > 0)
            line += fmt::format(", {} refused", counts.refused + counts.foreign);
        progress_.say(line);
        return {};
    }

    /// Bars first, then the record of what was asked: a death between the two asks again.
    Status store(Job& job, const std::string& trouble) {
        std::ranges::stable_sort(job.unsaved, {}, &ClosedBar::open_time);
        if (!job.unsaved.empty()) {
            BarHistory bars{job.name, order_.length};
            for (const ClosedBar& bar : job.unsaved) {
                if (const Status added = bars.append(bar.open_time, bar.values, bar.origin); !added)
                    return added;
            }
            if (const Status written = archive_.write(session_.name(), bars); !written) return written;
            job.unsaved.clear();
        }
        job.coverage.answered.add(job.machine.answered_spans());
        job.coverage.trouble = trouble;
        const TimeSpan wanted = job.machine.wanted();
        auto all = archive_.read(session_.name(), order_.length, job.name, wanted.from, wanted.to);
        if (!all && all.error().code() != Errc::not_found && all.error().code() != Errc::empty)
            return fail(all.error());
        job.coverage.gaps_of_source.clear();
        job.coverage.gaps_of_ours.clear();
        const BarHistory none{job.name, order_.length};
        for (const wire::HistoryGap& gap :
             wire::gaps_of(all ? *all : none, order_.length, wanted, job.coverage.answered)) {
            auto& gaps = gap.of == wire::HistoryGap::Of::venue ? job.coverage.gaps_of_source
                                                               : job.coverage.gaps_of_ours;
            gaps.push_back({gap.span, gap.bars});
        }
        return store::save_coverage(store::coverage_file(bars_file(job)), job.coverage);
    }

    void stop(Error error) {
        if (!stopping_) stopping_ = std::move(error);
    }

    void show() {
        DownloadProgress::State state;
        state.what = fmt::format("{} {}", session_.name(), granularity_name(order_.length));
        state.instruments = jobs_.size();
        state.bars = outcome_.bars;
        for (const auto& job : jobs_) {
            state.done += job->finished ? 1 : 0;
            state.share += (job->finished ? 1 : job->machine.progress()) / static_cast<double>(jobs_.size());
        }
        progress_.show(state);
    }

    VenueSession& session_;
    const store::BarArchive& archive_;
    const DownloadOrder& order_;
    DownloadProgress& progress_;
    std::vector<std::shared_ptr<Job>>
        jobs_;  // shared with the callbacks of their questions, which look whether they live
    std::optional<Error> stopping_;
    DownloadOutcome outcome_;
};

}  // namespace

Result<DownloadOutcome> download_bars(VenueSession& session, const store::BarArchive& archive,
                                      const DownloadOrder& order, DownloadProgress& progress) {
    std::error_code error;
    std::filesystem::create_directories(archive.root(), error);
    if (error) return fail(Errc::io, "cannot make " + archive.root().string() + ": " + error.message());
    const auto lock = io::FileLock::acquire(archive.root() / ".lock");
    if (!lock) return fail(lock.error());
    // Whether a candle is over is the venue's time to say.
    if (const auto offset = session.clock_offset(); !offset) return fail(offset.error());
    return Downloader{session, archive, order, progress}.run();
}

}  // namespace plumb::app
