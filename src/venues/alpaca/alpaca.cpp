#include "venues/alpaca/alpaca.hpp"

#include <array>

#include "venues/alpaca/answers.hpp"
#include "venues/alpaca/encode.hpp"
#include "venues/alpaca/market_stream.hpp"
#include "venues/alpaca/order_stream.hpp"
#include "venues/alpaca/refusals.hpp"
#include "venues/alpaca/rules.hpp"

namespace plumb::venues::alpaca {
namespace {

constexpr unsigned char kCryptoLane = 0, kStocksLane = 1;

// 200 requests a minute for trading; for data 200 on the free plan, 10,000 on the paid one, which the headers
// say. A fifth of the trading budget is kept for cancels and exits.
constexpr std::array<wire::RateLimit, 2> kRateLimits{
    {{"trading 1m", 200, std::chrono::minutes{1}, 40, false},
     {"market data 1m", 200, std::chrono::minutes{1}, 0, false}}};

wire::Credentials copy_of(const wire::Credentials& credentials) {
    return {credentials.key_id, credentials.secret.clone(), credentials.passphrase.clone()};
}

class AlpacaVenue final : public wire::Venue {
 public:
    explicit AlpacaVenue(const wire::VenueOptions& options)
        : credentials_{copy_of(options.credentials)},
          addresses_{options.addresses},
          is_paper_{options.paper_endpoint},
          feed_{options.plan == "sip" ? "sip" : "iex"},
          directory_{*options.instruments},
          answers_{directory_, options.paper_endpoint} {}

    const wire::Capabilities& capabilities() const override { return alpaca::capabilities(); }
    wire::SymbolMap& symbols() override { return directory_.symbols(); }
    io::Endpoint endpoint(wire::Host host) const override {
        if (host == wire::Host::trading) return trading(addresses_.trading);
        return addresses_.market_data.value_or(io::Endpoint{"data.alpaca.markets", 443, true});
    }
    std::span<const wire::RateLimit> rate_limits() const override { return kRateLimits; }

    Result<wire::WireRequest> ask(const wire::Question& question, Timestamp) override {
        return encode(question, {directory_, credentials_, feed_});
    }
    wire::Reply read(const wire::Question& question, const io::HttpResponse& response, Timestamp received_at,
                     wire::WireSink& sink) override {
        return answers_.read(question, response, received_at, sink);
    }
    void observe(const wire::WireRequest& request, const io::HttpResponse& response, Timestamp received_at,
                 std::vector<wire::RateObservation>& out) const override;
    Status check(const OrderRequest& order) const override { return check_order(order, directory_); }

    std::unique_ptr<wire::FrameDecoder> frame_decoder() override {
        return std::make_unique<Decoder>(directory_);
    }
    unsigned char lane_of(const wire::Subscription& subscription) const override {
        return directory_.market_of(subscription.instrument) == Market::stocks ? kStocksLane : kCryptoLane;
    }
    unsigned char lanes() const override { return 2; }
    std::unique_ptr<wire::StreamProtocol> market_stream() override { return market_stream_of(kCryptoLane); }
    std::unique_ptr<wire::StreamProtocol> market_stream_of(unsigned char lane) override {
        const io::Endpoint endpoint =
            addresses_.stream.value_or(io::Endpoint{"stream.data.alpaca.markets", 443, true});
        return std::make_unique<MarketStream>(StreamDesk{directory_, credentials_, endpoint, feed_},
                                              lane == kStocksLane ? Market::stocks : Market::crypto);
    }
    std::unique_ptr<wire::StreamProtocol> private_stream() override {
        const io::Endpoint endpoint =
            addresses_.private_stream ? *addresses_.private_stream : trading(addresses_.trading);
        return std::make_unique<OrderStream>(StreamDesk{directory_, credentials_, endpoint, feed_});
    }

 private:
    io::Endpoint trading(const std::optional<io::Endpoint>& given) const {
        const char* host = is_paper_ ? "paper-api.alpaca.markets" : "api.alpaca.markets";
        return given.value_or(io::Endpoint{host, 443, true});
    }

    wire::Credentials credentials_;
    wire::VenueAddresses addresses_;
    bool is_paper_;
    std::string feed_;
    Directory directory_;
    Answers answers_;
};

void AlpacaVenue::observe(const wire::WireRequest& request, const io::HttpResponse& response,
                          Timestamp received_at, std::vector<wire::RateObservation>& out) const {
    wire::RateObservation seen;
    seen.bucket = request.bucket;
    if (const auto limit = number_header(response, "X-RateLimit-Limit");
        limit && 0 < *limit && *limit < 1'000'000)
        seen.capacity = static_cast<double>(*limit);
    if (const auto left = number_header(response, "X-RateLimit-Remaining"); left && *left < 1'000'000)
        seen.remaining = static_cast<double>(*left);
    seen.refilled_at = refilled_at(response, received_at);
    if (response.status == 429) seen.hold_until = seen.refilled_at;
    if (seen.capacity || seen.remaining || seen.refilled_at) out.push_back(seen);
}

}  // namespace

std::unique_ptr<wire::Venue> make_venue(const wire::VenueOptions& options) {
    return std::make_unique<AlpacaVenue>(options);
}

}  // namespace plumb::venues::alpaca
