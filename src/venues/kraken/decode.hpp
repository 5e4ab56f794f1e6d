#pragma once

#include <memory>
#include <string_view>

#include "wire/stream_protocol.hpp"
#include "wire/symbol_map.hpp"

namespace plumb::venues::kraken {

/// Frames of the WebSocket v1, public and private. One frame may give many events: a ticker a Quote and a
/// MarkPrice (never a Trade: `last` repeats an old print), a snapshot one event a row. A snapshot of trades
/// comes newest first and is given oldest first, so that the last event is the latest price. After the first
/// frames nothing is allocated.
class Decoder final : public wire::FrameDecoder {
 public:
    static constexpr std::size_t kFrameBytesMax = 8 << 20;

    /// `symbols` outlives the decoder.
    explicit Decoder(wire::SymbolMap& symbols);
    ~Decoder() override;

    void decode(std::string_view frame, Timestamp received_at, wire::WireSink& sink) override;
    void set_quick(bool on) override;
    /// The text to sign when the last frame was a challenge, else empty. Lives until the next frame.
    std::string_view challenge() const;
    /// The feed the last frame was of or about; empty where it named none.
    std::string_view feed() const;

 private:
    class Reading;
    std::unique_ptr<Reading> reading_;
};

}  // namespace plumb::venues::kraken
