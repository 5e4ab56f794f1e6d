#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "app/settings.hpp"
#include "app/streams.hpp"
#include "app/workspace.hpp"
#include "base/result.hpp"

namespace plumb::app {

enum class LogLevel : unsigned char { debug, info, warning, error };

/// The session's diary: "2025-01-15 10:30:00,123 - INFO - text", time in UTC, one line per message whatever
/// it holds. Goes to people on standard output (with --json: standard error) and to logs/trading.log, which
/// is bounded by log-megabytes-max and turned over in five parts (H03). Every secret of the settings leaves
/// as asterisks (X01). Any thread may write. A disk that is full loses lines of the file, says so once, and
/// stops nothing.
class Log {
 public:
    /// Errc::io or Errc::disk_full when logs/trading.log cannot be opened.
    static Result<Log> open(const Settings& settings, const Workspace& workspace, const Streams& streams);

    Log(Log&&) noexcept;
    Log& operator=(Log&&) noexcept;
    ~Log();

    void write(LogLevel level, std::string_view text);
    void debug(std::string_view text) { write(LogLevel::debug, text); }
    void info(std::string_view text) { write(LogLevel::info, text); }
    void warning(std::string_view text) { write(LogLevel::warning, text); }
    void error(std::string_view text) { write(LogLevel::error, text); }
    void flush();

    /// Lines that the file could not take.
    std::uint64_t lost() const;

 private:
    struct Sinks;
    explicit Log(std::unique_ptr<Sinks> sinks);
    std::unique_ptr<Sinks> sinks_;
};

}  // namespace plumb::app
