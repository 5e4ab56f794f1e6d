#include "app/settings.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <set>

#include "app/arguments.hpp"
#include "app/commands.hpp"
#include "app/setting_value.hpp"
#include "app/test_support.hpp"
#include "base/nearest.hpp"

using namespace plumb;
using namespace plumb::app;

namespace {

bool in_files(const Setting& setting) {
    return setting.scope == Scope::anywhere || setting.scope == Scope::file_only;
}
bool counts(const Setting& setting) {
    return setting.type == Type::integer || setting.type == Type::number || setting.type == Type::money;
}

/// Every word one insertion, deletion, substitution or exchange of neighbours away.
std::set<std::string> one_edit(std::string_view word, std::string_view letters) {
    std::set<std::string> edits;
    for (std::size_t i = 0; i <= word.size(); ++i) {
        const std::string before{word.substr(0, i)};
        for (const char letter : letters) {
            edits.insert(before + letter + std::string{word.substr(i)});
            if (i < word.size()) edits.insert(before + letter + std::string{word.substr(i + 1)});
        }
        if (i < word.size()) edits.insert(before + std::string{word.substr(i + 1)});
        if (i + 1 < word.size())
            edits.insert(before + word[i + 1] + word[i] + std::string{word.substr(i + 2)});
    }
    edits.erase(std::string{word});
    return edits;
}

/// Some of the words one edit away, spread evenly over all of them, others for each `key`: every key is
/// covered, and a table that grows costs a parser or a file for each of these few.
std::vector<std::string> some_edits(std::string_view word, std::string_view letters, std::size_t key) {
    constexpr std::size_t kStep = 19;  // no multiple of the letters tried at one place
    std::vector<std::string> some;
    std::size_t at = key % kStep;
    for (const std::string& edit : one_edit(word, letters))
        if (at++ % kStep == 0) some.push_back(edit);
    return some;
}

/// The word that a message names as the nearest.
std::string named(const std::string& message) {
    const std::string_view mark = "nearest known is ";
    const std::size_t at = message.find(mark);
    if (at == std::string::npos) return {};
    return message.substr(at + mark.size());
}

Result<Settings> loaded(const TestWorkspace& workspace, std::vector<std::string> words,
                        const Environment& environment = {}) {
    words.insert(words.end(), {"--workspace", workspace.root().string()});
    const Result<CommandLine> line = parse_command_line(words);
    REQUIRE(line);
    return load_settings(*line, environment);
}

/// What parse_command_line gives for `config --workspace DIR`, made once where thousands of files are tried.
CommandLine config_in(const TestWorkspace& workspace) {
    CommandLine line;
    line.command = "config";
    line.flags.push_back({index_of("workspace"), {workspace.root().string()}});
    return line;
}

}  // namespace

TEST_CASE("the table is sound: keys differ, defaults fit their types, commands are known") {
    std::set<std::string_view> keys;
    std::set<std::string> variables;
    std::set<std::string_view> known{"account",
                                     "demo",
                                     "compute-benchmarks",
                                     "generate-pairs",
                                     "monitor",
                                     "trade",
                                     "trade-indefinite",
                                     "backtest",
                                     "scan",
                                     "replay",
                                     "status",
                                     "stats",
                                     "decode",
                                     "sql",
                                     "import",
                                     "export"};
    for (const Command& command : commands()) known.insert(command.name);
    for (const Setting& setting : kSettings) {
        CAPTURE(setting.key);
        CHECK(keys.insert(setting.key).second);
        CHECK(variables.insert(variable_of(setting.key)).second);
        CHECK(!setting.help.empty());
        if (!setting.fallback.empty()) CHECK(read_value(setting, setting.fallback));
        if (counts(setting)) CHECK(setting.range.min < setting.range.max);
        CHECK((setting.type == Type::choice) == !setting.choices.empty());
        CHECK((setting.type == Type::secret) == (setting.scope == Scope::secret));
        for_each_word(setting.commands,
                      [&](std::string_view name) { CHECK_MESSAGE(known.contains(name), name); });
    }
    for (const CommandDefault& row : kCommandDefaults) CHECK(index_of(row.key) != kNoSetting);
}

