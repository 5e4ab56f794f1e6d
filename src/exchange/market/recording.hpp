#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "core/bar_history.hpp"
#include "exchange/market/market_past.hpp"
#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange::market {

/// What was recorded of one name.
struct RecordedName {
    ListedName listed;
    std::vector<Trade> trades;  // by receipt
    std::vector<Quote> quotes;  // by receipt
    BarHistory bars;            // may be empty

    bool has_ticks() const { return !trades.empty() || !quotes.empty(); }
};

/// One moment of the recording: which trade or quote is next.
struct RecordedMoment {
    Timestamp at;
    std::uint32_t name = 0;
    bool is_trade = false;
    std::uint32_t index = 0;
};

/// A recording, read whole: 80 bytes a trade, 104 a quote, 24 a moment, 30 a bar.
struct Recording {
    std::vector<RecordedName> names;      // by name
    std::vector<RecordedMoment> moments;  // of all ticks, in order of receipt
    Timestamp begin, end;                 // of the ticks, or of the bars where there are none

    bool has_ticks() const { return !moments.empty(); }
};

/// Reads a file, or every price file of a folder: trades (a time, price, size, side), quotes (a time, bid,
/// bid_size, ask, ask_size) and bars, CSV or gzip, bars also Parquet; several of one name belong together.
/// The name is the file's (BTCUSDT_trades.csv.gz); a dollar token counts as USD, a name without a quote
/// currency (AIG) is a stock. Tick and lot are the finest steps that were recorded.
///
/// Errc::not_found, Errc::empty for a folder without price files, else the first trouble met: one line with
/// the file.
Result<Recording> read_recording(const std::filesystem::path& path);

/// The minutes of one recorded name: of its bars, and of its trades where it has them. A bar longer than a
/// minute is drawn as a line through its four prices, the extreme nearer to the open first.
class RecordedMinutes : public MinuteSource {
 public:
    /// `name` outlives it.
    explicit RecordedMinutes(const RecordedName& name);
    bool visit(MinuteNumber from, MinuteNumber to, MinuteVisitor& visitor) const override;

 private:
    const RecordedName& name_;
    MinuteNumber trades_from_ = 0;
    MinuteRows rows_;
};

/// The price at `time` on that line through the bar at `at`; its open before it, its close after it.
double price_within(const BarHistory& bars, std::size_t at, Timestamp time);
/// The bar that `time` lies in, or the last one before it; the first one when it lies before all.
std::size_t bar_at(const BarHistory& bars, Timestamp time);

}  // namespace plumb::exchange::market
