#include <algorithm>
#include <charconv>

#include "exchange/binance/day_numbers.hpp"
#include "exchange/binance/market_answers.hpp"

namespace plumb::exchange::binance {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::size_t kMinutesMax = 8 * 24 * 60;

void name_trades(const Desk& desk, const Symbol& symbol, WindowNumbers& numbers) {
    numbers.last_trade = desk.memory[symbol.id.value].last_trade;
    const auto count = static_cast<TradeNumber>(std::max<std::int64_t>(0, numbers.trades));
    numbers.first_trade = count < numbers.last_trade ? numbers.last_trade - count + 1 : 1;
}

/// "1m".."59m", "1h".."23h", "1d".."7d".
std::optional<Duration> parse_window(std::string_view text) {
    if (text.size() < 2 || 3 < text.size()) return std::nullopt;
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size() - 1, count);
    if (error != std::errc{} || end != text.data() + text.size() - 1 || count < 1) return std::nullopt;
    switch (text.back()) {
        case 'm': return count <= 59 ? std::optional<Duration>{minutes{count}} : std::nullopt;
        case 'h': return count <= 23 ? std::optional<Duration>{hours{count}} : std::nullopt;
        case 'd': return count <= 7 ? std::optional<Duration>{days{count}} : std::nullopt;
        default: return std::nullopt;
    }
}

/// Which shape: FULL, or MINI without what can be computed from the rest.
Checked<bool> wants_full(const Parameters& parameters) {
    const auto type = parameters.text("type");
    if (!type) return refuse(type.error());
    if (!*type || **type == "FULL") return true;
    if (**type == "MINI") return false;
    return refuse(-1139, "Invalid ticker type.");
}

void write_window(JsonWriter& json, const Call& call, const Symbol& symbol, const WindowNumbers& numbers,
                  bool full) {
    const int decimals = symbol.price_decimals;
    if (full) {
        json.fixed("priceChange", numbers.change(), decimals)
            .fixed("priceChangePercent", numbers.change_percent(), 3);
        json.fixed("weightedAvgPrice", numbers.weighted_average().value, decimals);
    }
    json.fixed("openPrice", numbers.open.value, decimals).fixed("highPrice", numbers.high.value, decimals);
    json.fixed("lowPrice", numbers.low.value, decimals).fixed("lastPrice", numbers.last.value, decimals);
    json.fixed("volume", numbers.volume.value, symbol.quantity_decimals);
    json.fixed("quoteVolume", numbers.value.value, kAssetDecimals);
    json.number("openTime", call.stamp(numbers.opened_at)).number("closeTime", call.stamp(numbers.closed_at));
    json.number("firstId", static_cast<std::int64_t>(numbers.first_trade));
    json.number("lastId", static_cast<std::int64_t>(numbers.last_trade)).number("count", numbers.trades);
}

void write_day(JsonWriter& json, const Desk& desk, const Call& call, const Symbol& symbol) {
    const WindowNumbers numbers = day_numbers(desk, symbol, call.now);
    const int decimals = symbol.price_decimals;
    const Quantity last_quantity = desk.memory[symbol.id.value].last_quantity;
    json.fixed("priceChange", numbers.change(), decimals)
        .fixed("priceChangePercent", numbers.change_percent(), 3);
    json.fixed("weightedAvgPrice", numbers.weighted_average().value, decimals);
    if (desk.is_spot()) json.fixed("prevClosePrice", numbers.open.value, decimals);
    json.fixed("lastPrice", numbers.last.value, decimals)
        .fixed("lastQty", last_quantity.value, symbol.quantity_decimals);
    if (desk.is_spot()) {
        const QuoteChanged quote = desk.model.quote(symbol.id);
        json.fixed("bidPrice", quote.bid.value, decimals)
            .fixed("bidQty", quote.bid_quantity.value, symbol.quantity_decimals);
        json.fixed("askPrice", quote.ask.value, decimals)
            .fixed("askQty", quote.ask_quantity.value, symbol.quantity_decimals);
    }
    json.fixed("openPrice", numbers.open.value, decimals).fixed("highPrice", numbers.high.value, decimals);
    json.fixed("lowPrice", numbers.low.value, decimals);
    json.fixed("volume", numbers.volume.value, symbol.quantity_decimals);
    json.fixed("quoteVolume", numbers.value.value, kAssetDecimals);
    json.number("openTime", call.stamp(numbers.opened_at)).number("closeTime", call.stamp(numbers.closed_at));
    json.number("firstId", static_cast<std::int64_t>(numbers.first_trade));
    json.number("lastId", static_cast<std::int64_t>(numbers.last_trade)).number("count", numbers.trades);
}

