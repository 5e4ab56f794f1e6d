#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

// The program's own client against the program's own exchange, which share no decoder and no encoder: one
// process each, over sockets, with nothing changed but the address and the keys.

namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

struct Folder {
    fs::path path = fs::temp_directory_path() / fmt::format("plumb_exchange_{}", ::getpid());
    Folder() {
        fs::remove_all(path);
        fs::create_directories(path);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(path); }
};

/// A run of the program; its standard output goes to `out`, errors too.
struct Child {
    pid_t process = 0;

    Child(std::vector<std::string> words, const fs::path& out) {
        words.insert(words.begin(), PLUMB_PROGRAM);
        std::vector<char*> arguments;
        for (std::string& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        process = ::fork();
        if (process != 0) return;
        const int file = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        ::dup2(::open("/dev/null", O_RDONLY), 0);
        ::dup2(file, 1);
        ::dup2(file, 2);
        ::execv(PLUMB_PROGRAM, arguments.data());
        ::_exit(127);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (process == 0) return;
        ::kill(process, SIGKILL);
        ::waitpid(process, nullptr, 0);
    }
    int wait() {
        int status = 0;
        ::waitpid(process, &status, 0);
        process = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }
    int end() {
        ::kill(process, SIGTERM);
        return wait();
    }
};

std::string text_of(const fs::path& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// One venue served, and a workspace that knows its address and key.
struct Venue {
    fs::path folder;
    Child exchange;
    Json facts;

    Venue(const fs::path& root, const std::string& name, const std::string& variables)
        : folder{root / name},
          exchange{{"--workspace", make(root / name / "exchange"), "--json", "exchange", "--venue", name,
                    "--port", "0", "--truth-log", (root / name / "truth.jsonl").string()},
                   root / name / "exchange.out"} {
        std::string line;
        for (int i = 0; i < 1000 && line.empty(); ++i) {
            ::usleep(20'000);
            const std::string text = text_of(folder / "exchange.out");
            line = text.substr(0, text.find('\n') == std::string::npos ? 0 : text.find('\n'));
        }
        INFO(text_of(folder / "exchange.out"));
        facts = Json::parse(line);
        REQUIRE(facts["venue"] == name);
        std::string secret = facts.value("secret", "");
        if (facts.contains("secret_file")) secret = text_of(facts["secret_file"].get<std::string>());
        for (std::size_t at = secret.find('\n'); at != std::string::npos; at = secret.find('\n', at))
            secret.replace(at, 1, "\\n");
        make(folder / "workspace");
        const std::string key = variables.substr(0, variables.find(' '));
        std::ofstream file{folder / "workspace" / ".env"};
        file << key << '=' << facts["key"].get<std::string>() << '\n';
        if (variables.contains(' '))
            file << variables.substr(variables.find(' ') + 1) << "=\"" << secret << "\"\n";
        file.close();
        fs::permissions(folder / "workspace" / ".env", fs::perms::owner_read | fs::perms::owner_write);
    }

    static std::string make(const fs::path& path) {
        fs::create_directories(path);
        return path.string();
    }

    int run(std::vector<std::string> words) {
        for (const std::string& word : {std::string{"--workspace"}, (folder / "workspace").string(),
                                        std::string{"--venue-address"}, facts["rest"].get<std::string>()})
            words.push_back(word);
        return Child{std::move(words), folder / "out"}.wait();
    }
    std::string out() const { return text_of(folder / "out"); }
};

struct Row {
    const char* name;
    const char* variables;  // of key and secret
    bool has_account;
};

constexpr Row kRows[] = {{"alpaca", "ALPACA_API_KEY ALPACA_SECRET_KEY", true},
                         {"binance", "BINANCE_API_KEY BINANCE_API_SECRET", true},
                         {"binance-futures", "BINANCE_FUTURES_API_KEY BINANCE_FUTURES_API_SECRET", true},
                         {"coinbase", "COINBASE_API_KEY COINBASE_API_SECRET", true},
                         {"kraken-futures", "KRAKEN_FUTURES_API_KEY KRAKEN_FUTURES_API_SECRET", true},
                         {"polygon", "POLYGON_API_KEY", false},
                         {"coinmarketcap", "CMC_API_KEY", false}};

}  // namespace

TEST_CASE("our client sees at each venue's exchange what is there: rights, account, prices, history") {
    const Folder folder;
    for (const Row& row : kRows) {
        INFO(std::string{row.name});
        Venue venue{folder.path, row.name, row.variables};
        if (row.has_account) {
            const int status = venue.run({"account", "--venue", row.name, "--json"});
            INFO(venue.out());
            REQUIRE(status == 0);
            CHECK(venue.out().contains("100000"));
            CHECK(venue.run({"doctor", "--venue", row.name}) == 0);
        }
        const bool is_polled = row.name == std::string{"coinmarketcap"};
        const int watched =
            venue.run({"monitor", "--data-source", row.name, "--symbols", "BTC,ETH", "--duration", "0.05"});
        INFO(venue.out());
        REQUIRE(watched == 0);
        CHECK(venue.out().contains("BTC/"));
        CHECK(venue.out().contains("LIVE"));
        CHECK_FALSE(venue.out().contains("1 frames refused"));
        // Polygon's plan without a price gives five answers a minute, and our client keeps to it.
        if (!is_polled && row.has_account) {
            const int found = venue.run({"compute-benchmarks", "--data-source", row.name, "--symbols",
                                         "BTC,ETH,SOL", "--days", "5", "--p-threshold", "1"});
            INFO(venue.out());
            CHECK((found == 0 || found == 1));
            CHECK(venue.out().contains("3 instruments from " + std::string{row.name}));
        }
        CHECK(venue.exchange.end() == 0);
        const std::string truth = text_of(venue.folder / "truth.jsonl");
        CHECK(truth.contains("\"request\""));
    }
}

TEST_CASE("a wrong key at the exchange is refused in one line with status 2") {
    const Folder folder;
    Venue venue{folder.path, "kraken-futures", "KRAKEN_FUTURES_API_KEY KRAKEN_FUTURES_API_SECRET"};
    std::ofstream{venue.folder / "workspace" / ".env"}
        << "KRAKEN_FUTURES_API_KEY=wrong\nKRAKEN_FUTURES_API_SECRET=c2VjcmV0\n";
    CHECK(venue.run({"account", "--venue", "kraken-futures"}) == 2);
    const std::string out = venue.out();
    CHECK(std::ranges::count(out, '\n') == 1);
}

TEST_CASE("the same seed gives the same truth log, byte for byte") {
    const Folder folder;
    const fs::path script = folder.path / "hands.yaml";
    std::ofstream{script} << "rules:\n"
                             "  - when: {every: 5s}\n"
                             "    do: {order: {instrument: BTC/USD, side: buy, quantity: 0.01}}\n"
                             "  - when: {every: 7s}\n"
                             "    do: {order: {instrument: ETH/USD, side: sell, quantity: 0.5}}\n";
    std::string first;
    for (const char* name : {"a", "b"}) {
        const fs::path truth = folder.path / (std::string{name} + ".jsonl");
        Child run{{"--workspace", Venue::make(folder.path / name), "exchange", "--venue", "kraken-futures",
                   "--port", "0", "--clock", "simulated", "--speed", "0", "--duration", "3", "--seed", "5",
                   "--faults", script.string(), "--truth-log", truth.string()},
                  folder.path / "out"};
        INFO(text_of(folder.path / "out"));
        CHECK(run.wait() == 0);
        const std::string text = text_of(truth);
        CHECK(text.contains("\"filled\""));
        CHECK(text.size() > 20'000);
        if (first.empty())
            first = text;
        else
            CHECK(first == text);
    }
}
