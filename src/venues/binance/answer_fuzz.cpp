#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "venues/binance/binance.hpp"

using namespace plumb;
using namespace plumb::venues::binance;

namespace {

struct Judge : wire::WireSink {
    void take(const wire::WireEvent& event) override {
        if (const auto* bar = std::get_if<ClosedBar>(&event); bar && !check_bar(bar->values)) std::abort();
        if (const auto* order = std::get_if<wire::OrderUpdate>(&event)) {
            ++orders;
            if (order->fill && (order->fill->quantity.sign() <= 0 || order->fill->execution.empty()))
                std::abort();
        }
    }
    std::size_t orders = 0;
};

struct Desk {
    InstrumentTable instruments;
    std::unique_ptr<wire::Venue> venues[2];

    Desk() {
        Instrument btc;
        btc.base = "BTC";
        btc.quote = "USDT";
        btc.tick = Price{Decimal::power_of_ten(-2)};
        btc.lot = Quantity{Decimal::power_of_ten(-5)};
        if (!instruments.add(btc)) std::abort();
        wire::VenueOptions options;
        options.instruments = &instruments;
        venues[0] = make_venue(options);
        venues[1] = make_futures_venue(options);
        for (const auto& venue : venues)
            if (!venue->symbols().add_all()) std::abort();
    }
};

std::vector<wire::Question> questions() {
    const InstrumentId btc{0};
    const Timestamp since = timestamp_from_ms(1'700'000'000'000);
    return {wire::AskPlace{},
            wire::AskCancel{},
            wire::AskReplace{},
            wire::AskOrder{},
            wire::AskOpenOrders{},
            wire::AskOpenOrders{{}, "algo"},
            wire::AskFills{btc, since, {}},
            wire::AskFills{btc, since, "id:5"},
            wire::AskPositions{},
            wire::AskBalances{},
            wire::AskAccount{},
            wire::AskPermissions{},
            wire::AskListings{},
            wire::AskBars{btc, std::chrono::minutes{1}, since, since + std::chrono::hours{1}, {}},
            wire::AskTrades{btc, since, since + std::chrono::hours{1}, {}},
            wire::AskQuotes{{btc}},
            wire::AskBook{btc},
            wire::AskClock{},
            wire::AskStreamKey{},
            wire::AskCancelAllAfter{}};
}

}  // namespace

/// The first byte chooses question and market, the second the status; the rest is the body. No bytes crash or
/// hang; a server that stumbled proves nothing; a refusal or a success is never made of nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Desk desk;
    static const std::vector<wire::Question> kQuestions = questions();
    static constexpr int kStatuses[] = {200, 200, 200, 400, 400, 401, 403, 409, 418, 429, 451, 500, 503};
    if (size < 2) return 0;
    const int status = kStatuses[data[1] % std::size(kStatuses)];
    io::HttpResponse response{status, {{"Retry-After", "5"}}, {}};
    response.body.assign(reinterpret_cast<const char*>(data) + 2, size - 2);
    Judge judge;
    wire::Venue& venue = *desk.venues[data[0] >> 7];
    const wire::Question& question = kQuestions[data[0] % 128 % kQuestions.size()];
    const wire::Reply reply = venue.read(question, response, timestamp_from_ms(1'700'000'500'000), judge);
    if (500 <= status && reply.verdict != wire::Verdict::unknown) std::abort();
    if (response.body.empty() &&
        (reply.verdict == wire::Verdict::ok || reply.verdict == wire::Verdict::refused))
        std::abort();
    if (std::holds_alternative<wire::AskPlace>(question) && reply.verdict == wire::Verdict::ok &&
        judge.orders == 0)
        std::abort();
    for (const char c : reply.words)
        if (static_cast<unsigned char>(c) < ' ') std::abort();
    return 0;
}
