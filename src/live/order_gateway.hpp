#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/event.hpp"
#include "live/rest_client.hpp"
#include "ports/execution_venue.hpp"
#include "wire/order_desk.hpp"

namespace plumb::io {
class Reactor;
class TlsContext;
}  // namespace plumb::io

namespace plumb::live {

enum class TradingMode : unsigned char { paper, live };

/// That orders may leave, and where to: whoever makes one has seen flag, configuration, endpoint and key
/// agree (FAULTS rule 13). It holds for this very endpoint and no other.
struct TradingAgreement {
    TradingMode mode = TradingMode::paper;
    io::Endpoint endpoint;  // of the venue's trading host
};

struct GatewayOptions {
    std::optional<TradingAgreement> agreement;  // without one nothing is ever sent: orders are only followed
    std::vector<InstrumentId> instruments;      // of the session; venues are asked for them one by one
    /// Called on the reactor thread, in order: OrderReport and Fill for the engine's queue.
    std::function<void(const Event&)> on_event;
    /// Each fill with the venue's own words, before its event; may be empty.
    std::function<void(const wire::DeskFill&)> on_fill;
    /// Never silent: the log, the screen and the trading state hang on it.
    std::function<void(const wire::OrderAlarm&)> on_alarm;
    /// Whether signed stamps are safe now (VenueClock::safe); may be empty.
    std::function<bool()> clock_safe;
};

/// The door of a live venue: an OrderDesk over REST and the account's own stream. Lives on the reactor
/// thread; submit, cancel, replace may also come from another one, which then waits for the reactor.
class OrderGateway final : public ExecutionVenue {
 public:
    static constexpr Duration kTickEvery = std::chrono::milliseconds{100};

    /// All references outlive it.
    OrderGateway(io::Reactor& reactor, const io::TlsContext& tls, RestClient& rest,
                 const InstrumentTable& instruments, GatewayOptions options);
    ~OrderGateway() override;
    OrderGateway(const OrderGateway&) = delete;
    OrderGateway& operator=(const OrderGateway&) = delete;

    // Before start(): what the trading record knows. See OrderDesk.
    void restore_fill(const Fill& fill);
    void restore_order(const OrderRequest& request, OrderState state);
    /// Connects the account's stream and reads orders, fills and positions. Errc::unsupported where the venue
    /// takes no orders.
    Status start(Timestamp fills_since);

    /// Errc::denied without an agreement for the venue's very endpoint, and for what the venue would refuse
    /// (type, time in force, grid, value), with the reason; else as OrderDesk::place().
    Status submit(const ApprovedOrder& order, Timestamp now) override;
    Status cancel(ClientOrderId order, InstrumentId instrument, Timestamp now) override;
    /// As submit, for an order that works already.
    Status replace(ClientOrderId order, const ApprovedOrder& changed);

    /// The account's stream is up and everything was read: entries pass.
    bool live() const;
    std::size_t open_orders() const;
    std::size_t unknown_orders() const;
    OrderState state_of(ClientOrderId order) const;
    /// Why the account's stream is not up; empty when it is.
    std::string stream_trouble() const;

 private:
    friend class OrderGatewayProbe;  // of the tests, which have no risk gate
    Status place(const OrderRequest& order);

    class Impl;
    std::shared_ptr<Impl> impl_;  // shared with the callbacks of its questions, which look whether it lives
};

}  // namespace plumb::live
