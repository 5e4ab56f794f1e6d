#include "exchange/binance/market_answers.hpp"

#include <algorithm>
#include <array>

namespace plumb::exchange::binance {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::size_t kTradesKept = 10'000;

/// The newest trades before `until`, oldest first.
std::vector<PastTrade> latest_trades(const Desk& desk, InstrumentId instrument, Timestamp until,
                                     std::size_t count) {
    std::vector<PastTrade> trades;
    for (const Duration window :
         {Duration{std::chrono::seconds{20}}, Duration{minutes{10}}, Duration{hours{24 * 365}}}) {
        trades = desk.past.trades(instrument, until - window, until, kTradesKept);
        if (count <= trades.size()) break;
    }
    if (count < trades.size())
        trades.erase(trades.begin(), trades.end() - static_cast<std::ptrdiff_t>(count));
    return trades;
}

/// From this number on, oldest first.
std::vector<PastTrade> trades_from(const Desk& desk, InstrumentId instrument, TradeNumber first,
                                   std::size_t count, Timestamp now) {
    auto trades = desk.past.trades(instrument, Timestamp{}, now + Duration{1}, kTradesKept);
    const auto begin = std::ranges::lower_bound(trades, first, {}, &PastTrade::number);
    trades.erase(trades.begin(), begin);
    if (count < trades.size()) trades.resize(count);
    return trades;
}

Answer write_trades(const Desk& desk, const Call& call, const Symbol& symbol,
                    const std::vector<PastTrade>& trades) {
    JsonWriter json;
    json.open_list();
    for (const PastTrade& trade : trades) {
        json.open().number("id", static_cast<std::int64_t>(trade.number));
        json.fixed("price", trade.price.value, symbol.price_decimals);
        json.fixed("qty", trade.quantity.value, symbol.quantity_decimals);
        json.fixed("quoteQty", (trade.price * trade.quantity).value, kAssetDecimals);
        json.number("time", call.stamp(trade.at)).boolean("isBuyerMaker", trade.aggressor == Side::sell);
        if (desk.is_spot()) json.boolean("isBestMatch", true);
        json.close();
    }
    return json.close_list().take();
}

void write_levels(JsonWriter& json, std::string_view key, const std::vector<BookLevel>& levels,
                  const Symbol& symbol) {
    json.open_list(key);
    for (const BookLevel& level : levels) {
        json.open_list().fixed({}, level.price.value, symbol.price_decimals);
        json.fixed({}, level.quantity.value, symbol.quantity_decimals).close_list();
    }
    json.close_list();
}

}  // namespace

Answer ping(Desk&, Call&) { return "{}"; }

Answer server_time(Desk&, Call& call) {
    JsonWriter json;
    return json.open().number("serverTime", call.stamp(call.now)).close().take();
}

Answer depth(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    const auto limit = call.parameters.limit(desk.is_spot() ? 100 : 500, desk.is_spot() ? 5000 : 1000);
    if (!limit) return refuse(limit.error());
    if (desk.is_spot()) {
        call.extra_weight = *limit <= 100 ? 0 : *limit <= 500 ? 20 : *limit <= 1000 ? 45 : 245;
    } else {
        constexpr std::array<std::size_t, 7> kLimits{5, 10, 20, 50, 100, 500, 1000};
        if (std::ranges::find(kLimits, *limit) == kLimits.end()) return refuse(-4021, "Invalid depth limit.");
        call.extra_weight = *limit <= 50 ? 0 : *limit == 100 ? 3 : *limit == 500 ? 8 : 18;
    }
    const Symbol& market = **symbol;
    JsonWriter json;
    json.open().number("lastUpdateId", static_cast<std::int64_t>(desk.model.book_sequence(market.id)));
    if (!desk.is_spot()) json.number("E", call.stamp(call.now)).number("T", call.stamp(call.now));
    write_levels(json, "bids", desk.model.levels(market.id, Side::buy, *limit), market);
    write_levels(json, "asks", desk.model.levels(market.id, Side::sell, *limit), market);
    return json.close().take();
}

Answer recent_trades(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    const auto limit = call.parameters.limit(500, 1000);
    if (!limit) return refuse(limit.error());
    return write_trades(desk, call, **symbol,
                        latest_trades(desk, (*symbol)->id, call.now + Duration{1}, *limit));
}

Answer historical_trades(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    const auto limit = call.parameters.limit(500, desk.is_spot() ? 1000 : 500);
    if (!limit) return refuse(limit.error());
    const auto from = call.parameters.number("fromId");
    if (!from) return refuse(from.error());
    if (!*from)
        return write_trades(desk, call, **symbol,
                            latest_trades(desk, (*symbol)->id, call.now + Duration{1}, *limit));
    return write_trades(desk, call, **symbol,
                        trades_from(desk, (*symbol)->id, static_cast<TradeNumber>(**from), *limit, call.now));
}

