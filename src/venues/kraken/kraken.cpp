#include "venues/kraken/kraken.hpp"

#include <array>

#include "venues/kraken/answers.hpp"
#include "venues/kraken/decode.hpp"
#include "venues/kraken/encode.hpp"
#include "venues/kraken/streams.hpp"
#include "venues/kraken/symbols.hpp"
#include "wire/json_tokens.hpp"

namespace plumb::venues::kraken {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto kBarLengths = std::to_array<Duration>(
    {minutes{1}, minutes{5}, minutes{15}, minutes{30}, hours{1}, hours{4}, hours{12}, hours{24}, hours{168}});

// By Bucket. 500 points in 10 seconds for the derivatives API, of which a dead-man renewal (25) and five
// cancels (10 each) are kept back; 100 tokens in 10 minutes for the history. What open data may cost the
// venue does not say: a pace that no client was ever refused for.
constexpr auto kLimits = std::to_array<wire::RateLimit>({
    {"derivatives 10s", 500, seconds{10}, 75, false},
    {"history 10m", 100, minutes{10}, 0, false},
    {"open data", 10, seconds{1}, 0, false},
});

constexpr std::string_view kLiveHost = "futures.kraken.com", kDemoHost = "demo-futures.kraken.com";

class KrakenVenue final : public wire::Venue {
 public:
    explicit KrakenVenue(const wire::VenueOptions& options)
        : symbols_{*options.instruments, spelling(), wire::SymbolMap::Unknown::refuse},
          addresses_{options.addresses},
          host_{options.paper_endpoint ? kDemoHost : kLiveHost},
          key_id_{options.credentials.key_id},
          stop_trigger_{options.stop_trigger},
          history_{options.history} {
        // An instrument with a name that no symbol fits stays without one: orders for it are refused by name.
        (void)symbols_.add_all();
        if (options.credentials.secret.empty()) return;
        Result<SigningKey> key = SigningKey::parse(options.credentials.secret);
        if (key)
            key_.emplace(std::move(*key));
        else
            key_error_ = key.error();
    }

    const wire::Capabilities& capabilities() const override { return kraken::capabilities(); }
    wire::SymbolMap& symbols() override { return symbols_; }
    io::Endpoint endpoint(wire::Host host) const override {
        const auto& given = host == wire::Host::trading ? addresses_.trading : addresses_.market_data;
        return given ? *given : io::Endpoint{host == wire::Host::trading ? host_ : std::string{kLiveHost}};
    }
    std::span<const wire::RateLimit> rate_limits() const override { return kLimits; }

    Result<wire::WireRequest> ask(const wire::Question& question, Timestamp now) override {
        const AskContext context{symbols_,      listings_, key_id_, key_ ? &*key_ : nullptr,
                                 stop_trigger_, history_};
        Result<wire::WireRequest> request = encode(question, context, now);
        // A secret that cannot be read is said to be so, not to be missing.
        if (!request && request.error().code() == Errc::denied && !key_ && key_error_ && needs_key(question))
            return fail(*key_error_);
        return request;
    }
    wire::Reply read(const wire::Question& question, const io::HttpResponse& response, Timestamp received_at,
                     wire::WireSink& sink) override {
        ReadContext context{symbols_, listings_, history_};
        return read_answer(question, response, received_at, context, sink);
    }
    void observe(const wire::WireRequest& request, const io::HttpResponse& response, Timestamp received_at,
                 std::vector<wire::RateObservation>& out) const override {
        // No header tells the budget: only its end is heard of.
        const bool used_up =
            response.status == 429 ||
            (response.body.size() < 512 && response.body.find("\"apiLimitExceeded\"") != std::string::npos);
        if (!used_up) return;
        wire::RateObservation observation;
        observation.bucket = request.bucket;
        observation.remaining = 0;
        if (const std::string* after = response.find("Retry-After"))
            if (const auto wait = wire::number_of(*after); wait && *wait < 86'400 * 7)
                observation.hold_until = received_at + seconds{*wait};
        out.push_back(observation);
    }
    Status check(const OrderRequest& order) const override { return check_order(order, symbols_, listings_); }

    std::unique_ptr<wire::FrameDecoder> frame_decoder() override {
        return std::make_unique<Decoder>(symbols_);
    }
    std::unique_ptr<wire::StreamProtocol> market_stream() override {
        return make_market_stream(addresses_.stream.value_or(io::Endpoint{std::string{kLiveHost}}), symbols_);
    }
    std::unique_ptr<wire::StreamProtocol> private_stream() override {
        return make_private_stream(addresses_.private_stream.value_or(io::Endpoint{host_}), symbols_, key_id_,
                                   key_ ? &*key_ : nullptr);
    }

 private:
    static bool needs_key(const wire::Question& question) {
        using namespace wire;
        return !std::holds_alternative<AskListings>(question) && !std::holds_alternative<AskBars>(question) &&
               !std::holds_alternative<AskTrades>(question) && !std::holds_alternative<AskQuotes>(question) &&
               !std::holds_alternative<AskBook>(question) && !std::holds_alternative<AskClock>(question);
    }

    wire::SymbolMap symbols_;
    Listings listings_;
    wire::VenueAddresses addresses_;
    std::string host_;
    std::string key_id_;
    std::optional<SigningKey> key_;
    std::optional<Error> key_error_;
    wire::PriceSource stop_trigger_, history_;
};

}  // namespace

const wire::Capabilities& capabilities() {
    using wire::DataKind;
    static const wire::Capabilities kCapabilities = [] {
        wire::Capabilities all;
        all.name = "kraken-futures";
        all.title = "Kraken Futures";
        all.streams = {DataKind::trade, DataKind::quote, DataKind::book, DataKind::mark_price};
        all.history = all.account = all.orders = all.replace = true;
        all.order_types = {OrderType::market, OrderType::limit, OrderType::stop, OrderType::stop_limit};
        all.times_in_force = {TimeInForce::good_till_canceled, TimeInForce::immediate_or_cancel,
                              TimeInForce::fill_or_kill};
        all.short_selling = wire::ShortSelling::always;
        all.short_words = "perpetual contracts are sold short without borrowing";
        // "Must be globally unique" the documents say, "in use" the error: the worse of the two is assumed.
        all.id_class = wire::IdClass::while_open;
        all.order_endpoints = 2;
        all.book_rule = wire::BookRule::contiguous;
        all.not_found_settles = kProcessWithin + seconds{5};
        all.bar_lengths = kBarLengths;
        all.bars_per_request = kBarsPerRequest;
        all.symbols_per_subscribe = kProductsPerMessage;
        all.connections_per_key = 100;
        all.clock_tolerance = kProcessWithin;
        all.dead_man_max = hours{24};
        return all;
    }();
    return kCapabilities;
}

std::unique_ptr<wire::Venue> make_venue(const wire::VenueOptions& options) {
    return std::make_unique<KrakenVenue>(options);
}

}  // namespace plumb::venues::kraken
