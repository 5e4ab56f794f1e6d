#pragma once

#include "exchange/binance/desk.hpp"
#include "exchange/binance/routes.hpp"
#include "exchange/protocol/message.hpp"

namespace plumb::exchange::binance {

/// The REST API of one board: from bytes of a request to bytes of an answer, with the venue's headers.
class RestDoor {
 public:
    explicit RestDoor(Desk& desk);

    Response answer(const Request& request, Timestamp now);
    /// Trouble of a script in the venue's words; nothing is done.
    Response refuse(const Request& request, Trouble trouble, Timestamp now);
    const Route* find(const Request& request) const;
    std::span<const Route> routes() const { return routes_; }

 private:
    /// Who answered, for the headers that count orders.
    struct Sender {
        AccountId account;
        bool placed_orders = false;
    };
    Answer checked(const Request& request, const Route& route, Timestamp now, Sender& sender);
    Response respond(const Answer& answer, Timestamp now) const;
    Response not_found(const Request& request, Timestamp now) const;

    Desk& desk_;
    std::span<const Route> routes_;
};

/// Runs the handler of a route whose sender was checked: what it costs beyond the route's weight is counted,
/// what was free is given back. For REST and the WebSocket API.
Answer run_route(Desk& desk, const Route& route, Call& call);

}  // namespace plumb::exchange::binance
