#pragma once

#include <string_view>

#include "exchange/binance/connection.hpp"
#include "exchange/binance/routes.hpp"
#include "exchange/binance/ws_request.hpp"

namespace plumb::exchange::binance {

/// The WebSocket API: /ws-api/v3 (spot), /ws-fapi/v1 (futures). Its methods are answered by the routes of
/// REST; here are the envelope, who may ask, sessions and subscriptions to user data.
class WsApi {
 public:
    WsApi(Desk& desk, Outlet& outlet, UserStreams& users);

    static bool is_api_path(std::string_view path, Board board);
    void open(Connection& connection, const Parameters& parameters, Timestamp now);
    void on_message(Connection& connection, std::string_view text, Timestamp now);

 private:
    Answer run(Connection& connection, const WsRequest& request, const Route** route, AccountId& account,
               Timestamp now);
    Answer run_session(Connection& connection, const WsRequest& request, Timestamp now);
    Answer log_on(Connection& connection, const WsRequest& request, Timestamp now);
    Answer status_of(const Connection& connection, Timestamp now) const;
    Answer subscribe(Connection& connection, AccountId account, bool is_session);
    Answer unsubscribe(Connection& connection, const WsRequest& request);
    /// Who asks: the key of the request and its signature, or the session's.
    Checked<const KeyRing::Key*> sender(const Connection& connection, const WsRequest& request,
                                        Security security, Timestamp now) const;
    const Route* find(std::string_view method) const;
    void reply(Connection& connection, const WsRequest& request, const Answer& answer, const Route* route,
               AccountId account, Timestamp now);

    Desk& desk_;
    Outlet& outlet_;
    UserStreams& users_;
};

}  // namespace plumb::exchange::binance
