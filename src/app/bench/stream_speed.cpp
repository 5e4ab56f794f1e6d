#include <fmt/format.h>

#include "app/bench/figure.hpp"
#include "live/stream_load.hpp"
#include "venues/registry.hpp"

namespace plumb::app::bench {
namespace {

constexpr double kTargetPerSecond = 1'000'000;
constexpr double kTargetShare = 0.25;
constexpr std::uint64_t kPacedPerSecond = 20'000;

/// What a venue's stream of quotes looks like.
struct Feed {
    const char* venue;
    const char* quote;  // what instruments are quoted in
    std::string (*message)(std::size_t number, int turn);
    std::vector<std::string> (*acknowledge)(std::string_view frame);
};

/// A quote as Binance sends it, of its length: one event.
std::string book_ticker(std::size_t number, int turn) {
    return fmt::format(
        R"({{"stream":"c{:04}usdt@bookTicker","data":{{"u":{},"s":"C{:04}USDT","b":"{}.63000000","B":"3.78826000",)"
        R"("a":"{}.64000000","A":"1.54698000"}}}})",
        number, 50'093'239'212 + turn, number, 61'830 + turn, 61'830 + turn);
}

/// The same number, nothing wrong.
std::vector<std::string> answer_request(std::string_view frame) {
    const std::size_t at = frame.find("\"id\":");
    if (at == std::string_view::npos) return {};
    return {fmt::format(R"({{"result":null,{})", frame.substr(at))};
}

/// A quote as Kraken Futures sends it, of its length: a quote and a mark price.
std::string ticker(std::size_t number, int turn) {
    return fmt::format(
        R"({{"time":{},"product_id":"PF_C{:04}USD","funding_rate":-6.2604214e-11,"relative_funding_rate":-1.0e-06,)"
        R"("next_funding_rate_time":1723165200000,"feed":"ticker","bid":{}.5,"ask":{}.75,"bid_size":2.5,"ask_size":1.5,)"
        R"("volume":82104.65,"dtm":0,"leverage":"50x","index":{}.61,"premium":0.0,"last":{}.6,"change":-1.9,)"
        R"("suspended":false,"tag":"perpetual","pair":"C{:04}:USD","openInterest":3072.3,"markPrice":{}.62,"maturityTime":0,)"
        R"("post_only":false,"volumeQuote":82104650}})",
        1'723'161'255'342 + turn, number, 100 + turn, 100 + turn, 100 + turn, 100 + turn, number, 100 + turn);
}

/// What the venue says to a subscription: the same words, done.
std::vector<std::string> answer_subscription(std::string_view frame) {
    std::string text{frame};
    const std::size_t at = text.find("\"subscribe\"");
    if (at == std::string::npos) return {};
    text.replace(at, 11, "\"subscribed\"");
    return {text};
}

constexpr Feed kBinance{"binance", "USDT", &book_ticker, &answer_request};
constexpr Feed kKraken{"kraken-futures", "USD", &ticker, &answer_subscription};

struct Market {
    InstrumentTable instruments;
    live::LiveFeedOptions options;
    live::StreamLoad load;
};

/// `symbols` instruments, each quoted in turn.
Result<Market> make_market(const Feed& feed, const venues::VenueEntry& entry, std::size_t symbols) {
    Market market;
    market.options.pool = wire::PoolOptions::of(entry.capabilities());
    for (std::size_t i = 0; i < symbols; ++i) {
        Instrument each;
        each.base = fmt::format("C{:04}", i);
        each.quote = feed.quote;
        each.tick = Price{Decimal::power_of_ten(-2)};
        each.lot = each.quantity_min = Quantity{Decimal::power_of_ten(-4)};
        const Result<InstrumentId> id = market.instruments.add(each);
        if (!id) return fail(id.error());
        market.options.by_need.push_back({*id, wire::DataKind::quote, {}});
    }
    for (int turn = 0; turn < 4; ++turn)
        for (std::size_t i = 0; i < symbols; ++i) market.load.messages.push_back(feed.message(i, turn));
    market.load.answer = feed.acknowledge;
    return market;
}

Result<live::StreamLoadResult> measure(const Feed& feed, std::size_t symbols, std::uint64_t per_second) {
    const venues::VenueEntry* entry = venues::find_venue(feed.venue);
    if (entry == nullptr) return fail(Errc::not_found, fmt::format("no venue {}", feed.venue));
    Result<Market> market = make_market(feed, *entry, symbols);
    if (!market) return fail(market.error());
    market->load.per_second = per_second;
    Status problem;
    const auto make = [&](const io::Endpoint& endpoint) -> std::unique_ptr<wire::Venue> {
        wire::VenueOptions options;
        options.instruments = &market->instruments;
        options.addresses.stream = options.addresses.market_data = options.addresses.trading = endpoint;
        options.paper_endpoint = false;
        auto venue = entry->make(options);
        if (!venue) return nullptr;
        problem = (*venue)->symbols().add_all();
        return std::move(*venue);
    };
    auto result = live::measure_stream_load(make, market->options, market->load);
    if (!problem) return fail(problem.error());
    return result;
}

Result<Figure> measure_full(const Feed& feed, const char* name, const char* what) {
    const auto full = measure(feed, 10, 0);
    if (!full) return fail(full.error());
    Figure figure;
    figure.name = name;
    figure.ours = full->per_core_second();
    figure.limit = kTargetPerSecond;
    figure.limit_name = "the target, of one core";
    figure.unit = "messages/s";
    figure.target = kTargetPerSecond;
    figure.note = fmt::format(
        "{} {} of {} bytes in {:.1f} s; {:.0f} ns to read one, {:.0f} ns to take one out; {:.0f} % handed "
        "out, the "
        "rest conflated and counted as if taken",
        full->messages, what, feed.message(1, 0).size(), to_seconds(full->wall), full->read_ns(),
        full->take_ns(), 100.0 * static_cast<double>(full->given_out) / static_cast<double>(full->messages));
    return figure;
}

}  // namespace

/// A whole live feed over a socket on loopback: frames, decoder, session, queue, next(). The limit is one
/// core.
Result<std::vector<Figure>> measure_stream() {
    std::vector<Figure> figures;
    for (const auto& fast :
         {measure_full(kBinance, "stream_per_core", "messages (Binance bookTicker, one event each)"),
          measure_full(kKraken, "stream_per_core_tickers",
                       "messages (Kraken Futures ticker, two events each)")}) {
        if (!fast) return fail(fast.error());
        figures.push_back(*fast);
    }
    const auto paced = measure(kKraken, 5'000, kPacedPerSecond);
    if (!paced) return fail(paced.error());
    Figure calm;
    calm.name = "stream_5000_symbols";
    calm.ours = paced->core_share();
    calm.limit = 1;
    calm.limit_name = "one core";
    calm.unit = "of one core";
    calm.target = kTargetShare;
    calm.better = Better::less;
    calm.note = fmt::format("5000 symbols, {:.0f} messages a second arrived",
                            static_cast<double>(paced->messages) / to_seconds(paced->wall));
    figures.push_back(std::move(calm));
    return figures;
}

}  // namespace plumb::app::bench
