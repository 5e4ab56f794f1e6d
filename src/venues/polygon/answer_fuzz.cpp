#include <array>

#include "venues/polygon/polygon.hpp"
#include "wire/fuzz_judge.hpp"

using namespace plumb;

namespace {

struct Desk {
    InstrumentTable instruments;
    std::unique_ptr<wire::Venue> venue;
    std::vector<wire::Question> questions;

    Desk() {
        for (const char* base : {"BTC", "ETH"}) {
            Instrument instrument;
            instrument.base = base;
            instrument.quote = "USD";
            instrument.tick = Price{Decimal::power_of_ten(-1)};
            instrument.lot = Quantity{Decimal::power_of_ten(-4)};
            if (!instruments.add(instrument)) std::abort();
        }
        wire::VenueOptions options;
        options.instruments = &instruments;
        venue = venues::polygon::make_venue(options);
        OrderRequest order;
        order.id = {0x1a2b3c4d, 7, 42};
        order.type = OrderType::limit;
        order.quantity = Quantity{Decimal{1}};
        order.limit = Price{Decimal{60000}};
        const Timestamp from = *parse_timestamp("2021-01-01"), to = *parse_timestamp("2027-01-01");
        questions = wire::testing::questions_about(order, from, to, std::chrono::hours{1});
    }
};

}  // namespace

/// The first byte says which question, the second which status, the rest is the body. Nothing crashes, no
/// event has an impossible price, and what cannot be read leaves no event.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Desk desk;
    constexpr auto kStatuses = std::to_array<int>({200, 200, 200, 200, 400, 401, 403, 404, 429, 500, 502});
    wire::testing::Bytes bytes{data, size};
    const wire::Question& question = desk.questions[bytes.byte() % desk.questions.size()];
    io::HttpResponse response;
    response.status = kStatuses[bytes.byte() % kStatuses.size()];
    response.body = std::string{bytes.rest()};
    wire::testing::Judge judge{response.body.size()};
    const wire::Reply reply = desk.venue->read(question, response, timestamp_from_ms(1800000000000), judge);
    using wire::testing::Judge;
    if (reply.verdict == wire::Verdict::unknown) Judge::demand(judge.events == 0);
    if (response.status >= 500) Judge::demand(reply.verdict == wire::Verdict::unknown);
    if (reply.verdict == wire::Verdict::ok) Judge::demand(response.status == 200);
    Judge::demand(reply.words.find('\n') == std::string::npos);
    return 0;
}
