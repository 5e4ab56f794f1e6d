#include "app/venue_session.hpp"

#include <fmt/format.h>

#include "app/credentials.hpp"
#include "app/setting_value.hpp"
#include "app/venue_address.hpp"
#include "io/http_client.hpp"
#include "io/reactor.hpp"
#include "io/tls.hpp"
#include "venues/registry.hpp"

namespace plumb::app {
namespace {

constexpr Duration kAnswerMax = std::chrono::minutes{2};  // beyond the patience, for an answer under way

}  // namespace

bool is_venue(std::string_view name) {
    bool found = false;
    for_each_word(kVenues, [&](std::string_view each) { found = found || each == name; });
    return found;
}

std::string quote_of(const Settings& settings, std::string_view venue) {
    if (settings.has("quote-currency")) return settings.text("quote-currency");
    return venue.starts_with("binance") ? "USDT" : "USD";
}

Instrument instrument_from(const SymbolName& name, const wire::Listing& listing) {
    Instrument instrument;
    instrument.base = name.base;
    instrument.quote = name.quote;
    instrument.tick = listing.tick;
    instrument.lot = listing.lot;
    instrument.quantity_min = listing.quantity_min;
    instrument.notional_min = listing.notional_min;
    instrument.can_short = listing.can_short;
    return instrument;
}

/// What talks, in the order in which it may go.
struct VenueSession::Wires {
    Wires(io::TlsContext context, wire::Venue& venue, wire::RepeatOptions repeat)
        : tls{std::move(context)}, http{reactor, tls}, rest{reactor, http, venue, repeat} {}

