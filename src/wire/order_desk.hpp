#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/instrument.hpp"
#include "core/order.hpp"
#include "wire/account_survey.hpp"
#include "wire/capabilities.hpp"
#include "wire/order_alarm.hpp"
#include "wire/question.hpp"
#include "wire/tracked_order.hpp"

namespace plumb::wire {

struct DeskOptions {
    IdClass id_class = IdClass::none;
    unsigned char order_endpoints = 1;
    Duration not_found_settles = std::chrono::seconds{60};
    /// Asked for fills and open orders one by one; empty where the venue answers for all at once.
    std::vector<InstrumentId> ask_each;
    bool has_positions = true;
    Duration audit_every = std::chrono::seconds{60};          // with the private stream up (E07)
    Duration poll_every = std::chrono::seconds{3};            // with it down (E25)
    Duration fills_overlap = std::chrono::minutes{2};         // asked again before the cursor (E06)
    Duration unknown_alarm_after = std::chrono::seconds{30};  //
    Duration not_sent_retry_for = std::chrono::seconds{30};   // exits that certainly did not leave
    Duration look_first = std::chrono::milliseconds{250};     // between reads of one order, doubling
    Duration look_cap = std::chrono::seconds{10};             //
    std::size_t ended_orders_max = 10'000;                    // remembered, to know late words as ours
};
/// What a venue's capabilities say, with safe values where they say nothing.
DeskOptions desk_options(const Capabilities& venue);

/// A fill with what the venue said of it. `fill.fee` is in the quote currency: the venue's fee where that is
/// its asset, the fee at the fill's price where it is the base, else zero and an alarm. A fee in base leaves
/// less in the account than the fills add up to: `base_fee` is that amount, and until positions are kept net
/// of fees (core::Fill has one fee, in quote) a spot exit of all that was bought must leave it out.
struct DeskFill {
    Fill fill;
    VenueFill told;
    Quantity base_fee;
};
using DeskEvent = std::variant<OrderReport, DeskFill>;

struct DeskQuestion {
    std::uint64_t number = 0;
    Question question;
};

/// What the desk wants done and told, in order. The caller empties it.
struct DeskOutput {
    std::vector<DeskQuestion> questions;
    std::vector<DeskEvent> events;
    std::vector<OrderAlarm> alarms;

    void clear() {
        questions.clear();
        events.clear();
        alarms.clear();
    }
};

/// An answer to a DeskQuestion; each gets exactly one.
struct DeskAnswer {
    std::uint64_t number = 0;
    const Reply& reply;
    std::span<const WireEvent> events;
    bool may_have_arrived = true;
    Timestamp sent_at, received_at;
};

/// All orders of one account at one venue (FAULTS rules 1-4). Pure: words and time go in, questions, events
/// and alarms come out; the same inputs give the same outputs.
///
/// UNKNOWN ends by evidence only: the order or its fills found anywhere, a refusal the venue lists as
/// definitive, or absence at every endpoint and among the fills, read twice after the venue's settle time.
/// After that an order which reduces risk is sent again under the same id where the venue keeps ids for ever,
/// so that a copy is refused. Where ids are unique only among open orders, or not at all, nothing is ever
/// sent again: a first copy that filled meanwhile could not be told, and two would execute (E32). The order
/// ends as rejected ("never arrived") and whoever wanted it decides anew, from the position. Entries end like
/// that everywhere: what was decided a minute ago is not wanted now.
class OrderDesk {
 public:
    /// `instruments` outlives the desk.
    OrderDesk(DeskOptions options, const InstrumentTable& instruments);

    // Before start(): what the record knows. Fills first or orders first, as one likes.
    void restore_fill(const Fill& fill);
    void restore_order(const OrderRequest& request, OrderState state);
    /// Begins the first survey; live after it. `fills_since`: the last fill of the record, or the oldest open
    /// order, whichever is earlier; now, where there is nothing.
    void start(Timestamp fills_since, Timestamp now, DeskOutput& out);

    /// An error means that nothing leaves and nothing is remembered: Errc::duplicate for an id known already,
    /// Errc::halted for entries while the desk is not live (E25), the clock unsafe (E23), the key refused, or
    /// the same pair has an UNKNOWN order (rule 1).
    Status place(const OrderRequest& order, Timestamp now, DeskOutput& out);
    /// Until it has ended. Before the venue has the order, the wish waits. Errc::not_found for an unknown id.
    Status cancel(ClientOrderId order, Timestamp now, DeskOutput& out);
    /// A working order takes the quantity and prices of `changed`, under its new id; where the venue changes
    /// orders in place, the new id ends as rejected ("changed in place") and the old goes on with the new
    /// values. Errc::not_found, Errc::denied while it is not working.
    Status replace(ClientOrderId order, const OrderRequest& changed, Timestamp now, DeskOutput& out);

    void answered(const DeskAnswer& answer, Timestamp now, DeskOutput& out);
    /// An update of the private stream.
    void heard(const OrderUpdate& update, Timestamp now, DeskOutput& out);
    /// Authenticated and subscribed: everything is read anew, then the desk is live (E06).
    void stream_up(Timestamp now, DeskOutput& out);
    void stream_down(Timestamp now, DeskOutput& out);
    void set_clock_safe(bool safe) { clock_safe_ = safe; }
    /// At least four times a second.
    void tick(Timestamp now, DeskOutput& out);

