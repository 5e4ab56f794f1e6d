#include "exchange/binance/protocol.hpp"

#include "exchange/binance/futures_orders.hpp"
#include "exchange/binance/order_words.hpp"
#include "exchange/binance/rest_door.hpp"
#include "exchange/binance/stream_door.hpp"
#include "exchange/binance/ws_api.hpp"

namespace plumb::exchange::binance {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kLife = hours{24};
constexpr std::size_t kFundingRowsMax = 1000;

/// How a board keeps its connections.
struct StreamManners {
    Duration ping_every;
    Duration pong_within;
    int messages_per_second;
};
constexpr StreamManners kSpot{seconds{20}, minutes{1}, 5};
constexpr StreamManners kFutures{minutes{3}, minutes{10}, 10};

class BinanceProtocol : public Protocol {
 public:
    BinanceProtocol(const ProtocolContext& context, Board board)
        : outlet_{context.outlet},
          desk_{context, board},
          rest_{desk_},
          hub_{desk_, outlet_},
          users_{desk_, outlet_},
          streams_{desk_, outlet_, hub_, users_},
          api_{desk_, outlet_, users_},
          manners_{board == Board::spot ? kSpot : kFutures} {}

    RequestKind kind_of(const Request& request) const override {
        if (const Route* route = rest_.find(request)) return route->kind;
        const std::string_view path = request.path();
        const bool is_stream = StreamDoor::is_stream_path(path) || WsApi::is_api_path(path, desk_.board);
        return is_stream ? RequestKind::stream : RequestKind::other;
    }
    Response answer(const Request& request, Timestamp now) override { return rest_.answer(request, now); }
    Response refuse(const Request& request, Trouble trouble, Timestamp now) override {
        return rest_.refuse(request, trouble, now);
    }

    std::expected<StreamTerms, Response> open(StreamId stream, const Request& request,
                                              Timestamp now) override;
    void on_message(StreamId stream, std::string_view bytes, bool is_binary, Timestamp now) override;
    void on_pong(StreamId stream, Timestamp now) override;
    void on_closed(StreamId stream, Timestamp now) override;

    void on_events(std::span<const ModelEvent> events, Timestamp now) override;
    void on_time(Timestamp now) override;
    void expire_stream_keys(Timestamp now) override;
    std::optional<OrderNumber> order_of(const Request& request) const override;

 private:
    void remember(const ModelEvent& event);
    void keep_alive(Connection& connection, Timestamp now);
    void end(Connection& connection, std::uint16_t code, std::string_view reason);

