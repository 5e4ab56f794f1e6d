#include "exchange/testing/model_load.hpp"

#include <doctest/doctest.h>

namespace plumb::exchange::testing {
namespace {

TEST_CASE("The load trades, cancels, keeps its books and is the same each time") {
    ModelLoad load{10, 7};
    const ModelLoadCounts counts = load.run(50'000);
    CHECK(counts.orders == 50'000);
    CHECK(counts.trades > 15'000);
    CHECK(counts.cancels > 3'000);
    CHECK(load.open_orders() > 400);
    CHECK(load.open_orders() < 21'000);
    const ModelLoadCounts again = run_model_load(10, 50'000, 7);
    CHECK(again.trades == counts.trades);
    CHECK(again.events == counts.events);
}

}  // namespace
}  // namespace plumb::exchange::testing
