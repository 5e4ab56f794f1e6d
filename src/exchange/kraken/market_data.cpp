#include "exchange/kraken/market_data.hpp"

#include <algorithm>
#include <array>

#include "exchange/kraken/replies.hpp"
#include "exchange/kraken/text.hpp"

namespace plumb::exchange::kraken {

namespace {

Decimal percent_change(Price from, Price to) {
    if (from.sign() <= 0) return Decimal{};
    return ((to.value - from.value) / from.value * Decimal{100})
        .quantized(Decimal::power_of_ten(-2), Rounding::nearest);
}

void write_ticker(JsonOut& json, const Contract& contract, const TickerView& view, Timestamp now) {
    json.member("symbol", contract.symbol).member("last", view.last).time("lastTime", now, 6);
    json.member("tag", "perpetual").member("pair", contract.rest_pair).member("markPrice", view.mark.mark);
    if (!view.quote.bid_quantity.is_zero()) {
        json.member("bid", view.quote.bid).member("bidSize", view.quote.bid_quantity);
    }
    if (!view.quote.ask_quantity.is_zero()) {
        json.member("ask", view.quote.ask).member("askSize", view.quote.ask_quantity);
    }
    json.member("vol24h", view.day.volume).member("volumeQuote", view.day.value);
    json.member("openInterest", view.open_interest).member("open24h", view.day.open);
    json.member("high24h", view.day.high).member("low24h", view.day.low).member("lastSize", 0);
    json.member("fundingRate", view.funding_rate).member("fundingRatePrediction", view.funding_rate);
    json.member("suspended", view.suspended).member("indexPrice", view.mark.index);
    json.member("postOnly", false).member("change24h", view.change);
}

void write_margin_levels(JsonOut& json, std::string_view key, const MarketSpec& market, int factor) {
    const Decimal initial = Decimal{factor} / market.leverage_max;
    const Decimal maintenance = market.maintenance_margin * Decimal{factor};
    json.begin_array(key).begin_object().member("numNonContractUnits", 0);
    json.member("initialMargin", initial).member("maintenanceMargin", maintenance);
    json.end_object().end_array();
}

std::optional<Duration> resolution(std::string_view text) {
    static constexpr auto kResolutions = std::to_array<std::pair<std::string_view, std::chrono::minutes>>({
        {"1m", std::chrono::minutes{1}},
        {"5m", std::chrono::minutes{5}},
        {"15m", std::chrono::minutes{15}},
        {"30m", std::chrono::minutes{30}},
        {"1h", std::chrono::hours{1}},
        {"4h", std::chrono::hours{4}},
        {"12h", std::chrono::hours{12}},
        {"1d", std::chrono::days{1}},
        {"1w", std::chrono::weeks{1}},
    });
    for (const auto& [name, length] : kResolutions) {
        if (name == text) return length;
    }
    return std::nullopt;
}

/// The series of mark and index prices stand a fixed basis below the trades: the market keeps no past of
/// them, and a client that mixes series up shall notice.
Decimal basis_of(std::string_view series) {
    if (series == "mark") return *Decimal::parse("0.9999");
    if (series == "spot") return *Decimal::parse("0.9998");
    return Decimal{1};
}

void write_candle(JsonOut& json, Timestamp open_time, const Ohlcv& values, Decimal basis) {
    json.begin_object().member("time", to_ms(open_time)).quoted("open", values.open.value * basis);
    json.quoted("high", values.high.value * basis).quoted("low", values.low.value * basis);
    json.quoted("close", values.close.value * basis);
    json.quoted("volume", basis == Decimal{1} ? values.volume.value : Decimal{}).end_object();
}

Response not_found(Timestamp now) { return error_reply("notFound", now, 404); }

}  // namespace

TickerView view_ticker(const Desk& desk, InstrumentId instrument, Timestamp now) {
    TickerView view;
    view.day = desk.past.day(instrument, now);
    view.quote = desk.model.quote(instrument);
    view.mark = desk.model.mark(instrument);
    view.last = desk.model.last_price(instrument);
    if (view.last.is_zero()) view.last = view.day.last;
    if (view.mark.mark.is_zero()) view.mark.mark = view.last;
    if (view.mark.index.is_zero()) view.mark.index = view.mark.mark;
    view.change = percent_change(view.day.open, view.last);
    view.funding_rate = (view.mark.funding_rate * view.mark.index.value)
                            .quantized(Decimal::power_of_ten(-12), Rounding::nearest);
    for (std::uint32_t i = 1; i < desk.model.account_count(); ++i) {
        view.open_interest += desk.model.position(AccountId{i}, instrument, now).quantity.abs();
    }
    view.suspended = desk.model.status(instrument) != TradingStatus::open;
    return view;
}

Response MarketData::instruments(Timestamp now) const {
    Reply reply{now};
    JsonOut& json = reply.json().begin_array("instruments");
    for (const Contract& contract : desk_.contracts.all()) {
        const MarketSpec& market = desk_.model.market(contract.id);
        json.begin_object().member("symbol", contract.symbol).member("type", "flexible_futures");
        json.member("tickSize", market.instrument.tick).member("contractSize", 1);
        json.member("tradeable", desk_.model.status(contract.id) != TradingStatus::closed);
        json.member("impactMidSize", market.instrument.lot.value * Decimal{1'000});
        json.member("maxPositionSize", market.quantity_max).member("openingDate", "2022-03-22T13:18:45Z");
        write_margin_levels(json, "marginLevels", market, 1);
        json.member("fundingRateCoefficient", 24);
        json.member("maxRelativeFundingRate", *Decimal::parse("0.0025"));
        json.member("contractValueTradePrecision", contract.lot_decimals).member("postOnly", false);
        json.member("feeScheduleUid", kFeeSchedule).member("mtf", true);
        json.member("base", contract.base).member("quote", market.instrument.quote);
        json.member("pair", contract.rest_pair).member("category", "").begin_array("tags").end_array();
        write_margin_levels(json, "retailMarginLevels", market, 5);
        json.end_object();
    }
    json.end_array();
    return reply.done();
}

Response MarketData::instrument_status(std::string_view symbol, Timestamp now) const {
    Reply reply{now};
    JsonOut& json = reply.json();
    const auto write = [&](const Contract& contract) {
        json.member("tradeable", contract.symbol).member("experiencingDislocation", false);
        json.null("priceDislocationDirection").member("experiencingExtremeVolatility", false);
        json.member("extremeVolatilityInitialMarginMultiplier", 1);
    };
    if (symbol.empty()) {
        json.begin_array("instrumentStatus");
        for (const Contract& contract : desk_.contracts.all()) {
            json.begin_object();
            write(contract);
            json.end_object();
        }
        json.end_array();
        return reply.done();
    }
    const Contract* contract = desk_.contracts.find(symbol);
    if (contract == nullptr) return error_reply("contractNotFound", now);
    write(*contract);
    return reply.done();
}

Response MarketData::tickers(Timestamp now) const {
    Reply reply{now};
    JsonOut& json = reply.json().begin_array("tickers");
    for (const Contract& contract : desk_.contracts.all()) {
        json.begin_object();
        write_ticker(json, contract, view_ticker(desk_, contract.id, now), now);
        json.end_object();
    }
    json.end_array();
    return reply.done();
}

Response MarketData::ticker(std::string_view symbol, Timestamp now) const {
    const Contract* contract = desk_.contracts.find(symbol);
    if (contract == nullptr) return error_reply("contractNotFound", now);
    Reply reply{now};
    JsonOut& json = reply.json().begin_object("ticker");
    write_ticker(json, *contract, view_ticker(desk_, contract->id, now), now);
    json.end_object();
    return reply.done();
}

Response MarketData::order_book(const Form& form, Timestamp now) const {
    if (form.get("symbol").empty()) return error_reply("requiredArgumentMissing", now);
    const Contract* contract = desk_.contracts.find(form.get("symbol"));
    if (contract == nullptr) return error_reply("contractNotFound", now);
    Reply reply{now};
    JsonOut& json = reply.json().begin_object("orderBook");
    for (const Side side : {Side::buy, Side::sell}) {
        json.begin_array(side == Side::buy ? "bids" : "asks");
        for (const BookLevel& level : desk_.model.levels(contract->id, side, 1'000)) {
            json.begin_array().element(level.price).element(level.quantity).end_array();
        }
        json.end_array();
    }
    json.end_object();
    return reply.done();
}

Response MarketData::trades(const Form& form, Timestamp now) const {
    if (form.get("symbol").empty()) return error_reply("requiredArgumentMissing", now);
    const Contract* contract = desk_.contracts.find(form.get("symbol"));
    if (contract == nullptr) return error_reply("contractNotFound", now);
    Timestamp before = now + std::chrono::milliseconds{1};
    if (const std::string_view text = form.get("lastTime"); !text.empty()) {
        const Result<Timestamp> time = parse_timestamp(text);
        if (!time) return error_reply("invalidArgument: lastTime", now);
        before = std::min(before, *time);
    }
    const std::vector<PastTrade> kept =
        desk_.past.trades(contract->id, now - std::chrono::days{7}, before, 10'000);
    const std::size_t first = kept.size() - std::min(kept.size(), kTradesMax);
    Reply reply{now};
    JsonOut& json = reply.json().begin_array("history");
    for (std::size_t i = kept.size(); first < i--;) {
        const PastTrade& trade = kept[i];
        json.begin_object().time("time", trade.at, 3).member("trade_id", trade.number);
        json.member("price", trade.price).member("size", trade.quantity);
        json.member("side", side_word(trade.aggressor)).member("type", "fill");
        json.member("uid", desk_.trade_ids.text(trade.number)).end_object();
    }
    json.end_array();
    return reply.done();
}

void MarketData::on_mark(const MarkChanged& mark, Timestamp at) {
    std::deque<Rate>& rates = rates_[mark.instrument];
    const Timestamp hour = std::chrono::floor<std::chrono::hours>(at);
    const Decimal absolute =
        (mark.funding_rate * mark.index.value).quantized(Decimal::power_of_ten(-12), Rounding::nearest);
    if (!rates.empty() && rates.back().at == hour) return;
    if (rates.size() == kRatesMax) rates.pop_front();
    rates.push_back({hour, absolute, mark.funding_rate});
}

Response MarketData::funding_rates(const Form& form, Timestamp now) const {
    if (form.get("symbol").empty()) return error_reply("requiredArgumentMissing", now);
    const Contract* contract = desk_.contracts.find(form.get("symbol"));
    if (contract == nullptr) return error_reply("contractNotFound", now);
    Reply reply{now};
    JsonOut& json = reply.json().begin_array("rates");
    if (const auto rates = rates_.find(contract->id); rates != rates_.end()) {
        for (const Rate& rate : rates->second) {
            json.begin_object().time("timestamp", rate.at, 3).member("fundingRate", rate.absolute);
            json.member("relativeFundingRate", rate.relative).end_object();
        }
    }
    json.end_array();
    return reply.done();
}

Response MarketData::fee_schedules(Timestamp now) const {
    Reply reply{now};
    JsonOut& json = reply.json().begin_array("feeSchedules");
    json.begin_object().member("uid", kFeeSchedule).member("name", "MTF Linear Rebate Fees");
    json.begin_array("tiers");
    if (!desk_.contracts.all().empty()) {
        const FeeRule& fees = desk_.model.market(desk_.contracts.all().front().id).fees;
        json.begin_object().member("makerFee", fees.maker * Decimal{100});
        json.member("takerFee", fees.taker * Decimal{100}).member("usdVolume", 0).end_object();
    }
    json.end_array().end_object().end_array();
    return reply.done();
}

Response MarketData::charts(std::string_view rest, const Form& form, Timestamp now) const {
    const std::size_t first = rest.find('/');
    const std::string_view series = rest.substr(0, first);
    rest = first == std::string_view::npos ? std::string_view{} : rest.substr(first + 1);
    if (series.empty()) return json_reply(R"(["mark","spot","trade"])");
    if (series != "trade" && series != "mark" && series != "spot") return not_found(now);
    if (rest.empty()) {
        JsonOut json;
        json.begin_array();
        for (const Contract& contract : desk_.contracts.all()) json.element(contract.symbol);
        return json_reply(json.end_array().take());
    }
    const std::size_t second = rest.find('/');
    const Contract* contract = desk_.contracts.find(rest.substr(0, second));
    if (contract == nullptr) return not_found(now);
    if (second == std::string_view::npos) {
        return json_reply(R"(["1h","30m","5m","15m","4h","1m","1d","12h","1w"])");
    }
    const std::optional<Duration> length = resolution(rest.substr(second + 1));
    if (!length) return not_found(now);
    return candles(series, *contract, *length, form, now);
}

Response MarketData::candles(std::string_view series, const Contract& contract, Duration length,
                             const Form& form, Timestamp now) const {
    constexpr long long kSecondsMax = 9'000'000'000;
    const auto seconds = [&](std::string_view name, Timestamp otherwise) -> std::optional<Timestamp> {
        if (form.get(name).empty()) return otherwise;
        const auto value = whole_number(form.get(name), 0, kSecondsMax);
        return value ? std::optional{Timestamp{std::chrono::seconds{*value}}} : std::nullopt;
    };
    const auto to = seconds("to", now);
    const auto from = seconds("from", Timestamp{});
    const auto count = form.get("count").empty() ? std::optional<long long>{kCandlesMax}
                                                 : whole_number(form.get("count"), 1, kCandlesMax);
    if (!to || !from || !count) return bad_request(1, "invalid from, to or count", now);
    const Timestamp end = std::min(*to, now) + std::chrono::seconds{1};
    Timestamp begin = *from;
    const auto limit = static_cast<std::size_t>(*count);
    if (form.get("from").empty()) begin = end - length * static_cast<std::int64_t>(limit);
    begin = std::max(begin, Timestamp{});
    std::vector<ClosedBar> bars = desk_.past.bars(contract.id, length, begin, end, limit + 1, now);
    const bool more = limit < bars.size();
    if (more) bars.resize(limit);
    const Decimal basis = basis_of(series);
    JsonOut json;
    json.begin_object().begin_array("candles");
    for (const ClosedBar& bar : bars) write_candle(json, bar.open_time, bar.values, basis);
    if (const auto open = desk_.past.open_bar(contract.id, length, now);
        !more && bars.size() < limit && open && begin <= open->open_time && open->open_time < end) {
        write_candle(json, open->open_time, open->values, basis);
    }
    json.end_array().member("more_candles", more).end_object();
    return json_reply(json.take());
}

}  // namespace plumb::exchange::kraken
