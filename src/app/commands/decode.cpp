#include <fmt/format.h>

#include <ostream>

#include "app/commands.hpp"
#include "venues/binance/decode_json.hpp"

namespace plumb::app {

/// `plumb decode FILE`: a venue's recorded bytes in, our events out, one JSON object per line. What it
/// refuses becomes a line too, and it goes on. With --verbose the counts follow on standard error.
Result<ExitStatus> run_decode(const Settings& settings, const Streams& streams) {
    if (settings.arguments().empty()) return fail(Errc::invalid_argument, "decode expected FILE, found none");
    if (settings.text("venue") != "binance") {
        return fail(Errc::unsupported, "decode --venue " + settings.text("venue") +
                                           ": this version decodes files of binance");
    }
    venues::binance::DecodeOptions options;
    if (settings.has("kind")) options.kind = settings.text("kind");
    const std::vector<std::string> symbols = settings.symbols("symbols");
    if (symbols.size() > 1)
        return fail(Errc::invalid_argument,
                    "decode expected one instrument in --symbols: whose a message is that names none");
    if (!symbols.empty()) options.symbol = symbols.front();
    const Result<venues::binance::DecodeCounts> counts =
        venues::binance::decode_file(settings.arguments().front(), options, streams.out);
    if (!counts) return fail(counts.error());
    if (settings.flag("verbose")) {
        streams.err << fmt::format("{} frames: {} events, {} ignored, {} refused\n", counts->frames,
                                   counts->events, counts->ignored, counts->refused);
    }
    return ExitStatus::done;
}

}  // namespace plumb::app
