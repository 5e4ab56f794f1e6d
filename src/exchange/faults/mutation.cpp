#include "exchange/faults/mutation.hpp"

#include <algorithm>
#include <array>

#include "base/decimal.hpp"
#include "exchange/faults/json_spans.hpp"

namespace plumb::exchange {
namespace {

struct Edit {
    std::size_t begin;
    std::size_t end;
    std::string text;
};
using Spans = std::vector<JsonSpan>;

constexpr auto kPriceKeys = std::to_array<std::string_view>(
    {"p",         "price",     "c",         "o",         "h",           "l",         "ap",
     "bp",        "a",         "b",         "bid",       "ask",         "best_bid",  "best_ask",
     "bid_price", "ask_price", "bidPrice",  "askPrice",  "last",        "markPrice", "mark_price",
     "open",      "high",      "low",       "close",     "price_level", "avg_price", "limit_price",
     "L",         "ltp",       "lastPrice", "indexPrice"});

constexpr auto kSequenceKeys = std::to_array<std::string_view>(
    {"u", "U", "pu", "seq", "sequence", "sequence_num", "lastUpdateId", "last_update_id"});
constexpr auto kChecksumKeys = std::to_array<std::string_view>({"checksum", "cs", "crc"});

struct KeyPair {
    std::string_view bid;
    std::string_view ask;
};
constexpr auto kSidePairs = std::to_array<KeyPair>({{"b", "a"},
                                                    {"B", "A"},
                                                    {"bids", "asks"},
                                                    {"bid", "ask"},
                                                    {"bp", "ap"},
                                                    {"bs", "as"},
                                                    {"best_bid", "best_ask"},
                                                    {"best_bid_quantity", "best_ask_quantity"},
                                                    {"bid_size", "ask_size"},
                                                    {"bid_price", "ask_price"},
                                                    {"bidPrice", "askPrice"},
                                                    {"bidQty", "askQty"}});

template <class List>
bool contains(const List& list, std::string_view key) {
    return std::find(list.begin(), list.end(), key) != list.end();
}

std::string applied(std::string_view text, std::vector<Edit> edits) {
    std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.begin < b.begin; });
    std::string out;
    std::size_t at = 0;
    for (const Edit& edit : edits) {
        out += text.substr(at, edit.begin - at);
        out += edit.text;
        at = edit.end;
    }
    return out += text.substr(at);
}

/// The digits of a number, or of a text that holds one; empty for anything else.
std::string_view digits_of(const JsonSpan& span, std::string_view text) {
    if (span.kind == JsonKind::number) return span.of(text);
    if (span.kind != JsonKind::text) return {};
    const std::string_view inner = span.inner(text);
    return Decimal::parse_rounded(inner) ? inner : std::string_view{};
}

bool is_price(const Spans& spans, std::size_t i, std::string_view text, std::span<const std::string> fields) {
    const JsonSpan& span = spans[i];
    if (digits_of(span, text).empty()) return false;
    // In a list only the first is a price; the others are quantities.
    if (span.in_array && span.parent + 1 != static_cast<int>(i)) return false;
    return fields.empty() ? contains(kPriceKeys, span.key) || contains(std::array{"bids", "asks"}, span.key)
                          : contains(fields, span.key);
}

/// What stands instead of a price.
std::string spoilt_price(Mutation mutation, const JsonSpan& span, std::string_view text) {
    const std::string digits{digits_of(span, text)};
    const std::string quote = span.kind == JsonKind::text ? "\"" : "";
    switch (mutation) {
        case Mutation::zero: return quote + "0" + quote;
        case Mutation::negative: return quote + "-" + (digits.starts_with('-') ? "1" : digits) + quote;
        case Mutation::nan: return "\"NaN\"";
        case Mutation::null_fields: return "null";
        default: break;
    }
    // Absurd: fifteen zeros before the point, whatever the notation.
    const std::size_t end = digits.find_first_of(".eE");
    std::string grown = digits;
    return quote + grown.insert(std::min(end, digits.size()), "000000000000000") + quote;
}

std::vector<Edit> price_edits(Mutation mutation, const Spans& spans, std::string_view text,
                              std::span<const std::string> fields) {
    std::vector<Edit> edits;
    for (std::size_t i = 0; i < spans.size(); ++i) {
        if (is_price(spans, i, text, fields))
            edits.push_back({spans[i].begin, spans[i].end, spoilt_price(mutation, spans[i], text)});
    }
    return edits;
}

std::string_view other_side(std::string_view word) {
    constexpr auto kWords = std::to_array<KeyPair>({{"buy", "sell"}, {"bid", "offer"}, {"BUY", "SELL"}});
    for (const KeyPair& each : kWords) {
        if (word == each.bid) return each.ask;
        if (word == each.ask) return each.bid;
    }
    return {};
}

std::vector<Edit> crossing_edits(const Spans& spans, std::string_view text) {
    std::vector<Edit> edits;
    for (std::size_t i = 0; i < spans.size(); ++i) {
        const JsonSpan& bid = spans[i];
        if (bid.in_array || bid.parent < 0) continue;
        if (bid.key == "side" && bid.kind == JsonKind::text) {
            if (const std::string_view other = other_side(bid.inner(text)); !other.empty())
                edits.push_back({bid.begin, bid.end, '"' + std::string{other} + '"'});
        }
        for (const KeyPair& pair : kSidePairs) {
            if (bid.key != pair.bid) continue;
            for (const JsonSpan& ask : spans) {
                if (ask.parent != bid.parent || ask.in_array || ask.key != pair.ask) continue;
                edits.push_back({bid.begin, bid.end, std::string{ask.of(text)}});
                edits.push_back({ask.begin, ask.end, std::string{bid.of(text)}});
            }
        }
    }
    return edits;
}

