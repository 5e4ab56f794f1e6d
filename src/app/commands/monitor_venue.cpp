#include "app/commands/monitor_venue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "app/feed_diary.hpp"
#include "app/history.hpp"
#include "app/live_market.hpp"
#include "app/logging.hpp"
#include "app/venue_universe.hpp"
#include "app/wall_pacer.hpp"
#include "app/workspace.hpp"
#include "codec/event_json.hpp"

namespace plumb::app {
namespace {

constexpr Duration kFirstReport = std::chrono::seconds{5};
constexpr Duration kReport = std::chrono::seconds{30};

/// What stands in one instrument's row.
struct Row {
    std::string price = "-", mark;
    std::uint64_t events = 0;
};

/// How an instrument's prices do: its best subscription speaks for it.
struct Standing {
    std::string_view state = "WAITING";
    std::optional<Duration> age;
    int rank = -1;
};

Standing standing_of(const live::LiveHealth& health, InstrumentId instrument) {
    Standing best;
    for (const wire::StreamHealth& each : health.subscriptions) {
        if (each.subscription.instrument != instrument) continue;
        if (each.subscription.kind == wire::DataKind::mark_price) continue;  // no print, no quote
        int rank = 0;
        std::string_view state = "WAITING";
        switch (each.state) {
            case wire::StreamState::live: rank = 4, state = "LIVE"; break;
            case wire::StreamState::stale: rank = 3, state = "STALE"; break;
            case wire::StreamState::refused: rank = 1, state = "REFUSED"; break;
            case wire::StreamState::left_out: rank = 2, state = "LEFT OUT"; break;
            default: break;
        }
        if (each.last_data) {
            // Clocks of two threads: never below zero.
            const Duration age = std::max(Duration{}, health.now - *each.last_data);
            best.age = best.age ? std::min(*best.age, age) : age;
        }
        if (best.rank < rank) best.rank = rank, best.state = state;
    }
    return best;
}

void take_price(const MarketEvent& event, std::vector<Row>& rows) {
    if (std::holds_alternative<Tick>(event)) return;
    Row& row = rows[plumb::instrument_of(event)->value];
    ++row.events;
    if (const auto* trade = std::get_if<Trade>(&event)) row.price = trade->price.to_string();
    if (const auto* quote = std::get_if<Quote>(&event))
        row.price = quote->bid.to_string() + " / " + quote->ask.to_string();
    if (const auto* bar = std::get_if<ClosedBar>(&event)) row.price = bar->values.close.to_string();
    if (const auto* mark = std::get_if<MarkPrice>(&event)) row.mark = mark->mark.to_string();
}

class Monitor {
 public:
    Monitor(const Settings& settings, const Streams& streams, LiveMarket& market, Log& log)
        : settings_{settings},
          streams_{streams},
          market_{market},
          log_{log},
          json_{settings.flag("json")},
          rows_(market.instruments().size()) {}

    Result<ExitStatus> run() {
        listen_for_signals();
        const Timestamp start = wall_clock_now();
        const Timestamp end = start + from_seconds(60 * settings_.number("duration"));
        const Duration patience =
            std::max<Duration>(from_seconds(settings_.number("network-patience")), kFirstReport);
        Timestamp due = start + kFirstReport;
        bool all_seen = false;
        while (signals_heard() == 0) {
            auto event = market_.next();
            if (!event) return fail(event.error());
            if (!*event) break;
            const Timestamp now = wall_clock_now();
            take(**event);
            if (end <= now) break;
            take_open_bars();
            if (nothing_yet() && start + patience <= now) {
                const live::LiveHealth health = market_.health();
                if (!health.trouble.empty()) return fail(Errc::network, health.trouble);
            }
            if (std::holds_alternative<Tick>(**event)) {
                if (json_) streams_.out << std::flush;
                if (!streams_.out) break;  // nobody reads any more
                if (!all_seen && std::ranges::none_of(rows_, [](const Row& row) { return row.price == "-"; }))
                    all_seen = true, due = now;
            }
            if (now < due) continue;
            report();
            due = now + kReport;
        }
        report();
        summary();
        return ExitStatus::done;
    }

 private:
    void take(const MarketEvent& event) {
        if (std::holds_alternative<Tick>(event)) return;
        ++events_;
        take_price(event, rows_);
        if (!json_) return;
        line_.clear();
        const std::string name = market_.instruments()[*plumb::instrument_of(event)].name();
        codec::append_json(line_, event, {settings_.text("data-source"), name});
        streams_.out << line_ << '\n';
    }

    bool nothing_yet() const {
        return std::ranges::all_of(rows_, [](const Row& row) { return row.price == "-"; });
    }

    /// A polled price shows at once, though its bar is not over: a machine gets whole bars only.
    void take_open_bars() {
        if (market_.polled() == nullptr) return;
        for (const OpenBar& each : market_.polled()->open_bars())
            rows_[each.instrument.value].price = each.values.close.to_string() + " (quoted)";
    }

