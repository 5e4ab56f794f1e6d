#include "io/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace plumb::io {
namespace {

/// Closes a descriptor when it goes.
class Descriptor {
 public:
    explicit Descriptor(int number) : number_{number} {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    int get() const { return number_; }
    int release() { return std::exchange(number_, -1); }

 private:
    int number_;
};

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

Error error_from_errno(std::string_view doing, const std::filesystem::path& path) {
    const int number = errno;
    const Errc code = number == ENOSPC || number == EDQUOT ? Errc::disk_full
                      : number == ENOENT                   ? Errc::not_found
                                                           : Errc::io;
    return Error{code, fmt::format("{} {}: {}", doing, path.string(), std::strerror(number))};
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max) {
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.get() < 0) return fail(error_from_errno("cannot open", path));
    struct stat info{};
    if (::fstat(file.get(), &info) != 0) return fail(error_from_errno("cannot examine", path));
    if (S_ISDIR(info.st_mode))
        return fail(Errc::io, fmt::format("expected a file, found a folder: {}", path.string()));
    if (static_cast<std::size_t>(info.st_size) > bytes_max) {
        return fail(Errc::out_of_range, fmt::format("{}: expected at most {} bytes, found {}", path.string(),
                                                    bytes_max, info.st_size));
    }
    std::string bytes;
    bytes.resize(static_cast<std::size_t>(info.st_size));
    std::size_t done = 0;
    for (;;) {
        if (done == bytes.size()) bytes.resize(done + 4096);  // one more read tells that the end is the end
        const ssize_t got = ::read(file.get(), bytes.data() + done, bytes.size() - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(error_from_errno("cannot read", path));
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
        if (done > bytes_max)
            return fail(Errc::out_of_range, path.string() + ": the file grows while it is read");
    }
    bytes.resize(done);
    return bytes;
}

Result<std::string> read_head(const std::filesystem::path& path, std::size_t count) {
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.get() < 0) return fail(error_from_errno("cannot open", path));
    std::string bytes(count, '\0');
    std::size_t done = 0;
    while (done < count) {
        const ssize_t got = ::read(file.get(), bytes.data() + done, count - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(error_from_errno("cannot read", path));
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    bytes.resize(done);
    return bytes;
}

Status replace_file(const std::filesystem::path& path, std::string_view bytes) {
    std::error_code error;
    const std::filesystem::path folder =
        path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."};
    std::filesystem::create_directories(folder, error);
    if (error) {
        errno = error.value();
        return fail(error_from_errno("cannot make the folder", folder));
    }
    const std::filesystem::path beside =
        folder / fmt::format(".{}.{}.new", path.filename().string(), ::getpid());
    Descriptor file{::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
    if (file.get() < 0) return fail(error_from_errno("cannot create", beside));
    const bool written = write_all(file.get(), bytes) && ::fsync(file.get()) == 0 &&
                         ::close(file.release()) == 0 && ::rename(beside.c_str(), path.c_str()) == 0;
    if (!written) {
        const Error trouble = error_from_errno("cannot write", path);
        ::unlink(beside.c_str());
        return fail(trouble);
    }
    const Descriptor directory{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (directory.get() >= 0 && ::fsync(directory.get()) != 0)
        return fail(error_from_errno("cannot sync", folder));
    return {};
}

Status move_into_place(const std::filesystem::path& beside, const std::filesystem::path& path) {
    const Descriptor file{::open(beside.c_str(), O_RDONLY | O_CLOEXEC)};
    const bool moved =
        file.get() >= 0 && ::fsync(file.get()) == 0 && ::rename(beside.c_str(), path.c_str()) == 0;
    if (!moved) {
        const Error trouble = error_from_errno("cannot write", path);
        ::unlink(beside.c_str());
        return fail(trouble);
    }
    const std::filesystem::path folder =
        path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."};
    const Descriptor directory{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (directory.get() >= 0 && ::fsync(directory.get()) != 0)
        return fail(error_from_errno("cannot sync", folder));
    return {};
}

Result<FileLock> FileLock::acquire(const std::filesystem::path& path) {
    std::error_code error;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
    Descriptor file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)};
    if (file.get() < 0) return fail(error_from_errno("cannot open the lock", path));
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        char owner[32] = {};
        const ssize_t got = ::pread(file.get(), owner, sizeof(owner) - 1, 0);
        const std::string_view text{owner, got > 0 ? static_cast<std::size_t>(got) : 0};
        return fail(Errc::locked, fmt::format("{} is held by process {}: stop that session first",
                                              path.string(), text.substr(0, text.find('\n'))));
    }
    const std::string self = fmt::format("{}\n", ::getpid());
    if (::ftruncate(file.get(), 0) != 0 || ::pwrite(file.get(), self.data(), self.size(), 0) < 0) {
        return fail(error_from_errno("cannot write the lock", path));
    }
    return FileLock{file.release()};
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);  // closing releases the lock
}

}  // namespace plumb::io
