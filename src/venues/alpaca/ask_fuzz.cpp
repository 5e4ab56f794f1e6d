#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "venues/alpaca/alpaca.hpp"

using namespace plumb;
using namespace plumb::venues::alpaca;

namespace {

/// Takes values from the fuzzer's bytes; zeros when they are used up.
class Bytes {
 public:
    Bytes(const std::uint8_t* data, std::size_t size) : data_{data}, left_{size} {}
    template <class Number>
    Number number() {
        Number value{};
        const std::size_t count = std::min(left_, sizeof value);
        std::memcpy(&value, data_, count);
        skip(count);
        return value;
    }
    std::string text(std::size_t size_max) {
        const std::size_t count = std::min<std::size_t>(left_, number<std::uint8_t>() % (size_max + 1));
        const std::size_t taken = std::min(count, left_);
        std::string out{reinterpret_cast<const char*>(data_), taken};
        skip(taken);
        return out;
    }

 private:
    void skip(std::size_t count) {
        data_ += count;
        left_ -= count;
    }
    const std::uint8_t* data_;
    std::size_t left_;
};

bool is_printable(std::string_view text) {
    for (const char c : text)
        if (c < '!' || '~' < c) return false;
    return true;
}

OrderRequest order_of(Bytes& bytes) {
    OrderRequest order;
    order.id = {bytes.number<std::uint32_t>(), bytes.number<std::uint32_t>(), bytes.number<std::uint64_t>()};
    order.instrument = InstrumentId{bytes.number<std::uint8_t>() % 4u};
    order.side = bytes.number<std::uint8_t>() % 2 == 0 ? Side::buy : Side::sell;
    order.type = static_cast<OrderType>(bytes.number<std::uint8_t>() % 5);
    order.time_in_force = static_cast<TimeInForce>(bytes.number<std::uint8_t>() % 4);
    const auto decimal = [&] {
        return Decimal::from_units(Int128{bytes.number<std::int64_t>()} * 1'000'000'000);
    };
    order.quantity = Quantity{decimal()};
    order.limit = Price{decimal()};
    order.stop = Price{decimal()};
    order.reference = Price{decimal()};
    return order;
}

wire::Question question_of(Bytes& bytes) {
    const auto kind = bytes.number<std::uint8_t>() % 9;
    const InstrumentId id{bytes.number<std::uint8_t>() % 4u};
    const Timestamp from = timestamp_from_ms(bytes.number<std::uint32_t>() * std::int64_t{1000});
    const Timestamp to = timestamp_from_ms(bytes.number<std::uint32_t>() * std::int64_t{1000});
    const std::string page = bytes.text(64);
    switch (kind) {
        case 0: return wire::AskPlace{order_of(bytes)};
        case 1:
            return wire::AskReplace{{id, {}, VenueOrderId{std::string_view{page}.substr(0, 40)}},
                                    order_of(bytes)};
        case 2: return wire::AskCancel{{id, {}, VenueOrderId{std::string_view{page}.substr(0, 40)}}};
        case 3: return wire::AskOrder{{id, {1, 2, 3}, VenueOrderId{std::string_view{page}.substr(0, 40)}}, 0};
        case 4: return wire::AskFills{{}, from, page};
        case 5: return wire::AskOpenOrders{{}, page};
        case 6: return wire::AskBars{id, Duration{bytes.number<std::int64_t>()}, from, to, page};
        case 7: return wire::AskTrades{id, from, to, page};
        default: return wire::AskQuotes{{id, InstrumentId{0}}};
    }
}

}  // namespace

/// Arbitrary keys, names of instruments, ids, prices and pages: what is sent is one line per header, one
/// target without blanks, and never a key that holds more than a key.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes bytes{data, size};
    InstrumentTable instruments;
    for (int i = 0; i < 4; ++i) {
        Instrument instrument;
        instrument.base = bytes.text(12);
        instrument.quote = bytes.number<std::uint8_t>() % 2 == 0 ? "USD" : bytes.text(8);
        instrument.tick = Price{Decimal::power_of_ten(-9)};
        instrument.lot = Quantity{Decimal::power_of_ten(-9)};
        if (!instruments.add(instrument)) return 0;
    }
    wire::VenueOptions options;
    options.instruments = &instruments;
    options.credentials.key_id = bytes.text(24);
    options.credentials.secret = Secret{bytes.text(48)};
    const auto venue = make_venue(options);
    const auto asked = venue->ask(question_of(bytes), timestamp_from_ms(1));
    if (asked) {
        if (!is_printable(asked->http.target) || asked->http.target.front() != '/') std::abort();
        for (const io::Header& header : asked->http.headers)
            if (!is_printable(header.name) || !is_printable(header.value)) std::abort();
        for (const char c : asked->http.body)
            if (static_cast<unsigned char>(c) < 0x20) std::abort();
    }
    wire::Outbox out;
    const auto stream = venue->private_stream();
    stream->opened(timestamp_from_ms(1), out);
    for (const std::string& frame : out.frames)
        for (const char c : frame)
            if (static_cast<unsigned char>(c) < 0x20) std::abort();
    return 0;
}
