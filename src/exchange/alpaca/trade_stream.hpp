#pragma once

#include <map>
#include <optional>
#include <string>

#include "exchange/alpaca/desk.hpp"
#include "exchange/alpaca/json_in.hpp"
#include "exchange/alpaca/order_json.hpp"

namespace plumb::exchange::alpaca {

/// The trading stream, /stream: what becomes of an account's orders.
///
/// As on the paper endpoint the messages are JSON in binary frames; who asks for application/msgpack gets
/// that.
class TradeStreams {
 public:
    explicit TradeStreams(Desk& desk) : desk_{desk} {}

    void open(StreamId stream, const Request& request, Timestamp now);
    void on_message(StreamId stream, std::string_view bytes, bool is_binary, Timestamp now);
    void on_closed(StreamId stream) { sessions_.erase(stream); }
    bool has(StreamId stream) const { return sessions_.contains(stream); }
    void on_events(std::span<const ModelEvent> events);

 private:
    struct Session {
        StreamId id = 0;
        bool is_msgpack = false;
        std::optional<AccountId> account;
        bool listens = false;
    };

    void send(const Session& session, const Frame& frame, std::string_view json);
    void control(const Session& session, std::string_view stream, std::string_view data);
    void authenticate(Session& session, std::string_view key, std::string_view secret, Timestamp now);
    void listen(Session& session, const Json& data);
    void tell(const OrderHappened& happened, std::string_view name, OrderView view, Timestamp at);

    Desk& desk_;
    std::map<StreamId, Session> sessions_;
};

}  // namespace plumb::exchange::alpaca
