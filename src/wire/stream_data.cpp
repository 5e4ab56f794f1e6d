// What comes through a session: whose data it is, whether it was told already, and that it came at all.
#include <algorithm>

#include "wire/stream_session.hpp"

namespace plumb::wire {
namespace {

template <class Each>
constexpr std::optional<DataKind> kKindOf = std::nullopt;
template <>
constexpr std::optional<DataKind> kKindOf<Trade> = DataKind::trade;
template <>
constexpr std::optional<DataKind> kKindOf<Quote> = DataKind::quote;
template <>
constexpr std::optional<DataKind> kKindOf<ClosedBar> = DataKind::bar;
template <>
constexpr std::optional<DataKind> kKindOf<OpenBar> = DataKind::bar;
template <>
constexpr std::optional<DataKind> kKindOf<BookDelta> = DataKind::book;
template <>
constexpr std::optional<DataKind> kKindOf<MarkPrice> = DataKind::mark_price;

/// The row of an event; kNone where nobody asked for it, or it is no data.
std::size_t row_of(const SubscriptionSet& set, const WireEvent& event) {
    return std::visit(
        [&](const auto& each) {
            using Each = std::decay_t<decltype(each)>;
            if constexpr (std::is_same_v<Each, MarketStatus>)
                return set.find(each.instrument, DataKind::status);
            else if constexpr (kKindOf<Each> == DataKind::bar)
                return set.find(each.instrument, DataKind::bar, each.length);
            else if constexpr (kKindOf<Each>.has_value())
                return set.find(each.instrument, *kKindOf<Each>);
            else
                return SubscriptionSet::kNone;
        },
        event);
}

bool is_account_news(const WireEvent& event) {
    return std::holds_alternative<OrderUpdate>(event) || std::holds_alternative<Balance>(event) ||
           std::holds_alternative<VenuePosition>(event) || std::holds_alternative<AccountFacts>(event);
}

}  // namespace

/// Takes what a protocol finds in one frame. Nothing is decided while the protocol is at work: what the venue
/// says of the connection is kept until the frame is done.
class StreamSession::LinkSink : public WireSink {
 public:
    LinkSink(StreamSession& session, std::size_t slot, Timestamp now)
        : session_{session}, slot_{slot}, now_{now} {}

    void take(const WireEvent& event) override {
        if (const auto* control = std::get_if<Control>(&event))
            session_.links_[slot_]->controls.push_back(*control);
        else
            session_.take_event(slot_, event, now_);
    }

 private:
    StreamSession& session_;
    std::size_t slot_;
    Timestamp now_;
};

void StreamSession::frame(ConnectionId id, std::string_view bytes, Timestamp now, Timestamp received_at,
                          StreamEffects& effects) {
    advance(now);
    const std::size_t slot = slot_of(id);
    if (slot == kNoLink || !links_[slot]->is_open()) return;
    StreamLink& link = *links_[slot];
    LinkSink sink{*this, slot, now_};
    link.protocol->frame(bytes, received_at, link.outbox, sink);
    if (!link.controls.empty()) take_controls(slot, now_, effects);
    if (!links_[slot] || links_[slot]->id != id) return;
    const bool something_said = !link.outbox.frames.empty() || !link.outbox.questions.empty() ||
                                link.outbox.close != nullptr || link.group_open;
    if (something_said || link.phase == StreamLink::Phase::opening) after_outbox(slot, now_, effects);
}

void StreamSession::take_event(std::size_t slot, const WireEvent& event, Timestamp now) {
    if (std::holds_alternative<Ignored>(event)) return;
    if (std::holds_alternative<Refused>(event)) {
        ++counters_.refused_frames;
        return sink_.take(event);
    }
    if (const auto* status = std::get_if<MarketStatus>(&event))
        set_market_open(status->instrument, status->status == TradingStatus::open, now);
    std::size_t row = is_account_news(event) ? set_.orders_row() : row_of(set_, event);
    if (row == SubscriptionSet::kNone) {
        // A halt concerns everyone; of the rest only what was asked for counts, and what a venue still sends
        // of an earlier subscription does not.
        if (std::holds_alternative<MarketStatus>(event)) return sink_.take(event);
        ++counters_.unexpected;
        return;
    }
    if (!note_data(slot, row, now)) return;
    if (is_fresh(slot, set_.rows()[row], event)) return sink_.take(event);
    ++counters_.duplicates;
}

/// False for a subscription that was refused or left out: then there is none whose health could be told.
bool StreamSession::note_data(std::size_t slot, std::size_t index, Timestamp now) {
    StreamLink& link = *links_[slot];
    SubscriptionSet::Row& row = set_.rows()[index];
    if (!row.wanted()) {
        ++counters_.unexpected;
        return false;
    }
    link.carried[index].data_at = now;
    row.last_data = now;
    ++row.events;
    row.watch.data(now);
    // Only data that are expected keep a connection alive (F02).
    if (row.watch.watched()) {
        link.watch.data(now);
        fruitless_ = 0;
    }
    return true;
}

/// Whether the event is to be told: not yet told, and of the connection whose word counts.
bool StreamSession::is_fresh(std::size_t slot, SubscriptionSet::Row& row, const WireEvent& event) {
    if (const auto* trade = std::get_if<Trade>(&event))
        return trade->trade_id == 0 || row.told.fresh(key_of(*trade), trade->trade_id);
    if (const auto* bar = std::get_if<ClosedBar>(&event))
        return row.told.fresh(key_of(*bar), static_cast<std::uint64_t>(to_ns(bar->open_time)));
    if (const auto* delta = std::get_if<BookDelta>(&event)) {
        if (options_.books_numbered_globally || row.owner == slot) return true;
        if (!delta->snapshot || slot == main_) return false;
        row.owner = static_cast<unsigned char>(slot);  // it begins anew here
        return true;
    }
    if (const auto* quote = std::get_if<Quote>(&event)) return may_speak(slot, row, quote->venue_time);
    if (const auto* mark = std::get_if<MarkPrice>(&event)) return may_speak(slot, row, mark->venue_time);
    if (const auto* bar = std::get_if<OpenBar>(&event)) return may_speak(slot, row, bar->open_time);
    return true;
}

/// Quotes are a state, not a history: while two connections bring them only one speaks, and the newer takes
/// the word as soon as it is not behind.
bool StreamSession::may_speak(std::size_t slot, SubscriptionSet::Row& row, Timestamp venue_time) {
    if (row.owner != slot) {
        if (slot == main_ || venue_time < row.venue_time_last) return false;
        row.owner = static_cast<unsigned char>(slot);
    }
    row.venue_time_last = venue_time;
    return true;
}

void StreamSession::set_market_open(InstrumentId instrument, bool open, Timestamp now) {
    for (const SubscriptionSet::Unit& unit : set_.units()) {
        if (unit.instrument != instrument) continue;
        for (SubscriptionSet::Row& row : set_.rows_of(unit)) {
            if (open && !row.market_open) row.watch.start(now);
            row.market_open = open;
        }
    }
}

}  // namespace plumb::wire
