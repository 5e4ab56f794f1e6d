#include "venues/binance/venue.hpp"

#include "base/check.hpp"
#include "venues/binance/decode.hpp"
#include "venues/binance/symbols.hpp"

namespace plumb::venues::binance {
namespace {

constexpr wire::Capabilities kSpot{.name = "binance", .title = "Binance spot"};
constexpr wire::Capabilities kFutures{.name = "binance-futures", .title = "Binance USD-M futures"};

InstrumentTable& table_of(const wire::VenueOptions& options) {
    PLUMB_CHECK(options.instruments != nullptr);
    return *options.instruments;
}

}  // namespace

const wire::Capabilities& capabilities() { return kSpot; }
const wire::Capabilities& futures_capabilities() { return kFutures; }

std::unique_ptr<wire::Venue> make_venue(const wire::VenueOptions& options) {
    return std::make_unique<BinanceVenue>(Market::spot, options);
}
std::unique_ptr<wire::Venue> make_futures_venue(const wire::VenueOptions& options) {
    return std::make_unique<BinanceVenue>(Market::futures, options);
}

BinanceVenue::BinanceVenue(Market market, const wire::VenueOptions& options)
    : market_{market},
      symbols_{table_of(options), kSpelling, wire::SymbolMap::Unknown::refuse},
      rows_{symbols_} {}

const wire::Capabilities& BinanceVenue::capabilities() const {
    return market_ == Market::spot ? kSpot : kFutures;
}

io::Endpoint BinanceVenue::endpoint(wire::Host) const { return {"api.binance.com", 443, true}; }

std::span<const wire::RateLimit> BinanceVenue::rate_limits() const { return {}; }

Result<wire::WireRequest> BinanceVenue::ask(const wire::Question&, Timestamp) {
    return fail(Errc::unsupported, "binance answers no such question yet");
}

wire::Reply BinanceVenue::read(const wire::Question& question, const io::HttpResponse& response,
                               Timestamp received_at, wire::WireSink& sink) {
    wire::Reply reply;
    RowContext context{.received_at = received_at};
    if (const auto* bars = std::get_if<wire::AskBars>(&question)) {
        context.kind = RowKind::bars;
        context.instrument = bars->instrument;
        context.bar_length = bars->length;
    } else if (const auto* trades = std::get_if<wire::AskTrades>(&question)) {
        context.kind = RowKind::trades;
        context.instrument = trades->instrument;
    } else if (const auto* quotes = std::get_if<wire::AskQuotes>(&question)) {
        context.kind = RowKind::quotes;
        if (!quotes->instruments.empty()) context.instrument = quotes->instruments.front();
    } else if (const auto* book = std::get_if<wire::AskBook>(&question)) {
        Decoder decoder{symbols_};
        decoder.assume(book->instrument);
        decoder.decode(response.body, received_at, sink);
        reply.verdict = wire::Verdict::ok;
        return reply;
    } else {
        return reply;
    }
    const RowCounts counts = rows_.read(context, response.body, sink);
    reply.verdict = counts.whole ? wire::Verdict::ok : wire::Verdict::unknown;
    return reply;
}

void BinanceVenue::observe(const wire::WireRequest&, const io::HttpResponse&, Timestamp,
                           std::vector<wire::RateObservation>&) const {}

Status BinanceVenue::check(const OrderRequest&) const { return {}; }

std::unique_ptr<wire::FrameDecoder> BinanceVenue::frame_decoder() {
    return std::make_unique<Decoder>(symbols_);
}
std::unique_ptr<wire::StreamProtocol> BinanceVenue::market_stream() { return nullptr; }
std::unique_ptr<wire::StreamProtocol> BinanceVenue::private_stream() { return nullptr; }

}  // namespace plumb::venues::binance
