#include <algorithm>
#include <array>

#include "venues/kraken/answers.hpp"

namespace plumb::venues::kraken {
namespace {

using wire::Reply;
using wire::Verdict;

struct Word {
    std::string_view name;
    Verdict verdict;
    std::string_view words;
};

/// What the documents list as the end of an order that was sent (send order, sendStatus.status). `notFound`
/// and `cancelled` are on the venue's list too, but nothing says what they mean for a new order.
constexpr auto kSend = std::to_array<Word>({
    {"placed", Verdict::ok, ""},
    {"partiallyFilled", Verdict::ok, ""},
    {"filled", Verdict::ok, ""},
    {"clientOrderIdAlreadyExist", Verdict::duplicate, "an order of this client id exists already"},
    {"wouldProcessAfterSpecifiedTime", Verdict::clock, "the order reached the engine after its latest time"},
    {"invalidOrderType", Verdict::refused, "the order type is not valid"},
    {"invalidSide", Verdict::refused, "the side is not valid"},
    {"invalidSize", Verdict::refused, "the size is not valid for this contract"},
    {"invalidPrice", Verdict::refused, "the limit or stop price is not valid for this contract"},
    {"insufficientAvailableFunds", Verdict::refused, "the available margin is too small"},
    {"selfFill", Verdict::refused, "it would trade with another order of this account"},
    {"tooManySmallOrders", Verdict::refused, "too many small orders are open"},
    {"tooManyOrders", Verdict::refused, "too many orders are open"},
    {"maxPositionViolation", Verdict::refused, "the position would exceed the largest allowed"},
    {"marketSuspended", Verdict::refused, "the market is suspended"},
    {"marketInactive", Verdict::refused, "the market is not active"},
    {"marketIsPostOnly", Verdict::refused, "the market takes only orders that rest in the book now"},
    {"clientOrderIdTooLong", Verdict::refused, "the client id is too long"},
    {"clientOrderIdTooBig", Verdict::refused, "the client id is too long"},
    {"clientOrderIdInvalid", Verdict::refused, "the client id is not valid"},
    {"outsidePriceCollar", Verdict::refused, "the price is outside the venue's collar"},
    {"wouldIncreasePriceDislocation", Verdict::refused, "it would move the price too far from its mark"},
    {"postWouldExecute", Verdict::refused, "a post-only order would trade at once"},
    {"iocWouldNotExecute", Verdict::refused, "nothing in the book matches it now"},
    {"wouldNotReducePosition", Verdict::refused, "a reduce-only order would not reduce the position"},
    {"reduceOnlyWouldIncreasePosition", Verdict::refused, "a reduce-only order would increase the position"},
    {"wouldCauseLiquidation", Verdict::refused, "it would lead to a liquidation at once"},
    {"fixedLeverageTooHigh", Verdict::refused, "the leverage set for this contract is too high"},
});
/// More ends that only an edit can have: the order stands as it was.
constexpr auto kEdit = std::to_array<Word>({
    {"edited", Verdict::ok, ""},
    {"orderForEditNotFound", Verdict::not_found, "there is no such open order to change"},
    {"notFound", Verdict::not_found, "there is no such open order to change"},
    {"orderForEditNotAStop", Verdict::refused, "the order is no stop and has no stop price"},
    {"cannotEditTriggerPriceOfTrailingStop", Verdict::refused, "a trailing stop's price moves by itself"},
    {"cannotEditLimitPriceOfTrailingStop", Verdict::refused, "a trailing stop's price moves by itself"},
});
constexpr auto kCancel = std::to_array<Word>({
    {"cancelled", Verdict::ok, ""},
    {"filled", Verdict::ok, "too late: the order is filled"},
    {"notFound", Verdict::not_found, "there is no such open order"},
});

/// Errors that answer a question instead of a status. All of them mean that nothing was done, where the
/// documents say what was wrong with the request.
constexpr auto kErrors = std::to_array<Word>({
    {"apiLimitExceeded", Verdict::rate_limited, "the budget of requests is used up"},
    {"authenticationError", Verdict::unauthorized,
     "Kraken Futures refused the key: check key, secret and the key's rights, and that the key is of this "
     "environment (the demo has its own)"},
    {"accountInactive", Verdict::unauthorized, "the futures account is not active"},
    {"invalidAccount", Verdict::unauthorized, "the futures account is not valid"},
    {"nonceBelowThreshold", Verdict::clock, "the nonce is too old"},
    {"nonceDuplicate", Verdict::clock, "the nonce was used before"},
    {"requiredArgumentMissing", Verdict::refused, "an argument is missing"},
    {"Bad Request", Verdict::refused, "the request is not valid"},
    {"Json Parse Error", Verdict::refused, "the request is not valid"},
    {"invalidUnit", Verdict::refused, "the unit is not valid"},
    {"invalidAmount", Verdict::refused, "the amount is not valid"},
    {"contractNotFound", Verdict::refused, "there is no such contract"},
    {"insufficientFunds", Verdict::refused, "the funds are too small"},
    {"INSUFFICIENT_MARGIN", Verdict::refused, "the available margin is too small"},
    {"marketUnavailable", Verdict::unavailable, "the market is not available now"},
});

template <std::size_t Count>
const Word* find(const std::array<Word, Count>& words, std::string_view name) {
    const auto* found = std::ranges::find(words, name, &Word::name);
    return found == words.end() ? nullptr : found;
}

/// What a stranger wrote, on one line and not endless.
std::string line_of(std::string_view text) {
    std::string line{text.substr(0, 160)};
    for (char& c : line)
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
    return line;
}

Reply reply_of(const Word* word, std::string_view name, std::string_view what) {
    Reply reply;
    reply.verdict = word == nullptr ? Verdict::unknown : word->verdict;
    if (word != nullptr && !word->words.empty())
        reply.words = std::string{word->words} + " (" + line_of(name) + ")";
    else if (word == nullptr)
        reply.words = "the venue says \"" + line_of(name) + "\" of the " + std::string{what} +
                      ", which its documents do not explain";
    return reply;
}

}  // namespace

Reply verdict_of_send(std::string_view status) { return reply_of(find(kSend, status), status, "order"); }

Reply verdict_of_edit(std::string_view status) {
    const Word* word = find(kEdit, status);
    if (word == nullptr) word = find(kSend, status);
    // These belong to new orders: of an edit they say nothing.
    if (word != nullptr && word->verdict == Verdict::ok && status != "edited") word = nullptr;
    if (word != nullptr && word->verdict == Verdict::duplicate) word = nullptr;
    return reply_of(word, status, "change");
}

Reply verdict_of_cancel(std::string_view status) {
    return reply_of(find(kCancel, status), status, "cancellation");
}

Reply verdict_of_error(const wire::Question& question, int status, const Envelope& envelope) {
    std::string_view name = envelope.name;
    Reply reply;
    const Word* word = find(kErrors, name);
    static constexpr Word kArgument{"invalidArgument", Verdict::refused, "an argument is not valid"};
    static constexpr Word kNotFound{"notFound", Verdict::not_found, "the venue knows no such thing"};
    static constexpr Word kUnavailable{"Unavailable", Verdict::unavailable, "the venue is not available now"};
    if (name.starts_with("invalidArgument")) word = &kArgument;
    // Of a new order neither says that the engine has not got it.
    if (name == "notFound" && !std::holds_alternative<wire::AskPlace>(question)) word = &kNotFound;
    if ((name == "Unavailable" || name == "unavailable") && !wire::changes_something(question))
        word = &kUnavailable;
    // A gateway in trouble may say anything.
    if (status >= 500) word = nullptr;
    reply = reply_of(word, name, "question");
    reply.code = envelope.code != 0 ? envelope.code : status;
    return reply;
}

}  // namespace plumb::venues::kraken
