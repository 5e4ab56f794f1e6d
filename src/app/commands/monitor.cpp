#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "app/commands.hpp"
#include "app/commands/monitor_venue.hpp"
#include "app/history.hpp"
#include "app/instrument_grid.hpp"
#include "app/logging.hpp"
#include "app/tape_source.hpp"
#include "app/venue_session.hpp"
#include "app/wall_pacer.hpp"
#include "app/workspace.hpp"
#include "codec/event_json.hpp"
#include "venues/demo/demo_feed.hpp"
#include "venues/replay/bar_feed.hpp"

namespace plumb::app {
namespace {

/// What a monitor looks at: a feed and the names of its ids.
struct Watched {
    InstrumentTable instruments;
    std::unique_ptr<MarketDataFeed> feed;
    bool real_time = false;
};

Result<Watched> open_demo(const Settings& settings, const std::vector<std::string>& names) {
    Watched watched;
    const auto spec = demo_market(static_cast<std::uint64_t>(settings.integer("seed")));
    for (const std::string& name : names) {
        if (const auto added =
                watched.instruments.add(spec.names[*venues::demo::find_name(spec, name)].instrument);
            !added) {
            return fail(added.error());
        }
    }
    watched.feed = std::make_unique<venues::demo::DemoFeed>(spec, watched.instruments);
    watched.real_time = true;
    return watched;
}

Result<Watched> open_bars(const Settings& settings, HistorySource& source,
                          const std::vector<std::string>& names) {
    Watched watched;
    std::vector<replay::BarFeed::Input> inputs;
    const Duration length = settings.has("granularity") ? settings.granularity("granularity") : Duration{};
    for (const std::string& name : names) {
        auto history = source.bars(name, length, Timestamp::min(), Timestamp::max());
        if (!history) return fail(history.error());
        const auto id = watched.instruments.add(instrument_for(std::nullopt, *history));
        if (!id) return fail(id.error());
        inputs.push_back({*id, *std::move(history)});
    }
    watched.feed = std::make_unique<replay::BarFeed>(std::move(inputs));
    return watched;
}

Result<Watched> open_tape(const Settings& settings) {
    auto description = describe_tape(settings.path("tape"));
    if (!description) return fail(description.error());
    Watched watched;
    for (const Instrument& each : description->instruments) {
        if (const auto added = watched.instruments.add(each); !added) return fail(added.error());
    }
    auto feed = open_tape_feed(settings.path("tape"), watched.instruments);
    if (!feed) return fail(feed.error());
    watched.feed = *std::move(feed);
    return watched;
}

Result<Watched> open_watched(const Settings& settings) {
    if (settings.text("data-source") == "replay" && settings.has("tape")) return open_tape(settings);
    const auto source = open_history(settings);
    if (!source) return fail(source.error());
    const auto on_offer = (*source)->names();
    if (!on_offer) return fail(on_offer.error());
    auto names = chosen_names(settings, *on_offer);
    if (!names) return fail(names.error());
    const auto most = static_cast<std::size_t>(settings.integer("max-stream-symbols"));
    if (names->size() > most) names->resize(most);
    return settings.text("data-source") == "demo" ? open_demo(settings, *names)
                                                  : open_bars(settings, **source, *names);
}

std::string price_of(const MarketEvent& event) {
    if (const auto* trade = std::get_if<Trade>(&event)) return trade->price.to_string();
    if (const auto* quote = std::get_if<Quote>(&event))
        return quote->bid.to_string() + " / " + quote->ask.to_string();
    if (const auto* bar = std::get_if<ClosedBar>(&event)) return bar->values.close.to_string();
    return "";
}

std::string as_json(const MarketEvent& event, const std::string& venue, const InstrumentTable& instruments) {
    const std::optional<InstrumentId> id = instrument_of(event);
    const std::string name = id ? instruments[*id].name() : std::string{};
    std::string line;
    std::visit([&](const auto& each) { codec::append_json(line, each, {venue, name}); }, event);
    return line;
}

}  // namespace

/// `plumb monitor`: streams prices, trades nothing. People see the latest prices once per cycle, machines
/// every event.
Result<ExitStatus> run_monitor(const Settings& settings, const Streams& streams) {
    if (is_venue(settings.text("data-source"))) return monitor_venue(settings, streams);
    auto watched = open_watched(settings);
    if (!watched) return fail(watched.error());
    auto log = Log::open(settings, Workspace{settings}, streams);
    if (!log) return fail(log.error());
    std::string names;
    for (const Instrument& each : watched->instruments.all())
        names += fmt::format("{}'{}'", names.empty() ? "" : ", ", each.name());
    log->info(fmt::format("✅ Started {} for [{}]",
                          watched->real_time ? "real-time streaming" : "playing files", names));

    const bool json = settings.flag("json");
    const Duration every = std::chrono::seconds{30};
    const bool timed = watched->real_time || settings.chosen("duration");
    const Duration duration = from_seconds(60 * settings.number("duration"));
    listen_for_signals();
    WallPacer pacer{settings.has("speed") ? settings.number("speed") : watched->real_time ? 1.0 : 0.0};
    std::vector<std::string> latest(watched->instruments.size(), "-");
    std::optional<Timestamp> first, due;
    std::uint64_t events = 0;
    for (;;) {
        const auto next = watched->feed->next();
        if (!next) return fail(next.error());
        if (!*next) break;
        const MarketEvent& event = **next;
        const Timestamp time = known_at(event);
        if (!first) first = time;
        if (!due) due = time + every;
        if (timed && *first + duration <= time) break;
        if (pacer.wait_until(time)) break;
        ++events;
        if (const std::string price = price_of(event); !price.empty())
            latest[instrument_of(event)->value] = price;
        if (json) streams.out << as_json(event, settings.text("data-source"), watched->instruments) << '\n';
        if (time < *due) continue;
        due = time + every;
        std::string line;
        for (const Instrument& each : watched->instruments.all()) {
            line += fmt::format("{}{} {}", line.empty() ? "" : ", ", each.name(), latest[each.id.value]);
        }
        if (!json) log->info(fmt::format("[{}] {}", to_text(time), line));
    }
    log->info(fmt::format("🛑 Monitor stopped: {} events", events));
    log->flush();
    return ExitStatus::done;
}

}  // namespace plumb::app
