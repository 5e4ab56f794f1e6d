#include "venues/coinmarketcap/encode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "signing/signing.hpp"
#include "wire/json_tokens.hpp"

namespace plumb::venues::coinmarketcap {
namespace {

using namespace std::chrono_literals;

struct Interval {
    Duration length;
    std::string_view name, period;
};
constexpr auto kIntervals = std::to_array<Interval>({
    {1h, "1h", "hourly"},
    {2h, "2h", "hourly"},
    {4h, "4h", "hourly"},
    {6h, "6h", "hourly"},
    {12h, "12h", "hourly"},
    {24h, "1d", "daily"},
});

std::string coin_query(const std::vector<Coin>& coins) {
    const bool numbered =
        std::all_of(coins.begin(), coins.end(), [](const Coin& coin) { return coin.id != 0; });
    std::string list;
    for (const Coin& coin : coins) {
        if (!list.empty()) list += ',';
        list += numbered ? std::to_string(coin.id) : signing::percent_encoded(coin.symbol);
    }
    std::vector<std::string> currencies;
    for (const Coin& coin : coins)
        if (std::find(currencies.begin(), currencies.end(), coin.currency) == currencies.end())
            currencies.push_back(coin.currency);
    std::string convert;
    for (const std::string& currency : currencies) {
        if (!convert.empty()) convert += ',';
        convert += signing::percent_encoded(currency);
    }
    return fmt::format("{}={}&convert={}", numbered ? "id" : "symbol", list, convert);
}

std::string iso_seconds(Timestamp time) {
    const std::string text = to_iso(std::chrono::floor<std::chrono::seconds>(time));
    return fmt::format("{}.000Z", text.substr(0, 19));
}

}  // namespace

Result<std::string> quotes_target(const std::vector<Coin>& coins) {
    if (coins.empty()) return fail(Errc::invalid_argument, "expected an instrument to quote");
    if (100 < coins.size())
        return fail(Errc::invalid_argument, "CoinMarketCap is asked for 100 coins at once at most");
    return fmt::format("/v3/cryptocurrency/quotes/latest?{}", coin_query(coins));
}

Result<BarWindow> bar_window(const wire::AskBars& ask) {
    constexpr Timestamp kLast{std::chrono::seconds{9'000'000'000}};
    if (ask.from < Timestamp{} || kLast < ask.to || ask.to <= ask.from || ask.length <= Duration::zero())
        return fail(Errc::invalid_argument, "expected a span of time that begins before it ends");
    const auto grid = [&](Timestamp time) {
        return Timestamp{(time.time_since_epoch() + ask.length - 1ns) / ask.length * ask.length};
    };
    BarWindow window;
    window.from = grid(ask.from);
    if (!ask.page.empty()) {
        const auto page = wire::number_of(ask.page);
        if (!page || 9'000'000'000ULL < *page)
            return fail(Errc::invalid_argument, "expected the page that the answer before gave");
        window.from = grid(Timestamp{std::chrono::seconds{*page}});
    }
    const Timestamp end = grid(ask.to);
    window.to = std::min(end, window.from + static_cast<std::int64_t>(kBarsPerRequest) * ask.length);
    window.is_last = end <= window.to;
    return window;
}

Result<std::string> bars_target(const wire::AskBars& ask, const Coin& coin) {
    const Interval* interval = nullptr;
    for (const Interval& each : kIntervals)
        if (each.length == ask.length) interval = &each;
    if (!interval)
        return fail(
            Errc::unsupported,
            fmt::format(
                "CoinMarketCap has bars of 1h, 2h, 4h, 6h, 12h and 1d, not of {}: it has no candles of "
                "minutes anywhere",
                granularity_name(ask.length)));
    const Result<BarWindow> window = bar_window(ask);
    if (!window) return fail(window.error());
    // The beginning is exclusive and the end inclusive; of daily bars only the date counts.
    const auto count = std::max<std::int64_t>((window->to - window->from) / ask.length, 1);
    return fmt::format(
        "/v2/cryptocurrency/ohlcv/"
        "historical?{}&time_period={}&interval={}&time_start={}&time_end={}&count={}",
        coin_query({coin}), interval->period, interval->name, iso_seconds(window->from - ask.length),
        iso_seconds(window->to - 1s), count);
}

Result<std::string> listings_target(const wire::AskListings& ask) {
    std::uint64_t start = 1;
    if (!ask.page.empty()) {
        const auto page = wire::number_of(ask.page);
        if (!page || *page == 0 || 1'000'000 < *page)
            return fail(Errc::invalid_argument, "expected the page that the answer before gave");
        start = *page;
    }
    return fmt::format("/v1/cryptocurrency/map?listing_status=active&sort=cmc_rank&start={}&limit={}", start,
                       kCoinsPerPage);
}

}  // namespace plumb::venues::coinmarketcap
