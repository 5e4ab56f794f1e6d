#pragma once

#include <span>
#include <string_view>

#include "exchange/binance/desk.hpp"
#include "exchange/protocol/message.hpp"

namespace plumb::exchange::binance {

/// One address of the REST API: what it needs, what it costs, what it takes, who answers.
struct Route {
    std::string_view method;
    std::string_view path;
    Security security = Security::none;
    RequestKind kind = RequestKind::other;
    int weight = 1;
    Handler handler = nullptr;
    std::string_view known;  // names of parameters; others are refused with -1104 on the spot board
};
std::span<const Route> spot_routes();
std::span<const Route> futures_routes();

/// One method of the WebSocket API: it is answered by a route of the REST API.
struct Method {
    std::string_view name;
    std::string_view http_method;
    std::string_view path;
};
std::span<const Method> spot_methods();
std::span<const Method> futures_methods();

const Route* find_route(std::span<const Route> routes, std::string_view method, std::string_view path);
/// The same path with another method is there.
bool has_path(std::span<const Route> routes, std::string_view path);

}  // namespace plumb::exchange::binance
