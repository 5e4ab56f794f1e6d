#pragma once

#include <filesystem>
#include <vector>

#include "ports/market_data_feed.hpp"

namespace plumb::replay {

/// Plays recorded trades and quotes as one stream by time of receipt; at one instant in the order of the
/// inputs, and within an input in its own order. Holds its inputs in memory: 80 bytes a trade, 104 a quote.
class TickFeed : public MarketDataFeed {
 public:
    struct Input {
        std::vector<Trade> trades;  // one of the two
        std::vector<Quote> quotes;
    };
    explicit TickFeed(std::vector<Input> inputs);

    Result<std::optional<MarketEvent>> next() override;

 private:
    struct Cursor {
        Input input;
        std::size_t at = 0;
        bool done() const { return at >= input.trades.size() + input.quotes.size(); }
        Timestamp due() const;
        MarketEvent take();
    };
    std::vector<Cursor> cursors_;
};

/// Reads one file of trades or quotes (its header says which), gzip or not. Rows whose receipt goes back in
/// time are put in order of receipt, as they came. Errc::unsupported for other files; errors of
/// codec::read_csv_trades and quotes.
Result<TickFeed::Input> read_ticks(const std::filesystem::path& file, InstrumentId instrument);

}  // namespace plumb::replay
