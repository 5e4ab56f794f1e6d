#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace plumb::app::bench {

/// How a child process went.
struct ChildRun {
    int status = 0;  // as a shell sees it; 128 + signal when it was killed
    double first_byte_seconds =
        0;               // from before it was started to its first byte on standard output, or to its end
    double seconds = 0;  // to its end
    double computing_seconds = 0;  // of processor time, the system's on its behalf included
    double resident_peak_bytes =
        0;               // never below this process's own peak: Linux counts the image before exec as well
    std::string output;  // standard output
};

/// Runs `words` (the first is a path, or a name on PATH) with this environment and `variables` ("NAME=value")
/// added; standard error is thrown away. Errc::not_found when it cannot be started, Errc::io for trouble with
/// pipes.
Result<ChildRun> run_child(const std::vector<std::string>& words,
                           const std::vector<std::string>& variables = {});

/// The program that runs now.
Result<std::string> own_program();
/// Most memory this process ever held, in bytes.
double own_peak_bytes();

/// A new empty folder under TMPDIR (else /tmp), gone with everything in it when this ends.
class ScratchFolder {
 public:
    static Result<ScratchFolder> make();

    ScratchFolder(ScratchFolder&& other) noexcept : path_{std::move(other.path_)} { other.path_.clear(); }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ScratchFolder& operator=(ScratchFolder&&) = delete;
    ~ScratchFolder();

    const std::filesystem::path& path() const { return path_; }

 private:
    explicit ScratchFolder(std::filesystem::path path) : path_{std::move(path)} {}
    std::filesystem::path path_;
};

}  // namespace plumb::app::bench
