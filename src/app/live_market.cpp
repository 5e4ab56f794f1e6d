#include "app/live_market.hpp"

#include <fmt/format.h>

#include "app/venue_universe.hpp"

namespace plumb::app {

Result<std::vector<LiveInstrument>> live_instruments(VenueSession& session,
                                                     std::span<const std::string> names) {
    std::vector<LiveInstrument> found;
    const bool listed = session.can().orders;
    const auto listings = listed ? session.listings() : std::vector<wire::Listing>{};
    if (!listings) return fail(listings.error());
    for (const std::string& name : names) {
        const auto symbol = parse_symbol(name);
        if (!symbol) return fail(symbol.error());
        const wire::Listing* listing = listed ? find_listing(session, *listings, *symbol) : nullptr;
        if (listed && listing == nullptr) return fail(not_on_offer(session, *listings, name).at("--symbols"));
        const auto id = session.add(*symbol, listing);
        if (!id) return fail(id.error());
        found.push_back({session.instruments()[*id], std::string{session.venue().symbols().symbol_of(*id)},
                         listing != nullptr ? listing->status : TradingStatus::open});
    }
    return found;
}

Result<std::unique_ptr<LiveMarket>> LiveMarket::open(const Settings& settings, std::string_view venue,
                                                     std::span<const LiveInstrument> instruments,
                                                     std::function<void(const wire::StreamNote&)> on_note) {
    std::unique_ptr<LiveMarket> market{new LiveMarket};
    auto opened = open_venue(settings, venue, KeyNeed::as_venue_wants, market->instruments_);
    if (!opened) return fail(opened.error());
    market->venue_ = std::move(opened->venue);
    market->key_from_ = opened->key_from;
    const wire::Capabilities& can = market->venue_->capabilities();
    market->title_ = can.title;
    live::LiveFeedOptions options;
    for (const LiveInstrument& each : instruments) {
        const auto id = market->instruments_.add(each.instrument);
        if (!id) return fail(id.error());
        if (const Status added = market->venue_->symbols().add(each.symbol, *id); !added)
            return fail(added.error());
        for (const wire::DataKind kind :
             {wire::DataKind::quote, wire::DataKind::trade, wire::DataKind::mark_price}) {
            if (can.streams.has(kind)) options.by_need.push_back({*id, kind, {}});
        }
    }
    market->venue_->symbols().set_unknown(wire::SymbolMap::Unknown::refuse);
    options.pool = wire::PoolOptions::of(can);
    if (settings.has("ca-file")) options.tls.extra_ca_file = settings.path("ca-file");
    if (options.by_need.empty() && can.polled_quotes) {
        live::PolledFeedOptions polled;
        for (const Instrument& each : market->instruments_.all()) polled.instruments.push_back(each.id);
        polled.tls = options.tls;
        polled.patience = from_seconds(settings.number("network-patience"));
        polled.on_note = std::move(on_note);
        auto feed = live::PolledFeed::start(*market->venue_, std::move(polled));
        if (!feed) return fail(feed.error());
        market->polled_ = *std::move(feed);
        return market;
    }
    if (on_note) {
        options.on_note = [note = std::move(on_note)](const wire::StreamNote& each, Timestamp) {
            note(each);
        };
    }
    auto feed = live::LiveFeed::start(*market->venue_, std::move(options));
    if (!feed) return fail(feed.error());
    market->feed_ = *std::move(feed);
    return market;
}

Result<std::optional<MarketEvent>> LiveMarket::next() {
    auto event = polled_ ? polled_->next() : feed_->next();
    if (event || event.error().code() != Errc::denied) return event;
    // A refused key is a wrong configuration, not a "no".
    return fail(Errc::invalid_argument,
                event.error().message() + (key_from_.empty() ? "" : "; the key came from " + key_from_));
}

}  // namespace plumb::app
