#include "venues/polygon/polygon.hpp"
#include "wire/fuzz_judge.hpp"

using namespace plumb;

/// Arbitrary names, ids, amounts, times, keys and pages: whatever is asked gives a request whose target and
/// headers are printable, or a refusal.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using wire::testing::Judge;
    wire::testing::Bytes bytes{data, size};
    InstrumentTable instruments;
    Instrument instrument;
    instrument.base = std::string{bytes.text(12)};
    instrument.quote = std::string{bytes.text(16)};
    instrument.tick = Price{Decimal::power_of_ten(-8)};
    instrument.lot = Quantity{Decimal::power_of_ten(-8)};
    if (!instruments.add(instrument)) return 0;
    wire::VenueOptions options;
    options.instruments = &instruments;
    options.credentials.secret = Secret{bytes.text(128)};
    options.credentials.key_id = "key";
    options.plan = std::string{bytes.text(32)};
    options.stop_trigger = static_cast<wire::PriceSource>(bytes.byte() % 3);
    options.history = static_cast<wire::PriceSource>(bytes.byte() % 3);
    const auto venue = venues::polygon::make_venue(options);

    OrderRequest order;
    order.id = {static_cast<std::uint32_t>(bytes.number()), static_cast<std::uint32_t>(bytes.number()),
                bytes.number()};
    order.type = static_cast<OrderType>(bytes.byte() % 5);
    order.time_in_force = static_cast<TimeInForce>(bytes.byte() % 4);
    order.side = bytes.byte() % 2 == 0 ? Side::buy : Side::sell;
    order.purpose = static_cast<OrderPurpose>(bytes.byte() % 5);
    const auto amount = [&] {
        return Decimal::from_units(static_cast<Int128>(bytes.number()) * (bytes.byte() + 1));
    };
    order.quantity = Quantity{amount()};
    order.limit = Price{amount()};
    order.stop = Price{amount()};
    // Within the years that ISO 8601 writes with four digits.
    const auto time = [&] {
        return timestamp_from_ns(static_cast<std::int64_t>(bytes.number() % 9'000'000'000'000'000'000));
    };
    const Timestamp from = time(), to = time();
    const Duration length{static_cast<std::int64_t>(bytes.number() % 1'000'000'000'000'000)};
    std::vector<wire::Question> questions = wire::testing::questions_about(order, from, to, length);
    const std::string page{bytes.text(64)};
    questions.emplace_back(wire::AskBars{order.instrument, std::chrono::hours{1}, from, to, page});
    questions.emplace_back(wire::AskTrades{order.instrument, from, to, page});
    questions.emplace_back(wire::AskFills{{}, from, page});
    questions.emplace_back(wire::AskListings{page});
    // One question an input: signing is what costs.
    const wire::Question& question = questions[bytes.byte() % questions.size()];
    const Result<wire::WireRequest> request = venue->ask(question, timestamp_from_ms(1723161255343));
    if (!request) return 0;
    Judge::demand(request->http.target.starts_with('/') || !page.empty());
    Judge::demand(request->bucket < venue->rate_limits().size());
    if (page.empty())
        for (const char c : request->http.target + request->http.body) Judge::demand(' ' < c && c <= '~');
    return 0;
}
