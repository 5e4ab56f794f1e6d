#include "exchange/binance/stream_name.hpp"

#include <array>

namespace plumb::exchange::binance {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// The part before the next '@'.
std::string_view next_part(std::string_view& rest) {
    const std::string_view part = rest.substr(0, rest.find('@'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    return part;
}

std::optional<Duration> parse_speed(std::string_view text) {
    if (text == "100ms") return milliseconds{100};
    if (text == "250ms") return milliseconds{250};
    if (text == "500ms") return milliseconds{500};
    if (text == "1000ms") return milliseconds{1000};
    return std::nullopt;
}

std::optional<StreamName> parse_all(const Desk& desk, std::string_view text) {
    StreamName name;
    name.period = seconds{1};
    if (text == "!miniTicker@arr")
        name.kind = StreamKind::all_mini_tickers;
    else if (text == "!ticker@arr")
        name.kind = StreamKind::all_tickers;
    else if (desk.is_spot())
        return std::nullopt;
    else if (text == "!bookTicker")
        name.kind = StreamKind::all_book_tickers;
    else if (text == "!forceOrder@arr")
        name.kind = StreamKind::all_forced_orders;
    else if (text == "!markPrice@arr" || text == "!markPrice@arr@1s") {
        name.kind = StreamKind::all_mark_prices;
        name.period = text.ends_with("@1s") ? seconds{1} : seconds{3};
    } else
        return std::nullopt;
    return name;
}

/// "depth", "depth10", with or without a speed.
std::optional<StreamName> parse_depth(const Desk& desk, StreamName name, std::string_view levels,
                                      std::string_view speed) {
    name.kind = StreamKind::depth;
    name.period = desk.is_spot() ? milliseconds{1000} : milliseconds{250};
    if (!levels.empty()) {
        name.kind = StreamKind::partial_depth;
        name.levels = levels == "5" ? 5 : levels == "10" ? 10 : levels == "20" ? 20 : 0;
        if (name.levels == 0) return std::nullopt;
    }
    if (!speed.empty()) {
        const auto period = parse_speed(speed);
        if (!period) return std::nullopt;
        name.period = *period;
    }
    return name;
}

std::optional<StreamName> parse_kline(const Desk& desk, StreamName name, std::string_view interval,
                                      std::string_view zone) {
    const auto found = find_interval(interval);
    if (!found || (!desk.is_spot() && found->length < std::chrono::minutes{1})) return std::nullopt;
    name.kind = StreamKind::kline;
    name.interval = *found;
    name.period = !desk.is_spot()               ? milliseconds{250}
                  : found->length == seconds{1} ? milliseconds{1000}
                                                : milliseconds{2000};
    if (zone == "+08:00")
        name.offset = hours{8};
    else if (!zone.empty())
        return std::nullopt;
    return name;
}

std::optional<StreamName> parse_window(StreamName name, std::string_view window) {
    const auto interval = find_interval(window);
    if (!interval || (window != "1h" && window != "4h" && window != "1d")) return std::nullopt;
    name.kind = StreamKind::window_ticker;
    name.interval = *interval;
    name.period = seconds{1};
    return name;
}

}  // namespace

std::optional<StreamName> parse_stream_name(const Desk& desk, std::string_view text) {
    if (text.starts_with('!')) return parse_all(desk, text);
    std::string_view rest = text;
    const Symbol* symbol = desk.symbols.find_lower(next_part(rest));
    if (symbol == nullptr) return std::nullopt;
    const std::string_view what = next_part(rest);
    const std::string_view how = rest;
    StreamName name;
    name.instrument = symbol->id;
    if (what.starts_with("depth")) return parse_depth(desk, name, what.substr(5), how);
    if (what.starts_with("kline_")) return parse_kline(desk, name, what.substr(6), how);
    if (what == "markPrice" && !desk.is_spot()) {
        name.kind = StreamKind::mark_price;
        name.period = how == "1s" ? seconds{1} : seconds{3};
        return how.empty() || how == "1s" ? std::optional{name} : std::nullopt;
    }
    if (!how.empty()) return std::nullopt;
    if (what.starts_with("ticker_") && desk.is_spot()) return parse_window(name, what.substr(7));
    struct Row {
        std::string_view word;
        StreamKind kind;
        Duration period;
    };
    static constexpr std::array kRows{
        Row{"trade", StreamKind::trade, {}},
        Row{"aggTrade", StreamKind::aggregate_trade, {}},
        Row{"bookTicker", StreamKind::book_ticker, {}},
        Row{"miniTicker", StreamKind::mini_ticker, seconds{1}},
        Row{"ticker", StreamKind::ticker, seconds{1}},
        Row{"avgPrice", StreamKind::average_price, seconds{1}},
        Row{"forceOrder", StreamKind::forced_order, {}},
    };
    for (const Row& row : kRows) {
        if (row.word != what) continue;
        if (row.kind == StreamKind::average_price && !desk.is_spot()) return std::nullopt;
        if (row.kind == StreamKind::forced_order && desk.is_spot()) return std::nullopt;
        name.kind = row.kind;
        name.period = row.period;
        return name;
    }
    return std::nullopt;
}

}  // namespace plumb::exchange::binance
