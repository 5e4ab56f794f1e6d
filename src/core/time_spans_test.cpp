#include "core/time_spans.hpp"

#include <doctest/doctest.h>

#include <bitset>

#include "base/rng.hpp"

using namespace plumb;

namespace {

Timestamp at(int second) { return Timestamp{std::chrono::seconds{second}}; }

}  // namespace

TEST_CASE("spans join where they touch, and what is missing is what lies between") {
    TimeSpans spans;
    CHECK(spans.missing({at(0), at(10)}) == TimeSpans{{at(0), at(10)}});
    spans.add({at(2), at(4)});
    spans.add({at(6), at(8)});
    CHECK(spans.all().size() == 2);
    spans.add({at(5), at(5)});  // empty
    CHECK(spans.all().size() == 2);
    CHECK(spans.missing({at(0), at(10)}).all().size() == 3);
    CHECK(spans.missing({at(2), at(4)}).empty());
    CHECK_FALSE(spans.holds(at(4)));
    CHECK(spans.holds(at(2)));
    spans.add({at(4), at(6)});
    CHECK(spans == TimeSpans{{at(2), at(8)}});
    CHECK(spans.holds(TimeSpan{at(3), at(8)}));
    CHECK_FALSE(spans.holds(TimeSpan{at(3), at(9)}));
}

TEST_CASE("spans agree with a set of single seconds, whatever is added") {
    Rng rng{20};
    for (int round = 0; round < 300; ++round) {
        TimeSpans spans;
        std::bitset<64> seconds;
        for (int i = 0; i < 12; ++i) {
            const int from = static_cast<int>(rng.below(60)), length = static_cast<int>(rng.below(6));
            spans.add({at(from), at(from + length)});
            for (int s = from; s < from + length && s < 64; ++s) seconds.set(static_cast<std::size_t>(s));
        }
        const TimeSpans missing = spans.missing({at(0), at(64)});
        for (int s = 0; s < 64; ++s) {
            REQUIRE(spans.holds(at(s)) == seconds.test(static_cast<std::size_t>(s)));
            REQUIRE(missing.holds(at(s)) != spans.holds(at(s)));
        }
        for (std::size_t i = 1; i < spans.all().size(); ++i)
            REQUIRE(spans.all()[i - 1].to < spans.all()[i].from);
    }
}
