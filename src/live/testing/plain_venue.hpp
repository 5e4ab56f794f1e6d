#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wire/venue.hpp"

namespace plumb::live::testing {

/// The client's side: "POST /orders CLIENT SIDE QUANTITY PRICE" and the like, one line per fact in answers.
class PlainVenue final : public wire::Venue {
 public:
    PlainVenue(InstrumentTable& instruments, io::Endpoint endpoint);

    const wire::Capabilities& capabilities() const override;
    wire::SymbolMap& symbols() override { return symbols_; }
    io::Endpoint endpoint(wire::Host) const override { return endpoint_; }
    std::span<const wire::RateLimit> rate_limits() const override { return limits; }
    Result<wire::WireRequest> ask(const wire::Question& question, Timestamp now) override;
    wire::Reply read(const wire::Question& question, const io::HttpResponse& response, Timestamp received_at,
                     wire::WireSink& sink) override;
    void observe(const wire::WireRequest&, const io::HttpResponse&, Timestamp,
                 std::vector<wire::RateObservation>&) const override {}
    Status check(const OrderRequest& order) const override;
    std::unique_ptr<wire::FrameDecoder> frame_decoder() override { return nullptr; }
    std::unique_ptr<wire::StreamProtocol> market_stream() override { return nullptr; }
    std::unique_ptr<wire::StreamProtocol> private_stream() override;

    std::optional<io::Endpoint> stream_endpoint;  // of the account's stream; without it there is none
    std::vector<wire::RateLimit> limits;
    std::vector<Timestamp> asked_at;  // what ask() was told the time was

 private:
    wire::SymbolMap symbols_;
    io::Endpoint endpoint_;
};

}  // namespace plumb::live::testing
