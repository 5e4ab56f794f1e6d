#include "exchange/faults/fault_script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "exchange/faults/read_action.hpp"
#include "exchange/faults/script_words.hpp"
#include "io/file.hpp"

namespace plumb::exchange {

std::string_view to_string(OrderStep step) {
    switch (step) {
        case OrderStep::accepted: return "accepted";
        case OrderStep::triggered: return "triggered";
        case OrderStep::filled: return "filled";
        case OrderStep::canceled: return "canceled";
        case OrderStep::expired: return "expired";
        case OrderStep::rejected: return "rejected";
        case OrderStep::replaced: return "replaced";
        case OrderStep::changed: return "changed";
    }
    return "";
}

namespace {

constexpr std::uint64_t kCountMax = 1'000'000'000'000;
constexpr std::size_t kRulesMax = 1000;

/// Values of a trigger key: words of the enumeration, or "any", which is none of them.
template <class Enum, Enum kLast>
std::vector<Enum> read_any(ScriptMap& map, std::string_view key) {
    const YAML::Node node = map.node(key);
    if (node.IsScalar() && node.Scalar() == "any") return {};
    return read_words<Enum, kLast>(map, key);
}

void read_trigger(const YAML::Node& node, ScriptMap& map, ScriptText& text, Condition& when) {
    constexpr std::array<std::string_view, 6> kTriggers{"request", "message", "frame",
                                                        "order",   "at",      "every"};
    std::vector<std::string_view> found;
    for (const std::string_view each : kTriggers) {
        if (map.has(each)) found.push_back(each);
    }
    if (found.size() != 1) {
        text.refuse(
            node, Errc::invalid_argument,
            fmt::format("when: expected one of request, message, frame, order, at and every, found {}",
                        found.size()));
    }
    when.requests = read_any<RequestKind, RequestKind::other>(map, "request");
    when.frames = read_any<FrameKind, FrameKind::account>(map, "frame");
    when.steps = read_any<OrderStep, OrderStep::changed>(map, "order");
    if (const auto message = map.text("message"); message && *message != "any") when.contains = *message;
    when.at = map.duration("at");
    when.every = map.duration("every");
    if (when.every && *when.every < std::chrono::milliseconds{1})
        map.refuse("every", Errc::out_of_range, "expected 1ms or longer");
    if (found.size() != 1) return;
    if (found[0] == "message") when.trigger = Trigger::message;
    if (found[0] == "frame") when.trigger = Trigger::frame;
    if (found[0] == "order") when.trigger = Trigger::order;
    if (found[0] == "at" || found[0] == "every") when.trigger = Trigger::time;
}

/// Which filters a trigger has.
void check_filters(ScriptMap& map, Trigger trigger) {
    struct Filter {
        std::string_view key;
        std::vector<Trigger> triggers;
    };
    const std::array<Filter, 7> filters{{
        {"method", {Trigger::request}},
        {"path", {Trigger::request}},
        {"contains", {Trigger::request, Trigger::message, Trigger::frame}},
        {"account", {Trigger::request, Trigger::order}},
        {"instrument", {Trigger::frame, Trigger::order}},
        {"fill", {Trigger::frame}},
        {"every_nth", {Trigger::request, Trigger::message, Trigger::frame, Trigger::order}},
    }};
    for (const Filter& filter : filters) {
        if (!map.has(filter.key)) continue;
        if (std::find(filter.triggers.begin(), filter.triggers.end(), trigger) == filter.triggers.end())
            map.refuse(filter.key, Errc::invalid_argument, "this trigger has no such filter");
    }
}

Condition read_condition(const YAML::Node& node, ScriptText& text) {
    Condition when;
    ScriptMap map{node, text, "when"};
    if (!node.IsMap()) text.refuse(node, Errc::empty, "when: expected what the rule waits for");
    read_trigger(node, map, text, when);
    when.method = map.text("method").value_or("");
    when.path = map.text("path").value_or("");
    if (const auto contains = map.text("contains")) when.contains = *contains;
    when.account = map.text("account").value_or("");
    when.instrument = map.text("instrument").value_or("");
    when.fill = map.count("fill", 1, kCountMax).value_or(0);
    when.from = map.duration("from");
    when.until = map.duration("until");
    if (when.from && when.until && *when.until <= *when.from)
        map.refuse("until", Errc::invalid_argument, "expected a time after `from`");
    when.nth = map.counts("nth");
    when.every_nth = map.count("every_nth", 1, kCountMax).value_or(0);
    if (!when.nth.empty() && when.every_nth != 0)
        map.refuse("every_nth", Errc::invalid_argument, "expected nth or every_nth, found both");
    if (const auto chance = map.fraction("probability")) when.probability = chance->to_double();
    when.times = map.count("times", 1, kCountMax).value_or(0);
    check_filters(map, when.trigger);
    map.finish();
    return when;
}

FaultRule read_rule(const YAML::Node& node, ScriptText& text) {
    FaultRule rule;
    if (!node.IsMap()) text.refuse(node, Errc::parse, "a rule: expected a map with `when` and `do`");
    ScriptMap map{node, text, "a rule"};
    rule.name = map.text("name").value_or("");
    const YAML::Node when = map.node("when");
    const YAML::Node action = map.node("do");
    map.finish();
    if (!text.ok()) return rule;
    if (!when.IsDefined()) map.refuse("when", Errc::empty, "expected what the rule waits for");
    if (!action.IsDefined()) map.refuse("do", Errc::empty, "expected what goes wrong");
    if (!text.ok()) return rule;
    rule.when = read_condition(when, text);
    rule.action = read_action(action, rule.when.trigger, text);
    return rule;
}

VenueChange read_venue(const YAML::Node& node, ScriptText& text) {
    VenueChange venue;
    ScriptMap map{node, text, "venue"};
    venue.id_rule = read_word<IdRule, IdRule::not_unique>(map, "id_rule");
    venue.clock_offset = read_clock_offset(map, "clock_offset").value_or(Duration{});
    if (const YAML::Node fees = map.node("fees"); fees.IsDefined()) venue.fees = read_fees(fees, text);
    if (const YAML::Node lag = map.node("lag"); lag.IsDefined()) {
        ScriptMap inner{lag, text, "lag"};
        venue.lag = read_lag(inner);
        inner.finish();
    }
    map.finish();
    return venue;
}

Swarm read_swarm(const YAML::Node& node, std::optional<std::uint64_t> seed, ScriptText& text) {
    Swarm swarm;
    ScriptMap map{node, text, "swarm"};
    swarm.seed = map.count("seed", 0, ~std::uint64_t{0}).value_or(seed.value_or(1));
    if (const auto intensity = map.fraction("intensity")) swarm.intensity = intensity->to_double();
    map.finish();
    return swarm;
}

}  // namespace

Result<FaultScript> parse_fault_script(std::string_view bytes, const std::string& name) {
    ScriptText text{name};
    FaultScript script;
    const YAML::Node root = load_script(bytes, text);
    ScriptMap map{root, text, "the script"};
    script.seed = map.count("seed", 0, ~std::uint64_t{0});
    if (const YAML::Node venue = map.node("venue"); venue.IsDefined()) script.venue = read_venue(venue, text);
    if (const YAML::Node swarm = map.node("swarm"); swarm.IsDefined())
        script.swarm = read_swarm(swarm, script.seed, text);
    const YAML::Node rules = map.node("rules");
    map.finish();
    if (rules.IsDefined() && !rules.IsNull() && !rules.IsSequence())
        text.refuse(rules, Errc::parse, "rules: expected a list");
    if (rules.IsSequence() && kRulesMax < rules.size())
        text.refuse(rules, Errc::out_of_range, fmt::format("rules: expected at most {}", kRulesMax));
    if (!text.ok()) return text.failure();
    if (rules.IsSequence()) {
        for (const YAML::Node& each : rules) {
            script.rules.push_back(read_rule(each, text));
            if (!text.ok()) return text.failure();
        }
    }
    return script;
}

Result<FaultScript> read_fault_script(const std::filesystem::path& path) {
    constexpr std::size_t kBytesMax = 256 * 1024;
    const Result<std::string> bytes = io::read_file(path, kBytesMax);
    if (!bytes) return fail(bytes.error());
    return parse_fault_script(*bytes, path.string());
}

Result<FaultRule> parse_fault_rule(std::string_view bytes, const std::string& name) {
    ScriptText text{name};
    const YAML::Node root = load_script(bytes, text);
    if (!text.ok()) return text.failure();
    FaultRule rule = read_rule(root, text);
    if (!text.ok()) return text.failure();
    return rule;
}

Result<FaultAction> parse_venue_action(std::string_view bytes, const std::string& name) {
    ScriptText text{name};
    const YAML::Node root = load_script(bytes, text);
    if (!text.ok()) return text.failure();
    FaultAction action = read_action(root, std::nullopt, text);
    if (!text.ok()) return text.failure();
    return action;
}

}  // namespace plumb::exchange
