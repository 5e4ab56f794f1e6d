#include "exchange/polygon/rest.hpp"

#include <fmt/core.h>

#include <array>
#include <cctype>
#include <charconv>

namespace plumb::exchange::polygon {
namespace {

constexpr std::string_view kTooMany =
    "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue. "
    "https://polygon.io/pricing";
constexpr std::string_view kTooRecent =
    "Your plan doesn't include this data timeframe. Please upgrade your plan at https://polygon.io/pricing";
constexpr std::string_view kNotEntitled =
    "You are not entitled to this data. Please upgrade your plan at https://polygon.io/pricing";
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kPathPartsMax = 20;

std::vector<std::string> split_path(std::string_view path) {
    std::vector<std::string> parts;
    while (!path.empty() && parts.size() < kPathPartsMax) {
        path.remove_prefix(path.front() == '/' ? 1 : 0);
        const std::size_t end = std::min(path.find('/'), path.size());
        std::string part;
        // A plus is a plus in a path.
        for (const char c : path.substr(0, end)) part += c == '+' ? std::string{"%2B"} : std::string(1, c);
        parts.push_back(url_decoded(part));
        path.remove_prefix(end);
    }
    return parts;
}

/// The key of the header or of the query.
std::string_view key_of(const Request& request, const Form& query) {
    const std::string* header = request.header("Authorization");
    constexpr std::string_view kBearer = "Bearer ";
    if (header != nullptr && header->starts_with(kBearer))
        return std::string_view{*header}.substr(kBearer.size());
    for (const std::string_view name : {"apiKey", "apikey"}) {
        if (query.has(name)) return query.get(name);
    }
    return {};
}

Response json(int status, std::string id, std::string body) {
    return {status, {{"Content-Type", "application/json"}, {"X-Request-Id", std::move(id)}}, std::move(body)};
}

Response page_not_found() {
    return {404, {{"Content-Type", "text/plain; charset=utf-8"}}, "404 page not found\n"};
}

}  // namespace

Rest::Rest(const ProtocolContext& context, const Tickers& tickers, const Tape& tape, Access& access)
    : model_{context.model},
      past_{context.past},
      tickers_{tickers},
      tape_{tape},
      access_{access},
      base_url_{(context.is_secure ? "https://" : "http://") + context.address},
      ids_{context.seed} {}

std::string Rest::next_request_id() { return fmt::format("{:016x}{:016x}", ids_.next(), ids_.next()); }

Response Rest::ok(const Call& call, JsonOut& out) const { return json(200, call.id, out.take()); }

Response Rest::error(int status, std::string_view kind, std::string_view key, std::string_view words) {
    std::string id = next_request_id();
    JsonOut out;
    out.begin_object().member("status", kind).member("request_id", id).member(key, words).end_object();
    return json(status, std::move(id), out.take());
}

Response Rest::not_entitled() { return error(403, "NOT_AUTHORIZED", "message", kTooRecent); }

Response Rest::refuse(Trouble trouble) {
    switch (trouble) {
        case Trouble::rate_limited: return error(429, "ERROR", "error", kTooMany);
        case Trouble::banned: return error(403, "ERROR", "error", "Access denied");
        case Trouble::unauthorized: return error(401, "ERROR", "error", "Unknown API Key");
        case Trouble::forbidden: return error(403, "NOT_AUTHORIZED", "message", kNotEntitled);
        case Trouble::time_stamp:
        case Trouble::malformed:
        case Trouble::duplicate_order:
        case Trouble::insufficient_funds: return bad_request("Bad request");
        case Trouble::not_found: return page_not_found();
        case Trouble::order_not_found: return not_found("Not found.");
        case Trouble::internal: return error(500, "ERROR", "error", "Internal server error");
        case Trouble::unavailable: return error(503, "ERROR", "error", "Service unavailable");
        case Trouble::gateway_timeout: break;
    }
    return {504,
            {{"Content-Type", "text/html"}},
            "<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n<center><h1>504 Gateway "
            "Time-out</h1></center>\r\n</body>\r\n</html>\r\n"};
}

Response Rest::answer(const Request& request, Timestamp now) {
    Call call{request, split_path(request.path()), Form{request.query()}, Plan::paid, now, {}};
    const std::string key{key_of(request, call.query)};
    if (key.empty()) return error(401, "ERROR", "error", "API Key was not provided");
    call.plan = access_.plan_of(key, now);
    if (call.plan == Plan::none) return refuse(Trouble::unauthorized);
    if (call.plan == Plan::free && !access_.count(key, now)) return refuse(Trouble::rate_limited);
    if (request.method != "GET") return page_not_found();
    if (!apply_cursor(call)) return bad_request("Could not parse cursor");
    call.id = next_request_id();
    out_.clear();
    return route(call);
}

Response Rest::route(Call& call) {
    if (call.at(0, "v1")) return route_v1(call);
    if (call.at(0, "v2")) return route_v2(call);
    if (call.at(0, "v3")) return route_v3(call);
    return page_not_found();
}

Response Rest::route_v1(Call& call) {
    const std::size_t parts = call.path.size();
    if (call.at(1, "marketstatus") && parts == 3) {
        if (call.at(2, "now")) return market_status(call);
        if (call.at(2, "upcoming")) return market_holidays(call);
    }
    if (call.at(1, "last") && call.at(2, "crypto") && parts == 5) return last_crypto(call);
    if (call.at(1, "open-close") && parts == 4) return open_close_stock(call);
    if (call.at(1, "open-close") && call.at(2, "crypto") && parts == 6) return open_close_crypto(call);
    return page_not_found();
}

Response Rest::route_v2(Call& call) {
    const std::size_t parts = call.path.size();
    if (call.at(1, "aggs") && call.at(2, "ticker")) {
        if (call.at(4, "range") && parts == 9) return range(call);
        if (call.at(4, "prev") && parts == 5) return previous_day(call);
    }
    if (call.at(1, "aggs") && call.at(2, "grouped") && call.at(3, "locale") && call.at(5, "market") &&
        parts == 8) {
        if (call.at(4, "us") && call.at(6, "stocks")) return grouped(call, true, call.path[7]);
        if (call.at(4, "global") && call.at(6, "crypto")) return grouped(call, false, call.path[7]);
    }
    if (call.at(1, "last") && call.at(2, "trade") && parts == 4) return last_trade(call);
    if (call.at(1, "last") && call.at(2, "nbbo") && parts == 4) return last_quote(call);
    if (call.at(1, "snapshot") && call.at(2, "locale")) return route_snapshot(call);
    return page_not_found();
}

Response Rest::route_snapshot(Call& call) {
    const std::size_t parts = call.path.size();
    const bool stocks = call.at(3, "us") && call.at(5, "stocks");
    const bool crypto = call.at(3, "global") && call.at(5, "crypto");
    if (!call.at(4, "markets") || (!stocks && !crypto)) return page_not_found();
    if (call.plan == Plan::free) return error(403, "NOT_AUTHORIZED", "message", kNotEntitled);
    if (call.at(6, "tickers") && parts == 7) return snapshot_all(call, stocks);
    if (call.at(6, "tickers") && parts == 8) return snapshot_one(call, stocks, call.path[7]);
    if (call.at(6, "tickers") && parts == 9 && crypto && call.at(8, "book"))
        return snapshot_book(call, call.path[7]);
    if (call.at(6, "gainers") && parts == 7) return snapshot_movers(call, stocks, true);
    if (call.at(6, "losers") && parts == 7) return snapshot_movers(call, stocks, false);
    return page_not_found();
}

Response Rest::route_v3(Call& call) {
    const std::size_t parts = call.path.size();
    if (call.at(1, "trades") && parts == 3) return trades(call);
    if (call.at(1, "quotes") && parts == 3) return quotes(call);
    if (call.at(1, "snapshot") && parts == 2) return snapshot_universal(call);
    if (!call.at(1, "reference")) return page_not_found();
    if (call.at(2, "tickers") && parts == 3) return reference_tickers(call);
    if (call.at(2, "tickers") && call.at(3, "types") && parts == 4) return reference_types(call);
    if (call.at(2, "tickers") && parts == 4) return reference_ticker(call, call.path[3]);
    if (call.at(2, "exchanges") && parts == 3) return reference_exchanges(call);
    if ((call.at(2, "splits") || call.at(2, "dividends")) && parts == 3) return nothing_listed(call);
    return page_not_found();
}

std::string Rest::next_url(std::string_view path, std::string_view cursor) const {
    return fmt::format("{}{}?cursor={}", base_url_, path, base64_url(cursor));
}

bool Rest::apply_cursor(Call& call) {
    if (!call.query.has("cursor")) return true;
    const std::optional<std::string> fields = from_base64_url(call.query.get("cursor"));
    if (!fields || fields->empty()) return false;
    Form query{*fields};
    call.query = std::move(query);
    return true;
}

std::string url_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80 && (std::isalnum(byte) != 0 || c == '.' || c == '-' || c == '_'))
            out += c;
        else
            out += fmt::format("%{:02X}", byte);
    }
    return out;
}