    io::Reactor reactor;
    io::TlsContext tls;
    io::HttpClient http;
    live::RestClient rest;
};

VenueSession::VenueSession() = default;
VenueSession::~VenueSession() = default;

Result<OpenedVenue> open_venue(const Settings& settings, std::string_view name, KeyNeed need,
                               InstrumentTable& instruments) {
    const venues::VenueEntry* entry = venues::find_venue(name);
    if (entry == nullptr) {
        return fail(Errc::unsupported,
                    fmt::format("{} is not in this version: no live venue of that name", name));
    }
    if (const Status whole = check_key_whole(settings, name); !whole) return fail(whole.error());
    VenueKey key = key_of(settings, name);
    const wire::Capabilities& can = entry->capabilities();
    const bool wants_key = need == KeyNeed::required || can.needs_key_for_data;
    if (wants_key && key.credentials.empty()) {
        return fail(Errc::invalid_argument,
                    fmt::format("{} needs a key, found none: {}", can.title, how_to_set_key(name)));
    }
    const auto addresses = addresses_of(settings, name);
    if (!addresses) return fail(addresses.error());
    const auto paper = on_paper_endpoint(settings, name);
    if (!paper) return fail(paper.error());
    OpenedVenue opened;
    opened.key_from = key.from;
    opened.has_key = !key.credentials.empty();
    wire::VenueOptions options;
    options.instruments = &instruments;
    options.credentials = std::move(key.credentials);
    options.addresses = *addresses;
    options.paper_endpoint = *paper;
    const std::size_t plan = index_of(fmt::format("{}-plan", name));
    if (plan != kNoSetting) options.plan = settings.value(plan).text;
    auto venue = entry->make(options);
    if (!venue) return fail(Errc::invalid_argument, venue.error().message() + " (" + opened.key_from + ")");
    opened.venue = *std::move(venue);
    return opened;
}

Result<std::unique_ptr<VenueSession>> VenueSession::open(const Settings& settings, std::string_view name,
                                                         KeyNeed need) {
    std::unique_ptr<VenueSession> session{new VenueSession};
    auto opened = open_venue(settings, name, need, session->instruments_);
    if (!opened) return fail(opened.error());
    session->name_ = name;
    session->key_from_ = opened->key_from;
    session->has_key_ = opened->has_key;
    session->patience_ = from_seconds(settings.number("network-patience"));
    session->venue_ = std::move(opened->venue);
    io::TlsOptions trust;
    if (settings.has("ca-file")) trust.extra_ca_file = settings.path("ca-file");
    auto tls = io::TlsContext::make(trust);
    if (!tls) return fail(tls.error());
    wire::RepeatOptions repeat;
    repeat.deadline = session->patience_;
    session->wires_ = std::make_unique<Wires>(*std::move(tls), *session->venue_, repeat);
    return session;
}

const wire::Capabilities& VenueSession::can() const { return venue_->capabilities(); }
live::RestClient& VenueSession::rest() { return wires_->rest; }
io::Reactor& VenueSession::reactor() { return wires_->reactor; }
io::HttpClient& VenueSession::http() { return wires_->http; }
const io::TlsContext& VenueSession::tls() const { return wires_->tls; }
Duration VenueSession::answer_max() const { return patience_ + kAnswerMax; }
Timestamp VenueSession::now() const { return wires_->reactor.now() + clock_offset_.value_or(Duration{}); }

Result<live::RestAnswer> VenueSession::ask(wire::Question question) {
    live::RestAnswer answer = rest().ask_and_wait(std::move(question), answer_max());
    if (answer.reply.verdict != wire::Verdict::ok) return fail(error_of(answer));
    return answer;
}

Result<live::RestAnswer> VenueSession::ask_all_pages(wire::Question question) {
    live::RestAnswer answer = rest().ask_all_pages(std::move(question), patience_ + 5 * kAnswerMax);
    if (answer.reply.verdict != wire::Verdict::ok) return fail(error_of(answer));
    return answer;
}

Error VenueSession::error_of(const live::RestAnswer& answer) const {
    std::string text = live::trouble_of(can(), answer);
    switch (answer.reply.verdict) {
        case wire::Verdict::unauthorized:
            text += has_key_ ? "; it came from " + key_from_ : "; " + how_to_set_key(name_);
            return {Errc::invalid_argument, std::move(text)};
        case wire::Verdict::not_found: return {Errc::not_found, std::move(text)};
        case wire::Verdict::clock: return {Errc::stale, std::move(text)};
        case wire::Verdict::refused:
            if (answer.not_asked) return {*answer.not_asked, std::move(text)};
            return {Errc::rejected, std::move(text)};
        default: return {Errc::network, std::move(text)};
    }
}

Result<Duration> VenueSession::clock_offset() {
    if (clock_offset_) return *clock_offset_;
    const live::RestAnswer answer = rest().ask_and_wait(wire::AskClock{}, answer_max());
    if (answer.not_asked == Errc::unsupported) return *(clock_offset_ = Duration{});
    if (answer.reply.verdict != wire::Verdict::ok) return fail(error_of(answer));
    for (const wire::WireEvent& event : answer.events) {
        const auto* clock = std::get_if<wire::ServerClock>(&event);
        if (clock == nullptr) continue;
        const Timestamp ours = answer.sent_at + (answer.received_at - answer.sent_at) / 2;
        return *(clock_offset_ = clock->venue_time - ours);
    }
    return fail(Errc::network, fmt::format("{}: clock: no time in its answer", can().title));
}

Result<std::vector<wire::Listing>> VenueSession::listings() {
    if (listings_) return *listings_;
    auto answer = ask_all_pages(wire::AskListings{});
    if (!answer) return fail(answer.error());
    listings_.emplace();
    for (const wire::WireEvent& event : answer->events) {
        if (const auto* listing = std::get_if<wire::Listing>(&event)) listings_->push_back(*listing);
    }
    return *listings_;
}

Result<InstrumentId> VenueSession::add(const SymbolName& name, const wire::Listing* listing) {
    if (const auto there = instruments_.find(name.base + "/" + name.quote)) return *there;
    Instrument instrument;
    if (listing != nullptr) {
        instrument = instrument_from(name, *listing);
    } else {
        instrument.base = name.base;
        instrument.quote = name.quote;
        instrument.tick = Price{Decimal::power_of_ten(-8)};
        instrument.lot = Quantity{Decimal::power_of_ten(-8)};
        instrument.can_short = can().short_selling == wire::ShortSelling::always;
    }
    const auto id = instruments_.add(instrument);
    if (!id) return fail(id.error());
    const std::string symbol = listing != nullptr ? std::string{listing->symbol.view()}
                                                  : venue_->symbols().spelling().spell(name.base, name.quote);
    if (const Status added = venue_->symbols().add(symbol, *id); !added) return fail(added.error());
    return *id;
}

}  // namespace plumb::app
