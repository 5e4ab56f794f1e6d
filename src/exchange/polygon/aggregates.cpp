#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "exchange/polygon/rest.hpp"

namespace plumb::exchange::polygon {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kLimitDefault = 5'000;
constexpr std::size_t kLimitMax = 50'000;
constexpr int kMultiplierMax = 10'000;
constexpr std::size_t kBarsMax = 1'000'000;

struct RangeAsked {
    const Ticker* ticker = nullptr;
    int multiplier = 1;
    Timespan timespan = Timespan::day;
    Timestamp from, to;  // [from, to)
    bool ascending = true;
    std::size_t limit = kLimitDefault;
    bool adjusted = true;
};

/// What `limit` counts: minutes for bars of minutes and hours, days for longer ones.
Timespan base_of(Timespan timespan) {
    if (timespan == Timespan::second) return Timespan::second;
    return timespan <= Timespan::hour ? Timespan::minute : Timespan::day;
}

/// Bars of the length asked from base bars, both oldest first.
std::vector<Aggregate> grouped_bars(std::span<const Aggregate> base, Zone zone, Timespan timespan,
                                    int multiplier) {
    std::vector<Aggregate> bars;
    for (const Aggregate& one : base) {
        const Timestamp window = window_of(zone, timespan, multiplier, one.begin);
        if (bars.empty() || bars.back().begin != window) {
            bars.push_back(one);
            bars.back().begin = window;
        } else {
            bars.back().add(one);
        }
    }
    return bars;
}

Aggregate aggregate_of(const DetailedBar& bar) { return {bar.bar.open_time, bar.bar.values, bar.detail}; }

void write_bars(JsonOut& out, std::span<const Aggregate> bars, Price tick) {
    out.begin_array("results");
    for (const Aggregate& bar : bars) {
        out.begin_object();
        append_members(out, bar, tick);
        out.end_object();
    }
    out.end_array();
}

}  // namespace

std::vector<Aggregate> Rest::second_bars(const Ticker& ticker, Timestamp from, Timestamp to) const {
    std::vector<Aggregate> bars;
    for (const PastTrade& trade : past_.trades(ticker.id, from, to, kBarsMax)) {
        const Timestamp begin = std::chrono::floor<seconds>(trade.at);
        const Aggregate one = aggregate_of(begin, trade.price, trade.quantity);
        if (bars.empty() || bars.back().begin != begin)
            bars.push_back(one);
        else
            bars.back().add(one);
    }
    return bars;
}

std::vector<Aggregate> Rest::base_bars(const Ticker& ticker, Timespan base, Timestamp from, Timestamp to,
                                       Timestamp now) const {
    if (to <= from) return {};
    if (base == Timespan::second) return second_bars(ticker, from, std::min(to, now + Duration{1}));
    // Days of New York begin on a whole hour, so hours make them.
    const Duration length = base == Timespan::minute ? Duration{minutes{1}} : Duration{hours{1}};
    std::vector<Aggregate> bars;
    for (const DetailedBar& bar : past_.detailed_bars(ticker.id, length, from, to, kBarsMax, now))
        bars.push_back(aggregate_of(bar));
    const std::optional<DetailedOpenBar> open = past_.detailed_open_bar(ticker.id, length, now);
    if (open && from <= open->bar.open_time && open->bar.open_time < to)
        bars.push_back({open->bar.open_time, open->bar.values, open->detail});
    if (base == Timespan::day) return grouped_bars(bars, ticker.zone(), Timespan::day, 1);
    return bars;
}

std::optional<Aggregate> Rest::day_bar(const Ticker& ticker, Day day, Timestamp now) const {
    const std::vector<Aggregate> bars = base_bars(ticker, Timespan::day, begin_of(ticker.zone(), day),
                                                  begin_of(ticker.zone(), day + days{1}), now);
    if (bars.empty()) return std::nullopt;
    return bars.front();
}

