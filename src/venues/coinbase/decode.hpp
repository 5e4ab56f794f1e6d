#pragma once

#include <memory>
#include <optional>

#include "venues/coinbase/pending.hpp"
#include "wire/stream_protocol.hpp"

namespace plumb::venues::coinbase {

/// What stands around the events of an Advanced Trade frame.
struct Envelope {
    FixedText<24> channel;                  // empty on the Exchange feed
    std::optional<std::uint64_t> sequence;  // of the connection; see SequenceWatch
    Timestamp sent_at;
};

/// Frames of Advanced Trade and of the public Exchange feed as events. Pure and, once warm, free of
/// allocation. Each element of a batch stands alone: a bad one is refused, its neighbours are read. A frame
/// whose JSON breaks anywhere gives one Refused and nothing else. Not for several threads at once.
class Decoder final : public wire::FrameDecoder {
 public:
    static constexpr std::size_t kFrameBytesMax = std::size_t{16}
                                                  << 20;                // a snapshot of level2 has megabytes
    static constexpr Duration kCandleLength = std::chrono::minutes{5};  // the only one the stream has

    /// `symbols` outlives the decoder.
    explicit Decoder(wire::SymbolMap& symbols);
    ~Decoder() override;

    void decode(std::string_view frame, Timestamp received_at, wire::WireSink& sink) override;
    void set_quick(bool on) override;

    /// decode() in two steps, for who must look at the envelope between them. False: the frame was refused,
    /// and pending() holds why.
    bool parse(std::string_view frame, Timestamp received_at);
    const Envelope& envelope() const { return envelope_; }
    Pending& pending() { return pending_; }

 private:
    struct Parser;

    Envelope envelope_;
    Pending pending_;
    std::unique_ptr<Parser> parser_;
};

/// Which kind of data a channel of either feed brings; nothing for heartbeats and what we do not use.
std::optional<wire::DataKind> data_of_channel(std::string_view channel);
/// What an error's words mean for a subscription.
wire::Control control_of_error(std::string_view message, std::string_view reason);

}  // namespace plumb::venues::coinbase
