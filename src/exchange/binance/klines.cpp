#include "exchange/binance/klines.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace plumb::exchange::binance {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array kIntervals{
    Interval{"1s", seconds{1}},     Interval{"1m", minutes{1}},   Interval{"3m", minutes{3}},
    Interval{"5m", minutes{5}},     Interval{"15m", minutes{15}}, Interval{"30m", minutes{30}},
    Interval{"1h", hours{1}},       Interval{"2h", hours{2}},     Interval{"4h", hours{4}},
    Interval{"6h", hours{6}},       Interval{"8h", hours{8}},     Interval{"12h", hours{12}},
    Interval{"1d", days{1}},        Interval{"3d", days{3}},      Interval{"1w", days{7}},
    Interval{"1M", days{31}, true},
};
constexpr Duration kMonday = days{4};  // 1970-01-05
constexpr std::size_t kTradesMax = 10'000;
constexpr std::size_t kPartsMax = 200'000;  // bars that are put together for one answer

Timestamp floor_to(Timestamp time, Duration length, Duration offset) {
    const std::int64_t since = (time.time_since_epoch() + offset).count();
    const std::int64_t rest = ((since % length.count()) + length.count()) % length.count();
    return time - Duration{rest};
}

void extend(Kline& kline, const Ohlcv& part, const BarDetail& detail, bool first) {
    const Quantity volume = part.volume;
    if (!volume.is_zero()) {
        const Decimal share = detail.bought.value / volume.value;
        kline.value += detail.value;
        kline.trades += static_cast<std::int64_t>(detail.trades);
        kline.taker_quantity += detail.bought;
        kline.taker_value += detail.value * share;
    }
    if (first) {
        kline.values = part;
        return;
    }
    kline.values.high = std::max(kline.values.high, part.high);
    kline.values.low = std::min(kline.values.low, part.low);
    kline.values.close = part.close;
    kline.values.volume += part.volume;
}

/// Prices and volumes of the range, from the trades that are kept: seconds.
std::vector<Kline> from_trades(const Desk& desk, const Symbol& symbol, const Interval& interval,
                               Timestamp from, Timestamp to) {
    std::vector<Kline> bars;
    for (const PastTrade& trade : desk.past.trades(symbol.id, from, to, kTradesMax)) {
        const Timestamp open = bar_open(interval, trade.at);
        const bool first = bars.empty() || bars.back().open_time != open;
        if (first) bars.push_back({open, bar_end(interval, open), {}, {}, 0, {}, {}});
        const bool buys = trade.aggressor == Side::buy;
        extend(bars.back(), {trade.price, trade.price, trade.price, trade.price, trade.quantity},
               {trade.price * trade.quantity, buys ? trade.quantity : Quantity{}, 1}, first);
    }
    return bars;
}

/// The same from the past's bars: those of the interval itself, or the largest ones that fit between its
/// boundaries. Ends with what is known of the bar that is forming.
std::vector<Kline> from_bars(const Desk& desk, const Symbol& symbol, const Interval& interval,
                             const KlineRange& range, Timestamp from, Timestamp to, Timestamp now) {
    const bool direct = !interval.is_month && range.offset == Duration{};
    Duration length = interval.length;
    if (!direct) {
        const Duration fits = range.offset == Duration{}              ? Duration{days{1}}
                              : range.offset % hours{1} == Duration{} ? Duration{hours{1}}
                                                                      : Duration{minutes{15}};
        length = std::min(interval.length, fits);
        if (range.offset % length != Duration{}) length = minutes{1};
    }
    std::vector<Kline> bars;
    const auto take = [&](Timestamp at, const Ohlcv& values, const BarDetail& detail) {
        const Timestamp open = bar_open(interval, at, range.offset);
        const bool first = bars.empty() || bars.back().open_time != open;
        if (first) bars.push_back({open, bar_end(interval, open, range.offset), {}, {}, 0, {}, {}});
        extend(bars.back(), values, detail, first);
    };
    const std::size_t count = direct ? range.limit : kPartsMax;
    for (const auto& [bar, detail] : desk.past.detailed_bars(symbol.id, length, from, to, count, now))
        take(bar.open_time, bar.values, detail);
    if (now < to) {
        if (const auto open = desk.past.detailed_open_bar(symbol.id, length, now);
            open && from <= open->bar.open_time)
            take(open->bar.open_time, open->bar.values, open->detail);
    }
    return bars;
}

