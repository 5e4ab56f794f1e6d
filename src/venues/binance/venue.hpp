#pragma once

#include "venues/binance/binance.hpp"
#include "venues/binance/decode.hpp"
#include "venues/binance/market.hpp"
#include "venues/binance/rest_rows.hpp"
#include "venues/binance/rules.hpp"
#include "venues/binance/sign.hpp"

namespace plumb::venues::binance {

/// Either market: they share words, differ in paths, rules and streams.
class BinanceVenue : public wire::Venue {
 public:
    BinanceVenue(Market market, const wire::VenueOptions& options);

    const wire::Capabilities& capabilities() const override { return capabilities_of(market_); }
    wire::SymbolMap& symbols() override { return symbols_; }
    io::Endpoint endpoint(wire::Host host) const override;
    std::span<const wire::RateLimit> rate_limits() const override { return limits_of(market_); }
    Result<wire::WireRequest> ask(const wire::Question& question, Timestamp now) override;
    wire::Reply read(const wire::Question& question, const io::HttpResponse& response, Timestamp received_at,
                     wire::WireSink& sink) override;
    void observe(const wire::WireRequest& request, const io::HttpResponse& response, Timestamp received_at,
                 std::vector<wire::RateObservation>& out) const override;
    Status check(const OrderRequest& order) const override;
    std::unique_ptr<wire::FrameDecoder> frame_decoder() override;
    unsigned char lane_of(const wire::Subscription& subscription) const override;
    unsigned char lanes() const override { return market_ == Market::spot ? 1 : 2; }
    std::unique_ptr<wire::StreamProtocol> market_stream() override { return market_stream_of(0); }
    std::unique_ptr<wire::StreamProtocol> market_stream_of(unsigned char lane) override;
    std::unique_ptr<wire::StreamProtocol> private_stream() override;

 private:
    wire::Reply read_rows(const wire::Question& question, const io::HttpResponse& response,
                          Timestamp received_at, wire::WireSink& sink);

    Market market_;
    Servers servers_;
    bool tells_permissions_;
    wire::SymbolMap symbols_;
    Result<Signer> signer_;
    RuleBook rules_;
    RowReader rows_;
    Decoder books_;
};

}  // namespace plumb::venues::binance
