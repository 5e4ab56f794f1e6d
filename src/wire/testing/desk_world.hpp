#pragma once

#include <map>
#include <memory>
#include <queue>
#include <set>
#include <string>

#include "wire/order_desk.hpp"
#include "wire/testing/model_venue.hpp"

namespace plumb::wire::testing {

struct WorldOptions {
    IdClass id_class = IdClass::for_ever;
    unsigned char endpoints = 1;
    Faults faults;
    Duration settle = std::chrono::seconds{75};  // what the venue's folder claims; above every lag
    Duration audit_every = std::chrono::seconds{60};
};

/// One desk and one venue, the line between them, and a judge who sees both. Time is virtual: the same seed
/// gives the same world.
class DeskWorld {
 public:
    DeskWorld(const InstrumentTable& instruments, WorldOptions options, std::uint64_t seed);

    Timestamp now() const { return now_; }
    void run_for(Duration duration);
    /// Calls `action` at that time.
    void at(Timestamp time, std::function<void()> action);
    OrderDesk& desk() { return *desk_; }
    ModelVenue& venue() { return venue_; }
    Rng& rng() { return rng_; }

    /// Places, and remembers for the judge. False when the desk would not.
    bool place(const OrderRequest& order);
    void cancel(ClientOrderId order);
    void replace(ClientOrderId order, const OrderRequest& changed);
    void stream(bool up);
    /// Nothing goes wrong from here on.
    void heal() { healed_ = true; }
    /// The desk dies; a new one starts from the record: intents, last reports, fills.
    void restart();

    // What the judge saw go wrong while it ran.
    int false_deaths = 0;  // told rejected, and the venue has it or will
    int sends_after_evidence = 0;
    int double_fills = 0;  // one execution emitted twice
    int sends = 0, answers_lost = 0;
    std::map<ClientOrderId, OrderState> told;
    std::map<OrderAlarm::Kind, int> alarms;

    /// Compares both sides now: "" when the desk knows exactly what is true.
    std::string verdict() const;
    /// Orders that the venue has more than once.
    int doubles() const;
    Timestamp last_alarm_at(OrderAlarm::Kind kind) const;

 private:
    struct Happening {
        Timestamp at;
        std::uint64_t sequence;
        std::function<void()> action;
        bool operator<(const Happening& other) const {
            return other.at != at ? other.at < at : other.sequence < sequence;
        }
    };
    template <class Act>
    void with_desk(Act act);
    void perform();
    void ask(DeskQuestion question);
    void deliver(DeskQuestion question, Reply reply, std::vector<WireEvent> events, bool may_have_arrived,
                 Timestamp sent_at);
    void after_venue();
    void send_stream(const OrderUpdate& update);
    Duration up_to(Duration most);
    DeskOptions desk_options() const;

    const InstrumentTable& instruments_;
    WorldOptions options_;
    Rng rng_;
    ModelVenue venue_;
    std::unique_ptr<OrderDesk> desk_;
    DeskOutput out_;
    Timestamp now_;
    std::priority_queue<Happening> happenings_;
    std::uint64_t last_ = 0;
    int life_ = 0;  // of the desk: answers to a dead one go nowhere
    int stream_life_ = 0;
    bool stream_up_ = false, healed_ = false;
    std::map<ClientOrderId, OrderRequest> record_;
    std::map<ClientOrderId, OrderState> recorded_state_;
    std::map<ExecutionId, Fill> fills_;
    std::set<ClientOrderId> seen_;        // the desk was given evidence
    std::set<ClientOrderId> in_transit_;  // may still arrive
    std::map<OrderAlarm::Kind, Timestamp> alarmed_at_;
};

}  // namespace plumb::wire::testing
