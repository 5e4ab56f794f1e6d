#pragma once

#include <deque>
#include <string>
#include <vector>

#include "exchange/protocol/past_market.hpp"

namespace plumb::exchange::market {

/// The newest ten thousand trades of one market, as differences: about 13 bytes a trade where PastTrade takes
/// 64, so that 400 markets fit in 50 MB.
class TradeRing {
 public:
    static constexpr std::size_t kTradesMax = 10'000;

    TradeRing(Price tick, Quantity lot) : tick_{tick.value}, lot_{lot.value} {}

    /// Not older than those before.
    void push(const PastTrade& trade);
    /// In [from, to), oldest first, the first `count`. Cost: the chunks of a hundred trades it has to read.
    std::vector<PastTrade> find(Timestamp from, Timestamp to, std::size_t count) const;
    std::size_t size() const { return size_; }

 private:
    static constexpr std::size_t kChunkTrades = 100;
    struct Chunk {
        Timestamp first, last;
        std::size_t count = 0;
        std::string bytes;
    };

    Decimal tick_;
    Decimal lot_;
    std::deque<Chunk> chunks_;
    PastTrade last_;
    std::size_t size_ = 0;
};

}  // namespace plumb::exchange::market
