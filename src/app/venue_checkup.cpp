#include "app/venue_checkup.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/credentials.hpp"
#include "app/key_rights.hpp"
#include "app/live_market.hpp"
#include "app/setting_value.hpp"
#include "app/short_legs.hpp"
#include "app/venue_session.hpp"
#include "app/venue_universe.hpp"
#include "store/benchmarks_file.hpp"

namespace plumb::app {
namespace {

constexpr Duration kClockGood = std::chrono::seconds{1};

std::vector<std::string> venues_at_hand(const Settings& settings) {
    std::vector<std::string> venues;
    for_each_word(kVenues, [&](std::string_view venue) {
        const bool named = settings.text("data-source") == venue ||
                           (settings.has("venue") && settings.text("venue") == venue) ||
                           (settings.has("short-venue") && settings.text("short-venue") == venue);
        // Binance's key opens its futures too, which is no reason to ask them.
        const std::size_t own = index_of(fmt::format("{}-api-key", venue));
        const bool keyed = !settings.secret_at(own).empty();
        if (named || keyed) venues.emplace_back(venue);
    });
    return venues;
}

/// "a, b and c" of what is true.
std::string joined(std::initializer_list<std::pair<bool, std::string_view>> words) {
    std::string text;
    for (const auto& [holds, word] : words) {
        if (holds) text += (text.empty() ? "" : ", ") + std::string{word};
    }
    return text.empty() ? "nothing" : text;
}

std::string capabilities_text(const wire::Capabilities& can) {
    using Kind = wire::DataKind;
    std::string lengths;
    for (const Duration length : can.bar_lengths)
        lengths += (lengths.empty() ? "" : " ") + granularity_name(length);
    std::string text = "streams " + joined({{can.streams.has(Kind::trade), "trades"},
                                            {can.streams.has(Kind::quote), "quotes"},
                                            {can.streams.has(Kind::bar), "bars"},
                                            {can.streams.has(Kind::book), "books"},
                                            {can.streams.has(Kind::mark_price), "mark prices"}});
    text += can.history ? "; history in " + lengths : "; no history";
    text += can.account ? "; account" : "; no account";
    text += can.orders ? (can.replace ? "; orders, replace" : "; orders") : "; no orders";
    if (!can.orders) return text;
    text += can.short_selling == wire::ShortSelling::always  ? "; sells short"
            : can.short_selling == wire::ShortSelling::never ? "; never sells short"
                                                             : "; sells short what its list says";
    text += can.id_class == wire::IdClass::for_ever     ? "; an order id is taken once"
            : can.id_class == wire::IdClass::while_open ? "; an order id is taken once among open orders"
                                                        : "; no order ids of ours";
    return text;
}

class Checkup {
 public:
    Checkup(const Settings& settings, std::vector<Finding>& findings)
        : settings_{settings}, findings_{findings} {}

    void check(const std::string& venue) {
        auto session = VenueSession::open(settings_, venue, KeyNeed::as_venue_wants);
        if (!session) return say(venue, Verdict::bad, session.error().message());
        say(venue, Verdict::note, capabilities_text((*session)->can()));
        if (!check_reach(venue, **session)) return;  // nothing else would be answered either
        check_key(venue, **session);
        check_shorts(venue, **session);
    }

 private:
    void say(const std::string& venue, Verdict verdict, std::string text) {
        findings_.push_back({venue, verdict, std::move(text)});
    }

    bool check_reach(const std::string& venue, VenueSession& session) {
        const live::RestAnswer answer = session.rest().ask_and_wait(wire::AskClock{}, session.answer_max());
        if (answer.not_asked == Errc::unsupported) {
            const auto listings = session.can().orders ? session.listings() : std::vector<wire::Listing>{};
            if (!listings) {
                say(venue, Verdict::bad, listings.error().message());
                return false;
            }
            say(venue, session.can().orders ? Verdict::good : Verdict::note,
                session.can().orders
                    ? fmt::format("answers; lists {} instruments; has no clock to ask", listings->size())
                    : std::string{"has no clock to ask: reached with the first question for data"});
            return true;
        }
        if (answer.reply.verdict != wire::Verdict::ok) {
            say(venue, Verdict::bad, session.error_of(answer).message());
            return false;
        }
        const Duration round_trip = answer.received_at - answer.sent_at;
        const auto offset = session.clock_offset();
        if (!offset) {
            say(venue, Verdict::bad, offset.error().message());
            return true;
        }
        const Duration off = *offset < Duration{} ? -*offset : *offset;
        const Duration tolerance = session.can().clock_tolerance;
        const bool hurts = off > kClockGood && tolerance > Duration{} && off > tolerance;
        say(venue,
            hurts              ? Verdict::bad
            : off > kClockGood ? Verdict::note
                               : Verdict::good,
            fmt::format("answers in {:.0f} ms; its clock is {:.3f} s {} ours{}", to_seconds(round_trip) * 1e3,
                        to_seconds(off), *offset < Duration{} ? "behind" : "ahead of",
                        off > kClockGood
                            ? ": set the clock of this machine (NTP); it is corrected for meanwhile"
                            : ""));
        return true;
    }

