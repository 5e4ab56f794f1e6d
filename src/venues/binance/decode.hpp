#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "base/fixed_text.hpp"
#include "core/market_event.hpp"
#include "core/order.hpp"
#include "venues/binance/symbols.hpp"

namespace plumb::venues::binance {

/// Understood, and nothing for us.
struct Ignored {
    const char* reason = "";
};

/// Not what the venue's documents promise. Nothing of the frame is used.
struct Refused {
    const char* reason = "";
    FixedText<16> field;     // the key at fault, where there is one
    std::size_t offset = 0;  // bytes into the frame
};

/// The venue talking about the connection rather than the market.
struct Control {
    enum class Kind : unsigned char { acknowledged, error, shutdown };
    Kind kind = Kind::acknowledged;
    std::int64_t code = 0;  // of an error
    FixedText<96> text;     // id of the request, or the error's words (cut)
};

/// A change of one of our orders, as the spot user stream tells it; a trade of it when `last_quantity` is
/// above zero.
struct ExecutionReport {
    InstrumentId instrument;
    FixedText<40> client_order;  // of the order, not of a cancel request
    VenueOrderId venue_order;
    Side side = Side::buy;
    FixedText<24> type;  // LIMIT, MARKET, STOP_LOSS_LIMIT, ...
    FixedText<8> time_in_force;
    FixedText<24> execution;  // NEW, TRADE, CANCELED, EXPIRED, ...
    OrderState state = OrderState::working;
    FixedText<96> reason;  // empty unless the venue refused
    Price price, stop;
    Quantity quantity, filled;
    bool traded = false;
    ExecutionId trade;
    Price last_price;
    Quantity last_quantity;
    Decimal fee;
    FixedText<16> fee_asset;
    bool maker = false;
    Timestamp venue_time;
    Timestamp received_at;
};

using Decoded =
    std::variant<Ignored, Refused, Control, Trade, Quote, ClosedBar, OpenBar, BookDelta, ExecutionReport>;

/// What a frame does not say of itself.
struct Arrival {
    Timestamp received_at;
    std::optional<InstrumentId> unnamed;  // whose a depth snapshot without symbol is
};

enum class RestKind : unsigned char { trades, klines, depth, book_ticker };

/// Turns Binance's spot frames (and the USD-M streams of the same names) into our events. Pure: same bytes,
/// same events; no clock, no I/O, and after construction no allocation unless a symbol is learnt. Not for
/// several threads at once.
///
/// Keys may come in any order, unknown ones are ignored, a known one of the wrong type refuses the frame, and
/// so do prices not above zero, a bid not below its ask and a bar that contradicts itself. An open kline
/// becomes OpenBar, never ClosedBar. Trades' `m` (the buyer made the price) gives the aggressor: true is a
/// sell. Times are milliseconds, or microseconds where a stream asked for them (told by their size).
class Decoder {
 public:
    static constexpr std::size_t kFrameBytesMax = std::size_t{1} << 20;
    static constexpr std::size_t kLevelsMax = 10'000;  // per side of a book message
    static constexpr std::size_t kRestBytesMax = std::size_t{64} << 20;

    /// `symbols` outlives the decoder.
    explicit Decoder(SymbolMap& symbols);
    Decoder(Decoder&&) noexcept;
    ~Decoder();

    /// One WebSocket text frame, bare or wrapped as {"stream", "data"} or {"subscriptionId", "event"}. A
    /// BookDelta's levels live until the next call.
    void decode(std::string_view frame, const Arrival& arrival, Decoded& out);

    /// A REST reply, which names no symbol: rows go to `arrival.unnamed` (absent: refused). `sink(const
    /// Decoded&)` is called per row, oldest first; a bad row is refused and the next one read. Klines that
    /// close after `arrival.received_at` come as OpenBar.
    template <class Sink>
    void decode_rest(RestKind kind, std::string_view body, const Arrival& arrival, Sink&& sink) {
        const auto call = [](const void* context, const Decoded& decoded) {
            // The sink was mutable here if it was outside: only its constness is carried around the type.
            (*const_cast<std::remove_reference_t<Sink>*>(
                static_cast<const std::remove_reference_t<Sink>*>(context)))(decoded);
        };
        decode_rest(kind, body, arrival, call, &sink);
    }

 private:
    struct Impl;
    void decode_rest(RestKind kind, std::string_view body, const Arrival& arrival,
                     void (*sink)(const void*, const Decoded&), const void* context);

    std::unique_ptr<Impl> impl_;
};

/// "1m" to "1w"; nothing for others ("1M" has no fixed length).
std::optional<Duration> interval_of(std::string_view text);

}  // namespace plumb::venues::binance