    Outlet& outlet_;
    Desk desk_;
    RestDoor rest_;
    StreamHub hub_;
    UserStreams users_;
    StreamDoor streams_;
    WsApi api_;
    StreamManners manners_;
    std::map<StreamId, Connection> connections_;
};

std::expected<StreamTerms, Response> BinanceProtocol::open(StreamId stream, const Request& request,
                                                           Timestamp now) {
    const std::string_view path = request.path();
    const bool is_api = WsApi::is_api_path(path, desk_.board);
    if (!is_api && !StreamDoor::is_stream_path(path))
        return std::unexpected<Response>{Response{404, {{"Content-Type", "text/plain"}}, "Not Found"}};
    const auto parameters = Parameters::read(request.query(), {});
    if (!parameters)
        return std::unexpected<Response>{
            Response{400, {{"Content-Type", "application/json"}}, parameters.error().body()}};
    Connection connection;
    connection.id = stream;
    connection.opened_at = now;
    connection.ping_due = now + manners_.ping_every;
    if (const std::string* unit = parameters->find("timeUnit"); unit != nullptr && desk_.is_spot()) {
        const bool micro = *unit == "MICROSECOND" || *unit == "microsecond";
        if (!micro && *unit != "MILLISECOND" && *unit != "millisecond") {
            const VenueError error{400,
                                   -1194,
                                   "Invalid value for time unit; expected either MICROSECOND or MILLISECOND.",
                                   {},
                                   0};
            return std::unexpected<Response>{
                Response{400, {{"Content-Type", "application/json"}}, error.body()}};
        }
        connection.form.unit = micro ? TimeUnit::microseconds : TimeUnit::milliseconds;
    }
    Connection& kept = connections_[stream] = std::move(connection);
    if (is_api)
        api_.open(kept, *parameters, now);
    else
        streams_.open(kept, request, *parameters, now);
    return StreamTerms{.may_deflate = true};
}

void BinanceProtocol::on_message(StreamId stream, std::string_view bytes, bool, Timestamp now) {
    const auto found = connections_.find(stream);
    if (found == connections_.end() || found->second.is_closing) return;
    Connection& connection = found->second;
    if (connection.is_api) return api_.on_message(connection, bytes, now);
    const std::int64_t second = to_ms(now) / 1000;
    if (connection.second != second) {
        connection.second = second;
        connection.messages = 0;
    }
    if (manners_.messages_per_second < ++connection.messages)
        return end(connection, 1008, "Too many requests");
    streams_.on_message(connection, bytes);
}

void BinanceProtocol::on_pong(StreamId stream, Timestamp) {
    const auto found = connections_.find(stream);
    if (found != connections_.end()) found->second.waits_for_pong.reset();
}

void BinanceProtocol::on_closed(StreamId stream, Timestamp) {
    const auto found = connections_.find(stream);
    if (found == connections_.end()) return;
    streams_.leave(found->second);
    connections_.erase(found);
}

void BinanceProtocol::end(Connection& connection, std::uint16_t code, std::string_view reason) {
    connection.is_closing = true;
    streams_.leave(connection);
    outlet_.close(connection.id, code, reason);
}

void BinanceProtocol::remember(const ModelEvent& event) {
    if (const auto* trade = std::get_if<TradeHappened>(&event.what)) {
        MarketMemory& memory = desk_.memory[trade->instrument.value];
        memory.last_quantity = trade->quantity;
        memory.last_trade = trade->number;
        memory.last_trade_at = event.at;
    }
    if (desk_.is_spot()) {
        if (const auto* order = std::get_if<OrderHappened>(&event.what)) {
            const bool is_filled =
                order->step == OrderStep::filled && order->record.status == OrderStatus::filled;
            if (is_filled) desk_.meter.order_was_filled(order->record.spec.account, event.at);
        }
        return;
    }
    const auto add_income = [&](IncomeRow row) {
        row.at = event.at;
        row.number = static_cast<std::int64_t>(event.sequence);
        desk_.income.push_back(row);
        if (kIncomeRowsMax < desk_.income.size()) desk_.income.pop_front();
    };
    if (const auto* order = std::get_if<OrderHappened>(&event.what);
        order != nullptr && order->step == OrderStep::filled) {
        const Execution& fill = order->execution;
        if (fill.account.value == 0) return;
        const AssetId quote = desk_.symbols[fill.instrument].quote_asset;
        if (!fill.realized_profit.is_zero())
            add_income({fill.account,
                        fill.instrument,
                        "REALIZED_PNL",
                        fill.realized_profit.value,
                        quote,
                        {},
                        0,
                        fill.trade});
        if (!fill.fee.is_zero())
            add_income(
                {fill.account, fill.instrument, "COMMISSION", -fill.fee, fill.fee_asset, {}, 0, fill.trade});
    } else if (const auto* funding = std::get_if<FundingPaid>(&event.what)) {
        if (funding->account.value != 0)
            add_income({funding->account,
                        funding->instrument,
                        "FUNDING_FEE",
                        funding->amount.value,
                        desk_.symbols[funding->instrument].quote_asset,
                        {},
                        0,
                        0});
    } else if (const auto* balance = std::get_if<BalanceChanged>(&event.what)) {
        const bool is_transfer =
            balance->reason == BalanceReason::deposit || balance->reason == BalanceReason::withdrawal;
        if (is_transfer && balance->account.value != 0)
            add_income(
                {balance->account, std::nullopt, "TRANSFER", balance->change, balance->asset, {}, 0, 0});
    } else if (const auto* mark = std::get_if<MarkChanged>(&event.what)) {
        std::deque<FundingRow>& rows = desk_.memory[mark->instrument.value].funding;
        // What is due next becomes what was paid when another one is due.
        if (mark->next_funding == Timestamp{}) return;
        if (!rows.empty() && rows.back().at == mark->next_funding) {
            rows.back().rate = mark->funding_rate;
            rows.back().mark = mark->mark;
            return;
        }
        rows.push_back({mark->next_funding, mark->funding_rate, mark->mark});
        if (kFundingRowsMax < rows.size()) rows.pop_front();
    }
}

void BinanceProtocol::on_events(std::span<const ModelEvent> events, Timestamp now) {
    for (const ModelEvent& event : events) {
        remember(event);
        hub_.on_event(event, now);
    }
    users_.on_events(events, now);
}

void BinanceProtocol::keep_alive(Connection& connection, Timestamp now) {
    if (connection.is_closing) return;
    if (kLife <= now - connection.opened_at) return end(connection, 1001, "");
    if (connection.waits_for_pong && manners_.pong_within <= now - *connection.waits_for_pong)
        return end(connection, 1008, "Pong timeout");
    if (now < connection.ping_due) return;
    connection.ping_due = now + manners_.ping_every;
    connection.ping = std::to_string(to_ms(now));
    if (!connection.waits_for_pong) connection.waits_for_pong = now;
    outlet_.ping(connection.id, connection.ping);
}

void BinanceProtocol::on_time(Timestamp now) {
    run_countdowns(desk_, now);
    for (const ListenKeys::Expired& expired : desk_.listen_keys.expire(now))
        users_.expire(expired.account, expired.key, now);
    hub_.on_time(now);
    // A connection may be ended inside, and only then leaves the map: by on_closed, which an outlet may call
    // at once.
    std::vector<StreamId> ids;
    for (const auto& [id, connection] : connections_) ids.push_back(id);
    for (const StreamId id : ids) {
        if (const auto found = connections_.find(id); found != connections_.end())
            keep_alive(found->second, now);
    }
}

void BinanceProtocol::expire_stream_keys(Timestamp now) {
    for (const ListenKeys::Expired& expired : desk_.listen_keys.expire_all())
        users_.expire(expired.account, expired.key, now);
}

std::optional<OrderNumber> BinanceProtocol::order_of(const Request& request) const {
    const auto parameters = Parameters::read(request.query(), request.body);
    const std::string* header = request.header("X-MBX-APIKEY");
    if (!parameters || header == nullptr) return std::nullopt;
    const auto key = desk_.keys.find(*header, Timestamp{});
    if (!key) return std::nullopt;
    for (const char* name : {"orderId", "cancelOrderId", "algoId"}) {
        const auto number = parameters->number(name);
        if (!number || !*number) continue;
        const OrderNumber order = std::string_view{name} == "algoId" ? number_of_algo(**number)
                                                                     : static_cast<OrderNumber>(**number);
        if (desk_.model.order_now(order)) return order;
    }
    for (const char* name : {"origClientOrderId", "cancelOrigClientOrderId", "clientAlgoId"}) {
        const std::string* id = parameters->find(name);
        if (id == nullptr) continue;
        if (const auto order = desk_.model.find_order((*key)->access.account, *id, Timestamp::max()))
            return order->number;
    }
    return std::nullopt;
}

}  // namespace

std::unique_ptr<Protocol> make_spot_protocol(const ProtocolContext& context) {
    return std::make_unique<BinanceProtocol>(context, Board::spot);
}
std::unique_ptr<Protocol> make_futures_protocol(const ProtocolContext& context) {
    return std::make_unique<BinanceProtocol>(context, Board::futures);
}

}  // namespace plumb::exchange::binance
