#include "venues/binance/decode.hpp"

#include <array>
#include <vector>

#include "venues/binance/user_messages.hpp"
#include "wire/json_frame.hpp"
#include "wire/json_walk.hpp"

namespace plumb::venues::binance {
namespace {

using wire::Control;
using wire::Ignored;
using wire::JsonFrame;
using wire::Refused;

constexpr std::size_t kLevelsReserved = 256;  // more are made room for once, by the first book that has them
constexpr std::size_t kAccountRowsMax = 2'000;  // assets or positions in one message

/// What a message is about, by its type under "e".
enum class Kind : unsigned char {
    trade,
    aggregate_trade,
    book_ticker,
    kline,
    depth,
    mark_price,
    execution,
    order_trade,
    algo,
    account_position,
    account_update,
    shutdown,
    key_expired,
    unused,
};
struct KindName {
    std::string_view name;
    Kind kind;
    const char* reason = "";  // of those not used
};
constexpr auto kKinds = std::to_array<KindName>({
    {"trade", Kind::trade},
    {"aggTrade", Kind::aggregate_trade},
    {"bookTicker", Kind::book_ticker},
    {"kline", Kind::kline},
    {"depthUpdate", Kind::depth},
    {"markPriceUpdate", Kind::mark_price},
    {"executionReport", Kind::execution},
    {"ORDER_TRADE_UPDATE", Kind::order_trade},
    {"ALGO_UPDATE", Kind::algo},
    {"outboundAccountPosition", Kind::account_position},
    {"ACCOUNT_UPDATE", Kind::account_update},
    {"serverShutdown", Kind::shutdown},
    {"eventStreamTerminated", Kind::key_expired},
    {"listenKeyExpired", Kind::key_expired},
    {"24hrTicker", Kind::unused, "24hrTicker: a summary, not used"},
    {"24hrMiniTicker", Kind::unused, "24hrMiniTicker: a summary, not used"},
    {"avgPrice", Kind::unused, "avgPrice: an average, not used"},
    {"referencePrice", Kind::unused, "referencePrice: not used"},
    {"blockTrade", Kind::unused, "blockTrade: agreed off the book, not used"},
    {"forceOrder", Kind::unused, "forceOrder: another's liquidation, not used"},
    {"balanceUpdate", Kind::unused, "balanceUpdate: outboundAccountPosition tells the sum"},
    {"listStatus", Kind::unused, "listStatus: the orders tell it themselves"},
    {"externalLockUpdate", Kind::unused, "externalLockUpdate: not used"},
    {"TRADE_LITE", Kind::unused, "TRADE_LITE: ORDER_TRADE_UPDATE tells more"},
    {"MARGIN_CALL", Kind::unused, "MARGIN_CALL: not used"},
    {"ACCOUNT_CONFIG_UPDATE", Kind::unused, "ACCOUNT_CONFIG_UPDATE: not used"},
    {"STRATEGY_UPDATE", Kind::unused, "STRATEGY_UPDATE: not used"},
    {"GRID_UPDATE", Kind::unused, "GRID_UPDATE: not used"},
    {"CONDITIONAL_ORDER_TRIGGER_REJECT", Kind::unused,
     "CONDITIONAL_ORDER_TRIGGER_REJECT: ALGO_UPDATE tells it"},
});

// What stands around the payload.
constexpr wire::KeyTable<9> kOuterKeys{
    {"stream", "data", "event", "id", "result", "code", "msg", "error", "status"}};
enum Outer : std::size_t { kStream, kData, kEvent, kId, kResult, kCode, kMessage, kError, kStatus };

// Rows of account messages.
constexpr wire::KeyTable<6> kBalanceKeys{{"a", "f", "l", "wb", "cw", "bc"}};
constexpr wire::KeyTable<4> kPositionKeys{{"s", "pa", "ep", "ps"}};

std::string_view trimmed(std::string_view token) {
    while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') token.remove_suffix(1);
    return token;
}

/// Text of a token, cut; empty for every other token.
FixedText<96> cut(std::string_view token) {
    return wire::text_of(token).value_or(std::string_view{}).substr(0, 96);
}

std::int64_t code_of(std::string_view token) {
    token = trimmed(token);
    const bool negative = token.starts_with('-');
    if (negative) token.remove_prefix(1);
    const auto code = static_cast<std::int64_t>(wire::number_of(token).value_or(0));
    return negative ? -code : code;
}

}  // namespace

struct Decoder::Impl {
    Impl(wire::SymbolMap& map, Strangers of_strangers) : symbols{map}, strangers{of_strangers} {
        bids.reserve(kLevelsReserved);
        asks.reserve(kLevelsReserved);
    }

