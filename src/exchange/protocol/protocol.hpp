#pragma once

#include <expected>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/rng.hpp"
#include "exchange/protocol/api_access.hpp"
#include "exchange/protocol/message.hpp"
#include "exchange/protocol/past_market.hpp"
#include "exchange/venue_model.hpp"

namespace plumb::exchange {

/// Where a protocol's frames go. Implemented by the host, which may misbehave on the way.
class Outlet {
 public:
    virtual ~Outlet() = default;
    virtual void send(StreamId stream, const Frame& frame) = 0;
    /// The same bytes to many: encoded once.
    virtual void send_all(std::span<const StreamId> streams, const Frame& frame) = 0;
    /// A WebSocket ping; the answer arrives as Protocol::on_pong.
    virtual void ping(StreamId stream, std::string_view payload) = 0;
    /// After what was sent before; Protocol::on_closed follows.
    virtual void close(StreamId stream, std::uint16_t code, std::string_view reason) = 0;
};

/// On what terms a WebSocket opens.
struct StreamTerms {
    bool may_deflate = false;  // permessage-deflate, if the client offers it
};

/// One venue's own wire protocol over the venue model: bytes of clients in, bytes of the venue out. Pure: no
/// socket, no clock; `now` is the exchange's clock and never runs backwards. Nothing a client sends may stop
/// it: what is malformed gets the venue's own error.
class Protocol {
 public:
    virtual ~Protocol() = default;

    virtual RequestKind kind_of(const Request& request) const = 0;
    /// Does what is asked and answers as the venue does.
    virtual Response answer(const Request& request, Timestamp now) = 0;
    /// The venue's words for this trouble, nothing done.
    virtual Response refuse(const Request& request, Trouble trouble, Timestamp now) = 0;

    /// A request that asks for a WebSocket: its terms, or the venue's refusal. Frames may be sent to `stream`
    /// from here on; they leave after the upgrade.
    virtual std::expected<StreamTerms, Response> open(StreamId stream, const Request& request,
                                                      Timestamp now) = 0;
    virtual void on_message(StreamId stream, std::string_view bytes, bool is_binary, Timestamp now) = 0;
    virtual void on_pong(StreamId, Timestamp) {}
    /// The connection is gone, by whomever.
    virtual void on_closed(StreamId stream, Timestamp now) = 0;

    /// What happened at the venue since the last call, in order.
    virtual void on_events(std::span<const ModelEvent> events, Timestamp now) = 0;
    /// About every 50 ms of the exchange's clock: heartbeats, closed bars, keys that expire, the 24-hour cut.
    virtual void on_time(Timestamp now) = 0;

    /// Commands of fault scripts: stream keys expire now; every stream is refused or ended in the venue's own
    /// way.
    virtual void expire_stream_keys(Timestamp) {}
    /// The venue's words for this trouble on an open stream, and its way of ending it. False: this venue has
    /// no words for it, nothing was sent, and the host closes the stream.
    virtual bool refuse_stream(StreamId, StreamTrouble, Timestamp) { return false; }
    /// Which order a cancel, a replacement or a question names, by the venue's id or the client's; nothing
    /// when it names none that is known. For fills that come between a cancel and its effect.
    virtual std::optional<OrderNumber> order_of(const Request&) const { return std::nullopt; }
};

/// What a protocol stands on; all of it outlives the protocol.
struct ProtocolContext {
    VenueModel& model;
    const PastMarket& past;
    Outlet& outlet;
    std::vector<ApiAccess> access;
    std::uint64_t seed = 1;  // of identifiers that are random at the venue
    std::string address;     // "127.0.0.1:8080": for answers that name an address (next_url)
    bool is_secure = false;  // https and wss
};

/// One name the market moves.
struct ListedName {
    Instrument instrument;  // as the market has it, quoted in USD
    bool is_stock = false;
};

/// One row of the registry: a venue as data, and how to make its protocol.
struct VenueEntry {
    std::string_view name;  // "binance-futures"
    ModelOptions model;
    /// The venue's markets for these names, in the venue's rules: the names it would not list are left out.
    std::vector<MarketSpec> (*markets)(std::span<const ListedName> names);
    /// An account with this much money, in the venue's currencies, and some of nothing else.
    AccountSpec (*account)(std::string_view name, Decimal cash);
    /// Key and secret in the venue's form, from the seed alone: the same each time.
    Result<ApiAccess> (*make_access)(AccountId account, std::uint64_t seed);
    std::unique_ptr<Protocol> (*make_protocol)(const ProtocolContext& context);
};

}  // namespace plumb::exchange
