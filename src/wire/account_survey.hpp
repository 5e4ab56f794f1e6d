#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/order.hpp"
#include "wire/question.hpp"

namespace plumb::wire {

/// One reading of the account: open orders, fills since a cursor, positions, each by all its pages and
/// instruments. Knows which questions of it are out and what they brought; asks nothing itself.
class AccountSurvey {
 public:
    struct Scope {
        std::vector<InstrumentId> ask_each;  // empty: one question for all
        Timestamp fills_since;
        bool positions = true;
    };
    /// The first questions, all at once: one round trip where there are no pages.
    std::vector<Question> start(const Scope& scope, Timestamp now);
    /// Takes the answer to one of its questions; the next page to ask, if there is one.
    std::optional<Question> answered(const Question& question, const Reply& reply,
                                     std::span<const WireEvent> events);

    void sent(std::uint64_t number, Question question) { out_.emplace(number, std::move(question)); }
    /// The question of this number, no longer out; nothing when it is none of this survey.
    std::optional<Question> take_back(std::uint64_t number);
    bool running() const { return running_; }
    bool finished() const { return running_ && out_.empty(); }
    void end() { running_ = false; }

    bool failed() const { return failed_; }
    std::optional<Timestamp> retry_at() const { return retry_at_; }
    Timestamp started_at() const { return started_at_; }
    /// Whether this venue id or client id stood among the open orders.
    bool is_open(const VenueOrderId& venue, std::string_view client) const;
    bool has_positions() const { return has_positions_; }
    const std::map<InstrumentId, Quantity>& positions() const { return positions_; }

    static constexpr int kPagesMax = 200;

 private:
    std::map<std::uint64_t, Question> out_;
    bool running_ = false, failed_ = false, has_positions_ = false;
    std::optional<Timestamp> retry_at_;
    Timestamp started_at_;
    int pages_ = 0;
    std::set<VenueOrderId> open_venue_;
    std::set<FixedText<64>> open_client_;
    std::map<InstrumentId, Quantity> positions_;
};

/// Compares what the venue says the account holds with what the fills explain (E26). The first reads say
/// where it starts; later differences count when reads over kAgreeFor all agree on them (E11), since the
/// endpoints of a venue may run apart for seconds.
class PositionAudit {
 public:
    static constexpr Duration kAgreeFor = std::chrono::seconds{15};

    void filled(InstrumentId instrument, Quantity signed_quantity) {
        explained_[instrument] += signed_quantity;
    }

    struct Difference {
        InstrumentId instrument;
        Quantity before, now;  // what the account holds beyond the fills seen here
    };
    /// Takes one reading. `unclear` is set when a difference waits for its confirmation.
    std::vector<Difference> take(const std::map<InstrumentId, Quantity>& read, Timestamp now, bool& unclear);

 private:
    struct Standing {
        std::optional<Quantity> base;     // agreed on
        std::optional<Quantity> waiting;  // read once or more, since
        Timestamp waiting_since;
    };
    std::map<InstrumentId, Quantity> explained_;
    std::map<InstrumentId, Standing> standings_;
    bool started_ = false;
};

}  // namespace plumb::wire
