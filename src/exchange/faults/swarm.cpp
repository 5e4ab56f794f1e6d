#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.hpp"
#include "base/rng.hpp"
#include "exchange/faults/fault_script.hpp"

namespace plumb::exchange {
namespace {

// What a swarm draws from: a rule as in a script, with its probability left to the draw. Rules of time have a
// mean distance instead. None of them is beyond recovery: what is stopped comes back, what is halted opens.
struct Candidate {
    std::string_view name;
    std::string_view when;
    std::string_view action;
    int seconds = 0;  // between two, for rules of time
};

constexpr auto kCandidates = std::to_array<Candidate>({
    {"answer lost", "request: place_order", "close: before_answer"},
    {"answer lost by a reset", "request: place_order", "close: before_answer, reset: true"},
    {"order refused, answer lost", "request: place_order",
     "refuse: insufficient_funds, close: before_answer"},
    {"order lives, answer says 500", "request: place_order", "process: true, refuse: internal"},
    {"order lives, answer says 504", "request: place_order", "process: true, refuse: gateway_timeout"},
    {"order lives, error in a 200", "request: place_order", "process: true, refuse: internal, status: 200"},
    {"request lost", "request: place_order", "close: before"},
    {"request cut in its body", "request: place_order", "close: inside"},
    {"cancel lost", "request: cancel_order", "close: before"},
    {"answer to a cancel lost", "request: cancel_order", "close: before_answer"},
    {"filled before the cancel", "request: cancel_order", "fill_before: 1"},
    {"filled in part before the cancel", "request: cancel_order", "fill_before: 0.4"},
    {"filled during the replacement", "request: replace_order", "fill_before: 0.5"},
    {"rate limited", "request: any", "refuse: rate_limited"},
    {"rate limited, no Retry-After", "request: any", "refuse: rate_limited, retry_after: none"},
    {"unavailable", "request: any", "refuse: unavailable"},
    {"slow answer", "request: any", "delay: 1500ms"},
    {"slow body", "request: any", "slow_body: 2ms"},
    {"cut answer", "request: any", "cut_at: each"},
    {"wrong content type", "request: any", "content_type: text/html"},
    {"keep-alive that died", "request: any", "close: at_next_request"},
    {"market frame lost", "frame: [trade, quote, book]", "drop: true"},
    {"fill never told", "frame: fill", "drop: true"},
    {"order report told thrice", "frame: [order, fill]", "copies: 3"},
    {"order report late", "frame: [order, fill]", "delay: 800ms"},
    {"order reports out of order", "frame: [order, fill]", "hold_back: 1"},
    {"price of zero", "frame: [trade, quote]", "mutate: zero"},
    {"price that is no number", "frame: [trade, quote]", "mutate: nan"},
    {"absurd price", "frame: [trade, quote]", "mutate: absurd"},
    {"crossed book", "frame: [quote, book]", "mutate: crossed"},
    {"unknown fields", "frame: any", "mutate: unknown_fields"},
    {"frame cut", "frame: any", "cut_at: 7"},
    {"disconnect", "", "disconnect: {how: reset}", 120},
    {"data stops", "", "stop_data: {for: 20s}", 300},
    {"stall", "", "stall_streams: {for: 10s}", 300},
    {"halt", "", "halt: {for: 15s}", 600},
    {"stream keys expire", "", "expire_stream_keys: {}", 600},
    {"late views", "", "lag: {orders: 3s, fills: 2s, positions: 5s, for: 30s}", 200},
});

constexpr double kSlowest = 1e11;  // milliseconds: three years

FaultRule read(const Candidate& candidate, double probability, double intensity) {
    const std::string when =
        candidate.seconds == 0
            ? fmt::format("{}, probability: {:.9f}", candidate.when, probability)
            : fmt::format("every: {}ms",
                          std::llround(std::min(kSlowest, candidate.seconds * 1000.0 * 0.1 / intensity)));
    Result<FaultRule> rule = parse_fault_rule(
        fmt::format("{{name: \"{}\", when: {{{}}}, do: {{{}}}}}", candidate.name, when, candidate.action),
        "swarm");
    PLUMB_CHECK(rule.has_value());
    return std::move(*rule);
}

}  // namespace

std::vector<FaultRule> draw_swarm(const Swarm& swarm) {
    std::vector<FaultRule> rules;
    Rng rng{swarm.seed};
    for (const Candidate& each : kCandidates) {
        // Half of the faults in each seed: some only show when others are absent. Rates over two decades.
        const double chosen = rng.uniform();
        const double decades = rng.uniform() * 2;
        if (0.5 <= chosen) continue;
        const double probability = std::max(1e-9, swarm.intensity * std::pow(10.0, -decades));
        rules.push_back(read(each, probability, swarm.intensity));
    }
    return rules;
}

}  // namespace plumb::exchange
