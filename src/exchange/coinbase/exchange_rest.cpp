#include "exchange/coinbase/exchange_rest.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "exchange/coinbase/market_data.hpp"

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

std::optional<Timestamp> time_of(std::string_view text) {
    if (const auto seconds = whole(text, 9'000'000'000)) return Timestamp{std::chrono::seconds{*seconds}};
    const Result<Timestamp> time = parse_timestamp(text);
    return time ? std::optional{*time} : std::nullopt;
}

Response not_found() { return exchange_error(404, "NotFound"); }

}  // namespace

void write_exchange_product(JsonOut& json, const Desk& desk, const Product& product) {
    const MarketSpec& market = desk.model.market(product.id);
    const TradingStatus status = desk.model.status(product.id);
    json.begin_object().member("id", product.name).member("base_currency", product.base);
    json.member("quote_currency", product.quote).quoted("quote_increment", market.instrument.tick);
    json.quoted("base_increment", market.instrument.lot);
    json.member("display_name", product.base + "-" + product.quote);
    json.quoted("min_market_funds", market.instrument.notional_min).member("margin_enabled", false);
    json.member("post_only", false).member("limit_only", false).member("cancel_only", false);
    json.member("status", status == TradingStatus::closed ? "delisted"
                          : status == TradingStatus::open ? "online"
                                                          : "offline");
    json.member("status_message", "").member("trading_disabled", status != TradingStatus::open);
    json.member("fx_stablecoin", false).member("max_slippage_percentage", "0.02000000");
    json.member("auction_mode", false).member("high_bid_limit_percentage", "").end_object();
}

void write_exchange_currency(JsonOut& json, std::string_view code) {
    const bool cash = code == "USD";
    json.begin_object().member("id", code).member("name", currency_name(code));
    json.member("min_size", cash ? "0.01" : "0.00000001").member("status", "online").member("message", "");
    json.member("max_precision", cash ? "0.01" : "0.00000001").begin_array("convertible_to").end_array();
    json.begin_object("details").member("type", cash ? "fiat" : "crypto").null("symbol");
    json.null("network_confirmations").member("sort_order", 100).null("crypto_address_link");
    json.null("crypto_transaction_link").begin_array("push_payment_methods").end_array();
    json.begin_array("group_types").end_array().null("display_name").null("processing_time_seconds");
    json.member("min_withdrawal_amount", 0).member("max_withdrawal_amount", 0).end_object();
    json.member("default_network", "")
        .begin_array("supported_networks")
        .end_array()
        .member("display_name", "");
    json.end_object();
}

Response ExchangeRest::answer(std::string_view path, const Form& form, Timestamp now) const {
    if (path == "/time") {
        JsonOut json;
        const Decimal epoch = Decimal::from_units(Int128{to_ms(now)} * (Decimal::kOne / 1'000));
        json.begin_object().time("iso", now, 3).member("epoch", epoch).end_object();
        return json_reply(json.take());
    }
    if (path == "/products" || path == "/products/") return products();
    if (path == "/currencies" || path == "/currencies/") return currencies();
    if (path.starts_with("/currencies/")) return currency(path.substr(12));
    if (!path.starts_with("/products/")) return not_found();
    const std::string_view rest = path.substr(10);
    const std::size_t slash = rest.find('/');
    const Product* product = desk_.products.find(rest.substr(0, slash));
    if (product == nullptr) return not_found();
    if (slash == std::string_view::npos) {
        JsonOut json;
        write_exchange_product(json, desk_, *product);
        return json_reply(json.take());
    }
    const std::string_view what = rest.substr(slash + 1);
    if (what == "book") return book(*product, form, now);
    if (what == "trades") return trades(*product, form, now);
    if (what == "candles") return candles(*product, form, now);
    if (what == "ticker") return ticker(*product, now);
    if (what == "stats") return stats(*product, now);
    return not_found();
}

Response ExchangeRest::products() const {
    JsonOut json;
    json.begin_array();
    for (const Product& product : desk_.products.all()) write_exchange_product(json, desk_, product);
    return json_reply(json.end_array().take());
}

Response ExchangeRest::currencies() const {
    std::vector<std::string_view> written{"USD"};
    JsonOut json;
    json.begin_array();
    write_exchange_currency(json, "USD");
    for (const Product& product : desk_.products.all()) {
        if (std::ranges::find(written, product.base) != written.end()) continue;
        written.push_back(product.base);
        write_exchange_currency(json, product.base);
    }
    return json_reply(json.end_array().take());
}

Response ExchangeRest::currency(std::string_view code) const {
    const bool known =
        code == "USD" || std::ranges::any_of(desk_.products.all(),
                                             [&](const Product& product) { return product.base == code; });
    if (!known) return not_found();
    JsonOut json;
    write_exchange_currency(json, code);
    return json_reply(json.take());
}

Response ExchangeRest::book(const Product& product, const Form& form, Timestamp now) const {
    const auto level =
        form.get("level").empty() ? std::optional<std::int64_t>{1} : whole(form.get("level"), 3);
    if (!level || *level == 0) return exchange_error(400, "Invalid level");
    JsonOut json;
    json.begin_object();
    for (const Side side : {Side::buy, Side::sell}) {
        json.begin_array(side == Side::buy ? "bids" : "asks");
        for (const BookLevel& one : desk_.model.levels(product.id, side, *level == 1 ? 1 : 10'000)) {
            json.begin_array().quoted_element(one.price).quoted_element(one.quantity).element(1).end_array();
        }
        json.end_array();
    }
    json.member("sequence", desk_.model.book_sequence(product.id)).member("auction_mode", false);
    json.null("auction").time("time", now, 6);
    return json_reply(json.end_object().take());
}

Response ExchangeRest::trades(const Product& product, const Form& form, Timestamp now) const {
    const auto limit =
        form.get("limit").empty() ? std::optional<std::int64_t>{1'000} : whole(form.get("limit"), 1'000'000);
    const auto number = [&](std::string_view name) {
        return form.get(name).empty() ? std::optional<std::int64_t>{0}
                                      : whole(form.get(name), 9'000'000'000'000'000);
    };
    const auto before = number("before");
    const auto after = number("after");
    if (!limit || !before || !after) return exchange_error(400, "limit, before or after is invalid");
    const auto count = static_cast<std::size_t>(std::clamp<std::int64_t>(*limit, 1, 1'000));
    // The newest first; cb-before and cb-after are the ids at both ends of the page.
    const std::vector<PastTrade> kept =
        desk_.past.trades(product.id, Timestamp{}, now + std::chrono::milliseconds{1}, 10'000);
    JsonOut json;
    json.begin_array();
    std::size_t written = 0;
    TradeNumber first = 0, last = 0;
    for (auto trade = kept.rbegin(); trade != kept.rend() && written < count; ++trade) {
        if (*after != 0 && static_cast<TradeNumber>(*after) <= trade->number) continue;
        if (trade->number <= static_cast<TradeNumber>(*before)) continue;
        // The side here is the maker's.
        json.begin_object().member("trade_id", trade->number);
        json.member("side", lower_side_word(opposite(trade->aggressor))).quoted("size", trade->quantity);
        json.quoted("price", trade->price).time("time", trade->at, 6).end_object();
        first = first == 0 ? trade->number : first;
        last = trade->number;
        ++written;
    }
    Response response = json_reply(json.end_array().take());
    if (0 < written) {
        response.headers.push_back({"cb-before", std::to_string(first)});
        response.headers.push_back({"cb-after", std::to_string(last)});
    }
    return response;
}

Response ExchangeRest::candles(const Product& product, const Form& form, Timestamp now) const {
    constexpr auto kGranularities = std::to_array<std::int64_t>({60, 300, 900, 3'600, 21'600, 86'400});
    const auto seconds = form.get("granularity").empty() ? std::optional<std::int64_t>{60}
                                                         : whole(form.get("granularity"), 86'400);
    if (!seconds || std::ranges::find(kGranularities, *seconds) == kGranularities.end()) {
        return exchange_error(400, "Unsupported granularity");
    }
    const Duration length = std::chrono::seconds{*seconds};
    const auto end = form.get("end").empty() ? std::optional{now} : time_of(form.get("end"));
    if (!end) return exchange_error(400, "end is not a valid time");
    const auto start = form.get("start").empty()
                           ? std::optional{Timestamp{*end - length * static_cast<std::int64_t>(kCandlesMax)}}
                           : time_of(form.get("start"));
    if (!start) return exchange_error(400, "start is not a valid time");
    if (static_cast<std::int64_t>(kCandlesMax) < (*end - *start) / length) {
        return exchange_error(400,
                              "granularity too small for the requested time range. Count of aggregations "
                              "requested exceeds 300");
    }
    const Timestamp to = std::min(*end, now) + std::chrono::seconds{1};
    const std::vector<ClosedBar> bars = desk_.past.bars(product.id, length, *start, to, kCandlesMax + 1, now);
    JsonOut json;
    json.begin_array();
    std::size_t count = 0;
    const auto write = [&](Timestamp open_time, const Ohlcv& values) {
        json.begin_array().element(to_ms(open_time) / 1'000).element(values.low).element(values.high);
        json.element(values.open).element(values.close).element(values.volume).end_array();
        ++count;
    };
    if (const auto open = desk_.past.open_bar(product.id, length, now);
        open && *start <= open->open_time && open->open_time < to) {
        write(open->open_time, open->values);
    }
    for (auto bar = bars.rbegin(); bar != bars.rend() && count < kCandlesMax; ++bar) {
        write(bar->open_time, bar->values);
    }
    return json_reply(json.end_array().take());
}

Response ExchangeRest::ticker(const Product& product, Timestamp now) const {
    const std::vector<PastTrade> kept =
        desk_.past.trades(product.id, now - std::chrono::days{1}, now + std::chrono::milliseconds{1}, 10'000);
    const QuoteChanged quote = desk_.model.quote(product.id);
    const DaySummary day = desk_.past.day(product.id, now);
    JsonOut json;
    json.begin_object().quoted("ask", quote.ask).quoted("bid", quote.bid).quoted("volume", day.volume);
    json.member("trade_id", kept.empty() ? TradeNumber{0} : kept.back().number);
    json.quoted("price", last_price(desk_, product.id, now));
    json.quoted("size", kept.empty() ? Quantity{} : kept.back().quantity);
    json.time("time", kept.empty() ? now : kept.back().at, 6).member("rfq_volume", "0");
    return json_reply(json.end_object().take());
}

Response ExchangeRest::stats(const Product& product, Timestamp now) const {
    const DaySummary day = desk_.past.day(product.id, now);
    Quantity month;
    for (const ClosedBar& bar :
         desk_.past.bars(product.id, std::chrono::days{1}, now - std::chrono::days{30}, now, 31, now)) {
        month += bar.values.volume;
    }
    JsonOut json;
    json.begin_object().quoted("open", day.open).quoted("high", day.high).quoted("low", day.low);
    json.quoted("last", day.last).quoted("volume", day.volume).quoted("volume_30day", month);
    json.quoted("rfq_volume_24hour", 0).quoted("rfq_volume_30day", 0);
    return json_reply(json.end_object().take());
}

}  // namespace plumb::exchange::coinbase
