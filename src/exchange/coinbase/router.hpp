#pragma once

#include <map>

#include "exchange/coinbase/account.hpp"
#include "exchange/coinbase/advanced_feed.hpp"
#include "exchange/coinbase/exchange_feed.hpp"
#include "exchange/coinbase/exchange_rest.hpp"
#include "exchange/coinbase/market_data.hpp"
#include "exchange/coinbase/orders.hpp"
#include "exchange/protocol/window_meter.hpp"

namespace plumb::exchange::coinbase {

/// The venue's protocol: which request goes where, who may ask, and how often.
class Router final : public Protocol {
 public:
    explicit Router(const ProtocolContext& context);

    RequestKind kind_of(const Request& request) const override;
    Response answer(const Request& request, Timestamp now) override;
    Response refuse(const Request& request, Trouble trouble, Timestamp now) override;
    std::expected<StreamTerms, Response> open(StreamId stream, const Request& request,
                                              Timestamp now) override;
    void on_message(StreamId stream, std::string_view bytes, bool is_binary, Timestamp now) override;
    void on_closed(StreamId stream, Timestamp now) override;
    void on_events(std::span<const ModelEvent> events, Timestamp now) override;
    void on_time(Timestamp now) override;

    static constexpr std::size_t kPrivatePerSecond = 30;  // of one user
    static constexpr std::size_t kPublicPerSecond = 10;   // of one address: all of this exchange's clients
    static constexpr auto kSubscribeWithin = std::chrono::seconds{5};
    static constexpr std::size_t kMessageMax = 64 * 1024;

 private:
    enum class Speech : unsigned char { unknown, advanced, exchange };
    struct Stream {
        Speech speech = Speech::unknown;
        Timestamp opened_at;
    };

    Response answer_brokerage(const Request& request, std::string_view what, Timestamp now);
    Response answer_market(const Request& request, std::string_view what, const Form& form, Timestamp now);
    Response answer_private(const Request& request, std::string_view what, const Form& form,
                            const ApiAccess& access, Timestamp now);
    Response answer_app(const Request& request, std::string_view what, Timestamp now);
    std::expected<const ApiAccess*, Response> authorize(const Request& request, Timestamp now);
    /// Nothing, or 429.
    std::optional<Response> meter_public(Timestamp now, bool is_exchange);
    void add_limit_headers(Response& response, std::string_view user, Timestamp now);

    Desk desk_;
    MarketData market_;
    Orders orders_;
    Account account_;
    ExchangeRest exchange_;
    AdvancedFeed advanced_feed_;
    ExchangeFeed exchange_feed_;
    WindowMeter private_meter_, public_meter_;
    std::map<StreamId, Stream> streams_;
};

}  // namespace plumb::exchange::coinbase
