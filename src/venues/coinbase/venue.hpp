#pragma once

#include <optional>
#include <string>

#include "venues/coinbase/answers.hpp"
#include "venues/coinbase/sign.hpp"
#include "wire/venue.hpp"

namespace plumb::venues::coinbase {

class CoinbaseVenue final : public wire::Venue {
 public:
    explicit CoinbaseVenue(const wire::VenueOptions& options);

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
    /// The product a question is about; empty where it is about none. Errc::invalid_argument for an
    /// instrument that is in no table.
    Result<std::string> symbol_for(const wire::Question& question) const;
    TokenMaker* tokens() { return tokens_ ? &*tokens_ : nullptr; }

    wire::SymbolMap symbols_;
    wire::VenueAddresses addresses_;
    Result<TokenMaker> tokens_;
    GridTable grids_;
    AnswerReader answers_;
};

}  // namespace plumb::venues::coinbase
