#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "bars/bar_builder.hpp"
#include "bars/bar_spec.hpp"
#include "bars/gaps.hpp"
#include "bars/resample.hpp"
#include "base/rng.hpp"

using namespace plumb;
using namespace std::chrono_literals;

namespace {

/// The rows of a plain CSV below its header.
std::vector<std::vector<std::string>> rows_of(const std::string& name) {
    std::ifstream file{std::string{PLUMB_TESTDATA} + "/bars/" + name};
    REQUIRE(file.good());
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(file, line);) {
        std::vector<std::string> fields(1);
        for (const char c : line) {
            if (c == ',')
                fields.emplace_back();
            else
                fields.back() += c;
        }
        rows.push_back(fields);
    }
    rows.erase(rows.begin());
    return rows;
}

BarHistory klines(const std::string& name, Duration length) {
    BarHistory history{name, length};
    for (const auto& row : rows_of(name)) {
        const Ohlcv values{*Price::parse(row[1]), *Price::parse(row[2]), *Price::parse(row[3]),
                           *Price::parse(row[4]), *Quantity::parse(row[5])};
        const bool quiet = values.volume.is_zero() && values.low == values.high;
        REQUIRE(history.append(timestamp_from_ms(std::stoll(row[0])), values,
                               quiet ? BarOrigin::filled : BarOrigin::traded));
    }
    return history;
}

std::vector<Trade> recorded_trades() {
    std::vector<Trade> trades;
    for (const auto& row : rows_of("XRPETH_trades.csv")) {
        Trade trade;
        trade.venue_time = trade.received_at = timestamp_from_ms(std::stoll(row[0]));
        trade.price = *Price::parse(row[1]);
        trade.quantity = *Quantity::parse(row[2]);
        trade.trade_id = std::stoull(row[4]);
        trades.push_back(trade);
    }
    return trades;
}

bool same_prices(const Ohlcv& a, const Ohlcv& b) {
    return a.open == b.open && a.high == b.high && a.low == b.low && a.close == b.close;
}

bool equal(const BarHistory& a, const BarHistory& b) {
    if (a.size() != b.size() || a.length() != b.length()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a.bar(i, {}) != b.bar(i, {})) return false;
    }
    return true;
}

std::vector<Trade> random_trades(Rng& rng, int count, Duration span) {
    const Timestamp start =
        timestamp_from_ms(1'600'000'000'000) + Duration{static_cast<std::int64_t>(rng.below(86400)) * 1s};
    std::vector<Trade> trades;
    for (int i = 0; i < count; ++i) {
        Trade trade;
        trade.venue_time =
            start + Duration{static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(span / 1ms)))} *
                        1'000'000;
        trade.price =
            Price{Decimal::from_units(static_cast<Int128>(1 + rng.below(1000)) * 10'000'000'000'000)};
        trade.quantity =
            Quantity{Decimal::from_units(static_cast<Int128>(1 + rng.below(1000)) * 1'000'000'000'000)};
        trade.trade_id = static_cast<std::uint64_t>(i + 1);
        trades.push_back(trade);
    }
    return trades;
}

void shuffle(Rng& rng, std::vector<Trade>& trades) {
    for (std::size_t i = trades.size(); i > 1; --i) std::swap(trades[i - 1], trades[rng.below(i)]);
}

}  // namespace

TEST_CASE("trades to candles equals Binance's own 1-minute candles exactly") {
    const BarHistory expected = klines("XRPETH_1m.csv", 1min);
    const auto built = bars::build_bars(recorded_trades(), {1min, true}, "XRP/ETH");
    REQUIRE(built.has_value());
    // The last minutes of the recording are quiet; no trade says that they are over.
    REQUIRE(built->size() <= expected.size());
    REQUIRE(built->size() >= 170);
    std::size_t quiet = 0;
    for (std::size_t i = 0; i < built->size(); ++i) {
        CAPTURE(to_iso(expected.open_time(i)));
        CHECK(built->bar(i, {}) == expected.bar(i, {}));
        quiet += built->origin(i) == BarOrigin::filled ? 1 : 0;
    }
    CHECK(quiet >= 35);
}

TEST_CASE("quiet minutes are left out unless asked for, and gaps names them") {
    const auto sparse = *bars::build_bars(recorded_trades(), {1min, false}, "XRP/ETH");
    const auto full = *bars::build_bars(recorded_trades(), {1min, true}, "XRP/ETH");
    std::int64_t missing = 0;
    for (const bars::Gap& gap : bars::gaps(sparse)) {
        CHECK(gap.next_bar - gap.first_missing == gap.missing * 1min);
        missing += gap.missing;
    }
    CHECK(missing == static_cast<std::int64_t>(full.size() - sparse.size()));
    CHECK(missing > 0);
    CHECK(bars::gaps(full).empty());
}

