#include "wire/clock_offset.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "base/rng.hpp"
#include "io/line_reader.hpp"

using namespace plumb;
using namespace plumb::wire;
using namespace std::chrono_literals;

namespace {

const Timestamp kStart = timestamp_from_ms(1'700'000'000'000);

/// A venue's clock that is `offset` ahead of ours and runs `ppm` fast, behind a network of uneven ways.
struct VenueModel {
    Rng rng;
    Duration offset;
    double ppm = 0;

    Timestamp venue_at(Timestamp ours) const {
        return ours + offset +
               Duration{static_cast<std::int64_t>(static_cast<double>((ours - kStart).count()) * ppm * 1e-6)};
    }
    Duration way() {
        const auto usual = 5'000'000 + static_cast<std::int64_t>(rng.below(30'000'000));
        return Duration{rng.below(10) == 0 ? usual * 20 : usual};
    }
    /// Asked at `now`; the venue cuts to milliseconds.
    ClockReading ask(Timestamp now) {
        const Timestamp read = now + way();
        const Timestamp told = timestamp_from_ms(to_ms(venue_at(read)));
        return {now, told, read + way()};
    }
};

/// The number after a key of one line of JSON.
std::optional<std::int64_t> number_after(std::string_view line, std::string_view key) {
    const std::size_t at = line.find(key);
    if (at == std::string_view::npos) return std::nullopt;
    std::int64_t number = 0;
    const char* begin = line.data() + at + key.size();
    if (std::from_chars(begin, line.data() + line.size(), number).ec != std::errc{}) return std::nullopt;
    return number;
}

}  // namespace

TEST_CASE("fault_E23_clock_offset: the truth lies within the bound, whatever the ways") {
    Duration worst_error = Duration::zero();
    for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
        Rng rng{seed};
        VenueModel venue{Rng{seed + 1},
                         Duration{static_cast<std::int64_t>(rng.below(20'000'000'000)) - 10'000'000'000},
                         static_cast<double>(rng.below(200)) - 100};
        ClockOffset clock{{}};
        CHECK_FALSE(clock.safe(kStart));
        for (Timestamp now = kStart; now < kStart + 1h; now += 500ms) {
            if (clock.due(now)) {
                clock.asked(now);
                clock.take(venue.ask(now));
            }
            if (now < kStart + 5s) continue;
            const Duration truth = venue.venue_at(now) - now;
            const Duration off = *clock.offset(now) - truth;
            REQUIRE_MESSAGE(Duration{std::abs(off.count())} <= clock.error(now), "seed ", seed);
            if (kStart + 5min < now) worst_error = std::max(worst_error, clock.error(now));
            REQUIRE(clock.safe(now));
        }
        REQUIRE_MESSAGE(clock.steps() == 0, "seed ", seed);
    }
    MESSAGE("bound after five minutes: ", to_text(worst_error), " at most");
    CHECK(worst_error < 100ms);
}

TEST_CASE("fault_E23_clock_step: unsafe until a second reading agrees, then right again") {
    for (const Duration step : {Duration{3s}, Duration{-3s}, Duration{1h}}) {
        VenueModel venue{Rng{5}, 100ms};
        ClockOffset clock{{}};
        Timestamp now = kStart;
        for (int i = 0; i < 10; ++i, now += 60s) clock.take(venue.ask(now));
        REQUIRE(clock.safe(now));
        venue.offset += step;
        clock.take(venue.ask(now));
        CHECK_FALSE(clock.safe(now + 1s));
        CHECK(clock.steps() == 1);
        CHECK(clock.due(now + 2s));
        clock.take(venue.ask(now + 2s));
        CHECK(clock.safe(now + 3s));
        CHECK(std::abs((*clock.offset(now + 3s) - (100ms + step)).count()) < 50'000'000);
    }
}

TEST_CASE("fault_E23_old_readings: the bound grows until nothing is safe") {
    VenueModel venue{Rng{5}, 100ms};
    ClockOffset clock{{}};
    for (int i = 0; i < 5; ++i) clock.take(venue.ask(kStart + i * 1s));
    CHECK(clock.safe(kStart + 10min));
    CHECK_FALSE(clock.safe(kStart + 24h));
    const Duration round_trip_wrong = -1s;
    clock.take({kStart, kStart, kStart + round_trip_wrong});
    CHECK(clock.left_out() == 1);
}

TEST_CASE(
    "fault_H_negative_age: a receive clock 1.26 s behind the venue's gives no negative age (recorded)") {
    auto reader = io::LineReader::open(std::string{PLUMB_TESTDATA} + "/binance/BTCUSDT_ws_2000.jsonl.gz");
    REQUIRE(reader);
    std::int64_t rows = 0, behind = 0;
    Duration largest = Duration::zero();
    Timestamp last = Timestamp::min();
    while (true) {
        const auto line = reader->next();
        REQUIRE(line);
        if (!*line) break;
        std::int64_t received_ns = 0;
        std::from_chars((*line)->data(), (*line)->data() + (*line)->size(), received_ns);
        const auto venue_ms = number_after(**line, "\"E\":");
        if (received_ns == 0 || !venue_ms) continue;
        const Timestamp received = timestamp_from_ns(received_ns), venue = timestamp_from_ms(*venue_ms);
        ++rows;
        behind += received < venue;
        largest = std::max(largest, venue - received);
        // The age of what is in hand, and of what came before it, by our clock alone.
        CHECK(age_of(received, received) == Duration::zero());
        if (last != Timestamp::min()) {
            CHECK(Duration::zero() <= age_of(last, received));
            CHECK(age_of(last, received) < 10s);
        }
        last = received;
    }
    MESSAGE(rows, " rows, ", behind, " of them received before the venue says it sent them, by up to ",
            to_text(largest));
    CHECK(400 < rows);
    CHECK(behind == rows);
    CHECK(1260ms < largest);
    CHECK(largest < 1300ms);
    CHECK(age_of(kStart + 5s, kStart) == Duration::zero());
}
