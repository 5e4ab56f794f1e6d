#include "venues/coinbase/venue.hpp"

#include <fmt/format.h>

#include <array>

#include "io/retry_after.hpp"
#include "venues/coinbase/coinbase.hpp"
#include "venues/coinbase/encode.hpp"
#include "venues/coinbase/stream.hpp"
#include "venues/coinbase/symbols.hpp"

namespace plumb::venues::coinbase {
namespace {

using namespace std::chrono_literals;

/// The documents of the parts disagree (10 to 30 a second); below the lowest of them all are kept.
constexpr std::array<wire::RateLimit, 2> kLimits{{
    {"public 1s", 10, 1s, 0, false},
    {"private 1s", 10, 1s, 3, false},
}};

/// Which instrument a question names.
struct InstrumentOf {
    using Named = std::optional<InstrumentId>;
    Named operator()(const wire::AskPlace& ask) const { return ask.order.instrument; }
    Named operator()(const wire::AskCancel&) const { return std::nullopt; }
    Named operator()(const wire::AskReplace& ask) const { return ask.order.instrument; }
    Named operator()(const wire::AskOrder& ask) const {
        return ask.order.venue.empty() ? Named{ask.order.instrument} : std::nullopt;
    }
    Named operator()(const wire::AskOpenOrders& ask) const { return ask.instrument; }
    Named operator()(const wire::AskFills& ask) const { return ask.instrument; }
    Named operator()(const wire::AskBars& ask) const { return ask.instrument; }
    Named operator()(const wire::AskTrades& ask) const { return ask.instrument; }
    Named operator()(const wire::AskQuotes& ask) const {
        return ask.instruments.size() == 1 ? Named{ask.instruments.front()} : std::nullopt;
    }
    Named operator()(const wire::AskBook& ask) const { return ask.instrument; }
    template <class Other>
    Named operator()(const Other&) const {
        return std::nullopt;
    }
};

std::optional<double> count_of(const io::HttpResponse& response, std::string_view name) {
    const std::string* text = response.find(name);
    if (!text) return std::nullopt;
    const auto number = wire::number_of(*text);
    if (!number || 1'000'000'000 < *number) return std::nullopt;
    return static_cast<double>(*number);
}

}  // namespace

CoinbaseVenue::CoinbaseVenue(const wire::VenueOptions& options)
    : symbols_{*options.instruments, kSpelling, wire::SymbolMap::Unknown::refuse},
      addresses_{options.addresses},
      tokens_{TokenMaker::make(options.credentials)},
      answers_{symbols_, grids_} {
    // An instrument whose name is too long for a product stays unknown, and asking about it says so.
    for (const Instrument& instrument : options.instruments->all()) {
        const Status added = symbols_.add(spell_symbol(instrument.base, instrument.quote), instrument.id);
        static_cast<void>(added);
    }
}

const wire::Capabilities& CoinbaseVenue::capabilities() const { return coinbase::capabilities(); }

io::Endpoint CoinbaseVenue::endpoint(wire::Host host) const {
    const auto& address = host == wire::Host::trading ? addresses_.trading : addresses_.market_data;
    return address.value_or(io::Endpoint{"api.coinbase.com", 443, true});
}

std::span<const wire::RateLimit> CoinbaseVenue::rate_limits() const { return kLimits; }

Result<std::string> CoinbaseVenue::symbol_for(const wire::Question& question) const {
    const auto* quotes = std::get_if<wire::AskQuotes>(&question);
    if (quotes && quotes->instruments.empty())
        return fail(Errc::invalid_argument, "expected an instrument to quote");
    const std::optional<InstrumentId> instrument = std::visit(InstrumentOf{}, question);
    if (!instrument) return std::string{};
    const std::string_view symbol = symbols_.symbol_of(*instrument);
    if (symbol.empty()) return fail(Errc::invalid_argument, "this instrument has no product at Coinbase");
    return std::string{symbol};
}

Result<wire::WireRequest> CoinbaseVenue::ask(const wire::Question& question, Timestamp now) {
    if (const auto* place = std::get_if<wire::AskPlace>(&question))
        if (Status status = check(place->order); !status) return fail(status.error());
    if (const auto* replace = std::get_if<wire::AskReplace>(&question))
        if (Status status = check(replace->order); !status) return fail(status.error());
    const Result<std::string> symbol = symbol_for(question);
    if (!symbol) return fail(symbol.error());
    Result<Plain> plain = encode(question, *symbol);
    if (!plain) return fail(plain.error());

    wire::WireRequest request;
    request.host = plain->is_private ? wire::Host::trading : wire::Host::market_data;
    request.bucket = plain->is_private ? kPrivateBucket : kPublicBucket;
    request.uses_reserve = plain->uses_reserve;
    request.http.method = plain->method;
    request.http.target =
        plain->query.empty() ? plain->path : fmt::format("{}?{}", plain->path, plain->query);
    request.http.headers.push_back({"Accept", "application/json"});
    if (!plain->body.empty()) request.http.headers.push_back({"Content-Type", "application/json"});
    request.http.body = std::move(plain->body);
    if (!plain->is_private) return request;
    if (!tokens_) return fail(tokens_.error());
    const io::Endpoint host = endpoint(request.host);
    const std::string port = host.port == 443 ? std::string{} : fmt::format(":{}", host.port);
    const std::string uri = fmt::format("{} {}{}{}", to_string(plain->method), host.host, port, plain->path);
    request.http.headers.push_back({"Authorization", fmt::format("Bearer {}", tokens_->token(now, uri))});
    return request;
}

wire::Reply CoinbaseVenue::read(const wire::Question& question, const io::HttpResponse& response,
                                Timestamp received_at, wire::WireSink& sink) {
    return answers_.read(question, response, received_at, sink);
}

void CoinbaseVenue::observe(const wire::WireRequest& request, const io::HttpResponse& response,
                            Timestamp received_at, std::vector<wire::RateObservation>& out) const {
    wire::RateObservation seen;
    seen.bucket = request.bucket;
    seen.capacity = count_of(response, "x-ratelimit-limit");
    seen.remaining = count_of(response, "x-ratelimit-remaining");
    // Seconds from now, or since 1970 (told by the size).
    if (const auto reset = count_of(response, "x-ratelimit-reset")) {
        const auto seconds = std::chrono::seconds{static_cast<std::int64_t>(*reset)};
        seen.refilled_at = *reset < 1e8 ? received_at + seconds : Timestamp{seconds};
    } else if (const std::string* text = response.find("x-ratelimit-reset")) {
        const auto number = wire::number_of(*text);
        if (number && *number < 9'000'000'000ULL) seen.refilled_at = Timestamp{std::chrono::seconds{*number}};
    }
    if (response.status == 429) seen.hold_until = io::retry_at(response, received_at);
    if (seen.capacity || seen.remaining || seen.refilled_at || seen.hold_until) out.push_back(seen);
}

Status CoinbaseVenue::check(const OrderRequest& order) const {
    if (symbols_.symbol_of(order.instrument).empty())
        return fail(Errc::denied, "this instrument has no product at Coinbase");
    return check_order(order, symbols_.instruments()[order.instrument], grids_.find(order.instrument));
}

std::unique_ptr<wire::FrameDecoder> CoinbaseVenue::frame_decoder() {
    return std::make_unique<Decoder>(symbols_);
}

std::unique_ptr<wire::StreamProtocol> CoinbaseVenue::market_stream() {
    return std::make_unique<MarketStream>(
        symbols_, addresses_.stream.value_or(io::Endpoint{"advanced-trade-ws.coinbase.com", 443, true}));
}

std::unique_ptr<wire::StreamProtocol> CoinbaseVenue::private_stream() {
    const auto endpoint =
        addresses_.private_stream.value_or(io::Endpoint{"advanced-trade-ws-user.coinbase.com", 443, true});
    return std::make_unique<UserStream>(symbols_, endpoint, tokens(),
                                        tokens_ ? std::string{} : tokens_.error().message());
}

std::unique_ptr<wire::Venue> make_venue(const wire::VenueOptions& options) {
    return std::make_unique<CoinbaseVenue>(options);
}

}  // namespace plumb::venues::coinbase
