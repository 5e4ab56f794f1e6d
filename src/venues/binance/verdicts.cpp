#include "venues/binance/verdicts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "wire/json_tokens.hpp"

namespace plumb::venues::binance {
namespace {

using wire::Reply;
using wire::Verdict;

/// Codes that say for certain that nothing was done, in ascending order. From the venue's lists of errors.
constexpr auto kFinal = std::to_array<std::int64_t>({
    -5022, -5021,                                            // post-only or fill-or-kill that could not be
    -4164, -4141, -4140, -4131, -4118, -4061,                // USD-M: value, closed symbols, price bands
    -4024, -4023, -4016, -4015, -4014, -4013, -4008, -4007,  //
    -4006, -4005, -4004, -4003, -4002, -4001,                //
    -2039, -2028, -2027, -2025, -2024, -2023, -2022, -2021,  // margin, reduce-only, triggers; amendments
    -2020, -2019, -2018,                                     //
    -2010,                                                   // the order was rejected; a duplicate apart
    -1220, -1151, -1131, -1130, -1128, -1127, -1125, -1121,  // parameters
    -1120, -1119, -1118, -1117, -1116, -1115, -1114, -1112,  //
    -1111, -1108, -1106, -1105, -1104, -1103, -1102, -1101,  //
    -1100, -1014, -1013,                                     // filters
});
static_assert(std::ranges::is_sorted(kFinal));

struct Advice {
    std::int64_t code;
    std::string_view words;
};
/// What to do, where the venue's own words do not say it.
constexpr auto kAdvice = std::to_array<Advice>({
    {-2015, "check that the key is of this market, allows this, and that this address is on its list"},
    {-2014, "the API key is not one of Binance's"},
    {-1022, "the signature does not fit: the secret does not belong to the key"},
    {-1021, "this machine's clock is off"},
    {-4061, "the account is in hedge mode: set it to one-way mode"},
    {-1121, "Binance does not list this symbol"},
});

/// One line without control characters, cut.
std::string plain(std::string_view text) {
    std::string line;
    for (const char c : text.substr(0, 200)) line += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    return line;
}

/// "… IP banned until 1723161255343. …": where no header says it.
std::optional<Timestamp> banned_until(std::string_view message) {
    constexpr std::string_view kWords = "banned until ";
    const std::size_t at = message.find(kWords);
    if (at == std::string_view::npos) return std::nullopt;
    std::string_view digits = message.substr(at + kWords.size());
    std::size_t count = 0;
    while (count < digits.size() && '0' <= digits[count] && digits[count] <= '9') ++count;
    const std::optional<std::uint64_t> number = wire::number_of(digits.substr(0, count));
    return number ? wire::time_of_number(*number) : std::nullopt;
}

}  // namespace

Verdict verdict_of(Market market, const Complaint& complaint) {
    const std::int64_t code = complaint.code;
    switch (code) {
        case -1003:
        case -1015: return Verdict::rate_limited;
        case -1021: return Verdict::clock;
        case -1002:
        case -1022:
        case -2014:
        case -2015: return Verdict::unauthorized;
        case -4116: return Verdict::duplicate;
        case -2013: return Verdict::not_found;
        case -2026: return Verdict::not_found;  // archived: ended without a fill, over 90 days ago
        case -2011:
            return complaint.message.find("Unknown order") != std::string_view::npos ? Verdict::not_found
                                                                                     : Verdict::refused;
        default: break;
    }
    // Spot says why an order was rejected in words only.
    if (code == -2010 && complaint.message.find("uplicate order") != std::string_view::npos)
        return Verdict::duplicate;
    // Of a spot cancel-replace these two codes say that one half or both failed; its reader looks at the
    // halves.
    if (market == Market::spot && (code == -2021 || code == -2022)) return Verdict::unknown;
    return std::ranges::binary_search(kFinal, code) ? Verdict::refused : Verdict::unknown;
}

Reply reply_of(Market market, const Complaint& complaint, const io::HttpResponse& response,
               Timestamp received_at) {
    Reply reply;
    reply.code = complaint.code;
    reply.words = fmt::format("Binance: {} ({})", plain(complaint.message), complaint.code);
    for (const Advice& advice : kAdvice)
        if (advice.code == complaint.code) reply.words.append("; ").append(advice.words);
    reply.verdict = verdict_of(market, complaint);
    if (response.status == 429 || response.status == 418) reply.verdict = Verdict::rate_limited;
    if (response.status == 401) reply.verdict = Verdict::unauthorized;
    if (response.status == 451) {
        reply.verdict = Verdict::unauthorized;
        reply.words = "Binance does not serve the place this machine is in (451)";
    }
    // A server that stumbled may have done it all the same, whatever it says (E02).
    if (500 <= response.status) reply.verdict = Verdict::unknown;
    if (reply.verdict == Verdict::rate_limited) {
        reply.retry_at = retry_at(response, received_at);
        if (!reply.retry_at) reply.retry_at = banned_until(complaint.message);
    }
    return reply;
}

Reply reply_without_words(const io::HttpResponse& response, Timestamp received_at) {
    Reply reply;
    reply.code = response.status;
    reply.words = fmt::format("Binance answered {} with nothing that can be read", response.status);
    switch (response.status) {
        case 429:
        case 418:
            reply.verdict = Verdict::rate_limited;
            reply.retry_at = retry_at(response, received_at);
            reply.words = fmt::format("Binance asks to wait ({})", response.status);
            break;
        case 401:
            reply.verdict = Verdict::unauthorized;
            reply.words = "Binance does not accept the key (401)";
            break;
        case 451:
            reply.verdict = Verdict::unauthorized;
            reply.words = "Binance does not serve the place this machine is in (451)";
            break;
        default: break;
    }
    return reply;
}

}  // namespace plumb::venues::binance