    void check_key(const std::string& venue, VenueSession& session) {
        if (!session.has_key()) {
            return say(venue, Verdict::note,
                       session.can().account
                           ? "no key: account and orders cannot be asked for; " + how_to_set_key(venue)
                           : "no key set");
        }
        if (!session.can().account) return say(venue, Verdict::note, "key set (" + session.key_from() + ")");
        const auto facts = ask_rights(session);
        if (!facts) return say(venue, Verdict::bad, facts.error().message());
        if (const Status safe = check_rights(session, *facts); !safe)
            return say(venue, Verdict::bad, safe.error().message());
        const auto word = [](const std::optional<bool>& may) {
            return !may ? "not said" : *may ? "yes" : "no";
        };
        const bool can_trade = facts->may_trade.value_or(true) && facts->trouble.view().empty();
        say(venue, can_trade ? Verdict::good : Verdict::bad,
            fmt::format(
                "key accepted ({}): trade {}, withdraw {}, sell short {}{}", session.key_from(),
                word(facts->may_trade), word(facts->may_withdraw), word(facts->may_short),
                facts->trouble.view().empty() ? "" : fmt::format("; TROUBLE: {}", facts->trouble.view())));
    }

    /// The pairs of the latest benchmarks, where the venue lists both legs.
    void check_shorts(const std::string& venue, VenueSession& session) {
        if (!session.can().orders) return;
        const auto benchmarks = store::load_benchmarks(store::latest_benchmarks(settings_.workspace()));
        if (!benchmarks || benchmarks->groups.empty()) return;
        const auto listings = session.listings();
        if (!listings) return say(venue, Verdict::bad, listings.error().message());
        std::vector<PairLegs> pairs;
        std::vector<std::string> names;
        for (const store::BenchmarkGroup& group : benchmarks->groups) {
            PairLegs pair{group.id, {}};
            for (std::size_t leg = 0; leg < 2; ++leg) {
                const auto symbol = parse_symbol(group.assets[leg], quote_of(settings_, venue));
                if (!symbol || find_listing(session, *listings, *symbol) == nullptr) break;
                pair.legs[leg] = symbol->base + "/" + symbol->quote;
            }
            if (pair.legs[0].empty() || pair.legs[1].empty()) continue;
            names.insert(names.end(), pair.legs.begin(), pair.legs.end());
            pairs.push_back(std::move(pair));
        }
        std::ranges::sort(names);
        const auto twice = std::ranges::unique(names);
        names.erase(twice.begin(), twice.end());
        const auto instruments = live_instruments(session, names);
        if (!instruments) return say(venue, Verdict::bad, instruments.error().message());
        const auto troubles = short_troubles(settings_, session.can(), *instruments, pairs);
        if (!troubles) return say(venue, Verdict::bad, troubles.error().message());
        for (const ShortTrouble& trouble : *troubles) say(venue, Verdict::note, trouble.words);
        if (troubles->empty() && !pairs.empty())
            say(venue, Verdict::good,
                fmt::format("both legs of all {} pairs at hand can be sold short", pairs.size()));
    }

    const Settings& settings_;
    std::vector<Finding>& findings_;
};

}  // namespace

std::vector<Finding> check_venues(const Settings& settings) {
    std::vector<Finding> findings;
    Checkup checkup{settings, findings};
    const std::vector<std::string> venues = venues_at_hand(settings);
    for (const std::string& venue : venues) checkup.check(venue);
    if (venues.empty()) {
        findings.push_back(
            {"venues", Verdict::note, "none asked: name one with --venue or --data-source, or set its key"});
    }
    return findings;
}

}  // namespace plumb::app
