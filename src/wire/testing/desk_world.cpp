#include "wire/testing/desk_world.hpp"

namespace plumb::wire::testing {
namespace {

constexpr Timestamp kStart = timestamp_from_ms(1'764'000'000'000);
constexpr Duration kTick = std::chrono::milliseconds{250};

}  // namespace

DeskWorld::DeskWorld(const InstrumentTable& instruments, WorldOptions options, std::uint64_t seed)
    : instruments_{instruments},
      options_{options},
      rng_{seed},
      venue_{options.id_class, options.endpoints, options.faults, seed + 1},
      desk_{std::make_unique<OrderDesk>(desk_options(), instruments)},
      now_{kStart} {
    with_desk([&] { desk_->start(now_, now_, out_); });
    stream(true);
}

DeskOptions DeskWorld::desk_options() const {
    DeskOptions options;
    options.id_class = options_.id_class;
    options.order_endpoints = options_.endpoints;
    options.not_found_settles = options_.settle;
    options.audit_every = options_.audit_every;
    return options;
}

Duration DeskWorld::up_to(Duration most) {
    return Duration{static_cast<Duration::rep>(rng_.uniform() * static_cast<double>(most.count()))};
}

template <class Act>
void DeskWorld::with_desk(Act act) {
    act();
    perform();
}

void DeskWorld::at(Timestamp time, std::function<void()> action) {
    happenings_.push({time, ++last_, std::move(action)});
}

void DeskWorld::run_for(Duration duration) {
    const Timestamp end = now_ + duration;
    Timestamp tick = now_ + kTick;
    while (true) {
        const bool next_is_tick = happenings_.empty() || tick <= happenings_.top().at;
        const Timestamp next = next_is_tick ? tick : happenings_.top().at;
        if (end < next) break;
        now_ = next;
        if (next_is_tick) {
            // Nothing is due while nothing is open; a tick a second would do, and tests are many.
            tick = now_ + (desk_->open_orders() == 0 ? 4 * kTick : kTick);
            with_desk([&] { desk_->tick(now_, out_); });
            continue;
        }
        const std::function<void()> action = happenings_.top().action;
        happenings_.pop();
        action();
        after_venue();
    }
    now_ = end;
}

void DeskWorld::perform() {
    // Whatever the desk does while being told comes out in a batch of its own.
    DeskOutput out = std::move(out_);
    out_.clear();
    for (const DeskEvent& event : out.events) {
        if (const auto* report = std::get_if<OrderReport>(&event)) {
            told[report->order] = recorded_state_[report->order] = report->state;
            if (report->state == OrderState::rejected &&
                (!venue_.orders_of(report->order).empty() || in_transit_.contains(report->order)))
                ++false_deaths;
        } else {
            const Fill& fill = std::get<DeskFill>(event).fill;
            if (!fills_.emplace(fill.execution, fill).second) ++double_fills;
        }
    }
    for (const OrderAlarm& alarm : out.alarms) {
        ++alarms[alarm.kind];
        alarmed_at_[alarm.kind] = alarm.at;
    }
    for (DeskQuestion& question : out.questions) ask(std::move(question));
}

void DeskWorld::ask(DeskQuestion question) {
    const bool places = std::holds_alternative<AskPlace>(question.question);
    const Faults& faults = options_.faults;
    const Timestamp sent = now_;
    ClientOrderId id;
    if (places) {
        ++sends;
        id = std::get<AskPlace>(question.question).order.id;
        if (seen_.contains(id)) ++sends_after_evidence;
    }
    const bool changes = changes_something(question.question);
    const double fate = healed_ ? 1 : rng_.uniform();
    // Questions that change nothing are repeated by the client; what is left of their losses is this.
    const double share = changes ? 1 : 0.2;
    const Duration lost_in = faults.transit_max + up_to(faults.answer_after_max);
    if (fate < faults.lost_before * share) {
        if (changes) ++answers_lost;
        at(sent + lost_in, [this, question = std::move(question), sent, life = life_] {
            if (life == life_) deliver(question, {}, {}, true, sent);
        });
        return;
    }
    const bool loses_answer = fate < (faults.lost_before + faults.lost_after) * share;
    if (loses_answer && changes) ++answers_lost;
    if (places) in_transit_.insert(id);
    at(sent + up_to(faults.transit_max), [=, this, question = std::move(question), life = life_] {
        if (places) in_transit_.erase(id);
        ModelVenue::Answer answer = venue_.execute(question.question, now_);
        if (loses_answer) answer = {};
        const Duration back = loses_answer ? lost_in : up_to(faults.transit_max);
        at(now_ + back, [this, question, answer, sent, life] {
            if (life == life_) deliver(question, answer.reply, answer.events, true, sent);
        });
    });
}

void DeskWorld::deliver(DeskQuestion question, Reply reply, std::vector<WireEvent> events,
                        bool may_have_arrived, Timestamp sent_at) {
    for (const WireEvent& event : events) {
        if (const auto* update = std::get_if<OrderUpdate>(&event))
            if (const auto id = ClientOrderId::parse(update->client_order.view())) seen_.insert(*id);
    }
    with_desk([&] {
        desk_->answered({.number = question.number,
                         .reply = reply,
                         .events = events,
                         .may_have_arrived = may_have_arrived,
                         .sent_at = sent_at,
                         .received_at = now_},
                        now_, out_);
    });
}

/// The market meets new orders; the stream brings what the venue tells.
void DeskWorld::after_venue() {
    for (const std::size_t index : std::exchange(venue_.accepted, {})) {
        if (!options_.faults.market_fills) continue;
        const Quantity whole = venue_.orders()[index].request.quantity;
        if (rng_.uniform() < options_.faults.fills_at_once) {
            venue_.fill(index, whole, now_);
            continue;
        }
        Timestamp due = now_;
        for (std::uint64_t part = rng_.below(4); 0 < part; --part) {
            due += up_to(std::chrono::seconds{40});
            at(due, [this, index, whole] {
                venue_.fill(index,
                            (whole * Decimal::from_units(Decimal::kOne / 4))
                                .quantized(Quantity{Decimal{1}}, Rounding::up),
                            now_);
            });
        }
    }
    for (const OrderUpdate& update : std::exchange(venue_.told, {})) {
        if (!healed_ && rng_.uniform() < options_.faults.stream_lost) continue;
        send_stream(update);
        if (rng_.uniform() < options_.faults.stream_twice) send_stream(update);
    }
}

void DeskWorld::send_stream(const OrderUpdate& update) {
    if (!stream_up_) return;
    const Timestamp due = now_ + Duration{std::chrono::milliseconds{5}} + up_to(options_.faults.stream_lag);
    at(due, [this, update, life = stream_life_] {
        if (life != stream_life_) return;
        if (const auto id = ClientOrderId::parse(update.client_order.view())) seen_.insert(*id);
        with_desk([&] { desk_->heard(update, now_, out_); });
    });
}

bool DeskWorld::place(const OrderRequest& order) {
    bool taken = false;
    with_desk([&] { taken = desk_->place(order, now_, out_).has_value(); });
    if (!taken) return false;
    record_[order.id] = order;
    recorded_state_.try_emplace(order.id, OrderState::intended);
    return true;
}

void DeskWorld::cancel(ClientOrderId order) {
    with_desk([&] { static_cast<void>(desk_->cancel(order, now_, out_)); });
}

void DeskWorld::replace(ClientOrderId order, const OrderRequest& changed) {
    with_desk([&] {
        if (desk_->replace(order, changed, now_, out_)) {
            record_[changed.id] = changed;
            recorded_state_.try_emplace(changed.id, OrderState::intended);
        }
    });
}

void DeskWorld::stream(bool up) {
    if (up == stream_up_) return;
    stream_up_ = up;
    ++stream_life_;
    with_desk([&] { up ? desk_->stream_up(now_, out_) : desk_->stream_down(now_, out_); });
}

void DeskWorld::restart() {
    ++life_;
    ++stream_life_;
    stream_up_ = false;
    desk_ = std::make_unique<OrderDesk>(desk_options(), instruments_);
    seen_.clear();
    Timestamp since = now_;
    for (const auto& [execution, fill] : fills_) {
        desk_->restore_fill(fill);
        since = std::min(since, fill.venue_time);
    }
    for (const auto& [id, request] : record_) {
        if (is_final(recorded_state_[id])) continue;
        desk_->restore_order(request, recorded_state_[id]);
        since = std::min(since, request.decided_at);
    }
    with_desk([&] { desk_->start(since, now_, out_); });
    stream(true);
}

int DeskWorld::doubles() const {
    int count = 0;
    for (const auto& [id, request] : record_) count += 1 < venue_.orders_of(id).size() ? 1 : 0;
    return count;
}

Timestamp DeskWorld::last_alarm_at(OrderAlarm::Kind kind) const {
    const auto at = alarmed_at_.find(kind);
    return at == alarmed_at_.end() ? Timestamp::max() : at->second;
}

std::string DeskWorld::verdict() const {
    for (const auto& [id, request] : record_) {
        const std::string name = id.to_string();
        const auto found = venue_.orders_of(id);
        const auto last = told.find(id);
        const OrderState state = last == told.end() ? OrderState::intended : last->second;
        if (1 < found.size()) return name + " executed twice";
        if (found.empty()) {
            if (state != OrderState::rejected)
                return name + " is not at the venue, told as " + std::string{to_string(state)};
            continue;
        }
        if (state != found[0]->state)
            return name + " is " + std::string{to_string(found[0]->state)} + ", told as " +
                   std::string{to_string(state)};
        Quantity sum;
        for (const auto& [execution, fill] : fills_)
            if (fill.order == id) sum += fill.quantity;
        if (sum != found[0]->filled)
            return name + " filled " + found[0]->filled.to_string() + ", told " + sum.to_string();
    }
    return {};
}

}  // namespace plumb::wire::testing