TEST_CASE("1m to 5m equals Binance's own 5m: quiet flat minutes set no open, high or low") {
    for (const std::string symbol : {"LINKUSDT", "BTCUSDT", "ETHUSDT"}) {
        CAPTURE(symbol);
        const BarHistory minutes = klines(symbol + "_1m.csv", 1min),
                         expected = klines(symbol + "_5m.csv", 5min);
        const auto made = bars::resample(minutes, 5min);
        REQUIRE(made.has_value());
        REQUIRE(made->size() == expected.size());
        for (std::size_t i = 0; i < made->size(); ++i) {
            CAPTURE(to_iso(expected.open_time(i)));
            CHECK(made->open_time(i) == expected.open_time(i));
            CHECK(same_prices(made->values(i), expected.values(i)));
            // The venue revised a few minutes' volumes later: within 1.3 %.
            CHECK(made->values(i).volume.to_double() ==
                  doctest::Approx(expected.values(i).volume.to_double()).epsilon(0.013));
        }
    }
}

TEST_CASE("5m to 1h equals Binance's own hours through two outages, short hours included") {
    const BarHistory expected = klines("BTCUSDT_outage_1h.csv", 1h);
    const auto made = bars::resample(klines("BTCUSDT_outage_5m.csv", 5min), 1h);
    REQUIRE(made.has_value());
    REQUIRE(made->size() == expected.size());
    for (std::size_t i = 0; i < made->size(); ++i) {
        CAPTURE(to_iso(expected.open_time(i)));
        CHECK(made->open_time(i) == expected.open_time(i));
        CHECK(same_prices(made->values(i), expected.values(i)));
    }
    // 02:00 and 03:00 of the first day, 05:00 to 07:00 of the second, and the days between the two slices.
    const auto found = bars::gaps(*made);
    REQUIRE(found.size() == 3);
    CHECK(found[0].missing == 2);
    CHECK(to_iso(found[0].first_missing) == "2021-04-20T02:00:00.000000000Z");
    CHECK(found[2].missing == 3);
    CHECK(to_iso(found[2].next_bar) == "2021-04-25T08:00:00.000000000Z");
}

TEST_CASE("fault_F11_duplicate_late_reordered: a candle is a function of the set of trades") {
    Rng rng{11};
    std::vector<Trade> trades = recorded_trades();
    const BarHistory expected = *bars::build_bars(trades, {1min, true}, "x");
    for (int round = 0; round < 20; ++round) {
        std::vector<Trade> any = trades;
        for (int i = 0; i < 300; ++i) any.push_back(trades[rng.below(trades.size())]);
        shuffle(rng, any);
        CHECK(equal(*bars::build_bars(any, {1min, true}, "x"), expected));
    }
    for (Trade& trade : trades) trade.trade_id = 0;  // without ids order is still no matter, repetition is
    const BarHistory without_ids = *bars::build_bars(trades, {1min, true}, "x");
    shuffle(rng, trades);
    CHECK(equal(*bars::build_bars(trades, {1min, true}, "x"), without_ids));
}

TEST_CASE("property: resample(1m to 4h) = build(4h), and volume is conserved") {
    Rng rng{4};
    for (int round = 0; round < 200; ++round) {
        CAPTURE(round);
        const auto trades = random_trades(rng, 1 + static_cast<int>(rng.below(60)), 30h);
        for (const Duration length : {Duration{5min}, Duration{4h}, Duration{24h}}) {
            const BarHistory minutes = *bars::build_bars(trades, {1min, rng.below(2) == 0}, "x");
            const BarHistory direct = *bars::build_bars(trades, {length, false}, "x");
            // The history of minutes ends inside its last slot; one more quiet bar at the slot's end closes
            // it.
            BarHistory until_end = minutes;
            const Timestamp end = direct.close_time(direct.size() - 1);
            const Price last = minutes.close(minutes.size() - 1);
            if (minutes.close_time(minutes.size() - 1) < end) {
                REQUIRE(until_end.append(end - 1min, {last, last, last, last, {}}, BarOrigin::filled));
            }
            BarHistory made{"x", length};
            const BarHistory resampled = *bars::resample(until_end, length);
            for (std::size_t i = 0; i < resampled.size(); ++i) {
                if (resampled.origin(i) == BarOrigin::filled) continue;
                REQUIRE(made.append(resampled.open_time(i), resampled.values(i), resampled.origin(i)));
            }
            CHECK(equal(made, direct));
            Quantity built, sent;
            for (std::size_t i = 0; i < direct.size(); ++i) built += direct.values(i).volume;
            for (const Trade& trade : trades) sent += trade.quantity;
            CHECK(built == sent);
        }
    }
}

