#include "exchange/binance/rest_door.hpp"

#include <fmt/format.h>

namespace plumb::exchange::binance {
namespace {

Checked<TimeUnit> read_unit(const Request& request, Board board) {
    const std::string* header = request.header("X-MBX-TIME-UNIT");
    if (header == nullptr || board == Board::futures) return TimeUnit::milliseconds;
    if (*header == "MICROSECOND" || *header == "microsecond") return TimeUnit::microseconds;
    if (*header == "MILLISECOND" || *header == "millisecond") return TimeUnit::milliseconds;
    return refuse(-1194, "Invalid value for time unit; expected either MICROSECOND or MILLISECOND.");
}

/// A failed order costs what its route says, an order that was accepted nothing (spot).
void settle_weight(Desk& desk, const Route& route, const Call& call) {
    if (call.is_free && desk.is_spot())
        desk.meter.give_back(route.weight, call.now);
    else if (call.extra_weight != 0)
        desk.meter.give_back(-call.extra_weight, call.now);
}

void add_retry(std::vector<io::Header>& headers, const VenueError& error) {
    if (0 < error.retry_after) headers.push_back({"Retry-After", std::to_string(error.retry_after)});
}

}  // namespace

Answer run_route(Desk& desk, const Route& route, Call& call) {
    Answer answer = route.handler(desk, call);
    settle_weight(desk, route, call);
    return answer;
}

RestDoor::RestDoor(Desk& desk) : desk_{desk}, routes_{desk.is_spot() ? spot_routes() : futures_routes()} {}

const Route* RestDoor::find(const Request& request) const {
    return find_route(routes_, request.method, request.path());
}

Answer RestDoor::checked(const Request& request, const Route& route, Timestamp now, Sender& sender) {
    if (auto counted = desk_.meter.count_request(route.weight, now); !counted)
        return binance::refuse(counted.error());
    const auto unit = read_unit(request, desk_.board);
    if (!unit) return binance::refuse(unit.error());
    const KeyRing::Key* key = nullptr;
    const std::string* header = request.header("X-MBX-APIKEY");
    if (route.security != Security::none) {
        const auto found =
            desk_.keys.find(header == nullptr ? std::string_view{} : std::string_view{*header}, now);
        if (!found) return binance::refuse(found.error());
        key = *found;
    }
    const std::string_view body =
        request.method == "GET" ? std::string_view{} : std::string_view{request.body};
    const auto parameters = Parameters::read(request.query(), body);
    if (!parameters) return binance::refuse(parameters.error());
    if (route.security == Security::user_data || route.security == Security::trade) {
        if (auto valid = KeyRing::verify(*key, *parameters, signed_payload(request.query(), body), now);
            !valid)
            return binance::refuse(valid.error());
        if (route.security == Security::trade && !key->access.may_trade)
            return binance::refuse({401, -2015, "Invalid API-key, IP, or permissions for action.", {}, 0});
    }
    if (auto known = parameters->check_known(route.known); !known) return binance::refuse(known.error());
    Call call{*parameters,
              now,
              *unit,
              key == nullptr ? AccountId{} : key->access.account,
              key == nullptr ? std::string_view{} : std::string_view{key->access.key},
              0,
              false,
              false};
    Answer answer = run_route(desk_, route, call);
    sender = {call.account, call.placed_orders};
    return answer;
}

Response RestDoor::answer(const Request& request, Timestamp now) {
    const Route* route = find(request);
    if (route == nullptr) return not_found(request, now);
    Sender sender;
    Response response = respond(checked(request, *route, now, sender), now);
    if (sender.placed_orders) {
        for (const auto& [limit, count] : desk_.meter.orders_of(sender.account, now))
            response.headers.push_back(
                {fmt::format("x-mbx-order-count-{}", limit->header), std::to_string(count)});
    }
    return response;
}

Response RestDoor::respond(const Answer& answer, Timestamp now) const {
    Response response;
    response.status = answer ? 200 : answer.error().status;
    response.body = answer ? *answer : answer.error().body();
    const std::string used = std::to_string(desk_.meter.weight_used(now));
    response.headers = {{"Content-Type", "application/json;charset=UTF-8"},
                        {"x-mbx-used-weight", used},
                        {"x-mbx-used-weight-1m", used}};
    if (!answer) add_retry(response.headers, answer.error());
    return response;
}

Response RestDoor::refuse(const Request&, Trouble trouble, Timestamp now) {
    if (trouble == Trouble::gateway_timeout) {
        return {504,
                {{"Content-Type", "text/html"}},
                "<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n<center><h1>504 "
                "Gateway Time-out</h1></center>\r\n"
                "</body>\r\n</html>\r\n"};
    }
    return respond(binance::refuse(trouble_error(desk_.board, trouble, now)), now);
}

Response RestDoor::not_found(const Request& request, Timestamp now) const {
    if (has_path(routes_, request.path()))
        return respond(binance::refuse({405, -1020, "This operation is not supported.", {}, 0}), now);
    if (!desk_.is_spot()) {
        return respond(
            binance::refuse({404,
                             -5000,
                             fmt::format("Path {}, Method {} is invalid", request.path(), request.method),
                             {},
                             0}),
            now);
    }
    JsonWriter json;
    json.open().text("timestamp", to_iso(now)).number("status", 404).text("error", "Not Found");
    json.text("message", "No message available").text("path", request.path()).close();
    return {404, {{"Content-Type", "application/json;charset=UTF-8"}}, json.take()};
}

}  // namespace plumb::exchange::binance
