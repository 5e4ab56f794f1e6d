#include "exchange/number_map.hpp"

#include <doctest/doctest.h>

#include <map>

#include "base/rng.hpp"

namespace plumb::exchange {
namespace {

TEST_CASE("The map of numbers agrees with the standard one, old numbers among new") {
    Rng rng{11};
    NumberMap map;
    std::map<std::uint64_t, std::uint32_t> reference;
    std::uint64_t last = 0;
    for (int i = 0; i < 200'000; ++i) {
        if (rng.below(100) < 55) {
            map.put(++last, static_cast<std::uint32_t>(i));
            reference[last] = static_cast<std::uint32_t>(i);
        } else {
            // Mostly the oldest, as orders are forgotten, sometimes any.
            const std::uint64_t number =
                reference.empty() || rng.below(10) == 0 ? 1 + rng.below(last + 2) : reference.begin()->first;
            map.erase(number);
            reference.erase(number);
        }
        const std::uint64_t asked = rng.below(last + 3);
        const auto expected = reference.find(asked);
        const auto found = map.find(asked);
        REQUIRE(found.has_value() == (expected != reference.end()));
        if (found) REQUIRE(*found == expected->second);
        REQUIRE(map.size() == reference.size());
    }
}

}  // namespace
}  // namespace plumb::exchange
