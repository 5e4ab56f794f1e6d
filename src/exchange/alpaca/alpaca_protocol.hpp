#pragma once

#include "exchange/alpaca/data_stream.hpp"
#include "exchange/alpaca/desk.hpp"
#include "exchange/alpaca/tape.hpp"
#include "exchange/alpaca/trade_stream.hpp"
#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange::alpaca {

/// Alpaca's trading and market data interfaces and their streams, at one address: /v2/..., /v1beta3/crypto,
/// /v2/stocks, /stream, /v2/iex, /v1beta3/crypto/us.
class AlpacaProtocol : public Protocol {
 public:
    explicit AlpacaProtocol(const ProtocolContext& context);

    RequestKind kind_of(const Request& request) const override;
    Response answer(const Request& request, Timestamp now) override;
    Response refuse(const Request& request, Trouble trouble, Timestamp now) override;
    std::expected<StreamTerms, Response> open(StreamId stream, const Request& request,
                                              Timestamp now) override;
    void on_message(StreamId stream, std::string_view bytes, bool is_binary, Timestamp now) override;
    void on_closed(StreamId stream, Timestamp now) override;
    void on_events(std::span<const ModelEvent> events, Timestamp now) override;
    void on_time(Timestamp now) override;
    bool refuse_stream(StreamId stream, StreamTrouble trouble, Timestamp now) override;
    std::optional<OrderNumber> order_of(const Request& request) const override;

 private:
    /// Who asks: an account, nobody, or somebody with wrong keys.
    struct Caller {
        AccountState* account = nullptr;
        bool has_keys = false;
    };

    Caller caller_of(const Request& request, Timestamp now);
    Response answer_unmetered(const Request& request, const Caller& caller, Timestamp now);
    Response answer_trading(const Request& request, std::vector<std::string> path, AccountState& account,
                            Timestamp now);
    void add_request_id(Response& response);

    Desk desk_;
    Tape tape_;
    DataStreams data_;
    TradeStreams trades_;
    Meter strangers_{.limit = 200};  // who asks for crypto data without a key
};

}  // namespace plumb::exchange::alpaca
