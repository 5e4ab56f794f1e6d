#include "exchange/host/venue_host.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.hpp"
#include "exchange/host/masking.hpp"
#include "exchange/host/request_account.hpp"

namespace plumb::exchange {
namespace {

constexpr Duration kTick = std::chrono::milliseconds{50};
constexpr AccountId kHouse{};
constexpr std::size_t kLaterMax = 100'000;
constexpr int kDepthMax = 8;  // rules about orders that place orders

ModelOptions model_options(const VenueEntry& entry, const VenueChange& change) {
    ModelOptions options = entry.model;
    if (change.id_rule) options.id_rule = *change.id_rule;
    return options;
}

}  // namespace

Result<std::unique_ptr<Host>> Host::make(const VenueEntry& entry, World& world, HostOptions options,
                                         HostDoors doors) {
    auto host = std::make_unique<VenueHost>(entry, std::move(options), doors);
    if (Status opened = host->open_venue(world); !opened) return fail(opened.error());
    return host;
}

VenueHost::VenueHost(const VenueEntry& entry, HostOptions options, HostDoors doors)
    : entry_{entry},
      options_{std::move(options)},
      doors_{doors},
      model_{model_options(entry, options_.faults.venue)},
      faults_{options_.faults.seed.value_or(options_.seed), options_.start},
      truth_{doors.truth, entry.name},
      frames_{doors.streams, faults_, truth_, model_, access_},
      clock_offset_{options_.faults.venue.clock_offset},
      now_{options_.start},
      venue_now_{options_.start + clock_offset_},
      next_tick_{options_.start + kTick} {
    frames_.set_now(now_, venue_now_);
}

Status VenueHost::open_venue(World& world) {
    truth_.begin("start", venue_now_).number("seed", options_.seed);
    truth_.text("id_rule", to_string(model_options(entry_, options_.faults.venue).id_rule)).end();
    for (MarketSpec spec : entry_.markets(world.names())) {
        if (options_.faults.venue.fees) spec.fees = *options_.faults.venue.fees;
        const Result<InstrumentId> added = model_.add_market(std::move(spec));
        if (!added) return fail(added.error());
    }
    for (const std::string& name : options_.accounts) {
        const AccountId account = model_.add_account(entry_.account(name, options_.cash), venue_now_);
        Result<ApiAccess> access = entry_.make_access(account, options_.seed);
        if (!access) return fail(access.error());
        truth_.begin("account", venue_now_).text("account", name).text("key", access->key).end();
        access_.push_back(std::move(*access));
        if (options_.faults.venue.lag) model_.set_lag(account, *options_.faults.venue.lag);
    }
    market_ = world.open_venue(model_, options_.seed);
    protocol_ = entry_.make_protocol({.model = model_,
                                      .past = *market_,
                                      .outlet = *this,
                                      .access = access_,
                                      .seed = options_.seed,
                                      .address = options_.address,
                                      .is_secure = options_.is_secure});
    for (FaultRule& rule : options_.faults.rules) add_rule(std::move(rule));
    if (options_.faults.swarm) {
        for (FaultRule& rule : draw_swarm(*options_.faults.swarm)) add_rule(std::move(rule));
    }
    market_->advance(venue_now_);
    pump();
    return {};
}

std::uint64_t VenueHost::add_rule(FaultRule rule) {
    const std::string name = rule.name;
    const std::string json = rule.action.json;
    const std::uint64_t id = faults_.add(std::move(rule), now_);
    truth_.begin("rule_added", venue_now_).number("rule", id).text("name", name).json("do", json).end();
    return id;
}

bool VenueHost::remove_rule(std::uint64_t id) {
    if (!faults_.remove(id)) return false;
    truth_.begin("rule_removed", venue_now_).number("rule", id).end();
    return true;
}

// --- time --------------------------------------------------------------------------------------------------

void VenueHost::set_now(Timestamp now) {
    now_ = std::max(now_, now);
    // A clock that is put back stands still until it is due again: the venue's books know no way back.
    venue_now_ = std::max(venue_now_, now_ + clock_offset_);
    frames_.set_now(now_, venue_now_);
}

Timestamp VenueHost::next_due() const {
    Timestamp due = std::min({next_tick_, faults_.next_due(), frames_.next_due()});
    if (!later_.empty()) due = std::min(due, later_.begin()->first);
    return due;
}

void VenueHost::advance(Timestamp now) {
    while (next_due() <= now) step(std::max(now_, next_due()));
    set_now(now);
}

void VenueHost::step(Timestamp now) {
    set_now(now);
    if (next_tick_ <= now_) {
        market_->advance(venue_now_);
        model_.advance(venue_now_);
        pump();
        protocol_->on_time(venue_now_);
        pump();
        next_tick_ += kTick;
    }
    if (faults_.next_due() <= now_) perform_due_rules();
    run_later();
    frames_.release();
}

void VenueHost::run_later() {
    while (!later_.empty() && later_.begin()->first <= now_) {
        const Later later = std::move(later_.begin()->second);
        later_.erase(later_.begin());
        if (const auto* part = std::get_if<FillPart>(&later)) {
            static_cast<void>(fill_now(part->order, part->price, part->quantity));
        } else if (std::holds_alternative<EndStall>(later)) {
            for (const StreamId stream : frames_.open()) doors_.streams.stall(stream, false);
        } else {
            static_cast<void>(perform_all({std::get<VenueAction>(later)}));
        }
        pump();
    }
    PLUMB_CHECK(later_.size() <= kLaterMax * 2);
}

// --- what happened -----------------------------------------------------------------------------------------

void VenueHost::pump() {
    if (kDepthMax <= depth_) return;  // the caller further up takes what is left
    ++depth_;
    for (int rounds = 0; rounds < 1000; ++rounds) {
        const std::span<const ModelEvent> happened = model_.take_events();
        if (happened.empty()) break;
        const std::vector<ModelEvent> events{happened.begin(), happened.end()};
        std::vector<VenueAction> actions;
        market_->on_events(events);
        truth_.model_events(events, model_);
        note_order_rules(events, actions);
        protocol_->on_events(events, venue_now_);
        for (const RuleState& each : frames_.take_actions())
            actions.insert(actions.end(), each.rule.action.venue.begin(), each.rule.action.venue.end());
        if (!actions.empty() && depth_ < kDepthMax) static_cast<void>(perform_all(actions));
    }
    --depth_;
}

void VenueHost::note_order_rules(std::span<const ModelEvent> events, std::vector<VenueAction>& actions) {
    for (const ModelEvent& event : events) {
        const auto* happened = std::get_if<OrderHappened>(&event.what);
        if (happened == nullptr || happened->record.spec.account == kHouse) continue;
        keep_open_orders(happened->record);
        if (happened->step == OrderStep::filled) frames_.on_fill(happened->execution.number);
        // What a script places itself would wake its rules again and again.
        if (happened->record.by_hand) continue;
        const std::string instrument = model_.market(happened->record.spec.instrument).instrument.name();
        const std::string account = account_name(happened->record.spec.account);
        for (RuleState* each :
             faults_.on_order({.step = happened->step, .account = account, .instrument = instrument}, now_)) {
            truth_.begin("fault", venue_now_).number("rule", each->id).text("name", each->rule.name);
            truth_.number("order", happened->record.number).json("do", each->rule.action.json).end();
            for (VenueAction action : each->rule.action.venue) {
                // An action that names no order means the one that woke the rule.
                if (auto* fill_order = std::get_if<FillOrder>(&action); fill_order != nullptr &&
                                                                        fill_order->order.number == 0 &&
                                                                        fill_order->order.client_id.empty())
                    fill_order->order.number = happened->record.number;
                actions.push_back(std::move(action));
            }
        }
    }
}

void VenueHost::keep_open_orders(const OrderRecord& record) {
    if (is_open(record.status)) {
        open_orders_.insert_or_assign(record.number, record);
    } else {
        open_orders_.erase(record.number);
    }
}

void VenueHost::perform_actions_of(const std::vector<RuleState*>& rules) {
    std::vector<VenueAction> actions;
    for (const RuleState* each : rules)
        actions.insert(actions.end(), each->rule.action.venue.begin(), each->rule.action.venue.end());
    if (!actions.empty()) static_cast<void>(perform_all(actions));
}

void VenueHost::perform_due_rules() {
    const std::vector<RuleState*> rules = faults_.on_time(now_);
    for (const RuleState* each : rules) {
        truth_.begin("fault", venue_now_).number("rule", each->id).text("name", each->rule.name);
        truth_.json("do", each->rule.action.json).end();
    }
    perform_actions_of(rules);
}

Status VenueHost::apply(std::string_view action, Timestamp now) {
    advance(now);
    const Result<FaultAction> parsed = parse_venue_action(action, "do");
    if (!parsed) return fail(parsed.error());
    return perform_all(parsed->venue);
}

// --- streams -----------------------------------------------------------------------------------------------

void VenueHost::close(StreamId stream, std::uint16_t code, std::string_view reason) {
    doors_.streams.close(stream, code, reason);
}

void VenueHost::end_stream(StreamId stream, StreamTrouble trouble) {
    if (protocol_->refuse_stream(stream, trouble, venue_now_)) return;
    constexpr std::uint16_t kPolicyViolation = 1008;
    doors_.streams.close(stream, kPolicyViolation, to_string(trouble));
}

void VenueHost::on_message(StreamId stream, std::string_view bytes, bool is_binary, Timestamp now) {
    constexpr std::size_t kNotedBytesMax = 4096;
    advance(now);
    truth_.begin("message", venue_now_).number("stream", stream);
    truth_.text("bytes", masked(bytes.substr(0, kNotedBytesMax), access_)).end();
    MessageFault all;
    const std::vector<RuleState*> rules = faults_.on_message(bytes, now_);
    for (const RuleState* each : rules) {
        const MessageFault& fault = *each->rule.action.message;
        all.drop |= fault.drop;
        all.cut |= fault.cut;
        if (fault.refuse_stream) all.refuse_stream = fault.refuse_stream;
        if (fault.close_code) all.close_code = fault.close_code;
        truth_.begin("fault", venue_now_).number("rule", each->id).text("name", each->rule.name);
        truth_.number("stream", stream).json("do", each->rule.action.json).end();
    }
    perform_actions_of(rules);
    if (all.refuse_stream) {
        end_stream(stream, *all.refuse_stream);
    } else if (!all.drop && !all.cut && !all.close_code) {
        protocol_->on_message(stream, bytes, is_binary, venue_now_);
    }
    pump();
    if (all.close_code) doors_.streams.close(stream, *all.close_code, "");
    if (all.cut) doors_.streams.cut(stream, {}, 0, Ending::close);
}

void VenueHost::on_pong(StreamId stream, Timestamp now) {
    advance(now);
    protocol_->on_pong(stream, venue_now_);
    pump();
}

void VenueHost::on_slow(StreamId stream, Timestamp now) {
    advance(now);
    truth_.begin("slow_client", venue_now_).number("stream", stream).end();
    end_stream(stream, StreamTrouble::slow_client);
    pump();
}

void VenueHost::on_closed(StreamId stream, Timestamp now) {
    advance(now);
    truth_.begin("stream_close", venue_now_).number("stream", stream).end();
    frames_.closed(stream);
    protocol_->on_closed(stream, venue_now_);
    pump();
}

}  // namespace plumb::exchange
