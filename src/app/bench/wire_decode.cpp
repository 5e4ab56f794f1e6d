#include <fmt/format.h>
#include <simdjson.h>

#include <cstring>
#include <map>
#include <nlohmann/json.hpp>

#include "app/bench/allocation_count.hpp"
#include "app/bench/child.hpp"
#include "app/bench/figure.hpp"
#include "app/bench/stopwatches.hpp"
#include "app/bench/wire_frames.hpp"
#include "io/file.hpp"
#include "venues/registry.hpp"

namespace plumb::app::bench {
namespace {

constexpr int kRuns = 9;
constexpr int kFramesPerRun = 50'000;
constexpr int kWarmUpFrames = 1'000;
constexpr double kTargetNs = 300;
constexpr Timestamp kReceivedAt = timestamp_from_ms(1'723'161'301'000);

/// Counts what comes out, and takes the prices so that nothing is left undone.
class Counter : public wire::WireSink {
 public:
    void take(const wire::WireEvent& event) override {
        if (std::holds_alternative<wire::Refused>(event)) {
            ++refused;
            return;
        }
        if (std::holds_alternative<wire::Ignored>(event)) return;
        ++events;
        last_index = event.index();
    }
    std::uint64_t events = 0;
    std::uint64_t refused = 0;
    std::size_t last_index = 0;
};

/// The same bytes through simdjson alone: every member of every object visited, none understood.
std::size_t walk(simdjson::ondemand::value value) {
    simdjson::ondemand::json_type type;
    if (value.type().get(type) != simdjson::SUCCESS) return 0;
    std::size_t count = 1;
    if (type == simdjson::ondemand::json_type::object) {
        for (auto member : value.get_object()) {
            simdjson::ondemand::value inner;
            if (member.value().get(inner) == simdjson::SUCCESS) count += walk(inner);
        }
    } else if (type == simdjson::ondemand::json_type::array) {
        for (auto element : value.get_array()) {
            simdjson::ondemand::value inner;
            if (element.get(inner) == simdjson::SUCCESS) count += walk(inner);
        }
    } else {
        count += value.raw_json_token().size() & 1;
    }
    return count;
}

double bare_parse_ns(std::string_view text) {
    simdjson::ondemand::parser parser;
    std::vector<char> buffer(text.size() + simdjson::SIMDJSON_PADDING);
    std::size_t members = 0;
    const double seconds = median_computing_seconds(kRuns, [&] {
        for (int i = 0; i < kFramesPerRun; ++i) {
            std::memcpy(buffer.data(), text.data(), text.size());
            simdjson::ondemand::document document = parser.iterate(buffer.data(), text.size(), buffer.size());
            simdjson::ondemand::value root;
            if (document.get_value().get(root) == simdjson::SUCCESS) members += walk(root);
        }
    });
    return members == 0 ? 0 : 1e9 * seconds / kFramesPerRun;
}

/// Nanoseconds of Node's JSON.parse for each frame, in their order; empty where there is no node.
std::vector<double> node_ns(std::span<const WireFrame> frames) {
    const auto scratch = ScratchFolder::make();
    if (!scratch) return {};
    nlohmann::json texts = nlohmann::json::array();
    for (const WireFrame& frame : frames) texts.push_back(frame.text);
    const std::string file = (scratch->path() / "frames.json").string();
    if (!io::replace_file(file, texts.dump())) return {};
    const std::string script =
        "const frames = JSON.parse(require('fs').readFileSync(process.argv[1], 'utf8'));"
        "let kept = 0; const out = [];"
        "for (const text of frames) { const runs = [];"
        "  for (let run = 0; run < 9; ++run) { const begin = process.cpuUsage();"
        "    for (let i = 0; i < 50000; ++i) kept += JSON.parse(text) ? 1 : 0;"
        "    const used = process.cpuUsage(begin); runs.push((used.user + used.system) * 1000 / 50000); }"
        "  runs.sort((a, b) => a - b); out.push(runs[4]); }"
        "console.log(JSON.stringify(kept ? out : []));";
    const auto child = run_child({"node", "-e", script, file});
    if (!child || child->status != 0) return {};
    const auto parsed = nlohmann::json::parse(child->output, nullptr, false);
    if (!parsed.is_array() || parsed.size() != frames.size()) return {};
    return parsed.get<std::vector<double>>();
}

Result<Figure> measure_frame(const WireFrame& frame) {
    const venues::VenueEntry* entry = venues::find_venue(frame.venue);
    if (entry == nullptr) return fail(Errc::not_found, fmt::format("no venue {}", frame.venue));
    InstrumentTable instruments;
    wire::VenueOptions options;
    options.instruments = &instruments;
    auto venue = entry->make(options);
    if (!venue) return fail(venue.error());
    (*venue)->symbols().set_unknown(wire::SymbolMap::Unknown::learn);
    const auto decoder = (*venue)->frame_decoder();
    Counter counter;
    for (int i = 0; i < kWarmUpFrames; ++i) decoder->decode(frame.text, kReceivedAt, counter);
    if (counter.refused > 0 || counter.events < kWarmUpFrames)
        return fail(Errc::corrupt,
                    fmt::format("{} {}: expected an event of each frame", frame.venue, frame.kind));
    const std::uint64_t per_frame = counter.events / kWarmUpFrames;
    const std::uint64_t before = allocations_of_this_thread();
    for (int i = 0; i < kFramesPerRun; ++i) decoder->decode(frame.text, kReceivedAt, counter);
    const std::uint64_t allocated = allocations_of_this_thread() - before;
    const double seconds = median_computing_seconds(kRuns, [&] {
        for (int i = 0; i < kFramesPerRun; ++i) decoder->decode(frame.text, kReceivedAt, counter);
    });
    Figure figure;
    figure.name = fmt::format("decode_{}_{}", frame.venue, frame.kind);
    figure.ours = 1e9 * seconds / kFramesPerRun;
    figure.limit = bare_parse_ns(frame.text);
    figure.limit_name = "simdjson visiting the same bytes";
    figure.unit = "ns/frame";
    figure.target = kTargetNs;
    figure.target_is_ratio = false;
    figure.better = Better::less;
    figure.note = fmt::format("{} bytes, {} event{} a frame, {} allocations in {} frames", frame.text.size(),
                              per_frame, per_frame == 1 ? "" : "s", allocated, kFramesPerRun);
    return figure;
}

}  // namespace

/// One frame of each kind of each streaming venue: bytes in, events out. Beside simdjson alone and Node's
/// JSON.parse of the same bytes.
Result<std::vector<Figure>> measure_wire_decode() {
    const OnOneProcessor pinned;
    const std::span<const WireFrame> frames = wire_frames();
    const std::vector<double> node = node_ns(frames);
    std::vector<Figure> figures;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        Result<Figure> figure = measure_frame(frames[i]);
        if (!figure) return fail(figure.error());
        if (!node.empty()) {
            figure->peer = node[i];
            figure->peer_name = "Node's JSON.parse";
        }
        figure->note +=
            fmt::format("; simdjson alone {:.0f} ns{}", *figure->limit, node.empty() ? "; no node here" : "");
        figures.push_back(std::move(*figure));
    }
    return figures;
}

}  // namespace plumb::app::bench
