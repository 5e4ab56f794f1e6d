#include "app/key_rights.hpp"

#include <fmt/format.h>

namespace plumb::app {
namespace {

/// What one answer says joins what is known: a right that any answer grants is granted.
void join(wire::AccountFacts& all, const wire::AccountFacts& more) {
    const auto granted = [](std::optional<bool>& known, const std::optional<bool>& said) {
        if (said) known = known.value_or(false) || *said;
    };
    const auto fill = [](auto& known, const auto& said) {
        if (!known) known = said;
    };
    granted(all.may_withdraw, more.may_withdraw);
    // The account's trading right and the key's are both needed.
    if (more.may_trade) all.may_trade = all.may_trade.value_or(true) && *more.may_trade;
    if (more.may_short) all.may_short = all.may_short.value_or(true) && *more.may_short;
    fill(all.equity, more.equity);
    fill(all.cash, more.cash);
    fill(all.buying_power, more.buying_power);
    fill(all.margin_used, more.margin_used);
    if (all.account.view().empty()) all.account = more.account;
    if (all.currency.view().empty()) all.currency = more.currency;
    if (all.trouble.view().empty()) all.trouble = more.trouble;
    all.received_at = std::max(all.received_at, more.received_at);
}

/// False where the venue has no such question.
Result<bool> ask(VenueSession& session, wire::Question question, wire::AccountFacts& facts) {
    const live::RestAnswer answer = session.rest().ask_and_wait(std::move(question), session.answer_max());
    if (answer.not_asked == Errc::unsupported) return false;
    if (answer.reply.verdict != wire::Verdict::ok) return fail(session.error_of(answer));
    for (const wire::WireEvent& event : answer.events) {
        if (const auto* more = std::get_if<wire::AccountFacts>(&event)) join(facts, *more);
    }
    return true;
}

}  // namespace

Result<wire::AccountFacts> ask_rights(VenueSession& session) {
    wire::AccountFacts facts;
    if (const auto asked = ask(session, wire::AskPermissions{}, facts); !asked) return fail(asked.error());
    if (facts.may_withdraw.value_or(false)) return facts;
    if (const auto asked = ask(session, wire::AskAccount{}, facts); !asked) return fail(asked.error());
    return facts;
}

Status check_rights(const VenueSession& session, const wire::AccountFacts& facts) {
    if (!facts.may_withdraw.value_or(false)) return {};
    return fail(Errc::invalid_argument,
                fmt::format("{}: this key may withdraw money and is refused: make one that may only read and "
                            "trade, and delete this one ({})",
                            session.can().title, session.key_from()));
}

Result<wire::AccountFacts> safe_rights(VenueSession& session) {
    auto facts = ask_rights(session);
    if (!facts) return facts;
    if (const Status safe = check_rights(session, *facts); !safe) return fail(safe.error());
    return facts;
}

}  // namespace plumb::app
