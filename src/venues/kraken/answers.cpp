#include "venues/kraken/answers.hpp"

#include <string>

#include "wire/json_tokens.hpp"

namespace plumb::venues::kraken {
namespace {

using wire::Reply;
using wire::Verdict;

/// Seconds from now, or nothing: dates are not used by this venue.
std::optional<Timestamp> retry_at(const io::HttpResponse& response, Timestamp received_at) {
    const std::string* after = response.find("Retry-After");
    if (after == nullptr) return std::nullopt;
    const std::optional<std::uint64_t> seconds = wire::number_of(*after);
    if (!seconds || *seconds > 86'400 * 7) return std::nullopt;
    return received_at + std::chrono::seconds{*seconds};
}

enum class Family : unsigned char { orders, account, data };
Family family_of(const wire::Question& question) {
    using namespace wire;
    if (std::holds_alternative<AskPlace>(question) || std::holds_alternative<AskCancel>(question) ||
        std::holds_alternative<AskReplace>(question) || std::holds_alternative<AskOrder>(question) ||
        std::holds_alternative<AskOpenOrders>(question) || std::holds_alternative<AskFills>(question))
        return Family::orders;
    if (std::holds_alternative<AskPositions>(question) || std::holds_alternative<AskBalances>(question) ||
        std::holds_alternative<AskAccount>(question) || std::holds_alternative<AskPermissions>(question) ||
        std::holds_alternative<AskCancelAllAfter>(question))
        return Family::account;
    return Family::data;
}

bool read_body(Answer& answer, std::string& why) {
    switch (family_of(answer.question)) {
        case Family::orders: return read_order_answer(answer, why);
        case Family::account: return read_account_answer(answer, why);
        case Family::data: break;
    }
    return read_data_answer(answer, why);
}

}  // namespace

Reply read_answer(const wire::Question& question, const io::HttpResponse& response, Timestamp received_at,
                  ReadContext& context, wire::WireSink& sink) {
    Answer answer{question, response, received_at, context, {}, {}, false, {}};
    Reply& reply = answer.reply;
    std::string why;
    // The front door's 429 has no body that the documents describe.
    if (response.status == 429) {
        reply.verdict = Verdict::rate_limited;
        reply.code = 429;
        reply.words = "the budget of requests is used up";
    } else if (response.status >= 500) {
        reply.words = "HTTP " + std::to_string(response.status) + ": whether it was done is not known";
    } else if (!read_body(answer, why)) {
        reply = {};
        reply.code = response.status;
        reply.words = "the answer to " + std::string{wire::name_of(question)} + " (HTTP " +
                      std::to_string(response.status) + ") is not what the documents promise: " + why;
        return reply;
    } else if (!answer.is_error && response.status != 200) {
        answer.events.clear();
        reply = {};  // no error, yet no success either
        reply.code = response.status;
        reply.words = "HTTP " + std::to_string(response.status) + " with a body that speaks of no error";
        return reply;
    }
    if (reply.verdict == Verdict::rate_limited) reply.retry_at = retry_at(response, received_at);
    if (reply.code == 0) reply.code = response.status;
    for (const wire::WireEvent& event : answer.events) sink.take(event);
    return reply;
}

}  // namespace plumb::venues::kraken
