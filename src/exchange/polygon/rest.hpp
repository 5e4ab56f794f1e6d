#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/rng.hpp"
#include "exchange/polygon/access.hpp"
#include "exchange/polygon/aggregate.hpp"
#include "exchange/polygon/tape.hpp"
#include "exchange/polygon/tickers.hpp"
#include "exchange/protocol/form.hpp"
#include "exchange/protocol/json_out.hpp"
#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange::polygon {

/// The venue's REST interface: a request in, an answer out.
class Rest {
 public:
    /// All of it outlives this.
    Rest(const ProtocolContext& context, const Tickers& tickers, const Tape& tape, Access& access);

    Response answer(const Request& request, Timestamp now);
    /// The venue's words for this trouble.
    Response refuse(Trouble trouble);

 private:
    using Path = std::vector<std::string>;

    /// A request on its way to its handler.
    struct Call {
        const Request& request;
        Path path;  // decoded parts, without the first slash
        Form query;
        Plan plan = Plan::paid;
        Timestamp now;
        std::string id;

        bool at(std::size_t i, std::string_view text) const { return i < path.size() && path[i] == text; }
    };

    Response route(Call& call);
    Response route_v1(Call& call);
    Response route_v2(Call& call);
    Response route_v3(Call& call);
    Response route_snapshot(Call& call);

    // aggregates.cpp
    Response range(Call& call);
    Response previous_day(Call& call);
    Response grouped(Call& call, bool stocks, std::string_view date);
    Response open_close_stock(Call& call);
    Response open_close_crypto(Call& call);
    /// Bars of one base length in [from, to), the open one included, oldest first.
    std::vector<Aggregate> base_bars(const Ticker& ticker, Timespan base, Timestamp from, Timestamp to,
                                     Timestamp now) const;
    std::vector<Aggregate> second_bars(const Ticker& ticker, Timestamp from, Timestamp to) const;
    std::optional<Aggregate> day_bar(const Ticker& ticker, Day day, Timestamp now) const;

    // ticks.cpp
    Response last_trade(Call& call);
    Response last_quote(Call& call);
    Response last_crypto(Call& call);
    Response trades(Call& call);
    Response quotes(Call& call);

    // snapshots.cpp
    Response snapshot_all(Call& call, bool stocks);
    Response snapshot_one(Call& call, bool stocks, std::string_view name);
    Response snapshot_movers(Call& call, bool stocks, bool up);
    Response snapshot_book(Call& call, std::string_view name);
    Response snapshot_universal(Call& call);
    void write_snapshot(JsonOut& out, const Ticker& ticker, Timestamp now);
    void write_universal(JsonOut& out, const Ticker& ticker, Timestamp now);
    struct Change {
        Price amount;
        Decimal percent;
    };
    Change todays_change(const Ticker& ticker, Timestamp now) const;

    // reference.cpp
    Response reference_tickers(Call& call);
    Response reference_ticker(Call& call, std::string_view name);
    Response reference_exchanges(Call& call);
    Response reference_types(Call& call);
    Response nothing_listed(Call& call);
    Response market_status(Call& call);
    Response market_holidays(Call& call);

    // rest.cpp
    std::string next_request_id();
    Response ok(const Call& call, JsonOut& out) const;
    Response error(int status, std::string_view kind, std::string_view key, std::string_view words);
    Response bad_request(std::string_view words) { return error(400, "ERROR", "error", words); }
    Response not_found(std::string_view words) { return error(404, "NOT_FOUND", "message", words); }
    Response not_entitled();
    /// The address of the next page: this server's own, as some clients follow it with its host.
    std::string next_url(std::string_view path, std::string_view cursor) const;
    /// The fields of the cursor in place of the query, where there is one. False: it is no cursor of ours.
    static bool apply_cursor(Call& call);
    std::string_view plan_status(const Call& call) const {
        return call.plan == Plan::free ? "DELAYED" : "OK";
    }

    const VenueModel& model_;
    const PastMarket& past_;
    const Tickers& tickers_;
    const Tape& tape_;
    Access& access_;
    std::string base_url_;
    Rng ids_;
    JsonOut out_;
};

/// A value as it may stand in a query string.
std::string url_encoded(std::string_view text);
/// Unpadded base64 for addresses.
std::string base64_url(std::string_view bytes);
/// Nothing for text that is none.
std::optional<std::string> from_base64_url(std::string_view text);

/// A limit between 1 and `max`; `fallback` where none is given; nothing for what is no number.
std::optional<std::size_t> parse_limit(const Form& query, std::size_t fallback, std::size_t max);

/// A date, or nanoseconds or milliseconds since 1970.
struct Instant {
    Timestamp time;
    bool is_day = false;  // then the whole day is meant
    Day day{};
};
std::optional<Instant> parse_instant(Zone zone, std::string_view text, Duration unit);

}  // namespace plumb::exchange::polygon
