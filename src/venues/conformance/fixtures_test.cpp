#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include "venues/alpaca/testing/fixture.hpp"
#include "venues/binance/testing/fixture.hpp"
#include "venues/coinbase/testing/fixture.hpp"
#include "venues/coinmarketcap/testing/fixture.hpp"
#include "venues/conformance/suite.hpp"
#include "venues/kraken/testing/fixture.hpp"
#include "venues/polygon/testing/fixture.hpp"
#include "venues/registry.hpp"

namespace plumb::venues::conformance {
namespace {

/// A row per fixture: the only place of the suite that knows a venue by name.
constexpr auto kFixtures = std::to_array<FixtureRow>({
    {"alpaca", &alpaca::make_fixture},
    {"binance", &binance::make_spot_fixture},
    {"binance-futures", &binance::make_futures_fixture},
    {"coinbase", &coinbase::make_fixture},
    {"coinmarketcap", &coinmarketcap::make_fixture},
    {"kraken-futures", &kraken::make_fixture},
    {"polygon", &polygon::make_fixture},
});

}  // namespace

std::span<const FixtureRow> all_fixtures() { return kFixtures; }

TEST_CASE("every venue of the registry has a fixture, and every fixture a row") {
    for (const VenueEntry& entry : all_venues()) {
        CAPTURE(entry.capabilities().name);
        CHECK(std::ranges::any_of(
            all_fixtures(), [&](const FixtureRow& row) { return row.name == entry.capabilities().name; }));
        CHECK(find_venue(entry.capabilities().name) == &entry);
    }
    for (const FixtureRow& row : all_fixtures()) {
        CAPTURE(row.name);
        CHECK(find_venue(row.name) != nullptr);
        CHECK(Bench{row}.can().name == row.name);
    }
    CHECK(find_venue("no-such-venue") == nullptr);
}

}  // namespace plumb::venues::conformance
