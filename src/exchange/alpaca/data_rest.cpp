#include "exchange/alpaca/data_rest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "exchange/alpaca/answers.hpp"
#include "exchange/alpaca/data_json.hpp"
#include "exchange/alpaca/data_page.hpp"

namespace plumb::exchange::alpaca {
namespace {

constexpr std::size_t kTradesKept = 10'000;
constexpr std::size_t kLevelsMax = 1000;

Response list_bars(const Desk& desk, const DataCall& call, const Ask& ask) {
    const auto text = call.query.get("timeframe");
    if (text.empty()) return message_answer(400, "timeframe is required");
    const auto frame = Timeframe::parse(text);
    if (!frame) return message_answer(400, fmt::format("invalid timeframe: {}", text));
    std::vector<DataBar> bars;
    return paged(
        ask, "bars",
        {.rows_of =
             [&](const Asset& asset) {
                 bars = bars_of(desk, asset, *frame, ask.from, ask.to, call.now);
                 std::vector<Row> rows;
                 for (std::size_t i = 0; i < bars.size(); ++i) rows.push_back({bars[i].at, 0, i});
                 return rows;
             },
         .write = [&](JsonOut& out, const Asset& asset, std::size_t i) { write_bar(out, asset, bars[i]); }});
}

Response list_trades(const Desk& desk, const Ask& ask) {
    std::vector<PastTrade> trades;
    return paged(ask, "trades",
                 {.rows_of =
                      [&](const Asset& asset) {
                          trades = desk.past().trades(asset.instrument, ask.from, ask.to + Duration{1},
                                                      kTradesKept);
                          std::vector<Row> rows;
                          for (std::size_t i = 0; i < trades.size(); ++i) {
                              rows.push_back({trades[i].at, trades[i].number, i});
                          }
                          return rows;
                      },
                  .write = [&](JsonOut& out, const Asset& asset,
                               std::size_t i) { write_trade(out, asset, trades[i]); }});
}

Response list_quotes(const Tape& tape, const Ask& ask) {
    return paged(
        ask, "quotes",
        {.rows_of =
             [&](const Asset& asset) {
                 std::vector<Row> rows;
                 const auto& quotes = tape.quotes(asset.instrument);
                 for (std::size_t i = 0; i < quotes.size(); ++i) {
                     const Timestamp at = quotes[i].at;
                     if (ask.from <= at && at <= ask.to) {
                         rows.push_back({at, quotes[i].quote.sequence, i});
                     }
                 }
                 return rows;
             },
         .write = [&](JsonOut& out, const Asset& asset,
                      std::size_t i) { write_quote(out, asset, tape.quotes(asset.instrument)[i]); }});
}

std::optional<PastTrade> last_trade(const Desk& desk, const Tape& tape, const Asset& asset, Timestamp now) {
    if (const auto& trade = tape.last_trade(asset.instrument)) return trade;
    const auto trades = desk.past().trades(asset.instrument, Timestamp{}, now + Duration{1}, kTradesKept);
    if (trades.empty()) return std::nullopt;
    return trades.back();
}

constexpr Timeframe kMinute{Timeframe::Unit::minute, 1};
constexpr Timeframe kDay{Timeframe::Unit::day, 1};

/// Writes the value alone; false when there is none.
bool write_latest(JsonOut& out, const Desk& desk, const Tape& tape, const Asset& asset, std::string_view what,
                  Timestamp now) {
    if (what == "bars") {
        const auto bar = latest_bar(desk, asset, kMinute, now);
        if (!bar) return false;
        out.begin_object();
        write_bar(out, asset, *bar);
    } else if (what == "trades") {
        const auto trade = last_trade(desk, tape, asset, now);
        if (!trade) return false;
        out.begin_object();
        write_trade(out, asset, *trade);
    } else {
        out.begin_object();
        write_quote(out, asset, tape.quote(asset.instrument, now));
    }
    out.end_object();
    return true;
}

Response latest(const Desk& desk, const Tape& tape, const DataCall& call, const Ask& ask,
                const std::string& what) {
    std::string body;
    JsonOut out{body};
    out.begin_object();
    if (ask.is_single) {
        const std::string one = what.substr(0, what.size() - 1);
        if (ask.assets.empty()) {
            return error_answer(404, Code::not_found, fmt::format("no {} found for {}", one, ask.symbol));
        }
        std::string value;
        JsonOut inner{value};
        if (!write_latest(inner, desk, tape, *ask.assets.front(), what, call.now)) {
            return error_answer(404, Code::not_found, fmt::format("no {} found for {}", one, ask.symbol));
        }
        out.key(one).raw(value).text("symbol", ask.symbol).end_object();
        return json_answer(200, std::move(body));
    }
    out.key(what).begin_object();
    for (const Asset* asset : ask.assets) {
        std::string value;
        JsonOut inner{value};
        if (write_latest(inner, desk, tape, *asset, what, call.now)) out.key(asset->symbol).raw(value);
    }
    out.end_object().end_object();
    return json_answer(200, std::move(body));
}

void write_snapshot(JsonOut& out, const Desk& desk, const Tape& tape, const Asset& asset, Timestamp now) {
    const auto bar_or_none = [&](std::string_view name, const std::optional<DataBar>& bar) {
        if (!bar) return;
        out.key(name).begin_object();
        write_bar(out, asset, *bar);
        out.end_object();
    };
    if (const auto trade = last_trade(desk, tape, asset, now)) {
        out.key("latestTrade").begin_object();
        write_trade(out, asset, *trade);
        out.end_object();
    }
    out.key("latestQuote").begin_object();
    write_quote(out, asset, tape.quote(asset.instrument, now));
    out.end_object();
    bar_or_none("minuteBar", latest_bar(desk, asset, kMinute, now));
    const auto days = bars_of(desk, asset, kDay, now - std::chrono::days{4}, now, now);
    if (!days.empty()) bar_or_none("dailyBar", days.back());
    if (1 < days.size()) bar_or_none("prevDailyBar", days[days.size() - 2]);
}

Response snapshots(const Desk& desk, const Tape& tape, const DataCall& call, const Ask& ask, bool is_crypto) {
    std::string body;
    JsonOut out{body};
    out.begin_object();
    if (ask.is_single) {
        if (ask.assets.empty()) {
            return error_answer(404, Code::not_found, fmt::format("no snapshot found for {}", ask.symbol));
        }
        out.text("symbol", ask.symbol);
        write_snapshot(out, desk, tape, *ask.assets.front(), call.now);
        out.end_object();
        return json_answer(200, std::move(body));
    }
    if (is_crypto) out.key("snapshots").begin_object();
    for (const Asset* asset : ask.assets) {
        out.key(asset->symbol).begin_object();
        write_snapshot(out, desk, tape, *asset, call.now);
        out.end_object();
    }
    if (is_crypto) out.end_object();
    out.end_object();
    return json_answer(200, std::move(body));
}

Response orderbooks(const Desk& desk, const DataCall& call, const Ask& ask) {
    std::string body;
    JsonOut out{body};
    out.begin_object().key("orderbooks").begin_object();
    for (const Asset* asset : ask.assets) {
        out.key(asset->symbol).begin_object();
        out.key("a");
        write_levels(out, desk.model().levels(asset->instrument, Side::sell, kLevelsMax));
        out.key("b");
        write_levels(out, desk.model().levels(asset->instrument, Side::buy, kLevelsMax));
        out.time("t", call.now);
        out.end_object();
    }
    out.end_object().end_object();
    return json_answer(200, std::move(body));
}

std::optional<Response> crypto(const Desk& desk, const Tape& tape, const DataCall& call) {
    const auto& path = call.path;  // v1beta3 crypto us bars
    if (path.size() < 4) return std::nullopt;
    if (path[2] != "us" && path[2] != "us-1" && path[2] != "us-2" && path[2] != "eu-1" && path[2] != "bs-1") {
        return message_answer(400, fmt::format("invalid location: {}", path[2]));
    }
    const auto ask = read_ask(desk, call, true, split_list(call.query.get("symbols")));
    const bool is_latest = path.size() == 5 && path[3] == "latest";
    const std::string& what = path.back();
    if (!is_latest && path.size() != 4) return std::nullopt;
    const bool is_series = what == "bars" || what == "trades" || what == "quotes";
    if (!is_series && !(is_latest && what == "orderbooks") && !(!is_latest && what == "snapshots")) {
        return std::nullopt;
    }
    if (!ask) return ask.error();
    if (what == "orderbooks") return orderbooks(desk, call, *ask);
    if (what == "snapshots") return snapshots(desk, tape, call, *ask, true);
    if (is_latest) return latest(desk, tape, call, *ask, what);
    if (what == "bars") return list_bars(desk, call, *ask);
    return what == "trades" ? list_trades(desk, *ask) : list_quotes(tape, *ask);
}

std::optional<Response> check_stock_words(const Query& query) {
    const auto feed = query.get("feed");
    constexpr std::array kFeeds{"iex", "sip", "otc", "delayed_sip", "boats", "overnight"};
    if (!feed.empty() && std::ranges::find(kFeeds, feed) == kFeeds.end()) {
        return message_answer(400, fmt::format("invalid feed: {}", feed));
    }
    if (feed == "otc") return message_answer(403, "subscription does not permit querying OTC data");
    constexpr std::array kAdjustments{"raw", "split", "dividend", "spin-off", "all"};
    for (const std::string& word : split_list(query.get("adjustment"))) {
        if (std::ranges::find(kAdjustments, word) == kAdjustments.end()) {
            return message_answer(400, fmt::format("invalid adjustment: {}", word));
        }
    }
    const auto currency = query.get("currency");
    if (!currency.empty() && currency != "USD") {
        return message_answer(400, fmt::format("unsupported currency: {}", currency));
    }
    if (const auto asof = query.get("asof"); !asof.empty() && asof != "-" && !parse_time(asof)) {
        return message_answer(400, fmt::format("invalid asof: {}", asof));
    }
    return std::nullopt;
}

constexpr std::string_view kExchanges =
    R"({"A":"NYSE American","B":"NASDAQ OMX BX","C":"National Stock Exchange","D":"FINRA ADF",)"
    R"("K":"Cboe EDGX","N":"New York Stock Exchange","P":"NYSE Arca","Q":"NASDAQ OMX","V":"IEX"})";

std::optional<Response> stock_meta(const std::vector<std::string>& path) {
    if (path.size() == 4 && path[3] == "exchanges") return json_answer(200, std::string{kExchanges});
    if (path.size() != 5 || path[3] != "conditions") return std::nullopt;
    if (path[4] == "trade") return json_answer(200, R"({"@":"Regular Sale"})");
    if (path[4] == "quote") return json_answer(200, R"({"R":"Regular Two Sided Open"})");
    return message_answer(400, fmt::format("invalid ticktype: {}", path[4]));
}

std::optional<Response> stocks(const Desk& desk, const Tape& tape, const DataCall& call) {
    const auto& path = call.path;  // v2 stocks [AAPL] bars [latest]
    if (path.size() < 3 || 5 < path.size()) return std::nullopt;
    if (path[2] == "meta") return stock_meta(path);
    const auto is_kind = [](std::string_view text) {
        return text == "bars" || text == "trades" || text == "quotes" || text == "auctions" ||
               text == "snapshots";
    };
    const bool is_single = !is_kind(path[2]);
    const std::size_t at = is_single ? 3 : 2;
    if (path.size() <= at || at + 2 < path.size()) return std::nullopt;
    const std::string& what = path[at];
    const bool is_latest = path.size() == at + 2;
    if (is_latest && path[at + 1] != "latest") return std::nullopt;
    if (!is_kind(what) && !(is_single && what == "snapshot")) return std::nullopt;
    if (auto refused = check_stock_words(call.query)) return refused;
    auto ask =
        read_ask(desk, call, false, is_single ? std::vector{path[2]} : split_list(call.query.get("symbols")));
    if (!ask) return ask.error();
    ask->is_single = is_single;
    ask->symbol = is_single ? path[2] : "";
    if (what == "snapshot" || what == "snapshots") return snapshots(desk, tape, call, *ask, false);
    if (what == "auctions") {
        // Stocks trade around the clock here: there are no auctions.
        return paged(*ask, "auctions",
                     {.rows_of = [](const Asset&) { return std::vector<Row>{}; }, .write = {}});
    }
    if (is_latest) return latest(desk, tape, call, *ask, what);
    if (what == "bars") return list_bars(desk, call, *ask);
    return what == "trades" ? list_trades(desk, *ask) : list_quotes(tape, *ask);
}

}  // namespace

bool is_open_data_path(const std::vector<std::string>& path) {
    return 2 <= path.size() && path[0] == "v1beta3" && path[1] == "crypto";
}

bool is_data_path(const std::vector<std::string>& path) {
    if (path.empty()) return false;
    return path[0] == "v1beta3" || path[0] == "v1beta1" ||
           (2 <= path.size() && path[0] == "v2" && path[1] == "stocks") ||
           (2 <= path.size() && path[0] == "v1" && path[1] == "corporate-actions");
}

std::optional<Response> answer_data(const Desk& desk, const Tape& tape, const DataCall& call) {
    const auto& path = call.path;
    if (is_open_data_path(path)) return crypto(desk, tape, call);
    if (path[0] == "v2") return stocks(desk, tape, call);
    // Nothing is reported about these companies, and they never pay.
    if (path[0] == "v1beta1" && path.size() == 2 && path[1] == "news") {
        return json_answer(200, R"({"news":[],"next_page_token":null})");
    }
    if (path[0] == "v1") return json_answer(200, R"({"corporate_actions":{},"next_page_token":null})");
    return std::nullopt;
}

}  // namespace plumb::exchange::alpaca