TEST_CASE("fault_C01: every key of plumb.yaml one edit away is refused with its line and the nearest key") {
    std::size_t tried = 0;
    std::vector<std::string_view> keys;
    for (const Setting& setting : kSettings) {
        if (in_files(setting)) keys.push_back(setting.key);
    }
    const TestWorkspace workspace;
    const CommandLine line = config_in(workspace);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const std::string_view key = keys[i];
        const std::size_t before = tried;
        for (const std::string& misspelt : some_edits(key, "aenst-_", i)) {
            if (index_of(misspelt) != kNoSetting) continue;
            workspace.write("plumb.yaml", fmt::format("quiet: false\n{}: 1\n", misspelt));
            const Result<Settings> settings = load_settings(line, {});
            REQUIRE_FALSE_MESSAGE(settings.has_value(), misspelt);
            const std::string message = settings.error().message();
            REQUIRE_MESSAGE(message.find("plumb.yaml:2: ") != std::string::npos, message);
            const std::string word = named(message);
            if (word.empty()) {  // sounds like a key or password: refused with other words
                REQUIRE_MESSAGE(message.find("keys and passwords") != std::string::npos, message);
            } else {
                REQUIRE_MESSAGE(edit_distance(misspelt, word) <= edit_distance(misspelt, key), message);
            }
            ++tried;
        }
        CHECK_MESSAGE(before < tried, key);
    }
    CHECK(tried > 5 * keys.size());
    MESSAGE("misspelt keys refused: ", tried);
}

TEST_CASE("fault_C01: every flag and variable one edit away is refused with the nearest") {
    std::size_t tried = 0;
    std::size_t keys = 0;
    const TestWorkspace workspace;
    for (const Setting& setting : kSettings) {
        if (!takes("config", setting)) continue;
        const std::size_t before = tried;
        for (const std::string& misspelt : some_edits(setting.key, "aeknst-", ++keys)) {
            if (misspelt.empty() || misspelt[0] == '-' || misspelt.find('=') != std::string::npos) continue;
            if (index_of(misspelt) != kNoSetting || misspelt == "help" || misspelt == "version") continue;
            const Result<CommandLine> line = parse_command_line({"config", "--" + misspelt, "1"});
            REQUIRE_FALSE_MESSAGE(line.has_value(), misspelt);
            const std::string word = named(line.error().message());
            REQUIRE_MESSAGE(edit_distance("--" + misspelt, word) <= edit_distance(misspelt, setting.key),
                            misspelt);
            ++tried;
        }
        const std::string variable = variable_of(setting.key) + "X";
        CHECK_MESSAGE(before < tried, setting.key);
        const Result<Settings> settings = loaded(workspace, {"config"}, {{variable, "1"}});
        REQUIRE_FALSE_MESSAGE(settings.has_value(), variable);
        if (setting.scope != Scope::flag_only)
            CHECK(named(settings.error().message()) == variable_of(setting.key));
    }
    CHECK(tried > 5 * keys);
}

TEST_CASE("fault_C02: a value of the wrong type or outside its range is refused with file and line") {
    const TestWorkspace workspace;
    for (const Setting& setting : kSettings) {
        if (!in_files(setting)) continue;
        std::vector<std::string> wrong;
        if (counts(setting)) {
            wrong = {"abc", "12x", "nan", "inf", "1e999", "0x10", "''", "[1, 2]"};
            wrong.push_back(fmt::format("{:.17g}", setting.range.max * 1.001 + 1));
            wrong.push_back(
                fmt::format("{:.17g}", setting.range.min - 1e-3 - std::abs(setting.range.min) * 0.5));
        }
        if (setting.type == Type::integer) wrong.push_back(fmt::format("{}.5", setting.range.min));
        if (setting.type == Type::flag) wrong = {"maybe", "1", "TRUE", "''"};
        if (setting.type == Type::choice) wrong = {"nothing-of-the-kind", "''"};
        if (setting.type == Type::granularity) wrong = {"7m", "hourly", "1y", "-1h", "''"};
        if (setting.type == Type::symbols) wrong = {"'BTC;rm'", "''", "'BTC\"'"};
        if (setting.type == Type::text || setting.type == Type::path) wrong = {"''", "\"a\\nb\""};
        REQUIRE(!wrong.empty());
        wrong.push_back("{a: 1}");
        for (const std::string& text : wrong) {
            CAPTURE(text);
            CAPTURE(setting.key);
            workspace.write("plumb.yaml", fmt::format("# first\n\n{}: {}\n", setting.key, text));
            const Result<Settings> settings = loaded(workspace, {"config"});
            REQUIRE_FALSE(settings.has_value());
            const std::string message = settings.error().message();
            CHECK_MESSAGE(message.find("plumb.yaml:3: ") != std::string::npos, message);
            CHECK_MESSAGE(message.find(setting.key) != std::string::npos, message);
            const bool earlier_section = setting.key == "strategy" && text == "{a: 1}";
            CHECK_MESSAGE((earlier_section || message.find("expected") != std::string::npos), message);
        }
    }
}

