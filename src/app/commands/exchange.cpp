#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "app/commands.hpp"
#include "app/setting_value.hpp"
#include "app/wall_pacer.hpp"
#include "app/workspace.hpp"
#include "exchange/faults/fault_script.hpp"
#include "exchange/host/truth_file.hpp"
#include "exchange/market/world.hpp"
#include "exchange/registry/registry.hpp"
#include "exchange/server/exchange_server.hpp"
#include "io/file.hpp"
#include "io/websocket_handshake.hpp"

namespace plumb::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kPemBytesMax = std::size_t{1} << 20;
/// How long the fast clock works before signals and sockets have their turn.
constexpr Duration kAheadAtOnce = std::chrono::milliseconds{20};

/// What an exchange is made of, in the order in which it is taken apart last to first.
struct Opened {
    io::Reactor reactor;
    std::optional<exchange::TruthFile> truth_file;
    std::unique_ptr<exchange::TruthSink> no_truth;
    std::optional<exchange::TruthLog> truth;
    std::unique_ptr<exchange::World> world;
    std::optional<io::TlsServerContext> tls;
    std::filesystem::path certificate;  // to be trusted by clients; empty: plain text
    std::unique_ptr<exchange::ExchangeServer> server;
};

class NoTruth : public exchange::TruthSink {
 public:
    void write(std::string_view) override {}
};

bool is_simulated(const Settings& settings) { return settings.text("clock") == "simulated"; }

/// A clock of its own that nobody waits for runs as fast as it goes.
double speed_of(const Settings& settings) {
    if (settings.has("speed")) return settings.number("speed");
    return is_simulated(settings) && settings.chosen("duration") ? 0.0 : 1.0;
}

Status check_clock(const Settings& settings) {
    if (!is_simulated(settings) && (settings.has("speed") || settings.chosen("start")))
        return fail(Errc::invalid_argument,
                    "exchange: --speed and --start are of a simulated clock; add --clock simulated");
    if (is_simulated(settings) && speed_of(settings) == 0 && !settings.chosen("duration"))
        return fail(Errc::invalid_argument,
                    "exchange: --speed 0 expected --duration: as fast as it goes needs an end");
    return {};
}

Result<std::vector<const exchange::VenueEntry*>> chosen_venues(const Settings& settings) {
    if (!settings.has("venue"))
        return fail(Errc::invalid_argument,
                    "exchange expected --venue, one or more of " + std::string{kVenues});
    std::vector<const exchange::VenueEntry*> venues;
    std::string missing;
    for_each_word(settings.text("venue"), [&](std::string_view name) {
        const exchange::VenueEntry* entry = exchange::find_venue(name);
        if (entry == nullptr) missing = name;
        venues.push_back(entry);
    });
    if (!missing.empty())
        return fail(Errc::unsupported, "exchange --venue " + missing + ": not in this version");
    return venues;
}

Status open_world(const Settings& settings, Opened& opened, Timestamp start) {
    exchange::WorldOptions options{.seed = static_cast<std::uint64_t>(settings.integer("seed")),
                                   .start = start};
    options.names = static_cast<std::size_t>(settings.integer("names"));
    options.symbols = settings.has("symbols") ? settings.symbols("symbols") : std::vector<std::string>{};
    constexpr std::string_view kReplay = "replay:";
    const std::string& market = settings.text("market");
    if (market.starts_with(kReplay) && kReplay.size() < market.size()) {
        options.recording = market.substr(kReplay.size());
    } else if (market != "demo") {
        return fail(Errc::invalid_argument,
                    "--market expected demo or replay:FILE, found \"" + market + "\"");
    }
    auto world = exchange::World::make(std::move(options));
    if (!world) return fail(world.error());
    opened.world = std::move(*world);
    return {};
}

/// A new pair at each start, its certificate where clients can be pointed at.
Status generate_tls(const Workspace& workspace, io::CertificateAndKey& pem, Opened& opened) {
    pem = io::generate_certificate(opened.reactor.now());
    opened.certificate = workspace.state() / "exchange-certificate.pem";
    return io::replace_file(opened.certificate, pem.certificate);
}

Status open_tls(const Settings& settings, Opened& opened) {
    const bool is_given = settings.has("tls-cert") || settings.has("tls-key");
    if (!is_given && !settings.flag("tls")) return {};
    if (is_given && !(settings.has("tls-cert") && settings.has("tls-key")))
        return fail(Errc::invalid_argument,
                    "exchange expected --tls-cert and --tls-key together, found one of them");
    io::CertificateAndKey pem;
    if (is_given) {
        auto certificate = io::read_file(settings.path("tls-cert"), kPemBytesMax);
        if (!certificate) return fail(certificate.error());
        auto key = io::read_file(settings.path("tls-key"), kPemBytesMax);
        if (!key) return fail(key.error());
        pem = {.certificate = std::move(*certificate), .key = std::move(*key)};
        opened.certificate = settings.path("tls-cert");
    } else if (Status made = generate_tls(Workspace{settings}, pem, opened); !made) {
        return made;
    }
    auto context = io::TlsServerContext::make(pem);
    if (!context) return fail(std::move(context.error()).at(opened.certificate.string()));
    opened.tls.emplace(std::move(*context));
    return {};
}

Status open_truth(const Settings& settings, Opened& opened) {
    if (!settings.has("truth-log")) {
        opened.no_truth = std::make_unique<NoTruth>();
        opened.truth.emplace(*opened.no_truth);
        return {};
    }
    auto file = exchange::TruthFile::open(settings.path("truth-log"));
    if (!file) return fail(file.error());
    opened.truth_file.emplace(std::move(*file));
    opened.truth.emplace(*opened.truth_file);
    return {};
}

