#include "venues/kraken/decode.hpp"

#include <algorithm>

#include "venues/kraken/messages.hpp"
#include "venues/kraken/symbols.hpp"
#include "wire/json_frame.hpp"
#include "wire/json_walk.hpp"

namespace plumb::venues::kraken {

using wire::Control;
using wire::DataKind;
using wire::Ignored;
using wire::JsonFrame;
using wire::Members;
using wire::Refusal;
using wire::Refused;
using wire::WireEvent;

/// One frame in hand. Rows are read where they stand, before it is sure which feed the frame is of, since
/// keys may come in any order; what they are worth is decided when the frame was read to its end.
class Decoder::Reading {
 public:
    explicit Reading(wire::SymbolMap& symbols) : symbols_{symbols} {}

    void decode(std::string_view bytes, Timestamp received_at, wire::WireSink& sink);

    void set_quick(bool on) { walk_.set_on(on); }
    std::string_view challenge() const { return challenge_.view(); }
    std::string_view feed() const { return feed_.view(); }

 private:
    using Value = JsonFrame::Value;

    bool read_quickly(std::string_view bytes);
    bool read_frame(std::string_view bytes);
    bool read_nested(std::size_t which, Value value);
    bool read_levels(Value value, std::vector<BookLevel>& levels, std::optional<Refused>& refused);
    bool read_rows(std::size_t which, Value value);
    bool read_row(std::size_t which, JsonFrame::Object object);
    bool read_products(Value value);
    bool read_margin(Value value);

    void tell(wire::WireSink& sink);
    void tell_feed(std::string_view feed, wire::WireSink& sink);
    void tell_account(std::string_view feed, wire::WireSink& sink);
    void tell_rows(std::size_t which, wire::WireSink& sink);
    void tell_ticker(InstrumentId instrument, bool lite, wire::WireSink& sink);
    void tell_book(InstrumentId instrument, bool snapshot, wire::WireSink& sink);
    void tell_order(wire::WireSink& sink);
    void tell_margin(wire::WireSink& sink);
    void tell_event(std::string_view event, wire::WireSink& sink);
    void tell_products(Control control, std::string_view feed, wire::WireSink& sink);

    Reader reader(const Members& members) const { return {kKeys, members, begin_, wire::Decimals::bare}; }

