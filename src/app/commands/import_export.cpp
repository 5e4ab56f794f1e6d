#include "store/import_export.hpp"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <ostream>

#include "app/commands.hpp"
#include "app/history.hpp"
#include "io/file.hpp"
#include "store/archive_source.hpp"
#include "store/bar_archive.hpp"
#include "store/minute_parquet.hpp"
#include "venues/replay/csv_source.hpp"

namespace plumb::app {
namespace {

constexpr const char* kArchiveSource = "imported";

void print(const store::ImportReport& report, const Settings& settings, const Streams& streams) {
    if (settings.flag("json")) {
        nlohmann::ordered_json line{{"kind", store::to_string(report.kind)}, {"rows", report.rows}};
        line["written"] = nlohmann::ordered_json::array();
        for (const std::filesystem::path& file : report.written) line["written"].push_back(file.string());
        line["warnings"] = report.warnings;
        streams.out << line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
        return;
    }
    streams.out << fmt::format("{}: {} rows\n", store::to_string(report.kind), report.rows);
    for (const std::filesystem::path& file : report.written)
        streams.out << "wrote " << one_line(file.string()) << '\n';
    for (const std::string& warning : report.warnings)
        streams.out << "warning: " << one_line(warning) << '\n';
}

void print_bars(const std::string& kind, std::size_t rows, const std::vector<std::filesystem::path>& written,
                const Settings& settings, const Streams& streams) {
    if (settings.flag("json")) {
        nlohmann::ordered_json line{
            {"kind", kind}, {"rows", rows}, {"written", nlohmann::ordered_json::array()}};
        for (const std::filesystem::path& file : written) line["written"].push_back(file.string());
        streams.out << line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
        return;
    }
    streams.out << fmt::format("{}: {} bars\n", kind, rows);
    for (const std::filesystem::path& file : written)
        streams.out << "wrote " << one_line(file.string()) << '\n';
}

/// Price files into the archive, under the source "imported".
Result<ExitStatus> import_bars(const std::string& kind, const Settings& settings, const Streams& streams) {
    const store::BarArchive archive{settings.workspace()};
    std::vector<std::filesystem::path> written;
    std::size_t rows = 0;
    const auto take = [&](const BarHistory& bars) -> Status {
        if (const Status kept = archive.write(kArchiveSource, bars); !kept) return kept;
        rows += bars.size();
        written.push_back(archive.file_of(kArchiveSource, bars.length(), bars.name()));
        return {};
    };
    if (kind == "parquet-1m") {
        const auto file = store::import_minute_parquet(settings.path("in"));
        if (!file) return fail(file.error());
        if (const Status taken = take(file->bars); !taken) return fail(taken.error());
    } else {
        const auto source = replay::open_csv_folder(settings.path("in"));
        if (!source) return fail(source.error());
        const auto names = (*source)->names();
        if (!names) return fail(names.error());
        const Duration length =
            settings.has("granularity") ? settings.granularity("granularity") : Duration{};
        for (const std::string& name : *names) {
            const auto bars = (*source)->bars(name, length, Timestamp::min(), Timestamp::max());
            if (!bars) return fail(bars.error());
            if (const Status taken = take(*bars); !taken) return fail(taken.error());
        }
    }
    print_bars(kind, rows, written, settings, streams);
    return ExitStatus::done;
}

/// The archive's minutes as the earlier collector's files, under both of its names, or one instrument's into
/// --out.
Result<ExitStatus> export_minutes(const Settings& settings, const Streams& streams) {
    const auto source = store::open_archive(settings.workspace());
    if (!source) return fail(source.error());
    const auto on_offer = (*source)->names();
    if (!on_offer) return fail(on_offer.error());
    const auto names = chosen_names(settings, *on_offer);
    if (!names) return fail(names.error());
    std::vector<std::filesystem::path> written;
    std::size_t rows = 0;
    for (const std::string& name : *names) {
        const auto bars = (*source)->bars(name, std::chrono::minutes{1}, Timestamp::min(), Timestamp::max());
        if (!bars) return fail(bars.error());
        rows += bars->size();
        for (const auto& file : {store::minute_file_collected(settings.path("out"), name),
                                 store::minute_file_signals(settings.path("out"), name)}) {
            if (const Status exported = store::export_minute_parquet(*bars, file); !exported)
                return fail(exported.error());
            written.push_back(file);
        }
    }
    print_bars("parquet-1m", rows, written, settings, streams);
    return ExitStatus::done;
}

bool is_bars(const std::string& kind) { return kind == "csv-bars" || kind == "parquet-1m"; }

}  // namespace

/// `plumb import --in FILE [--kind KIND]`: takes a file of an earlier program into the workspace, checked.
Result<ExitStatus> run_import(const Settings& settings, const Streams& streams) {
    if (!settings.has("in")) return fail(Errc::invalid_argument, "import expected --in FILE");
    if (settings.has("kind") && is_bars(settings.text("kind")))
        return import_bars(settings.text("kind"), settings, streams);
    if (!settings.has("kind")) {
        // Price files are told by their form: everything else is a state file, which names itself.
        const std::filesystem::path in = settings.path("in");
        if (std::filesystem::is_directory(in)) return import_bars("csv-bars", settings, streams);
        if (in.extension() == ".parquet") return import_bars("parquet-1m", settings, streams);
        const auto bytes = io::read_file(in);
        if (!bytes) return fail(bytes.error());
        const bool csv = in.string().find(".csv") != std::string::npos;
        if (csv && !store::detect_file_kind(in.filename().string(), *bytes))
            return import_bars("csv-bars", settings, streams);
    }
    store::ImportRequest request;
    if (settings.has("kind")) {
        const Result<store::FileKind> kind = store::parse_file_kind(settings.text("kind"));
        if (!kind) return fail(kind.error().at("--kind"));
        request.kind = *kind;
    }
    request.in = settings.path("in");
    request.workspace = settings.workspace();
    request.now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    const Result<store::ImportReport> report = store::import_file(request);
    if (!report) return fail(report.error());
    print(*report, settings, streams);
    return ExitStatus::done;
}

/// `plumb export --kind KIND --out FILE`: gives back what the workspace holds, as the earlier program reads
/// it.
Result<ExitStatus> run_export(const Settings& settings, const Streams& streams) {
    if (!settings.has("kind") || !settings.has("out")) {
        return fail(Errc::invalid_argument, "export expected --kind KIND --out FILE");
    }
    if (settings.text("kind") == "parquet-1m") return export_minutes(settings, streams);
    const Result<store::FileKind> kind = store::parse_file_kind(settings.text("kind"));
    if (!kind) return fail(kind.error().at("--kind"));
    const Result<store::ImportReport> report =
        store::export_file(*kind, settings.workspace(), settings.path("out"));
    if (!report) return fail(report.error());
    print(*report, settings, streams);
    return ExitStatus::done;
}

}  // namespace plumb::app
