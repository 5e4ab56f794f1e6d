#include "venues/polygon/polygon.hpp"

#include <algorithm>
#include <array>

#include "venues/polygon/answers.hpp"
#include "venues/polygon/decode.hpp"
#include "venues/polygon/stream.hpp"
#include "wire/json_tokens.hpp"

namespace plumb::venues::polygon {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto kBarLengths = std::to_array<Duration>(
    {seconds{1}, seconds{5}, seconds{10}, seconds{15}, seconds{30}, minutes{1}, minutes{2},
     minutes{3}, minutes{5}, minutes{10}, minutes{15}, minutes{30}, hours{1},   hours{2},
     hours{4},   hours{6},   hours{8},    hours{12},   hours{24},   hours{168}});
constexpr auto kStreamBarLengths = std::to_array<Duration>({seconds{1}, minutes{1}});

constexpr auto kBasic = std::to_array<wire::RateLimit>({{"requests 1m", 5, minutes{1}, 0, false}});
// The venue asks paying users to stay below a hundred a second.
constexpr auto kPaid = std::to_array<wire::RateLimit>({{"requests 1s", 100, seconds{1}, 0, false}});

wire::Spelling spelling_of(const Plan& plan) {
    if (plan.market == Market::stocks) return {split_symbol, spell_stock};
    if (plan.market == Market::crypto) return {split_symbol, spell_crypto};
    return {split_symbol, spell_symbol};
}

class PolygonVenue final : public wire::Venue {
 public:
    explicit PolygonVenue(const wire::VenueOptions& options)
        : plan_{Plan::parse(options.plan)},
          symbols_{*options.instruments, spelling_of(plan_), wire::SymbolMap::Unknown::refuse},
          rest_{options.addresses.market_data.value_or(io::Endpoint{"api.massive.com"})},
          stream_{options.addresses.stream.value_or(
              io::Endpoint{plan_.delayed ? "delayed.massive.com" : "socket.massive.com"})},
          key_{options.credentials.key_id.empty() ? options.credentials.secret.clone()
                                                  : Secret{options.credentials.key_id}} {
        // An instrument with a name that no symbol fits stays without one.
        (void)symbols_.add_all();
        for (const Instrument& instrument : options.instruments->all()) {  // as the answers spell coins
            const std::string_view symbol = symbols_.symbol_of(instrument.id);
            if (!symbol.empty() && market_of(symbol) == Market::crypto)
                (void)symbols_.add(ticker_of(symbol), instrument.id);
        }
    }

    const wire::Capabilities& capabilities() const override { return polygon::capabilities(); }
    wire::SymbolMap& symbols() override { return symbols_; }
    io::Endpoint endpoint(wire::Host) const override { return rest_; }
    std::span<const wire::RateLimit> rate_limits() const override {
        return plan_.basic ? std::span<const wire::RateLimit>{kBasic}
                           : std::span<const wire::RateLimit>{kPaid};
    }

    Result<wire::WireRequest> ask(const wire::Question& question, Timestamp) override {
        // The venue would build any length; we ask for those that we claim.
        if (const auto* bars = std::get_if<wire::AskBars>(&question);
            bars != nullptr && std::ranges::find(kBarLengths, bars->length) == kBarLengths.end())
            return fail(Errc::unsupported,
                        "Polygon.io is asked for bars of 1s to 30s, 1m to 30m, 1h to 12h, 1d, 1w");
        return encode(question, symbols_, key_, plan_);
    }
    wire::Reply read(const wire::Question& question, const io::HttpResponse& response, Timestamp received_at,
                     wire::WireSink& sink) override {
        ReadContext context{symbols_, rest_, plan_};
        return read_answer(question, response, received_at, context, sink);
    }
    void observe(const wire::WireRequest& request, const io::HttpResponse& response, Timestamp received_at,
                 std::vector<wire::RateObservation>& out) const override {
        if (response.status != 429) return;  // no header tells the budget: only its end is heard of
        wire::RateObservation observation;
        observation.bucket = request.bucket;
        observation.remaining = 0;
        if (const std::string* after = response.find("Retry-After"))
            if (const auto wait = wire::number_of(*after); wait && *wait < 86'400)
                observation.hold_until = received_at + seconds{*wait};
        out.push_back(observation);
    }
    Status check(const OrderRequest&) const override {
        return fail(Errc::denied, "Polygon.io gives data and takes no orders");
    }

    std::unique_ptr<wire::FrameDecoder> frame_decoder() override {
        return std::make_unique<Decoder>(symbols_);
    }
    unsigned char lane_of(const wire::Subscription& subscription) const override {
        return static_cast<unsigned char>(market_of(symbols_.symbol_of(subscription.instrument)) ==
                                          Market::stocks);
    }
    unsigned char lanes() const override { return 2; }
    std::unique_ptr<wire::StreamProtocol> market_stream() override { return market_stream_of(0); }
    std::unique_ptr<wire::StreamProtocol> market_stream_of(unsigned char lane) override {
        return make_stream(stream_, lane == 0 ? Market::crypto : Market::stocks, symbols_, key_);
    }
    std::unique_ptr<wire::StreamProtocol> private_stream() override { return nullptr; }

 private:
    Plan plan_;
    wire::SymbolMap symbols_;
    io::Endpoint rest_, stream_;
    Secret key_;
};

}  // namespace

const wire::Capabilities& capabilities() {
    using wire::DataKind;
    static const wire::Capabilities kCapabilities = [] {
        wire::Capabilities all;
        all.name = "polygon";
        all.title = "Polygon.io";
        all.streams = {DataKind::trade, DataKind::quote, DataKind::bar};
        all.history = true;
        all.needs_key_for_data = true;
        all.short_words = "Polygon.io gives data and takes no orders";
        all.bar_lengths = kBarLengths;
        all.stream_bar_lengths = kStreamBarLengths;
        all.frames_are_lists = true;
        all.bars_per_request = kRowsPerRequest;
        all.symbols_per_subscribe = kParametersPerMessage;
        all.connections_per_key = 1;  // of each market, on the plans that have streams at all
        return all;
    }();
    return kCapabilities;
}

std::unique_ptr<wire::Venue> make_venue(const wire::VenueOptions& options) {
    return std::make_unique<PolygonVenue>(options);
}

}  // namespace plumb::venues::polygon
