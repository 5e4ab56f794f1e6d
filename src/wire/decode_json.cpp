#include "wire/decode_json.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <ostream>

#include "io/line_reader.hpp"
#include "wire/frame_reader.hpp"

namespace plumb::wire {
namespace {

constexpr InstrumentId kUnnamed{0xffff'ffff};  // rows of a reply that names no symbol, where none was given
constexpr std::size_t kBodyBytesMax = std::size_t{64} << 20;

void count(DecodeCounts& counts, const WireEvent& event) {
    if (std::holds_alternative<Refused>(event))
        ++counts.refused;
    else if (std::holds_alternative<Ignored>(event) || std::holds_alternative<Control>(event))
        ++counts.ignored;
    else
        ++counts.events;
}

std::optional<InstrumentId> instrument_of(const WireEvent& event) {
    return std::visit(
        [](const auto& each) -> std::optional<InstrumentId> {
            if constexpr (requires { each.instrument; }) return each.instrument;
            return std::nullopt;
        },
        event);
}

/// Writes what is taken. Remembers whose an unnamed message is: the instrument given, or the only one that
/// the file spoke of so far.
class Writer : public WireSink {
 public:
    Writer(Venue& venue, std::optional<InstrumentId> given, std::ostream& out)
        : venue_{venue}, given_{given}, out_{out} {}

    void take(const WireEvent& event) override {
        const std::optional<InstrumentId> id = instrument_of(event);
        several_ = several_ || (id && seen_ && *id != *seen_);
        if (id && !seen_) seen_ = id;
        count(counts, event);
        lines_.clear();
        append_json_lines(lines_, event, venue_.capabilities().name, venue_.symbols().instruments(), place);
        out_ << lines_;
    }
    std::optional<InstrumentId> unnamed() const { return given_ ? given_ : several_ ? std::nullopt : seen_; }

    DecodeCounts counts;
    FramePlace place{1, 0};

 private:
    Venue& venue_;
    std::optional<InstrumentId> given_, seen_;
    bool several_ = false;
    std::ostream& out_;
    std::string lines_;
};

Status decode_frames(Venue& venue, const std::filesystem::path& path, Writer& writer) {
    const auto lists = venue.capabilities().frames_are_lists ? FrameReader::Lists::are_frames
                                                             : FrameReader::Lists::hold_frames;
    Result<FrameReader> reader = FrameReader::open(path, lists);
    if (!reader) return fail(reader.error());
    const std::unique_ptr<FrameDecoder> decoder = venue.frame_decoder();
    while (true) {
        const Result<std::optional<CapturedFrame>> frame = reader->next();
        if (!frame) return fail(frame.error());
        if (!*frame) return {};
        writer.place = {(*frame)->line, (*frame)->column};
        ++writer.counts.frames;
        decoder->assume(writer.unnamed());
        decoder->decode((*frame)->text, (*frame)->received_at, writer);
    }
}

Result<std::string> read_body(const std::filesystem::path& path) {
    Result<io::LineReader> reader = io::LineReader::open(path, kBodyBytesMax);
    if (!reader) return fail(reader.error());
    std::string body;
    while (true) {
        const Result<std::optional<std::string_view>> line = reader->next();
        if (!line) return fail(line.error());
        if (!*line) return body;
        if (kBodyBytesMax < body.size() + (*line)->size())
            return fail(Errc::out_of_range, fmt::format("{}: expected a reply of at most {} bytes",
                                                        path.string(), kBodyBytesMax));
        body.append(**line).append("\n");
    }
}

Timestamp changed_at(const std::filesystem::path& path) {
    std::error_code problem;
    const auto changed = std::filesystem::last_write_time(path, problem);
    if (problem) return {};
    return std::chrono::time_point_cast<Duration>(std::chrono::file_clock::to_sys(changed));
}

struct Kind {
    std::string_view name, other_name;
    Question (*question)(InstrumentId instrument);
};
constexpr auto kKinds = std::to_array<Kind>({
    {"rest-trades", "rest-aggtrades", [](InstrumentId id) { return Question{AskTrades{id, {}, {}, {}}}; }},
    {"rest-bars", "rest-klines", [](InstrumentId id) { return Question{AskBars{id, {}, {}, {}, {}}}; }},
    {"rest-book", "rest-depth", [](InstrumentId id) { return Question{AskBook{id}}; }},
    {"rest-quotes", "rest-book-ticker",
     [](InstrumentId id) { return id == kUnnamed ? Question{AskQuotes{}} : Question{AskQuotes{{id}}}; }},
    {"rest-order", "", [](InstrumentId id) { return Question{AskOrder{{id, {}, {}}, 0}}; }},
    {"rest-open-orders", "", [](InstrumentId) { return Question{AskOpenOrders{}}; }},
    {"rest-fills", "", [](InstrumentId) { return Question{AskFills{}}; }},
    {"rest-positions", "", [](InstrumentId) { return Question{AskPositions{}}; }},
    {"rest-balances", "", [](InstrumentId) { return Question{AskBalances{}}; }},
    {"rest-account", "", [](InstrumentId) { return Question{AskAccount{}}; }},
    {"rest-permissions", "", [](InstrumentId) { return Question{AskPermissions{}}; }},
    {"rest-instruments", "", [](InstrumentId) { return Question{AskListings{}}; }},
    {"rest-clock", "", [](InstrumentId) { return Question{AskClock{}}; }},
});

const Kind* kind_of(std::string_view name) {
    for (const Kind& kind : kKinds)
        if (kind.name == name || (!kind.other_name.empty() && kind.other_name == name)) return &kind;
    return nullptr;
}

Status decode_answer(Venue& venue, const std::filesystem::path& path, const Kind& kind,
                     const DecodeOptions& options, Writer& writer) {
    Result<std::string> body = read_body(path);
    if (!body) return fail(body.error());
    // Only what was given may appear as the time of receipt; the file's time merely tells open bars.
    const bool bars = kind.name == "rest-bars";
    const Timestamp received_at = options.received_at.value_or(bars ? changed_at(path) : Timestamp{});
    const Question question = kind.question(writer.unnamed().value_or(kUnnamed));
    io::HttpResponse response;
    response.status = 200;
    response.headers.push_back({"Content-Type", "application/json"});
    response.body = std::move(*body);
    const std::uint64_t refused = writer.counts.refused;
    const Reply reply = venue.read(question, response, received_at, writer);
    if (reply.verdict != Verdict::ok && writer.counts.refused == refused) {
        Control error;
        error.kind = Control::Kind::error;
        error.code = reply.code;
        error.text = std::string_view{reply.words}.substr(0, 96);
        writer.take(error);
        ++writer.counts.refused;
    }
    writer.counts.frames = writer.counts.events + writer.counts.ignored + writer.counts.refused;
    return {};
}

}  // namespace

std::string decode_kinds() {
    std::string names = "ws";
    for (const Kind& kind : kKinds) {
        names.append(", ").append(kind.name);
        if (!kind.other_name.empty()) names.append(" (").append(kind.other_name).append(")");
    }
    return names;
}

Result<DecodeCounts> decode_file(Venue& venue, const std::filesystem::path& path,
                                 const DecodeOptions& options, std::ostream& out) {
    SymbolMap& symbols = venue.symbols();
    symbols.set_unknown(SymbolMap::Unknown::learn);
    std::optional<InstrumentId> given;
    if (!options.symbol.empty()) {
        given = symbols.find(options.symbol);  // the venue's own spelling first
        const Result<SymbolName> name = parse_symbol(options.symbol, "USDT");
        if (!given && name) given = symbols.find(symbols.spelling().spell(name->base, name->quote));
        if (!given) return fail(Errc::parse, "expected a symbol such as BTC/USDT, found " + options.symbol);
    }
    Writer writer{venue, given, out};
    const Kind* kind = kind_of(options.kind);
    if (kind == nullptr && options.kind != "ws")
        return fail(Errc::invalid_argument,
                    "expected one of the kinds " + decode_kinds() + ", found " + options.kind);
    const Status decoded = kind == nullptr ? decode_frames(venue, path, writer)
                                           : decode_answer(venue, path, *kind, options, writer);
    if (!decoded) return fail(decoded.error());
    return writer.counts;
}

}  // namespace plumb::wire