/// /v2/aggs/ticker/{ticker}/range/{multiplier}/{timespan}/{from}/{to}
Response Rest::range(Call& call) {
    RangeAsked asked;
    const std::string& name = call.path[3];
    asked.ticker = tickers_.find(name);
    const std::string& number = call.path[5];
    const auto [end, trouble] =
        std::from_chars(number.data(), number.data() + number.size(), asked.multiplier);
    if (trouble != std::errc{} || end != number.data() + number.size() || asked.multiplier < 1 ||
        kMultiplierMax < asked.multiplier)
        return bad_request("The parameter 'multiplier' must be a positive integer");
    const std::optional<Timespan> timespan = parse_timespan(call.path[6]);
    if (!timespan) return bad_request("The parameter 'timespan' cannot be '" + call.path[6] + "'");
    asked.timespan = *timespan;
    const Zone zone = asked.ticker != nullptr ? asked.ticker->zone() : Zone::new_york;
    const std::optional<Instant> from = parse_instant(zone, call.path[7], milliseconds{1});
    const std::optional<Instant> to = parse_instant(zone, call.path[8], milliseconds{1});
    if (!from)
        return bad_request(
            "Could not parse the time parameter: 'from'. Use YYYY-MM-DD or Unix MS Timestamps");
    if (!to)
        return bad_request("Could not parse the time parameter: 'to'. Use YYYY-MM-DD or Unix MS Timestamps");
    asked.from = from->time;
    asked.to = to->is_day ? begin_of(zone, to->day + days{1}) : to->time + milliseconds{1};
    if (to->time < from->time)
        return bad_request("The parameter 'to' cannot be a time that occurs before 'from'");
    const std::optional<std::size_t> limit = parse_limit(call.query, kLimitDefault, kLimitMax);
    if (!limit) return bad_request("The parameter 'limit' must be between 1 and 50000");
    asked.limit = *limit;
    const std::string_view sort = call.query.get("sort");
    if (!sort.empty() && sort != "asc" && sort != "desc")
        return bad_request("The parameter 'sort' cannot be '" + std::string{sort} + "'");
    asked.ascending = sort != "desc";
    asked.adjusted = call.query.get("adjusted") != "false";
    const Timestamp today = begin_of(zone, day_of(zone, call.now));
    if (call.plan == Plan::free && today < asked.to) {
        if (today <= asked.from) return not_entitled();
        asked.to = today;
    }

    std::vector<Aggregate> base;
    const Timespan base_span = base_of(asked.timespan);
    if (asked.ticker != nullptr) {
        // Bars are whole: the first one begins with its window.
        const Timestamp first = window_of(zone, asked.timespan, asked.multiplier, asked.from);
        base = base_bars(*asked.ticker, base_span, first, asked.to, call.now);
    }
    const bool more = asked.limit < base.size();
    if (more && asked.ascending) base.resize(asked.limit);
    if (more && !asked.ascending)
        base.erase(base.begin(), base.end() - static_cast<std::ptrdiff_t>(asked.limit));
    const std::size_t used = base.size();
    std::vector<Aggregate> bars = grouped_bars(base, zone, asked.timespan, asked.multiplier);
    // The page ends with a whole bar; the next one begins with the bar that was cut.
    std::string next;
    if (more && 1 < bars.size()) {
        const Timestamp cut = asked.ascending ? bars.back().begin : bars[1].begin;
        if (asked.ascending)
            bars.pop_back();
        else
            bars.erase(bars.begin());
        const auto ms = [](Timestamp time) { return std::to_string(to_ms(time)); };
        const std::string path =
            fmt::format("/v2/aggs/ticker/{}/range/{}/{}/{}/{}", name, asked.multiplier, call.path[6],
                        asked.ascending ? ms(cut) : ms(asked.from),
                        asked.ascending ? ms(asked.to - milliseconds{1}) : ms(cut - milliseconds{1}));
        next = next_url(path, fmt::format("adjusted={}&limit={}&sort={}", asked.adjusted, asked.limit,
                                          asked.ascending ? "asc" : "desc"));
    }
    if (!asked.ascending) std::ranges::reverse(bars);
    out_.begin_object()
        .member("ticker", name)
        .member("queryCount", used)
        .member("resultsCount", bars.size())
        .member("adjusted", asked.adjusted);
    if (!bars.empty()) write_bars(out_, bars, asked.ticker->tick);
    out_.member("status", plan_status(call)).member("request_id", call.id).member("count", bars.size());
    if (!next.empty()) out_.member("next_url", next);
    out_.end_object();
    return ok(call, out_);
}

/// /v2/aggs/ticker/{ticker}/prev
Response Rest::previous_day(Call& call) {
    const std::string& name = call.path[3];
    const Ticker* ticker = tickers_.find(name);
    std::optional<Aggregate> bar;
    if (ticker != nullptr) bar = day_bar(*ticker, day_of(ticker->zone(), call.now) - days{1}, call.now);
    const int count = bar ? 1 : 0;
    out_.begin_object()
        .member("ticker", name)
        .member("queryCount", count)
        .member("resultsCount", count)
        .member("adjusted", call.query.get("adjusted") != "false");
    if (bar) {
        out_.begin_array("results").begin_object().member("T", ticker->rest);
        append_members(out_, *bar, ticker->tick);
        out_.end_object().end_array();
    }
    out_.member("status", "OK").member("request_id", call.id).member("count", count).end_object();
    return ok(call, out_);
}

