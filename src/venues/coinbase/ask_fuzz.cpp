#include <cstdint>
#include <cstdlib>
#include <string>

#include "venues/coinbase/encode.hpp"
#include "venues/coinbase/sign.hpp"

using namespace plumb;
using namespace plumb::venues::coinbase;

namespace {

/// Takes the input apart: numbers and texts of any content.
class Pieces {
 public:
    Pieces(const std::uint8_t* data, std::size_t size) : rest_{reinterpret_cast<const char*>(data), size} {}
    std::uint8_t byte() {
        if (rest_.empty()) return 0;
        const auto byte = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return byte;
    }
    std::string_view text(std::size_t most) {
        const std::string_view text = rest_.substr(0, std::min<std::size_t>(byte(), most));
        rest_.remove_prefix(std::min(text.size(), rest_.size()));
        return text;
    }
    std::int64_t number() {
        std::uint64_t number = 0;
        for (int i = 0; i < 8; ++i) number = number << 8 | byte();
        return static_cast<std::int64_t>(number);
    }

 private:
    std::string_view rest_;
};

/// What goes over the wire must be one line of HTTP, and its body printable.
void judge(const Plain& plain) {
    for (const char c : plain.path + plain.query)
        if (c <= ' ' || c == '\x7f') std::abort();
    for (const char c : plain.body)
        if (0 <= c && c < ' ') std::abort();
}

}  // namespace

/// Any symbol, id, price, page, key name and secret: encoding and signing never crash, and never break out of
/// the line or the string they stand in.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Pieces pieces{data, size};
    const std::uint8_t kind = pieces.byte();
    const std::string symbol{pieces.text(40)};
    OrderRequest order;
    order.id = {static_cast<std::uint32_t>(pieces.number()), pieces.byte(),
                static_cast<std::uint64_t>(pieces.number())};
    order.type = static_cast<OrderType>(pieces.byte() % 5);
    order.time_in_force = static_cast<TimeInForce>(pieces.byte() % 4);
    order.side = pieces.byte() % 2 ? Side::buy : Side::sell;
    order.quantity = Quantity{Decimal::from_units(static_cast<Int128>(pieces.number()) * pieces.number())};
    order.limit = Price{Decimal::from_units(static_cast<Int128>(pieces.number()) * pieces.number())};
    order.stop = Price{Decimal::from_units(pieces.number())};
    const wire::OrderKey key{InstrumentId{0}, order.id, pieces.text(40)};
    const std::string page{pieces.text(60)};
    const Timestamp from = timestamp_from_ns(pieces.number()), to = timestamp_from_ns(pieces.number());
    const Duration length{kind % 3 ? Duration{std::chrono::hours{1}} : Duration{pieces.number()}};
    const wire::Question questions[] = {
        wire::AskPlace{order},
        wire::AskCancel{key},
        wire::AskReplace{key, order},
        wire::AskOrder{key, 0},
        wire::AskOpenOrders{InstrumentId{0}, page},
        wire::AskFills{InstrumentId{0}, from, page},
        wire::AskBalances{page},
        wire::AskBars{InstrumentId{0}, length, from, to, page},
        wire::AskTrades{InstrumentId{0}, from, timestamp_from_ns(to.time_since_epoch().count() / 2), page},
        wire::AskBook{}};
    if (const auto plain = encode(questions[kind % std::size(questions)], symbol)) judge(*plain);

    wire::Credentials credentials;
    credentials.key_id = std::string{pieces.text(80)};
    credentials.secret = Secret{kind % 2 ? std::string_view{"nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="}
                                         : pieces.text(255)};
    if (auto maker = TokenMaker::make(credentials)) {
        const std::string token = maker->token(from, symbol);
        for (const char c : token)
            if (!('a' <= c && c <= 'z') && !('A' <= c && c <= 'Z') && !('0' <= c && c <= '9') && c != '-' &&
                c != '_' && c != '.')
                std::abort();
    }
    return 0;
}
