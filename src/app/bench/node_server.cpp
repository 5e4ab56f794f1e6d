#include "app/bench/node_server.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace plumb::app::bench {
namespace {

constexpr const char* kProgram = R"(
const body = 'x'.repeat(Number(process.argv[1]));
const server = require('http').createServer((request, response) => {
    response.writeHead(200, {'Content-Type': 'application/json', 'Content-Length': body.length});
    response.end(body);
});
server.keepAliveTimeout = 60000;
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
)";

}  // namespace

Result<NodeServer> NodeServer::start(std::size_t body_bytes) {
    int pipe[2];
    if (::pipe2(pipe, O_CLOEXEC) != 0) return fail(Errc::io, "no pipe for node");
    const std::string size = std::to_string(body_bytes);
    const pid_t process = ::fork();
    if (process == 0) {
        ::dup2(pipe[1], 1);
        ::execlp("node", "node", "-e", kProgram, size.c_str(), static_cast<char*>(nullptr));
        ::_exit(127);
    }
    ::close(pipe[1]);
    std::string line;
    char byte = 0;
    while (::read(pipe[0], &byte, 1) == 1 && byte != '\n') line += byte;
    ::close(pipe[0]);
    if (!line.empty()) return NodeServer{process, static_cast<std::uint16_t>(std::stoi(line))};
    ::waitpid(process, nullptr, 0);
    return fail(Errc::not_found, "node could not be started");
}

NodeServer::~NodeServer() {
    if (process_ == 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
}

double NodeServer::computing_seconds() const {
    std::ifstream file{"/proc/" + std::to_string(process_) + "/stat"};
    std::string text;
    std::getline(file, text);
    // Behind the name in brackets: the state is field 3, user and system time are fields 14 and 15.
    std::istringstream fields{text.substr(text.rfind(')') + 1)};
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    double user = 0, system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace plumb::app::bench
