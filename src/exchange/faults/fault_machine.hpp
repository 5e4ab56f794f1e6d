#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.hpp"
#include "base/time.hpp"
#include "exchange/faults/fault_script.hpp"

namespace plumb::exchange {

/// A rule of the machine and what it has done so far.
struct RuleState {
    std::uint64_t id = 0;  // counted from one, never used again
    FaultRule rule;
    std::uint64_t agreed = 0;   // how often all filters agreed
    std::uint64_t applied = 0;  // how often it then did something
    std::size_t cut_next = 0;   // cut_at: each
    Timestamp due{};            // time: the next moment
    Rng rng{0};
};

/// What rules look at.
struct RequestFacts {
    RequestKind kind = RequestKind::other;
    std::string_view method{};
    std::string_view target{};
    std::string_view path{};
    std::string_view body{};
    std::string_view account{};
    bool is_head = false;  // the body was not read yet: only `close: inside` can apply
};
struct FrameFacts {
    FrameKind kind = FrameKind::control;
    std::string_view instrument{};
    std::uint64_t fill = 0;  // the n-th fill of the clients, from one; zero: tells of none
    std::string_view bytes{};
};
struct OrderFacts {
    OrderStep step = OrderStep::accepted;
    std::string_view account{};
    std::string_view instrument{};
};

/// Decides which rules apply. Deterministic: every rule draws from its own generator, once for each time its
/// filters agree, so that adding a rule or a request of another kind changes no other rule's draws.
class FaultMachine {
 public:
    FaultMachine(std::uint64_t seed, Timestamp start) : rng_{seed}, start_{start} {}

    /// Counts `nth` from here on. `now`: from which `at` and `every` are counted for rules of time.
    std::uint64_t add(FaultRule rule, Timestamp now);
    bool remove(std::uint64_t id);
    void remove_all();
    const std::vector<RuleState>& rules() const { return rules_; }

    /// The rules that apply now, oldest first; borrowed until the next call of anything. O(rules).
    std::vector<RuleState*> on_request(const RequestFacts& facts, Timestamp now);
    std::vector<RuleState*> on_message(std::string_view bytes, Timestamp now);
    std::vector<RuleState*> on_frame(const FrameFacts& facts, Timestamp now);
    std::vector<RuleState*> on_order(const OrderFacts& facts, Timestamp now);
    /// Rules of time that are due at or before `now`, by time, then age; each is due again afterwards if it
    /// repeats.
    std::vector<RuleState*> on_time(Timestamp now);

    /// Whether any rule could apply to a frame of this kind: false costs nothing.
    bool watches(FrameKind kind) const { return (frames_watched_ >> static_cast<int>(kind) & 1U) != 0; }
    /// The next moment a rule of time is due; far in the future when none is.
    Timestamp next_due() const { return next_due_; }

 private:
    bool applies(RuleState& state, Timestamp now);
    void refresh();

    Rng rng_;
    Timestamp start_;
    std::uint64_t next_id_ = 1;
    std::vector<RuleState> rules_;
    unsigned frames_watched_ = 0;
    Timestamp next_due_ = Timestamp::max();
};

}  // namespace plumb::exchange
