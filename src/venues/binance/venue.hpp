#pragma once

#include "venues/binance/binance.hpp"
#include "venues/binance/rest_rows.hpp"

namespace plumb::venues::binance {

enum class Market : unsigned char { spot, futures };

/// Either market: they share words, differ in paths, rules and streams.
class BinanceVenue : public wire::Venue {
 public:
    BinanceVenue(Market market, const wire::VenueOptions& options);

    const wire::Capabilities& capabilities() const override;
    wire::SymbolMap& symbols() override { return symbols_; }
    io::Endpoint endpoint(wire::Host host) const override;
    std::span<const wire::RateLimit> rate_limits() const override;
    Result<wire::WireRequest> ask(const wire::Question& question, Timestamp now) override;
    wire::Reply read(const wire::Question& question, const io::HttpResponse& response, Timestamp received_at,
                     wire::WireSink& sink) override;
    void observe(const wire::WireRequest& request, const io::HttpResponse& response, Timestamp received_at,
                 std::vector<wire::RateObservation>& out) const override;
    Status check(const OrderRequest& order) const override;
    std::unique_ptr<wire::FrameDecoder> frame_decoder() override;
    std::unique_ptr<wire::StreamProtocol> market_stream() override;
    std::unique_ptr<wire::StreamProtocol> private_stream() override;

 private:
    Market market_;
    wire::SymbolMap symbols_;
    RowReader rows_;
};

}  // namespace plumb::venues::binance