    bool live() const { return stream_up_ && surveyed_ && sync_looks_.empty(); }
    bool key_refused() const { return key_refused_; }
    /// False when evidence has come since the question was made: the sender asks right before the first byte
    /// leaves (E04).
    bool still_wanted(const Question& question) const;
    OrderState state_of(ClientOrderId order) const;  // intended where it is not known
    Quantity filled_of(ClientOrderId order) const;
    std::size_t open_orders() const;
    std::size_t unknown_orders() const;

 private:
    struct Look {
        int pending = 0;
        bool inconclusive = false;
        bool found = false;       // an endpoint showed the order
        bool settled = false;     // asked after the settle time
        int absent_in_a_row = 0;  // settled rounds that found nothing
        int attempt = 0;
        int uncounted = 0;  // readings after an end that did not say how much had filled
        bool asks_orders = false, asks_fills = false;
        Timestamp due = Timestamp::min();
    };
    struct Tracked {
        OrderRequest request;
        OrderEvidence evidence;
        OrderState told = OrderState::intended;
        bool closed = false;
        bool place_pending = false;
        int sends = 0;
        Timestamp first_sent_at, lost_at;
        Timestamp existed_at;                    // first evidence
        std::optional<Timestamp> send_again_at;  // it certainly did not leave
        bool must_look = false;                  // something is unclear: read it
        Look look;
        bool cancel_wanted = false, cancel_pending = false;
        int cancels = 0;
        Timestamp cancel_due = Timestamp::min();
        std::optional<ClientOrderId> replaces;  // the order this is to take the place of
        std::optional<ClientOrderId> replaced_by;
        bool alarmed_lost = false, alarmed_unknown = false, alarmed_missing = false;
        std::uint64_t closing = 0;  // order of closing, for forgetting
    };
    enum class Purpose : unsigned char { place, cancel, replace, look_order, look_fills, survey };
    struct Pending {
        Purpose purpose;
        ClientOrderId order;
    };

    static Duration doubled(Duration first, int times, Duration cap);

    // order_desk.cpp: what comes in
    void send(Tracked& order, Timestamp now, DeskOutput& out);
    void answered_place(Tracked& order, const DeskAnswer& answer, Timestamp now, DeskOutput& out);
    void answered_cancel(Tracked& order, const DeskAnswer& answer, Timestamp now);
    void answered_replace(Tracked& order, const DeskAnswer& answer, Timestamp now, DeskOutput& out);
    void not_sent(Tracked& order, const Reply& reply, Timestamp now);
    void take_all(std::span<const WireEvent> events, Timestamp now, DeskOutput& out);
    bool take(const OrderUpdate& update, Timestamp now, DeskOutput& out);
    void refuse_key(const Reply& reply, Timestamp now, DeskOutput& out);

    // order_desk_words.cpp: what goes out
    Tracked* find(const OrderUpdate& update);
    Tracked* find(const ClientOrderId& id);
    const Tracked* find(const ClientOrderId& id) const;
    void take_update(Tracked& order, const OrderUpdate& update, Timestamp now, DeskOutput& out);
    void emit_fill(const Tracked& order, const OrderUpdate& update, Timestamp now, DeskOutput& out);
    void announce(Tracked& order, Timestamp now, DeskOutput& out);
    void close(Tracked& order);
    void stranger(const OrderUpdate& update, Timestamp now, DeskOutput& out);
    void alarm(OrderAlarm::Kind kind, const Tracked* order, std::string words, Timestamp now,
               DeskOutput& out) const;
    std::uint64_t ask(Purpose purpose, const ClientOrderId& order, Question question, DeskOutput& out);
    OrderKey key_of(const Tracked& order) const;

    // order_desk_looks.cpp: what is unclear, and how it is found out
    void pursue(Tracked& order, Timestamp now, DeskOutput& out);
    void pursue_all(Timestamp now, DeskOutput& out);
    bool wants_orders(const Tracked& order) const;
    bool wants_fills(const Tracked& order) const;
    void start_look(Tracked& order, Timestamp now, DeskOutput& out);
    void answered_look(Tracked& order, Purpose purpose, const DeskAnswer& answer, Timestamp now,
                       DeskOutput& out);
    void end_look(Tracked& order, Timestamp now, DeskOutput& out);
    void absence_proven(Tracked& order, Timestamp now, DeskOutput& out);
    void run_survey(Timestamp now, DeskOutput& out);
    void answered_survey(const DeskAnswer& answer, Timestamp now, DeskOutput& out);
    void compare_open_orders(Timestamp now);
    void compare_positions(Timestamp now, DeskOutput& out);

    DeskOptions options_;
    const InstrumentTable& instruments_;
    std::map<ClientOrderId, Tracked> orders_;
    std::map<VenueOrderId, ClientOrderId> by_venue_id_;
    std::map<std::uint64_t, Pending> pending_;
    AccountSurvey survey_;
    PositionAudit positions_;
    std::map<std::pair<InstrumentId, ExecutionId>, Fill> restored_fills_;
    std::vector<std::string> strangers_;  // told already, bounded
    std::set<ClientOrderId> sync_looks_;  // to be read before the desk is live
    std::uint64_t last_number_ = 0;
    std::uint64_t last_closing_ = 0;
    std::size_t closed_ = 0;
    Timestamp survey_due_ = Timestamp::max();
    Timestamp fills_cursor_;
    bool started_ = false;
    bool stream_up_ = false;
    bool surveyed_ = false;  // everything was read since the stream came up
    bool survey_again_ = false;
    bool clock_safe_ = true;
    bool key_refused_ = false;
    mutable bool fee_in_base_told_ = false, fee_unknown_told_ = false;
};

}  // namespace plumb::wire
