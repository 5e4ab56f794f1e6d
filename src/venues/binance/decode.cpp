#include "venues/binance/decode.hpp"

#include <simdjson.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "venues/binance/messages.hpp"

namespace plumb::venues::binance {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t kLevelsReserved = 6'000;  // the venue's largest snapshot has 5,000 a side

/// Events we know of and do not use, each with the reason it is shown with.
constexpr auto kUnused = std::to_array<std::pair<std::string_view, const char*>>({
    {"24hrTicker", "24hrTicker: a summary, not used"},
    {"24hrMiniTicker", "24hrMiniTicker: a summary, not used"},
    {"avgPrice", "avgPrice: an average, not used"},
    {"referencePrice", "referencePrice: not used"},
    {"blockTrade", "blockTrade: agreed off the book, not used"},
    {"markPriceUpdate", "markPriceUpdate: not used"},
    {"forceOrder", "forceOrder: not used"},
    {"outboundAccountPosition", "outboundAccountPosition: not used"},
    {"balanceUpdate", "balanceUpdate: not used"},
    {"listStatus", "listStatus: not used"},
});

/// What stands around the payload.
struct Envelope {
    std::string_view stream;   // token
    std::string_view id;       // token
    std::string_view code;     // token
    std::string_view message;  // token
    bool wrapped = false;      // the payload stood under data or event
    bool list = false;         // and was an array
    bool result = false;
    bool error = false;
};

std::string_view trimmed(std::string_view token) {
    while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') token.remove_suffix(1);
    return token;
}

template <std::size_t Capacity>
FixedText<Capacity> cut(std::string_view text) {
    return FixedText<Capacity>{text.substr(0, Capacity)};
}

}  // namespace

struct Decoder::Impl {
    explicit Impl(SymbolMap& map) : symbols{map} {
        bids.reserve(kLevelsReserved);
        asks.reserve(kLevelsReserved);
        grow(kFrameBytesMax);
    }

    bool grow(std::size_t bytes);
    /// Copies the bytes to where the parser may read past their end, and starts on them.
    bool start(std::string_view bytes, ondemand::document& document, Decoded& out);
    bool read_root(ondemand::object root, Envelope& envelope);
    bool read_object(ondemand::object object, bool is_root, Envelope& envelope);
    bool read_member(char key, ondemand::value value);
    bool read_word(std::string_view key, ondemand::value value, bool is_root, Envelope& envelope);
    bool read_kline_object(ondemand::value value);
    bool read_levels(ondemand::value value, std::vector<BookLevel>& levels, std::string_view name);
    bool read_level(ondemand::value value, BookLevel& level, std::string_view name);
    bool read_error(ondemand::value value, Envelope& envelope);
    bool read_row(RestKind kind, ondemand::value value);
    void understand(const Envelope& envelope, const Arrival& arrival, Decoded& out);
    void understand_event(std::string_view type, const Arrival& arrival, Decoded& out);
    void understand_untyped(const Envelope& envelope, const Arrival& arrival, Decoded& out);
    std::optional<InstrumentId> instrument(Decoded& out);
    std::optional<InstrumentId> instrument_of_stream(std::string_view stream);

    bool refuse(const char* reason, std::string_view field, const char* where) {
        if (refused) return false;
        refused = Refused{reason, cut<16>(field),
                          where == nullptr ? 0 : static_cast<std::size_t>(where - buffer.data())};
        return false;
    }
    bool refuse(simdjson::error_code error) {
        const char* where = nullptr;
        if (document != nullptr && document->current_location().get(where) != simdjson::SUCCESS)
            where = nullptr;
        return refuse(simdjson::error_message(error), {}, where);
    }

    SymbolMap& symbols;
    ondemand::parser parser;
    ondemand::document* document = nullptr;
    std::vector<char> buffer;
    std::vector<BookLevel> bids, asks;
    Parts parts;
    std::optional<Refused> refused;
};

Decoder::Decoder(SymbolMap& symbols) : impl_{std::make_unique<Impl>(symbols)} {}
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder::~Decoder() = default;

bool Decoder::Impl::grow(std::size_t bytes) {
    if (buffer.size() < bytes + simdjson::SIMDJSON_PADDING) buffer.resize(bytes + simdjson::SIMDJSON_PADDING);
    return parser.capacity() >= bytes || parser.allocate(bytes) == simdjson::SUCCESS;
}

