#include "app/workspace.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <string>
#include <string_view>

namespace plumb::app {
namespace {

/// The first number of a text, if it begins with one.
std::optional<pid_t> leading_number(std::string_view text) {
    pid_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number <= 0) return std::nullopt;
    return number;
}

}  // namespace

Status Workspace::make(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (!error) return {};
    errno = error.value();
    return fail(io::error_from_errno("cannot make the folder", folder));
}

Result<io::FileLock> Workspace::open() const {
    for (const std::filesystem::path& folder : {data(), state(), logs(), config()}) {
        if (Status made = make(folder); !made) return fail(made.error());
    }
    return io::FileLock::acquire(lock_file());
}

std::optional<pid_t> Workspace::running() const {
    struct stat file{};
    if (::stat(lock_file().c_str(), &file) != 0) return std::nullopt;
    const Result<std::string> locks = io::read_file("/proc/locks");
    if (!locks) return std::nullopt;
    // "12: FLOCK  ADVISORY  WRITE 4711 08:01:131077 0 EOF"
    const std::string place =
        fmt::format(" {:02x}:{:02x}:{} ", major(file.st_dev), minor(file.st_dev), file.st_ino);
    std::string_view rest = *locks;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        const bool waits = line.find("->") != std::string_view::npos;
        if (waits || line.find("FLOCK") == std::string_view::npos ||
            line.find(place) == std::string_view::npos)
            continue;
        const Result<std::string> owner = io::read_file(lock_file(), 64);
        const std::optional<pid_t> process = owner ? leading_number(*owner) : std::nullopt;
        return process ? process : std::optional<pid_t>{0};
    }
    return std::nullopt;
}

}  // namespace plumb::app