TEST_CASE("fault_C02: thresholds that contradict each other are refused where they stand") {
    struct Row {
        std::string_view text;
        std::string_view says;
    };
    const Row rows[] = {
        {"exit-zscore: 2.0\n",
         "plumb.yaml:1: exit-zscore: expected less than entry-zscore 2.0 (default), found 2.0"},
        {"entry-zscore: 3\nexit-zscore: 3.5\n",
         "plumb.yaml:2: exit-zscore: expected less than entry-zscore 3 ("},
        {"entry-zscore: 0.4\n",
         "plumb.yaml:1: entry-zscore: expected more than exit-zscore 0.5 (default), found 0.4"},
        {"\nstop-zscore: 2.0\n", "plumb.yaml:2: stop-zscore: expected more than entry-zscore 2.0"},
        {"entry-staleness: 301\n", "plumb.yaml:1: entry-staleness: expected at most exit-staleness 300"},
        {"exit-staleness: 901\n", "plumb.yaml:1: exit-staleness: expected at most emergency-staleness 900"},
        {"recalibrate-min-obs: 501\n",
         "plumb.yaml:1: recalibrate-min-obs: expected at most lookback-bars 500"},
        {"zscore-window: 501\n", "plumb.yaml:1: zscore-window: expected at most lookback-bars 500"},
    };
    const TestWorkspace workspace;
    for (const Row& row : rows) {
        workspace.write("plumb.yaml", row.text);
        const Ran ran = run_in(workspace, {"config"});
        CHECK(ran.status == 2);
        CHECK(ran.err_is_one_line());
        CHECK_MESSAGE(ran.says(row.says), ran.err);
        CHECK(ran.out.empty());
    }
    workspace.write("plumb.yaml", "entry-staleness: 300\n");  // equal is allowed
    CHECK(run_in(workspace, {"config"}).status == 0);
    CHECK(run_in(workspace, {"config", "--verbose", "--quiet"}).says("contradict"));
}

TEST_CASE("precedence: flag over environment over .env over plumb.yaml over default") {
    const TestWorkspace workspace;
    const auto days = [&](std::vector<std::string> words, const Environment& environment) {
        const Result<Settings> settings = loaded(workspace, std::move(words), environment);
        REQUIRE(settings);
        return fmt::format("{} {}", settings->number("days"), settings->value(index_of("days")).where);
    };
    const std::string root = workspace.root().string();
    CHECK(days({"config"}, {}) == "30 ");
    workspace.write("plumb.yaml", "days: 31\n");
    CHECK(days({"config"}, {}) == "31 " + root + "/plumb.yaml:1");
    workspace.write(".env", "# earlier name\nHISTORICAL_DAYS=32\n");
    CHECK(days({"config"}, {}) == "32 " + root + "/.env:2");
    CHECK(days({"config"}, {{"HISTORICAL_DAYS", "33"}}) == "33 HISTORICAL_DAYS");
    CHECK(days({"config"}, {{"HISTORICAL_DAYS", "33"}, {"PLUMB_DAYS", "34"}}) == "34 PLUMB_DAYS");
    CHECK(days({"config", "--days", "35"}, {{"PLUMB_DAYS", "34"}}) == "35 --days");
    CHECK(days({"config", "--days=36"}, {{"PLUMB_DAYS", ""}}) == "36 --days");
    CHECK(days({"config"}, {{"PLUMB_DAYS", ""}}) == "32 " + root + "/.env:2");  // empty is not set
}

