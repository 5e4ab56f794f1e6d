#include "app/bench/child.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "app/bench/stopwatches.hpp"

extern char** environ;  // NOLINT: POSIX

namespace plumb::app::bench {
namespace {

struct Pipe {
    int read = -1;
    int write = -1;
    ~Pipe() {
        if (read >= 0) close(read);
        if (write >= 0) close(write);
    }
};

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> list;
    for (std::string& word : words) list.push_back(word.data());
    list.push_back(nullptr);
    return list;
}

/// Starts the child with standard output in the pipe. @return its process id
Result<pid_t> start(std::vector<std::string> words, const std::vector<std::string>& variables,
                    const Pipe& pipe) {
    std::vector<std::string> environment =
        variables;  // the first of two of one name is the one that is found
    for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
    const std::vector<char*> arguments = pointers(words);
    const std::vector<char*> settings = pointers(environment);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe.write, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int trouble =
        posix_spawnp(&child, arguments.front(), &actions, nullptr, arguments.data(), settings.data());
    posix_spawn_file_actions_destroy(&actions);
    if (trouble != 0)
        return fail(Errc::not_found, words.front() + ": cannot be started: " + std::strerror(trouble));
    return child;
}

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

}  // namespace

Result<ChildRun> run_child(const std::vector<std::string>& words, const std::vector<std::string>& variables) {
    Pipe pipe;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return fail(Errc::io, std::string{"no pipe: "} + std::strerror(errno));
    pipe.read = ends[0];
    pipe.write = ends[1];
    ChildRun run;
    const double begin = wall_seconds();
    const Result<pid_t> child = start(words, variables, pipe);
    if (!child) return fail(child.error());
    close(pipe.write);
    pipe.write = -1;
    std::array<char, 65536> bytes;
    for (;;) {
        const ssize_t count = read(pipe.read, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (run.first_byte_seconds == 0) run.first_byte_seconds = wall_seconds() - begin;
        if (count <= 0) break;
        run.output.append(bytes.data(), static_cast<std::size_t>(count));
    }
    int status = 0;
    rusage used{};
    while (wait4(*child, &status, 0, &used) < 0) {
        if (errno != EINTR)
            return fail(Errc::io, std::string{"lost a child process: "} + std::strerror(errno));
    }
    run.seconds = wall_seconds() - begin;
    run.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    run.computing_seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
    run.resident_peak_bytes = 1024.0 * static_cast<double>(used.ru_maxrss);
    return run;
}

Result<std::string> own_program() {
    std::error_code trouble;
    const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", trouble);
    if (trouble) return fail(Errc::io, "/proc/self/exe: " + trouble.message());
    return path.string();
}

double own_peak_bytes() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return 1024.0 * static_cast<double>(used.ru_maxrss);
}

Result<ScratchFolder> ScratchFolder::make() {
    std::error_code trouble;
    const std::filesystem::path root = std::filesystem::temp_directory_path(trouble);
    std::string name = ((trouble ? std::filesystem::path{"/tmp"} : root) / "plumb-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr)
        return fail(Errc::io, name + ": cannot be made: " + std::strerror(errno));
    return ScratchFolder{name};
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace plumb::app::bench
