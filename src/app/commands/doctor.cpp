#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <ostream>

#include "app/commands.hpp"
#include "app/venue_checkup.hpp"
#include "app/workspace.hpp"
#include "base/time.hpp"
#include "store/duckdb.hpp"

namespace plumb::app {
namespace {

std::string_view name_of(Verdict verdict) {
    return verdict == Verdict::good ? "good" : verdict == Verdict::note ? "note" : "BAD";
}

Finding check_configuration(const Settings& settings) {
    std::size_t chosen = 0;
    for (std::size_t i = 0; i < kSettings.size(); ++i)
        chosen += settings.value(i).origin != Origin::fallback ? 1 : 0;
    return {
        "configuration", Verdict::good,
        fmt::format("{}, {} values set; `plumb config` shows each",
                    settings.config_file().empty() ? "no file" : settings.config_file().string(), chosen)};
}

Finding check_keys(const Settings& settings) {
    std::string names;
    for (std::size_t i = 0; i < kSettings.size(); ++i) {
        if (settings.secret_at(i).empty()) continue;
        names +=
            fmt::format("{}{} ({})", names.empty() ? "" : ", ", kSettings[i].key, settings.value(i).where);
    }
    if (names.empty())
        return {"keys", Verdict::note, "none set; paper over demo, csv, archive and replay needs none"};
    return {"keys", Verdict::good, names + "; files of keys are closed to others"};
}

Finding check_workspace(const Workspace& workspace) {
    const std::filesystem::path& folder = workspace.root();
    if (!std::filesystem::is_directory(folder)) {
        return {"workspace", Verdict::bad, fmt::format("expected a folder, found none: {}", folder.string())};
    }
    const std::filesystem::path probe = folder / fmt::format(".plumb.{}.probe", ::getpid());
    const Status written = io::replace_file(probe, "probe\n");
    std::error_code ignored;
    std::filesystem::remove(probe, ignored);
    if (!written) return {"workspace", Verdict::bad, written.error().message()};
    const std::optional<pid_t> process = workspace.running();
    return {"workspace", Verdict::good,
            process ? fmt::format("writable; a session runs (process {})", *process)
                    : "writable; no session runs"};
}

Finding check_disk(const Workspace& workspace) {
    constexpr std::uintmax_t kFreeMin = 1'000'000'000;
    std::error_code error;
    const std::filesystem::space_info space = std::filesystem::space(workspace.root(), error);
    if (error) return {"disk", Verdict::bad, error.message()};
    return {"disk", space.available < kFreeMin ? Verdict::bad : Verdict::good,
            fmt::format("{:.1f} GB free (expected at least {:.1f})",
                        static_cast<double>(space.available) * 1e-9, static_cast<double>(kFreeMin) * 1e-9)};
}

/// Without a network there is no second clock, but a clock that stands before this program was built is
/// wrong.
Finding check_clock(const Workspace& workspace) {
    const auto now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    std::error_code error;
    const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
    struct stat file{};
    const bool known = !error && ::stat(self.c_str(), &file) == 0;
    const Timestamp built = known ? Timestamp{std::chrono::seconds{file.st_mtime}} : Timestamp{};
    if (now + std::chrono::minutes{1} < built) {
        return {"clock", Verdict::bad,
                fmt::format("{} UTC, but this program was built at {}: set the clock", to_text(now),
                            to_text(built))};
    }
    const std::filesystem::path log = workspace.logs() / "trading.log";
    if (::stat(log.c_str(), &file) == 0 &&
        now + std::chrono::minutes{1} < Timestamp{std::chrono::seconds{file.st_mtime}}) {
        return {"clock", Verdict::bad,
                fmt::format("{} UTC, but the last session wrote its log later: the clock went back",
                            to_text(now))};
    }
    return {"clock", Verdict::good,
            fmt::format("{} UTC; the venues below say how far theirs are", to_text(now))};
}

Finding check_archive_engine() {
    const Result<store::DuckDb> engine = store::DuckDb::open();
    if (!engine) return {"duckdb", Verdict::bad, engine.error().message()};
    return {"duckdb", Verdict::good, "loads and opens"};
}

}  // namespace

/// `plumb doctor`: looks at everything that could keep a session from running; changes and trades nothing.
/// Status 1 when something is bad. A configuration that is wrong never gets here: it is refused with its
/// line.
Result<ExitStatus> run_doctor(const Settings& settings, const Streams& streams) {
    const Workspace workspace{settings};
    std::vector<Finding> findings{
        check_configuration(settings), check_keys(settings),   check_workspace(workspace),
        check_disk(workspace),         check_clock(workspace), check_archive_engine(),
    };
    std::ranges::move(check_venues(settings), std::back_inserter(findings));
    bool sound = true;
    for (const Finding& finding : findings) {
        sound = sound && finding.verdict != Verdict::bad;
        if (settings.flag("json")) {
            const nlohmann::ordered_json line{
                {"check", finding.check}, {"verdict", name_of(finding.verdict)}, {"text", finding.text}};
            streams.out << line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
                        << '\n';
        } else {
            streams.out << fmt::format("{:<16} {:<5} {}\n", finding.check, name_of(finding.verdict),
                                       one_line(finding.text));
        }
    }
    return sound ? ExitStatus::done : ExitStatus::answer_is_no;
}

}  // namespace plumb::app