bool Decoder::Impl::start(std::string_view bytes, ondemand::document& found, Decoded& out) {
    refused.reset();
    document = nullptr;
    parts.clear();
    parts.frame = buffer.data();
    bids.clear();
    asks.clear();
    std::memcpy(buffer.data(), bytes.data(), bytes.size());
    std::memset(buffer.data() + bytes.size(), 0, simdjson::SIMDJSON_PADDING);
    const auto error =
        parser.iterate(buffer.data(), bytes.size(), bytes.size() + simdjson::SIMDJSON_PADDING).get(found);
    if (error != simdjson::SUCCESS) {
        out = Refused{simdjson::error_message(error), {}, 0};
        return false;
    }
    document = &found;
    return true;
}

void Decoder::decode(std::string_view frame, const Arrival& arrival, Decoded& out) {
    Impl& impl = *impl_;
    if (frame.empty() || kFrameBytesMax < frame.size()) {
        out = Refused{frame.empty() ? "an empty frame" : "the frame is longer than a mebibyte", {}, 0};
        return;
    }
    ondemand::document document;
    if (!impl.start(frame, document, out)) return;
    ondemand::json_type type;
    if (const auto error = document.type().get(type); error != simdjson::SUCCESS) {
        out = Refused{simdjson::error_message(error), {}, 0};
        return;
    }
    if (type == ondemand::json_type::array) {
        ondemand::array list;
        if (const auto error = document.get_array().get(list); error != simdjson::SUCCESS)
            out = Refused{simdjson::error_message(error), {}, 0};
        else
            out = Ignored{"a list of summaries, not used"};
        return;
    }
    ondemand::object root;
    Envelope envelope;
    if (const auto error = document.get_object().get(root); error != simdjson::SUCCESS) {
        out = Refused{"expected an object", {}, 0};
        return;
    }
    if (!impl.read_root(root, envelope)) {
        out = *impl.refused;
        return;
    }
    impl.understand(envelope, arrival, out);
}

bool Decoder::Impl::read_root(ondemand::object root, Envelope& envelope) {
    if (!read_object(root, true, envelope)) return false;
    const char* rest = nullptr;
    if (document->current_location().get(rest) == simdjson::SUCCESS)
        return refuse("something follows the object", {}, rest);
    return true;
}

bool Decoder::Impl::read_object(ondemand::object object, bool is_root, Envelope& envelope) {
    for (auto member : object) {
        ondemand::field field;
        if (const auto error = std::move(member).get(field); error != simdjson::SUCCESS) return refuse(error);
        const char* key = field.key().raw();
        const char* end = static_cast<const char*>(std::memchr(key, '"', kFrameBytesMax));
        const auto length = static_cast<std::size_t>(end - key);
        const bool letter = length == 1 && Fields::is_key(*key);
        const bool good = letter ? read_member(*key, field.value())
                                 : read_word({key, length}, field.value(), is_root, envelope);
        if (!good) return false;
    }
    return true;
}

bool Decoder::Impl::read_member(char key, ondemand::value value) {
    const std::string_view token = value.raw_json_token();
    if (token.front() == '[') {
        if (key == 'b') return parts.has_bids = read_levels(value, bids, "b");
        if (key == 'a') return parts.has_asks = read_levels(value, asks, "a");
    }
    if (token.front() == '{' && key == 'k') return read_kline_object(value);
    if (!parts.fields.set(key, token)) return refuse("a key stands twice", {&key, 1}, token.data());
    return true;
}

bool Decoder::Impl::read_word(std::string_view key, ondemand::value value, bool is_root, Envelope& envelope) {
    const std::string_view token = value.raw_json_token();
    if (key == "lastUpdateId") {
        parts.last_update = token;
    } else if (key == "bids" && token.front() == '[') {
        return parts.has_bids = read_levels(value, bids, "bids");
    } else if (key == "asks" && token.front() == '[') {
        return parts.has_asks = read_levels(value, asks, "asks");
    } else if (!is_root) {
        return true;
    } else if (key == "stream") {
        envelope.stream = token;
    } else if (key == "data" || key == "event") {
        if (envelope.wrapped) return refuse("a key stands twice", key, token.data());
        envelope.wrapped = true;
        envelope.list = token.front() == '[';
        if (envelope.list) return true;
        ondemand::object inner;
        if (value.get_object().get(inner) != simdjson::SUCCESS)
            return refuse("expected an object", key, token.data());
        return read_object(inner, false, envelope);
    } else if (key == "id") {
        envelope.id = trimmed(token);
    } else if (key == "result") {
        envelope.result = true;
    } else if (key == "code") {
        envelope.code = trimmed(token);
    } else if (key == "msg") {
        envelope.message = token;
    } else if (key == "error" && token.front() == '{') {
        return read_error(value, envelope);
    }
    return true;
}

