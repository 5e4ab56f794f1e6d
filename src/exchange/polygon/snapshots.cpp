#include <algorithm>
#include <set>

#include "exchange/polygon/rest.hpp"
#include "exchange/polygon/tick_members.hpp"

namespace plumb::exchange::polygon {
namespace {

using std::chrono::days;
using std::chrono::minutes;

constexpr std::size_t kBookLevels = 100;
constexpr std::size_t kMovers = 20;
constexpr std::size_t kUniversalMax = 250;
constexpr std::size_t kUniversalDefault = 10;

void append_prices(JsonOut& out, const Aggregate& bar, Price tick) {
    out.member("c", bar.values.close)
        .member("h", bar.values.high)
        .member("l", bar.values.low)
        .member("o", bar.values.open)
        .member("v", bar.values.volume)
        .member("vw", vwap(bar, tick));
}

std::vector<std::string> split_list(std::string_view list) {
    std::vector<std::string> parts;
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(','), list.size());
        if (0 < end) parts.emplace_back(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return parts;
}

}  // namespace

Rest::Change Rest::todays_change(const Ticker& ticker, Timestamp now) const {
    const std::optional<Aggregate> before = day_bar(ticker, day_of(ticker.zone(), now) - days{1}, now);
    const Price last = model_.last_price(ticker.id);
    if (!before || last.is_zero()) return {};
    const Price amount = last - before->values.close;
    return {amount, (amount.value / before->values.close.value * Decimal{100})
                        .quantized(Decimal::power_of_ten(-6), Rounding::nearest)};
}

void Rest::write_snapshot(JsonOut& out, const Ticker& ticker, Timestamp now) {
    const Price tick = ticker.tick;
    const Day today = day_of(ticker.zone(), now);
    const Aggregate nothing{now, {}, {}};
    const Aggregate day = day_bar(ticker, today, now).value_or(nothing);
    const std::vector<Aggregate> newest = base_bars(
        ticker, Timespan::minute, std::chrono::floor<minutes>(now) - minutes{15}, now + minutes{1}, now);
    const Aggregate minute = newest.empty() ? nothing : newest.back();
    const Aggregate before = day_bar(ticker, today - days{1}, now).value_or(nothing);
    out.begin_object().begin_object("day");
    append_prices(out, day, tick);
    out.end_object();
    const auto& quotes = tape_.quotes(ticker.id);
    if (ticker.is_stock && !quotes.empty()) {
        const QuoteAt& last = quotes.back();
        out.begin_object("lastQuote")
            .member("P", last.quote.ask)
            .member("S", round_lots(last.quote.ask_quantity))
            .member("p", last.quote.bid)
            .member("s", round_lots(last.quote.bid_quantity))
            .member("t", to_ns(last.at))
            .end_object();
    }
    Timestamp updated = quotes.empty() ? now : quotes.back().at;
    if (const std::optional<PastTrade>& trade = tape_.last_trade(ticker.id)) {
        out.begin_object("lastTrade");
        append_conditions(out, "c", ticker, *trade);
        out.member("i", std::to_string(trade->number))
            .member("p", trade->price)
            .member("s", trade->quantity)
            .member("t", ticker.is_stock ? to_ns(trade->at) : to_ms(trade->at))
            .member("x", ticker.is_stock ? kStockExchange : kCryptoExchange)
            .end_object();
        updated = std::max(updated, trade->at);
    }
    out.begin_object("min");
    if (ticker.is_stock) out.member("av", day.values.volume);
    append_prices(out, minute, tick);
    out.member("t", to_ms(minute.begin)).member("n", minute.detail.trades).end_object();
    out.begin_object("prevDay");
    append_prices(out, before, tick);
    out.end_object();
    const Change change = todays_change(ticker, now);
    out.member("ticker", ticker.rest)
        .member("todaysChange", change.amount)
        .member("todaysChangePerc", change.percent)
        .member("updated", to_ns(updated))
        .end_object();
}

Response Rest::snapshot_all(Call& call, bool stocks) {
    const std::vector<std::string> wanted = split_list(call.query.get("tickers"));
    const std::set<std::string, std::less<>> names{wanted.begin(), wanted.end()};
    std::size_t count = 0;
    JsonOut rows;
    rows.begin_array();
    for (const Ticker& ticker : tickers_.all()) {
        if (ticker.is_stock != stocks || (!names.empty() && !names.contains(ticker.rest))) continue;
        write_snapshot(rows, ticker, call.now);
        ++count;
    }
    rows.end_array();
    out_.begin_object().member("status", "OK").member("request_id", call.id).member("count", count);
    out_.raw("tickers", rows.text()).end_object();
    return ok(call, out_);
}

Response Rest::snapshot_one(Call& call, bool stocks, std::string_view name) {
    const Ticker* ticker = tickers_.find(name);
    if (ticker == nullptr || ticker->is_stock != stocks) return not_found("Ticker not found.");
    JsonOut row;
    write_snapshot(row, *ticker, call.now);
    out_.begin_object()
        .member("status", "OK")
        .member("request_id", call.id)
        .raw("ticker", row.text())
        .end_object();
    return ok(call, out_);
}

Response Rest::snapshot_movers(Call& call, bool stocks, bool up) {
    std::vector<std::pair<Decimal, const Ticker*>> movers;
    for (const Ticker& ticker : tickers_.all()) {
        if (ticker.is_stock != stocks) continue;
        const Decimal percent = todays_change(ticker, call.now).percent;
        if (up ? 0 < percent.sign() : percent.sign() < 0) movers.emplace_back(percent.abs(), &ticker);
    }
    std::ranges::stable_sort(movers, std::greater<>{}, &std::pair<Decimal, const Ticker*>::first);
    movers.resize(std::min(movers.size(), kMovers));
    JsonOut rows;
    rows.begin_array();
    for (const auto& [percent, ticker] : movers) write_snapshot(rows, *ticker, call.now);
    rows.end_array();
    out_.begin_object()
        .member("status", "OK")
        .member("request_id", call.id)
        .raw("tickers", rows.text())
        .end_object();
    return ok(call, out_);
}

/// /v2/snapshot/locale/global/markets/crypto/tickers/{ticker}/book
Response Rest::snapshot_book(Call& call, std::string_view name) {
    const Ticker* ticker = tickers_.find(name);
    if (ticker == nullptr || ticker->is_stock) return not_found("Ticker not found.");
    const auto side = [&](const char* count_key, const char* key, Side which) {
        const std::vector<BookLevel> levels = model_.levels(ticker->id, which, kBookLevels);
        Quantity total;
        for (const BookLevel& level : levels) total += level.quantity;
        out_.member(count_key, total).begin_array(key);
        for (const BookLevel& level : levels) {
            out_.begin_object().member("p", level.price);
            out_.begin_object("x").member("1", level.quantity).end_object().end_object();
        }
        out_.end_array();
    };
    const QuoteChanged quote = model_.quote(ticker->id);
    out_.begin_object().begin_object("data");
    side("askCount", "asks", Side::sell);
    side("bidCount", "bids", Side::buy);
    out_.member("spread", quote.ask - quote.bid)
        .member("ticker", ticker->rest)
        .member("updated", to_ms(call.now))
        .end_object();
    out_.member("status", "OK").member("request_id", call.id).end_object();
    return ok(call, out_);
}

/// /v3/snapshot?ticker.any_of=A,B
Response Rest::snapshot_universal(Call& call) {
    if (call.plan == Plan::free) return refuse(Trouble::forbidden);
    std::vector<std::string> wanted = split_list(call.query.get("ticker.any_of"));
    const std::optional<std::size_t> limit = parse_limit(call.query, kUniversalDefault, kUniversalMax);
    if (!limit || kUniversalMax < wanted.size())
        return bad_request(
            "Exceeded maximum number of 250 tickers, or a 'limit' that is not between 1 and 250");
    const std::string_view type = call.query.get("type");
    const std::string_view after = call.query.get("ticker.gt");
    std::size_t shown = wanted.size();
    if (wanted.empty()) {
        for (const auto& [name, index] : tickers_.by_name()) {
            const bool is_stock = tickers_.all()[index].is_stock;
            if (!type.empty() && type != (is_stock ? "stocks" : "crypto")) continue;
            if (after < name) wanted.push_back(name);
        }
        shown = std::min(*limit, wanted.size());
    }
    out_.begin_object().member("status", "OK").member("request_id", call.id).begin_array("results");
    for (std::size_t i = 0; i < shown; ++i) {
        const Ticker* ticker = tickers_.find(wanted[i]);
        out_.begin_object();
        if (ticker == nullptr) {
            out_.member("error", "NOT_FOUND")
                .member("message", "Ticker not found.")
                .member("ticker", wanted[i]);
            out_.end_object();
            continue;
        }
        write_universal(out_, *ticker, call.now);
        out_.end_object();
    }
    out_.end_array();
    if (shown < wanted.size()) {
        std::string cursor =
            "limit=" + std::to_string(*limit) + "&ticker.gt=" + url_encoded(wanted[shown - 1]);
        if (!type.empty()) cursor += "&type=" + url_encoded(type);
        out_.member("next_url", next_url("/v3/snapshot", cursor));
    }
    out_.end_object();
    return ok(call, out_);
}

void Rest::write_universal(JsonOut& out, const Ticker& ticker, Timestamp now) {
    const Day today = day_of(ticker.zone(), now);
    const Aggregate nothing{now, {}, {}};
    const Aggregate day = day_bar(ticker, today, now).value_or(nothing);
    const Aggregate before = day_bar(ticker, today - days{1}, now).value_or(nothing);
    const Change change = todays_change(ticker, now);
    out.member("market_status", "open")
        .member("name", long_name(ticker))
        .member("ticker", ticker.rest)
        .member("type", ticker.is_stock ? "stocks" : "crypto");
    out.begin_object("session")
        .member("change", change.amount)
        .member("change_percent", change.percent)
        .member("early_trading_change", 0)
        .member("early_trading_change_percent", 0)
        .member("close", day.values.close)
        .member("high", day.values.high)
        .member("low", day.values.low)
        .member("open", day.values.open)
        .member("volume", day.values.volume)
        .member("previous_close", before.values.close)
        .member("price", model_.last_price(ticker.id))
        .end_object();
    const auto& quotes = tape_.quotes(ticker.id);
    if (!quotes.empty()) {
        const QuoteAt& last = quotes.back();
        out.begin_object("last_quote")
            .member("last_updated", to_ns(last.at))
            .member("timeframe", "REAL-TIME")
            .member("ask", last.quote.ask)
            .member("ask_size", last.quote.ask_quantity)
            .member("bid", last.quote.bid)
            .member("bid_size", last.quote.bid_quantity)
            .end_object();
    }
    if (const std::optional<PastTrade>& trade = tape_.last_trade(ticker.id)) {
        out.begin_object("last_trade");
        append_conditions(out, "conditions", ticker, *trade);
        out.member("exchange", ticker.is_stock ? kStockExchange : kCryptoExchange)
            .member("id", std::to_string(trade->number))
            .member(ticker.is_stock ? "last_updated" : "participant_timestamp", to_ns(trade->at))
            .member("price", trade->price)
            .member("size", trade->quantity)
            .member("timeframe", "REAL-TIME")
            .end_object();
    }
}

}  // namespace plumb::exchange::polygon
