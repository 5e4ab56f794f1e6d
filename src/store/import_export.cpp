#include "store/import_export.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "io/file.hpp"
#include "store/python_time.hpp"
#include "store/strategy_config_file.hpp"

namespace plumb::store {
namespace {

/// A file of some kind, read and written again in its fullest form.
struct Normalized {
    std::string text;
    std::int64_t rows = 0;
    std::optional<Timestamp> as_of;  // the newest time the content speaks of
    std::vector<std::string> warnings;
    std::string weekly_name;  // benchmarks only
};

struct CheckInputs {
    Timestamp now;
    const ClosesOf& closes;
};

void note_time(std::optional<Timestamp>& newest, std::string_view text) {
    const auto time = parse_timestamp(text);
    if (time && (!newest || *newest < *time)) newest = *time;
}

std::int64_t count(const auto& list) { return static_cast<std::int64_t>(list.size()); }

Result<Normalized> normalize_benchmarks(std::string_view bytes, const CheckInputs& inputs) {
    const auto benchmarks = read_benchmarks(bytes);
    if (!benchmarks) return fail(benchmarks.error());
    return Normalized{write_benchmarks(*benchmarks), count(benchmarks->groups), benchmarks->computed_at,
                      check_benchmarks(*benchmarks, inputs.now),
                      benchmarks_file_name(benchmarks->computed_at)};
}

Result<Normalized> normalize_positions(std::string_view bytes, const CheckInputs&) {
    const auto file = read_positions(bytes);
    if (!file) return fail(file.error());
    Normalized out{write_positions(file->positions), count(file->positions), {}, check_positions(*file), {}};
    for (const PairPosition& position : file->positions) note_time(out.as_of, position.entry_time);
    return out;
}

Result<Normalized> normalize_trades_history(std::string_view bytes, const CheckInputs&) {
    const auto history = read_trades_history(bytes);
    if (!history) return fail(history.error());
    Normalized out{write_trades_history(history->trades),
                   count(history->trades),
                   {},
                   check_trades_history(*history),
                   {}};
    for (const PairTrade& trade : history->trades) note_time(out.as_of, trade.exit_time);
    return out;
}

Normalized normalized_pairs(const PairsFile& file, const CheckInputs& inputs) {
    Normalized out{write_pairs(file), count(file.pairs), {}, check_pairs(file, inputs.closes), {}};
    if (file.metadata) note_time(out.as_of, file.metadata->analysis_date);
    return out;
}

Result<Normalized> normalize_pairs(std::string_view bytes, const CheckInputs& inputs) {
    const auto file = read_pairs(bytes);
    if (!file) return fail(file.error());
    return normalized_pairs(*file, inputs);
}

Result<Normalized> normalize_pairs_csv(std::string_view bytes, const CheckInputs& inputs) {
    const auto file = read_pairs_csv(bytes);
    if (!file) return fail(file.error());
    return normalized_pairs(*file, inputs);
}

Result<Normalized> normalize_config(std::string_view bytes, const CheckInputs&) {
    const auto config = read_strategy_config(bytes);
    if (!config) return fail(config.error());
    const std::vector<Setting> settings = settings_of(*config);
    Normalized out{write_strategy_config(*config), count(settings), {}, {}, {}};
    out.warnings.emplace_back("the earlier program never read this file; to use its values here, set:");
    for (const Setting& setting : settings) {
        out.warnings.push_back(fmt::format("--{} {} (from {})", setting.flag, setting.value, setting.from));
    }
    for (const std::string& key : config->unknown_keys)
        out.warnings.push_back(fmt::format("{} is unknown: kept, not used", key));
    if (config->sandbox == false)
        out.warnings.emplace_back("sandbox is false there; here live trading always takes --live");
    return out;
}

Result<Normalized> normalize_live_trades(std::string_view bytes, const CheckInputs&) {
    const auto trades = read_live_trades(bytes);
    if (!trades) return fail(trades.error());
    Normalized out{write_live_trades(*trades), count(*trades), {}, check_live_trades(*trades), {}};
    for (const LiveTrade& trade : *trades) note_time(out.as_of, trade.timestamp);
    return out;
}

Result<Normalized> normalize_portfolio_state(std::string_view bytes, const CheckInputs&) {
    const auto state = read_portfolio_state(bytes);
    if (!state) return fail(state.error());
    Normalized out{
        write_portfolio_state(*state), count(state->holdings), {}, check_portfolio_state(*state), {}};
    note_time(out.as_of, state->last_update);
    return out;
}

Result<Normalized> normalize_recent_signals(std::string_view bytes, const CheckInputs&) {
    const auto recent = read_recent_signals(bytes);
    if (!recent) return fail(recent.error());
    Normalized out{write_recent_signals(*recent), count(recent->symbols), {}, {}, {}};
    for (const auto& of_symbol : recent->symbols) note_time(out.as_of, of_symbol.timestamp);
    return out;
}

Result<Normalized> normalize_strategies(std::string_view bytes, const CheckInputs&) {
    const auto lines = read_strategies(bytes);
    if (!lines) return fail(lines.error());
    return Normalized{write_strategies(*lines), count(*lines), {}, check_strategies(*lines), {}};
}

/// The table of kinds, in the order of the enum.
struct KindRow {
    std::string_view name;
    const char* home;  // in the workspace
    Result<Normalized> (*normalize)(std::string_view, const CheckInputs&);
};
constexpr KindRow kKinds[] = {
    {"benchmarks", "data/benchmarks/benchmarks_latest.json", normalize_benchmarks},
    {"positions", "state/positions.json", normalize_positions},
    {"trades-history", "state/trades_history.json", normalize_trades_history},
    {"pairs", "state/cointegrated_pairs.json", normalize_pairs},
    {"pairs-csv", "state/cointegrated_pairs.json", normalize_pairs_csv},
    {"config", "config/imported_config.json", normalize_config},
    {"live-trades", "data/live_trades.csv", normalize_live_trades},
    {"portfolio-state", "data/portfolio_state.json", normalize_portfolio_state},
    {"recent-signals", "data/recent_signals.json", normalize_recent_signals},
    {"strategies", "config/strategies.txt", normalize_strategies},
};
static_assert(std::size(kKinds) == kFileKinds.size());

const KindRow& row_of(FileKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

/// How a kind's home file is read: pairs that came as CSV are kept as JSON.
Result<Normalized> normalize_home(FileKind kind, std::string_view bytes, const CheckInputs& inputs) {
    return kind == FileKind::pairs_csv ? normalize_pairs(bytes, inputs)
                                       : row_of(kind).normalize(bytes, inputs);
}

enum class Existing : unsigned char { none, same, older, newer };

struct Target {
    std::filesystem::path path;
    Existing existing = Existing::none;
    std::string bytes;  // what is there now
};

/// Looks at what is in the way of `incoming`. Errc::corrupt when it cannot be read (S04).
Result<Target> examine(FileKind kind, std::filesystem::path path, const Normalized& incoming,
                       const CheckInputs& inputs) {
    Target target{std::move(path), Existing::none, {}};
    auto bytes = io::read_file(target.path);
    if (!bytes && bytes.error().code() == Errc::not_found) return target;
    if (!bytes) return fail(bytes.error());
    const auto held = normalize_home(kind, *bytes, inputs);
    if (!held) {
        return fail(Errc::corrupt,
                    fmt::format("{} is in the way and cannot be read ({}); it is left as it is: move it away "
                                "and import again",
                                target.path.string(), held.error().message()));
    }
    const bool newer = held->as_of && incoming.as_of && *incoming.as_of < *held->as_of;
    target.existing = held->text == incoming.text ? Existing::same
                      : newer                     ? Existing::newer
                                                  : Existing::older;
    target.bytes = *std::move(bytes);
    return target;
}

Error refuse_newer(const Target& target) {
    return Error{Errc::stale,
                 fmt::format("{} is newer than the file to import and is left as it is: move it away to "
                             "import the older one",
                             target.path.string())};
}

/// NAME.replaced, or NAME.replaced.2 and on: what was kept once is not overwritten either.
std::filesystem::path free_name(const std::filesystem::path& path) {
    std::filesystem::path name = path.string() + ".replaced";
    for (int number = 2; std::filesystem::exists(name); ++number)
        name = fmt::format("{}.replaced.{}", path.string(), number);
    return name;
}

Status write_target(const Target& target, const std::string& text, ImportReport& report) {
    if (target.existing == Existing::same) {
        report.warnings.push_back(target.path.string() + " holds the same already");
        return {};
    }
    if (target.existing == Existing::older) {
        const std::filesystem::path kept = free_name(target.path);
        if (const Status saved = io::replace_file(kept, target.bytes); !saved) return saved;
        report.warnings.push_back(
            fmt::format("{} was there; it is kept as {}", target.path.string(), kept.filename().string()));
    }
    if (const Status written = io::replace_file(target.path, text); !written) return written;
    report.written.push_back(target.path);
    return {};
}

/// Benchmarks go to their week's file, and become the latest unless newer ones are.
Status store_benchmarks(const Normalized& incoming, const ImportRequest& request, ImportReport& report) {
    const CheckInputs inputs{request.now, request.closes};
    const auto week = examine(FileKind::benchmarks,
                              benchmarks_folder(request.workspace) / incoming.weekly_name, incoming, inputs);
    if (!week) return fail(week.error());
    const auto latest = examine(FileKind::benchmarks, latest_benchmarks(request.workspace), incoming, inputs);
    if (!latest) return fail(latest.error());
    if (week->existing == Existing::newer) return fail(refuse_newer(*week));
    if (const Status written = write_target(*week, incoming.text, report); !written) return written;
    if (latest->existing == Existing::newer) {
        report.warnings.push_back(latest->path.string() + " is newer and stays the latest");
        return {};
    }
    return write_target(*latest, incoming.text, report);
}

bool has_no_zone(FileKind kind, std::string_view bytes) {
    if (kind != FileKind::benchmarks) return false;
    constexpr std::string_view kKey = "\"computed_at_utc\"";
    const std::size_t key = bytes.find(kKey);
    const std::size_t open = key == std::string_view::npos ? key : bytes.find('"', key + kKey.size());
    if (open == std::string_view::npos) return false;
    const std::string_view time = bytes.substr(open + 1, bytes.find('"', open + 1) - open - 1);
    return !has_utc_offset(time);
}

}  // namespace

std::string_view to_string(FileKind kind) { return row_of(kind).name; }

Result<FileKind> parse_file_kind(std::string_view name) {
    std::string known;
    for (const FileKind kind : kFileKinds) {
        if (to_string(kind) == name) return kind;
        known += (known.empty() ? "" : ", ") + std::string{to_string(kind)};
    }
    return fail(Errc::invalid_argument,
                fmt::format("expected a kind of file ({}), found \"{}\"", known, name));
}

std::filesystem::path workspace_file(const std::filesystem::path& workspace, FileKind kind) {
    return workspace / row_of(kind).home;
}

Result<ImportReport> import_file(const ImportRequest& request) {
    const auto bytes = io::read_file(request.in);
    if (!bytes) return fail(bytes.error());
    auto kind = request.kind ? Result<FileKind>{*request.kind}
                             : detect_file_kind(request.in.filename().string(), *bytes);
    if (!kind) return fail(kind.error().at(request.in.string()));
    const CheckInputs inputs{request.now, request.closes};
    auto incoming = row_of(*kind).normalize(*bytes, inputs);
    if (!incoming) return fail(incoming.error().at(request.in.string()));
    ImportReport report{*kind, incoming->rows, std::move(incoming->warnings), {}};
    if (has_no_zone(*kind, *bytes))
        report.warnings.emplace_back("computed_at_utc has no zone and is read as UTC");
    if (*kind == FileKind::benchmarks) {
        if (const Status stored = store_benchmarks(*incoming, request, report); !stored)
            return fail(stored.error());
        return report;
    }
    const auto target = examine(*kind, workspace_file(request.workspace, *kind), *incoming, inputs);
    if (!target) return fail(target.error());
    if (target->existing == Existing::newer) return fail(refuse_newer(*target));
    if (const Status written = write_target(*target, incoming->text, report); !written)
        return fail(written.error());
    return report;
}

Result<ImportReport> export_file(FileKind kind, const std::filesystem::path& workspace,
                                 const std::filesystem::path& out) {
    const std::filesystem::path home = workspace_file(workspace, kind);
    const auto bytes = io::read_file(home);
    if (!bytes && bytes.error().code() == Errc::not_found) {
        return fail(Errc::not_found,
                    fmt::format("the workspace holds no {}: expected {}", to_string(kind), home.string()));
    }
    if (!bytes) return fail(bytes.error());
    const ClosesOf no_prices;
    auto held = normalize_home(kind, *bytes, {Timestamp{}, no_prices});
    if (!held) return fail(Errc::corrupt, fmt::format("{}: {}", home.string(), held.error().message()));
    if (kind == FileKind::pairs_csv) {
        const auto pairs = read_pairs(*bytes);
        if (!pairs) return fail(pairs.error().at(home.string()));
        held->text = write_pairs_csv(*pairs);
    }
    if (const Status written = io::replace_file(out, held->text); !written) return fail(written.error());
    return ImportReport{kind, held->rows, {}, {out}};
}

}  // namespace plumb::store