    bool read_quickly(std::string_view bytes);
    bool walk_object(bool is_root);
    bool walk_inner();
    bool read_object(JsonFrame::Object object, bool is_root);
    bool read_nested(std::size_t number, JsonFrame::Value value);
    bool read_word(std::string_view name, JsonFrame::Value value, bool is_root);
    bool read_inner(JsonFrame::Value value, std::string_view name);
    bool read_account(JsonFrame::Value value);
    bool read_balances(JsonFrame::Value value);
    bool read_positions(JsonFrame::Value value);
    bool read_levels(JsonFrame::Value value, bool is_bids, std::string_view name);
    bool read_level(JsonFrame::Value value, BookLevel& level, std::string_view name);
    bool read_error(JsonFrame::Value value);
    void understand(wire::WireSink& sink);
    void understand_event(const KindName& kind, wire::WireSink& sink);
    void understand_market(Kind kind, wire::WireSink& sink);
    void understand_untyped(wire::WireSink& sink);
    void give_account(wire::WireSink& sink);
    std::optional<InstrumentId> instrument(const wire::Members& members, wire::WireSink& sink);
    std::optional<InstrumentId> known(const wire::Members& members);
    std::optional<InstrumentId> instrument_of_stream();

    /// Where a frame begins and ends again.
    void clear() {
        parts.clear();
        outer.clear();
        bids.clear();
        asks.clear();
        balances.clear();
        positions.clear();
        wrapped = list = is_error = has_balances = false;
    }

