#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "wire/stream_protocol.hpp"
#include "wire/symbol_map.hpp"

namespace plumb::venues::binance {

/// Turns Binance's frames, spot and USD-M, public and private, into our events. Pure: same bytes, same
/// events; no clock, no I/O, and after the first frames no allocation unless a symbol is learnt. Not for
/// several threads at once.
///
/// Keys may come in any order, unknown ones are ignored, a known one of the wrong type refuses the frame, and
/// so do prices not above zero, a bid not below its ask and a bar that contradicts itself. An open kline
/// becomes OpenBar, never ClosedBar. Trades' `m` (the buyer made the price) gives the aggressor: true is a
/// sell. Times are milliseconds, or microseconds where a stream asked for them (told by their size).
class Decoder : public wire::FrameDecoder {
 public:
    static constexpr std::size_t kFrameBytesMax = std::size_t{1} << 20;
    static constexpr std::size_t kLevelsMax = 10'000;  // per side of a book message

    /// What becomes of symbols that are not in the map.
    enum class Strangers : unsigned char {
        refused,  // for recordings: somebody should say what they are
        ignored,  // for live streams, where others' data are no trouble of ours
    };

    /// `symbols` outlives the decoder.
    explicit Decoder(wire::SymbolMap& symbols, Strangers strangers = Strangers::refused);
    ~Decoder() override;

    /// One WebSocket text frame, bare or wrapped as {"stream", "data"} or {"subscriptionId", "event"}. A
    /// BookDelta's levels live until the next call.
    void decode(std::string_view frame, Timestamp received_at, wire::WireSink& sink) override;
    /// Whose a depth snapshot without symbol is.
    void assume(std::optional<InstrumentId> unnamed) override;
    void set_quick(bool on) override;

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace plumb::venues::binance
