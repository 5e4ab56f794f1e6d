#include "exchange/coinmarketcap/rest.hpp"

#include <algorithm>
#include <charconv>

namespace plumb::exchange::coinmarketcap {
namespace {

constexpr std::string_view kPublic = "/public-api";
constexpr std::int64_t kUsdId = 2781;
constexpr std::size_t kCoinsMax = 1'000;  // of one request
constexpr int kValueDecimals = 8;

/// "/v2/cryptocurrency/info" -> 2 and "cryptocurrency/info"; zero for other paths.
int split_version(std::string_view path, std::string& endpoint) {
    if (path.size() < 4 || path[0] != '/' || path[1] != 'v' || path[2] < '1' || '4' < path[2] ||
        path[3] != '/')
        return 0;
    endpoint = path.substr(4);
    return path[2] - '0';
}

std::vector<std::string> split_list(std::string_view list) {
    std::vector<std::string> parts;
    while (!list.empty() && parts.size() <= kCoinsMax) {
        const std::size_t end = std::min(list.find(','), list.size());
        if (0 < end) parts.emplace_back(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return parts;
}

void write_status(JsonOut& out, Timestamp now, int code, std::string_view words, std::int64_t credits,
                  std::optional<std::size_t> total) {
    out.begin_object("status").time("timestamp", now, 3).member("error_code", code);
    if (code == 0)
        out.null("error_message");
    else
        out.member("error_message", words);
    out.member("elapsed", 10).member("credit_count", credits).null("notice");
    if (total) out.member("total_count", *total);
    out.end_object();
}

}  // namespace

std::int64_t credits_for(std::size_t things, std::size_t per_credit) {
    return static_cast<std::int64_t>(std::max<std::size_t>(1, (things + per_credit - 1) / per_credit));
}

Rest::Rest(const ProtocolContext& context)
    : past_{context.past},
      coins_{coins_of(context.model)},
      usage_{context.access},
      prices_{context.past, context.model.market_count()} {}

Response Rest::envelope(const Answer& answer, Timestamp now) {
    JsonOut out;
    out.begin_object();
    if (answer) {
        out.raw("data", answer->data);
        write_status(out, now, 0, "", answer->credits, answer->total);
    } else {
        write_status(out, now, answer.error().code, answer.error().words, 0, std::nullopt);
    }
    out.end_object();
    return {answer ? 200 : answer.error().status,
            {{"Content-Type", "application/json; charset=utf-8"}},
            out.take()};
}

Response Rest::refuse(Trouble trouble, Timestamp now) {
    const auto words = [&](int status, int code, std::string text) {
        return envelope(std::unexpected(Refused{status, code, std::move(text)}), now);
    };
    switch (trouble) {
        case Trouble::rate_limited:
            return words(
                429, 1008,
                "You've exceeded your API Key's HTTP request rate limit. Rate limits reset every minute.");
        case Trouble::banned: return words(429, 1011, "You've hit an IP rate limit.");
        case Trouble::unauthorized: return words(401, 1001, "This API Key is invalid.");
        case Trouble::forbidden:
            return words(403, 1006, "Your API Key subscription plan doesn't support this endpoint.");
        case Trouble::time_stamp:
        case Trouble::malformed:
        case Trouble::duplicate_order:
        case Trouble::insufficient_funds: return words(400, 400, "Bad Request");
        case Trouble::not_found:
        case Trouble::order_not_found: return words(404, 404, "Not Found");
        case Trouble::internal: return words(500, 500, "An internal server error occurred");
        case Trouble::unavailable: return words(503, 503, "Service Unavailable");
        case Trouble::gateway_timeout: break;
    }
    return {
        504, {{"Content-Type", "text/html"}}, "<html><body><h1>504 Gateway Time-out</h1></body></html>\n"};
}

Response Rest::answer(const Request& request, Timestamp now) {
    Call call;
    call.now = now;
    call.query = Form{request.query()};
    std::string_view path = request.path();
    const bool is_public = path.starts_with(kPublic);
    if (is_public) path.remove_prefix(kPublic.size());
    const std::string* header = request.header("X-CMC_PRO_API_KEY");
    call.key = header != nullptr ? *header : std::string{call.query.get("CMC_PRO_API_KEY")};
    if (is_public) {
        if (!call.key.empty()) return refuse(Trouble::unauthorized, now);
    } else {
        if (call.key.empty()) return envelope(std::unexpected(Refused{401, 1002, "API key missing."}), now);
        call.plan = usage_.plan_of(call.key, now);
        if (call.plan == nullptr) return refuse(Trouble::unauthorized, now);
        Usage::Counts& counts = usage_.counts(call.key, now);
        if (call.plan->requests_per_minute <= counts.requests_of_minute)
            return refuse(Trouble::rate_limited, now);
        ++counts.requests_of_minute;
        if (call.plan->credits_per_month <= counts.credits_of_month)
            return envelope(
                std::unexpected(Refused{429, 1010, "You've exceeded your API Key's monthly rate limit."}),
                now);
    }
    call.version = split_version(path, call.endpoint);
    if (call.version == 0 || request.method != "GET") return refuse(Trouble::not_found, now);
    const Answer answer = route(call);
    if (answer && !is_public) {
        Usage::Counts& counts = usage_.counts(call.key, now);
        counts.credits_of_day += answer->credits;
        counts.credits_of_month += answer->credits;
    }
    return envelope(answer, now);
}

Rest::Answer Rest::route(Call& call) {
    const auto is = [&](std::string_view endpoint, int first, int last) {
        return call.endpoint == endpoint && first <= call.version && call.version <= last;
    };
    if (is("cryptocurrency/quotes/latest", 1, 3)) return quotes_latest(call);
    if (is("cryptocurrency/quotes/historical", 1, 3)) return quotes_historical(call);
    if (is("cryptocurrency/listings/latest", 1, 3) && call.version != 2) return listings_latest(call);
    if (is("cryptocurrency/map", 1, 1)) return map(call);
    if (is("cryptocurrency/info", 1, 2)) return info(call);
    const bool is_ohlcv = call.endpoint.starts_with("cryptocurrency/ohlcv/") && call.version <= 2;
    if (is_ohlcv && (call.plan == nullptr || !call.plan->has_ohlcv))
        return std::unexpected(
            Refused{403, 1006, "Your API Key subscription plan doesn't support this endpoint."});
    if (is("cryptocurrency/ohlcv/historical", 1, 2)) return ohlcv_historical(call);
    if (is("cryptocurrency/ohlcv/latest", 1, 2)) return ohlcv_latest(call);
    if (is("key/info", 1, 1) && call.plan != nullptr) return key_info(call);
    return std::unexpected(Refused{404, 404, "Not Found"});
}

/// The coins that id, slug or symbol name; unknown ones are an error, except in the third version.
std::expected<Rest::Chosen, Rest::Refused> Rest::choose(const Call& call, bool must) const {
    Chosen chosen;
    for (const char* name : {"id", "slug", "symbol"}) {
        if (!call.query.has(name)) continue;
        if (!chosen.by.empty())
            return std::unexpected(Refused{
                400, 400, "\"value\" contains a conflict between exclusive peers [id, symbol, slug]"});
        chosen.by = name;
    }
    if (chosen.by.empty()) {
        if (!must) return chosen;
        return std::unexpected(
            Refused{400, 400, "\"value\" must contain at least one of [id, symbol, slug]"});
    }
    const std::string list{call.query.get(chosen.by)};
    const std::vector<std::string> parts = split_list(list);
    if (parts.empty())
        return std::unexpected(Refused{400, 400, "\"" + chosen.by + "\" is not allowed to be empty"});
    if (kCoinsMax < parts.size())
        return std::unexpected(Refused{400, 400, "\"" + chosen.by + "\" has too many values"});
    const bool skips = call.version == 3 || call.query.get("skip_invalid") == "true";
    std::string invalid;
    for (const std::string& part : parts) {
        const auto found = std::ranges::find_if(coins_, [&](const Coin& coin) {
            if (chosen.by == "id") return std::to_string(coin.id) == part;
            if (chosen.by == "slug") return coin.slug == part;
            return std::ranges::equal(coin.symbol, part, [](char a, char b) {
                return a == std::toupper(static_cast<unsigned char>(b));
            });
        });
        if (found == coins_.end()) {
            invalid += (invalid.empty() ? "" : ",") + part;
        } else if (std::ranges::find(chosen.coins, &*found) == chosen.coins.end()) {
            chosen.coins.push_back(&*found);
            chosen.asked.push_back(chosen.by == "symbol" ? found->symbol : part);
        }
    }
    if (!invalid.empty() && !skips) {
        const char* noun = parts.size() == 1 ? "Invalid value for \"" : "Invalid values for \"";
        return std::unexpected(Refused{400, 400, noun + chosen.by + "\": \"" + invalid + "\""});
    }
    return chosen;
}

std::expected<std::vector<Rest::Unit>, Rest::Refused> Rest::units(const Call& call) const {
    const bool by_id = call.query.has("convert_id");
    const std::vector<std::string> parts = split_list(call.query.get(by_id ? "convert_id" : "convert"));
    std::vector<Unit> units;
    for (const std::string& part : parts) {
        if (part == (by_id ? std::to_string(kUsdId) : "USD")) {
            units.push_back({kUsdId, "USD", nullptr});
            continue;
        }
        const auto coin = std::ranges::find_if(coins_, [&](const Coin& one) {
            return by_id ? std::to_string(one.id) == part : one.symbol == part;
        });
        if (coin == coins_.end())
            return std::unexpected(Refused{400, 400,
                                           std::string{"Invalid value for \""} +
                                               (by_id ? "convert_id" : "convert") + "\": \"" + part + "\""});
        units.push_back({coin->id, coin->symbol, &*coin});
    }
    constexpr std::size_t kUnitsMax = 120;
    if (kUnitsMax < units.size())
        return std::unexpected(Refused{400, 400, "\"convert\" has too many values"});
    if (units.empty()) units.push_back({kUsdId, "USD", nullptr});
    return units;
}

Price Rest::in_unit(Price price, const Unit& unit, Timestamp now) {
    if (unit.coin == nullptr) return price;
    const Price other = prices_.ticker(unit.coin->market, now).price;
    if (other.is_zero()) return {};
    const Result<Decimal> ratio = Decimal::divide(price.value, other.value);
    return ratio ? Price{*ratio} : Price{};
}

void Rest::write_quote(JsonOut& out, const Coin& coin, const Unit& unit, int version, Timestamp now) {
    const Ticker& ticker = prices_.ticker(coin.market, now);
    const Price price = in_unit(ticker.price, unit, now);
    if (version == 3) out.member("id", unit.id).member("symbol", unit.symbol);
    const auto change = [&](std::string_view name, const std::optional<Decimal>& value) {
        if (value)
            out.member(name, *value);
        else
            out.null(name);
    };
    const auto value = [&](std::string_view name, Decimal in_dollars) {
        const Price converted = in_unit(Price{in_dollars}, unit, now);
        out.member(name,
                   converted.value.quantized(Decimal::power_of_ten(-kValueDecimals), Rounding::nearest));
    };
    // No day's market capitalisation is beyond what a Decimal holds: 1e20 dollars.
    const Result<Decimal> cap = Decimal::multiply(ticker.price.value, coin.supply);
    if (ticker.price.is_zero())
        out.null("price");
    else
        out.member("price", price);
    value("volume_24h", ticker.volume_24h.value);
    out.member("volume_change_24h", 0);
    change("percent_change_1h", ticker.change_1h);
    change("percent_change_24h", ticker.change_24h);
    change("percent_change_7d", ticker.change_7d);
    change("percent_change_30d", ticker.change_30d);
    change("percent_change_60d", std::nullopt);
    change("percent_change_90d", std::nullopt);
    value("market_cap", cap ? *cap : Decimal{});
    out.member("market_cap_dominance", 0);
    value("fully_diluted_market_cap", cap ? *cap : Decimal{});
    out.null("tvl").time("last_updated", ticker.updated, 3);
}

void Rest::write_coin(JsonOut& out, const Coin& coin, const std::vector<Unit>& units, int version,
                      Timestamp now) {
    out.begin_object()
        .member("id", coin.id)
        .member("name", coin.name)
        .member("symbol", coin.symbol)
        .member("slug", coin.slug)
        .member("num_market_pairs", 1)
        .time("date_added", past_.begins_at(), 3)
        .begin_array("tags")
        .end_array()
        .null("max_supply")
        .member("circulating_supply", coin.supply)
        .member("total_supply", coin.supply)
        .member("is_active", 1)
        .member("infinite_supply", false);
    // The third version leaves out what is nothing.
    if (version != 3) out.null("platform");
    out.member("cmc_rank", coin.rank)
        .member("is_fiat", 0)
        .null("self_reported_circulating_supply")
        .null("self_reported_market_cap")
        .null("tvl_ratio")
        .time("last_updated", prices_.ticker(coin.market, now).updated, 3);
    if (version == 3)
        out.begin_array("quote");
    else
        out.begin_object("quote");
    for (const Unit& unit : units) {
        if (version == 3)
            out.begin_object();
        else
            out.begin_object(unit.symbol);
        write_quote(out, coin, unit, version, now);
        out.end_object();
    }
    if (version == 3)
        out.end_array();
    else
        out.end_object();
    out.end_object();
}

Rest::Answer Rest::quotes_latest(const Call& call) {
    const auto chosen = choose(call, true);
    if (!chosen) return std::unexpected(chosen.error());
    const auto in = units(call);
    if (!in) return std::unexpected(in.error());
    JsonOut out;
    if (call.version == 3) {
        out.begin_array();
        for (const Coin* coin : chosen->coins) write_coin(out, *coin, *in, 3, call.now);
        out.end_array();
    } else {
        const bool lists = call.version == 2 && chosen->by == "symbol";
        out.begin_object();
        for (std::size_t i = 0; i < chosen->coins.size(); ++i) {
            JsonOut row;
            if (lists) row.begin_array();
            write_coin(row, *chosen->coins[i], *in, call.version, call.now);
            if (lists) row.end_array();
            out.raw(chosen->asked[i], row.text());
        }
        out.end_object();
    }
    const std::int64_t credits =
        credits_for(chosen->coins.size(), 100) + static_cast<std::int64_t>(in->size()) - 1;
    return Answered{out.take(), credits, std::nullopt};
}

Rest::Answer Rest::listings_latest(const Call& call) {
    if (call.query.has("id")) return std::unexpected(Refused{400, 400, "\"id\" is not allowed"});
    const auto in = units(call);
    if (!in) return std::unexpected(in.error());
    const auto number = [&](std::string_view name, std::size_t fallback) -> std::optional<std::size_t> {
        if (!call.query.has(name)) return fallback;
        const std::string_view text = call.query.get(name);
        std::size_t value = 0;
        const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (trouble != std::errc{} || end != text.data() + text.size() || value < 1) return std::nullopt;
        return value;
    };
    const std::optional<std::size_t> start = number("start", 1), limit = number("limit", 100);
    if (!start) return std::unexpected(Refused{400, 400, "\"start\" must be larger than or equal to 1"});
    if (!limit || 5'000 < *limit)
        return std::unexpected(Refused{400, 400, "\"limit\" must be between 1 and 5000"});
    JsonOut out;
    out.begin_array();
    std::size_t shown = 0;
    for (std::size_t i = *start - 1; i < coins_.size() && shown < *limit; ++i, ++shown)
        write_coin(out, coins_[i], *in, call.version, call.now);
    out.end_array();
    const std::int64_t credits = credits_for(shown, 200) + static_cast<std::int64_t>(in->size()) - 1;
    return Answered{out.take(), credits, coins_.size()};
}

Rest::Answer Rest::map(const Call& call) {
    const auto chosen = choose(call, false);
    if (!chosen) return std::unexpected(chosen.error());
    JsonOut out;
    out.begin_array();
    for (const Coin& coin : coins_) {
        if (!chosen->by.empty() && std::ranges::find(chosen->coins, &coin) == chosen->coins.end()) continue;
        out.begin_object()
            .member("id", coin.id)
            .member("rank", coin.rank)
            .member("name", coin.name)
            .member("symbol", coin.symbol)
            .member("slug", coin.slug)
            .member("is_active", 1)
            .member("status", "active")
            .time("first_historical_data", past_.begins_at(), 3)
            .time("last_historical_data", call.now, 3)
            .null("platform")
            .end_object();
    }
    out.end_array();
    return Answered{out.take(), 0, std::nullopt};
}

Rest::Answer Rest::info(const Call& call) {
    const auto chosen = choose(call, true);
    if (!chosen) return std::unexpected(chosen.error());
    JsonOut out;
    out.begin_object();
    for (std::size_t i = 0; i < chosen->coins.size(); ++i) {
        const Coin& coin = *chosen->coins[i];
        const bool lists = call.version == 2 && chosen->by == "symbol";
        JsonOut row;
        if (lists) row.begin_array();
        row.begin_object()
            .member("id", coin.id)
            .member("name", coin.name)
            .member("symbol", coin.symbol)
            .member("category", "coin")
            .member("description", coin.name + " of a simulated market.")
            .member("slug", coin.slug)
            .member("logo", "")
            .member("subreddit", "")
            .member("notice", "")
            .begin_array("tags")
            .end_array()
            .begin_object("urls")
            .begin_array("website")
            .end_array()
            .end_object()
            .null("platform")
            .time("date_added", past_.begins_at(), 3)
            .member("is_hidden", 0)
            .end_object();
        if (lists) row.end_array();
        out.raw(chosen->asked[i], row.text());
    }
    out.end_object();
    return Answered{out.take(), credits_for(chosen->coins.size(), 100), std::nullopt};
}

Rest::Answer Rest::key_info(const Call& call) {
    const Usage::Counts& counts = usage_.counts(call.key, call.now);
    const Plan& plan = *call.plan;
    JsonOut out;
    out.begin_object()
        .begin_object("plan")
        .member("credit_limit_daily", 0)
        .member("credit_limit_daily_reset", "")
        .null("credit_limit_daily_reset_timestamp")
        .member("credit_limit_monthly", plan.credits_per_month)
        .member("credit_limit_monthly_reset", "At the beginning of the next month, 00:00 UTC")
        .time("credit_limit_monthly_reset_timestamp", next_month(call.now), 3)
        .member("rate_limit_minute", plan.requests_per_minute)
        .end_object()
        .begin_object("usage")
        .begin_object("current_minute")
        .member("requests_made", counts.requests_of_minute)
        .member("requests_left", plan.requests_per_minute - counts.requests_of_minute)
        .end_object()
        .begin_object("current_day")
        .member("credits_used", counts.credits_of_day)
        .null("credits_left")
        .end_object()
        .begin_object("current_month")
        .member("credits_used", counts.credits_of_month)
        .member("credits_left", plan.credits_per_month - counts.credits_of_month)
        .end_object()
        .end_object()
        .end_object();
    return Answered{out.take(), 0, std::nullopt};
}

}  // namespace plumb::exchange::coinmarketcap