    wire::SymbolMap& symbols;
    Strangers strangers;
    std::optional<InstrumentId> unnamed;
    Timestamp received_at;
    JsonFrame frame{kFrameBytesMax};
    wire::JsonWalk walk;
    Parts parts;
    wire::Members outer, row;
    bool wrapped = false;   // the payload stood under data or event
    bool list = false;      // and was an array
    bool is_error = false;  // an object "error"
    bool has_balances = false;
    std::vector<BookLevel> bids, asks;
    std::vector<wire::Balance> balances;
    std::vector<wire::VenuePosition> positions;
};

Decoder::Decoder(wire::SymbolMap& symbols, Strangers strangers)
    : impl_{std::make_unique<Impl>(symbols, strangers)} {}
Decoder::~Decoder() = default;

void Decoder::assume(std::optional<InstrumentId> unnamed) { impl_->unnamed = unnamed; }
void Decoder::set_quick(bool on) { impl_->walk.set_on(on); }

void Decoder::decode(std::string_view bytes, Timestamp received_at, wire::WireSink& sink) {
    Impl& impl = *impl_;
    impl.clear();
    impl.received_at = received_at;
    if (impl.read_quickly(bytes)) return impl.understand(sink);
    impl.clear();
    if (!impl.frame.start(bytes)) return sink.take(*impl.frame.refused());
    impl.parts.frame = impl.frame.begin();
    simdjson::ondemand::json_type type;
    if (const auto error = impl.frame.document().type().get(type); error != simdjson::SUCCESS)
        return sink.take(Refused{simdjson::error_message(error), {}, 0});
    if (type == simdjson::ondemand::json_type::array) {
        JsonFrame::Array list;
        if (const auto error = impl.frame.document().get_array().get(list); error != simdjson::SUCCESS)
            return sink.take(Refused{simdjson::error_message(error), {}, 0});
        return sink.take(Ignored{"a list of summaries, not used"});
    }
    JsonFrame::Object root;
    if (impl.frame.document().get_object().get(root) != simdjson::SUCCESS)
        return sink.take(Refused{"expected an object", {}, 0});
    if (!impl.read_object(root, true) || !impl.frame.at_end()) return sink.take(*impl.frame.refused());
    impl.understand(sink);
}

/// Flat objects of the market, as they stand in nearly every frame: {"stream", "data": {…, "k": {…}}}.
bool Decoder::Impl::read_quickly(std::string_view bytes) {
    if (!walk.start(bytes)) return false;
    parts.frame = walk.begin();
    return walk_object(true) && walk.at_end();
}

bool Decoder::Impl::walk_object(bool is_root) {
    return walk.object([&](std::string_view name) {
        if (name.size() == 1 && is_letter(name[0])) {
            const std::size_t number = key(name[0]);
            std::string_view token;
            if (walk.scalar(token)) return parts.members.set(number, token);
            return number == key('k') && walk.peek() == '{' && walk_inner();
        }
        const char first = walk.peek();
        if (is_root && name == "data" && first == '{' && !wrapped)
            return (wrapped = true) && walk_object(false);
        if (first == '{' || first == '[') return false;
        if (is_root && name == "stream") {
            std::string_view token;
            if (!walk.scalar(token)) return false;
            outer.set(kStream, token);
            return true;
        }
        const std::size_t number = kKeys.find_padded(name);
        if (number == kKeys.kNone)
            return !(is_root && kOuterKeys.find(name) != kOuterKeys.kNone) && walk.skip();
        std::string_view token;
        return walk.scalar(token) && parts.members.set(number, token);
    });
}

bool Decoder::Impl::walk_inner() {
    if (parts.has_inner) return false;
    parts.has_inner = true;
    return walk.object([&](std::string_view name) {
        const std::size_t number =
            name.size() == 1 && is_letter(name[0]) ? key(name[0]) : kKeys.find_padded(name);
        std::string_view token;
        if (number == kKeys.kNone) return walk.skip();
        return walk.scalar(token) && parts.inner.set(number, token);
    });
}

bool Decoder::Impl::read_object(JsonFrame::Object object, bool is_root) {
    for (auto member : object) {
        if (member.error() != simdjson::SUCCESS) return frame.refuse(member.error());
        // Where it stands: copying it stalled on what was just stored, a sixth of a frame's cost.
        simdjson::ondemand::field&& field = std::move(member).value_unsafe();
        const char* name = field.key().raw();
        if (is_letter(name[0]) && name[1] == '"') {  // nearly always
            const std::string_view token = field.value().raw_json_token();
            if (token.front() == '[' || token.front() == '{') {
                if (!read_nested(key(name[0]), field.value())) return false;
            } else if (!parts.members.set(key(name[0]), token)) {
                return frame.refuse("a key stands twice", {name, 1}, token.data());
            }
            continue;
        }
        std::size_t length = 0;  // a key ends at a quote, since what follows it was already looked at
        while (name[length] != '"') ++length;
        if (!read_word({name, length}, field.value(), is_root)) return false;
    }
    return true;
}

bool Decoder::Impl::read_nested(std::size_t number, JsonFrame::Value value) {
    const bool is_list = value.raw_json_token().front() == '[';
    if (is_list && number == key('b')) return read_levels(value, true, "b");
    if (is_list && number == key('a')) return read_levels(value, false, "a");
    if (is_list && number == key('B')) return read_balances(value);
    if (!is_list && number == key('a')) return read_account(value);
    if (!is_list && (number == key('k') || number == key('o'))) return read_inner(value, kKeys.name(number));
    // Where text or a number should stand: the reader of the member refuses the token.
    parts.members.set(number, value.raw_json_token());
    return true;
}

bool Decoder::Impl::read_word(std::string_view name, JsonFrame::Value value, bool is_root) {
    const std::string_view token = value.raw_json_token();
    const std::size_t number = kKeys.find(name);
    if (number != kKeys.kNone) {
        return parts.members.set(number, token) || frame.refuse("a key stands twice", name, token.data());
    }
    if (token.front() == '[' && name == "bids") return read_levels(value, true, name);
    if (token.front() == '[' && name == "asks") return read_levels(value, false, name);
    const std::size_t around = is_root ? kOuterKeys.find(name) : kOuterKeys.kNone;
    if (around == kOuterKeys.kNone) return true;
    if (around == kData || around == kEvent) {
        if (wrapped) return frame.refuse("a key stands twice", name, token.data());
        wrapped = true;
        list = token.front() == '[';
        if (list) return true;
        JsonFrame::Object inner;
        if (value.get_object().get(inner) != simdjson::SUCCESS)
            return frame.refuse("expected an object", name, token.data());
        return read_object(inner, false);
    }
    if (around == kError && token.front() == '{') return read_error(value);
    outer.set(around, token);
    return true;
}

bool Decoder::Impl::read_error(JsonFrame::Value value) {
    JsonFrame::Object object;
    if (const auto code = value.get_object().get(object); code != simdjson::SUCCESS)
        return frame.refuse(code);
    is_error = true;
    for (auto member : object) {
        if (member.error() != simdjson::SUCCESS) return frame.refuse(member.error());
        simdjson::ondemand::field&& field = std::move(member).value_unsafe();
        if (field.key() == "code") outer.set(kCode, field.value().raw_json_token());
        if (field.key() == "msg") outer.set(kMessage, field.value().raw_json_token());
    }
    return true;
}

bool Decoder::Impl::read_inner(JsonFrame::Value value, std::string_view name) {
    JsonFrame::Object object;
    if (const auto code = value.get_object().get(object); code != simdjson::SUCCESS)
        return frame.refuse(code);
    if (parts.has_inner) return frame.refuse("a key stands twice", name, nullptr);
    parts.has_inner = true;
    for (auto member : object) {
        if (member.error() != simdjson::SUCCESS) return frame.refuse(member.error());
        simdjson::ondemand::field&& field = std::move(member).value_unsafe();
        const char* raw = field.key().raw();
        std::size_t number = kKeys.kNone, length = 1;
        if (is_letter(raw[0]) && raw[1] == '"') {
            number = key(raw[0]);
        } else {
            for (length = 0; raw[length] != '"'; ++length) {
            }
            number = kKeys.find({raw, length});
        }
        if (number == kKeys.kNone) continue;
        const std::string_view token = field.value().raw_json_token();
        if (!parts.inner.set(number, token))
            return frame.refuse("a key stands twice", {raw, length}, token.data());
    }
    return true;
}

bool Decoder::Impl::read_level(JsonFrame::Value value, BookLevel& level, std::string_view name) {
    const char* where = value.raw_json_token().data();
    JsonFrame::Array pair;
    if (value.get_array().get(pair) != simdjson::SUCCESS)
        return frame.refuse("expected [price, quantity]", name, where);
    std::array<Decimal, 2> numbers;
    std::size_t count = 0;
    for (auto element : pair) {
        JsonFrame::Value number;
        if (const auto code = element.get(number); code != simdjson::SUCCESS) return frame.refuse(code);
        if (count == numbers.size()) break;  // an old form had a third, empty member
        const std::string_view token = number.raw_json_token();
        const std::optional<Decimal> decimal = wire::decimal_of(token, wire::Decimals::quoted);
        if (!decimal) return frame.refuse("expected a decimal number in quotes", name, token.data());
        numbers[count++] = *decimal;
    }
    if (count != numbers.size()) return frame.refuse("expected [price, quantity]", name, where);
    if (numbers[0].sign() <= 0 || wire::kPriceMax < numbers[0])
        return frame.refuse("expected a price above zero", name, where);
    if (numbers[1].sign() < 0 || wire::kQuantityMax < numbers[1])
        return frame.refuse("expected a quantity not below zero", name, where);
    level = {Price{numbers[0]}, Quantity{numbers[1]}};
    return true;
}

bool Decoder::Impl::read_levels(JsonFrame::Value value, bool is_bids, std::string_view name) {
    std::vector<BookLevel>& levels = is_bids ? bids : asks;
    bool& seen = is_bids ? parts.has_bids : parts.has_asks;
    JsonFrame::Array array;
    if (seen) return frame.refuse("a key stands twice", name, value.raw_json_token().data());
    seen = true;
    if (const auto code = value.get_array().get(array); code != simdjson::SUCCESS) return frame.refuse(code);
    for (auto element : array) {
        JsonFrame::Value item;
        if (const auto code = element.get(item); code != simdjson::SUCCESS) return frame.refuse(code);
        if (levels.size() == kLevelsMax)
            return frame.refuse("more levels than the venue sends", name, nullptr);
        BookLevel level;
        if (!read_level(item, level, name)) return false;
        levels.push_back(level);
    }
    return true;
}

/// {"m": reason, "B": [balances], "P": [positions]} of USD-M.
bool Decoder::Impl::read_account(JsonFrame::Value value) {
    JsonFrame::Object object;
    if (const auto code = value.get_object().get(object); code != simdjson::SUCCESS)
        return frame.refuse(code);
    for (auto member : object) {
        if (member.error() != simdjson::SUCCESS) return frame.refuse(member.error());
        simdjson::ondemand::field&& field = std::move(member).value_unsafe();
        const std::string_view token = field.value().raw_json_token();
        if (field.key() == "B" && (token.front() != '[' || !read_balances(field.value())))
            return frame.refuse("expected a list of balances", "B", token.data());
        if (field.key() == "P" && (token.front() != '[' || !read_positions(field.value())))
            return frame.refuse("expected a list of positions", "P", token.data());
    }
    return true;
}

/// Rows {a, f, l} of spot, {a, wb, cw, bc} of USD-M.
bool Decoder::Impl::read_balances(JsonFrame::Value value) {
    const auto none = [](std::size_t, JsonFrame::Value) { return true; };
    JsonFrame::Array array;
    if (has_balances) return frame.refuse("a key stands twice", "B", nullptr);
    has_balances = true;
    if (const auto code = value.get_array().get(array); code != simdjson::SUCCESS) return frame.refuse(code);
    for (auto element : array) {
        JsonFrame::Object object;
        if (const auto code = element.get_object().get(object); code != simdjson::SUCCESS)
            return frame.refuse(code);
        if (balances.size() == kAccountRowsMax) return frame.refuse("more assets than allowed", "B", nullptr);
        if (!frame.read(object, kBalanceKeys, row, none)) return false;
        wire::MemberReader<6> read{kBalanceKeys, row, frame.begin(), wire::Decimals::quoted};
        wire::Balance balance;
        balance.asset = read.fixed<16>(0);
        if (read.has(3)) {
            balance.total = read.decimal(3);
            // What is free of margin is not told here; the wallet outside of isolated positions bounds it.
            balance.available = read.decimal(4);
        } else {
            balance.available = read.decimal(1);
            balance.total = balance.available + read.decimal(2);
        }
        balance.received_at = received_at;
        if (!read.ok()) return frame.refuse(read.refused());
        balances.push_back(balance);
    }
    return true;
}

/// Rows {s, pa, ep, ps}. In hedge mode a symbol has two positions, which we do not hold: refused.
bool Decoder::Impl::read_positions(JsonFrame::Value value) {
    const auto none = [](std::size_t, JsonFrame::Value) { return true; };
    JsonFrame::Array array;
    if (const auto code = value.get_array().get(array); code != simdjson::SUCCESS) return frame.refuse(code);
    for (auto element : array) {
        JsonFrame::Object object;
        if (const auto code = element.get_object().get(object); code != simdjson::SUCCESS)
            return frame.refuse(code);
        if (positions.size() == kAccountRowsMax)
            return frame.refuse("more positions than allowed", "P", nullptr);
        if (!frame.read(object, kPositionKeys, row, none)) return false;
        wire::MemberReader<4> read{kPositionKeys, row, frame.begin(), wire::Decimals::quoted};
        wire::VenuePosition position;
        position.symbol = read.fixed<32>(0);
        position.quantity = position.available = Quantity{read.decimal(1)};
        position.entry = read.price_or_zero(2);
        position.received_at = received_at;
        const bool one_way = read.text(3) == "BOTH";
        if (read.ok() && !one_way && !position.quantity.is_zero())
            read.refuse("a position in hedge mode; set the account to one-way mode", 3);
        if (!read.ok()) return frame.refuse(read.refused());
        if (!one_way) continue;
        position.instrument = symbols.find(position.symbol.view());
        positions.push_back(position);
    }
    return true;
}

void Decoder::Impl::understand(wire::WireSink& sink) {
    parts.bids = bids;
    parts.asks = asks;
    if (list) return sink.take(Ignored{"a list of summaries, not used"});
    if (!parts.members.has(key('e'))) return understand_untyped(sink);
    Reader read = parts.read();
    const std::string_view type = read.text(key('e'));
    if (!read.ok()) return sink.take(read.refused());
    for (const KindName& kind : kKinds)
        if (kind.name == type) return understand_event(kind, sink);
    sink.take(Ignored{"an event type that is not used"});
}

std::optional<InstrumentId> Decoder::Impl::known(const wire::Members& members) {
    if (!members.has(key('s'))) return std::nullopt;
    return symbols.find(wire::text_of(members.token(key('s'))).value_or(std::string_view{}));
}

/// The instrument under "s"; without one, the sink hears why.
std::optional<InstrumentId> Decoder::Impl::instrument(const wire::Members& members, wire::WireSink& sink) {
    Reader read{kKeys, members, parts.frame, wire::Decimals::quoted};
    const std::string_view symbol = read.text(key('s'));
    const std::optional<InstrumentId> found = read.ok() ? symbols.find(symbol) : std::nullopt;
    if (found) return found;
    if (read.ok() && strangers == Strangers::ignored) {
        sink.take(Ignored{"a symbol we did not ask for"});
        return std::nullopt;
    }
    read.refuse("a symbol we do not know", key('s'));
    sink.take(read.refused());
    return std::nullopt;
}

void Decoder::Impl::understand_market(Kind kind, wire::WireSink& sink) {
    const std::optional<InstrumentId> id = instrument(parts.members, sink);
    if (!id) return;
    const About about{*id, received_at};
    if (kind == Kind::trade) return read_trade(parts, 't', about, sink);
    if (kind == Kind::aggregate_trade) return read_trade(parts, 'a', about, sink);
    if (kind == Kind::book_ticker) return read_quote(parts, about, sink);
    if (kind == Kind::depth) return read_depth_update(parts, about, sink);
    if (kind == Kind::mark_price) return read_mark_price(parts, about, sink);
    read_kline(parts, about, sink);
}

void Decoder::Impl::understand_event(const KindName& kind, wire::WireSink& sink) {
    switch (kind.kind) {
        case Kind::trade:
        case Kind::aggregate_trade:
        case Kind::book_ticker:
        case Kind::kline:
        case Kind::depth:
        case Kind::mark_price: return understand_market(kind.kind, sink);
        case Kind::execution: return read_execution(parts, known(parts.members), received_at, sink);
        case Kind::order_trade: return read_order_trade(parts, known(parts.inner), received_at, sink);
        case Kind::algo: return read_algo(parts, known(parts.inner), received_at, sink);
        case Kind::account_position:
        case Kind::account_update: return give_account(sink);
        case Kind::unused: return sink.take(Ignored{kind.reason});
        case Kind::shutdown:
        case Kind::key_expired: break;
    }
    Control control;
    control.kind = Control::Kind::shutdown;
    if (kind.kind == Kind::key_expired) control.text = std::string_view{"the private stream has ended"};
    sink.take(control);
}

void Decoder::Impl::give_account(wire::WireSink& sink) {
    if (!has_balances && positions.empty())
        return sink.take(Refused{"expected a list of balances", std::string_view{"B"}, 0});
    if (balances.empty() && positions.empty()) return sink.take(Ignored{"an account without changes"});
    for (const wire::Balance& balance : balances) sink.take(balance);
    for (const wire::VenuePosition& position : positions) sink.take(position);
}

/// "btcusdt@depth20@100ms" names its instrument in small letters.
std::optional<InstrumentId> Decoder::Impl::instrument_of_stream() {
    const std::string_view name = wire::text_of(outer.token(kStream)).value_or(std::string_view{});
    const std::string_view symbol = name.substr(0, name.find('@'));
    if (symbol.empty() || wire::SymbolMap::kSymbolMax < symbol.size()) return std::nullopt;
    std::array<char, wire::SymbolMap::kSymbolMax> upper;
    for (std::size_t i = 0; i < symbol.size(); ++i)
        upper[i] =
            'a' <= symbol[i] && symbol[i] <= 'z' ? static_cast<char>(symbol[i] - 'a' + 'A') : symbol[i];
    return symbols.find({upper.data(), symbol.size()});
}

void Decoder::Impl::understand_untyped(wire::WireSink& sink) {
    const wire::Members& members = parts.members;
    if (members.has(key('u')) && members.has(key('s')) && members.has(key('b')) && members.has(key('B')) &&
        members.has(key('a')) && members.has(key('A')))
        return understand_market(Kind::book_ticker, sink);
    if (members.has(kLastUpdateId)) {
        const std::optional<InstrumentId> id = outer.has(kStream) ? instrument_of_stream() : unnamed;
        if (id) return read_depth_snapshot(parts, {*id, received_at}, sink);
        if (outer.has(kStream) && strangers == Strangers::ignored)
            return sink.take(Ignored{"a symbol we did not ask for"});
        return sink.take(Refused{
            "a depth snapshot that names no symbol, and none was given", std::string_view{"lastUpdateId"},
            static_cast<std::size_t>(members.token(kLastUpdateId).data() - parts.frame)});
    }
    Control control;
    if (is_error || (outer.has(kCode) && outer.has(kMessage))) {
        control.kind = Control::Kind::error;
        if (outer.has(kCode)) control.code = code_of(outer.token(kCode));
        if (outer.has(kMessage)) control.text = cut(outer.token(kMessage));
        return sink.take(control);
    }
    if (outer.has(kResult) && outer.has(kId)) {
        const std::string_view id = trimmed(outer.token(kId));
        control.kind = Control::Kind::acknowledged;
        control.text = wire::text_of(id).value_or(id).substr(0, 96);
        return sink.take(control);
    }
    sink.take(Refused{"expected an event type", std::string_view{"e"}, 0});
}

}  // namespace plumb::venues::binance
