#include "venues/binance/rest_rows.hpp"

#include <array>

#include "venues/binance/messages.hpp"
#include "wire/json_frame.hpp"

namespace plumb::venues::binance {
namespace {

using wire::JsonFrame;
using wire::Refused;

constexpr std::string_view kBarKeys = "tohlcvTqnVQ";  // by place
constexpr auto kWords = std::to_array<std::pair<std::string_view, char>>({
    {"id", 't'},
    {"price", 'p'},
    {"qty", 'q'},
    {"time", 'T'},
    {"isBuyerMaker", 'm'},
    {"symbol", 's'},
    {"bidPrice", 'b'},
    {"bidQty", 'B'},
    {"askPrice", 'a'},
    {"askQty", 'A'},
});

}  // namespace

struct RowReader::Impl {
    explicit Impl(wire::SymbolMap& map) : symbols{map} {}

    bool read_bar_row(JsonFrame::Value value);
    bool read_named_row(JsonFrame::Value value);
    void read_one(JsonFrame::Value value, wire::WireSink& sink);
    void give_bar(InstrumentId id, wire::WireSink& sink);
    RowCounts read_list(JsonFrame::Array rows, wire::WireSink& sink);

    wire::SymbolMap& symbols;
    JsonFrame frame{kBytesMax};
    Parts parts;
    RowContext context;
};

RowReader::RowReader(wire::SymbolMap& symbols) : impl_{std::make_unique<Impl>(symbols)} {}
RowReader::~RowReader() = default;

bool RowReader::Impl::read_bar_row(JsonFrame::Value value) {
    JsonFrame::Array row;
    if (value.get_array().get(row) != simdjson::SUCCESS)
        return frame.refuse("expected a row of a kline", {}, value.raw_json_token().data());
    std::size_t at = 0;
    for (auto element : row) {
        JsonFrame::Value item;
        if (const auto error = element.get(item); error != simdjson::SUCCESS) return frame.refuse(error);
        if (at < kBarKeys.size()) parts.members.set(key(kBarKeys[at]), item.raw_json_token());
        ++at;
    }
    return true;
}

bool RowReader::Impl::read_named_row(JsonFrame::Value value) {
    JsonFrame::Object row;
    if (value.get_object().get(row) != simdjson::SUCCESS)
        return frame.refuse("expected an object", {}, value.raw_json_token().data());
    for (auto member : row) {
        if (member.error() != simdjson::SUCCESS) return frame.refuse(member.error());
        simdjson::ondemand::field&& field = std::move(member).value_unsafe();
        const char* raw = field.key().raw();
        std::size_t length = 0;
        while (raw[length] != '"') ++length;
        const std::string_view word{raw, length};
        const std::string_view token = field.value().raw_json_token();
        if (length == 1 && is_letter(raw[0])) parts.members.set(key(raw[0]), token);
        for (const auto& [name, letter] : kWords)
            if (name == word) parts.members.set(key(letter), token);
    }
    return true;
}

void RowReader::Impl::give_bar(InstrumentId id, wire::WireSink& sink) {
    Reader read = parts.read();
    const Timestamp open = read.time_of_count(key('t')), last = read.time_of_count(key('T'));
    const Duration length = std::chrono::ceil<std::chrono::milliseconds>(last - open + Duration{1});
    if (read.ok() && length <= Duration{}) read.refuse("expected the close after the open", key('T'));
    if (context.bar_length != Duration{} && length != context.bar_length)
        read.refuse("the bar has another length than was asked for", key('T'));
    if (!read.ok()) return sink.take(read.refused());
    read_bar(read, {length, last < context.received_at}, id, sink);
}

void RowReader::Impl::read_one(JsonFrame::Value value, wire::WireSink& sink) {
    parts.clear();
    const bool good = context.kind == RowKind::bars ? read_bar_row(value) : read_named_row(value);
    if (!good) return sink.take(*frame.refused());
    Reader read = parts.read();
    std::optional<InstrumentId> id = context.instrument;
    if (parts.members.has(key('s'))) {
        const std::string_view symbol = read.text(key('s'));
        id = read.ok() ? symbols.find(symbol) : std::nullopt;
        if (!id && read.ok() && context.others_ignored)
            return sink.take(wire::Ignored{"a symbol we did not ask for"});
        if (!id) read.refuse("a symbol we do not know", key('s'));
    }
    if (!read.ok()) return sink.take(read.refused());
    if (!id) return sink.take(Refused{"the reply names no symbol, and none was given", {}, 0});
    const About about{*id, context.received_at};
    if (context.kind == RowKind::trades)
        return read_trade(parts, parts.members.has(key('a')) ? 'a' : 't', about, sink);
    if (context.kind == RowKind::quotes) {
        // REST tells the time of a USD-M ticker under time, which stands under T here.
        return read_quote(parts, about, sink);
    }
    give_bar(*id, sink);
}

RowCounts RowReader::Impl::read_list(JsonFrame::Array rows, wire::WireSink& sink) {
    struct Counting : wire::WireSink {
        explicit Counting(wire::WireSink& to) : inner{to} {}
        void take(const wire::WireEvent& event) override {
            refused += std::holds_alternative<Refused>(event) ? 1 : 0;
            inner.take(event);
        }
        wire::WireSink& inner;
        std::size_t refused = 0;
    } counting{sink};
    RowCounts counts;
    for (auto element : rows) {
        JsonFrame::Value row;
        if (const auto error = element.get(row); error != simdjson::SUCCESS) {
            counting.take(Refused{simdjson::error_message(error), {}, 0});
            counts.refused = counting.refused;
            return counts;
        }
        ++counts.rows;
        frame.forget();
        read_one(row, counting);
    }
    counts.refused = counting.refused;
    counts.whole = true;
    return counts;
}

RowCounts RowReader::read(const RowContext& context, std::string_view body, wire::WireSink& sink) {
    Impl& impl = *impl_;
    impl.context = context;
    const auto refuse = [&](const char* reason) {
        sink.take(Refused{reason, {}, 0});
        return RowCounts{.whole = false, .rows = 0, .refused = 1};
    };
    if (!impl.frame.start(body)) {
        sink.take(*impl.frame.refused());
        return {.whole = false, .rows = 0, .refused = 1};
    }
    impl.parts.frame = impl.frame.begin();
    JsonFrame::Value whole;
    if (impl.frame.document().get_value().get(whole) != simdjson::SUCCESS)
        return refuse("expected a list or an object");
    const bool is_object = whole.raw_json_token().front() == '{';
    RowCounts counts;
    if (is_object && context.kind == RowKind::quotes) {
        impl.read_one(whole, sink);
        counts = {.whole = !impl.frame.refused(), .rows = 1, .refused = 0};
    } else {
        JsonFrame::Object object;
        JsonFrame::Array rows;
        if (is_object && (whole.get_object().get(object) != simdjson::SUCCESS ||
                          object["result"].get(whole) != simdjson::SUCCESS))
            return refuse("expected a list");
        if (whole.get_array().get(rows) != simdjson::SUCCESS) return refuse("expected a list");
        counts = impl.read_list(rows, sink);
        if (is_object) return counts;
    }
    impl.frame.forget();
    if (counts.whole && !impl.frame.at_end()) {
        sink.take(*impl.frame.refused());
        ++counts.refused;
        counts.whole = false;
    }
    return counts;
}

}  // namespace plumb::venues::binance
