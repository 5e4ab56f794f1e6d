#include "venues/alpaca/decode.hpp"

#include <array>

#include "venues/alpaca/market_frame.hpp"
#include "venues/alpaca/trading_frame.hpp"

namespace plumb::venues::alpaca {
namespace {

using wire::Control;
using wire::Ignored;
using wire::Refused;
using wire::WireEvent;

constexpr Duration kMinute = std::chrono::minutes{1};
constexpr Duration kDay = std::chrono::hours{24};

struct UnusedType {
    std::string_view type;
    const char* reason;
};
constexpr auto kUnused = std::to_array<UnusedType>({
    {"l", "price limits of a stock (LULD), not used"},
    {"i", "an order imbalance, not used"},
    {"x", "a trade taken back: bars that change are sent again as updated bars"},
    {"c", "a trade corrected: bars that change are sent again as updated bars"},
    {"n", "news, not used"},
    {"p", "pricing of a perpetual future, not traded here"},
});

}  // namespace

struct Decoder::Impl {
    Impl(Directory& found, std::optional<Market> market) : directory{found}, only{market} {}

    static constexpr std::size_t kAll = static_cast<std::size_t>(-1);

    std::size_t decode_quickly(std::string_view bytes, Timestamp received_at, wire::WireSink& sink);
    void decode_list(std::size_t told, Timestamp received_at, wire::WireSink& sink);
    void understand(Timestamp received_at, wire::WireSink& sink);
    void understand_success(wire::WireSink& sink);
    void acknowledge(wire::WireSink& sink);
    WireEvent understand_data(std::string_view type, Timestamp received_at);
    std::optional<Origin> origin(Timestamp received_at, WireEvent& problem);

