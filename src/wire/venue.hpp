#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "core/instrument.hpp"
#include "io/endpoint.hpp"
#include "wire/capabilities.hpp"
#include "wire/question.hpp"
#include "wire/stream_protocol.hpp"
#include "wire/symbol_map.hpp"

namespace plumb::wire {

/// A key as its owner got it. Which parts a venue needs its README says; what is missing is empty.
struct Credentials {
    std::string key_id;
    Secret secret;      // HMAC secret, PEM or base64 private key
    Secret passphrase;  // Coinbase Exchange

    bool empty() const { return key_id.empty() && secret.empty(); }
};

/// Where a venue's servers are. Only host, port and TLS can be overridden, as for a local exchange.
struct VenueAddresses {
    std::optional<io::Endpoint> trading, market_data, stream, private_stream;
};

/// How one request budget works (E20). Names are the venue's ("REQUEST_WEIGHT 1m").
struct RateLimit {
    std::string_view name;
    double capacity = 0;        // requests or weight
    Duration per{};             // refilled in this time
    double reserve = 0;         // of capacity, kept for cancels and exits
    bool fixed_window = false;  // refilled all at once on the UTC multiple of `per`
};

/// What an answer's headers say about a budget.
struct RateObservation {
    unsigned char bucket = 0;
    std::optional<double> used, remaining, capacity;
    std::optional<Timestamp> refilled_at, hold_until;
};

/// Which of a derivatives venue's prices something goes by. The last trade executes and stops; the mark
/// values positions and liquidates; the index is that of the spot markets.
enum class PriceSource : unsigned char { last, mark, index };

struct VenueOptions {
    InstrumentTable* instruments = nullptr;  // outlives the venue
    Credentials credentials{};
    VenueAddresses addresses{};
    bool paper_endpoint = true;  // Alpaca's paper host, a venue's demo host where it has one
    std::string plan{};          // the user's plan where it decides what is on offer: "iex", "sip", "basic"
    PriceSource stop_trigger = PriceSource::last;  // what fires stop orders, where the venue lets one choose
    PriceSource history = PriceSource::last;       // what bars of history are of, where it does
};

/// One venue seen by one account: its words, nothing else. It opens no socket and reads no clock; `now` is
/// venue-corrected time where stamps are signed. Implementations are single-threaded.
class Venue {
 public:
    virtual ~Venue() = default;

    virtual const Capabilities& capabilities() const = 0;
    virtual SymbolMap& symbols() = 0;
    virtual io::Endpoint endpoint(Host host) const = 0;
    virtual std::span<const RateLimit> rate_limits() const = 0;

    /// A question in the venue's words, signed. Errc::unsupported where the venue has no such question,
    /// Errc::denied where a key is missing or a rule of the venue forbids the order, with the reason in plain
    /// words.
    virtual Result<WireRequest> ask(const Question& question, Timestamp now) = 0;
    /// What came back. Never trusts a status alone: a body that is not what the documents promise is
    /// Verdict::unknown.
    virtual Reply read(const Question& question, const io::HttpResponse& response, Timestamp received_at,
                       WireSink& sink) = 0;
    /// What the headers of an answer say about budgets; appended to `out`.
    virtual void observe(const WireRequest& request, const io::HttpResponse& response, Timestamp received_at,
                         std::vector<RateObservation>& out) const = 0;
    /// Everything the venue would refuse for type, time in force, grid or value, refused here (E15). Knows
    /// the grid once listings were read.
    virtual Status check(const OrderRequest& order) const = 0;

    virtual std::unique_ptr<FrameDecoder> frame_decoder() = 0;
    /// Which of the venue's market-data addresses brings a subscription: 0 where there is one. Alpaca streams
    /// coins (0) and stocks (1) from two; subscriptions of different lanes need connections of their own.
    virtual unsigned char lane_of(const Subscription&) const { return 0; }
    virtual unsigned char lanes() const { return 1; }
    /// Null where the venue has none. market_stream() is that of lane 0.
    virtual std::unique_ptr<StreamProtocol> market_stream() = 0;
    virtual std::unique_ptr<StreamProtocol> market_stream_of(unsigned char) { return market_stream(); }
    virtual std::unique_ptr<StreamProtocol> private_stream() = 0;
};

}  // namespace plumb::wire