TEST_CASE("typed readers give what was written") {
    const TestWorkspace workspace;
    workspace.write("plumb.yaml",
                    "symbols: [BTC/USD, ETH/USD]\ncapital: 12500.50\ntime-scale: 4hour\ndata-dir: prices\n"
                    "stop-zscore: none\nlive-is: 1\n");
    CHECK(run_in(workspace, {"config"}).says("unknown key live-is: nearest known is"));
    workspace.write("plumb.yaml",
                    "symbols: [BTC/USD, ETH/USD]\ncapital: 12500.50\ntime-scale: 4hour\ndata-dir: prices\n"
                    "stop-zscore: none\nverbose: yes\n");
    const Result<Settings> settings = loaded(workspace, {"backtest", "--param", "n=3", "--param", "m=a=b",
                                                         "--from", "2024-08-08", "--report", "out.html"});
    REQUIRE(settings);
    CHECK(settings->symbols("symbols") == std::vector<std::string>{"BTC/USD", "ETH/USD"});
    CHECK(settings->money("capital").to_string() == "12500.5");
    CHECK(settings->granularity("time-scale") == std::chrono::hours{4});
    CHECK(settings->path("data-dir") == workspace.root() / "prices");
    CHECK(settings->path("report") == "out.html");
    CHECK(!settings->has("stop-zscore"));
    CHECK(settings->flag("verbose"));
    CHECK(settings->integer("lookback-bars") == 500);
    CHECK(settings->parameters("param") ==
          std::vector<std::pair<std::string, std::string>>{{"n", "3"}, {"m", "a=b"}});
    CHECK(to_iso(settings->date("from")) == "2024-08-08T00:00:00.000000000Z");
    CHECK(!settings->has("to"));
    const Result<Settings> other = loaded(workspace, {"generate-pairs"});
    REQUIRE(other);
    CHECK(other->granularity("granularity") == std::chrono::hours{4});
}

TEST_CASE("fault_C03: a reload is a whole new value, and its differences are lines") {
    const TestWorkspace workspace;
    workspace.write("plumb.yaml", "days: 31\n");
    const Result<Settings> before = loaded(workspace, {"config"});
    REQUIRE(before);
    workspace.write("plumb.yaml",
                    "days: 60\nentry-zscore: 0.1\n");  // the second line is wrong: nothing is taken
    CHECK_FALSE(loaded(workspace, {"config"}).has_value());
    workspace.write("plumb.yaml", "days: 60\nstop-zscore: 4\n");
    const Result<Settings> after = loaded(workspace, {"config"}, {{"POLYGON_API_KEY", "canary-polygon"}});
    REQUIRE(after);
    const std::string root = workspace.root().string();
    CHECK(differences(*before, *after) ==
          std::vector<std::string>{"days: 31 -> 60 (" + root + "/plumb.yaml:1)",
                                   "stop-zscore: none -> 4 (" + root + "/plumb.yaml:2)",
                                   "polygon-api-key: none -> ******** (POLYGON_API_KEY)"});
    CHECK(differences(*after, *after).empty());
}

