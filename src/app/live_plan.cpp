#include "app/live_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/key_rights.hpp"
#include "app/venue_universe.hpp"
#include "app/wall_pacer.hpp"
#include "venues/replay/bar_feed.hpp"

namespace plumb::app {
namespace {

constexpr Duration kMinute = std::chrono::minutes{1};
constexpr Duration kWarmUpMax = std::chrono::days{7};

/// First the past, then the present.
class PastAndPresent final : public MarketDataFeed {
 public:
    PastAndPresent(std::vector<replay::BarFeed::Input> past, std::unique_ptr<LiveMarket> present)
        : past_{std::make_unique<replay::BarFeed>(std::move(past))}, present_{std::move(present)} {}

    Result<std::optional<MarketEvent>> next() override {
        if (past_ == nullptr) return present_->next();
        auto event = past_->next();
        if (!event || *event) return event;
        past_.reset();
        return present_->next();
    }

 private:
    std::unique_ptr<replay::BarFeed> past_;
    std::unique_ptr<LiveMarket> present_;
};

/// On paper a key is not needed, so only a dangerous one stops the session.
Status check_key(VenueSession& session, bool live, std::vector<std::string>& notes) {
    if (!session.has_key() || !session.can().account) return {};
    const auto rights = ask_rights(session);
    if (rights) return check_rights(session, *rights);
    if (live) return fail(rights.error());
    notes.push_back("the key could not be checked and is not used on paper: " + rights.error().message());
    return {};
}

/// The legs as the venue of the orders lists them, by base and its own quote; a leg that it does not list is
/// a note.
Result<std::vector<LiveInstrument>> legs_at(const Settings& settings, VenueSession& session,
                                            std::span<const PairLegs> pairs, std::vector<PairLegs>& there,
                                            std::vector<std::string>& notes) {
    const auto listings = session.listings();
    if (!listings) return fail(listings.error());
    std::vector<std::string> names;
    for (const PairLegs& pair : pairs) {
        PairLegs& own = there.emplace_back(pair);
        for (std::string& leg : own.legs) {
            const SymbolName name{leg.substr(0, leg.find('/')), quote_of(settings, session.name())};
            leg = name.base + "/" + name.quote;
            if (std::ranges::find(names, leg) != names.end()) continue;
            if (find_listing(session, *listings, name) != nullptr)
                names.push_back(leg);
            else
                notes.push_back(not_on_offer(session, *listings, leg).message());
        }
    }
    return live_instruments(session, names);
}

/// What the venue of the orders cannot sell short: with --live the end, on paper a note.
Status check_shorts(const Settings& settings, VenueSession& session,
                    std::span<const LiveInstrument> instruments, std::span<const PairLegs> pairs,
                    std::vector<std::string>& notes) {
    if (!session.can().orders) return {};
    const auto troubles = short_troubles(settings, session.can(), instruments, pairs);
    if (!troubles) return fail(troubles.error());
    for (const ShortTrouble& trouble : *troubles) {
        if (settings.flag("live")) return fail(Errc::unsupported, trouble.words);
        notes.push_back(trouble.words + " (on paper, as here, the short leg is simulated)");
    }
    return {};
}

}  // namespace

Result<LivePlan> plan_live(const Settings& settings, std::span<const PairLegs> pairs) {
    const std::string& venue = settings.has("venue") ? settings.text("venue") : settings.text("data-source");
    const bool live = settings.flag("live");
    auto session = VenueSession::open(settings, settings.text("data-source"), KeyNeed::as_venue_wants);
    if (!session) return fail(session.error());
    LivePlan plan;
    std::vector<std::string> names;
    for (const PairLegs& pair : pairs) {
        for (const std::string& leg : pair.legs) {
            if (std::ranges::find(names, leg) == names.end()) names.push_back(leg);
        }
    }
    if (const Status safe = check_key(**session, live, plan.notes); !safe) return fail(safe.error());
    auto instruments = live_instruments(**session, names);
    if (!instruments) return fail(instruments.error());
    plan.instruments = *std::move(instruments);
    for (const LiveInstrument& each : plan.instruments) {
        if (each.status == TradingStatus::open) continue;
        const std::string words =
            fmt::format("{} does not trade at {} now", each.instrument.name(), (*session)->can().title);
        if (live) return fail(Errc::rejected, words);
        plan.notes.push_back(words);
    }
    if (venue == settings.text("data-source")) {
        const Status shorts = check_shorts(settings, **session, plan.instruments, pairs, plan.notes);
        if (!shorts) return fail(shorts.error());
        return plan;
    }
    auto orders = VenueSession::open(settings, venue, KeyNeed::as_venue_wants);
    if (!orders) return fail(orders.error());
    std::vector<PairLegs> there;
    const auto legs = legs_at(settings, **orders, pairs, there, plan.notes);
    if (!legs) return fail(legs.error());
    if (const Status shorts = check_shorts(settings, **orders, *legs, there, plan.notes); !shorts)
        return fail(shorts.error());
    return plan;
}

Result<std::unique_ptr<MarketDataFeed>> open_live_feed(const Settings& settings, HistorySource& source,
                                                       std::span<const LiveInstrument> instruments,
                                                       Timestamp& warm_up_until,
                                                       std::vector<std::string>& notes,
                                                       std::shared_ptr<LateFeedDiary> diary) {
    // As many cycles as the strategy remembers.
    const auto cycles = static_cast<double>(settings.integer("lookback-bars"));
    const Duration back =
        std::min<Duration>(from_seconds(settings.number("cycle-interval") * cycles) + kMinute, kWarmUpMax);
    std::vector<std::string> names;
    for (const LiveInstrument& each : instruments) names.push_back(each.instrument.name());
    const Timestamp now = wall_clock_now();
    const Status ready = source.prepare(names, kMinute, now - back, now);
    const bool has_minutes = ready || ready.error().code() != Errc::unsupported;
    if (!ready && has_minutes) return fail(ready.error());
    if (!has_minutes)
        notes.push_back(ready.error().message() + ": nothing to warm up with, what is live has to do");
    std::vector<replay::BarFeed::Input> past;
    Timestamp last = Timestamp::min();
    for (std::size_t i = 0; has_minutes && i < instruments.size(); ++i) {
        auto bars = source.bars(names[i], kMinute, now - back, now);
        if (!bars) return fail(bars.error());
        if (bars->empty()) {
            notes.push_back(fmt::format("{}: no minutes to warm up with", names[i]));
            continue;
        }
        last = std::max(last, bars->close_time(bars->size() - 1));
        past.push_back({InstrumentId{static_cast<std::uint32_t>(i)}, *std::move(bars)});
    }
    auto market = LiveMarket::open(settings, settings.text("data-source"), instruments,
                                   [diary](const wire::StreamNote& each) { diary->tell(each); });
    if (!market) return fail(market.error());
    for (const replay::BarFeed::Input& each : past)
        (*market)->seed_price(each.instrument, each.history.close(each.history.size() - 1));
    if ((*market)->polled() != nullptr) {
        notes.push_back(fmt::format(
            "{} streams nothing: its quotes are asked for as often as the plan allows, at most once a "
            "minute, and "
            "come as bars marked quoted; --entry-staleness {} s is the oldest price that may open a position",
            settings.text("data-source"), settings.number("entry-staleness")));
    }
    warm_up_until = std::max(last, wall_clock_now());
    return std::make_unique<PastAndPresent>(std::move(past), *std::move(market));
}

}  // namespace plumb::app
