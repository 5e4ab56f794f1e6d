#include <algorithm>
#include <array>
#include <charconv>

#include "exchange/coinmarketcap/rest.hpp"

namespace plumb::exchange::coinmarketcap {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr std::size_t kCountDefault = 10;
constexpr std::size_t kCountMax = 10'000;
constexpr Timestamp kLatest{days{84'006}};  // 2200-01-01: what lies later is no time of ours

struct Interval {
    std::string_view name;
    Duration length;
    bool is_candle;  // of OHLCV too
};
constexpr auto kIntervals = std::to_array<Interval>({
    {"5m", minutes{5}, false},   {"10m", minutes{10}, false}, {"15m", minutes{15}, false},
    {"30m", minutes{30}, false}, {"45m", minutes{45}, false}, {"1h", hours{1}, true},
    {"hourly", hours{1}, true},  {"2h", hours{2}, true},      {"3h", hours{3}, true},
    {"4h", hours{4}, true},      {"6h", hours{6}, true},      {"12h", hours{12}, true},
    {"24h", hours{24}, false},   {"1d", days{1}, true},       {"daily", days{1}, true},
    {"2d", days{2}, true},       {"3d", days{3}, true},       {"7d", days{7}, true},
    {"weekly", days{7}, true},   {"14d", days{14}, true},     {"15d", days{15}, true},
    {"30d", days{30}, true},     {"monthly", days{30}, true}, {"60d", days{60}, true},
    {"90d", days{90}, true},     {"365d", days{365}, true},   {"yearly", days{365}, true},
});

/// ISO 8601 or seconds since 1970.
std::optional<Timestamp> parse_time(std::string_view text) {
    std::int64_t seconds = 0;
    const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (!text.empty() && trouble == std::errc{} && end == text.data() + text.size()) {
        if (seconds < 0 || (kLatest.time_since_epoch() / std::chrono::seconds{1}) < seconds)
            return std::nullopt;
        return Timestamp{std::chrono::seconds{seconds}};
    }
    const Result<Timestamp> time = parse_timestamp(text);
    if (!time || *time < Timestamp{} || kLatest < *time) return std::nullopt;
    return *time;
}

/// What spans of history are asked for.
struct Asked {
    Duration length = days{1};
    std::optional<Timestamp> from;  // exclusive
    Timestamp to;                   // inclusive
    std::size_t count = kCountDefault;
};

std::optional<Asked> parse_asked(const Form& query, Duration fallback, bool candles, Timestamp now,
                                 std::string& wrong) {
    Asked asked{fallback, std::nullopt, now, kCountDefault};
    if (query.has("interval")) {
        const auto found = std::ranges::find(kIntervals, query.get("interval"), &Interval::name);
        if (found == kIntervals.end() || (candles && !found->is_candle)) {
            wrong =
                "\"interval\" must be one of [hourly, daily, weekly, monthly, yearly, 1h, 2h, 3h, 4h, 6h, "
                "12h, "
                "1d, 2d, 3d, 7d, 14d, 15d, 30d, 60d, 90d, 365d]";
            return std::nullopt;
        }
        asked.length = found->length;
    } else if (candles && query.get("time_period") == "hourly") {
        asked.length = hours{1};
    }
    if (candles && query.has("time_period") && query.get("time_period") != "hourly" &&
        query.get("time_period") != "daily") {
        wrong = "\"time_period\" must be one of [daily, hourly]";
        return std::nullopt;
    }
    for (const char* name : {"time_start", "time_end"}) {
        if (!query.has(name)) continue;
        const std::optional<Timestamp> time = parse_time(query.get(name));
        if (!time) {
            wrong = std::string{"\""} + name + "\" must be a valid ISO 8601 timestamp or unix time value";
            return std::nullopt;
        }
        if (name == std::string_view{"time_start"})
            asked.from = *time;
        else
            asked.to = std::min(now, *time);
    }
    if (query.has("count")) {
        const std::string_view text = query.get("count");
        const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), asked.count);
        if (trouble != std::errc{} || end != text.data() + text.size() || asked.count < 1 ||
            kCountMax < asked.count) {
            wrong = "\"count\" must be between 1 and 10000";
            return std::nullopt;
        }
    } else if (asked.from) {
        asked.count = kCountMax;  // both ends given: all between them
    }
    return asked;
}

/// The bars asked for, oldest first: the newest `count` up to the end, or all after the start.
std::vector<DetailedBar> bars_asked(const PastMarket& past, InstrumentId market, const Asked& asked,
                                    Timestamp now) {
    const Timestamp earliest = past.begins_at();
    const auto span = static_cast<std::int64_t>(asked.count) * asked.length;
    Timestamp from = asked.from ? *asked.from + Duration{1} : std::max(earliest, asked.to - span);
    from = std::max(from, earliest);
    std::vector<DetailedBar> bars =
        past.detailed_bars(market, asked.length, from, asked.to + Duration{1}, kCountMax, now);
    if (!asked.from && asked.count < bars.size())
        bars.erase(bars.begin(), bars.end() - static_cast<std::ptrdiff_t>(asked.count));
    if (asked.count < bars.size()) bars.resize(asked.count);
    return bars;
}

Decimal rounded(Decimal value) { return value.quantized(Decimal::power_of_ten(-8), Rounding::nearest); }

Decimal cap_of(const Coin& coin, Price price) {
    const Result<Decimal> cap = Decimal::multiply(price.value, coin.supply);
    return cap ? *cap : Decimal{};
}

}  // namespace