/// Every trade is an aggregate of its own here: a, f and l are its number.
Answer aggregate_trades(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    const auto limit = call.parameters.limit(500, 1000);
    const auto from = call.parameters.number("fromId");
    const auto start = call.parameters.time("startTime");
    const auto end = call.parameters.time("endTime");
    for (const VenueError* error : {limit ? nullptr : &limit.error(), from ? nullptr : &from.error(),
                                    start ? nullptr : &start.error(), end ? nullptr : &end.error()}) {
        if (error != nullptr) return refuse(*error);
    }
    if (*from && (*start || *end)) return refuse(-1128, "Combination of optional parameters invalid.");
    const InstrumentId id = (*symbol)->id;
    const Timestamp until = std::min(end->value_or(call.now), call.now) + std::chrono::milliseconds{1};
    std::vector<PastTrade> trades;
    if (*from)
        trades = trades_from(desk, id, static_cast<TradeNumber>(**from), *limit, call.now);
    else if (*start)
        trades = desk.past.trades(id, **start, until, *limit);
    else
        trades = latest_trades(desk, id, until, *limit);
    JsonWriter json;
    json.open_list();
    for (const PastTrade& trade : trades) {
        const auto number = static_cast<std::int64_t>(trade.number);
        json.open().number("a", number).fixed("p", trade.price.value, (*symbol)->price_decimals);
        json.fixed("q", trade.quantity.value, (*symbol)->quantity_decimals)
            .number("f", number)
            .number("l", number);
        json.number("T", call.stamp(trade.at)).boolean("m", trade.aggressor == Side::sell);
        if (desk.is_spot()) json.boolean("M", true);
        json.close();
    }
    return json.close_list().take();
}

Answer average_price(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    JsonWriter json;
    json.open().number("mins", 5).fixed("price", desk.average_price(**symbol, call.now).value,
                                        (*symbol)->price_decimals);
    return json.number("closeTime", call.stamp(desk.memory[(*symbol)->id.value].last_trade_at))
        .close()
        .take();
}

Answer reference_price(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    return refuse(-2043, "This symbol doesn't have a reference price.");
}

Answer execution_rules(Desk& desk, Call& call) {
    const auto choice = desk.symbols.choose(call.parameters, true);
    if (!choice) return refuse(choice.error());
    JsonWriter json;
    json.open().open_list("symbolRules");
    for (const Symbol* symbol : choice->symbols)
        json.open().text("symbol", symbol->name).open_list("rules").close_list().close();
    return json.close_list().close().take();
}

Quantity open_positions(const Desk& desk, InstrumentId instrument, Timestamp now) {
    Quantity open;
    for (std::uint32_t i = 0; i < desk.model.account_count(); ++i) {
        const Quantity quantity = desk.model.position(AccountId{i}, instrument, now).quantity;
        if (0 < quantity.sign()) open += quantity;
    }
    return open;
}

Answer premium_index(Desk& desk, Call& call) {
    const auto one = desk.symbols.maybe(call.parameters);
    if (!one) return refuse(one.error());
    if (*one == nullptr) call.extra_weight = 9;
    JsonWriter json;
    if (*one == nullptr) json.open_list();
    for (const Symbol& symbol : desk.symbols.all()) {
        if (*one != nullptr && *one != &symbol) continue;
        const MarkChanged mark = desk.model.mark(symbol.id);
        json.open().text("symbol", symbol.name).fixed("markPrice", mark.mark.value, kAssetDecimals);
        json.fixed("indexPrice", mark.index.value, kAssetDecimals)
            .fixed("estimatedSettlePrice", mark.index.value, kAssetDecimals);
        json.fixed("lastFundingRate", mark.funding_rate, kAssetDecimals).text("interestRate", "0.00010000");
        json.number("nextFundingTime", call.stamp(mark.next_funding))
            .number("time", call.stamp(call.now))
            .close();
    }
    if (*one == nullptr) json.close_list();
    return json.take();
}

Answer funding_rates(Desk& desk, Call& call) {
    const auto one = desk.symbols.maybe(call.parameters);
    const auto start = call.parameters.time("startTime");
    const auto end = call.parameters.time("endTime");
    const auto limit = call.parameters.limit(100, 1000);
    for (const VenueError* error : {one ? nullptr : &one.error(), start ? nullptr : &start.error(),
                                    end ? nullptr : &end.error(), limit ? nullptr : &limit.error()}) {
        if (error != nullptr) return refuse(*error);
    }
    struct Row {
        const Symbol* symbol;
        FundingRow funding;
    };
    std::vector<Row> rows;
    for (const Symbol& symbol : desk.symbols.all()) {
        if (*one != nullptr && *one != &symbol) continue;
        for (const FundingRow& row : desk.memory[symbol.id.value].funding) {
            if (start->value_or(Timestamp{}) <= row.at && row.at <= end->value_or(call.now))
                rows.push_back({&symbol, row});
        }
    }
    std::ranges::stable_sort(rows, {}, [](const Row& row) { return row.funding.at; });
    if (*limit < rows.size()) {
        if (*start)
            rows.resize(*limit);
        else
            rows.erase(rows.begin(), rows.end() - static_cast<std::ptrdiff_t>(*limit));
    }
    JsonWriter json;
    json.open_list();
    for (const Row& row : rows) {
        json.open().text("symbol", row.symbol->name).number("fundingTime", call.stamp(row.funding.at));
        json.fixed("fundingRate", row.funding.rate, kAssetDecimals)
            .fixed("markPrice", row.funding.mark.value, kAssetDecimals)
            .close();
    }
    return json.close_list().take();
}

Answer funding_info(Desk& desk, Call&) {
    JsonWriter json;
    json.open_list();
    for (const Symbol& symbol : desk.symbols.all()) {
        const Duration interval = desk.model.market(symbol.id).funding_interval;
        json.open().text("symbol", symbol.name).text("adjustedFundingRateCap", "0.02000000");
        json.text("adjustedFundingRateFloor", "-0.02000000")
            .number("fundingIntervalHours", interval / hours{1});
        json.boolean("disclaimer", false).close();
    }
    return json.close_list().take();
}

Answer open_interest(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    JsonWriter json;
    json.open().fixed("openInterest", open_positions(desk, (*symbol)->id, call.now).value,
                      (*symbol)->quantity_decimals);
    return json.text("symbol", (*symbol)->name).number("time", call.stamp(call.now)).close().take();
}

}  // namespace plumb::exchange::binance