bool Decoder::Impl::read_error(ondemand::value value, Envelope& envelope) {
    ondemand::object object;
    if (const auto error = value.get_object().get(object); error != simdjson::SUCCESS) return refuse(error);
    envelope.error = true;
    for (auto member : object) {
        ondemand::field field;
        if (const auto error = std::move(member).get(field); error != simdjson::SUCCESS) return refuse(error);
        if (field.key() == "code") envelope.code = trimmed(field.value().raw_json_token());
        if (field.key() == "msg") envelope.message = field.value().raw_json_token();
    }
    return true;
}

bool Decoder::Impl::read_kline_object(ondemand::value value) {
    ondemand::object object;
    if (const auto error = value.get_object().get(object); error != simdjson::SUCCESS) return refuse(error);
    if (parts.has_kline) return refuse("a key stands twice", "k", nullptr);
    parts.has_kline = true;
    for (auto member : object) {
        ondemand::field field;
        if (const auto error = std::move(member).get(field); error != simdjson::SUCCESS) return refuse(error);
        const char* key = field.key().raw();
        if (!Fields::is_key(key[0]) || key[1] != '"') continue;
        const std::string_view token = field.value().raw_json_token();
        if (!parts.kline.set(key[0], token)) return refuse("a key stands twice", {key, 1}, token.data());
    }
    return true;
}

bool Decoder::Impl::read_level(ondemand::value value, BookLevel& level, std::string_view name) {
    const char* where = value.raw_json_token().data();
    ondemand::array pair;
    if (value.get_array().get(pair) != simdjson::SUCCESS)
        return refuse("expected [price, quantity]", name, where);
    std::array<Decimal, 2> numbers;
    std::size_t count = 0;
    for (auto element : pair) {
        ondemand::value number;
        if (const auto error = element.get(number); error != simdjson::SUCCESS) return refuse(error);
        if (count == numbers.size()) break;  // an old form had a third, empty member
        const std::string_view token = number.raw_json_token();
        const std::optional<Decimal> decimal = decimal_of(token);
        if (!decimal) return refuse("expected a decimal number in quotes", name, token.data());
        numbers[count++] = *decimal;
    }
    if (count != numbers.size()) return refuse("expected [price, quantity]", name, where);
    if (numbers[0].sign() <= 0 || kPriceMax < numbers[0])
        return refuse("expected a price above zero", name, where);
    if (numbers[1].sign() < 0 || kQuantityMax < numbers[1])
        return refuse("expected a quantity not below zero", name, where);
    level = {Price{numbers[0]}, Quantity{numbers[1]}};
    return true;
}

bool Decoder::Impl::read_levels(ondemand::value value, std::vector<BookLevel>& levels,
                                std::string_view name) {
    ondemand::array array;
    if (!levels.empty()) return refuse("a key stands twice", name, value.raw_json_token().data());
    if (const auto error = value.get_array().get(array); error != simdjson::SUCCESS) return refuse(error);
    for (auto element : array) {
        ondemand::value item;
        if (const auto error = element.get(item); error != simdjson::SUCCESS) return refuse(error);
        if (levels.size() == kLevelsMax) return refuse("more levels than the venue sends", name, nullptr);
        BookLevel level;
        if (!read_level(item, level, name)) return false;
        levels.push_back(level);
    }
    return true;
}

void Decoder::Impl::understand(const Envelope& envelope, const Arrival& arrival, Decoded& out) {
    parts.bids = bids;
    parts.asks = asks;
    if (envelope.list) {
        out = Ignored{"a list of summaries, not used"};
        return;
    }
    if (!parts.fields.has('e')) return understand_untyped(envelope, arrival, out);
    const std::optional<std::string_view> type = text_of(parts.fields.token('e'));
    if (type) return understand_event(*type, arrival, out);
    const std::string_view token = parts.fields.token('e');
    out = Refused{"expected text in quotes", std::string_view{"e"},
                  static_cast<std::size_t>(token.data() - buffer.data())};
}

