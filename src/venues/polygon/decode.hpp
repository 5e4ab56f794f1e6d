#pragma once

#include <memory>
#include <string_view>

#include "wire/stream_protocol.hpp"
#include "wire/symbol_map.hpp"

namespace plumb::venues::polygon {

/// Frames of the stocks and crypto streams: lists of elements of mixed kinds, each read by itself, so that a
/// bad one costs only itself. After the first frames nothing is allocated.
class Decoder final : public wire::FrameDecoder {
 public:
    static constexpr std::size_t kFrameBytesMax = 8 << 20;

    /// `symbols` outlives the decoder.
    explicit Decoder(wire::SymbolMap& symbols);
    ~Decoder() override;

    void decode(std::string_view frame, Timestamp received_at, wire::WireSink& sink) override;
    void set_quick(bool on) override;

 private:
    class Reading;
    std::unique_ptr<Reading> reading_;
};

}  // namespace plumb::venues::polygon