void Rest::write_candles(JsonOut& out, const Coin& coin, std::span<const DetailedBar> bars, Timestamp now,
                         bool is_open) {
    out.begin_object().member("id", coin.id).member("name", coin.name).member("symbol", coin.symbol);
    if (is_open) out.time("last_updated", now, 3).time("time_open", bars.front().bar.open_time, 3);
    if (!is_open) out.begin_array("quotes");
    for (const DetailedBar& one : bars) {
        const ClosedBar& bar = one.bar;
        const Timestamp end = bar.close_time() - milliseconds{1};
        if (!is_open) out.begin_object().time("time_open", bar.open_time, 3);
        if (is_open)
            out.null("time_close").null("time_high").null("time_low");
        else
            out.time("time_close", end, 3).time("time_high", end, 3).time("time_low", bar.open_time, 3);
        out.begin_object("quote").begin_object("USD");
        out.member("open", bar.values.open)
            .member("high", bar.values.high)
            .member("low", bar.values.low)
            .member("close", bar.values.close)
            .member("volume", rounded(one.detail.value.value))
            .member("market_cap", rounded(cap_of(coin, bar.values.close)));
        out.time(is_open ? "last_updated" : "timestamp", is_open ? now : end, 3);
        out.end_object().end_object();
        if (!is_open) out.end_object();
    }
    if (!is_open) out.end_array();
    out.end_object();
}

/// Candles of days and hours in USD. `volume` is what was traded in the candle.
Rest::Answer Rest::ohlcv_historical(const Call& call) {
    const auto chosen = choose(call, true);
    if (!chosen) return std::unexpected(chosen.error());
    const auto in = units(call);
    if (!in) return std::unexpected(in.error());
    if (in->size() != 1 || in->front().coin != nullptr)
        return std::unexpected(Refused{400, 400, "\"convert\" must be USD"});
    std::string wrong;
    const std::optional<Asked> asked = parse_asked(call.query, days{1}, true, call.now, wrong);
    if (!asked) return std::unexpected(Refused{400, 400, wrong});
    JsonOut out;
    std::size_t points = 0;
    const bool single = chosen->coins.size() == 1 && chosen->by != "slug";
    if (!single) out.begin_object();
    for (std::size_t i = 0; i < chosen->coins.size(); ++i) {
        const Coin& coin = *chosen->coins[i];
        const std::vector<DetailedBar> bars = bars_asked(past_, coin.market, *asked, call.now);
        points += bars.size();
        JsonOut row;
        write_candles(row, coin, bars, call.now, false);
        if (single) return Answered{row.take(), credits_for(points, 100), std::nullopt};
        out.raw(chosen->asked[i], row.text());
    }
    out.end_object();
    return Answered{out.take(), credits_for(points, 100), std::nullopt};
}

/// The present UTC day so far.
Rest::Answer Rest::ohlcv_latest(const Call& call) {
    const auto chosen = choose(call, true);
    if (!chosen) return std::unexpected(chosen.error());
    JsonOut out;
    out.begin_object();
    for (std::size_t i = 0; i < chosen->coins.size(); ++i) {
        const Coin& coin = *chosen->coins[i];
        const auto open = past_.detailed_open_bar(coin.market, days{1}, call.now);
        if (!open) continue;
        const OpenBar& bar = open->bar;
        const DetailedBar day{{bar.instrument, bar.origin, bar.open_time, bar.length, bar.values},
                              open->detail};
        JsonOut row;
        write_candles(row, coin, std::span{&day, 1}, call.now, true);
        out.raw(chosen->asked[i], row.text());
    }
    out.end_object();
    return Answered{out.take(), credits_for(chosen->coins.size(), 100), std::nullopt};
}

/// Prices at the ends of intervals, in USD.
Rest::Answer Rest::quotes_historical(const Call& call) {
    const auto chosen = choose(call, true);
    if (!chosen) return std::unexpected(chosen.error());
    std::string wrong;
    const std::optional<Asked> asked = parse_asked(call.query, minutes{5}, false, call.now, wrong);
    if (!asked) return std::unexpected(Refused{400, 400, wrong});
    JsonOut out;
    std::size_t points = 0;
    const bool single = chosen->coins.size() == 1 && chosen->by == "id";
    if (!single) out.begin_object();
    for (std::size_t i = 0; i < chosen->coins.size(); ++i) {
        const Coin& coin = *chosen->coins[i];
        const std::vector<DetailedBar> bars = bars_asked(past_, coin.market, *asked, call.now);
        points += bars.size();
        JsonOut row;
        row.begin_object().member("id", coin.id).member("name", coin.name).member("symbol", coin.symbol);
        row.member("is_active", 1).member("is_fiat", 0).begin_array("quotes");
        for (const DetailedBar& one : bars) {
            const Timestamp end = one.bar.close_time();
            row.begin_object().time("timestamp", end, 3).begin_object("quote").begin_object("USD");
            row.member("price", one.bar.values.close)
                .member("volume_24h", rounded(one.detail.value.value))
                .member("market_cap", rounded(cap_of(coin, one.bar.values.close)))
                .member("circulating_supply", coin.supply)
                .member("total_supply", coin.supply)
                .time("timestamp", end, 3);
            row.end_object().end_object().end_object();
        }
        row.end_array().end_object();
        if (single) return Answered{row.take(), credits_for(points, 100), std::nullopt};
        out.raw(chosen->asked[i], row.text());
    }
    out.end_object();
    return Answered{out.take(), credits_for(points, 100), std::nullopt};
}

}  // namespace plumb::exchange::coinmarketcap
