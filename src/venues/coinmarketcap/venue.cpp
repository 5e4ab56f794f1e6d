#include <fmt/format.h>

#include <array>

#include "io/retry_after.hpp"
#include "venues/coinmarketcap/answers.hpp"
#include "venues/coinmarketcap/coinmarketcap.hpp"
#include "venues/coinmarketcap/encode.hpp"
#include "venues/coinmarketcap/symbols.hpp"
#include "wire/polled_venue.hpp"

namespace plumb::venues::coinmarketcap {
namespace {

using namespace std::chrono_literals;

/// Of the smallest plan; refilled on the minute.
constexpr std::array<wire::RateLimit, 1> kLimits{{{"requests 1m", 30, 60s, 0, true}}};

/// There is no stream, so no frame is one of theirs.
class NoFrames final : public wire::FrameDecoder {
 public:
    void decode(std::string_view, Timestamp, wire::WireSink& sink) override {
        sink.take(wire::Refused{"CoinMarketCap has no stream", {}, 0});
    }
};

class CoinMarketCapVenue final : public wire::Venue, public wire::PolledVenue {
 public:
    explicit CoinMarketCapVenue(const wire::VenueOptions& options)
        : symbols_{*options.instruments, kSpelling, wire::SymbolMap::Unknown::refuse},
          address_{options.addresses.market_data},
          key_{options.credentials.secret.clone()},
          free_plan_{options.plan.empty() || options.plan == "basic" || options.plan == "builder"} {
        for (const Instrument& instrument : options.instruments->all()) {
            const Status added = symbols_.add(spell_symbol(instrument.base, instrument.quote), instrument.id);
            static_cast<void>(added);  // a name too long for the venue stays unknown, and asking says so
        }
    }

    const wire::Capabilities& capabilities() const override { return coinmarketcap::capabilities(); }
    wire::SymbolMap& symbols() override { return symbols_; }
    io::Endpoint endpoint(wire::Host) const override {
        return address_.value_or(io::Endpoint{"pro-api.coinmarketcap.com", 443, true});
    }
    std::span<const wire::RateLimit> rate_limits() const override { return kLimits; }

    Result<wire::WireRequest> ask(const wire::Question& question, Timestamp now) override;
    wire::Reply read(const wire::Question& question, const io::HttpResponse& response, Timestamp received_at,
                     wire::WireSink& sink) override {
        return answers_.read(question, response, received_at, sink);
    }
    void observe(const wire::WireRequest& request, const io::HttpResponse& response, Timestamp received_at,
                 std::vector<wire::RateObservation>& out) const override {
        if (response.status != 429) return;
        wire::RateObservation seen;
        seen.bucket = request.bucket;
        seen.hold_until = io::retry_at(response, received_at);
        if (seen.hold_until) out.push_back(seen);
    }
    Duration poll_interval(std::size_t instruments, Timestamp now) const override {
        return credits_.poll_interval(CreditBudget::cost_of_quotes(instruments, 1), now);
    }
    Status check(const OrderRequest&) const override {
        return fail(Errc::unsupported, "CoinMarketCap is a source of prices: nothing is traded there");
    }
    std::unique_ptr<wire::FrameDecoder> frame_decoder() override { return std::make_unique<NoFrames>(); }
    std::unique_ptr<wire::StreamProtocol> market_stream() override { return nullptr; }
    std::unique_ptr<wire::StreamProtocol> private_stream() override { return nullptr; }

 private:
    Result<Coin> coin_of(InstrumentId instrument) const;
    Result<std::string> target_of(const wire::Question& question, Timestamp now) const;
    Status afford(std::int64_t, Timestamp now) const;

    wire::SymbolMap symbols_;
    std::optional<io::Endpoint> address_;
    Secret key_;
    bool free_plan_;
    CoinNumbers numbers_;
    CreditBudget credits_;
    AnswerReader answers_{symbols_, numbers_, credits_};
};

Result<Coin> CoinMarketCapVenue::coin_of(InstrumentId instrument) const {
    if (symbols_.symbol_of(instrument).empty())
        return fail(Errc::invalid_argument, "this instrument is no coin of CoinMarketCap");
    const Instrument& found = symbols_.instruments()[instrument];
    return Coin{numbers_.find(instrument), found.base, found.quote};
}

Status CoinMarketCapVenue::afford(std::int64_t, Timestamp now) const {
    if (const auto until = credits_.exhausted_until(now))
        return fail(Errc::denied,
                    fmt::format("CoinMarketCap's credits are used up until {}", to_text(*until)));
    return {};
}

Result<std::string> CoinMarketCapVenue::target_of(const wire::Question& question, Timestamp now) const {
    if (const auto* ask = std::get_if<wire::AskQuotes>(&question)) {
        if (Status status = afford(1, now); !status) return fail(status.error());
        std::vector<Coin> coins;
        for (const InstrumentId instrument : ask->instruments) {
            Result<Coin> coin = coin_of(instrument);
            if (!coin) return fail(coin.error());
            coins.push_back(std::move(*coin));
        }
        return quotes_target(coins);
    }
    if (const auto* ask = std::get_if<wire::AskBars>(&question)) {
        const Result<Coin> coin = coin_of(ask->instrument);
        if (!coin) return fail(coin.error());
        Result<std::string> target = bars_target(*ask, *coin);
        if (!target) return target;
        if (free_plan_)
            return fail(Errc::denied,
                        "CoinMarketCap's free plan has no candles: set coinmarketcap's plan if yours has "
                        "them, or let "
                        "prices be polled");
        if (Status status = afford(1, now); !status) return fail(status.error());
        return target;
    }
    if (const auto* ask = std::get_if<wire::AskListings>(&question)) return listings_target(*ask);
    if (std::holds_alternative<wire::AskPermissions>(question) ||
        std::holds_alternative<wire::AskAccount>(question) ||
        std::holds_alternative<wire::AskClock>(question))
        return std::string{"/v1/key/info"};
    return fail(Errc::unsupported,
                fmt::format("CoinMarketCap is a source of prices and knows no {}", wire::name_of(question)));
}

Result<wire::WireRequest> CoinMarketCapVenue::ask(const wire::Question& question, Timestamp now) {
    Result<std::string> target = target_of(question, now);
    if (!target) return fail(target.error());
    if (key_.empty())
        return fail(Errc::denied,
                    "CoinMarketCap wants an API key: make a free one at pro.coinmarketcap.com and put it "
                    "into secret");
    for (const char c : key_.reveal())
        if (c <= ' ' || c >= '\x7f')
            return fail(Errc::invalid_argument,
                        "the API key of CoinMarketCap has characters that no key has");
    wire::WireRequest request;
    request.host = wire::Host::market_data;
    request.http.target = std::move(*target);
    request.http.headers = {{"Accept", "application/json"},
                            {"X-CMC_PRO_API_KEY", std::string{key_.reveal()}}};
    return request;
}

}  // namespace

std::unique_ptr<wire::Venue> make_venue(const wire::VenueOptions& options) {
    return std::make_unique<CoinMarketCapVenue>(options);
}

}  // namespace plumb::venues::coinmarketcap
