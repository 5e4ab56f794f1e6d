#include "exchange/host/truth_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "io/file.hpp"

namespace plumb::exchange {
namespace {

constexpr std::size_t kBlock = 256 * 1024;

}  // namespace

Result<TruthFile> TruthFile::open(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) return fail(io::error_from_errno("opening the truth log", path));
    return TruthFile{path, descriptor};
}

TruthFile::TruthFile(TruthFile&& other) noexcept
    : path_{std::move(other.path_)},
      descriptor_{std::exchange(other.descriptor_, -1)},
      waiting_{std::move(other.waiting_)},
      status_{std::move(other.status_)} {}

TruthFile::~TruthFile() {
    if (descriptor_ < 0) return;
    static_cast<void>(flush());
    ::close(descriptor_);
}

void TruthFile::write(std::string_view line) {
    waiting_ += line;
    waiting_ += '\n';
    if (kBlock <= waiting_.size()) static_cast<void>(flush());
}

Status TruthFile::flush() {
    std::string_view rest = waiting_;
    while (status_ && !rest.empty()) {
        const ssize_t count = ::write(descriptor_, rest.data(), rest.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            status_ = fail(io::error_from_errno("writing the truth log", path_));
        } else {
            rest.remove_prefix(static_cast<std::size_t>(count));
        }
    }
    waiting_.clear();
    return status_;
}

}  // namespace plumb::exchange
