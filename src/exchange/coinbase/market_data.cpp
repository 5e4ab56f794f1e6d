#include "exchange/coinbase/market_data.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace plumb::exchange::coinbase {

namespace {

std::optional<std::int64_t> whole(std::string_view text, std::int64_t highest) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0 || highest < value) {
        return std::nullopt;
    }
    return value;
}

/// UNIX seconds, or a time as text.
std::optional<Timestamp> time_of(std::string_view text) {
    if (const auto seconds = whole(text, 9'000'000'000)) return Timestamp{std::chrono::seconds{*seconds}};
    const Result<Timestamp> time = parse_timestamp(text);
    return time ? std::optional{*time} : std::nullopt;
}

std::optional<Duration> granularity(std::string_view name) {
    using std::chrono::minutes;
    static constexpr auto kNames = std::to_array<std::pair<std::string_view, minutes>>({
        {"ONE_MINUTE", minutes{1}},
        {"FIVE_MINUTE", minutes{5}},
        {"FIFTEEN_MINUTE", minutes{15}},
        {"THIRTY_MINUTE", minutes{30}},
        {"ONE_HOUR", minutes{60}},
        {"TWO_HOUR", minutes{120}},
        {"FOUR_HOUR", minutes{240}},
        {"SIX_HOUR", minutes{360}},
        {"ONE_DAY", minutes{1440}},
    });
    for (const auto& [word, length] : kNames) {
        if (word == name) return length;
    }
    return std::nullopt;
}

std::optional<std::size_t> count_of(const Form& form, std::string_view name, std::size_t otherwise,
                                    std::size_t highest) {
    if (form.get(name).empty()) return otherwise;
    const auto value = whole(form.get(name), 1'000'000'000);
    if (!value) return std::nullopt;
    return *value == 0 ? otherwise : std::min(static_cast<std::size_t>(*value), highest);
}

void write_candle(JsonOut& json, Timestamp open_time, const Ohlcv& values) {
    json.begin_object().quoted("start", to_ms(open_time) / 1'000).quoted("low", values.low);
    json.quoted("high", values.high).quoted("open", values.open).quoted("close", values.close);
    json.quoted("volume", values.volume).end_object();
}

}  // namespace

Decimal percent_change(Price from, Price to) {
    if (from.sign() <= 0) return Decimal{};
    return ((to.value - from.value) / from.value * Decimal{100})
        .quantized(Decimal::power_of_ten(-8), Rounding::nearest);
}

Price last_price(const Desk& desk, InstrumentId instrument, Timestamp now) {
    const Price last = desk.model.last_price(instrument);
    return last.is_zero() ? desk.past.day(instrument, now).last : last;
}

Response MarketData::time(Timestamp now) const {
    JsonOut json;
    json.begin_object().time("iso", now, 0).quoted("epochSeconds", to_ms(now) / 1'000);
    json.quoted("epochMillis", to_ms(now)).end_object();
    return json_reply(json.take());
}

void MarketData::write_product(JsonOut& json, const Product& product, Timestamp now) const {
    const MarketSpec& market = desk_.model.market(product.id);
    const DaySummary day = desk_.past.day(product.id, now);
    const QuoteChanged quote = desk_.model.quote(product.id);
    const TradingStatus status = desk_.model.status(product.id);
    const bool open = status == TradingStatus::open;
    json.begin_object().member("product_id", product.name);
    json.quoted("price", last_price(desk_, product.id, now));
    json.quoted("price_percentage_change_24h", percent_change(day.open, day.last));
    json.quoted("volume_24h", day.volume).quoted("volume_percentage_change_24h", 0);
    json.quoted("base_increment", market.instrument.lot).quoted("quote_increment", market.instrument.tick);
    json.quoted("quote_min_size", market.instrument.notional_min);
    json.quoted("quote_max_size", market.notional_max)
        .quoted("base_min_size", market.instrument.quantity_min);
    json.quoted("base_max_size",
                market.quantity_max.is_zero() ? Quantity{Decimal{1'000'000'000}} : market.quantity_max);
    json.member("base_name", product.base_name).member("quote_name", currency_name(product.quote));
    json.member("watched", false).member("is_disabled", status == TradingStatus::closed).member("new", false);
    json.member("status", status == TradingStatus::closed ? "delisted" : open ? "online" : "offline");
    json.member("cancel_only", false).member("limit_only", false).member("post_only", false);
    json.member("trading_disabled", !open).member("auction_mode", false).member("product_type", "SPOT");
    json.member("quote_currency_id", product.quote).member("base_currency_id", product.base);
    json.null("fcm_trading_session_details").member("mid_market_price", "").member("alias", "");
    json.begin_array("alias_to").end_array().member("base_display_symbol", product.base);
    json.member("quote_display_symbol", product.quote).member("view_only", false);
    json.quoted("price_increment", market.instrument.tick).member("display_name", product.name);
    json.member("product_venue", "CBE").quoted("approximate_quote_24h_volume", day.value);
    json.member("new_at", "2023-01-01T00:00:00Z").quoted("best_bid_price", quote.bid);
    json.quoted("best_ask_price", quote.ask).end_object();
}

Response MarketData::products(const Form& form, Timestamp now) const {
    const auto limit = count_of(form, "limit", desk_.products.all().size(), 100'000);
    const auto offset = form.get("offset").empty() ? std::optional<std::int64_t>{0}
                                                   : whole(form.get("offset"), 1'000'000'000);
    if (!limit || !offset) return invalid_argument("limit or offset is invalid");
    const std::string_view type = form.get("product_type");
    if (!type.empty() && type != "SPOT" && type != "FUTURE" && type != "UNKNOWN_PRODUCT_TYPE") {
        return invalid_argument("product_type is invalid");
    }
    const bool wants_spot = type != "FUTURE" && form.get("contract_expiry_type") != "PERPETUAL" &&
                            form.get("contract_expiry_type") != "EXPIRING";
    const std::vector<std::string_view> wanted = form.all("product_ids");
    std::size_t all = 0;
    std::size_t written = 0;
    JsonOut json;
    json.begin_object().begin_array("products");
    for (const Product& product : desk_.products.all()) {
        if (!wants_spot) break;
        if (!wanted.empty() && std::ranges::find(wanted, product.name) == wanted.end()) continue;
        if (all++ < static_cast<std::size_t>(*offset) || written == *limit) continue;
        write_product(json, product, now);
        ++written;
    }
    json.end_array().member("num_products", all).null("pagination");
    return json_reply(json.end_object().take());
}

Response MarketData::product(std::string_view name, Timestamp now) const {
    const Product* product = desk_.products.find(name);
    if (product == nullptr) return error_reply(404, "NOT_FOUND", "product not found");
    JsonOut json;
    write_product(json, *product, now);
    return json_reply(json.take());
}

Response MarketData::candles(std::string_view name, const Form& form, Timestamp now) const {
    const Product* product = desk_.products.find(name);
    if (product == nullptr) return error_reply(404, "NOT_FOUND", "product not found");
    const auto length = granularity(form.get("granularity"));
    if (!length) return invalid_argument("granularity is invalid");
    const auto start = time_of(form.get("start"));
    const auto end = time_of(form.get("end"));
    if (!start || !end || *end < *start) return invalid_argument("start and end are required");
    const auto limit = count_of(form, "limit", kCandlesMax, kCandlesMax);
    if (!limit) return invalid_argument("limit is invalid");
    if (static_cast<std::int64_t>(kCandlesMax) < (*end - *start) / *length) {
        return invalid_argument("number of candles requested should be less than 350");
    }
    const Timestamp to = std::min(*end, now) + std::chrono::seconds{1};
    std::vector<ClosedBar> bars = desk_.past.bars(product->id, *length, *start, to, kCandlesMax + 1, now);
    JsonOut json;
    json.begin_object().begin_array("candles");
    std::size_t count = 0;
    if (const auto open = desk_.past.open_bar(product->id, *length, now);
        open && *start <= open->open_time && open->open_time < to) {
        write_candle(json, open->open_time, open->values);
        ++count;
    }
    for (auto bar = bars.rbegin(); bar != bars.rend() && count < *limit; ++bar, ++count) {
        write_candle(json, bar->open_time, bar->values);
    }
    return json_reply(json.end_array().end_object().take());
}

Response MarketData::trades(std::string_view name, const Form& form, Timestamp now) const {
    const Product* product = desk_.products.find(name);
    if (product == nullptr) return error_reply(404, "NOT_FOUND", "product not found");
    const auto limit = count_of(form, "limit", 100, kTradesMax);
    const auto start = form.get("start").empty() ? std::optional{Timestamp{}} : time_of(form.get("start"));
    const auto end = form.get("end").empty() ? std::optional{now} : time_of(form.get("end"));
    if (!limit || !start || !end) return invalid_argument("limit, start or end is invalid");
    const std::vector<PastTrade> kept =
        desk_.past.trades(product->id, *start, std::min(*end, now) + std::chrono::milliseconds{1}, 10'000);
    const QuoteChanged quote = desk_.model.quote(product->id);
    JsonOut json;
    json.begin_object().begin_array("trades");
    const std::size_t first = kept.size() - std::min(kept.size(), *limit);
    for (std::size_t i = kept.size(); first < i--;) {
        json.begin_object().quoted("trade_id", kept[i].number).member("product_id", product->name);
        json.quoted("price", kept[i].price).quoted("size", kept[i].quantity).time("time", kept[i].at, 6);
        json.member("side", side_word(kept[i].aggressor)).member("bid", "").member("ask", "");
        json.member("exchange", "coinbase").end_object();
    }
    json.end_array().quoted("best_bid", quote.bid).quoted("best_ask", quote.ask);
    return json_reply(json.end_object().take());
}

void MarketData::write_book(JsonOut& json, const Product& product, std::size_t depth, Timestamp now) const {
    json.member("product_id", product.name);
    for (const Side side : {Side::buy, Side::sell}) {
        json.begin_array(side == Side::buy ? "bids" : "asks");
        for (const BookLevel& level : desk_.model.levels(product.id, side, depth)) {
            json.begin_object().quoted("price", level.price).quoted("size", level.quantity).end_object();
        }
        json.end_array();
    }
    json.time("time", now, 6);
}

Response MarketData::product_book(const Form& form, Timestamp now) const {
    if (form.get("product_id").empty()) return invalid_argument("product_id is required");
    const Product* product = desk_.products.find(form.get("product_id"));
    if (product == nullptr) return error_reply(404, "NOT_FOUND", "product not found");
    const auto limit = count_of(form, "limit", 500, 10'000);
    if (!limit) return invalid_argument("limit is invalid");
    JsonOut json;
    json.begin_object().begin_object("pricebook");
    write_book(json, *product, *limit, now);
    json.end_object();
    const QuoteChanged quote = desk_.model.quote(product->id);
    const bool two_sided = !quote.bid_quantity.is_zero() && !quote.ask_quantity.is_zero();
    const Decimal half = Decimal::from_units(Decimal::kOne / 2);
    const Decimal mid = two_sided ? (quote.bid.value + quote.ask.value) * half : Decimal{};
    const Decimal spread = two_sided ? quote.ask.value - quote.bid.value : Decimal{};
    json.quoted("last", last_price(desk_, product->id, now)).quoted("mid_market", mid);
    json.quoted(
        "spread_bps",
        mid.is_zero()
            ? Decimal{}
            : (spread / mid * Decimal{10'000}).quantized(Decimal::power_of_ten(-12), Rounding::nearest));
    json.quoted("spread_absolute", spread);
    return json_reply(json.end_object().take());
}

Response MarketData::best_bid_ask(const Form& form, Timestamp now) const {
    const std::vector<std::string_view> wanted = form.all("product_ids");
    JsonOut json;
    json.begin_object().begin_array("pricebooks");
    for (const Product& product : desk_.products.all()) {
        if (!wanted.empty() && std::ranges::find(wanted, product.name) == wanted.end()) continue;
        json.begin_object();
        write_book(json, product, 1, now);
        json.end_object();
    }
    return json_reply(json.end_array().end_object().take());
}

}  // namespace plumb::exchange::coinbase