/// Flat bars where nothing was traded, up to `to`.
std::vector<Kline> without_gaps(std::vector<Kline> bars, const Interval& interval, const KlineRange& range,
                                Timestamp to) {
    std::vector<Kline> whole;
    for (const Kline& bar : bars) {
        while (!whole.empty() && whole.back().end < bar.open_time && whole.size() < range.limit) {
            const Price close = whole.back().values.close;
            const Timestamp open = whole.back().end;
            whole.push_back({open,
                             bar_end(interval, open, range.offset),
                             {close, close, close, close, {}},
                             {},
                             0,
                             {},
                             {}});
        }
        if (whole.size() < range.limit) whole.push_back(bar);
    }
    while (!whole.empty() && whole.back().end < to && whole.size() < range.limit) {
        const Price close = whole.back().values.close;
        const Timestamp open = whole.back().end;
        whole.push_back(
            {open, bar_end(interval, open, range.offset), {close, close, close, close, {}}, {}, 0, {}, {}});
    }
    return whole;
}

/// Hours and minutes "-1:00", "05:45", "8" in [-12:00, +14:00].
std::optional<Duration> parse_time_zone(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    const auto digits = [](std::string_view part) -> int {
        if (part.empty() || 2 < part.size()) return -1;
        int number = 0;
        for (const char c : part) {
            if (c < '0' || '9' < c) return -1;
            number = number * 10 + (c - '0');
        }
        return number;
    };
    const std::size_t colon = text.find(':');
    const int hour = digits(text.substr(0, colon));
    const int minute = colon == std::string_view::npos ? 0 : digits(text.substr(colon + 1));
    if (hour < 0 || minute < 0 || 59 < minute) return std::nullopt;
    const Duration offset = (hours{hour} + minutes{minute}) * (negative ? -1 : 1);
    if (offset < -hours{12} || hours{14} < offset) return std::nullopt;
    return offset;
}

struct KlineQuestion {
    const Symbol* symbol = nullptr;
    Interval interval;
    KlineRange range;
};

Checked<KlineQuestion> read_question(Desk& desk, const Call& call, std::string_view symbol_name) {
    KlineQuestion question;
    const auto symbol = desk.symbols.need(call.parameters, symbol_name);
    if (!symbol) return refuse(symbol.error());
    question.symbol = *symbol;
    const auto name = call.parameters.need_text("interval");
    if (!name) return refuse(name.error());
    const auto interval = find_interval(*name);
    if (!interval || (!desk.is_spot() && interval->length < minutes{1}))
        return refuse(-1120, "Invalid interval.");
    question.interval = *interval;
    const auto start = call.parameters.time("startTime");
    const auto end = call.parameters.time("endTime");
    const auto limit = call.parameters.limit(500, desk.is_spot() ? 1000 : 1500);
    if (!start) return refuse(start.error());
    if (!end) return refuse(end.error());
    if (!limit) return refuse(limit.error());
    question.range = {*start, *end, *limit, {}};
    if (const auto zone = call.parameters.text("timeZone"); !zone) {
        return refuse(zone.error());
    } else if (*zone) {
        const auto offset = parse_time_zone(**zone);
        if (!offset) return invalid_data("timeZone");
        question.range.offset = *offset;
    }
    return question;
}

int futures_weight(std::size_t limit) { return limit < 100 ? 1 : limit < 500 ? 2 : limit <= 1000 ? 5 : 10; }

Answer answer_klines(Desk& desk, Call& call, std::string_view symbol_name, bool with_volume) {
    const auto question = read_question(desk, call, symbol_name);
    if (!question) return refuse(question.error());
    if (!desk.is_spot()) call.extra_weight = futures_weight(question->range.limit) - 1;
    JsonWriter json;
    json.open_list();
    for (Kline kline : find_klines(desk, *question->symbol, question->interval, question->range, call.now)) {
        if (!with_volume) {
            kline.values.volume = kline.taker_quantity = {};
            kline.value = kline.taker_value = {};
        }
        write_kline(json, kline, *question->symbol, call.unit);
    }
    return json.close_list().take();
}

}  // namespace

std::optional<Interval> find_interval(std::string_view name) {
    const auto found = std::ranges::find(kIntervals, name, &Interval::name);
    if (found == kIntervals.end()) return std::nullopt;
    return *found;
}

std::span<const Interval> intervals() { return kIntervals; }

Timestamp bar_open(const Interval& interval, Timestamp time, Duration offset) {
    if (interval.is_month) {
        const std::chrono::year_month_day date{std::chrono::floor<days>(time + offset)};
        return Timestamp{std::chrono::sys_days{date.year() / date.month() / 1}} - offset;
    }
    return floor_to(time, interval.length, offset - (interval.length == days{7} ? kMonday : Duration{}));
}

Timestamp bar_end(const Interval& interval, Timestamp open, Duration offset) {
    if (!interval.is_month) return open + interval.length;
    return bar_open(interval, open + days{32}, offset);
}