std::string base64_url(std::string_view bytes) {
    std::string text;
    std::uint32_t bits = 0;
    int held = 0;
    for (const char c : bytes) {
        bits = (bits << 8 | static_cast<unsigned char>(c)) & 0xffffff;
        for (held += 8; 6 <= held; held -= 6) text += kAlphabet[bits >> (held - 6) & 63];
    }
    if (0 < held) text += kAlphabet[bits << (6 - held) & 63];
    return text;
}

std::optional<std::string> from_base64_url(std::string_view text) {
    while (text.ends_with('=')) text.remove_suffix(1);
    std::string bytes;
    std::uint32_t bits = 0;
    int held = 0;
    for (const char c : text) {
        const std::size_t digit = kAlphabet.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        bits = (bits << 6 | static_cast<std::uint32_t>(digit)) & 0xffffff;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes += static_cast<char>(bits >> held & 255);
    }
    return bytes;
}

std::optional<std::size_t> parse_limit(const Form& query, std::size_t fallback, std::size_t max) {
    if (!query.has("limit") || query.get("limit").empty()) return fallback;
    const std::string_view text = query.get("limit");
    std::size_t value = 0;
    const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (trouble != std::errc{} || end != text.data() + text.size() || value < 1 || max < value)
        return std::nullopt;
    return value;
}

std::optional<Instant> parse_instant(Zone zone, std::string_view text, Duration unit) {
    if (const std::optional<Day> day = parse_day(text)) return Instant{begin_of(zone, *day), true, *day};
    std::int64_t value = 0;
    const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (!text.empty() && trouble == std::errc{} && end == text.data() + text.size()) {
        // 1970 to 2200 in the unit given, so that nothing overflows.
        constexpr std::int64_t kMax = std::int64_t{7'258'118'400} * 1'000'000'000;
        if (value < 0 || kMax / unit.count() < value) return std::nullopt;
        return Instant{Timestamp{unit * value}, false, {}};
    }
    const Result<Timestamp> time = parse_timestamp(text);
    if (!time || *time < Timestamp{} || begin_of(Zone::utc, *parse_day("2199-01-01")) < *time)
        return std::nullopt;
    return Instant{*time, false, {}};
}

}  // namespace plumb::exchange::polygon
