#include "exchange/faults/fault_script.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "exchange/faults/fault_machine.hpp"

namespace plumb::exchange {
namespace {

using namespace std::chrono_literals;

std::string message(std::string_view script) {
    const Result<FaultScript> read = parse_fault_script(script, "faults.yaml");
    return read ? "" : read.error().message();
}

TEST_CASE("a script with everything is read") {
    const Result<FaultScript> script = parse_fault_script(R"(
seed: 42
venue:
  id_rule: unique_while_open
  clock_offset: -750ms
  lag: {orders: 2s, fills: 1s}
  fees: {maker: -0.0001, taker: 0.001, asset: third, third: BNB, third_price: 600}
swarm: {seed: 7, intensity: 0.25}
rules:
  - name: lost
    when: {request: [place_order, replace_order], nth: [3, 5], method: POST, path: "/api/*", from: 1s, until: 1h}
    do: {close: before_answer, reset: true}
  - when: {frame: any, fill: 3, probability: 0.5, times: 2}
    do: {copies: 3, hold_back: 1}
  - when: {every: 24h}
    do: {disconnect: {how: reset}, halt: {instrument: BTC/USD, for: 5s}}
)",
                                                          "faults.yaml");
    REQUIRE_MESSAGE(script.has_value(), script.error().message());
    CHECK(script->seed == 42);
    CHECK(script->venue.id_rule == IdRule::unique_while_open);
    CHECK(script->venue.clock_offset == -750ms);
    CHECK(script->venue.lag->orders == 2s);
    CHECK(script->venue.fees->third == "BNB");
    CHECK(script->swarm->intensity == 0.25);
    REQUIRE(script->rules.size() == 3);
    const FaultRule& lost = script->rules[0];
    CHECK(lost.when.requests == std::vector{RequestKind::place_order, RequestKind::replace_order});
    CHECK(lost.when.nth == std::vector<std::uint64_t>{3, 5});
    CHECK(lost.action.request->close == CloseAt::before_answer);
    CHECK(lost.action.json == R"({"close":"before_answer","reset":true})");
    CHECK(script->rules[1].action.frame->copies == 3);
    CHECK(script->rules[1].when.frames.empty());
    REQUIRE(script->rules[2].action.venue.size() == 2);
    CHECK(std::get<SetStatus>(script->rules[2].action.venue[0]).lasts == 5s);
    CHECK(std::get<Disconnect>(script->rules[2].action.venue[1]).reset);
    CHECK(parse_fault_script("", "faults.yaml").has_value());
}

TEST_CASE("what is wrong is one line with file, line and the nearest word") {
    struct Row {
        const char* script;
        const char* says;
    };
    for (const Row& row : {
             Row{"sed: 1", "faults.yaml:1: the script: unknown key sed: nearest known is seed"},
             Row{"rules:\n  - when: {request: place_ordr}\n    do: {drop: true}",
                 "faults.yaml:2: when.request: unknown word \"place_ordr\": nearest known is place_order"},
             Row{"rules:\n  - when: {request: any}\n    do: {clos: before}",
                 "faults.yaml:3: do: unknown key clos: nearest known is close"},
             Row{"rules:\n  - when: {request: any}\n    do: {drop: true}", "unknown key drop"},
             Row{"rules:\n  - when: {frame: any}\n    do: {halt: {instrumnt: X}}",
                 "faults.yaml:3: halt: unknown key instrumnt: nearest known is instrument"},
             Row{"rules:\n  - when: {request: any}\n    do: {delay: soon}",
                 "faults.yaml:3: do.delay: expected a time such as 250ms, 5s or 1h"},
             Row{"rules:\n  - when: {request: any}\n    do: {delay: -1s}", "expected no time below zero"},
             Row{"rules:\n  - when: {request: any}\n    do: {status: 99}", "from 200 to 599, found \"99\""},
             Row{"rules:\n  - when: {request: any, probability: 1.5}\n    do: {hang: true}",
                 "expected at most 1"},
             Row{"rules:\n  - when: {request: any, frame: any}\n    do: {hang: true}", "found 2"},
             Row{"rules:\n  - when: {nth: 1}\n    do: {hang: true}", "found 0"},
             Row{"rules:\n  - when: {request: any, fill: 1}\n    do: {hang: true}", "has no such filter"},
             Row{"rules:\n  - when: {request: any, nth: 0}\n    do: {hang: true}", "from 1 on"},
             Row{"rules:\n  - when: {request: any, from: 5s, until: 5s}\n    do: {hang: true}",
                 "after `from`"},
             Row{"rules:\n  - when: {request: any}\n    do: {}", "at least one thing"},
             Row{"rules:\n  - when: {request: any}", "a rule.do: expected what goes wrong"},
             Row{"rules:\n  - do: {hang: true}", "a rule.when: expected what the rule waits for"},
             Row{"rules: 5", "rules: expected a list"},
             Row{"rules: [5]", "a rule: expected a map"},
             Row{"seed: -1", "expected a whole number"},
             Row{"seed: 1\nseed: 2", "faults.yaml:2: the script: seed is there twice"},
             Row{"venue: {fees: {asset: third}}", "expected the name of the third asset"},
             Row{"swarm: {intensity: 0}", "above zero"},
             Row{"rules:\n  - when: {request: any}\n    do: {hang: true, close: before}", "found both"},
             Row{"rules:\n  - when: {request: any}\n    do: {process: true, close: before}", "is not done"},
             Row{"rules:\n  - when: {at: 1s}\n    do: {order: {instrument: BTC/USD, side: up, quantity: 1}}",
                 "unknown word \"up\""},
             Row{"rules: [", "faults.yaml:1: expected YAML or JSON"},
             Row{"a: &a [*a, *a]\n", "expected at most 50000 values, 16 deep"},
             Row{"- 1", "expected `key: value` pairs"},
         }) {
        CAPTURE(row.script);
        const std::string found = message(row.script);
        CHECK_MESSAGE(found.find(row.says) != std::string::npos, found);
        CHECK(found.starts_with("faults.yaml"));
        CHECK(found.find('\n') == std::string::npos);
    }
    CHECK(read_fault_script("/nonexistent.yaml").error().code() == Errc::not_found);
}

TEST_CASE("hostile scripts are refused, not followed") {
    CHECK_FALSE(message(std::string(200'000, '[')).empty());
    CHECK_FALSE(message("{" + std::string(100'000, '{')).empty());
    CHECK_FALSE(message(std::string(300'000, ' ')).empty());
    std::string bomb = "a0: &a0 [x]\n";
    for (int i = 1; i < 12; ++i)
        bomb +=
            fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i, i - 1);
    CHECK(message(bomb).find("50000") != std::string::npos);
    // Every cut of a good script is read or refused in one line.
    const std::string good =
        "seed: 1\nrules:\n  - when: {request: any, nth: [1, 2]}\n    do: {refuse: internal}\n";
    for (std::size_t size = 0; size < good.size(); ++size)
        CHECK(message(good.substr(0, size)).find('\n') == std::string::npos);
}

TEST_CASE("times of scripts") {
    CHECK(parse_span("250ms") == Duration{250ms});
    CHECK(parse_span("1.5s") == Duration{1500ms});
    CHECK(parse_span("-3s") == Duration{-3s});
    CHECK(parse_span("1d") == Duration{24h});
    CHECK(parse_span("0") == Duration{});
    for (const char* wrong : {"", "5", "s", "5 s", "1y", "1e3s", "--5s", "999999999999d", "5ss"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_span(wrong).has_value());
    }
}

TEST_CASE("a swarm is its seed and nothing else") {
    const auto text = [](const Swarm& swarm) {
        std::string all;
        for (const FaultRule& each : draw_swarm(swarm))
            all += fmt::format("{} {} {}\n", each.name, each.when.probability, each.action.json);
        return all;
    };
    const std::string first = text({.seed = 3, .intensity = 0.1});
    CHECK(first == text({.seed = 3, .intensity = 0.1}));
    CHECK(first != text({.seed = 4, .intensity = 0.1}));
    std::size_t most = 0;
    std::size_t drawn = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const std::vector<FaultRule> rules = draw_swarm({.seed = seed, .intensity = 0.2});
        most = std::max(most, rules.size());
        drawn += rules.size();
        for (const FaultRule& each : rules) {
            if (each.when.trigger != Trigger::time) REQUIRE(each.when.probability <= 0.2);
        }
    }
    CHECK(drawn / 200 > 12);  // half of 37
    CHECK(drawn / 200 < 26);
    CHECK(most < 37);
}

TEST_CASE("a rule's draws do not depend on other rules or on requests that do not agree") {
    const auto drawn = [](bool with_others) {
        FaultMachine machine{9, Timestamp{}};
        const auto rule = [](std::string_view when) {
            return *parse_fault_rule(fmt::format("{{when: {{{}}}, do: {{hang: true}}}}", when), "rule");
        };
        machine.add(rule("request: place_order, probability: 0.4"), Timestamp{});
        if (with_others) machine.add(rule("request: any, probability: 0.3"), Timestamp{});
        std::string all;
        for (int i = 0; i < 200; ++i) {
            if (with_others) static_cast<void>(machine.on_request({.kind = RequestKind::time}, Timestamp{}));
            bool first = false;
            for (const RuleState* each : machine.on_request({.kind = RequestKind::place_order}, Timestamp{}))
                first = first || each->id == 1;
            all += first ? 'x' : '.';
        }
        return all;
    };
    const std::string alone = drawn(false);
    CHECK(alone == drawn(true));
    const auto count = std::count(alone.begin(), alone.end(), 'x');
    CHECK(50 < count);
    CHECK(count < 110);
}

TEST_CASE("rules of time are due on the dot, and again") {
    FaultMachine machine{1, Timestamp{}};
    machine.add(*parse_fault_rule("{when: {every: 10s}, do: {resume_data: {}}}", "rule"), Timestamp{});
    machine.add(*parse_fault_rule("{when: {at: 5s}, do: {resume_data: {}}}", "rule"), Timestamp{});
    CHECK(machine.next_due() == Timestamp{5s});
    CHECK(machine.on_time(Timestamp{4s}).empty());
    CHECK(machine.on_time(Timestamp{5s}).size() == 1);
    CHECK(machine.next_due() == Timestamp{10s});
    CHECK(machine.on_time(Timestamp{10s}).size() == 1);
    CHECK(machine.on_time(Timestamp{95s}).size() == 1);  // what was missed is not made up for
    CHECK(machine.next_due() == Timestamp{100s});
    machine.remove_all();
    CHECK(machine.next_due() == Timestamp::max());
}

}  // namespace
}  // namespace plumb::exchange
