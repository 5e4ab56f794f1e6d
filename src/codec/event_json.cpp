#include "codec/event_json.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <span>

namespace plumb::codec {
namespace {

void append_key(std::string& out, std::string_view key) {
    if (out.back() != '{') out += ", ";
    out += '"';
    out += key;
    out += "\": ";
}

void append_quoted(std::string& out, std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += "\\u00";
            out += kHex[static_cast<unsigned char>(c) >> 4];
            out += kHex[static_cast<unsigned char>(c) & 15];
        } else {
            out += c;
        }
    }
    out += '"';
}

void append_number(std::string& out, std::string_view key, std::uint64_t number) {
    append_key(out, key);
    std::array<char, 20> digits;
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    out.append(digits.data(), end);
}

void append_truth(std::string& out, std::string_view key, bool truth) {
    append_key(out, key);
    out += truth ? "true" : "false";
}

void append_value(std::string& out, Decimal value) {
    std::array<char, Decimal::kTextMax> digits;
    out += '"';
    out.append(digits.data(), value.print(digits.data()));
    out += '"';
}

void begin(std::string& out, std::string_view type, const EventNames& names, Timestamp venue_time,
           Timestamp received_at) {
    out += '{';
    append_text(out, "type", type);
    append_text(out, "venue", names.venue);
    append_text(out, "instrument", names.instrument);
    append_time(out, "venue_time", venue_time);
    append_time(out, "received_at", received_at);
}

void append_levels(std::string& out, std::string_view key, std::span<const BookLevel> levels) {
    append_key(out, key);
    out += '[';
    for (const BookLevel& level : levels) {
        if (out.back() != '[') out += ", ";
        out += '[';
        append_value(out, level.price.value);
        out += ", ";
        append_value(out, level.quantity.value);
        out += ']';
    }
    out += ']';
}

template <class Bar>
void append_bar(std::string& out, const Bar& bar, bool closed, const EventNames& names) {
    const Timestamp close_time = bar.open_time + bar.length;
    out += '{';
    append_text(out, "type", "bar");
    append_text(out, "venue", names.venue);
    append_text(out, "instrument", names.instrument);
    append_time(out, "venue_time", close_time);
    append_time(out, "open_time", bar.open_time);
    append_time(out, "close_time", close_time);
    append_text(out, "granularity", granularity_name(bar.length));
    append_decimal(out, "open", bar.values.open.value);
    append_decimal(out, "high", bar.values.high.value);
    append_decimal(out, "low", bar.values.low.value);
    append_decimal(out, "close", bar.values.close.value);
    append_decimal(out, "volume", bar.values.volume.value);
    append_truth(out, "closed", closed);
    append_text(out, "origin", to_string(bar.origin));
    out += '}';
}

}  // namespace

void append_text(std::string& out, std::string_view key, std::string_view text) {
    append_key(out, key);
    if (text.empty())
        out += "null";
    else
        append_quoted(out, text);
}

void append_time(std::string& out, std::string_view key, Timestamp time) {
    append_text(out, key, time == Timestamp{} ? std::string{} : to_iso(time));
}

void append_decimal(std::string& out, std::string_view key, Decimal value) {
    append_key(out, key);
    append_value(out, value);
}

void append_json(std::string& out, const Trade& trade, const EventNames& names) {
    begin(out, "trade", names, trade.venue_time, trade.received_at);
    append_decimal(out, "price", trade.price.value);
    append_decimal(out, "quantity", trade.quantity.value);
    append_text(out, "side", to_string(trade.aggressor));
    append_number(out, "trade_id", trade.trade_id);
    out += '}';
}

void append_json(std::string& out, const Quote& quote, const EventNames& names) {
    begin(out, "quote", names, quote.venue_time, quote.received_at);
    append_decimal(out, "bid", quote.bid.value);
    append_decimal(out, "bid_quantity", quote.bid_quantity.value);
    append_decimal(out, "ask", quote.ask.value);
    append_decimal(out, "ask_quantity", quote.ask_quantity.value);
    append_number(out, "sequence", quote.sequence);
    out += '}';
}

void append_json(std::string& out, const ClosedBar& bar, const EventNames& names) {
    append_bar(out, bar, true, names);
}
void append_json(std::string& out, const OpenBar& bar, const EventNames& names) {
    append_bar(out, bar, false, names);
}

void append_json(std::string& out, const BookDelta& delta, const EventNames& names) {
    begin(out, "book_delta", names, delta.venue_time, delta.received_at);
    append_truth(out, "snapshot", delta.snapshot);
    append_number(out, "first_sequence", delta.first_sequence);
    append_number(out, "last_sequence", delta.last_sequence);
    if (delta.previous_sequence != 0) append_number(out, "previous_sequence", delta.previous_sequence);
    append_levels(out, "bids", delta.bids);
    append_levels(out, "asks", delta.asks);
    out += '}';
}

void append_json(std::string& out, const MarketStatus& status, const EventNames& names) {
    begin(out, "status", names, {}, status.received_at);
    append_text(out, "status",
                status.status == TradingStatus::open     ? "open"
                : status.status == TradingStatus::halted ? "halted"
                                                         : "closed");
    out += '}';
}

void append_json(std::string& out, const MarkPrice& mark, const EventNames& names) {
    begin(out, "mark_price", names, mark.venue_time, mark.received_at);
    append_decimal(out, "mark", mark.mark.value);
    if (!mark.index.is_zero()) append_decimal(out, "index", mark.index.value);
    out += '}';
}

void append_json(std::string& out, const Tick& tick, const EventNames& names) {
    begin(out, "tick", names, {}, tick.now);
    out += '}';
}

void append_json(std::string& out, const MarketEvent& event, const EventNames& names) {
    std::visit([&](const auto& each) { append_json(out, each, names); }, event);
}

}  // namespace plumb::codec