Result<std::string> open_server(const Settings& settings, Opened& opened, Timestamp start) {
    const auto venues = chosen_venues(settings);
    if (!venues) return fail(venues.error());
    exchange::ExchangeServerOptions options;
    options.listen = {.host = settings.text("listen"),
                      .port = static_cast<std::uint16_t>(settings.integer("port"))};
    options.tls = opened.tls ? &*opened.tls : nullptr;
    if (is_simulated(settings)) options.clock = {.start = start, .speed = speed_of(settings)};
    options.host.seed = static_cast<std::uint64_t>(settings.integer("seed"));
    options.host.cash = settings.money("cash");
    options.host.control_token =
        settings.has("control-token") ? settings.text("control-token") : io::make_websocket_key();
    if (settings.has("faults")) {
        auto script = exchange::read_fault_script(settings.path("faults"));
        if (!script) return fail(script.error());
        options.host.faults = std::move(*script);
    }
    const std::string token = options.host.control_token;
    auto server = exchange::ExchangeServer::open(opened.reactor, *opened.world, *opened.truth, *venues,
                                                 std::move(options));
    if (!server) {
        // Plain text to the world is a wrong flag, not an answer.
        const Error& error = server.error();
        return error.code() == Errc::denied ? fail(Errc::invalid_argument, error.message()) : fail(error);
    }
    opened.server = std::move(*server);
    return token;
}

/// A key of several lines goes to a file, whose name is told instead.
Result<std::string> shown_secret(const Workspace& workspace, const exchange::ServedVenue& venue,
                                 const exchange::ApiAccess& access, bool& is_file) {
    is_file = access.secret.contains('\n');
    if (!is_file) return access.secret;
    const std::filesystem::path path = workspace.state() / ("exchange-" + venue.name + "-secret.pem");
    if (Status written = io::replace_file(path, access.secret); !written) return fail(written.error());
    return path.string();
}

Status announce(const Settings& settings, const Streams& streams, const Opened& opened,
                const std::string& token) {
    const bool is_secure = opened.tls.has_value();
    for (const exchange::ServedVenue& venue : opened.server->venues()) {
        const exchange::ApiAccess& access = venue.host->access().front();
        const std::string rest = (is_secure ? "https://" : "http://") + venue.address;
        const std::string stream = (is_secure ? "wss://" : "ws://") + venue.address;
        bool is_file = false;
        const auto secret = shown_secret(Workspace{settings}, venue, access, is_file);
        if (!secret) return fail(secret.error());
        if (settings.flag("json")) {
            Json line{{"venue", venue.name}, {"rest", rest}, {"stream", stream}, {"key", access.key}};
            line[is_file ? "secret_file" : "secret"] = *secret;
            if (is_secure) line["certificate"] = opened.certificate.string();
            line["control_token"] = token;
            line["now"] = to_iso(opened.server->now());
            streams.out << line.dump() << '\n';
            continue;
        }
        streams.out << fmt::format("{}\n  REST    {}\n  stream  {}\n  key     {}\n", venue.name, rest, stream,
                                   access.key);
        // Not every venue has one.
        if (!secret->empty())
            streams.out << fmt::format("  {} {}\n", is_file ? "secret in" : "secret ", *secret);
    }
    if (!settings.flag("json")) {
        if (is_secure) streams.out << fmt::format("certificate to trust: {}\n", opened.certificate.string());
        streams.out << fmt::format("control: /plumb-control/ with Authorization: Bearer {}\n", token);
        if (!settings.chosen("duration")) streams.out << "Ctrl+C ends it\n";
    }
    streams.out.flush();
    return {};
}

/// Until the end that was asked for, a signal, or a disk that takes no truth any more.
Status serve(const Settings& settings, Opened& opened) {
    std::optional<Timestamp> end;
    if (settings.chosen("duration"))
        end = opened.server->now() + from_seconds(60 * settings.number("duration"));
    const bool runs_ahead = is_simulated(settings) && speed_of(settings) == 0;
    const auto is_over = [&] { return signals_heard() > 0 || (end && *end <= opened.server->now()); };
    while (!is_over()) {
        if (runs_ahead) {
            opened.server->run_ahead(*end, kAheadAtOnce);
            opened.reactor.poll();
        } else {
            opened.reactor.run_until(is_over, std::chrono::seconds{1});
        }
        if (opened.truth_file) {
            if (Status written = opened.truth_file->flush(); !written) return written;
        }
    }
    return {};
}

}  // namespace

/// `plumb exchange`: venues on loopback until a signal or the end of --duration. Prints where each is and the
/// key of its account.
Result<ExitStatus> run_exchange(const Settings& settings, const Streams& streams) {
    if (Status sound = check_clock(settings); !sound) return fail(sound.error());
    if (const auto venues = chosen_venues(settings); !venues) return fail(venues.error());
    listen_for_signals();
    Opened opened;
    const Timestamp start = is_simulated(settings) ? settings.date("start") : opened.reactor.now();
    if (Status done = open_tls(settings, opened); !done) return fail(done.error());
    if (Status done = open_world(settings, opened, start); !done) return fail(done.error());
    if (Status done = open_truth(settings, opened); !done) return fail(done.error());
    const auto token = open_server(settings, opened, start);
    if (!token) return fail(token.error());
    if (Status done = announce(settings, streams, opened, *token); !done) return fail(done.error());
    if (Status done = serve(settings, opened); !done) return fail(done.error());
    opened.server.reset();
    if (opened.truth_file) {
        if (Status written = opened.truth_file->flush(); !written) return fail(written.error());
    }
    return ExitStatus::done;
}

}  // namespace plumb::app
