#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "venues/binance/binance.hpp"

using namespace plumb;
using namespace plumb::venues::binance;

namespace {

/// Bytes as values; zeros when they are used up.
class Bytes {
 public:
    Bytes(const std::uint8_t* data, std::size_t size) : data_{data}, size_{size} {}
    std::uint8_t byte() { return at_ < size_ ? data_[at_++] : 0; }
    std::uint64_t number() {
        std::uint64_t number = 0;
        for (int i = 0; i < 8; ++i) number = number << 8 | byte();
        return number;
    }
    std::string text(std::size_t most) {
        std::string text;
        const std::size_t length = byte() % (most + 1);
        while (text.size() < length && at_ < size_) text += static_cast<char>(byte());
        return text;
    }
    Decimal decimal() {
        const Decimal value = Decimal::from_units(static_cast<Int128>(number()) * (byte() + 1));
        return byte() % 8 == 0 ? -value : value;
    }

 private:
    const std::uint8_t* data_;
    std::size_t size_;
    std::size_t at_ = 0;
};

/// What leaves is one line of visible ASCII: nothing a stranger wrote can end a header or begin another
/// parameter.
void judge(const Result<wire::WireRequest>& request) {
    if (!request) return;
    for (const char c : request->http.target + request->http.body)
        if (c <= ' ' || '~' < c) std::abort();
    for (const io::Header& header : request->http.headers)
        for (const char c : header.value)
            if (c < ' ' || '~' < c) std::abort();
}

}  // namespace

/// Arbitrary symbols, ids, prices, pages and secrets, signed: never a crash, never a request with a break in
/// it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes in{data, size};
    InstrumentTable instruments;
    Instrument traded;
    traded.base = "BTC";
    traded.quote = "USDT";
    traded.tick = Price{Decimal::power_of_ten(-2)};
    traded.lot = Quantity{Decimal::power_of_ten(-5)};
    if (!instruments.add(traded)) std::abort();
    wire::VenueOptions options;
    options.instruments = &instruments;
    options.paper_endpoint = in.byte() % 2 == 0;
    options.credentials.key_id = in.text(70);
    options.credentials.secret = Secret{in.text(200)};
    const auto venue = in.byte() % 2 == 0 ? make_venue(options) : make_futures_venue(options);
    const std::string symbol = in.text(40);
    if (!venue->symbols().add(symbol, InstrumentId{0}) && !venue->symbols().add_all()) std::abort();
    const Timestamp now = timestamp_from_ms(static_cast<std::int64_t>(in.number() % 9'000'000'000'000));
    OrderRequest order;
    order.id = {static_cast<std::uint32_t>(in.number()), static_cast<std::uint32_t>(in.number()),
                in.number()};
    order.instrument = InstrumentId{in.byte() % 8 == 0 ? 9u : 0u};
    order.side = in.byte() % 2 == 0 ? Side::buy : Side::sell;
    order.type = static_cast<OrderType>(in.byte() % 5);
    order.time_in_force = static_cast<TimeInForce>(in.byte() % 4);
    order.purpose = static_cast<OrderPurpose>(in.byte() % 5);
    order.quantity = Quantity{in.decimal()};
    order.limit = Price{in.decimal()};
    order.stop = Price{in.decimal()};
    order.reference = Price{in.decimal()};
    wire::OrderKey key{order.instrument, order.id, std::string_view{in.text(40)}};
    if (in.byte() % 2 == 0) key.client = {};
    const std::string page = in.text(24);
    const InstrumentId id = order.instrument;
    // One question an input: signing is what costs.
    const std::array<wire::Question, 18> questions{
        wire::AskPlace{order},
        wire::AskCancel{key},
        wire::AskReplace{key, order},
        wire::AskOrder{key, static_cast<unsigned char>(in.byte() % 3)},
        wire::AskOpenOrders{id, page},
        wire::AskFills{id, now, page},
        wire::AskBars{id, std::chrono::minutes{in.byte()}, now, now + std::chrono::hours{1}, page},
        wire::AskTrades{id, now, now, page},
        wire::AskQuotes{{id, id}},
        wire::AskBook{id},
        wire::AskPositions{page},
        wire::AskBalances{page},
        wire::AskAccount{},
        wire::AskPermissions{},
        wire::AskListings{page},
        wire::AskClock{},
        wire::AskStreamKey{wire::AskStreamKey::Step::renew, std::string_view{page}},
        wire::AskCancelAllAfter{std::chrono::seconds{5}}};
    const std::size_t chosen = in.byte() % (questions.size() + 1);
    if (chosen < questions.size()) {
        judge(venue->ask(questions[chosen], now));
        return 0;
    }
    wire::Outbox out;
    if (const auto stream = venue->market_stream()) {
        stream->opened(now, out);
        stream->subscribe(std::vector<wire::Subscription>{{id, wire::DataKind::trade, {}}}, now, out);
    }
    if (const auto stream = venue->private_stream()) {
        stream->opened(now, out);
        stream->subscribe(std::vector<wire::Subscription>{{id, wire::DataKind::orders, {}}}, now, out);
    }
    for (const std::string& frame : out.frames)
        if (frame.empty() || frame.front() != '{' || frame.back() != '}') std::abort();
    return 0;
}
