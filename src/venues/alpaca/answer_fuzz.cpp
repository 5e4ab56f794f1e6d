#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "venues/alpaca/alpaca.hpp"

using namespace plumb;
using namespace plumb::venues::alpaca;

namespace {

constexpr std::string_view kUuid = "38e482f3-79a8-4f75-a057-f07a1ec6a397";
const Timestamp kNow = timestamp_from_ms(1'700'000'000'000);

InstrumentTable& instruments() {
    static InstrumentTable table = [] {
        InstrumentTable made;
        for (const auto& [base, quote] : {std::pair{"BTC", "USD"}, {"ETH", "USD"}, {"AAPL", "USD"}}) {
            Instrument instrument;
            instrument.base = base;
            instrument.quote = quote;
            instrument.tick = Price{Decimal::power_of_ten(-9)};
            instrument.lot = Quantity{Decimal::power_of_ten(-9)};
            if (!made.add(instrument)) std::abort();
        }
        return made;
    }();
    return table;
}

std::array<wire::Question, 16> questions() {
    OrderRequest order;
    order.id = {42, 1, 7};
    const wire::OrderKey key{{}, order.id, kUuid};
    const Timestamp from = timestamp_from_ms(0);
    return {wire::AskPlace{order},
            wire::AskCancel{key},
            wire::AskReplace{key, order},
            wire::AskOrder{key, 0},
            wire::AskOpenOrders{},
            wire::AskFills{},
            wire::AskPositions{},
            wire::AskBalances{},
            wire::AskAccount{},
            wire::AskPermissions{},
            wire::AskListings{},
            wire::AskBars{{}, std::chrono::hours{1}, from, kNow, {}},
            wire::AskTrades{{}, from, kNow, {}},
            wire::AskQuotes{{InstrumentId{0}}},
            wire::AskBook{},
            wire::AskClock{}};
}

/// What an answer may never do: call an order refused or done without saying so in the documented form.
struct Judge final : wire::WireSink {
    bool order = false, refused = false;
    void take(const wire::WireEvent& event) override {
        order = order || std::holds_alternative<wire::OrderUpdate>(event);
        refused = refused || std::holds_alternative<wire::Refused>(event);
        if (const auto* bar = std::get_if<ClosedBar>(&event))
            if (!check_bar(bar->values) || kNow < bar->close_time()) std::abort();
    }
};

}  // namespace

/// First byte: the question; second: the status; then the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::array<int, 12> kStatuses{200, 204, 207, 400, 401, 403, 404, 422, 429, 500, 503, 504};
    static const auto kQuestions = questions();
    static const auto venue = [] {
        wire::VenueOptions options;
        options.instruments = &instruments();
        options.credentials.key_id = "K";
        options.credentials.secret = Secret{"S"};
        return make_venue(options);
    }();
    if (size < 2) return 0;
    const wire::Question& question = kQuestions[data[0] % kQuestions.size()];
    const int status = kStatuses[data[1] % kStatuses.size()];
    std::string body{reinterpret_cast<const char*>(data + 2), size - 2};
    std::vector<io::Header> headers{{"X-RateLimit-Reset", body.substr(0, 12)},
                                    {"Retry-After", body.substr(0, 3)}};
    const io::HttpResponse response{status, std::move(headers), std::move(body)};
    Judge judge;
    const wire::Reply reply = venue->read(question, response, kNow, judge);
    std::vector<wire::RateObservation> seen;
    venue->observe({}, response, kNow, seen);
    if (500 <= status && reply.verdict != wire::Verdict::unknown) std::abort();
    if (status < 300 && reply.verdict != wire::Verdict::ok && reply.verdict != wire::Verdict::unknown)
        std::abort();
    if (reply.words.find('\n') != std::string::npos) std::abort();
    const bool places = std::holds_alternative<wire::AskPlace>(question);
    if (places && reply.verdict == wire::Verdict::ok && (!judge.order || judge.refused)) std::abort();
    return 0;
}
