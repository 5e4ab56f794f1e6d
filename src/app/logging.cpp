#include "app/logging.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>

#include <array>
#include <atomic>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "app/redaction.hpp"

namespace plumb::app {
namespace {

constexpr std::size_t kParts = 5;            // trading.log, trading.1.log .. trading.4.log
constexpr std::size_t kTextMax = 16 * 1024;  // a longer message is cut

/// Python's names, which the earlier programs' users filter by.
class LevelName final : public spdlog::custom_flag_formatter {
 public:
    void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
        const std::string_view name = message.level == spdlog::level::debug  ? "DEBUG"
                                      : message.level == spdlog::level::info ? "INFO"
                                      : message.level == spdlog::level::warn ? "WARNING"
                                                                             : "ERROR";
        out.append(name.data(), name.data() + name.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<LevelName>(); }
};

std::unique_ptr<spdlog::pattern_formatter> seed_format() {
    auto format = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc, "\n");
    format->add_flag<LevelName>('*').set_pattern("%Y-%m-%d %H:%M:%S,%e - %* - %v");
    return format;
}

spdlog::level::level_enum level_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug: return spdlog::level::debug;
        case LogLevel::info: return spdlog::level::info;
        case LogLevel::warning: return spdlog::level::warn;
        case LogLevel::error: return spdlog::level::err;
    }
    return spdlog::level::err;
}

}  // namespace

struct Log::Sinks {
    std::unique_ptr<spdlog::logger> logger;
    std::vector<Secret> secrets;
    std::ostream* complaints = nullptr;
    std::atomic<std::uint64_t> lost{0};

    void complain(const std::string& why) {
        if (lost.fetch_add(1) == 0)
            *complaints << "plumb: logs/trading.log: " << one_line(why) << '\n' << std::flush;
    }
};

Log::Log(std::unique_ptr<Sinks> sinks) : sinks_{std::move(sinks)} {}
Log::Log(Log&&) noexcept = default;
Log& Log::operator=(Log&&) noexcept = default;
Log::~Log() {
    if (sinks_ != nullptr) flush();
}

Result<Log> Log::open(const Settings& settings, const Workspace& workspace, const Streams& streams) {
    if (Status made = Workspace::make(workspace.logs()); !made) return fail(made.error());
    const auto bytes_max = static_cast<std::size_t>(settings.integer("log-megabytes-max")) * 1'000'000;
    const std::filesystem::path path = workspace.logs() / "trading.log";
    auto sinks = std::make_unique<Sinks>();
    try {
        std::ostream& people = settings.flag("json") ? streams.err : streams.out;
        auto console = std::make_shared<spdlog::sinks::ostream_sink_mt>(people, true);
        auto file = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(path.string(), bytes_max / kParts,
                                                                           kParts - 1);
        const auto chattiest = settings.flag("verbose") ? spdlog::level::debug : spdlog::level::info;
        console->set_level(settings.flag("quiet") ? spdlog::level::warn : chattiest);
        file->set_level(chattiest);
        sinks->logger = std::make_unique<spdlog::logger>("plumb", spdlog::sinks_init_list{console, file});
    } catch (const spdlog::spdlog_ex& trouble) {
        return fail(Errc::io, "cannot open " + path.string() + ": " + trouble.what());
    }
    sinks->secrets = settings.secrets();
    sinks->complaints = &streams.err;
    sinks->logger->set_formatter(seed_format());
    sinks->logger->set_level(spdlog::level::debug);
    sinks->logger->flush_on(spdlog::level::info);
    sinks->logger->set_error_handler([raw = sinks.get()](const std::string& why) { raw->complain(why); });
    return Log{std::move(sinks)};
}

void Log::write(LogLevel level, std::string_view text) {
    const std::string line = one_line(redacted(std::string{text.substr(0, kTextMax)}, sinks_->secrets));
    sinks_->logger->log(level_of(level), spdlog::string_view_t{line.data(), line.size()});
}

void Log::flush() { sinks_->logger->flush(); }

std::uint64_t Log::lost() const { return sinks_->lost.load(); }

}  // namespace plumb::app
