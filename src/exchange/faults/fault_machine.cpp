#include "exchange/faults/fault_machine.hpp"

#include <algorithm>

namespace plumb::exchange {
namespace {

template <class T>
bool names(const std::vector<T>& wanted, T found) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), found) != wanted.end();
}

bool names(const std::string& wanted, std::string_view found) { return wanted.empty() || wanted == found; }

bool holds(std::string_view text, const std::string& wanted) {
    return wanted.empty() || text.find(wanted) != std::string_view::npos;
}

bool path_agrees(const std::string& wanted, std::string_view path) {
    if (!wanted.ends_with('*')) return names(wanted, path);
    return path.starts_with(std::string_view{wanted}.substr(0, wanted.size() - 1));
}

bool agrees(const RuleState& state, const RequestFacts& facts) {
    const Condition& when = state.rule.when;
    const bool is_inside = state.rule.action.request && state.rule.action.request->close == CloseAt::inside;
    return when.trigger == Trigger::request && is_inside == facts.is_head &&
           names(when.requests, facts.kind) && names(when.method, facts.method) &&
           path_agrees(when.path, facts.path) && names(when.account, facts.account) &&
           (holds(facts.target, when.contains) || holds(facts.body, when.contains));
}

bool agrees(const RuleState& state, const FrameFacts& facts) {
    const Condition& when = state.rule.when;
    return when.trigger == Trigger::frame && names(when.frames, facts.kind) &&
           names(when.instrument, facts.instrument) && (when.fill == 0 || when.fill == facts.fill) &&
           holds(facts.bytes, when.contains);
}

bool agrees(const RuleState& state, const OrderFacts& facts) {
    const Condition& when = state.rule.when;
    return when.trigger == Trigger::order && names(when.steps, facts.step) &&
           names(when.account, facts.account) && names(when.instrument, facts.instrument);
}

bool agrees(const RuleState& state, std::string_view message) {
    const Condition& when = state.rule.when;
    return when.trigger == Trigger::message && holds(message, when.contains);
}

}  // namespace

std::uint64_t FaultMachine::add(FaultRule rule, Timestamp now) {
    RuleState state;
    state.id = next_id_++;
    state.rng = rng_.fork(state.id);
    if (rule.when.every) state.due = now + *rule.when.every;
    // A moment that is over counts as now: a rule from the control endpoint is not lost.
    if (rule.when.at) state.due = std::max(now, start_ + *rule.when.at);
    state.rule = std::move(rule);
    rules_.push_back(std::move(state));
    refresh();
    return rules_.back().id;
}

bool FaultMachine::remove(std::uint64_t id) {
    const std::size_t before = rules_.size();
    std::erase_if(rules_, [&](const RuleState& each) { return each.id == id; });
    refresh();
    return rules_.size() != before;
}

void FaultMachine::remove_all() {
    rules_.clear();
    refresh();
}

bool FaultMachine::applies(RuleState& state, Timestamp now) {
    const Condition& when = state.rule.when;
    if (when.from && now < start_ + *when.from) return false;
    if (when.until && start_ + *when.until <= now) return false;
    if (when.times != 0 && when.times <= state.applied) return false;
    ++state.agreed;
    if (!when.nth.empty() && !names(when.nth, state.agreed)) return false;
    if (when.every_nth != 0 && state.agreed % when.every_nth != 0) return false;
    if (when.probability < 1 && when.probability <= state.rng.uniform()) return false;
    ++state.applied;
    return true;
}

std::vector<RuleState*> FaultMachine::on_request(const RequestFacts& facts, Timestamp now) {
    std::vector<RuleState*> found;
    for (RuleState& each : rules_) {
        if (agrees(each, facts) && applies(each, now)) found.push_back(&each);
    }
    return found;
}

std::vector<RuleState*> FaultMachine::on_message(std::string_view bytes, Timestamp now) {
    std::vector<RuleState*> found;
    for (RuleState& each : rules_) {
        if (agrees(each, bytes) && applies(each, now)) found.push_back(&each);
    }
    return found;
}

std::vector<RuleState*> FaultMachine::on_frame(const FrameFacts& facts, Timestamp now) {
    std::vector<RuleState*> found;
    for (RuleState& each : rules_) {
        if (agrees(each, facts) && applies(each, now)) found.push_back(&each);
    }
    return found;
}

std::vector<RuleState*> FaultMachine::on_order(const OrderFacts& facts, Timestamp now) {
    std::vector<RuleState*> found;
    for (RuleState& each : rules_) {
        if (agrees(each, facts) && applies(each, now)) found.push_back(&each);
    }
    return found;
}

std::vector<RuleState*> FaultMachine::on_time(Timestamp now) {
    std::vector<RuleState*> found;
    for (RuleState& each : rules_) {
        const Condition& when = each.rule.when;
        if (when.trigger != Trigger::time || now < each.due) continue;
        if (when.every) {
            const auto missed = (now - each.due) / *when.every;
            each.due += *when.every * (missed + 1);
        } else {
            each.due = Timestamp::max();
        }
        if (applies(each, now)) found.push_back(&each);
    }
    refresh();
    return found;
}

void FaultMachine::refresh() {
    frames_watched_ = 0;
    next_due_ = Timestamp::max();
    for (const RuleState& each : rules_) {
        const Condition& when = each.rule.when;
        if (when.trigger == Trigger::frame) {
            if (when.frames.empty()) frames_watched_ = ~0U;
            for (const FrameKind kind : when.frames) frames_watched_ |= 1U << static_cast<int>(kind);
        }
        if (when.trigger == Trigger::time) next_due_ = std::min(next_due_, each.due);
    }
}

}  // namespace plumb::exchange
