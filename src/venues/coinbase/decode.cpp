#include "venues/coinbase/decode.hpp"

#include <array>
#include <utility>

#include "venues/coinbase/exchange.hpp"
#include "wire/json_frame.hpp"
#include "wire/json_walk.hpp"

namespace plumb::venues::coinbase {
namespace {

using wire::Control;
using wire::Decimals;
using wire::JsonFrame;
using wire::MemberReader;
using wire::Members;

/// A channel whose events we read, and the list that they are about; kNone where they have none.
struct EventChannel {
    std::string_view name;
    std::size_t list;
};
constexpr auto kEventChannels = std::to_array<EventChannel>({
    {"market_trades", event::trades},
    {"ticker", event::tickers},
    {"l2_data", event::updates},
    {"candles", event::candles},
    {"heartbeats", event::kKeys.kNone},
    {"user", event::orders},
    {"ticker_batch", event::tickers},
    {"status", event::products},
    {"subscriptions", event::subscriptions},
});

}  // namespace

/// Two passes at most: the outermost members, then, when `events` stood before the channel that says what
/// they are, once more from the start.
struct Decoder::Parser {
    Parser(wire::SymbolMap& map, Pending& out) : symbols{map}, pending{out} {}

    void begin(Timestamp received_at);
    bool read_quickly(std::string_view bytes);
    bool walk_event();
    bool walk_rows();
    bool read_root(bool first);
    bool take_envelope(Envelope& out);
    bool read_nested(std::size_t key, JsonFrame::Value value);
    bool read_events(JsonFrame::Value value);
    bool read_event(JsonFrame::Object object);
    bool read_event_list(std::size_t key, JsonFrame::Value value);
    template <class Read>
    bool each_object(JsonFrame::Value value, Read&& read);
    bool read_candle_row(JsonFrame::Object object);
    void take_candle();
    void choose_channel();
    bool read_level_row(JsonFrame::Object object);
    void end_event();
    bool read_acknowledgement(JsonFrame::Value value);
    void acknowledge(std::string_view channel, std::string_view symbol);

    // The Exchange feed's lists.
    bool read_pairs(JsonFrame::Value value, Side side);
    bool read_changes(JsonFrame::Value value);
    bool read_pair(JsonFrame::Array array, const Side* side);
    bool read_channels(JsonFrame::Value value);
    bool read_products(JsonFrame::Value value);

    bool refuse(simdjson::error_code error) { return frame.refuse(error); }

