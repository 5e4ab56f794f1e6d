#include "exchange/registry/registry.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace plumb;
using namespace plumb::exchange;

TEST_CASE("every venue is found by its name, and its row is whole") {
    std::set<std::string_view> names;
    for (const VenueEntry& venue : venues()) {
        INFO(venue.name);
        CHECK(names.insert(venue.name).second);
        CHECK(find_venue(venue.name) == &venue);
        CHECK((venue.markets != nullptr));
        CHECK((venue.account != nullptr));
        CHECK((venue.make_access != nullptr));
        CHECK((venue.make_protocol != nullptr));
        const Result<ApiAccess> first = venue.make_access(AccountId{1}, 7);
        const Result<ApiAccess> second = venue.make_access(AccountId{1}, 7);
        REQUIRE(first.has_value());
        CHECK_FALSE(first->key.empty());
        CHECK(first->key == second->key);
        CHECK(first->key != venue.make_access(AccountId{1}, 8)->key);
    }
    CHECK(find_venue("nowhere") == nullptr);
}
