#pragma once

#include <string_view>

#include "exchange/binance/connection.hpp"

namespace plumb::exchange::binance {

/// Market and user streams over one connection: what its address asks for, and SUBSCRIBE and the like.
class StreamDoor {
 public:
    static constexpr std::size_t kStreamsMax = 1024;

    StreamDoor(Desk& desk, Outlet& outlet, StreamHub& hub, UserStreams& users)
        : desk_{desk}, outlet_{outlet}, hub_{hub}, users_{users} {}

    /// Whether the path is one of streams; then the connection listens to what it names.
    /// /ws, /ws/A/B, /stream?streams=A/B, behind /public, /market, /private too; ?listenKey=…
    static bool is_stream_path(std::string_view path);
    void open(Connection& connection, const Request& request, const Parameters& parameters, Timestamp now);
    void on_message(Connection& connection, std::string_view text);
    void leave(Connection& connection);

 private:
    void subscribe(Connection& connection, const std::string& name);
    void unsubscribe(Connection& connection, const std::string& name);
    void set_combined(Connection& connection, bool on);
    void answer(const Connection& connection, std::string_view result, std::string_view id);
    void answer_error(const Connection& connection, int code, std::string_view words, std::string_view id);

    Desk& desk_;
    Outlet& outlet_;
    StreamHub& hub_;
    UserStreams& users_;
};

}  // namespace plumb::exchange::binance
