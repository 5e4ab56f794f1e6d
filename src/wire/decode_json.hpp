#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "wire/venue.hpp"

namespace plumb::wire {

/// What `plumb decode` is asked.
struct DecodeOptions {
    std::string kind = "ws";  // one of decode_kinds()
    std::string symbol;       // "BTCUSDT" or "BTC/USDT": whose the messages are that name none
    /// When a REST reply came: a bar that closes later is open. Without it the file's own time of change
    /// decides, which can only be later than the receipt.
    std::optional<Timestamp> received_at;
};

struct DecodeCounts {
    std::uint64_t frames = 0;
    std::uint64_t events = 0;
    std::uint64_t ignored = 0;
    std::uint64_t refused = 0;
};

/// "ws, rest-trades, rest-bars, …": what DecodeOptions::kind may be.
std::string decode_kinds();

/// Decodes a file in the venue's words and writes one JSON object per line: events with the keys of CLI.md;
/// {"type": "ignored"|"refused", "reason", "field", "line", "offset"} with offset in bytes from the beginning
/// of the line; {"type": "ack"|"error"|"shutdown"|…} for the venue's own messages. A report of an order's
/// trade gives a line "order" and a line "fill". A bad frame is counted and the next one read; an answer that
/// is an error gives a line "error". Symbols are learnt by the venue's spelling. Errc::invalid_argument for
/// an unknown kind, Errc::parse for a symbol that is none, errors of io::LineReader.
Result<DecodeCounts> decode_file(Venue& venue, const std::filesystem::path& path,
                                 const DecodeOptions& options, std::ostream& out);

/// Where a frame stood.
struct FramePlace {
    std::uint64_t line = 0;
    std::size_t column = 0;
};
/// Appends the line or lines of one event, each with its end.
void append_json_lines(std::string& out, const WireEvent& event, std::string_view venue,
                       const InstrumentTable& instruments, FramePlace place);

}  // namespace plumb::wire
