#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "venues/demo/demo_feed.hpp"
#include "venues/demo/demo_history.hpp"

using namespace plumb;
using namespace plumb::venues::demo;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const Timestamp kStart = *parse_timestamp("2025-01-01");

DemoSpec month(std::uint64_t seed = 7, int days = 30) {
    return demo_spec(seed, kStart, kStart + hours{24 * days});
}

std::vector<double> closes(const DemoSpec& spec, const std::string& name, Duration length) {
    const auto history = DemoHistory{spec}.bars(name, length, spec.start, spec.live_start);
    REQUIRE(history.has_value());
    return history->closes();
}

struct Line {
    double slope, intercept, residual_std;
};

/// Textbook least squares, y on x with intercept.
Line least_squares(const std::vector<double>& y, const std::vector<double>& x) {
    const auto n = static_cast<double>(x.size());
    double mean_x = 0, mean_y = 0, sxx = 0, sxy = 0, see = 0;
    for (std::size_t i = 0; i < x.size(); ++i) mean_x += x[i] / n, mean_y += y[i] / n;
    for (std::size_t i = 0; i < x.size(); ++i) {
        sxx += (x[i] - mean_x) * (x[i] - mean_x);
        sxy += (x[i] - mean_x) * (y[i] - mean_y);
    }
    const double slope = sxy / sxx, intercept = mean_y - slope * mean_x;
    for (std::size_t i = 0; i < x.size(); ++i) see += std::pow(y[i] - intercept - slope * x[i], 2);
    return {slope, intercept, std::sqrt(see / n)};
}

double annual_volatility(const std::vector<double>& prices, Duration length) {
    double sum = 0;
    for (std::size_t i = 1; i < prices.size(); ++i) sum += std::pow(std::log(prices[i] / prices[i - 1]), 2);
    const double bars_per_year = 365.0 * 86400 / to_seconds(length);
    return std::sqrt(sum / static_cast<double>(prices.size() - 1) * bars_per_year);
}

std::vector<MarketEvent> take(DemoFeed& feed, std::size_t count) {
    std::vector<MarketEvent> events;
    while (events.size() < count) {
        const auto event = feed.next();
        REQUIRE(event.has_value());
        if (!*event) break;
        events.push_back(**event);
    }
    return events;
}

InstrumentTable table_of(const DemoSpec& spec, const std::vector<std::string>& wanted = {}) {
    InstrumentTable table;
    for (const Instrument& one : instruments(spec))
        if (wanted.empty() || std::find(wanted.begin(), wanted.end(), one.name()) != wanted.end())
            REQUIRE(table.add(one).has_value());
    return table;
}

}  // namespace

TEST_CASE("the standard universe is sound and has the earlier programs' names and prices") {
    const DemoSpec spec = month();
    REQUIRE(check(spec).has_value());
    for (const auto& [name, price] : {std::pair{"BTC/USD", 45000.0},
                                      {"ETH/USD", 3000.0},
                                      {"AAPL/USD", 175.0},
                                      {"MSFT/USD", 400.0},
                                      {"GOOGL/USD", 140.0},
                                      {"TSLA/USD", 250.0},
                                      {"NVDA/USD", 480.0},
                                      {"SHIB/USD", 0.00001}}) {
        const auto index = find_name(spec, name);
        REQUIRE(index.has_value());
        CHECK(spec.names[*index].price == price);
    }
    for (const PairTruth& pair : truth(spec)) {
        const double x = spec.names[*find_name(spec, pair.x)].price,
                     y = spec.names[*find_name(spec, pair.y)].price;
        CHECK(pair.intercept + pair.hedge_ratio * x == doctest::Approx(y));
    }
}

TEST_CASE("any other name is added with a price of 50 to 500 that only seed and name decide") {
    DemoSpec one = month(), two = month(), three = month(8);
    CHECK(add_name(one, "ZZZ").has_value());
    CHECK(add_name(one, "BTC-USD").has_value());
    CHECK(add_name(two, "QQQ").has_value());
    CHECK(add_name(two, "zzz/usd").has_value());
    CHECK(add_name(three, "ZZZ").has_value());
    CHECK(one.names.size() == month().names.size() + 1);
    CHECK(one.names.back().price == two.names.back().price);
    CHECK(one.names.back().price != three.names.back().price);
    CHECK(50 <= one.names.back().price);
    CHECK(one.names.back().price <= 500);
    CHECK_FALSE(add_name(one, "").has_value());
    CHECK(closes(one, "ZZZ/USD", hours{1}) == closes(two, "ZZZ/USD", hours{1}));
}