    void report() {
        take_open_bars();
        const live::LiveHealth health = market_.health();
        for (const Instrument& each : market_.instruments().all()) {
            const Standing standing = standing_of(health, each.id);
            const Row& row = rows_[each.id.value];
            if (json_) {
                print({{"type", "health"},
                       {"instrument", each.name()},
                       {"state", standing.state},
                       {"age_seconds",
                        standing.age ? nlohmann::ordered_json(to_seconds(*standing.age)) : nullptr},
                       {"price", row.price},
                       {"events", row.events},
                       {"reconnects", health.streams.reconnects}});
                continue;
            }
            log_.info(fmt::format("{} {:<12} {:<32} {}{}", standing.state == "LIVE" ? "✅" : "❌",
                                  each.name(), row.price,
                                  standing.age ? fmt::format("age={:.1f}s ", to_seconds(*standing.age)) : "",
                                  standing.state) +
                      (row.mark.empty() ? "" : ", mark " + row.mark));
        }
        if (!json_ && !health.all_live() && !health.trouble.empty()) log_.warning("⚠️ " + health.trouble);
    }

    void summary() {
        const live::LiveHealth health = market_.health();
        if (json_) {
            print({{"type", "summary"},
                   {"events", events_},
                   {"reconnects", health.streams.reconnects},
                   {"zombies", health.streams.zombies},
                   {"resubscribed", health.streams.resubscribed},
                   {"refused_frames", health.streams.refused_frames}});
        }
        log_.info(fmt::format(
            "🛑 Monitor stopped: {} events, {} reconnects, {} dead connections found, {} frames refused",
            events_, health.streams.reconnects, health.streams.zombies, health.streams.refused_frames));
        log_.flush();
    }

    void print(const nlohmann::ordered_json& line) {
        streams_.out << line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n'
                     << std::flush;
    }

    const Settings& settings_;
    const Streams& streams_;
    LiveMarket& market_;
    Log& log_;
    bool json_;
    std::vector<Row> rows_;
    std::string line_;
    std::uint64_t events_ = 0;
};

/// The instruments to watch, at most max-stream-symbols, those left out said.
Result<std::vector<LiveInstrument>> watched(const Settings& settings, VenueSession& session,
                                            std::string& note) {
    const auto universe = venue_universe(session, settings);
    if (!universe) return fail(universe.error());
    auto names = chosen_names(settings, universe->names);
    if (!names) return fail(names.error());
    const auto most = static_cast<std::size_t>(settings.integer("max-stream-symbols"));
    if (names->size() > most) {
        note =
            fmt::format("watching the first {} of {}: --max-stream-symbols; left out: ", most, names->size());
        for (std::size_t i = most; i < names->size(); ++i) note += (i == most ? "" : " ") + (*names)[i];
        names->resize(most);
    }
    return live_instruments(session, *names);
}

}  // namespace

Result<ExitStatus> monitor_venue(const Settings& settings, const Streams& streams) {
    const std::string& venue = settings.text("data-source");
    std::string note;
    std::vector<LiveInstrument> instruments;
    {
        auto session = VenueSession::open(settings, venue, KeyNeed::as_venue_wants);
        if (!session) return fail(session.error());
        if (!(*session)->can().streams.has(wire::DataKind::quote) &&
            !(*session)->can().streams.has(wire::DataKind::trade) && !(*session)->can().polled_quotes) {
            return fail(Errc::unsupported, fmt::format("{} has no live prices", (*session)->can().title));
        }
        auto found = watched(settings, **session, note);
        if (!found) return fail(found.error());
        instruments = *std::move(found);
    }
    const auto is_open = [](const LiveInstrument& each) { return each.status == TradingStatus::open; };
    if (std::ranges::none_of(instruments, is_open)) {
        return fail(Errc::rejected,
                    fmt::format("{}: nothing of what is watched trades at {} now: the market is closed",
                                instruments.front().instrument.name(), venue));
    }
    auto log = Log::open(settings, Workspace{settings}, streams);
    if (!log) return fail(log.error());
    if (!note.empty()) log->warning(note);
    for (const LiveInstrument& each : instruments) {
        if (each.status != TradingStatus::open)
            log->warning(
                fmt::format("⚠️ {} does not trade now: no prices are to be expected", each.instrument.name()));
    }
    auto market = LiveMarket::open(
        settings, venue, instruments,
        [&log, diary = FeedDiary{}](const wire::StreamNote& each) mutable { diary.tell(each, *log); });
    if (!market) return fail(market.error());
    std::string names;
    for (const LiveInstrument& each : instruments)
        names += fmt::format("{}'{}'", names.empty() ? "" : ", ", each.instrument.name());
    log->info(fmt::format("✅ Started {} for [{}]",
                          (*market)->polled() ? "polling quotes" : "real-time streaming", names));
    return Monitor{settings, streams, **market, *log}.run();
}

}  // namespace plumb::app
