#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "base/rng.hpp"
#include "exchange/venue_model.hpp"

namespace plumb::exchange::testing {

/// What the load did, for figures: the caller takes the time.
struct ModelLoadCounts {
    std::uint64_t orders = 0;  // submitted: limit and market orders
    std::uint64_t cancels = 0;
    std::uint64_t trades = 0;
    std::uint64_t events = 0;
};

/// A steady load on one model: every market has a book of `kLevels` prices a side, quoted by the house;
/// orders of the house and of four accounts come at random, six in ten resting near the touch, three in ten
/// taking a part of the best prices, one in ten waiting far behind; the oldest are canceled as new ones come,
/// so that the books stay as deep as they were. Events are taken after each order, as a host does.
class ModelLoad {
 public:
    static constexpr int kLevels = 20;

    ModelLoad(std::size_t markets, std::uint64_t seed);

    /// Submits this many orders; may be called again and goes on. Only this is worth timing.
    ModelLoadCounts run(std::uint64_t orders);
    /// In the books now. Cost: O(orders).
    std::size_t open_orders() const;

 private:
    struct Placed {
        AccountId account;
        OrderNumber number = 0;
    };
    void add_market(std::size_t index);
    void submit(ModelLoadCounts& counts);
    void cancel_oldest(ModelLoadCounts& counts);
    void listen(ModelLoadCounts& counts);

    Rng rng_;
    VenueModel model_;
    std::deque<Placed> placed_;
    Timestamp now_{};
};

/// Sets a load up and runs it. Cost: about a microsecond for each order.
ModelLoadCounts run_model_load(std::size_t markets, std::uint64_t orders, std::uint64_t seed);

}  // namespace plumb::exchange::testing
