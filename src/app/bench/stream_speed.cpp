#include <fmt/format.h>

#include "app/bench/figure.hpp"
#include "live/stream_load.hpp"
#include "venues/registry.hpp"

namespace plumb::app::bench {
namespace {

constexpr double kTargetPerSecond = 1'000'000;
constexpr double kTargetShare = 0.25;
constexpr std::uint64_t kPacedPerSecond = 20'000;

/// A quote as Kraken Futures sends it, of its length.
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
std::vector<std::string> acknowledge(std::string_view frame) {
    std::string text{frame};
    const std::size_t at = text.find("\"subscribe\"");
    if (at == std::string::npos) return {};
    text.replace(at, 11, "\"subscribed\"");
    return {text};
}

struct Market {
    InstrumentTable instruments;
    live::LiveFeedOptions options;
    live::StreamLoad load;
};

/// `symbols` instruments, each quoted in turn.
Result<Market> make_market(const venues::VenueEntry& entry, std::size_t symbols) {
    Market market;
    market.options.pool = wire::PoolOptions::of(entry.capabilities());
    for (std::size_t i = 0; i < symbols; ++i) {
        Instrument each;
        each.base = fmt::format("C{:04}", i);
        each.quote = "USD";
        each.tick = Price{Decimal::power_of_ten(-2)};
        each.lot = each.quantity_min = Quantity{Decimal::power_of_ten(-4)};
        const Result<InstrumentId> id = market.instruments.add(each);
        if (!id) return fail(id.error());
        market.options.by_need.push_back({*id, wire::DataKind::quote, {}});
    }
    for (int turn = 0; turn < 4; ++turn)
        for (std::size_t i = 0; i < symbols; ++i) market.load.messages.push_back(ticker(i, turn));
    market.load.answer = &acknowledge;
    return market;
}

Result<live::StreamLoadResult> measure(std::size_t symbols, std::uint64_t per_second) {
    const venues::VenueEntry* entry = venues::find_venue("kraken-futures");
    if (entry == nullptr) return fail(Errc::not_found, "no venue kraken-futures");
    Result<Market> market = make_market(*entry, symbols);
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

}  // namespace

/// A whole live feed over a socket on loopback: frames, decoder, session, queue, next(). The limit is one
/// core.
Result<std::vector<Figure>> measure_stream() {
    const auto full = measure(10, 0);
    if (!full) return fail(full.error());
    Figure fast;
    fast.name = "stream_per_core";
    fast.ours = full->per_core_second();
    fast.limit = kTargetPerSecond;
    fast.limit_name = "the target, of one core";
    fast.unit = "messages/s";
    fast.target = kTargetPerSecond;
    fast.note = fmt::format(
        "{} messages of about 430 bytes in {:.1f} s, {:.0f} % of them handed out, the rest conflated",
        full->messages, to_seconds(full->wall),
        100.0 * static_cast<double>(full->given_out) / static_cast<double>(full->messages));
    const auto paced = measure(5'000, kPacedPerSecond);
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
    return std::vector<Figure>{std::move(fast), std::move(calm)};
}

}  // namespace plumb::app::bench