TEST_CASE("a wrong spec is refused in words") {
    DemoSpec spec = month();
    spec.tick = seconds{7};
    CHECK_FALSE(check(spec).has_value());
    spec = month();
    spec.names[0].volatility = 0.3;  // below what its market factor alone gives
    CHECK_FALSE(check(spec).has_value());
    spec = month();
    spec.pairs.push_back({"BTC/USD", "ETH/USD", 1, 1, hours{1}, 1, {}});
    CHECK_FALSE(check(spec).has_value());
    spec = month();
    spec.names.push_back(spec.names[0]);
    CHECK(check(spec).error().code() == Errc::duplicate);
}

TEST_CASE("volatility is annual and scales with the square root of time") {
    const DemoSpec spec = month(11, 60);
    for (const std::string name : {"BTC/USD", "DOGE/USD", "TSLA/USD"}) {
        const double expected = spec.names[*find_name(spec, name)].volatility;
        // Student t(5) has a kurtosis of 9: the standard error of an estimated deviation is at most sqrt(8 /
        // 4n).
        for (const Duration length :
             {Duration{minutes{1}}, Duration{minutes{5}}, Duration{hours{1}}, Duration{hours{4}}}) {
            const std::vector<double> prices = closes(spec, name, length);
            const double n = static_cast<double>(prices.size());
            const double tolerance = 4 * std::sqrt(8 / (4 * n)) + 0.02;  // 0.02: jumps are few
            CHECK_MESSAGE(std::abs(annual_volatility(prices, length) / expected - 1) < tolerance, name, " ",
                          granularity_name(length), " ", annual_volatility(prices, length));
        }
    }
}

TEST_CASE("returns have fat tails") {
    const std::vector<double> prices = closes(month(3), "BTC/USD", minutes{1});
    double second = 0, fourth = 0;
    for (std::size_t i = 1; i < prices.size(); ++i) {
        const double r = std::log(prices[i] / prices[i - 1]);
        second += r * r;
        fourth += r * r * r * r;
    }
    const double n = static_cast<double>(prices.size() - 1);
    CHECK(fourth / n / std::pow(second / n, 2) > 4);  // 3 for a normal one
}

TEST_CASE("hedge ratios and half-lives are what truth() says") {
    const DemoSpec spec = month(5, 90);
    for (const PairTruth& pair : truth(spec)) {
        if (pair.breaks_at && *pair.breaks_at < spec.live_start) continue;
        const Duration length = pair.half_life < hours{4} ? Duration{minutes{5}} : Duration{hours{1}};
        const std::vector<double> y = closes(spec, pair.y, length), x = closes(spec, pair.x, length);
        const Line line = least_squares(y, x);
        CHECK_MESSAGE(line.slope == doctest::Approx(pair.hedge_ratio).epsilon(0.05), pair.y);
        CHECK_MESSAGE(line.residual_std == doctest::Approx(pair.residual_std).epsilon(0.2), pair.y);
        std::vector<double> now, before;
        for (std::size_t i = 1; i < y.size(); ++i) {
            now.push_back(y[i] - pair.hedge_ratio * x[i]);
            before.push_back(y[i - 1] - pair.hedge_ratio * x[i - 1]);
        }
        const double rho = least_squares(now, before).slope;
        const double true_rho =
            std::exp(-std::numbers::ln2 * to_seconds(length) / to_seconds(pair.half_life));
        // Standard error of an autoregressive root, and its bias of -(1 + 3 rho) / n.
        const double n = static_cast<double>(now.size());
        const double tolerance = 4 * std::sqrt((1 - true_rho * true_rho) / n) + (1 + 3 * true_rho) / n;
        CHECK_MESSAGE(std::abs(rho - true_rho) < tolerance, pair.y, " ", rho, " for ", true_rho);
    }
}

