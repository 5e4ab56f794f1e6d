#pragma once

#include "exchange/kraken/account.hpp"
#include "exchange/kraken/feeds.hpp"
#include "exchange/kraken/history.hpp"
#include "exchange/kraken/market_data.hpp"
#include "exchange/kraken/trading.hpp"
#include "exchange/protocol/window_meter.hpp"

namespace plumb::exchange::kraken {

/// The venue's protocol: which request goes where, who may ask, and what it costs.
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

    static constexpr std::size_t kCostBudget = 500;     // points of one key in ten seconds, /derivatives
    static constexpr std::size_t kHistoryBudget = 100;  // points of one key in ten minutes, /history

 private:
    Response answer_key_check(const Request& request, Timestamp now);
    Response answer_public(std::string_view what, const Form& form, Timestamp now);
    Response answer_private(std::string_view method, std::string_view what, const Form& form,
                            AccountId account, Timestamp now);
    Response answer_history(std::string_view what, const Form& form, const Request& request, Timestamp now);
    std::expected<const ApiAccess*, Response> authorize(const Request& request, Timestamp now);

    Desk desk_;
    MarketData market_;
    Trading trading_;
    Account account_;
    History history_;
    Feeds feeds_;
    WindowMeter costs_;
    WindowMeter history_costs_;
};

}  // namespace plumb::exchange::kraken