/// One object for `symbol`, a list for `symbols` and for all.
template <class Write>
std::string write_choice(const SymbolTable::Choice& choice, Write write) {
    JsonWriter json;
    if (!choice.is_one) json.open_list();
    for (const Symbol* symbol : choice.symbols) {
        json.open().text("symbol", symbol->name);
        write(json, *symbol);
        json.close();
    }
    if (!choice.is_one) json.close_list();
    return json.take();
}

/// Leaves out what has another status; one symbol alone is refused with -1220.
Checked<bool> filter_status(const Desk& desk, const Parameters& parameters, SymbolTable::Choice& choice) {
    const auto status = parameters.text("symbolStatus");
    if (!status) return refuse(status.error());
    if (!*status) return true;
    if (**status != "TRADING" && **status != "HALT" && **status != "BREAK")
        return refuse(-1122, "Invalid symbolStatus.");
    std::erase_if(choice.symbols, [&](const Symbol* symbol) {
        return (desk.model.status(symbol->id) == TradingStatus::open) != (**status == "TRADING");
    });
    if (choice.is_one && choice.symbols.empty())
        return refuse(-1220, "The symbol's status does not match the requested symbolStatus.");
    return true;
}

Checked<SymbolTable::Choice> choose(const Desk& desk, const Parameters& parameters, bool may_be_all) {
    auto choice = desk.symbols.choose(parameters, may_be_all);
    if (!choice) return choice;
    if (auto filtered = filter_status(desk, parameters, *choice); !filtered) return refuse(filtered.error());
    return choice;
}

Answer windows(Desk& desk, Call& call, Timestamp (*opens)(Timestamp now, Duration window), Duration window) {
    const auto full = wants_full(call.parameters);
    if (!full) return refuse(full.error());
    const auto choice = choose(desk, call.parameters, false);
    if (!choice) return refuse(choice.error());
    if (100 < choice->symbols.size()) return refuse(-1101, "Too many parameters sent for this endpoint.");
    call.extra_weight = static_cast<int>(std::min<std::size_t>(200, 4 * choice->symbols.size())) - 4;
    return write_choice(*choice, [&](JsonWriter& json, const Symbol& symbol) {
        write_window(json, call, symbol, window_numbers(desk, symbol, opens(call.now, window), call.now),
                     *full);
    });
}

}  // namespace

Decimal WindowNumbers::change_percent() const {
    return open.is_zero() ? Decimal{} : change() * Decimal{100} / open.value;
}

WindowNumbers day_numbers(const Desk& desk, const Symbol& symbol, Timestamp now) {
    const DaySummary day = desk.past.day(symbol.id, now);
    WindowNumbers numbers{day.open,
                          day.high,
                          day.low,
                          day.last,
                          day.volume,
                          day.value,
                          static_cast<std::int64_t>(day.trades),
                          0,
                          0,
                          now - days{1},
                          now};
    const Price last = desk.model.last_price(symbol.id);
    if (!last.is_zero()) numbers.last = last;
    name_trades(desk, symbol, numbers);
    return numbers;
}