TEST_CASE("the break is visible: before it the residual returns, after it leaves") {
    const DemoSpec spec = month(5);
    int broken = 0;
    for (const PairTruth& pair : truth(spec)) {
        if (!pair.breaks_at || spec.live_start <= *pair.breaks_at) continue;
        ++broken;
        const std::vector<double> y = closes(spec, pair.y, minutes{5}), x = closes(spec, pair.x, minutes{5});
        const auto at = static_cast<std::size_t>((*pair.breaks_at - spec.start) / minutes{5});
        double worst_before = 0;
        for (std::size_t i = 0; i < at; ++i)
            worst_before = std::max(worst_before, std::abs(y[i] - pair.intercept - pair.hedge_ratio * x[i]));
        const double at_end = y.back() - pair.intercept - pair.hedge_ratio * x.back();
        CHECK(worst_before < 5.5 * pair.residual_std);
        CHECK(std::abs(at_end) > 6 * pair.residual_std);
    }
    CHECK(broken == 1);
}

TEST_CASE("stable coins stay at their peg") {
    for (const double price : closes(month(), "USDC/USD", hours{1})) CHECK(std::abs(price - 1) < 0.002);
}

TEST_CASE("same seed, same events; another seed, others; and names do not disturb each other") {
    const DemoSpec spec = month(9, 2);
    const auto print = [](const std::vector<MarketEvent>& events) {
        std::string text;
        for (const MarketEvent& event : events) {
            text += to_iso(known_at(event)) + std::to_string(instrument_of(event)->value);
            if (const auto* quote = std::get_if<Quote>(&event))
                text += quote->bid.to_string() + " " + quote->ask_quantity.to_string() + "\n";
            if (const auto* trade = std::get_if<Trade>(&event))
                text += trade->price.to_string() + " " + trade->quantity.to_string() + "\n";
        }
        return text;
    };
    DemoFeed one{spec, table_of(spec)}, two{spec, table_of(spec)}, other{month(10, 2), table_of(spec)};
    const std::string first = print(take(one, 20000));
    CHECK(first == print(take(two, 20000)));
    CHECK(first != print(take(other, 20000)));

    DemoFeed alone{spec, table_of(spec, {"ETH/USD"})};
    DemoFeed all{spec, table_of(spec)};
    const auto eth_id = *table_of(spec).find("ETH/USD");
    std::vector<Price> from_all, from_alone;
    for (const MarketEvent& event : take(all, 20000))
        if (const auto* quote = std::get_if<Quote>(&event); quote && quote->instrument == eth_id)
            from_all.push_back(quote->bid);
    for (const MarketEvent& event : take(alone, 2000))
        if (const auto* quote = std::get_if<Quote>(&event)) from_alone.push_back(quote->bid);
    REQUIRE(from_all.size() > 100);
    from_alone.resize(from_all.size());
    CHECK(from_all == from_alone);
}

TEST_CASE("events come in time order, bid below ask, prices on the grid above zero") {
    const DemoSpec spec = month(2, 1);
    const InstrumentTable table = table_of(spec);
    DemoFeed feed{spec, table};
    Timestamp before = spec.live_start;
    int quotes = 0, trades = 0, bars = 0;
    for (const MarketEvent& event : take(feed, 100000)) {
        REQUIRE(before <= known_at(event));
        before = known_at(event);
        const Instrument& instrument = table[*instrument_of(event)];
        if (const auto* quote = std::get_if<Quote>(&event)) {
            ++quotes;
            REQUIRE(quote->bid < quote->ask);
            REQUIRE(quote->bid.sign() > 0);
            REQUIRE(quote->bid.value.is_multiple_of(instrument.tick.value));
            REQUIRE(quote->ask.value.is_multiple_of(instrument.tick.value));
            REQUIRE(quote->ask_quantity.value.is_multiple_of(instrument.lot.value));
        } else if (const auto* trade = std::get_if<Trade>(&event)) {
            ++trades;
            REQUIRE(trade->quantity.sign() > 0);
        } else if (const auto* bar = std::get_if<ClosedBar>(&event)) {
            ++bars;
            REQUIRE(check_bar(bar->values).has_value());
            REQUIRE(bar->values.close.value.is_multiple_of(instrument.tick.value));
            REQUIRE(bar->origin == BarOrigin::simulated);
        }
    }
    CHECK(quotes > 50000);
    CHECK(trades > 10000);
    CHECK(bars > 1000);
}

