#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "exchange/faults/fault_action.hpp"
#include "exchange/model_event.hpp"
#include "exchange/protocol/message.hpp"

namespace plumb::exchange {

/// What a rule waits for.
enum class Trigger : unsigned char {
    request,  // an HTTP request, also one that opens a stream
    message,  // what a client says on a stream
    frame,    // what the venue says on a stream
    order,    // a step of an order of any account but the house
    time,
};

/// When a rule applies: one trigger, and filters that must all agree. What is empty filters nothing.
struct Condition {
    Trigger trigger = Trigger::request;
    std::vector<RequestKind> requests;
    std::vector<FrameKind> frames;
    std::vector<OrderStep> steps;
    std::string method;
    std::string path;               // "/api/v3/order"; a star at the end takes every longer one
    std::string contains;           // in target or body, in the message, in the frame
    std::string account;            // requests and orders
    std::string instrument;         // frames and orders
    std::uint64_t fill = 0;         // frames that tell of the n-th fill of the clients, from one
    std::optional<Duration> at;     // time: once, so long after the start
    std::optional<Duration> every;  // time: again and again, first after one such span
    std::optional<Duration> from;   // since the start
    std::optional<Duration> until;
    // After all filters: of those that agree, counted from one
    std::vector<std::uint64_t> nth;
    std::uint64_t every_nth = 0;
    double probability = 1;
    std::uint64_t times = 0;  // at most; zero: no bound
};

std::string_view to_string(OrderStep step);

/// One line of a fault script.
struct FaultRule {
    std::string name;
    Condition when;
    FaultAction action;
};

/// What the venue is like from its first moment on.
struct VenueChange {
    std::optional<IdRule> id_rule;
    std::optional<FeeRule> fees;  // of every market
    std::optional<ViewLag> lag;   // of every account
    Duration clock_offset{};
};

struct Swarm {
    std::uint64_t seed = 1;
    double intensity = 0.1;  // no fault is likelier than this, (0, 1]
};

struct FaultScript {
    std::optional<std::uint64_t> seed;  // of the draws; else the host's
    VenueChange venue;
    std::optional<Swarm> swarm;
    std::vector<FaultRule> rules;
};

/// Reads a fault script in YAML (JSON is YAML). One line of error with file, line and the nearest known word:
/// Errc::invalid_argument for unknown keys and words and for what contradicts, Errc::parse,
/// Errc::out_of_range; Errc::not_found, Errc::io.
Result<FaultScript> read_fault_script(const std::filesystem::path& path);
/// The same from text; `name` stands for the file in errors.
Result<FaultScript> parse_fault_script(std::string_view text, const std::string& name);
/// One rule, as in a script's `rules`.
Result<FaultRule> parse_fault_rule(std::string_view text, const std::string& name);
/// The `do` of a rule that needs no trigger: actions on the venue only.
Result<FaultAction> parse_venue_action(std::string_view text, const std::string& name);

/// A time as scripts write it: "250ms", "100us", "1.5s", "2m", "1h", "1d", at most 25 years; "-3s" too.
std::optional<Duration> parse_span(std::string_view text);

/// Which faults a seed has, and how likely each is: from these two numbers alone.
std::vector<FaultRule> draw_swarm(const Swarm& swarm);

}  // namespace plumb::exchange
