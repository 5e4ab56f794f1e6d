#include "app/dotenv.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <string_view>

#include "base/secret.hpp"
#include "io/file.hpp"

namespace plumb::app {
namespace {

constexpr std::size_t kBytesMax = 256 * 1024;

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool is_name(std::string_view name) {
    if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
    for (const char c : name) {
        if ((c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_') return false;
    }
    return true;
}

Result<std::string_view> unquoted(std::string_view value) {
    if (value.empty() || (value[0] != '"' && value[0] != '\'')) {
        return trimmed(value.substr(0, value.find(" #")));
    }
    const std::size_t end = value.find(value[0], 1);
    if (end == std::string_view::npos) return fail(Errc::parse, "expected a closing quote");
    const std::string_view after = trimmed(value.substr(end + 1));
    if (!after.empty() && after[0] != '#') return fail(Errc::parse, "expected nothing after the closing quote");
    return value.substr(1, end - 1);
}

}  // namespace

Result<std::vector<FileEntry>> read_dotenv(const std::filesystem::path& path) {
    Result<std::string> bytes = io::read_file(path, kBytesMax);
    if (!bytes) return fail(bytes.error());
    std::vector<FileEntry> entries;
    std::string_view rest = *bytes;
    for (int number = 1; !rest.empty(); ++number) {
        std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        line = trimmed(line);
        if (line.empty() || line[0] == '#') continue;
        if (line.starts_with("export ")) line = trimmed(line.substr(7));
        const std::string where = fmt::format("{}:{}", path.string(), number);
        const std::size_t equals = line.find('=');
        const std::string_view name = trimmed(line.substr(0, equals));
        if (equals == std::string_view::npos || !is_name(name)) {
            return fail(Error{Errc::parse, "expected NAME=value"}.at(where));
        }
        const Result<std::string_view> value = unquoted(trimmed(line.substr(equals + 1)));
        if (!value) return fail(value.error().at(where));
        entries.push_back({std::string{name}, std::string{*value}, where});
    }
    Secret::wipe(bytes->data(), bytes->size());
    return entries;
}

Status check_private(const std::filesystem::path& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) return fail(io::error_from_errno("cannot examine", path));
    if ((info.st_mode & 077) == 0) return {};
    return fail(Errc::invalid_argument, fmt::format("{} holds keys and is open to others (mode {:03o}): expected 600; run "
                                                    "`chmod 600 {}`", path.string(), info.st_mode & 0777, path.string()));
}

}  // namespace plumb::app
