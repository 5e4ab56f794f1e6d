#include "app/venue_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "app/venue_download.hpp"
#include "app/venue_universe.hpp"
#include "app/wall_pacer.hpp"
#include "bars/bar_spec.hpp"
#include "bars/resample.hpp"

namespace plumb::app {
namespace {

constexpr Duration kUsualLength = std::chrono::hours{1};

std::string offered(const wire::Capabilities& can) {
    std::string text;
    for (const Duration length : can.bar_lengths)
        text += (text.empty() ? "" : " ") + granularity_name(length);
    return text;
}

/// The length to ask for: the wanted one, else the longest that it can be made of.
Result<Duration> length_to_ask(const wire::Capabilities& can, Duration wanted) {
    Duration best{};
    for (const Duration length : can.bar_lengths) {
        if (wanted % length == Duration{} && best < length) best = length;
    }
    if (best == Duration{}) {
        return fail(Errc::unsupported,
                    fmt::format("{} has no bars of {} and none to make them of: expected {}, or a "
                                "multiple",
                                can.title, granularity_name(wanted), offered(can)));
    }
    return best;
}

class VenueHistory final : public HistorySource {
 public:
    VenueHistory(std::unique_ptr<VenueSession> session, const Settings& settings, const Streams* people)
        : session_{std::move(session)},
          settings_{settings},
          archive_{settings.workspace()},
          progress_{settings, people} {}

    Result<std::vector<std::string>> names() override {
        if (names_) return *names_;
        auto universe = venue_universe(*session_, settings_);
        if (!universe) return fail(universe.error());
        note_ = std::move(universe->note);
        names_ = std::move(universe->names);
        return *names_;
    }

    Status prepare(std::span<const std::string> names, Duration length, Timestamp from,
                   Timestamp to) override {
        const auto order = order_for(names, length, from, to);
        if (!order) return fail(order.error());
        // Which instruments were taken matters to who takes them all, not to who knows his pairs already.
        if (!note_.empty() && names_ && names.size() == names_->size())
            progress_.say(std::exchange(note_, {}));
        auto outcome = download_bars(*session_, archive_, *order, progress_);
        if (!outcome) return fail(outcome.error());
        unknown_.insert(outcome->unknown.begin(), outcome->unknown.end());
        for (const std::string& name : order->names) here_[{order->length, name}].add(order->wanted);
        return {};
    }

    Result<BarHistory> bars(const std::string& name, Duration length, Timestamp from, Timestamp to) override {
        const auto order = order_for(std::span{&name, 1}, length, from, to);
        if (!order) return fail(order.error());
        if (!here_[{order->length, name}].holds(order->wanted)) {
            if (const Status fetched = prepare(order->names, length, from, to); !fetched)
                return fail(fetched.error());
        }
        auto stored =
            archive_.read(session_->name(), order->length, name, order->wanted.from, order->wanted.to);
        if (!stored && (stored.error().code() == Errc::not_found || stored.error().code() == Errc::empty)) {
            if (const Status listed = check_listed(name); !listed) return fail(listed.error());
            return BarHistory{name, order->length};
        }
        if (!stored || length == Duration{} || length == order->length) return stored;
        const auto longer = bars::resample(*stored, length);
        if (!longer) return fail(longer.error());
        return longer->slice(from, to);
    }

 private:
    Result<DownloadOrder> order_for(std::span<const std::string> names, Duration length, Timestamp from,
                                    Timestamp to) {
        DownloadOrder order;
        const auto asked = length_to_ask(session_->can(), length == Duration{} ? kUsualLength : length);
        if (!asked) return fail(asked.error());
        order.length = *asked;
        // One end for all questions of a command, or else each would find a little more to ask for.
        if (!now_) {
            if (const auto offset = session_->clock_offset(); !offset) return fail(offset.error());
            now_ = session_->now();
        }
        const Timestamp back = *now_ - from_seconds(settings_.number("days") * 86'400);
        order.wanted = {from == Timestamp::min() ? back : from, std::min(to, *now_)};
        // Bars that are made of shorter ones need the shorter ones of their whole slot.
        if (length > order.length) order.wanted.from = bars::slot_open(order.wanted.from, length);
        if (order.wanted.empty()) {
            return fail(Errc::invalid_argument,
                        fmt::format("expected a time in the past, found {} to {}", to_text(order.wanted.from),
                                    to_text(order.wanted.to)));
        }
        order.names_are_the_users = settings_.has("symbols");
        order.names.assign(names.begin(), names.end());
        return order;
    }

    /// No bars at all: perhaps there is no such instrument.
    Status check_listed(const std::string& name) {
        if (!session_->can().orders || unknown_.contains(name)) return {};
        const auto listings = session_->listings();
        if (!listings) return fail(listings.error());
        const auto symbol = parse_symbol(name);
        if (!symbol) return fail(symbol.error());
        if (find_listing(*session_, *listings, *symbol) != nullptr) return {};
        return fail(not_on_offer(*session_, *listings, name).at("--symbols"));
    }

    std::unique_ptr<VenueSession> session_;
    const Settings& settings_;
    store::BarArchive archive_;
    DownloadProgress progress_;
    std::optional<std::vector<std::string>> names_;
    std::string note_;  // how they were chosen, not said yet
    std::optional<Timestamp> now_;
    std::set<std::string> unknown_;
    std::map<std::pair<Duration, std::string>, TimeSpans> here_;  // brought up to date by this run
};

}  // namespace

Result<std::unique_ptr<HistorySource>> open_venue_history(const Settings& settings, std::string_view venue,
                                                          const Streams* people) {
    auto session = VenueSession::open(settings, venue, KeyNeed::as_venue_wants);
    if (!session) return fail(session.error());
    if (!(*session)->can().history)
        return fail(Errc::unsupported, fmt::format("{} has no history", (*session)->can().title));
    return std::make_unique<VenueHistory>(*std::move(session), settings, people);
}

}  // namespace plumb::app
