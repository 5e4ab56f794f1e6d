#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>

#include "app/settings.hpp"
#include "base/result.hpp"
#include "io/file.hpp"

namespace plumb::app {

/// The folder that one session lives in, and where things are in it. Nothing is created by asking for a path.
class Workspace {
 public:
    explicit Workspace(std::filesystem::path root) : root_{std::move(root)} {}
    explicit Workspace(const Settings& settings) : root_{settings.workspace()} {}

    const std::filesystem::path& root() const { return root_; }
    std::filesystem::path data() const { return root_ / "data"; }
    std::filesystem::path state() const { return root_ / "state"; }
    std::filesystem::path logs() const { return root_ / "logs"; }
    std::filesystem::path config() const { return root_ / "config"; }
    std::filesystem::path lock_file() const { return state() / "lock"; }

    /// Makes the four folders and takes the lock, so that two sessions never share a workspace (E21).
    /// Errc::locked names the other process; Errc::io, Errc::disk_full.
    Result<io::FileLock> open() const;
    /// Makes a folder with its parents; Errc::io, Errc::disk_full.
    static Status make(const std::filesystem::path& folder);

    /// The process that holds the lock now, if any. Looks only, so it can never make a starting session fail.
    std::optional<pid_t> running() const;

 private:
    std::filesystem::path root_;
};

}  // namespace plumb::app
