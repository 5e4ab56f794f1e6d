#include "wire/account_survey.hpp"

#include "wire/paging.hpp"

namespace plumb::wire {
std::vector<Question> AccountSurvey::start(const Scope& scope, Timestamp now) {
    running_ = true;
    failed_ = false;
    has_positions_ = false;
    retry_at_.reset();
    started_at_ = now;
    pages_ = 0;
    open_venue_.clear();
    open_client_.clear();
    positions_.clear();
    std::vector<Question> questions;
    if (scope.ask_each.empty()) {
        questions.emplace_back(AskOpenOrders{});
        questions.emplace_back(AskFills{.instrument = {}, .since = scope.fills_since, .page = {}});
    }
    for (const InstrumentId instrument : scope.ask_each) {
        questions.emplace_back(AskOpenOrders{.instrument = instrument, .page = {}});
        questions.emplace_back(AskFills{.instrument = instrument, .since = scope.fills_since, .page = {}});
    }
    if (scope.positions) questions.emplace_back(AskPositions{});
    return questions;
}

std::optional<Question> AccountSurvey::take_back(std::uint64_t number) {
    const auto at = out_.find(number);
    if (at == out_.end()) return std::nullopt;
    Question question = std::move(at->second);
    out_.erase(at);
    return question;
}

std::optional<Question> AccountSurvey::answered(const Question& question, const Reply& reply,
                                                std::span<const WireEvent> events) {
    if (reply.verdict != Verdict::ok) {
        // A venue without such a question is not failing.
        if (std::holds_alternative<AskPositions>(question) && reply.verdict == Verdict::refused)
            return std::nullopt;
        failed_ = true;
        if (reply.retry_at && (!retry_at_ || *retry_at_ < *reply.retry_at)) retry_at_ = reply.retry_at;
        return std::nullopt;
    }
    for (const WireEvent& event : events) {
        if (const auto* update = std::get_if<OrderUpdate>(&event);
            update != nullptr && std::holds_alternative<AskOpenOrders>(question)) {
            if (is_final(update->state)) continue;
            if (!update->venue_order.empty()) open_venue_.insert(update->venue_order);
            if (!update->client_order.empty()) open_client_.insert(update->client_order);
        } else if (const auto* position = std::get_if<VenuePosition>(&event);
                   position != nullptr && position->instrument) {
            positions_[*position->instrument] += position->quantity;
        }
    }
    if (std::holds_alternative<AskPositions>(question)) has_positions_ = true;
    if (reply.next_page.empty()) return std::nullopt;
    if (kPagesMax <= ++pages_) {
        failed_ = true;
        return std::nullopt;
    }
    Question next = question;
    set_page(next, reply.next_page);
    return next;
}

bool AccountSurvey::is_open(const VenueOrderId& venue, std::string_view client) const {
    return (!venue.empty() && open_venue_.contains(venue)) ||
           (FixedText<64>::fits(client) && open_client_.contains(FixedText<64>{client}));
}

std::vector<PositionAudit::Difference> PositionAudit::take(const std::map<InstrumentId, Quantity>& read,
                                                           Timestamp now, bool& unclear) {
    for (const auto& [instrument, quantity] : read) standings_.try_emplace(instrument);
    for (const auto& [instrument, quantity] : explained_) standings_.try_emplace(instrument);
    std::vector<Difference> found;
    for (auto& [instrument, standing] : standings_) {
        if (started_ && !standing.base) standing.base = Quantity{};  // not held when it all began
        const auto at = read.find(instrument);
        const Quantity held = at == read.end() ? Quantity{} : at->second;
        const auto explained = explained_.find(instrument);
        const Quantity beyond = held - (explained == explained_.end() ? Quantity{} : explained->second);
        if (standing.base == beyond) {
            standing.waiting.reset();
        } else if (standing.waiting != beyond) {
            standing.waiting = beyond;
            standing.waiting_since = now;
            unclear = true;
        } else if (now < standing.waiting_since + kAgreeFor) {
            unclear = true;
        } else {
            if (standing.base) found.push_back({instrument, *standing.base, beyond});
            standing.base = beyond;
            standing.waiting.reset();
        }
    }
    if (!unclear) started_ = true;
    return found;
}

}  // namespace plumb::wire