std::vector<Kline> find_klines(const Desk& desk, const Symbol& symbol, const Interval& interval,
                               const KlineRange& range, Timestamp now) {
    const Timestamp last = range.end ? std::min(*range.end, now) : now;
    const Timestamp to = bar_end(interval, bar_open(interval, last, range.offset), range.offset);
    Timestamp from = bar_open(interval, desk.past.begins_at(), range.offset);
    if (range.start) {
        if (last < *range.start) return {};
        // A bar belongs to the range when it opens in it.
        Timestamp open = bar_open(interval, std::max(*range.start, from), range.offset);
        if (open < *range.start) open = std::max(from, bar_end(interval, open, range.offset));
        from = std::max(from, open);
    } else {
        Timestamp first = bar_open(interval, last, range.offset);
        for (std::size_t i = 1; interval.is_month && i < range.limit && from < first; ++i)
            first = bar_open(interval, first - Duration{1}, range.offset);
        if (!interval.is_month) first -= interval.length * static_cast<std::int64_t>(range.limit - 1);
        from = std::max(from, first);
    }
    if (last < from) return {};
    std::vector<Kline> bars = interval.length < minutes{1}
                                  ? from_trades(desk, symbol, interval, from, std::min(to, now))
                                  : from_bars(desk, symbol, interval, range, from, to, now);
    return without_gaps(std::move(bars), interval, range, to);
}

std::optional<Kline> kline_at(const Desk& desk, const Symbol& symbol, const Interval& interval,
                              Timestamp open, Duration offset, Timestamp now) {
    std::vector<Kline> bars = find_klines(desk, symbol, interval, {open, open, 1, offset}, now);
    if (!bars.empty()) return bars.front();
    const Price last = desk.model.last_price(symbol.id);
    if (last.is_zero()) return std::nullopt;
    return Kline{open, bar_end(interval, open, offset), {last, last, last, last, {}}, {}, 0, {}, {}};
}

void write_kline(JsonWriter& json, const Kline& kline, const Symbol& symbol, TimeUnit unit) {
    const Duration tick = unit == TimeUnit::milliseconds ? Duration{std::chrono::milliseconds{1}}
                                                         : Duration{std::chrono::microseconds{1}};
    json.open_list();
    json.number({}, stamp(kline.open_time, unit));
    for (const Price price : {kline.values.open, kline.values.high, kline.values.low, kline.values.close})
        json.fixed({}, price.value, symbol.price_decimals);
    json.fixed({}, kline.values.volume.value, symbol.quantity_decimals);
    json.number({}, stamp(kline.end - tick, unit));
    json.fixed({}, kline.value.value, kAssetDecimals);
    json.number({}, kline.trades);
    json.fixed({}, kline.taker_quantity.value, symbol.quantity_decimals);
    json.fixed({}, kline.taker_value.value, kAssetDecimals);
    json.text({}, "0").close_list();
}

Answer klines(Desk& desk, Call& call) { return answer_klines(desk, call, "symbol", true); }
Answer mark_price_klines(Desk& desk, Call& call) { return answer_klines(desk, call, "symbol", false); }
Answer index_price_klines(Desk& desk, Call& call) { return answer_klines(desk, call, "pair", false); }
Answer continuous_klines(Desk& desk, Call& call) {
    const auto type = call.parameters.need_text("contractType");
    if (!type) return refuse(type.error());
    if (*type != "PERPETUAL") return refuse(-4104, "Invalid contract type");
    return answer_klines(desk, call, "pair", true);
}

Answer premium_index_klines(Desk& desk, Call& call) {
    const auto question = read_question(desk, call, "symbol");
    if (!question) return refuse(question.error());
    call.extra_weight = futures_weight(question->range.limit) - 1;
    const MarkChanged mark = desk.model.mark(question->symbol->id);
    const Decimal premium =
        mark.index.is_zero() ? Decimal{} : (mark.mark.value - mark.index.value) / mark.index.value;
    JsonWriter json;
    json.open_list();
    // The premium is not kept: what it is now stands in the bar that is forming.
    const auto bars = find_klines(desk, *question->symbol, question->interval, question->range, call.now);
    for (const Kline& bar : bars) {
        if (bar.end <= call.now) continue;
        json.open_list().number({}, call.stamp(bar.open_time));
        for (int i = 0; i < 4; ++i) json.fixed({}, premium, kAssetDecimals);
        json.text({}, "0").number({}, call.stamp(bar.end) - 1).text({}, "0").number({}, 0);
        for (int i = 0; i < 3; ++i) json.text({}, "0");
        json.close_list();
    }
    return json.close_list().take();
}

}  // namespace plumb::exchange::binance
