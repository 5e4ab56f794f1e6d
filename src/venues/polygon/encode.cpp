#include "venues/polygon/encode.hpp"

#include <algorithm>
#include <array>

#include "signing/signing.hpp"
#include "wire/json_tokens.hpp"

namespace plumb::venues::polygon {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using wire::WireRequest;

struct Unit {
    Duration length;
    std::string_view name;
};
constexpr auto kUnits = std::to_array<Unit>({
    {hours{168}, "week"},
    {hours{24}, "day"},
    {hours{1}, "hour"},
    {minutes{1}, "minute"},
    {seconds{1}, "second"},
});

struct Builder {
    const wire::SymbolMap& symbols;
    const Secret& key;
    const Plan& plan;

    Result<WireRequest> get(std::string target) const {
        if (key.empty()) return fail(Errc::denied, "Polygon.io needs an API key for every question");
        WireRequest request;
        request.http.target = std::move(target);
        request.http.headers.push_back({"Authorization", "Bearer " + std::string{key.reveal()}});
        request.host = wire::Host::market_data;
        return request;
    }
    Result<std::string> ticker(InstrumentId instrument) const {
        const std::string_view symbol = symbols.symbol_of(instrument);
        if (symbol.empty()) return fail(Errc::denied, "the instrument has no symbol at Polygon.io");
        return ticker_of(symbol);
    }
    template <class Ask>
    Result<WireRequest> operator()(const Ask&) const {
        return fail(Errc::unsupported, "Polygon.io gives data and takes no orders");
    }

    Result<WireRequest> operator()(const wire::AskBars& ask) const {
        if (!ask.page.empty()) return get(ask.page);
        const Result<std::string> name = ticker(ask.instrument);
        if (!name) return fail(name.error());
        const std::optional<Span> span = span_of(ask.length);
        if (!span)
            return fail(Errc::unsupported,
                        "Polygon.io has bars of whole seconds, minutes, hours, days and weeks");
        if (ask.to <= ask.from) return fail(Errc::out_of_range, "expected a time span");
        // Both ends belong to it there, and times have milliseconds.
        const std::int64_t to = to_ms(ask.to - Duration{1});
        const std::int64_t from = to_ms(ask.from + std::chrono::milliseconds{1} - Duration{1});
        return get("/v2/aggs/ticker/" + signing::percent_encoded(*name) + "/range/" +
                   std::to_string(span->multiplier) + "/" + std::string{span->timespan} + "/" +
                   std::to_string(from) + "/" + std::to_string(std::max(from, to)) + "?adjusted=" +
                   (plan.adjusted ? "true" : "false") + "&sort=asc&limit=" + std::to_string(kRowsPerRequest));
    }
    Result<WireRequest> operator()(const wire::AskTrades& ask) const {
        if (!ask.page.empty()) return get(ask.page);
        const std::string_view symbol = symbols.symbol_of(ask.instrument);
        if (symbol.empty()) return fail(Errc::denied, "the instrument has no symbol at Polygon.io");
        if (ask.to <= ask.from) return fail(Errc::out_of_range, "expected a time span");
        const std::string name = (market_of(symbol) == Market::crypto ? "X:" : "") + std::string{symbol};
        return get("/v3/trades/" + signing::percent_encoded(name) + "?timestamp.gte=" +
                   std::to_string(to_ns(ask.from)) + "&timestamp.lt=" + std::to_string(to_ns(ask.to)) +
                   "&order=asc&sort=timestamp&limit=" + std::to_string(kRowsPerRequest));
    }
    Result<WireRequest> operator()(const wire::AskQuotes& ask) const {
        std::string names;
        for (const InstrumentId instrument : ask.instruments) {
            const Result<std::string> name = ticker(instrument);
            if (!name) return fail(name.error());
            if (market_of(symbols.symbol_of(instrument)) == Market::crypto)
                return fail(Errc::unsupported, "Polygon.io has no quotes of coins outside the stream");
            if (!names.empty()) names += ',';
            names += *name;
        }
        if (names.empty()) return fail(Errc::out_of_range, "expected at least one instrument");
        return get("/v2/snapshot/locale/us/markets/stocks/tickers?tickers=" +
                   signing::percent_encoded(names));
    }
    /// One followed symbol at a time: all of the venue's are tens of thousands.
    Result<WireRequest> operator()(const wire::AskListings& ask) const {
        const std::optional<std::uint64_t> at = ask.page.empty() ? 0 : wire::number_of(ask.page);
        const std::size_t count = symbols.instruments().size();
        std::size_t which = at ? static_cast<std::size_t>(std::min<std::uint64_t>(*at, count)) : count;
        while (which < count && symbols.symbol_of(InstrumentId{static_cast<std::uint32_t>(which)}).empty())
            ++which;
        if (which == count) return fail(Errc::out_of_range, "no instrument is followed at Polygon.io");
        const Result<std::string> name = ticker(InstrumentId{static_cast<std::uint32_t>(which)});
        return get("/v3/reference/tickers?ticker=" + signing::percent_encoded(*name) + "&limit=1");
    }
    Result<WireRequest> operator()(const wire::AskClock&) const { return get("/v1/marketstatus/now"); }
};

}  // namespace

Plan Plan::parse(std::string_view words) {
    Plan plan;
    while (!words.empty()) {
        const std::size_t end = words.find_first_of(" ,");
        const std::string_view word = words.substr(0, end);
        if (word == "basic") plan.basic = true;
        if (word == "delayed") plan.delayed = true;
        if (word == "unadjusted") plan.adjusted = false;
        if (word == "stocks") plan.market = Market::stocks;
        if (word == "crypto") plan.market = Market::crypto;
        words = end == std::string_view::npos ? std::string_view{} : words.substr(end + 1);
    }
    return plan;
}

std::optional<Span> span_of(Duration length) {
    if (length <= Duration{} || length > hours{168}) return std::nullopt;
    for (const Unit& unit : kUnits)
        if (unit.length <= length && length % unit.length == Duration{})
            return Span{static_cast<unsigned>(length / unit.length), unit.name};
    return std::nullopt;
}

Result<WireRequest> encode(const wire::Question& question, const wire::SymbolMap& symbols, const Secret& key,
                           const Plan& plan) {
    return std::visit(Builder{symbols, key, plan}, question);
}

Result<std::string> page_of(std::string_view next_url, const io::Endpoint& endpoint, std::string_view path) {
    const std::size_t scheme = next_url.find("://");
    if (scheme == std::string_view::npos) return fail(Errc::denied, "expected a whole address in next_url");
    const std::string_view rest = next_url.substr(scheme + 3);
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos) return fail(Errc::denied, "expected a path in next_url");
    const std::string_view authority = rest.substr(0, slash);
    const std::string_view host = authority.substr(0, authority.find(':'));
    // The venue names either of its hosts whichever was asked; only our own is ever connected to.
    if (host != endpoint.host && host != "api.massive.com" && host != "api.polygon.io")
        return fail(Errc::denied, "next_url leads to another host");
    const std::string_view target = rest.substr(slash);
    if (!target.starts_with(path)) return fail(Errc::denied, "next_url leads to another question");
    if (target.size() > 4096 || std::ranges::any_of(target, [](char c) { return c <= ' ' || '~' < c; }))
        return fail(Errc::denied, "next_url is no address");
    if (target.find("apiKey=") != std::string_view::npos || target.find("apikey=") != std::string_view::npos)
        return fail(Errc::denied, "next_url carries a key");
    return std::string{target};
}

}  // namespace plumb::venues::polygon
