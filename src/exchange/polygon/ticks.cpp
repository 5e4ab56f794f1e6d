#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "exchange/polygon/rest.hpp"
#include "exchange/polygon/tick_members.hpp"

namespace plumb::exchange::polygon {
namespace {

using std::chrono::days;

constexpr std::size_t kLimitDefault = 1'000;
constexpr std::size_t kLimitMax = 50'000;
constexpr std::size_t kTradesMax = 1'000'000;

/// Which trades or quotes are asked for: times in [from, to), beyond the marker of a page before.
struct TicksAsked {
    Timestamp from = Timestamp{};
    Timestamp to = Timestamp::max();
    bool ascending = false;
    std::size_t limit = kLimitDefault;
    std::uint64_t marker = 0;  // number of the last row of the page before; zero for none
};

struct TimeBound {
    const char* name;
    bool is_lower, is_upper, is_strict;
};
constexpr TimeBound kBounds[] = {{"timestamp", true, true, false},
                                 {"timestamp.gte", true, false, false},
                                 {"timestamp.gt", true, false, true},
                                 {"timestamp.lte", false, true, false},
                                 {"timestamp.lt", false, true, true}};

/// Nothing and the venue's words where a parameter is wrong.
std::optional<TicksAsked> parse_ticks(const Form& query, Zone zone, std::string& wrong) {
    TicksAsked asked;
    for (const TimeBound& bound : kBounds) {
        if (!query.has(bound.name)) continue;
        const std::optional<Instant> at = parse_instant(zone, query.get(bound.name), Duration{1});
        if (!at) {
            wrong = fmt::format(
                "Could not parse the time parameter: '{}'. Use YYYY-MM-DD or Unix nanoseconds", bound.name);
            return std::nullopt;
        }
        const Timestamp end = at->is_day ? begin_of(zone, at->day + days{1}) : at->time + Duration{1};
        if (bound.is_lower) asked.from = std::max(asked.from, bound.is_strict ? end : at->time);
        if (bound.is_upper) asked.to = std::min(asked.to, bound.is_strict ? at->time : end);
    }
    const std::string_view order = query.get("order");
    if (!order.empty() && order != "asc" && order != "desc") {
        wrong = "The parameter 'order' must be one of: asc, desc";
        return std::nullopt;
    }
    asked.ascending = order == "asc";
    if (!query.get("sort").empty() && query.get("sort") != "timestamp") {
        wrong = "The parameter 'sort' must be: timestamp";
        return std::nullopt;
    }
    const std::optional<std::size_t> limit = parse_limit(query, kLimitDefault, kLimitMax);
    if (!limit) {
        wrong = "The parameter 'limit' must be between 1 and 50000";
        return std::nullopt;
    }
    asked.limit = *limit;
    const std::string_view marker = query.get("page_marker");
    std::from_chars(marker.data(), marker.data() + marker.size(), asked.marker);
    return asked;
}

/// One page of `rows`, which are oldest first and have numbers that grow. True when there are more behind.
template <class Row, class Number>
bool cut_page(std::vector<Row>& rows, const TicksAsked& asked, Number number) {
    if (asked.marker != 0) {
        std::erase_if(rows, [&](const Row& row) {
            return asked.ascending ? number(row) <= asked.marker : asked.marker <= number(row);
        });
    }
    if (!asked.ascending) std::ranges::reverse(rows);
    if (rows.size() <= asked.limit) return false;
    rows.resize(asked.limit);
    return true;
}

/// The query again, at the next page.
std::string next_cursor(const Form& query, std::uint64_t marker) {
    std::string fields;
    for (const auto& [name, value] : query.fields()) {
        const bool known =
            name == "order" || name == "sort" || name == "limit" ||
            std::ranges::any_of(kBounds, [&](const TimeBound& one) { return name == one.name; });
        if (known) fields += name + "=" + url_encoded(value) + "&";
    }
    return fields + "page_marker=" + std::to_string(marker);
}

}  // namespace

/// /v2/last/trade/{ticker}
Response Rest::last_trade(Call& call) {
    const Ticker* ticker = tickers_.find(call.path[3]);
    if (ticker == nullptr || !ticker->is_stock) return not_found("Ticker not found.");
    if (call.plan == Plan::free) return refuse(Trouble::forbidden);
    const std::optional<PastTrade>& trade = tape_.last_trade(ticker->id);
    if (!trade) return not_found("Data not found.");
    out_.begin_object().begin_object("results").member("T", ticker->rest);
    append_conditions(out_, "c", *ticker, *trade);
    out_.member("f", to_ns(trade->at))
        .member("i", std::to_string(trade->number))
        .member("p", trade->price)
        .member("q", trade->number)
        .member("r", 202)
        .member("s", trade->quantity)
        .member("t", to_ns(trade->at))
        .member("x", kStockExchange)
        .member("y", to_ns(trade->at))
        .member("z", kTape)
        .end_object();
    out_.member("status", "OK").member("request_id", call.id).end_object();
    return ok(call, out_);
}

/// /v2/last/nbbo/{ticker}
Response Rest::last_quote(Call& call) {
    const Ticker* ticker = tickers_.find(call.path[3]);
    if (ticker == nullptr || !ticker->is_stock) return not_found("Ticker not found.");
    if (call.plan == Plan::free) return refuse(Trouble::forbidden);
    const auto& quotes = tape_.quotes(ticker->id);
    if (quotes.empty()) return not_found("Data not found.");
    const QuoteAt& last = quotes.back();
    out_.begin_object()
        .begin_object("results")
        .member("T", ticker->rest)
        .member("P", last.quote.ask)
        .member("S", round_lots(last.quote.ask_quantity))
        .member("X", kAskExchange)
        .member("p", last.quote.bid)
        .member("q", last.quote.sequence)
        .member("s", round_lots(last.quote.bid_quantity))
        .member("t", to_ns(last.at))
        .member("x", kStockExchange)
        .member("y", to_ns(last.at))
        .member("z", kTape)
        .end_object()
        .member("status", "OK")
        .member("request_id", call.id)
        .end_object();
    return ok(call, out_);
}

/// /v1/last/crypto/{from}/{to}
Response Rest::last_crypto(Call& call) {
    const Ticker* ticker = tickers_.find_stream(false, call.path[3] + "-" + call.path[4]);
    if (ticker == nullptr) return not_found("Ticker not found.");
    if (call.plan == Plan::free) return refuse(Trouble::forbidden);
    const std::optional<PastTrade>& trade = tape_.last_trade(ticker->id);
    if (!trade) return not_found("Data not found.");
    out_.begin_object().begin_object("last");
    append_conditions(out_, "conditions", *ticker, *trade);
    out_.member("exchange", kCryptoExchange)
        .member("price", trade->price)
        .member("size", trade->quantity)
        .member("timestamp", to_ms(trade->at))
        .end_object();
    out_.member("request_id", call.id)
        .member("status", "success")
        .member("symbol", ticker->stream)
        .end_object();
    return ok(call, out_);
}

/// /v3/trades/{ticker}
Response Rest::trades(Call& call) {
    const Ticker* ticker = tickers_.find(call.path[2]);
    std::string wrong;
    const Zone zone = ticker != nullptr ? ticker->zone() : Zone::utc;
    const std::optional<TicksAsked> asked = parse_ticks(call.query, zone, wrong);
    if (!asked) return bad_request(wrong);
    if (call.plan == Plan::free) return refuse(Trouble::forbidden);
    std::vector<PastTrade> rows;
    if (ticker != nullptr)
        rows = past_.trades(ticker->id, asked->from, std::min(asked->to, call.now + Duration{1}), kTradesMax);
    const bool more = cut_page(rows, *asked, [](const PastTrade& trade) { return trade.number; });
    out_.begin_object().begin_array("results");
    for (const PastTrade& trade : rows) {
        out_.begin_object();
        append_conditions(out_, "conditions", *ticker, trade);
        out_.member("exchange", ticker->is_stock ? kStockExchange : kCryptoExchange)
            .member("id", std::to_string(trade.number))
            .member("participant_timestamp", to_ns(trade.at))
            .member("price", trade.price);
        if (ticker->is_stock)
            out_.member("sequence_number", trade.number).member("sip_timestamp", to_ns(trade.at));
        out_.member("size", trade.quantity);
        if (ticker->is_stock) out_.member("tape", kTape);
        out_.end_object();
    }
    out_.end_array().member("status", "OK").member("request_id", call.id);
    if (more)
        out_.member("next_url",
                    next_url("/v3/trades/" + call.path[2], next_cursor(call.query, rows.back().number)));
    out_.end_object();
    return ok(call, out_);
}

/// /v3/quotes/{ticker}
Response Rest::quotes(Call& call) {
    const Ticker* ticker = tickers_.find(call.path[2]);
    std::string wrong;
    const Zone zone = ticker != nullptr ? ticker->zone() : Zone::utc;
    const std::optional<TicksAsked> asked = parse_ticks(call.query, zone, wrong);
    if (!asked) return bad_request(wrong);
    if (call.plan == Plan::free) return refuse(Trouble::forbidden);
    std::vector<QuoteAt> rows;
    if (ticker != nullptr && ticker->is_stock) {
        for (const QuoteAt& one : tape_.quotes(ticker->id)) {
            if (asked->from <= one.at && one.at < asked->to) rows.push_back(one);
        }
    }
    const bool more = cut_page(rows, *asked, [](const QuoteAt& one) { return one.quote.sequence; });
    out_.begin_object().begin_array("results");
    for (const QuoteAt& one : rows) {
        out_.begin_object()
            .member("ask_exchange", kAskExchange)
            .member("ask_price", one.quote.ask)
            .member("ask_size", round_lots(one.quote.ask_quantity))
            .member("bid_exchange", kStockExchange)
            .member("bid_price", one.quote.bid)
            .member("bid_size", round_lots(one.quote.bid_quantity))
            .begin_array("conditions")
            .element(1)
            .end_array()
            .member("participant_timestamp", to_ns(one.at))
            .member("sequence_number", one.quote.sequence)
            .member("sip_timestamp", to_ns(one.at))
            .member("tape", kTape)
            .end_object();
    }
    out_.end_array().member("status", "OK").member("request_id", call.id);
    if (more)
        out_.member("next_url", next_url("/v3/quotes/" + call.path[2],
                                         next_cursor(call.query, rows.back().quote.sequence)));
    out_.end_object();
    return ok(call, out_);
}

}  // namespace plumb::exchange::polygon