TEST_CASE("the earlier 4-hour program's config.json is read whole") {
    const TestWorkspace workspace;
    const std::string text = R"({
  "trading": {"sandbox": true, "portfolio_value": 20000, "risk_per_trade": 0.03, "max_positions": 4, "timeframe": "4h"},
  "strategy": {"lookback_period": 70, "entry_threshold": 1.5, "exit_threshold": 0.25, "stop_loss_threshold": 3.5},
  "data": {"lookback_periods": 100, "max_pairs_to_trade": 12},
  "files": {"cointegrated_pairs": "state/cointegrated_pairs.json", "positions": "state/positions.json",
            "trades_history": "state/trades_history.json"}
})";
    workspace.write("config.json", text);
    const Result<Settings> settings = loaded(workspace, {"config"});
    REQUIRE_MESSAGE(settings, settings.error().message());
    CHECK(settings->money("capital").to_string() == "20000");
    CHECK(settings->number("risk-per-trade") == 0.03);
    CHECK(settings->integer("max-positions") == 4);
    CHECK(settings->granularity("granularity") == std::chrono::hours{4});
    CHECK(settings->integer("zscore-window") == 70);
    CHECK(settings->number("entry-zscore") == 1.5);
    CHECK(settings->number("exit-zscore") == 0.25);
    CHECK(settings->number("stop-zscore") == 3.5);
    CHECK(settings->integer("lookback-bars") == 100);
    CHECK(settings->integer("max-pairs") == 12);
    CHECK(!settings->flag("allow-live"));

    workspace.write("config.json", "{\n \"strategy\": {\n  \"entry_treshold\": 1\n }\n}");
    const Ran misspelt = run_in(workspace, {"config"});
    CHECK(misspelt.says(
        "config.json:3: unknown key strategy.entry_treshold: nearest known is strategy.entry_threshold"));
    workspace.write("config.json", "{\"days\": 12, \"entry-zscore\": 2.5}");
    CHECK(loaded(workspace, {"config"})->number("days") == 12);
    workspace.write("plumb.yaml", "days: 13\n");  // plumb.yaml is ours: config.json is then not read
    CHECK(loaded(workspace, {"config"})->number("days") == 13);
}

TEST_CASE("text that is no configuration is refused with its line") {
    const TestWorkspace workspace;
    struct Row {
        std::string_view text;
        std::string_view says;
    };
    const Row rows[] = {
        {"days 30\n", "plumb.yaml:1: expected lines of `key: value`"},
        {"- days\n", "plumb.yaml:1: expected lines"},
        {"days: 1\ndays: 2\n", "plumb.yaml:2: days is set twice"},
        {"days: [1\n", "plumb.yaml:2: expected YAML or JSON"},
        {"quiet: false\n? [a]\n: 1\n", "plumb.yaml:2: expected a key"},
        {"json: true\n", "plumb.yaml:1: json cannot be set in a file: give it as --json"},
        {"workspace: /tmp\n",
         "plumb.yaml:1: workspace cannot be set in a file: give it as --workspace or PLUMB_WORKSPACE"},
    };
    for (const Row& row : rows) {
        workspace.write("plumb.yaml", row.text);
        const Ran ran = run_in(workspace, {"config"});
        CHECK(ran.status == 2);
        CHECK_MESSAGE(ran.err_is_one_line(), ran.err);
        CHECK_MESSAGE(ran.says(row.says), ran.err);
    }
    workspace.write("plumb.yaml", std::string(300'000, '#'));
    CHECK(run_in(workspace, {"config"}).status == 2);
    workspace.write("plumb.yaml", "");
    CHECK(run_in(workspace, {"config"}).status == 0);
    const Ran missing = run_in(workspace, {"config", "--config", "/nowhere/plumb.yaml"});
    CHECK(missing.status == 3);
    CHECK(missing.err_is_one_line());
}

TEST_CASE("fault_E30: --live needs the written consent") {
    const TestWorkspace workspace;
    const Result<Settings> alone = loaded(workspace, {"trade", "--live"});
    REQUIRE_FALSE(alone.has_value());
    CHECK(alone.error().message().starts_with("--live: expected `allow-live: true`"));
    workspace.write("plumb.yaml", "allow-live: true\n");
    CHECK(loaded(workspace, {"trade"}));  // consent alone stays paper
    CHECK(!loaded(workspace, {"trade"})->flag("live"));
    CHECK(loaded(workspace, {"trade", "--live"}));
    CHECK_FALSE(loaded(workspace, {"config"}, {{"PLUMB_LIVE", "true"}}).has_value());
    CHECK_FALSE(loaded(workspace, {"config"}, {{"PLUMB_ALLOW_LIVE", "true"}}).has_value());
    workspace.write("plumb.yaml", "live: true\n");
    CHECK_FALSE(loaded(workspace, {"trade"}).has_value());
}
