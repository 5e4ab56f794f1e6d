#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace plumb::io {

/// The whole file. Errc::not_found, Errc::io; Errc::out_of_range above `bytes_max` (default 1 GiB).
Result<std::string> read_file(const std::filesystem::path& path,
                              std::size_t bytes_max = std::size_t{1} << 30);

/// The first `count` bytes of the file, fewer where it is shorter. Errors as read_file.
Result<std::string> read_head(const std::filesystem::path& path, std::size_t count);

/// Replaces the file in one step: a reader sees the old bytes or the new, never a part, whatever dies (S08).
/// Written beside it, synced, renamed, the folder synced. Creates missing folders. Errc::disk_full, Errc::io:
/// old file intact.
Status replace_file(const std::filesystem::path& path, std::string_view bytes);

/// Puts a finished file that another library wrote in the place of `path`, as replace_file does: synced,
/// renamed, the folder synced. Removes `beside` when that fails; both must be in one folder.
Status move_into_place(const std::filesystem::path& beside, const std::filesystem::path& path);

/// Holds an exclusive lock on a file while it lives, so that two processes never share a workspace (E21).
class FileLock {
 public:
    /// Errc::locked at once when another process holds it; the message names its process id.
    static Result<FileLock> acquire(const std::filesystem::path& path);

    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    ~FileLock();

 private:
    explicit FileLock(int descriptor) : descriptor_{descriptor} {}
    int descriptor_ = -1;
};

/// What errno means to us: ENOSPC and EDQUOT are Errc::disk_full, ENOENT Errc::not_found, all else Errc::io.
Error error_from_errno(std::string_view doing, const std::filesystem::path& path);

}  // namespace plumb::io
