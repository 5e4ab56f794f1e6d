#pragma once

#include <memory>
#include <optional>

#include "venues/alpaca/directory.hpp"
#include "wire/stream_protocol.hpp"

namespace plumb::venues::alpaca {

/// The venue's frames as events: the arrays of both market-data streams, and the objects of the trading
/// stream, which come in text or in binary frames of the same JSON. Pure; after construction it allocates
/// nothing for market data. Not for several threads at once.
///
/// Each element of an array is understood by itself: what is wrong with one refuses that one only, as long as
/// the JSON around it is sound. Keys come in any order, unknown ones are skipped. Numbers are read from their
/// text and never pass through a double, trade ids among them. A bar of channel `bars` is over when it is
/// sent; a daily bar is sent each minute of its day and is over only when the day is.
class Decoder final : public wire::FrameDecoder {
 public:
    static constexpr std::size_t kFrameBytesMax = std::size_t{4} << 20;
    static constexpr std::size_t kLevelsMax = 10'000;   // per side of a book message
    static constexpr std::size_t kSymbolsMax = 20'000;  // of an acknowledgement

    /// `directory` outlives the decoder. `only`: a stream carries one market, and on that of the stocks a
    /// symbol is never a coin's.
    explicit Decoder(Directory& directory, std::optional<Market> only = {});
    ~Decoder() override;

    void decode(std::string_view frame, Timestamp received_at, wire::WireSink& sink) override;
    void set_quick(bool on) override;

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace plumb::venues::alpaca
