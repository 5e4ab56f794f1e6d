#include <algorithm>
#include <array>

#include "exchange/polygon/rest.hpp"
#include "exchange/polygon/tick_members.hpp"

namespace plumb::exchange::polygon {
namespace {

constexpr std::size_t kLimitDefault = 100;
constexpr std::size_t kLimitMax = 1'000;

bool contains_text(std::string_view text, std::string_view part) {
    const auto same = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
    };
    return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

/// What every row of reference data has.
void append_ticker(JsonOut& out, const Ticker& ticker, Timestamp now) {
    out.member("ticker", ticker.rest).member("name", long_name(ticker));
    out.member("market", ticker.is_stock ? "stocks" : "crypto")
        .member("locale", ticker.is_stock ? "us" : "global");
    if (ticker.is_stock) {
        out.member("primary_exchange", primary_exchange(ticker))
            .member("type", "CS")
            .member("active", true)
            .member("currency_name", lower(ticker.quote));
    } else {
        out.member("active", true)
            .member("currency_symbol", ticker.quote)
            .member("currency_name", ticker.quote == "USD" ? "United States dollar" : ticker.quote)
            .member("base_currency_symbol", ticker.base)
            .member("base_currency_name", long_name(ticker).substr(0, long_name(ticker).find(" - ")));
    }
    out.member("last_updated_utc", day_text(std::chrono::floor<std::chrono::days>(now)) + "T00:00:00Z");
}

struct ExchangeRow {
    int id;
    std::string_view type, asset_class, locale, name, acronym, mic, operating_mic, participant, url;
};
constexpr auto kExchanges = std::to_array<ExchangeRow>({
    {1, "exchange", "crypto", "global", "Coinbase", "", "", "", "", "https://www.coinbase.com"},
    {4, "TRF", "stocks", "us", "FINRA Nasdaq TRF Carteret", "", "FINN", "FINR", "D", "https://www.finra.org"},
    {10, "exchange", "stocks", "us", "New York Stock Exchange", "NYSE", "XNYS", "XNYS", "N",
     "https://www.nyse.com"},
    {12, "exchange", "stocks", "us", "Nasdaq", "", "XNAS", "XNAS", "T", "https://www.nasdaq.com"},
});

}  // namespace

/// /v3/reference/tickers
Response Rest::reference_tickers(Call& call) {
    const Form& query = call.query;
    const std::optional<std::size_t> limit = parse_limit(query, kLimitDefault, kLimitMax);
    if (!limit) return bad_request("The parameter 'limit' must be between 1 and 1000");
    const std::string_view order = query.get("order");
    if (!order.empty() && order != "asc" && order != "desc")
        return bad_request("The parameter 'order' must be one of: asc, desc");
    const bool descending = order == "desc";
    const std::string_view market = query.get("market");
    const auto wanted = [&](const Ticker& ticker) {
        const std::string_view name = ticker.rest;
        const auto is = [&](std::string_view key) { return !query.get(key).empty(); };
        if (is("market") && market != (ticker.is_stock ? "stocks" : "crypto")) return false;
        if (is("type") && (!ticker.is_stock || query.get("type") != "CS")) return false;
        if (is("exchange") && (!ticker.is_stock || query.get("exchange") != primary_exchange(ticker)))
            return false;
        if (query.get("active") == "false") return false;  // nothing was ever delisted
        if (is("cusip") || is("cik")) return false;
        if (is("ticker") && query.get("ticker") != name) return false;
        if (is("ticker.gt") && name <= query.get("ticker.gt")) return false;
        if (is("ticker.gte") && name < query.get("ticker.gte")) return false;
        if (is("ticker.lt") && query.get("ticker.lt") <= name) return false;
        if (is("ticker.lte") && query.get("ticker.lte") < name) return false;
        return !is("search") || contains_text(name, query.get("search")) ||
               contains_text(long_name(ticker), query.get("search"));
    };
    std::vector<const Ticker*> found;
    for (const auto& [name, index] : tickers_.by_name()) {
        if (wanted(tickers_.all()[index])) found.push_back(&tickers_.all()[index]);
    }
    if (descending) std::ranges::reverse(found);
    const bool more = *limit < found.size();
    found.resize(std::min(found.size(), *limit));
    out_.begin_object();
    if (!found.empty()) {
        out_.begin_array("results");
        for (const Ticker* ticker : found) {
            out_.begin_object();
            append_ticker(out_, *ticker, call.now);
            out_.end_object();
        }
        out_.end_array();
    }
    out_.member("status", "OK").member("request_id", call.id).member("count", found.size());
    if (more) {
        std::string cursor = "limit=" + std::to_string(*limit);
        for (const std::string_view key :
             {"market", "type", "exchange", "active", "search", "order", "sort"}) {
            if (query.has(key)) cursor += "&" + std::string{key} + "=" + url_encoded(query.get(key));
        }
        cursor += (descending ? "&ticker.lt=" : "&ticker.gt=") + url_encoded(found.back()->rest);
        out_.member("next_url", next_url("/v3/reference/tickers", cursor));
    }
    out_.end_object();
    return ok(call, out_);
}

/// /v3/reference/tickers/{ticker}
Response Rest::reference_ticker(Call& call, std::string_view name) {
    const Ticker* ticker = tickers_.find(name);
    if (ticker == nullptr) return not_found("Ticker not found.");
    out_.begin_object().begin_object("results");
    append_ticker(out_, *ticker, call.now);
    if (ticker->is_stock) out_.member("ticker_root", ticker->base).member("round_lot", 100);
    out_.end_object().member("status", "OK").member("request_id", call.id).end_object();
    return ok(call, out_);
}

/// /v3/reference/exchanges
Response Rest::reference_exchanges(Call& call) {
    const std::string_view asset_class = call.query.get("asset_class");
    const std::string_view locale = call.query.get("locale");
    std::size_t count = 0;
    out_.begin_object().begin_array("results");
    for (const ExchangeRow& row : kExchanges) {
        if (!asset_class.empty() && asset_class != row.asset_class) continue;
        if (!locale.empty() && locale != row.locale) continue;
        out_.begin_object()
            .member("id", row.id)
            .member("type", row.type)
            .member("asset_class", row.asset_class);
        out_.member("locale", row.locale).member("name", row.name);
        if (!row.acronym.empty()) out_.member("acronym", row.acronym);
        if (!row.mic.empty()) out_.member("mic", row.mic).member("operating_mic", row.operating_mic);
        if (!row.participant.empty()) out_.member("participant_id", row.participant);
        out_.member("url", row.url).end_object();
        ++count;
    }
    out_.end_array().member("status", "OK").member("request_id", call.id).member("count", count).end_object();
    return ok(call, out_);
}

/// /v3/reference/tickers/types
Response Rest::reference_types(Call& call) {
    out_.begin_object()
        .begin_array("results")
        .begin_object()
        .member("code", "CS")
        .member("description", "Common Stock")
        .member("asset_class", "stocks")
        .member("locale", "us")
        .end_object()
        .end_array()
        .member("status", "OK")
        .member("request_id", call.id)
        .member("count", 1)
        .end_object();
    return ok(call, out_);
}

/// /v3/reference/splits and dividends: there never were any here.
Response Rest::nothing_listed(Call& call) {
    out_.begin_object().begin_array("results").end_array();
    out_.member("status", "OK").member("request_id", call.id).end_object();
    return ok(call, out_);
}

/// /v1/marketstatus/now
Response Rest::market_status(Call& call) {
    out_.begin_object()
        .member("afterHours", false)
        .begin_object("currencies")
        .member("crypto", "open")
        .member("fx", "closed")
        .end_object()
        .member("earlyHours", false)
        .begin_object("exchanges")
        .member("nasdaq", "open")
        .member("nyse", "open")
        .member("otc", "closed")
        .end_object()
        .member("market", "open")
        .member("serverTime", rfc3339(Zone::new_york, call.now))
        .end_object();
    return ok(call, out_);
}

/// /v1/marketstatus/upcoming: no holidays where trading never stops.
Response Rest::market_holidays(Call& call) {
    out_.begin_array().end_array();
    return ok(call, out_);
}

}  // namespace plumb::exchange::polygon
