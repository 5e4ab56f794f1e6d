#include "app/bench/figure.hpp"

#include <doctest/doctest.h>

#include "app/bench/allocation_count.hpp"
#include "app/bench/child.hpp"
#include "app/bench/simulated_market.hpp"
#include "app/bench/stopwatches.hpp"
#include "app/test_support.hpp"

using namespace plumb;
using namespace plumb::app;
using bench::Better;
using bench::Figure;

TEST_CASE("figure: the ratio is how many times better than the peer, else the share of the limit") {
    Figure figure;
    figure.ours = 2;
    CHECK_FALSE(figure.ratio());
    figure.limit = 8;
    CHECK(*figure.ratio() == 0.25);
    figure.better = Better::less;
    CHECK(*figure.ratio() == 4);
    figure.peer = 3000;
    CHECK(*figure.ratio() == 1500);
    figure.limit = figure.peer = std::nullopt;
    figure.limit = 0;
    CHECK_FALSE(figure.ratio());
}

TEST_CASE("figure: a target counts in ratio beside a peer, else in the unit, and its border is met") {
    Figure figure;
    figure.ours = 60;
    CHECK_FALSE(figure.met());
    figure.target = 60;
    CHECK(*figure.met());
    figure.better = Better::less;
    CHECK(*figure.met());
    figure.ours = 60.5;
    CHECK_FALSE(*figure.met());
    figure.peer = 60.5 * 60;
    CHECK(*figure.met());
    figure.peer = 60.5 * 59;
    CHECK_FALSE(*figure.met());
    // Zero of a thing nobody wants.
    const Figure none{.name = {},
                      .ours = 0,
                      .peer = {},
                      .limit = 0,
                      .unit = {},
                      .peer_name = {},
                      .limit_name = {},
                      .target = 0,
                      .better = Better::less,
                      .note = {}};
    CHECK(*none.met());
}

TEST_CASE("median: the middle, or between the two in the middle") {
    CHECK(bench::median({3}) == 3);
    CHECK(bench::median({5, 1, 3}) == 3);
    CHECK(bench::median({4, 1, 3, 2}) == 2.5);
}

TEST_CASE("child: output, status and the variables it was given") {
    const auto child =
        bench::run_child({"/bin/sh", "-c", "printf \"$PLUMB_BENCH\"; exit 7"}, {"PLUMB_BENCH=seen"});
    REQUIRE(child.has_value());
    CHECK(child->output == "seen");
    CHECK(child->status == 7);
    CHECK(child->first_byte_seconds <= child->seconds);
    CHECK(bench::run_child({"/nowhere/at/all"}).error().code() == Errc::not_found);
}

TEST_CASE("scratch folder: gone with what is in it") {
    std::filesystem::path path;
    {
        const auto folder = bench::ScratchFolder::make();
        REQUIRE(folder.has_value());
        path = folder->path();
        std::filesystem::create_directories(path / "a" / "b");
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("allocations: each operator new of this thread counts once") {
    if (!bench::allocations_are_counted()) return;
    const auto before = bench::allocations_of_this_thread();
    std::vector<int> numbers;
    numbers.reserve(100);
    CHECK(bench::allocations_of_this_thread() - before == 1);
}

TEST_CASE("simulated market: the same bars each time, every instrument at every minute") {
    const auto one = bench::simulate_market(50), two = bench::simulate_market(50);
    CHECK(bench::events_of(one).size() == 50 * (bench::kInstruments + 1));
    REQUIRE(one.histories.size() == bench::kInstruments);
    for (std::size_t i = 0; i < bench::kInstruments; ++i) {
        for (std::size_t at = 0; at < 50; ++at) {
            CHECK(one.histories[i].bar(at, {}) == two.histories[i].bar(at, {}));
            CHECK(check_bar(one.histories[i].values(at)).has_value());
        }
    }
}

TEST_CASE("bench: a name it does not know is wrong use and names the nearest") {
    const TestWorkspace workspace;
    const Ran ran = run_in(workspace, {"bench", "engin"});
    CHECK(ran.status == 2);
    CHECK(ran.says("unknown benchmark engin: nearest known is engine"));
}