TEST_CASE("the feed's bars and the history's are the same bars") {
    DemoSpec spec = month(4, 1);
    spec.bar_length = minutes{15};
    spec.live_start += minutes{7};
    DemoSpec later = spec;
    later.live_start += hours{12};
    spec.end = later.live_start;
    DemoFeed feed{spec, table_of(spec, {"ETH/USD"})};
    std::vector<ClosedBar> live;
    for (const MarketEvent& event : take(feed, 1u << 20))
        if (const auto* bar = std::get_if<ClosedBar>(&event)) live.push_back(*bar);
    const auto past =
        DemoHistory{later}.bars("ETH/USD", minutes{15}, spec.live_start - minutes{7}, later.live_start);
    REQUIRE(past.has_value());
    REQUIRE(live.size() == 48);
    REQUIRE(past->size() == 48);
    for (std::size_t i = 0; i < live.size(); ++i) CHECK(live[i] == past->bar(i, InstrumentId{0}));
    CHECK(DemoHistory{spec}.bars("ETH/USD", minutes{15}, spec.start, later.live_start)->size() == 96);
}

TEST_CASE("fast_forward skips to the same events") {
    const DemoSpec spec = month(4, 1);
    const InstrumentTable table = table_of(spec, {"BTC/USD", "ETH/USD"});
    const Timestamp target = spec.live_start + hours{3} + seconds{20};
    DemoFeed slow{spec, table}, fast{spec, table}, late{spec, table};
    take(late, 100);
    fast.fast_forward(target);
    late.fast_forward(target);
    std::vector<MarketEvent> walked;
    while (walked.empty()) {
        const auto event = slow.next();
        if (target <= known_at(**event)) walked.push_back(**event);
    }
    const auto rest = take(slow, 500);
    walked.insert(walked.end(), rest.begin(), rest.end());
    const auto jumped = take(fast, 501), jumped_late = take(late, 501);
    REQUIRE(jumped.size() == walked.size());
    for (std::size_t i = 0; i < walked.size(); ++i) {
        REQUIRE(walked[i].index() == jumped[i].index());
        if (const auto* quote = std::get_if<Quote>(&walked[i])) {
            REQUIRE(quote->bid == std::get<Quote>(jumped[i]).bid);
            REQUIRE(quote->bid_quantity == std::get<Quote>(jumped_late[i]).bid_quantity);
            REQUIRE(quote->sequence == std::get<Quote>(jumped[i]).sequence);
        }
        if (const auto* bar = std::get_if<ClosedBar>(&walked[i])) {
            REQUIRE(*bar == std::get<ClosedBar>(jumped[i]));
            REQUIRE(*bar == std::get<ClosedBar>(jumped_late[i]));
        }
    }
}

TEST_CASE("history gives no unfinished bar, no unknown name, no length it cannot make") {
    DemoSpec spec = month(4, 1);
    spec.live_start += minutes{30};
    DemoHistory history{spec};
    const auto hourly = history.bars("BTC/USD", hours{1}, spec.start, spec.live_start + hours{5});
    REQUIRE(hourly.has_value());
    CHECK(hourly->size() == 24);
    CHECK(hourly->close_time(hourly->size() - 1) <= spec.live_start);
    CHECK(history.bars("NOPE/USD", hours{1}, spec.start, spec.live_start).error().code() == Errc::not_found);
    CHECK(history.bars("BTC/USD", seconds{1}, spec.start, spec.live_start).error().code() ==
          Errc::unsupported);
    const auto part = history.bars("BTC/USD", hours{1}, spec.start + hours{3}, spec.start + hours{5});
    REQUIRE(part->size() == 2);
    CHECK(part->bar(0, {}) == hourly->bar(3, {}));
    CHECK(part->bar(1, {}) == hourly->bar(4, {}));
}
