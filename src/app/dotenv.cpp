#include "app/dotenv.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/secret.hpp"
#include "codec/dotenv.hpp"
#include "io/file.hpp"

namespace plumb::app {
namespace {

constexpr std::size_t kBytesMax = 256 * 1024;

}  // namespace

Result<std::vector<FileEntry>> read_dotenv(const std::filesystem::path& path) {
    Result<std::string> bytes = io::read_file(path, kBytesMax);
    if (!bytes) return fail(bytes.error());
    Result<std::vector<codec::DotenvEntry>> lines = codec::parse_dotenv(*bytes);
    Secret::wipe(bytes->data(), bytes->size());
    if (!lines) return fail(lines.error().at(path.string()));
    std::vector<FileEntry> entries;
    for (codec::DotenvEntry& line : *lines) {
        entries.push_back(
            {std::move(line.name), std::move(line.value), fmt::format("{}:{}", path.string(), line.line)});
    }
    return entries;
}

Status check_private(const std::filesystem::path& path) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return fail(io::error_from_errno("cannot examine", path));
    if ((info.st_mode & 077) == 0) return {};
    return fail(Errc::invalid_argument,
                fmt::format("{} holds keys and is open to others (mode {:03o}): expected 600; run "
                            "`chmod 600 {}`",
                            path.string(), info.st_mode & 0777, path.string()));
}

}  // namespace plumb::app