/// One more member at the front of the first object, or of every one.
std::vector<Edit> member_edits(const Spans& spans, std::string_view text, const std::string& member,
                               bool all) {
    std::vector<Edit> edits;
    for (const JsonSpan& span : spans) {
        if (span.kind != JsonKind::object) continue;
        const std::size_t inside = span.begin + 1;
        const bool is_empty = text.find_first_not_of(" \t\r\n", inside) == span.end - 1;
        edits.push_back({inside, inside, is_empty ? member : member + ","});
        if (!all) break;
    }
    return edits;
}

std::vector<Edit> type_edits(Mutation mutation, const Spans& spans, std::string_view text) {
    std::vector<Edit> edits;
    for (const JsonSpan& span : spans) {
        if (digits_of(span, text).empty()) continue;
        if (mutation == Mutation::numbers_as_text && span.kind == JsonKind::number)
            edits.push_back({span.begin, span.end, '"' + std::string{span.of(text)} + '"'});
        // JSON has no number with a plus, a bare point or leading zeros.
        if (mutation == Mutation::text_as_numbers && span.kind == JsonKind::text) {
            const Result<Decimal> number = Decimal::parse_rounded(span.inner(text));
            edits.push_back({span.begin, span.end, number->to_string()});
        }
    }
    return edits;
}

/// Adds `by` to whole numbers under one of these keys.
template <class Keys>
std::vector<Edit> counter_edits(const Spans& spans, std::string_view text, const Keys& keys,
                                std::int64_t by) {
    std::vector<Edit> edits;
    for (const JsonSpan& span : spans) {
        if (span.in_array || !contains(keys, span.key)) continue;
        const Result<Decimal> number = Decimal::parse(digits_of(span, text));
        if (!number || number->decimals() != 0) continue;
        const std::string quote = span.kind == JsonKind::text ? "\"" : "";
        edits.push_back({span.begin, span.end, quote + (*number + Decimal{by}).to_string() + quote});
    }
    return edits;
}

std::string deep_member() {
    constexpr std::size_t kDepth = 1000;
    return "\"plumb_deep\":" + std::string(kDepth, '[') + std::string(kDepth, ']');
}
std::string huge_member() { return "\"plumb_huge\":\"" + std::string(1 << 20, 'x') + '"'; }

std::vector<Edit> edits_for(Mutation mutation, const Spans& spans, std::string_view text,
                            std::span<const std::string> fields) {
    switch (mutation) {
        case Mutation::zero:
        case Mutation::negative:
        case Mutation::nan:
        case Mutation::absurd:
        case Mutation::null_fields: return price_edits(mutation, spans, text, fields);
        case Mutation::crossed: return crossing_edits(spans, text);
        case Mutation::unknown_fields:
            return member_edits(spans, text, R"("plumb_unknown":{"why":["not in the documents",1,null]})",
                                true);
        case Mutation::numbers_as_text:
        case Mutation::text_as_numbers: return type_edits(mutation, spans, text);
        case Mutation::deep: return member_edits(spans, text, deep_member(), false);
        case Mutation::huge: return member_edits(spans, text, huge_member(), false);
        case Mutation::checksum: return counter_edits(spans, text, kChecksumKeys, 1);
        case Mutation::sequence: return counter_edits(spans, text, kSequenceKeys, 7);
        case Mutation::truncated:
        case Mutation::not_json: break;  // need no JSON to start from
    }
    return {};
}

}  // namespace

std::string_view to_string(Mutation mutation) {
    switch (mutation) {
        case Mutation::zero: return "zero";
        case Mutation::negative: return "negative";
        case Mutation::nan: return "nan";
        case Mutation::absurd: return "absurd";
        case Mutation::crossed: return "crossed";
        case Mutation::unknown_fields: return "unknown_fields";
        case Mutation::numbers_as_text: return "numbers_as_text";
        case Mutation::text_as_numbers: return "text_as_numbers";
        case Mutation::null_fields: return "null_fields";
        case Mutation::deep: return "deep";
        case Mutation::huge: return "huge";
        case Mutation::truncated: return "truncated";
        case Mutation::not_json: return "not_json";
        case Mutation::checksum: return "checksum";
        case Mutation::sequence: return "sequence";
    }
    return "";
}

std::optional<std::string> mutate(std::string_view text, Mutation mutation,
                                  std::span<const std::string> fields) {
    if (mutation == Mutation::truncated) return std::string{text.substr(0, text.size() / 2)};
    if (mutation == Mutation::not_json) return std::string{"<html><body>502 Bad Gateway</body></html>"};
    const std::optional<Spans> spans = json_spans(text);
    if (!spans) return std::nullopt;
    std::vector<Edit> edits = edits_for(mutation, *spans, text, fields);
    if (edits.empty()) return std::nullopt;
    return applied(text, std::move(edits));
}

}  // namespace plumb::exchange
