#include "store/import_export.hpp"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <ostream>

#include "app/commands.hpp"

namespace plumb::app {
namespace {

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

}  // namespace

/// `plumb import --in FILE [--kind KIND]`: takes a file of an earlier program into the workspace, checked.
Result<ExitStatus> run_import(const Settings& settings, const Streams& streams) {
    if (!settings.has("in")) return fail(Errc::invalid_argument, "import expected --in FILE");
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
    const Result<store::FileKind> kind = store::parse_file_kind(settings.text("kind"));
    if (!kind) return fail(kind.error().at("--kind"));
    const Result<store::ImportReport> report =
        store::export_file(*kind, settings.workspace(), settings.path("out"));
    if (!report) return fail(report.error());
    print(*report, settings, streams);
    return ExitStatus::done;
}

}  // namespace plumb::app
