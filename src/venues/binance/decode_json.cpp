#include "venues/binance/decode_json.hpp"

#include <fmt/format.h>

#include <chrono>
#include <ostream>

#include "codec/event_json.hpp"
#include "venues/binance/frame_reader.hpp"

namespace plumb::venues::binance {
namespace {

constexpr std::string_view kVenue = "binance";
constexpr InstrumentId kUnnamed{0xffff'ffff};  // rows of a reply that names no symbol, where none was given

std::string name_of(const InstrumentTable& instruments, InstrumentId id) {
    return id.value < instruments.size() ? instruments[id].name() : std::string{};
}

std::string begin(std::string_view type) {
    std::string line = "{";
    codec::append_text(line, "type", type);
    codec::append_text(line, "venue", kVenue);
    return line;
}

struct Printer {
    std::string& out;
    const InstrumentTable& instruments;
    FramePlace place;

    template <class Event>
    void operator()(const Event& event) const {
        codec::append_json(out, event, {kVenue, name_of(instruments, event.instrument)});
        out += '\n';
    }
    void operator()(const Ignored& ignored) const {
        out += begin("ignored");
        codec::append_text(out, "reason", ignored.reason);
        out += fmt::format(", \"line\": {}}}\n", place.line);
    }
    void operator()(const Refused& refused) const {
        out += begin("refused");
        codec::append_text(out, "reason", refused.reason);
        codec::append_text(out, "field", refused.field.view());
        out += fmt::format(", \"line\": {}, \"offset\": {}}}\n", place.line, place.column + refused.offset);
    }
    void operator()(const Control& control) const {
        switch (control.kind) {
            case Control::Kind::acknowledged:
                out += begin("ack");
                codec::append_text(out, "id", control.text.view());
                break;
            case Control::Kind::error:
                out += begin("error");
                out += fmt::format(", \"code\": {}", control.code);
                codec::append_text(out, "message", control.text.view());
                break;
            case Control::Kind::shutdown: out += begin("shutdown"); break;
        }
        out += "}\n";
    }
    void operator()(const ExecutionReport& report) const {
        const std::string name = name_of(instruments, report.instrument);
        const auto common = [&](std::string_view type) {
            out += begin(type);
            codec::append_text(out, "instrument", name);
            codec::append_time(out, "venue_time", report.venue_time);
            codec::append_time(out, "received_at", report.received_at);
            codec::append_text(out, "client_order_id", report.client_order.view());
            codec::append_text(out, "venue_order_id", report.venue_order.view());
            codec::append_text(out, "side", to_string(report.side));
        };
        common("order");
        codec::append_text(out, "order_type", report.type.view());
        codec::append_text(out, "time_in_force", report.time_in_force.view());
        codec::append_text(out, "execution", report.execution.view());
        codec::append_text(out, "state", to_string(report.state));
        codec::append_decimal(out, "price", report.price.value);
        codec::append_decimal(out, "stop_price", report.stop.value);
        codec::append_decimal(out, "quantity", report.quantity.value);
        codec::append_decimal(out, "filled_quantity", report.filled.value);
        codec::append_text(out, "reason", report.reason.view());
        out += "}\n";
        if (!report.traded) return;
        common("fill");
        codec::append_text(out, "execution_id", report.trade.view());
        codec::append_decimal(out, "price", report.last_price.value);
        codec::append_decimal(out, "quantity", report.last_quantity.value);
        codec::append_decimal(out, "fee", report.fee);
        codec::append_text(out, "fee_asset", report.fee_asset.view());
        out += report.maker ? ", \"maker\": true}\n" : ", \"maker\": false}\n";
    }
};

void count(DecodeCounts& counts, const Decoded& decoded) {
    if (std::holds_alternative<Refused>(decoded))
        ++counts.refused;
    else if (std::holds_alternative<Ignored>(decoded) || std::holds_alternative<Control>(decoded))
        ++counts.ignored;
    else
        ++counts.events;
}

std::optional<InstrumentId> instrument_of(const Decoded& decoded) {
    return std::visit(
        [](const auto& each) -> std::optional<InstrumentId> {
            if constexpr (requires { each.instrument; }) return each.instrument;
            return std::nullopt;
        },
        decoded);
}

/// Whose an unnamed snapshot is: the instrument given, or the only one that the file spoke of so far.
struct OnlyInstrument {
    std::optional<InstrumentId> given, seen;
    bool several = false;

    void see(const Decoded& decoded) {
        const std::optional<InstrumentId> id = instrument_of(decoded);
        several = several || (id && seen && *id != *seen);
        if (id && !seen) seen = id;
    }
    std::optional<InstrumentId> get() const { return given ? given : several ? std::nullopt : seen; }
};

Result<DecodeCounts> decode_frames(const std::filesystem::path& path, SymbolMap& symbols,
                                   std::optional<InstrumentId> given, std::ostream& out) {
    Result<FrameReader> reader = FrameReader::open(path);
    if (!reader) return fail(reader.error());
    Decoder decoder{symbols};
    Decoded decoded;
    DecodeCounts counts;
    OnlyInstrument only{.given = given, .seen = {}};
    std::string lines;
    while (true) {
        const Result<std::optional<CapturedFrame>> frame = reader->next();
        if (!frame) return fail(frame.error());
        if (!*frame) return counts;
        decoder.decode((*frame)->text, {(*frame)->received_at, only.get()}, decoded);
        only.see(decoded);
        ++counts.frames;
        count(counts, decoded);
        lines.clear();
        append_json_lines(lines, decoded, symbols.instruments(), {(*frame)->line, (*frame)->column});
        out << lines;
    }
}

Result<std::string> read_body(const std::filesystem::path& path) {
    Result<io::LineReader> reader = io::LineReader::open(path, Decoder::kRestBytesMax);
    if (!reader) return fail(reader.error());
    std::string body;
    while (true) {
        const Result<std::optional<std::string_view>> line = reader->next();
        if (!line) return fail(line.error());
        if (!*line) return body;
        if (Decoder::kRestBytesMax < body.size() + (*line)->size())
            return fail(Errc::out_of_range, fmt::format("{}: expected a reply of at most {} bytes",
                                                        path.string(), Decoder::kRestBytesMax));
        body.append(**line).append("\n");
    }
}

Timestamp changed_at(const std::filesystem::path& path) {
    std::error_code problem;
    const auto changed = std::filesystem::last_write_time(path, problem);
    if (problem) return {};
    return std::chrono::time_point_cast<Duration>(std::chrono::file_clock::to_sys(changed));
}

std::optional<RestKind> rest_kind(std::string_view kind) {
    if (kind == "rest-trades" || kind == "rest-aggtrades") return RestKind::trades;
    if (kind == "rest-klines") return RestKind::klines;
    if (kind == "rest-depth") return RestKind::depth;
    if (kind == "rest-book-ticker") return RestKind::book_ticker;
    return std::nullopt;
}

}  // namespace

void append_json_lines(std::string& out, const Decoded& decoded, const InstrumentTable& instruments,
                       FramePlace place) {
    std::visit(Printer{out, instruments, place}, decoded);
}

Result<DecodeCounts> decode_file(const std::filesystem::path& path, const DecodeOptions& options,
                                 std::ostream& out) {
    InstrumentTable instruments;
    SymbolMap symbols{instruments, SymbolMap::Unknown::learn};
    std::optional<InstrumentId> given;
    if (!options.symbol.empty()) {
        given = symbols.find(options.symbol);  // the venue's own spelling first
        const Result<SymbolName> name = parse_symbol(options.symbol, "USDT");
        if (!given && name) given = symbols.find(name->base + name->quote);
        if (!given) return fail(Errc::parse, "expected a symbol such as BTCUSDT, found " + options.symbol);
    }
    if (options.kind == "ws") return decode_frames(path, symbols, given, out);
    const std::optional<RestKind> kind = rest_kind(options.kind);
    if (!kind)
        return fail(Errc::invalid_argument,
                    "expected the kind ws, rest-trades, rest-aggtrades, rest-klines, rest-depth or "
                    "rest-book-ticker, found " +
                        options.kind);
    const Result<std::string> body = read_body(path);
    if (!body) return fail(body.error());
    Decoder decoder{symbols};
    DecodeCounts counts;
    std::string lines;
    // Only what was given may appear as the time of receipt; the file's time merely tells open klines.
    const bool klines = *kind == RestKind::klines;
    const Timestamp received_at = options.received_at.value_or(klines ? changed_at(path) : Timestamp{});
    decoder.decode_rest(*kind, *body, {received_at, given.value_or(kUnnamed)}, [&](const Decoded& decoded) {
        ++counts.frames;
        count(counts, decoded);
        lines.clear();
        append_json_lines(lines, decoded, instruments, {1, 0});
        out << lines;
    });
    return counts;
}

}  // namespace plumb::venues::binance