/// The instrument under "s"; without one, `out` says why.
std::optional<InstrumentId> Decoder::Impl::instrument(Decoded& out) {
    FieldReader read{parts.fields, parts.frame};
    const std::string_view symbol = read.text('s');
    const std::optional<InstrumentId> found = read.ok() ? symbols.find(symbol) : std::nullopt;
    if (found) return found;
    read.refuse("a symbol we do not know", 's');
    out = read.refused();
    return std::nullopt;
}

void Decoder::Impl::understand_event(std::string_view type, const Arrival& arrival, Decoded& out) {
    for (const auto& [name, reason] : kUnused) {
        if (name != type) continue;
        out = Ignored{reason};
        return;
    }
    if (type == "serverShutdown") {
        out = Control{Control::Kind::shutdown, 0, {}};
        return;
    }
    const bool wanted = type == "trade" || type == "aggTrade" || type == "bookTicker" ||
                        type == "depthUpdate" || type == "kline" || type == "executionReport";
    if (!wanted) {
        out = Ignored{"an event type that is not used"};
        return;
    }
    const std::optional<InstrumentId> id = instrument(out);
    if (!id) return;
    if (type == "trade") return read_trade(parts, 't', *id, arrival, out);
    if (type == "aggTrade") return read_trade(parts, 'a', *id, arrival, out);
    if (type == "bookTicker") return read_quote(parts, *id, arrival, out);
    if (type == "depthUpdate") return read_depth_update(parts, *id, arrival, out);
    if (type == "kline") return read_kline(parts, *id, out);
    read_execution(parts, *id, arrival, out);
}

/// "btcusdt@depth20@100ms" names its instrument in small letters.
std::optional<InstrumentId> Decoder::Impl::instrument_of_stream(std::string_view stream) {
    const std::string_view name = text_of(stream).value_or(std::string_view{});
    const std::string_view symbol = name.substr(0, name.find('@'));
    if (symbol.empty() || SymbolMap::kSymbolMax < symbol.size()) return std::nullopt;
    std::array<char, SymbolMap::kSymbolMax> upper;
    for (std::size_t i = 0; i < symbol.size(); ++i)
        upper[i] =
            'a' <= symbol[i] && symbol[i] <= 'z' ? static_cast<char>(symbol[i] - 'a' + 'A') : symbol[i];
    return symbols.find({upper.data(), symbol.size()});
}

void Decoder::Impl::understand_untyped(const Envelope& envelope, const Arrival& arrival, Decoded& out) {
    if (parts.fields.has_all("usbBaA")) {
        const std::optional<InstrumentId> id = instrument(out);
        if (id) read_quote(parts, *id, arrival, out);
        return;
    }
    if (!parts.last_update.empty()) {
        const std::optional<InstrumentId> id =
            envelope.stream.empty() ? arrival.unnamed : instrument_of_stream(envelope.stream);
        if (id) return read_depth_snapshot(parts, *id, arrival, out);
        out = Refused{"a depth snapshot that names no symbol, and none was given",
                      std::string_view{"lastUpdateId"},
                      static_cast<std::size_t>(parts.last_update.data() - buffer.data())};
        return;
    }
    const std::optional<std::string_view> quoted = text_of(envelope.id);
    if (envelope.error || (!envelope.code.empty() && !envelope.message.empty())) {
        Control control{Control::Kind::error, 0,
                        cut<96>(text_of(envelope.message).value_or(std::string_view{}))};
        std::string_view digits = envelope.code;
        const bool negative = digits.starts_with('-');
        if (negative) digits.remove_prefix(1);
        const auto code = static_cast<std::int64_t>(number_of(digits).value_or(0));
        control.code = negative ? -code : code;
        out = control;
        return;
    }
    if (envelope.result && !envelope.id.empty()) {
        out = Control{Control::Kind::acknowledged, 0, cut<96>(quoted.value_or(envelope.id))};
        return;
    }
    out = Refused{"expected an event type", std::string_view{"e"}, 0};
}

// REST: rows in a list, named by longer words or by their place.