TEST_CASE("fault_F13_unfinished_candle: neither a building bar nor a half slot is handed out") {
    bars::BarBuilder builder{InstrumentId{3}, {1min, true}};
    std::vector<ClosedBar> out;
    const Timestamp start = timestamp_from_ms(1'600'000'020'000);  // on a minute
    Trade trade;
    trade.price = Price{Decimal{5}};
    trade.quantity = Quantity{Decimal{1}};
    trade.venue_time = start + 10s;
    REQUIRE(builder.add(trade));
    builder.close_until(start + 59s, out);
    CHECK(out.empty());
    builder.close_until(start + 60s, out);
    REQUIRE(out.size() == 1);
    CHECK(out[0].instrument == InstrumentId{3});
    trade.venue_time = start + 59s;
    CHECK(builder.add(trade).error().code() == Errc::stale);
    CHECK(builder.counts().late == 1);
    builder.close_until(start + 240s, out);
    REQUIRE(out.size() == 4);
    CHECK(out[3].origin == BarOrigin::filled);
    CHECK(out[3].open_time == start + 180s);

    BarHistory hour{"x", 1min};
    for (int i = 0; i < 59; ++i)
        REQUIRE(
            hour.append(timestamp_from_ms(1'599'998'400'000) + i * 1min, out[0].values, BarOrigin::traded));
    CHECK(bars::resample(hour, 1h)->empty());
}

TEST_CASE("fault_F12_poisoned_trades: a price or size of zero or below never reaches a bar") {
    bars::BarBuilder builder{InstrumentId{}, {1min, false}};
    Trade trade;
    trade.venue_time = timestamp_from_ms(1'600'000'020'000);
    trade.quantity = Quantity{Decimal{1}};
    for (const std::int64_t price : {0, -5}) {
        trade.price = Price{Decimal{price}};
        CHECK(builder.add(trade).error().code() == Errc::out_of_range);
    }
    trade.price = Price{Decimal{1}};
    trade.quantity = Quantity{};
    CHECK(builder.add(trade).error().code() == Errc::out_of_range);
    std::vector<ClosedBar> out;
    builder.close_until(trade.venue_time + 1h, out);
    CHECK(out.empty());
    CHECK(builder.counts().refused == 3);
}

TEST_CASE("resample: refuses what cannot be made") {
    const BarHistory minutes = klines("BTCUSDT_1m.csv", 1min);
    CHECK(bars::resample(minutes, 30s).error().code() == Errc::unsupported);
    CHECK(bars::resample(minutes, 90s).error().code() == Errc::unsupported);
    CHECK(equal(*bars::resample(minutes, 1min), minutes));
    BarHistory half_past{"x", 1h};
    REQUIRE(half_past.append(timestamp_from_ms(1'600'000'000'000 / 14'400'000 * 14'400'000) + 3h + 30min,
                             minutes.values(0), BarOrigin::traded));
    CHECK(bars::resample(half_past, 4h).error().message().find("lies in two bars of 4h") !=
          std::string::npos);
}

TEST_CASE("fault_F16_slots: each moment in exactly one, days at UTC midnight, weeks on Monday") {
    const auto slot = [](const char* at, Duration length) {
        return to_iso(bars::slot_open(*parse_timestamp(at), length));
    };
    CHECK(slot("2024-03-31T01:59:59Z", 1h) == "2024-03-31T01:00:00.000000000Z");
    CHECK(slot("2024-08-08T23:54:15Z", 24h) == "2024-08-08T00:00:00.000000000Z");
    CHECK(slot("2024-08-08T23:54:15Z", 4h) == "2024-08-08T20:00:00.000000000Z");
    CHECK(slot("2024-08-08T23:54:15Z", 168h) == "2024-08-05T00:00:00.000000000Z");  // a Monday
    CHECK(slot("2024-08-04T23:59:59Z", 168h) == "2024-07-29T00:00:00.000000000Z");
    CHECK(slot("1969-12-31T23:59:59Z", 1h) == "1969-12-31T23:00:00.000000000Z");
    CHECK(slot("1969-12-30T00:00:00Z", 168h) == "1969-12-29T00:00:00.000000000Z");
    Rng rng{16};
    for (int i = 0; i < 10'000; ++i) {
        const Timestamp at =
            timestamp_from_ms(static_cast<std::int64_t>(rng.below(3'000'000'000'000)) - 1'000'000'000'000);
        for (const auto length : bars::kGranularities) {
            const Timestamp open = bars::slot_open(at, length);
            REQUIRE((open <= at && at < open + length));
            REQUIRE(bars::slot_open(open, length) == open);
            REQUIRE(bars::slot_open(open + length, length) == open + length);
        }
    }
}

TEST_CASE("granularities: all of the list, and nothing else") {
    CHECK(bars::granularity_list() == "1s 5s 10s 15s 30s 1m 2m 3m 5m 10m 15m 30m 1h 2h 4h 6h 8h 12h 1d 1w");
    CHECK(*bars::parse_granularity("hour") == 1h);
    CHECK(bars::parse_granularity("7m").error().code() == Errc::unsupported);
    CHECK(bars::parse_granularity("soon").error().code() == Errc::parse);
}