WindowNumbers window_numbers(const Desk& desk, const Symbol& symbol, Timestamp from, Timestamp now) {
    WindowNumbers numbers;
    numbers.opened_at = from;
    numbers.closed_at = now;
    const auto add = [&](const Ohlcv& bar, const BarDetail& detail) {
        const bool first = numbers.open.is_zero();
        if (first) numbers.open = bar.open;
        numbers.high = first ? bar.high : std::max(numbers.high, bar.high);
        numbers.low = first ? bar.low : std::min(numbers.low, bar.low);
        numbers.last = bar.close;
        numbers.volume += bar.volume;
        numbers.value += detail.value;
        numbers.trades += static_cast<std::int64_t>(detail.trades);
    };
    for (const auto& [bar, detail] :
         desk.past.detailed_bars(symbol.id, minutes{1}, from, now, kMinutesMax, now))
        add(bar.values, detail);
    if (const auto open = desk.past.detailed_open_bar(symbol.id, minutes{1}, now);
        open && from <= open->bar.open_time)
        add(open->bar.values, open->detail);
    name_trades(desk, symbol, numbers);
    return numbers;
}

Answer day_ticker(Desk& desk, Call& call) {
    const auto full = wants_full(call.parameters);
    if (!full) return refuse(full.error());
    const auto choice = choose(desk, call.parameters, true);
    if (!choice) return refuse(choice.error());
    const std::size_t count = choice->symbols.size();
    if (desk.is_spot())
        call.extra_weight = choice->is_all || 100 < count ? 78 : 20 < count ? 38 : 0;
    else
        call.extra_weight = choice->is_all ? 39 : 0;
    return write_choice(*choice, [&](JsonWriter& json, const Symbol& symbol) {
        if (*full)
            write_day(json, desk, call, symbol);
        else
            write_window(json, call, symbol, day_numbers(desk, symbol, call.now), false);
    });
}

Answer price_ticker(Desk& desk, Call& call) {
    const auto choice = choose(desk, call.parameters, true);
    if (!choice) return refuse(choice.error());
    call.extra_weight = choice->is_one ? 0 : desk.is_spot() ? 2 : 1;
    return write_choice(*choice, [&](JsonWriter& json, const Symbol& symbol) {
        json.fixed("price", desk.model.last_price(symbol.id).value, symbol.price_decimals);
        if (!desk.is_spot()) json.number("time", call.stamp(call.now));
    });
}

Answer book_ticker(Desk& desk, Call& call) {
    const auto choice = choose(desk, call.parameters, true);
    if (!choice) return refuse(choice.error());
    call.extra_weight = choice->is_one ? 0 : desk.is_spot() ? 2 : 3;
    return write_choice(*choice, [&](JsonWriter& json, const Symbol& symbol) {
        const QuoteChanged quote = desk.model.quote(symbol.id);
        json.fixed("bidPrice", quote.bid.value, symbol.price_decimals)
            .fixed("bidQty", quote.bid_quantity.value, symbol.quantity_decimals);
        json.fixed("askPrice", quote.ask.value, symbol.price_decimals)
            .fixed("askQty", quote.ask_quantity.value, symbol.quantity_decimals);
        if (!desk.is_spot())
            json.number("time", call.stamp(call.now))
                .number("lastUpdateId", static_cast<std::int64_t>(desk.model.book_sequence(symbol.id)));
    });
}

Answer rolling_ticker(Desk& desk, Call& call) {
    const auto text = call.parameters.text("windowSize");
    if (!text) return refuse(text.error());
    const auto window = parse_window(text->value_or("1d"));
    if (!window) return invalid_data("windowSize");
    return windows(
        desk, call,
        [](Timestamp now, Duration length) -> Timestamp { return std::chrono::floor<minutes>(now - length); },
        *window);
}

Answer trading_day_ticker(Desk& desk, Call& call) {
    return windows(desk, call,
                   [](Timestamp now, Duration) -> Timestamp { return std::chrono::floor<days>(now); }, {});
}

}  // namespace plumb::exchange::binance
