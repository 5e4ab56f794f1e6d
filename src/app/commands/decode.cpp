#include <fmt/format.h>

#include <ostream>

#include "app/commands.hpp"
#include "venues/registry.hpp"
#include "wire/decode_json.hpp"

namespace plumb::app {

/// `plumb decode FILE`: a venue's recorded bytes in, our events out, one JSON object per line. What it
/// refuses becomes a line too, and it goes on. With --verbose the counts follow on standard error.
Result<ExitStatus> run_decode(const Settings& settings, const Streams& streams) {
    if (settings.arguments().empty()) return fail(Errc::invalid_argument, "decode expected FILE, found none");
    wire::DecodeOptions options;
    if (settings.has("kind")) options.kind = settings.text("kind");
    const std::vector<std::string> symbols = settings.symbols("symbols");
    if (symbols.size() > 1)
        return fail(Errc::invalid_argument,
                    "decode expected one instrument in --symbols: whose a message is that names none");
    if (!symbols.empty()) options.symbol = symbols.front();
    InstrumentTable instruments;
    const venues::VenueEntry* entry = venues::find_venue(settings.text("venue"));
    if (entry == nullptr)
        return fail(Errc::unsupported, "decode --venue " + settings.text("venue") + ": not in this version");
    wire::VenueOptions venue_options;
    venue_options.instruments = &instruments;
    const auto venue = entry->make(venue_options);
    if (!venue) return fail(venue.error());
    const Result<wire::DecodeCounts> counts =
        wire::decode_file(**venue, settings.arguments().front(), options, streams.out);
    if (!counts) return fail(counts.error());
    if (settings.flag("verbose")) {
        streams.err << fmt::format("{} frames: {} events, {} ignored, {} refused\n", counts->frames,
                                   counts->events, counts->ignored, counts->refused);
    }
    return ExitStatus::done;
}

}  // namespace plumb::app
