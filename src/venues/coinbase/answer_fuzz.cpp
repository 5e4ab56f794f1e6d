#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "venues/coinbase/coinbase.hpp"

using namespace plumb;
using namespace plumb::venues::coinbase;

namespace {

struct Judge final : wire::WireSink {
    void take(const wire::WireEvent& event) override {
        bool good = true;
        if (const auto* bar = std::get_if<ClosedBar>(&event)) good = check_bar(bar->values).has_value();
        if (const auto* order = std::get_if<wire::OrderUpdate>(&event))
            good = !order->venue_order.empty() && (!order->fill || order->fill->quantity.sign() > 0);
        if (const auto* balance = std::get_if<wire::Balance>(&event)) good = balance->total.sign() >= 0;
        if (!good) std::abort();
    }
};

std::vector<wire::Question> questions() {
    OrderRequest order;
    order.id = {42, 1, 2};
    order.type = OrderType::limit;
    order.quantity = Quantity{Decimal{1}};
    order.limit = Price{Decimal{1}};
    const wire::OrderKey known{InstrumentId{0}, {42, 1, 2}, std::string_view{"52cfe5e2"}};
    const wire::OrderKey by_client{InstrumentId{0}, {42, 1, 2}, {}};
    const Timestamp from = timestamp_from_ms(1712188800000), to = timestamp_from_ms(1712200000000);
    return {wire::AskPlace{order},
            wire::AskCancel{known},
            wire::AskReplace{known, order},
            wire::AskOrder{known, 0},
            wire::AskOrder{by_client, 0},
            wire::AskOpenOrders{},
            wire::AskFills{},
            wire::AskBalances{},
            wire::AskAccount{},
            wire::AskPermissions{},
            wire::AskListings{},
            wire::AskBars{InstrumentId{0}, std::chrono::hours{1}, from, to, {}},
            wire::AskTrades{InstrumentId{0}, from, to, {}},
            wire::AskQuotes{{InstrumentId{0}}},
            wire::AskBook{},
            wire::AskClock{},
            wire::AskPositions{}};
}

}  // namespace

/// The first byte chooses the question, the second the status, the rest is the body. No body crashes or hangs
/// the reader, and no order is ever called taken or refused by a status that is not 200 or 400 to 499.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static InstrumentTable instruments;
    static const std::unique_ptr<wire::Venue> venue = [] {
        Instrument btc;
        btc.base = "BTC";
        btc.quote = "USD";
        btc.tick = Price{Decimal::power_of_ten(-2)};
        btc.lot = Quantity{Decimal::power_of_ten(-8)};
        if (!instruments.add(btc)) std::abort();
        wire::VenueOptions options;
        options.instruments = &instruments;
        return make_venue(options);
    }();
    static const std::vector<wire::Question> kQuestions = questions();
    constexpr int kStatuses[] = {200, 200, 200, 200, 400, 401, 403, 404, 429, 500, 503, 302};
    if (size < 2) return 0;
    const wire::Question& question = kQuestions[data[0] % kQuestions.size()];
    const int status = kStatuses[data[1] % std::size(kStatuses)];
    Judge judge;
    const wire::Reply reply = venue->read(
        question,
        {status, {{"Retry-After", "7"}}, std::string(reinterpret_cast<const char*>(data + 2), size - 2)},
        timestamp_from_ms(1712197800000), judge);
    if (reply.verdict == wire::Verdict::ok && status != 200) std::abort();
    if (reply.verdict == wire::Verdict::refused && (status == 302 || 500 <= status)) std::abort();
    if (reply.words.find('\n') != std::string::npos) std::abort();
    return 0;
}
