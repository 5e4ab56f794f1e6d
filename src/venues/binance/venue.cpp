#include "venues/binance/venue.hpp"

#include "base/check.hpp"
#include "venues/binance/answers.hpp"
#include "venues/binance/encode.hpp"
#include "venues/binance/market_stream.hpp"
#include "venues/binance/symbols.hpp"
#include "venues/binance/user_stream.hpp"

namespace plumb::venues::binance {
namespace {

using wire::Reply;
using wire::Verdict;

InstrumentTable& table_of(const wire::VenueOptions& options) {
    PLUMB_CHECK(options.instruments != nullptr);
    return *options.instruments;
}

/// Nothing for questions whose answers are no rows.
std::optional<RowContext> rows_of(const wire::Question& question) {
    RowContext context;
    if (const auto* bars = std::get_if<wire::AskBars>(&question)) {
        context = {.kind = RowKind::bars, .instrument = bars->instrument, .bar_length = bars->length};
    } else if (const auto* trades = std::get_if<wire::AskTrades>(&question)) {
        context = {.kind = RowKind::trades, .instrument = trades->instrument};
    } else if (const auto* quotes = std::get_if<wire::AskQuotes>(&question)) {
        context.kind = RowKind::quotes;
        context.others_ignored = quotes->instruments.size() != 1;
    } else {
        return std::nullopt;
    }
    return context;
}

/// Passes on what lies within the time asked for, and remembers where the rows ended.
struct InRange : wire::WireSink {
    InRange(const wire::Question& asked, wire::WireSink& to) : sink{to} {
        if (const auto* bars = std::get_if<wire::AskBars>(&asked)) from = bars->from, until = bars->to;
        if (const auto* trades = std::get_if<wire::AskTrades>(&asked))
            from = trades->from, until = trades->to;
        if (until == Timestamp{}) from = Timestamp::min(), until = Timestamp::max();
    }
    void take(const wire::WireEvent& event) override {
        if (const auto* bar = std::get_if<ClosedBar>(&event)) return take_at(bar->open_time, event);
        if (const auto* bar = std::get_if<OpenBar>(&event)) return take_at(bar->open_time, event);
        if (const auto* trade = std::get_if<Trade>(&event)) {
            last_id = std::max(last_id, trade->trade_id);
            return take_at(trade->venue_time, event);
        }
        sink.take(event);
    }
    void take_at(Timestamp at, const wire::WireEvent& event) {
        last = std::max(last, at);
        if (from <= at && at < until) sink.take(event);
    }
    wire::WireSink& sink;
    Timestamp from, until, last = Timestamp::min();
    std::uint64_t last_id = 0;
};

std::string next_page(const wire::Question& question, const RowCounts& counts, const InRange& range) {
    if (static_cast<std::int64_t>(counts.rows) < kRowsMax || range.until <= range.last) return {};
    if (const auto* bars = std::get_if<wire::AskBars>(&question)) {
        const Timestamp next = range.last + bars->length;
        return next < range.until ? "t:" + std::to_string(to_ms(next)) : "";
    }
    if (std::holds_alternative<wire::AskTrades>(question)) return "id:" + std::to_string(range.last_id + 1);
    return {};
}

}  // namespace

const wire::Capabilities& capabilities() { return capabilities_of(Market::spot); }
const wire::Capabilities& futures_capabilities() { return capabilities_of(Market::futures); }

std::unique_ptr<wire::Venue> make_venue(const wire::VenueOptions& options) {
    return std::make_unique<BinanceVenue>(Market::spot, options);
}
std::unique_ptr<wire::Venue> make_futures_venue(const wire::VenueOptions& options) {
    return std::make_unique<BinanceVenue>(Market::futures, options);
}

BinanceVenue::BinanceVenue(Market market, const wire::VenueOptions& options)
    : market_{market},
      servers_{servers_of(market, options)},
      tells_permissions_{!options.paper_endpoint || options.addresses.trading},
      symbols_{table_of(options), kSpelling, wire::SymbolMap::Unknown::refuse},
      signer_{Signer::make(options.credentials)},
      rows_{symbols_},
      books_{symbols_} {}

io::Endpoint BinanceVenue::endpoint(wire::Host host) const {
    switch (host) {
        case wire::Host::trading: return servers_.trading;
        case wire::Host::market_data: return servers_.market_data;
        case wire::Host::permissions: return servers_.permissions;
    }
    return servers_.trading;
}

Result<wire::WireRequest> BinanceVenue::ask(const wire::Question& question, Timestamp now) {
    return encode(question, {.market = market_,
                             .symbols = symbols_,
                             .rules = rules_,
                             .signer = signer_,
                             .tells_permissions = tells_permissions_,
                             .now = now});
}

Reply BinanceVenue::read(const wire::Question& question, const io::HttpResponse& response,
                         Timestamp received_at, wire::WireSink& sink) {
    if (rows_of(question) || std::holds_alternative<wire::AskBook>(question))
        return read_rows(question, response, received_at, sink);
    return read_answer(question, response,
                       {.market = market_, .symbols = symbols_, .rules = rules_, .received_at = received_at},
                       sink);
}

Reply BinanceVenue::read_rows(const wire::Question& question, const io::HttpResponse& response,
                              Timestamp received_at, wire::WireSink& sink) {
    Reply reply;
    const AnswerContext context{
        .market = market_, .symbols = symbols_, .rules = rules_, .received_at = received_at};
    if (!is_success(response, context, reply)) {
        if (reply.verdict == Verdict::unknown) sink.take(wire::Refused{"no answer that can be read", {}, 0});
        return reply;
    }
    reply = {};
    if (const auto* book = std::get_if<wire::AskBook>(&question)) {
        struct Watch : wire::WireSink {
            explicit Watch(wire::WireSink& to) : sink{to} {}
            void take(const wire::WireEvent& event) override {
                found = std::holds_alternative<BookDelta>(event);
                sink.take(event);
            }
            wire::WireSink& sink;
            bool found = false;
        } watch{sink};
        books_.assume(book->instrument);
        books_.decode(response.body, received_at, watch);
        reply.verdict = watch.found ? Verdict::ok : Verdict::unknown;
    } else {
        RowContext rows = *rows_of(question);
        rows.received_at = received_at;
        InRange range{question, sink};
        const RowCounts counts = rows_.read(rows, response.body, range);
        reply.verdict = counts.whole ? Verdict::ok : Verdict::unknown;
        if (counts.whole) reply.next_page = next_page(question, counts, range);
    }
    if (reply.verdict != Verdict::ok) reply.words = "Binance's answer is not what its documents promise";
    return reply;
}

void BinanceVenue::observe(const wire::WireRequest& request, const io::HttpResponse& response,
                           Timestamp received_at, std::vector<wire::RateObservation>& out) const {
    observe_headers(market_, request, response, received_at, out);
    for (wire::RateObservation& seen : out) {
        if (!seen.used) continue;
        seen.capacity = seen.bucket == kOrderBucket ? rules_.orders_per_10s : rules_.weight_per_minute;
    }
}

Status BinanceVenue::check(const OrderRequest& order) const {
    return check_order(market_, order, symbols_.symbol_of(order.instrument), rules_);
}

std::unique_ptr<wire::FrameDecoder> BinanceVenue::frame_decoder() {
    return std::make_unique<Decoder>(symbols_);
}

unsigned char BinanceVenue::lane_of(const wire::Subscription& subscription) const {
    return binance::lane_of(market_, subscription.kind);
}

std::unique_ptr<wire::StreamProtocol> BinanceVenue::market_stream_of(unsigned char lane) {
    if (lanes() <= lane) return nullptr;
    return std::make_unique<MarketStream>(market_, lane, servers_.stream, symbols_);
}

std::unique_ptr<wire::StreamProtocol> BinanceVenue::private_stream() {
    if (market_ == Market::spot)
        return std::make_unique<SpotUserStream>(servers_.private_stream, symbols_, signer_);
    return std::make_unique<FuturesUserStream>(servers_.private_stream, symbols_, signer_);
}

}  // namespace plumb::venues::binance
