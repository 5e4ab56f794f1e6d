#pragma once

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "app/run.hpp"

namespace plumb::app {

/// A workspace of its own, gone with the test.
class TestWorkspace {
 public:
    TestWorkspace() {
        static std::atomic<int> count{0};
        root_ = std::filesystem::temp_directory_path() /
                ("plumb_app_" + std::to_string(::getpid()) + "_" + std::to_string(count++));
        std::filesystem::create_directories(root_);
    }
    ~TestWorkspace() {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }
    TestWorkspace(const TestWorkspace&) = delete;
    TestWorkspace& operator=(const TestWorkspace&) = delete;

    const std::filesystem::path& root() const { return root_; }
    void write(std::string_view name, std::string_view text, unsigned mode = 0600) const {
        const std::filesystem::path path = root_ / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream{path, std::ios::binary} << text;
        std::filesystem::permissions(path, static_cast<std::filesystem::perms>(mode));
    }

 private:
    std::filesystem::path root_;
};

/// What one run of the program said.
struct Ran {
    int status = 0;
    std::string out;
    std::string err;

    bool err_is_one_line() const {
        return err.starts_with("plumb: ") && err.ends_with("\n") &&
               std::count(err.begin(), err.end(), '\n') == 1;
    }
    bool says(std::string_view text) const { return err.find(text) != std::string::npos; }
    bool prints(std::string_view text) const { return out.find(text) != std::string::npos; }
};

inline Ran run_in(const TestWorkspace& workspace, std::vector<std::string> words,
                  const Environment& environment = {}) {
    std::ostringstream out;
    std::ostringstream err;
    words.insert(words.end(), {"--workspace", workspace.root().string()});
    const int status = run_plumb(words, environment, {out, err});
    return {status, out.str(), err.str()};
}

}  // namespace plumb::app