    Directory& directory;
    std::optional<Market> only;
    wire::JsonFrame frame{kFrameBytesMax};
    wire::JsonWalk walk;
    const char* begin = nullptr;  // of the bytes in hand
    MarketObject object;
    TradingObject trading;
};

Decoder::Decoder(Directory& directory, std::optional<Market> only)
    : impl_{std::make_unique<Impl>(directory, only)} {}
Decoder::~Decoder() = default;

void Decoder::set_quick(bool on) { impl_->walk.set_on(on); }

void Decoder::decode(std::string_view bytes, Timestamp received_at, wire::WireSink& sink) {
    Impl& impl = *impl_;
    const std::size_t told = impl.decode_quickly(bytes, received_at, sink);
    if (told == Impl::kAll) return;
    wire::JsonFrame& frame = impl.frame;
    simdjson::ondemand::json_type type;
    if (!frame.start(bytes)) return sink.take(*frame.refused());
    if (const auto error = frame.document().type().get(type); error != simdjson::SUCCESS) {
        frame.refuse(error);
        return sink.take(*frame.refused());
    }
    if (type == simdjson::ondemand::json_type::array) {
        // Elements are read one by one, so a torn array must be known before the first.
        const std::size_t last = bytes.find_last_not_of(" \t\r\n");
        if (bytes[last] != ']') return sink.take(Refused{"the array does not end", {}, last});
        impl.begin = frame.begin();
        return impl.decode_list(told, received_at, sink);
    }
    wire::JsonFrame::Object root;
    if (frame.document().get_object().get(root) != simdjson::SUCCESS)
        return sink.take(Refused{"expected an array or an object", {}, 0});
    impl.trading.read(frame, root, impl.directory, received_at, sink);
}

/// How many elements were told of before one that is not for the quick way, or kAll.
std::size_t Decoder::Impl::decode_quickly(std::string_view bytes, Timestamp received_at,
                                          wire::WireSink& sink) {
    if (!walk.start(bytes) || walk.peek() != '[') return 0;
    const std::size_t last = bytes.find_last_not_of(" \t\r\n");
    if (bytes[last] != ']') return 0;
    begin = walk.begin();
    std::size_t told = 0;
    const bool good = walk.array([&] {
        if (!object.read(walk)) return false;
        understand(received_at, sink);
        ++told;
        return true;
    });
    return good && walk.at_end() ? kAll : told;
}

/// `told`: elements at the beginning that were told of already.
void Decoder::Impl::decode_list(std::size_t told, Timestamp received_at, wire::WireSink& sink) {
    wire::JsonFrame::Array list;
    if (const auto error = frame.document().get_array().get(list); error != simdjson::SUCCESS) {
        frame.refuse(error);
        return sink.take(*frame.refused());
    }
    for (auto element : list) {
        frame.forget();
        wire::JsonFrame::Value value;
        if (const auto error = element.get(value); error != simdjson::SUCCESS) {
            frame.refuse(error);
            return sink.take(*frame.refused());
        }
        if (told != 0) {
            --told;
            continue;
        }
        wire::JsonFrame::Object found;
        const std::string_view token = value.raw_json_token();
        if (token.front() != '{') {
            frame.refuse("expected an object", {}, token.data());
            sink.take(*frame.refused());
            continue;
        }
        if (const auto error = value.get_object().get(found); error != simdjson::SUCCESS) {
            frame.refuse(error);
            return sink.take(*frame.refused());
        }
        if (object.read(frame, found))
            understand(received_at, sink);
        else
            sink.take(*frame.refused());
    }
    frame.forget();
    if (!frame.at_end()) sink.take(*frame.refused());
}

void Decoder::Impl::understand(Timestamp received_at, wire::WireSink& sink) {
    const wire::Members& members = object.members();
    if (!members.has(key::T)) return sink.take(refused_at("a key is missing", key::T, members, begin));
    const std::optional<std::string_view> type = wire::text_of(members.token(key::T));
    if (!type) return sink.take(refused_at("expected text in quotes", key::T, members, begin));
    if (*type == "success") return understand_success(sink);
    if (*type == "subscription") return acknowledge(sink);
    if (*type == "error") return sink.take(read_error(object.parts(begin)));
    sink.take(understand_data(*type, received_at));
}

WireEvent Decoder::Impl::understand_data(std::string_view type, Timestamp received_at) {
    for (const UnusedType& unused : kUnused)
        if (unused.type == type) return Ignored{unused.reason};
    const bool known =
        type.size() == 1 && std::string_view{"tqbudos"}.find(type[0]) != std::string_view::npos;
    if (!known) return Ignored{"a type of message we do not know"};
    WireEvent problem;
    const std::optional<Origin> whose = origin(received_at, problem);
    if (!whose) return problem;
    const Parts parts = object.parts(begin);
    const wire::Members& members = parts.members;
    switch (type[0]) {
        case 't': return read_trade(parts, *whose);
        case 'q': return read_quote(parts, *whose);
        case 'b':
        case 'u': return read_bar(parts, *whose, kMinute, true);
        case 's': return read_status(parts, *whose);
        case 'd': {
            const auto text = members.says(key::t) ? wire::text_of(members.token(key::t)) : std::nullopt;
            const auto opened = text ? wire::time_of_text(*text) : std::nullopt;
            return read_bar(parts, *whose, kDay, opened && *opened + kDay <= received_at);
        }
        default: {
            const bool says = members.says(key::r);
            const bool snapshot = says && members.token(key::r).starts_with("true");
            if (says && !snapshot && !members.token(key::r).starts_with("false"))
                return refused_at("expected true or false", key::r, members, begin);
            return read_book(parts, *whose, snapshot);
        }
    }
}

std::optional<Origin> Decoder::Impl::origin(Timestamp received_at, WireEvent& problem) {
    const wire::Members& members = object.members();
    const auto symbol = members.says(key::S) ? wire::text_of(members.token(key::S)) : std::nullopt;
    if (!symbol || symbol->empty()) {
        problem = refused_at(members.has(key::S) ? "expected a symbol in quotes" : "a key is missing", key::S,
                             members, begin);
        return std::nullopt;
    }
    const bool is_pair = symbol->find('/') != std::string_view::npos;
    const auto instrument = directory.symbols().find(*symbol);
    if (!instrument || (only && *only != (is_pair ? Market::crypto : Market::stocks))) {
        problem = Ignored{"a symbol that is not ours"};
        return std::nullopt;
    }
    return Origin{*instrument, is_pair, received_at};
}

void Decoder::Impl::understand_success(wire::WireSink& sink) {
    const wire::Members& members = object.members();
    const auto text = members.has(key::msg) ? wire::text_of(members.token(key::msg)) : std::nullopt;
    Control control;
    if (text == "authenticated")
        control.kind = Control::Kind::authenticated;
    else if (text != "connected")
        return sink.take(refused_at("expected connected or authenticated", key::msg, members, begin));
    sink.take(control);
}

void Decoder::Impl::acknowledge(wire::WireSink& sink) {
    Control control;
    control.kind = Control::Kind::acknowledged;
    bool any = false;
    for (const MarketObject::Acknowledged& each : object.acknowledged()) {
        control.data = each.data;
        control.instrument =
            each.symbol.empty() ? std::nullopt : directory.symbols().find(each.symbol.view());
        if (!each.symbol.empty() && !control.instrument) continue;
        sink.take(control);
        any = true;
    }
    if (any) return;
    control.data.reset();
    control.instrument.reset();
    sink.take(control);  // nothing is subscribed
}

}  // namespace plumb::venues::alpaca