    wire::SymbolMap& symbols;
    Pending& pending;
    JsonFrame frame{kFrameBytesMax};
    wire::JsonWalk walk;
    Members outer, inner, row;
    Envelope envelope;
    const EventChannel* event_channel = nullptr;  // of the envelope in hand
    Context context;
    bool enveloped = false;  // the envelope was understood
    bool postponed = false;  // `events` came before the channel
    bool has_events = false;
    bool has_list = false;  // of the event in hand
    FlatLists lists;        // of a message of the Exchange feed
    std::optional<wire::Refused> bad_book;
};

Decoder::Decoder(wire::SymbolMap& symbols) : parser_{std::make_unique<Parser>(symbols, pending_)} {}
Decoder::~Decoder() = default;

void Decoder::decode(std::string_view frame, Timestamp received_at, wire::WireSink& sink) {
    parse(frame, received_at);
    pending_.flush(sink);
}

void Decoder::set_quick(bool on) { parser_->walk.set_on(on); }

void Decoder::Parser::begin(Timestamp received_at) {
    pending.clear();
    envelope = {};
    postponed = enveloped = has_events = false;
    context = {nullptr, received_at, received_at, 0};
}

bool Decoder::parse(std::string_view frame, Timestamp received_at) {
    Parser& parser = *parser_;
    parser.begin(received_at);
    if (parser.read_quickly(frame)) {
        envelope_ = parser.envelope;
        pending_.settle_trades();
        pending_.settle_bars();
        return true;
    }
    parser.begin(received_at);
    envelope_ = {};
    const auto refuse = [&] {
        const auto refused = parser.frame.refused();
        pending_.clear();
        pending_.refused.push_back(refused.value_or(wire::Refused{"the frame could not be read", {}, 0}));
        return false;
    };
    if (!parser.frame.start(frame)) return refuse();
    parser.context.frame = parser.frame.begin();
    if (!parser.read_root(true)) return refuse();
    if (!parser.take_envelope(parser.envelope)) return refuse();
    if (parser.postponed) {
        pending_.clear();
        parser.frame.document().rewind();
        if (!parser.read_root(false)) return refuse();
    }
    envelope_ = parser.envelope;
    if (envelope_.channel.empty()) {
        const FlatMessage message{parser.outer, parser.context, parser.symbols, parser.lists,
                                  parser.bad_book};
        read_flat(message, pending_);
    } else if (!parser.has_events) {
        parser.frame.refuse("a key is missing", "events", nullptr);
        return refuse();
    }
    pending_.settle_trades();
    pending_.settle_bars();
    return true;
}

/// Trades, tickers and candles of Advanced Trade, in the order of keys that it writes: what the events are
/// stands before them.
bool Decoder::Parser::read_quickly(std::string_view bytes) {
    if (!walk.start(bytes)) return false;
    context.frame = walk.begin();
    const bool good = walk.read(root::kKeys, outer, [this](std::size_t key) {
        if (key != root::events || walk.peek() != '[' || has_events) return false;
        if (!outer.has(root::channel) || !outer.has(root::sequence_num) || !outer.has(root::timestamp))
            return false;
        if (!take_envelope(envelope)) return false;
        has_events = true;
        choose_channel();
        const bool flat =
            event_channel && (event_channel->list == event::trades || event_channel->list == event::tickers ||
                              event_channel->list == event::candles);
        return flat && walk.array([this] { return walk_event(); });
    });
    return good && walk.at_end() && has_events;
}

bool Decoder::Parser::walk_event() {
    has_list = false;
    bad_book.reset();
    const bool good = walk.read(event::kKeys, inner, [this](std::size_t key) {
        if (key != event_channel->list) return walk.skip();
        has_list = true;
        return walk_rows();
    });
    if (good) end_event();
    return good;
}

bool Decoder::Parser::walk_rows() {
    const auto rows = [this](const auto& keys, auto&& take) {
        return walk.array([&] {
            if (!walk.read(keys, row, [this](std::size_t) { return walk.skip(); })) return false;
            take();
            return true;
        });
    };
    switch (event_channel->list) {
        case event::trades:
            return rows(trade::kKeys,
                        [&] { pending.add(pending.trades, read_trade(row, context, symbols)); });
        case event::tickers:
            return rows(ticker::kKeys,
                        [&] { pending.add(pending.quotes, read_ticker(row, context, symbols)); });
        default: return rows(candle::kKeys, [&] { take_candle(); });
    }
}

bool Decoder::Parser::read_root(bool first) {
    bad_book.reset();
    lists = {};
    JsonFrame::Object object;
    if (const auto error = frame.document().get_object().get(object); error != simdjson::SUCCESS)
        return refuse(error);
    pending.begin_book();
    const auto nested = [&](std::size_t key, JsonFrame::Value value) {
        if (key == root::events && first) {
            // The channel says what the events are; it comes first in every recorded frame.
            if (!outer.has(root::channel) || !outer.has(root::sequence_num) || !outer.has(root::timestamp)) {
                postponed = true;
                return true;
            }
            if (!take_envelope(envelope)) return false;
        }
        return read_nested(key, value);
    };
    return frame.read(object, root::kKeys, outer, nested) && frame.at_end();
}

bool Decoder::Parser::take_envelope(Envelope& out) {
    if (enveloped) return true;
    if (!outer.has(root::channel)) {
        if (outer.has(root::type)) return true;
        return frame.refuse("expected a channel or a type", "type", nullptr);
    }
    MemberReader read{root::kKeys, outer, context.frame, Decimals::quoted};
    out.channel = read.fixed<24>(root::channel);
    if (read.ok() && out.channel.empty()) read.refuse("expected a channel", root::channel);
    out.sequence = read.number(root::sequence_num);
    out.sent_at = outer.has(root::timestamp) ? read.time(root::timestamp) : context.received_at;
    if (!read.ok()) return frame.refuse(read.refused());
    context.sent_at = out.sent_at;
    context.sequence = *out.sequence;
    return enveloped = true;
}

bool Decoder::Parser::read_nested(std::size_t key, JsonFrame::Value value) {
    switch (key) {
        case root::events: return read_events(value);
        case root::bids: return lists.bids = read_pairs(value, Side::buy);
        case root::asks: return lists.asks = read_pairs(value, Side::sell);
        case root::changes: return lists.changes = read_changes(value);
        case root::channels: return read_channels(value);
        case root::products: return read_products(value);
        default: return frame.refuse("expected text or a number", root::kKeys.name(key), nullptr);
    }
}

template <class Read>
bool Decoder::Parser::each_object(JsonFrame::Value value, Read&& read) {
    JsonFrame::Array array;
    if (const auto error = value.get_array().get(array); error != simdjson::SUCCESS) return refuse(error);
    for (auto element : array) {
        JsonFrame::Object object;
        if (const auto error = element.get_object().get(object); error != simdjson::SUCCESS)
            return refuse(error);
        if (!read(object)) return false;
    }
    return true;
}

void Decoder::Parser::choose_channel() {
    event_channel = nullptr;
    for (const EventChannel& each : kEventChannels)
        if (each.name == envelope.channel.view()) event_channel = &each;
}

bool Decoder::Parser::read_events(JsonFrame::Value value) {
    has_events = true;
    choose_channel();
    if (!event_channel) {
        pending.ignored = "a channel that is not used";
        return true;
    }
    return each_object(value, [&](JsonFrame::Object object) { return read_event(object); });
}

bool Decoder::Parser::read_event(JsonFrame::Object object) {
    has_list = false;
    bad_book.reset();
    pending.begin_book();
    const auto nested = [&](std::size_t key, JsonFrame::Value value) { return read_event_list(key, value); };
    if (!frame.read(object, event::kKeys, inner, nested)) return false;
    end_event();
    return true;
}

bool Decoder::Parser::read_event_list(std::size_t key, JsonFrame::Value value) {
    if (key != event_channel->list) return true;
    has_list = true;
    const auto rows = [&](const auto& keys, auto&& take) {
        return each_object(value, [&](JsonFrame::Object object) {
            if (!frame.read(object, keys, row, [](std::size_t, JsonFrame::Value) { return true; }))
                return false;
            take();
            return true;
        });
    };
    switch (key) {
        case event::trades:
            return rows(trade::kKeys,
                        [&] { pending.add(pending.trades, read_trade(row, context, symbols)); });
        case event::tickers:
            return rows(ticker::kKeys,
                        [&] { pending.add(pending.quotes, read_ticker(row, context, symbols)); });
        case event::candles:
            return each_object(value, [&](JsonFrame::Object object) { return read_candle_row(object); });
        case event::updates:
            return each_object(value, [&](JsonFrame::Object object) { return read_level_row(object); });
        case event::orders:
            return rows(order::kKeys,
                        [&] { pending.add(pending.orders, read_order(row, context, symbols)); });
        case event::products:
            return rows(product::kKeys,
                        [&] { pending.add(pending.statuses, read_status(row, context, symbols)); });
        case event::subscriptions: return read_acknowledgement(value);
        default: return true;
    }
}

bool Decoder::Parser::read_candle_row(JsonFrame::Object object) {
    if (!frame.read(object, candle::kKeys, row, [](std::size_t, JsonFrame::Value) { return true; }))
        return false;
    take_candle();
    return true;
}

void Decoder::Parser::take_candle() {
    MemberReader read{candle::kKeys, row, context.frame, Decimals::quoted};
    const std::string_view symbol = read.text(candle::product_id);
    if (!read.ok()) {
        pending.refused.push_back(read.refused());
        return;
    }
    const auto instrument = symbols.find(symbol);
    if (!instrument) {
        pending.ignored = kNotFollowed;
        return;
    }
    const Row<OpenBar> bar = read_candle(row, context, *instrument, kCandleLength);
    if (bar.event) pending.bars.push_back({*bar.event, false});
    if (bar.refused) pending.refused.push_back(*bar.refused);
}

bool Decoder::Parser::read_level_row(JsonFrame::Object object) {
    if (!frame.read(object, level::kKeys, row, [](std::size_t, JsonFrame::Value) { return true; }))
        return false;
    MemberReader read{level::kKeys, row, context.frame, Decimals::quoted};
    const std::string_view side = read.text(level::side);
    const bool bid = side == "bid";
    if (!bid && side != "offer" && side != "ask") read.refuse("expected bid or offer", level::side);
    const BookLevel found{read.price(level::price_level), read.quantity_or_zero(level::new_quantity)};
    if (read.ok())
        (bid ? pending.bids : pending.asks).push_back(found);
    else if (!bad_book)
        bad_book = read.refused();
    return true;
}

/// One missing level would make the whole book wrong, so a bad level refuses its event.
void Decoder::Parser::end_event() {
    if (event_channel->list == event::kKeys.kNone) {  // heartbeats
        Control control;
        control.kind = Control::Kind::heartbeat;
        // A number, or the same between quotes in older frames.
        if (inner.has(event::heartbeat_counter))
            if (const auto counter = digits_of(inner.token(event::heartbeat_counter)))
                control.code = static_cast<std::int64_t>(*counter & 0x7fff'ffff'ffff'ffffULL);
        pending.controls.push_back(control);
        return;
    }
    MemberReader read{event::kKeys, inner, context.frame, Decimals::quoted};
    const bool book = event_channel->list == event::updates;
    const bool null =
        inner.has(event_channel->list) && !inner.says(event_channel->list);  // how it may write an empty list
    if (!has_list && (!null || book))
        read.refuse(inner.has(event_channel->list) ? "expected a list" : "a key is missing",
                    event_channel->list);
    if (!book) {
        if (!read.ok()) pending.refused.push_back(read.refused());
        return;
    }
    const std::string_view type = read.text(event::type);
    if (read.ok() && type != "snapshot" && type != "update")
        read.refuse("expected snapshot or update", event::type);
    const std::string_view symbol = read.text(event::product_id);
    if (!read.ok() || bad_book) {
        pending.refused.push_back(bad_book ? *bad_book : read.refused());
        return pending.drop_book();
    }
    const auto instrument = symbols.find(symbol);
    if (!instrument) {
        pending.ignored = kNotFollowed;
        return pending.drop_book();
    }
    BookDelta delta;
    delta.instrument = *instrument;
    delta.snapshot = type == "snapshot";
    delta.first_sequence = delta.last_sequence = context.sequence;
    delta.venue_time = context.sent_at;
    delta.received_at = context.received_at;
    pending.add_book(delta);
}

bool Decoder::Parser::read_acknowledgement(JsonFrame::Value value) {
    JsonFrame::Object object;
    if (const auto error = value.get_object().get(object); error != simdjson::SUCCESS) return refuse(error);
    const auto list = [&](std::size_t key, JsonFrame::Value names) {
        const std::string_view channel = subscribed::kKeys.name(key);
        JsonFrame::Array array;
        if (const auto error = names.get_array().get(array); error != simdjson::SUCCESS) return refuse(error);
        for (auto element : array) {
            std::string_view token;
            if (const auto error = element.raw_json_token().get(token); error != simdjson::SUCCESS)
                return refuse(error);
            const auto symbol = wire::text_of(token);
            if (!symbol) return frame.refuse("expected text in quotes", channel, token.data());
            acknowledge(channel, *symbol);
        }
        return true;
    };
    return frame.read(object, subscribed::kKeys, row, list);
}

/// A user's own id, or the name of the channel, stands where other channels have products.
void Decoder::Parser::acknowledge(std::string_view channel, std::string_view symbol) {
    Control control;
    control.kind = Control::Kind::acknowledged;
    control.data = data_of_channel(channel);
    if (control.data && *control.data != wire::DataKind::orders) {
        control.instrument = symbols.find(symbol);
        if (!control.instrument) {
            pending.ignored = kNotFollowed;
            return;
        }
    }
    control.text = channel.substr(0, 96);
    pending.controls.push_back(control);
}

bool Decoder::Parser::read_pairs(JsonFrame::Value value, Side side) {
    JsonFrame::Array array;
    if (const auto error = value.get_array().get(array); error != simdjson::SUCCESS) return refuse(error);
    for (auto element : array) {
        JsonFrame::Array pair;
        if (const auto error = element.get_array().get(pair); error != simdjson::SUCCESS)
            return refuse(error);
        if (!read_pair(pair, &side)) return false;
    }
    return true;
}

bool Decoder::Parser::read_changes(JsonFrame::Value value) {
    JsonFrame::Array array;
    if (const auto error = value.get_array().get(array); error != simdjson::SUCCESS) return refuse(error);
    for (auto element : array) {
        JsonFrame::Array change;
        if (const auto error = element.get_array().get(change); error != simdjson::SUCCESS)
            return refuse(error);
        if (!read_pair(change, nullptr)) return false;
    }
    return true;
}

/// ["price","size"] or ["buy","price","size"]; a third element of a pair (a count of orders) is skipped.
bool Decoder::Parser::read_pair(JsonFrame::Array array, const Side* side) {
    std::array<std::string_view, 3> tokens{};
    std::size_t count = 0;
    for (auto element : array) {
        std::string_view token;
        if (const auto error = element.raw_json_token().get(token); error != simdjson::SUCCESS)
            return refuse(error);
        if (count < tokens.size()) tokens[count] = token;
        ++count;
    }
    const std::size_t first = side ? 0 : 1;
    const auto bad = [&](const char* reason) {
        const auto offset =
            tokens[0].empty() ? 0 : static_cast<std::size_t>(tokens[0].data() - context.frame);
        if (!bad_book)
            bad_book = wire::Refused{reason, std::string_view{side ? "levels" : "changes"}, offset};
        return true;
    };
    if (count < first + 2) return bad("expected a price and a size");
    bool bid = side && *side == Side::buy;
    if (!side) {
        const auto word = wire::text_of(tokens[0]);
        if (word != "buy" && word != "sell") return bad("expected buy or sell");
        bid = word == "buy";
    }
    const auto price = wire::decimal_of(tokens[first], Decimals::quoted);
    const auto size = wire::decimal_of(tokens[first + 1], Decimals::quoted);
    if (!price || price->sign() <= 0 || wire::kPriceMax < *price) return bad("expected a price above zero");
    if (!size || size->sign() < 0 || wire::kQuantityMax < *size) return bad("expected a size not below zero");
    (bid ? pending.bids : pending.asks).push_back({Price{*price}, Quantity{*size}});
    return true;
}

bool Decoder::Parser::read_channels(JsonFrame::Value value) {
    return each_object(value, [&](JsonFrame::Object object) {
        // The products may stand before the name, so they are walked when both are known: the array's text is
        // kept and looked at as tokens between quotes.
        std::string_view products;
        const auto keep = [&](std::size_t key, JsonFrame::Value list) {
            if (key != subscription::product_ids) return true;
            const auto error = simdjson::to_json_string(list).get(products);
            return error == simdjson::SUCCESS || refuse(error);
        };
        if (!frame.read(object, subscription::kKeys, row, keep)) return false;
        const auto name =
            row.has(subscription::name) ? wire::text_of(row.token(subscription::name)) : std::nullopt;
        if (!name) return frame.refuse("expected the name of a channel", "name", nullptr);
        const auto kind = data_of_channel(*name);
        std::size_t at = 0;
        bool any = false;
        while ((at = products.find('"', at)) != std::string_view::npos) {
            const auto symbol = wire::text_of(products.substr(at));
            if (!symbol) return frame.refuse("expected text in quotes", "product_ids", products.data() + at);
            if (kind) acknowledge(*name, *symbol);
            any = true;
            at += symbol->size() + 2;
        }
        if (!kind || (!any && *kind == wire::DataKind::orders)) acknowledge(*name, "");
        return true;
    });
}

bool Decoder::Parser::read_products(JsonFrame::Value value) {
    return each_object(value, [&](JsonFrame::Object object) {
        if (!frame.read(object, product::kKeys, row, [](std::size_t, JsonFrame::Value) { return true; }))
            return false;
        pending.add(pending.statuses, read_status(row, context, symbols));
        return true;
    });
}

}  // namespace plumb::venues::coinbase