    wire::SymbolMap& symbols_;
    JsonFrame frame_{kFrameBytesMax};
    wire::JsonWalk walk_;
    const char* begin_ = nullptr;  // of the bytes in hand
    Members members_, row_;
    Timestamp received_at_;
    std::vector<BookLevel> bids_, asks_;
    bool has_bids_ = false, has_asks_ = false;
    std::optional<Refused> bad_level_;
    std::size_t rows_of_ = key::count;  // the key of the array whose rows are in `rows_`
    std::vector<WireEvent> rows_;
    std::vector<std::string_view> products_;
    std::optional<WireEvent> margin_;
    std::vector<WireEvent> balances_;
    std::vector<bool> suspended_;  // by instrument
    FixedText<96> challenge_;
    FixedText<32> feed_;
};

Decoder::Decoder(wire::SymbolMap& symbols) : reading_{std::make_unique<Reading>(symbols)} {}
Decoder::~Decoder() = default;

void Decoder::decode(std::string_view frame, Timestamp received_at, wire::WireSink& sink) {
    reading_->decode(frame, received_at, sink);
}
void Decoder::set_quick(bool on) { reading_->set_quick(on); }
std::string_view Decoder::challenge() const { return reading_->challenge(); }
std::string_view Decoder::feed() const { return reading_->feed(); }

void Decoder::Reading::decode(std::string_view bytes, Timestamp received_at, wire::WireSink& sink) {
    received_at_ = received_at;
    bids_.clear();
    asks_.clear();
    has_bids_ = has_asks_ = false;
    bad_level_.reset();
    rows_of_ = key::count;
    rows_.clear();
    products_.clear();
    margin_.reset();
    balances_.clear();
    challenge_ = {};
    feed_ = {};
    if (read_quickly(bytes) || read_frame(bytes))
        tell(sink);
    else
        sink.take(*frame_.refused());
}

/// Frames without rows: trades and tickers of the market, heartbeats.
bool Decoder::Reading::read_quickly(std::string_view bytes) {
    if (!walk_.start(bytes)) return false;
    begin_ = walk_.begin();
    return walk_.read(kKeys, members_, [](std::size_t) { return false; }) && walk_.at_end();
}

bool Decoder::Reading::read_frame(std::string_view bytes) {
    if (!frame_.start(bytes)) return false;
    begin_ = frame_.begin();
    JsonFrame::Object object;
    if (const auto error = frame_.document().get_object().get(object); error != simdjson::SUCCESS)
        return frame_.refuse(error);
    return frame_.read(object, kKeys, members_, [this](std::size_t which, Value value) {
        return read_nested(which, value);
    }) && frame_.at_end();
}

bool Decoder::Reading::read_nested(std::size_t which, Value value) {
    switch (which) {
        case key::bids: has_bids_ = true; return read_levels(value, bids_, bad_level_);
        case key::asks: has_asks_ = true; return read_levels(value, asks_, bad_level_);
        case key::trades:
        case key::orders:
        case key::order:
        case key::fills:
        case key::positions: return read_rows(which, value);
        case key::product_ids: return read_products(value);
        case key::flex_futures: return read_margin(value);
        default: return true;  // a list where a scalar is expected: the key counts as missing
    }
}

bool Decoder::Reading::read_levels(Value value, std::vector<BookLevel>& levels,
                                   std::optional<Refused>& refused) {
    JsonFrame::Array array;
    if (const auto error = value.get_array().get(array); error != simdjson::SUCCESS)
        return frame_.refuse(error);
    for (auto element : array) {
        JsonFrame::Object object;
        if (const auto error = element.get_object().get(object); error != simdjson::SUCCESS)
            return frame_.refuse(error);
        if (!frame_.read(object, kKeys, row_, [](std::size_t, Value) { return true; })) return false;
        Reader read = reader(row_);
        BookLevel level;
        if (read_level(read, level))
            levels.push_back(level);
        else if (!refused)
            refused = read.refused();
    }
    return true;
}

bool Decoder::Reading::read_rows(std::size_t which, Value value) {
    if (rows_of_ != key::count) return frame_.refuse("a second list of rows", kKeys.name(which), nullptr);
    rows_of_ = which;
    if (which == key::order) {
        JsonFrame::Object object;
        if (const auto error = value.get_object().get(object); error != simdjson::SUCCESS)
            return frame_.refuse(error);
        return read_row(which, object);
    }
    JsonFrame::Array array;
    if (const auto error = value.get_array().get(array); error != simdjson::SUCCESS)
        return frame_.refuse(error);
    for (auto element : array) {
        JsonFrame::Object object;
        if (const auto error = element.get_object().get(object); error != simdjson::SUCCESS)
            return frame_.refuse(error);
        if (!read_row(which, object)) return false;
    }
    return true;
}

bool Decoder::Reading::read_row(std::size_t which, JsonFrame::Object object) {
    if (!frame_.read(object, kKeys, row_, [](std::size_t, Value) { return true; })) return false;
    Reader read = reader(row_);
    if (which == key::trades) {
        const std::string_view symbol = read.text(key::product_id);
        if (!read.ok())
            rows_.emplace_back(read.refused());
        else if (const std::optional<InstrumentId> instrument = find_symbol(symbols_, symbol))
            rows_.push_back(read_trade(read, *instrument, received_at_));
        else
            rows_.emplace_back(Ignored{"a symbol that is not followed"});
    } else if (which == key::fills) {
        rows_.push_back(read_fill(read, symbols_, received_at_));
    } else if (which == key::positions) {
        rows_.push_back(read_position(read, symbols_, received_at_));
    } else {
        rows_.push_back(read_order(read, symbols_, received_at_));
    }
    return true;
}

bool Decoder::Reading::read_products(Value value) {
    JsonFrame::Array array;
    if (const auto error = value.get_array().get(array); error != simdjson::SUCCESS)
        return frame_.refuse(error);
    for (auto element : array) {
        JsonFrame::Value each;
        if (const auto error = std::move(element).get(each); error != simdjson::SUCCESS)
            return frame_.refuse(error);
        const std::string_view token = each.raw_json_token();
        const std::optional<std::string_view> text = wire::text_of(token);
        if (!text) return frame_.refuse("expected text in quotes", "product_ids", token.data());
        products_.push_back(*text);
    }
    return true;
}

/// "flex_futures": the wallet that the linear contracts live on.
bool Decoder::Reading::read_margin(Value value) {
    JsonFrame::Object object;
    if (const auto error = value.get_object().get(object); error != simdjson::SUCCESS)
        return frame_.refuse(error);
    Members margin;
    const auto currency = [this](std::string_view name, Value each) {
        JsonFrame::Object row;
        if (const auto error = each.get_object().get(row); error != simdjson::SUCCESS)
            return frame_.refuse(error);
        if (!frame_.read(row, kKeys, row_, [](std::size_t, Value) { return true; })) return false;
        Reader read = reader(row_);
        balances_.push_back(read_balance(read, name, received_at_));
        return true;
    };
    const auto nested = [&](std::size_t which, Value each) {
        if (which != key::currencies) return true;
        JsonFrame::Object currencies;
        if (const auto error = each.get_object().get(currencies); error != simdjson::SUCCESS)
            return frame_.refuse(error);
        return frame_.read_all(currencies, currency);
    };
    if (!frame_.read(object, kKeys, margin, nested)) return false;
    Reader read = reader(margin);
    margin_ = read_account(read, {}, received_at_);
    return true;
}

void Decoder::Reading::tell(wire::WireSink& sink) {
    Reader read = reader(members_);
    if (read.says(key::event)) {
        const std::string_view event = read.text(key::event);
        if (!read.ok()) return sink.take(read.refused());
        return tell_event(event, sink);
    }
    if (!read.has(key::feed)) return sink.take(Ignored{"neither a feed nor an event"});
    const std::string_view feed = read.text(key::feed);
    if (!read.ok()) return sink.take(read.refused());
    if (FixedText<32>::fits(feed)) feed_ = feed;
    tell_feed(feed, sink);
}

void Decoder::Reading::tell_feed(std::string_view feed, wire::WireSink& sink) {
    const bool market = feed == "trade" || feed == "trade_snapshot" || feed == "book" ||
                        feed == "book_snapshot" || feed == "ticker" || feed == "ticker_lite";
    if (!market) return tell_account(feed, sink);

    Reader read = reader(members_);
    const std::string_view symbol = read.text(key::product_id);
    if (!read.ok()) return sink.take(read.refused());
    const std::optional<InstrumentId> instrument = find_symbol(symbols_, symbol);
    if (!instrument) return sink.take(Ignored{"a symbol that is not followed"});
    if (feed == "trade") return sink.take(read_trade(read, *instrument, received_at_));
    if (feed == "trade_snapshot") {
        std::ranges::reverse(rows_);  // the venue's come newest first
        return tell_rows(key::trades, sink);
    }
    if (feed.starts_with("book")) return tell_book(*instrument, feed == "book_snapshot", sink);
    tell_ticker(*instrument, feed == "ticker_lite", sink);
}

void Decoder::Reading::tell_rows(std::size_t which, wire::WireSink& sink) {
    if (rows_of_ != which) return sink.take(Refused{"a key is missing", kKeys.name(which), 0});
    for (const WireEvent& row : rows_) sink.take(row);
}

void Decoder::Reading::tell_account(std::string_view feed, wire::WireSink& sink) {
    if (feed == "heartbeat") {
        Control control;
        control.kind = Control::Kind::heartbeat;
        return sink.take(control);
    }
    if (feed == "open_orders" || feed == "open_orders_verbose") return tell_order(sink);
    if (feed == "open_orders_snapshot" || feed == "open_orders_verbose_snapshot")
        return tell_rows(key::orders, sink);
    if (feed == "fills" || feed == "fills_snapshot") return tell_rows(key::fills, sink);
    if (feed == "open_positions") return tell_rows(key::positions, sink);
    if (feed == "balances" || feed == "balances_snapshot") return tell_margin(sink);
    if (feed == "notifications_auth") return sink.take(Ignored{"a notice of the venue to its users"});
    sink.take(Ignored{"a feed that is not followed"});
}

void Decoder::Reading::tell_ticker(InstrumentId instrument, bool lite, wire::WireSink& sink) {
    Reader quote = reader(members_);
    sink.take(read_quote(quote, instrument, lite, received_at_));
    if (lite) return;
    Reader mark = reader(members_);
    sink.take(read_mark_price(mark, instrument, received_at_));
    Reader read = reader(members_);
    const bool suspended = read.says(key::suspended) && read.truth(key::suspended);
    if (!read.ok()) return sink.take(read.refused());
    if (suspended_.size() <= instrument.value) suspended_.resize(instrument.value + 1);
    if (suspended_[instrument.value] == suspended) return;
    suspended_[instrument.value] = suspended;
    sink.take(
        MarketStatus{instrument, suspended ? TradingStatus::halted : TradingStatus::open, received_at_});
}

void Decoder::Reading::tell_book(InstrumentId instrument, bool snapshot, wire::WireSink& sink) {
    Reader read = reader(members_);
    BookDelta delta;
    delta.instrument = instrument;
    delta.snapshot = snapshot;
    delta.first_sequence = delta.last_sequence = read.number(key::seq);
    delta.venue_time = read.time_of_count(key::timestamp);
    delta.received_at = received_at_;
    if (snapshot) {
        if (!has_bids_) read.refuse("expected a list of levels", key::bids);
        if (!has_asks_) read.refuse("expected a list of levels", key::asks);
    } else {
        BookLevel level;
        read_level(read, level);
        const std::string_view side = read.text(key::side);
        if (side != "buy" && side != "sell") read.refuse("expected buy or sell", key::side);
        (side == "sell" ? asks_ : bids_).assign(1, level);
        (side == "sell" ? bids_ : asks_).clear();
    }
    if (!read.ok()) return sink.take(read.refused());
    if (bad_level_) return sink.take(*bad_level_);
    delta.bids = bids_;
    delta.asks = asks_;
    sink.take(delta);
}

void Decoder::Reading::tell_order(wire::WireSink& sink) {
    Reader read = reader(members_);
    const bool is_cancel = read.truth(key::is_cancel);
    const std::string_view reason = read.says(key::reason) ? read.text(key::reason) : std::string_view{};
    if (!read.ok()) return sink.take(read.refused());
    WireEvent event;
    if (rows_of_ == key::order)
        event = rows_.front();
    else if (is_cancel)
        event = read_removal(read, received_at_);
    else
        event = Refused{"an open order needs its body", std::string_view{"order"}, 0};
    if (auto* order = std::get_if<wire::OrderUpdate>(&event)) apply_reason(*order, is_cancel, reason);
    sink.take(event);
}

void Decoder::Reading::tell_margin(wire::WireSink& sink) {
    if (!margin_) return sink.take(Ignored{"balances of wallets that no linear contract lives on"});
    for (const WireEvent& balance : balances_) sink.take(balance);
    sink.take(*margin_);
}

void Decoder::Reading::tell_event(std::string_view event, wire::WireSink& sink) {
    Reader read = reader(members_);
    const auto text_at = [&](std::size_t which) {
        return read.says(which) ? read.text(which) : std::string_view{};
    };
    const std::string_view feed = text_at(key::feed);
    std::string_view message = members_.says(key::message) ? members_.token(key::message) : "";
    // Words for people may hold escapes: they are passed on as they stand.
    if (2 <= message.size() && message.front() == '"') message = message.substr(1, message.rfind('"') - 1);
    if (!read.ok()) return sink.take(read.refused());
    if (FixedText<32>::fits(feed)) feed_ = feed;
    Control control;
    control.text = message.substr(0, 96);
    if (event == "info") return sink.take(control);
    if (event == "challenge") {
        if (message.empty() || !FixedText<96>::fits(message))
            return sink.take(Refused{"expected a challenge to sign", std::string_view{"message"}, 0});
        challenge_ = message;
        return sink.take(Ignored{"a challenge to sign"});
    }
    if (event == "subscribed") {
        control.kind = Control::Kind::acknowledged;
        return tell_products(control, feed, sink);
    }
    if (event == "subscribed_failed") {
        control.kind = Control::Kind::refused;
        control.refusal = Refusal::other;
        return tell_products(control, feed, sink);
    }
    if (event == "unsubscribed") return sink.take(Ignored{"unsubscribed"});
    if (event == "error" || event == "alert") {
        // The documents list Invalid product id, Invalid feed and Json Error; keys are refused in other
        // words.
        control.kind = Control::Kind::error;
        control.refusal = message == "Invalid product id" ? Refusal::unknown_symbol : Refusal::other;
        const bool about_key = message.find("hallenge") != std::string_view::npos ||
                               message.find("uthenti") != std::string_view::npos ||
                               message.find("api_key") != std::string_view::npos ||
                               message.find("API key") != std::string_view::npos;
        if (about_key) control.refusal = Refusal::unauthorized;
        if (control.refusal != Refusal::other) control.kind = Control::Kind::refused;
        return sink.take(control);
    }
    sink.take(Ignored{"an event that is not known"});
}

/// One Control per product and kind of data. A ticker is what quotes and mark prices both come by.
void Decoder::Reading::tell_products(Control control, std::string_view feed, wire::WireSink& sink) {
    const auto tell_kinds = [&] {
        if (feed == "ticker" || feed == "ticker_lite") {
            control.data = DataKind::quote;
            sink.take(control);
            if (feed == "ticker_lite") return;
            control.data = DataKind::mark_price;
        } else if (feed == "trade") {
            control.data = DataKind::trade;
        } else if (feed == "book") {
            control.data = DataKind::book;
        } else if (feed == "fills" || feed == "open_orders" || feed == "open_orders_verbose") {
            control.data = DataKind::orders;
        }
        sink.take(control);
    };
    if (products_.empty()) return tell_kinds();
    for (const std::string_view product : products_) {
        control.instrument = find_symbol(symbols_, product);
        if (!control.instrument) {
            sink.take(Ignored{"about a symbol that is not followed"});
            continue;
        }
        tell_kinds();
    }
}

}  // namespace plumb::venues::kraken