bool Decoder::Impl::read_row(RestKind kind, ondemand::value value) {
    static constexpr std::string_view kKlineKeys = "tohlcvTqnVQ";
    static constexpr auto kWords = std::to_array<std::pair<std::string_view, char>>({{"id", 't'},
                                                                                     {"price", 'p'},
                                                                                     {"qty", 'q'},
                                                                                     {"time", 'T'},
                                                                                     {"isBuyerMaker", 'm'},
                                                                                     {"symbol", 's'},
                                                                                     {"bidPrice", 'b'},
                                                                                     {"bidQty", 'B'},
                                                                                     {"askPrice", 'a'},
                                                                                     {"askQty", 'A'}});
    const char* where = value.raw_json_token().data();
    if (kind == RestKind::klines) {
        ondemand::array row;
        if (value.get_array().get(row) != simdjson::SUCCESS)
            return refuse("expected a row of a kline", {}, where);
        std::size_t at = 0;
        for (auto element : row) {
            ondemand::value item;
            if (const auto error = element.get(item); error != simdjson::SUCCESS) return refuse(error);
            if (at < kKlineKeys.size()) parts.fields.set(kKlineKeys[at], item.raw_json_token());
            ++at;
        }
        return true;
    }
    ondemand::object row;
    if (value.get_object().get(row) != simdjson::SUCCESS) return refuse("expected an object", {}, where);
    for (auto member : row) {
        ondemand::field field;
        if (const auto error = std::move(member).get(field); error != simdjson::SUCCESS) return refuse(error);
        const char* key = field.key().raw();
        const std::string_view word{key, static_cast<const char*>(std::memchr(key, '"', kRestBytesMax))};
        const std::string_view token = field.value().raw_json_token();
        if (word.size() == 1 && Fields::is_key(word[0])) parts.fields.set(word[0], token);
        for (const auto& [name, letter] : kWords)
            if (name == word) parts.fields.set(letter, token);
    }
    return true;
}

namespace {

void read_rest_kline(const Parts& parts, InstrumentId instrument, const Arrival& arrival, Decoded& out) {
    FieldReader read{parts.fields, parts.frame};
    const Timestamp open = read.time('t'), last = read.time('T');
    const Duration length = std::chrono::ceil<std::chrono::milliseconds>(last - open + Duration{1});
    if (read.ok() && length <= Duration{}) read.refuse("expected the close after the open", 'T');
    if (!read.ok()) {
        out = read.refused();
        return;
    }
    read_bar(parts.fields, parts.frame, length, last < arrival.received_at, instrument, out);
}

}  // namespace

void Decoder::decode_rest(RestKind kind, std::string_view body, const Arrival& arrival,
                          void (*sink)(const void*, const Decoded&), const void* context) {
    Impl& impl = *impl_;
    Decoded out;
    if (kRestBytesMax < body.size() || !impl.grow(body.size()))
        return sink(context, Refused{"the reply is too long", {}, 0});
    if (kind == RestKind::depth) {
        if (kFrameBytesMax < body.size()) return sink(context, Refused{"the reply is too long", {}, 0});
        decode(body, arrival, out);
        return sink(context, out);
    }
    ondemand::document document;
    if (!impl.start(body, document, out)) return sink(context, out);
    const auto read_one = [&](ondemand::value row) {
        impl.refused.reset();
        impl.parts.clear();
        const bool good = impl.read_row(kind, row);
        std::optional<InstrumentId> id = arrival.unnamed;
        if (good && impl.parts.fields.has('s')) id = impl.instrument(out);
        if (!good)
            out = *impl.refused;
        else if (!id && !impl.parts.fields.has('s'))
            out = Refused{"the reply names no symbol, and none was given", {}, 0};
        else if (id && kind == RestKind::trades)
            read_trade(impl.parts, impl.parts.fields.has('a') ? 'a' : 't', *id, arrival, out);
        else if (id && kind == RestKind::klines)
            read_rest_kline(impl.parts, *id, arrival, out);
        else if (id)
            read_quote(impl.parts, *id, arrival, out);
        sink(context, out);
    };
    ondemand::value whole;
    if (const auto error = document.get_value().get(whole); error != simdjson::SUCCESS)
        return sink(context, Refused{"expected a list or an object", {}, 0});
    ondemand::object object;
    const bool is_object = whole.raw_json_token().front() == '{';
    if (is_object && kind == RestKind::book_ticker) return read_one(whole);
    if (is_object) {  // the WebSocket API wraps the same rows
        if (whole.get_object().get(object) != simdjson::SUCCESS ||
            object["result"].get(whole) != simdjson::SUCCESS)
            return sink(context, Refused{"expected a list", {}, 0});
    }
    ondemand::array rows;
    if (whole.get_array().get(rows) != simdjson::SUCCESS)
        return sink(context, Refused{"expected a list", {}, 0});
    for (auto element : rows) {
        ondemand::value row;
        if (const auto error = element.get(row); error != simdjson::SUCCESS)
            return sink(context, Refused{simdjson::error_message(error), {}, 0});
        read_one(row);
    }
}

}  // namespace plumb::venues::binance
