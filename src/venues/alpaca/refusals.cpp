#include "venues/alpaca/refusals.hpp"

#include <simdjson.h>

#include <algorithm>

#include "wire/json_tokens.hpp"

namespace plumb::venues::alpaca {
namespace {

using wire::Reply;
using wire::Verdict;

/// {"code":40310000,"message":"..."}; the code is missing in answers of the gateway and of the data API.
struct Body {
    std::int64_t code = 0;
    std::string message;
};

std::optional<Body> read_body(const std::string& text) {
    if (text.size() > 65'536) return std::nullopt;
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    Body body;
    std::string_view message;
    if (parser.parse(text).get_object().get(object) != simdjson::SUCCESS) return std::nullopt;
    if (object["message"].get_string().get(message) != simdjson::SUCCESS) return std::nullopt;
    body.message = one_line(message);
    simdjson::dom::element code;
    if (object["code"].get(code) == simdjson::SUCCESS && code.get_int64().get(body.code) != simdjson::SUCCESS)
        return std::nullopt;
    return body;
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

template <class Ask>
bool is(const wire::Question& question) {
    return std::holds_alternative<Ask>(question);
}

std::string key_words(const Body& body) {
    return "Alpaca does not accept the key (" + body.message +
           "): check APCA_API_KEY_ID and APCA_API_SECRET_KEY, and that a key of the paper account (it begins "
           "with PK) is used with the paper endpoint and one of the live account with the live one";
}

/// Codes with which the venue says that it did not do what was asked.
bool is_final(std::int64_t code) {
    return code == 40010000 || code == 40010001 || code == 40310000 || code == 42210000;
}

Reply judge(const wire::Question& question, int status, const Body& body) {
    Reply reply{.verdict = Verdict::unknown,
                .code = body.code == 0 ? status : body.code,
                .words = body.message,
                .retry_at = {},
                .next_page = {}};
    const bool writes_order = is<wire::AskPlace>(question) || is<wire::AskReplace>(question);
    if (status == 401 || (status == 403 && body.code == 0 && has(body.message, "forbidden"))) {
        reply.verdict = Verdict::unauthorized;
        reply.words = key_words(body);
    } else if (writes_order && has(body.message, "client_order_id must be unique")) {
        reply.verdict = Verdict::duplicate;
    } else if (status == 404 && (body.code == 40410000 || !changes_something(question))) {
        // A new order that is "not found" lacks its asset; any other question lacks its order.
        reply.verdict = is<wire::AskPlace>(question) ? Verdict::refused : Verdict::not_found;
    } else if (is_final(body.code) || !changes_something(question)) {
        reply.verdict = Verdict::refused;
        if (has(body.message, "recent SIP data"))
            reply.words += ": the plan has no SIP data of the last 15 minutes, choose the plan iex";
    }
    return reply;
}

}  // namespace

wire::Reply read_failure(const wire::Question& question, const io::HttpResponse& response,
                         Timestamp received_at) {
    Reply reply{
        .verdict = Verdict::unknown, .code = response.status, .words = {}, .retry_at = {}, .next_page = {}};
    const std::optional<Body> body = read_body(response.body);
    if (response.status == 429) {
        reply.verdict = Verdict::rate_limited;
        reply.code = body && body->code != 0 ? body->code : 429;
        reply.words = body ? body->message : "too many requests";
        reply.retry_at = refilled_at(response, received_at);
        return reply;
    }
    const bool is_client_error = 400 <= response.status && response.status < 500 && response.status != 408;
    if (is_client_error && body) return judge(question, response.status, *body);
    reply.words = "status " + std::to_string(response.status) +
                  (body ? ": " + body->message : " and no readable reason");
    return reply;
}

std::optional<std::uint64_t> number_header(const io::HttpResponse& response, std::string_view name) {
    const std::string* found = response.find(name);
    return found == nullptr ? std::nullopt : wire::number_of(*found);
}

std::optional<Timestamp> refilled_at(const io::HttpResponse& response, Timestamp received_at) {
    constexpr std::uint64_t kSecondsMax = 4'102'444'800;  // the year 2100
    constexpr std::uint64_t kWaitMax = 86'400;
    std::optional<Timestamp> at;
    if (const auto reset = number_header(response, "X-RateLimit-Reset"); reset && *reset <= kSecondsMax)
        at = Timestamp{std::chrono::seconds{*reset}};
    if (const auto wait = number_header(response, "Retry-After"); wait && *wait <= kWaitMax) {
        const Timestamp then = received_at + std::chrono::seconds{*wait};
        at = at ? std::max(*at, then) : then;
    }
    return at;
}

std::string one_line(std::string_view text) {
    std::string out{text.substr(0, 200)};
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    return out;
}

}  // namespace plumb::venues::alpaca
