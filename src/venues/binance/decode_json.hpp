#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "venues/binance/decode.hpp"

namespace plumb::venues::binance {

/// What `plumb decode --venue binance` is asked.
struct DecodeOptions {
    std::string kind = "ws";  // ws, rest-trades, rest-klines, rest-depth, rest-book-ticker
    std::string symbol;       // "BTCUSDT" or "BTC/USDT": whose the messages are that name none
    /// When a REST reply came: a kline that closes later is open. Without it the file's own time of change
    /// decides, which can only be later than the receipt.
    std::optional<Timestamp> received_at;
};

struct DecodeCounts {
    std::uint64_t frames = 0;
    std::uint64_t events = 0;
    std::uint64_t ignored = 0;
    std::uint64_t refused = 0;
};

/// Decodes a file and writes one JSON object per line: events with the keys of CLI.md; {"type":
/// "ignored"|"refused", "reason", "field", "line", "offset"} with offset in bytes from the beginning of the
/// line; {"type": "ack"|"error"| "shutdown"} for the venue's own messages. A report of an order's trade gives
/// a line "order" and a line "fill". A bad frame is counted and the next one read. Errc::invalid_argument for
/// an unknown kind, errors of io::LineReader.
Result<DecodeCounts> decode_file(const std::filesystem::path& path, const DecodeOptions& options,
                                 std::ostream& out);

/// Where a frame stood.
struct FramePlace {
    std::uint64_t line = 0;
    std::size_t column = 0;
};
/// Appends the line or lines of one decoded frame, each with its end.
void append_json_lines(std::string& out, const Decoded& decoded, const InstrumentTable& instruments,
                       FramePlace place);

}  // namespace plumb::venues::binance