/// /v2/aggs/grouped/locale/us/market/stocks/{date}, /v2/aggs/grouped/locale/global/market/crypto/{date}
Response Rest::grouped(Call& call, bool stocks, std::string_view date) {
    const std::optional<Day> day = parse_day(date);
    if (!day) return bad_request("Could not parse the time parameter: 'date'. Use YYYY-MM-DD");
    const Zone zone = stocks ? Zone::new_york : Zone::utc;
    if (call.plan == Plan::free && day_of(zone, call.now) <= *day) return not_entitled();
    JsonOut rows;
    rows.begin_array();
    std::size_t count = 0;
    for (const Ticker& ticker : tickers_.all()) {
        if (ticker.is_stock != stocks) continue;
        std::optional<Aggregate> bar = day_bar(ticker, *day, call.now);
        if (!bar) continue;
        rows.begin_object().member("T", ticker.rest);
        append_members(rows, *bar, ticker.tick);
        rows.end_object();
        ++count;
    }
    rows.end_array();
    out_.begin_object()
        .member("queryCount", count)
        .member("resultsCount", count)
        .member("adjusted", call.query.get("adjusted") != "false");
    if (0 < count) out_.raw("results", rows.text());
    out_.member("status", "OK").member("request_id", call.id).member("count", count).end_object();
    return ok(call, out_);
}

/// /v1/open-close/{ticker}/{date}
Response Rest::open_close_stock(Call& call) {
    const Ticker* ticker = tickers_.find(call.path[2]);
    const std::optional<Day> day = parse_day(call.path[3]);
    if (!day) return bad_request("Could not parse the time parameter: 'date'. Use YYYY-MM-DD");
    if (ticker == nullptr || !ticker->is_stock) return not_found("Data not found.");
    if (call.plan == Plan::free && day_of(Zone::new_york, call.now) <= *day) return not_entitled();
    const std::optional<Aggregate> bar = day_bar(*ticker, *day, call.now);
    if (!bar) return not_found("Data not found.");
    // The market trades around the clock, so before and after hours are its open and its close.
    out_.begin_object()
        .member("status", "OK")
        .member("from", day_text(*day))
        .member("symbol", ticker->rest)
        .member("open", bar->values.open)
        .member("high", bar->values.high)
        .member("low", bar->values.low)
        .member("close", bar->values.close)
        .member("volume", bar->values.volume)
        .member("afterHours", bar->values.close)
        .member("preMarket", bar->values.open)
        .end_object();
    return ok(call, out_);
}

/// /v1/open-close/crypto/{from}/{to}/{date}
Response Rest::open_close_crypto(Call& call) {
    const Ticker* ticker = tickers_.find_stream(false, call.path[3] + "-" + call.path[4]);
    const std::optional<Day> day = parse_day(call.path[5]);
    if (!day) return bad_request("Could not parse the time parameter: 'date'. Use YYYY-MM-DD");
    if (ticker == nullptr) return not_found("Data not found.");
    if (call.plan == Plan::free && day_of(Zone::utc, call.now) <= *day) return not_entitled();
    const std::optional<Aggregate> bar = day_bar(*ticker, *day, call.now);
    if (!bar) return not_found("Data not found.");
    const auto edge = [&](std::string_view key, Price price, Timestamp time) {
        out_.begin_array(key)
            .begin_object()
            .member("p", price)
            .member("s", bar->values.volume)
            .member("x", 1)
            .member("t", to_ms(time));
        out_.begin_array("c").element(2).end_array().member("i", std::to_string(to_ms(time)));
        out_.end_object().end_array();
    };
    const Timestamp end = std::min(begin_of(Zone::utc, *day + days{1}), call.now) - milliseconds{1};
    out_.begin_object()
        .member("symbol", ticker->stream)
        .member("isUTC", true)
        .member("day", day_text(*day) + "T00:00:00.000Z")
        .member("open", bar->values.open)
        .member("close", bar->values.close);
    edge("openTrades", bar->values.open, bar->begin);
    edge("closingTrades", bar->values.close, end);
    out_.end_object();
    return ok(call, out_);
}

}  // namespace plumb::exchange::polygon
