#include "exchange/alpaca/data_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "exchange/alpaca/answers.hpp"
#include "exchange/alpaca/calendar.hpp"
#include "signing/signing.hpp"

namespace plumb::exchange::alpaca {
namespace {

constexpr std::size_t kPointsMax = 10'000;
constexpr std::size_t kSymbolsMax = 2000;

std::unexpected<Response> bad(std::string message) { return std::unexpected{message_answer(400, message)}; }

std::optional<Cursor> read_cursor(std::string_view token) {
    const Result<std::string> text = signing::from_base64(token);
    if (!text) return std::nullopt;
    const std::size_t first = text->find('|');
    const std::size_t last = text->rfind('|');
    if (first == std::string::npos || first == last) return std::nullopt;
    const auto at = parse_integer(std::string_view{*text}.substr(first + 1, last - first - 1));
    const auto number = parse_integer(std::string_view{*text}.substr(last + 1));
    if (!at || !number || *number < 0) return std::nullopt;
    return Cursor{text->substr(0, first), timestamp_from_ns(*at), static_cast<std::uint64_t>(*number)};
}

std::string cursor_token(const Cursor& cursor) {
    return signing::base64(
        signing::bytes_of(fmt::format("{}|{}|{}", cursor.symbol, to_ns(cursor.at), cursor.number)));
}

std::optional<Response> read_symbols(const Desk& desk, bool is_crypto, std::vector<std::string> symbols,
                                     Ask& ask) {
    if (symbols.empty()) return message_answer(400, "symbols is required");
    if (kSymbolsMax < symbols.size()) return message_answer(400, "too many symbols");
    for (const std::string& symbol : symbols) {
        if (!(is_crypto ? is_crypto_symbol(symbol) : is_stock_symbol(symbol))) {
            return message_answer(400, fmt::format("invalid symbol: {}{}", symbol,
                                                   is_crypto ? " does not match ^[A-Z]+x?/[A-Z]+$" : ""));
        }
        const Asset* asset = desk.assets().find_symbol(symbol);
        if (asset != nullptr && asset->is_crypto == is_crypto) ask.assets.push_back(asset);
    }
    std::ranges::sort(ask.assets, {}, &Asset::symbol);
    const auto doubled = std::ranges::unique(ask.assets);
    ask.assets.erase(doubled.begin(), doubled.end());
    return std::nullopt;
}

/// Dates are midnight in New York for stocks, in UTC for coins.
std::optional<Timestamp> read_time(std::string_view text, bool is_crypto) {
    const auto time = parse_time(text);
    if (!time || is_crypto || text.size() != 10) return time;
    return new_york_midnight(std::chrono::floor<std::chrono::days>(*time));
}

bool is_after(const Ask& ask, const Row& row, const Cursor& cursor) {
    const auto a = std::pair{row.at, row.number};
    const auto b = std::pair{cursor.at, cursor.number};
    return ask.is_descending ? a < b : b < a;
}

}  // namespace

std::expected<Ask, Response> read_ask(const Desk& desk, const DataCall& call, bool is_crypto,
                                      std::vector<std::string> symbols) {
    Ask ask;
    const Query& query = call.query;
    if (auto refused = read_symbols(desk, is_crypto, std::move(symbols), ask)) {
        return std::unexpected{std::move(*refused)};
    }
    ask.to = call.now;
    ask.from = is_crypto ? Timestamp{std::chrono::floor<std::chrono::days>(call.now)}
                         : new_york_midnight(new_york_date(call.now));
    for (const auto& [name, place] : {std::pair{"start", &ask.from}, std::pair{"end", &ask.to}}) {
        const auto text = query.get(name);
        if (text.empty()) continue;
        const auto time = read_time(text, is_crypto);
        if (!time) {
            return bad(fmt::format(
                "Invalid format for parameter {}: error parsing '{}' as RFC3339 or 2006-01-02 time: parsing "
                "time \"{}\" as \"2006-01-02\": cannot parse \"{}\" as \"2006\"",
                name, text, text, text));
        }
        *place = *time;
    }
    if (query.has("start") && query.has("end") && ask.to < ask.from) {
        return bad("end should not be before start");
    }
    if (const auto text = query.get("limit"); !text.empty()) {
        const auto limit = parse_integer(text);
        if (!limit) return bad(fmt::format("Invalid format for parameter limit: {}", text));
        if (*limit < 1 || static_cast<std::int64_t>(kPointsMax) < *limit) {
            return bad(fmt::format("limit {} is out of range: 1 to {}", *limit, kPointsMax));
        }
        ask.limit = static_cast<std::size_t>(*limit);
    }
    const auto sort = query.get("sort");
    if (!sort.empty() && sort != "asc" && sort != "desc") return bad(fmt::format("invalid sort: {}", sort));
    ask.is_descending = sort == "desc";
    if (const auto token = query.get("page_token"); !token.empty()) {
        ask.cursor = read_cursor(token);
        if (!ask.cursor) return bad("invalid page_token");
    }
    return ask;
}

/// One data point with its place in the order of pages.

Response paged(const Ask& ask, std::string_view name, const Source& source) {
    std::string body;
    JsonOut out{body};
    out.begin_object().key(name);
    if (!ask.is_single) out.begin_object();
    std::optional<Cursor> next;
    Cursor last;
    std::size_t count = 0;
    bool is_written = false;
    for (const Asset* asset : ask.assets) {
        if (ask.cursor && asset->symbol < ask.cursor->symbol) continue;
        std::vector<Row> rows = source.rows_of(*asset);
        if (ask.is_descending) std::ranges::reverse(rows);
        if (ask.cursor && asset->symbol == ask.cursor->symbol) {
            std::erase_if(rows, [&](const Row& row) { return !is_after(ask, row, *ask.cursor); });
        }
        if (rows.empty()) continue;
        if (count == ask.limit) {
            next = last;
            break;
        }
        if (!ask.is_single) out.key(asset->symbol);
        out.begin_array();
        is_written = true;
        for (const Row& row : rows) {
            if (count == ask.limit) {
                next = last;
                break;
            }
            out.begin_object();
            source.write(out, *asset, row.index);
            out.end_object();
            last = {asset->symbol, row.at, row.number};
            ++count;
        }
        out.end_array();
        if (next) break;
    }
    if (ask.is_single && !is_written) out.null();
    if (!ask.is_single) out.end_object();
    if (ask.is_single) out.text("symbol", ask.symbol);
    next ? out.text("next_page_token", cursor_token(*next)) : out.null("next_page_token");
    out.end_object();
    return json_answer(200, std::move(body));
}

}  // namespace plumb::exchange::alpaca
