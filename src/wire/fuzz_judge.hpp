#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "wire/decode_json.hpp"
#include "wire/question.hpp"
#include "wire/stream_protocol.hpp"
#include "wire/wire_event.hpp"

/// For venues' fuzzers.
namespace plumb::wire::testing {

/// Aborts on an event that no market can have sent.
class Judge final : public WireSink {
 public:
    /// `size` of the bytes in hand: offsets lie inside them.
    explicit Judge(std::size_t size) : size_{size} {}

    void take(const WireEvent& event) override {
        ++events;
        if (const auto* trade = std::get_if<Trade>(&event))
            demand(trade->price.sign() > 0 && trade->quantity.sign() > 0);
        if (const auto* quote = std::get_if<Quote>(&event)) {
            demand(quote->bid.sign() >= 0 && quote->ask.sign() >= 0);
            demand(quote->bid.is_zero() || quote->ask.is_zero() || quote->bid < quote->ask);
        }
        if (const auto* mark = std::get_if<MarkPrice>(&event)) demand(mark->mark.sign() > 0);
        if (const auto* bar = std::get_if<ClosedBar>(&event))
            demand(check_bar(bar->values).has_value() && bar->length > Duration{});
        if (const auto* delta = std::get_if<BookDelta>(&event))
            for (const auto side : {delta->bids, delta->asks})
                for (const BookLevel& level : side)
                    demand(level.price.sign() > 0 && level.quantity.sign() >= 0);
        if (const auto* refused = std::get_if<Refused>(&event)) demand(refused->offset <= size_);
        if (const auto* order = std::get_if<OrderUpdate>(&event); order != nullptr && order->fill)
            demand(order->fill->quantity.sign() > 0 && order->fill->price.sign() > 0);
        if (const auto* listing = std::get_if<Listing>(&event))
            demand(listing->tick.sign() > 0 && listing->lot.sign() > 0 && !listing->symbol.empty());
    }
    static void demand(bool good) {
        if (!good) std::abort();
    }

    std::size_t events = 0;

 private:
    std::size_t size_;
};

/// Every event in words, places and reasons among them.
class Told final : public WireSink {
 public:
    explicit Told(const InstrumentTable& instruments) : instruments_{instruments} {}
    void take(const WireEvent& event) override { append_json_lines(text, event, "venue", instruments_, {}); }

    std::string text;

 private:
    const InstrumentTable& instruments_;
};

/// Aborts where the quick way (JsonWalk) tells anything else than the general way. Two decoders alike, made
/// for this; both hear every frame.
inline void demand_same_both_ways(FrameDecoder& quick, FrameDecoder& general, std::string_view frame,
                                  Timestamp received_at, const InstrumentTable& instruments) {
    general.set_quick(false);
    Told by_general{instruments}, by_quick{instruments};
    general.decode(frame, received_at, by_general);
    quick.decode(frame, received_at, by_quick);
    Judge::demand(by_quick.text == by_general.text);
}

/// One question of each kind, about `instrument`.
inline std::vector<Question> questions_about(const OrderRequest& order, Timestamp from, Timestamp to,
                                             Duration length) {
    const OrderKey key{order.instrument, order.id, {}};
    OrderRequest next = order;
    ++next.id.counter;
    return {AskPlace{order},
            AskCancel{key},
            AskReplace{key, next},
            AskOrder{key, 0},
            AskOrder{key, 1},
            AskOpenOrders{},
            AskFills{{}, from, {}},
            AskPositions{},
            AskBalances{},
            AskAccount{},
            AskPermissions{},
            AskListings{},
            AskBars{order.instrument, length, from, to, {}},
            AskTrades{order.instrument, from, to, {}},
            AskQuotes{{order.instrument}},
            AskBook{order.instrument},
            AskClock{},
            AskStreamKey{},
            AskCancelAllAfter{std::chrono::seconds{60}}};
}

/// Cuts fuzzed bytes into values.
class Bytes {
 public:
    Bytes(const std::uint8_t* data, std::size_t size) : rest_{reinterpret_cast<const char*>(data), size} {}

    unsigned char byte() {
        if (rest_.empty()) return 0;
        const auto byte = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        return byte;
    }
    std::uint64_t number() {
        std::uint64_t number = 0;
        for (int i = 0; i < 8; ++i) number = number << 8 | byte();
        return number;
    }
    std::string_view text(std::size_t most) {
        const std::size_t size = std::min<std::size_t>(most, byte());
        const std::string_view text = rest_.substr(0, size);
        rest_.remove_prefix(text.size());
        return text;
    }
    std::string_view rest() const { return rest_; }

 private:
    std::string_view rest_;
};

}  // namespace plumb::wire::testing
